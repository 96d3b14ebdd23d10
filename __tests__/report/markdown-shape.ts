/** What is wrong with the shape of a Markdown text: open fences, open details, broken tables; empty when all is well. */
export function faultsOf(markdown: string): readonly string[] {
  const lines = markdown.split('\n');
  const fences = lines.filter(line => line.startsWith('```')).length;
  const count = (tag: string) => lines.filter(line => line === tag).length;
  return [
    ...(fences % 2 === 0 ? [] : ['a fence is open']),
    ...(count('<details>') === count('</details>') ? [] : ['details are open']),
    ...lines.flatMap((line, n) => (/^\|-/.test(line) ? tableFaults(lines, n) : [])),
  ];
}

/** The table whose line of dashes is at `n`. */
function tableFaults(lines: readonly string[], n: number): readonly string[] {
  const columns = cells(lines[n] ?? '');
  const rows = [lines[n - 1] ?? ''];
  for (let at = n + 1; lines[at]?.startsWith('|'); at++) rows.push(lines[at] ?? '');
  const broken = rows.filter(row => cells(row) !== columns);
  return [
    ...broken.map(row => `not ${columns} cells: ${row.slice(0, 80)}`),
    ...(rows.length > 1 ? [] : ['a table without rows']),
  ];
}

const cells = (row: string): number => row.split('|').length - 2;

/** Markdown without what stands between backticks: nothing acts there. */
export const withoutCode = (markdown: string): string =>
  markdown.replaceAll(/(?<!`)(`+)(?!`).*?(?<!`)\1(?!`)/gs, '');

/** HTML that stands in the Markdown, beside what the renderers put there themselves. */
export const foreignTags = (markdown: string): readonly string[] =>
  (withoutCode(markdown).match(/<\/?[a-z!][^>]*>?/gi) ?? []).filter(
    tag => !/^<\/?(?:details|summary|sub|span|b|br)>$/.test(tag),
  );

/** Markdown's text as GitHub reads it when it looks for mentions, references and addresses. */
export const decoded = (markdown: string): string =>
  markdown
    .replaceAll(/&#(\d+);/g, (_, point: string) => String.fromCodePoint(Number(point)))
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');
