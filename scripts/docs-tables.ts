import { parse } from 'yaml';

/** What action.yml says of the action, as far as documentation shows it. */
export interface ActionFile {
  readonly inputs: Readonly<Record<string, { description: string; required?: boolean; default?: string }>>;
  readonly outputs: Readonly<Record<string, { description: string }>>;
  readonly runs: Readonly<Record<string, string>>;
}

export const parseAction = (text: string): ActionFile => parse(text) as ActionFile;

/** The action, and the two that stand beside it. */
export type Actions = Readonly<Record<'main' | 'merge' | 'publish', ActionFile>>;

/**
 * `<!-- inputs -->`, `<!-- inputs: model, max-asr -->`, `<!-- outputs -->` or `<!-- inputs of merge -->`, up to its
 * closing twin.
 */
const BLOCK =
  /(<!-- (inputs|outputs)(?: of (merge|publish))?(?:: ([\w, -]+))? -->\n)[\s\S]*?(<!-- \/\2 -->)/g;

/**
 * A page with the table in each marked block made anew from the action's file.
 * Throws when a block names an input or output that the file has not.
 */
export function withTables(page: string, actions: Actions): string {
  return page.replace(
    BLOCK,
    (
      _,
      open: string,
      kind: 'inputs' | 'outputs',
      of: 'merge' | 'publish' | undefined,
      names: string | undefined,
      close,
    ) => {
      const action = actions[of ?? 'main'];
      const chosen = names?.split(',').map(name => name.trim()) ?? Object.keys(action[kind]);
      const table = kind === 'inputs' ? inputsTable(chosen, action) : outputsTable(chosen, action);
      return `${open}${table}${close}`;
    },
  );
}

function inputsTable(names: readonly string[], { inputs }: ActionFile): string {
  const rows = names.map(name => {
    const { description, required, default: preset } = known(inputs, name);
    const shown = required ? '(required)' : preset ? `\`${preset}\`` : '';
    return `| \`${name}\` | ${shown} | ${cell(description)} |\n`;
  });
  return `| input | default | meaning |\n|---|---|---|\n${rows.join('')}`;
}

function outputsTable(names: readonly string[], { outputs }: ActionFile): string {
  const rows = names.map(name => `| \`${name}\` | ${cell(known(outputs, name).description)} |\n`);
  return `| output | meaning |\n|---|---|\n${rows.join('')}`;
}

const cell = (text: string): string =>
  text
    .trim()
    .replaceAll('|', '\\|')
    .replaceAll(/\s*\n\s*/g, ' ');

function known<T>(all: Readonly<Record<string, T>>, name: string): T {
  const found = all[name];
  if (found === undefined) throw new Error(`the marked block names "${name}", which action.yml has not`);
  return found;
}

/**
 * A page with what stands between `<!-- name: … -->` and `<!-- /name -->` made anew; a page without the marks as it is.
 */
export function withBlock(page: string, name: string, content: string): string {
  const block = new RegExp(`(<!-- ${name}(?::[^>]*)? -->\\n)[\\s\\S]*?(<!-- /${name} -->)`);
  return page.replace(block, (_, open: string, close: string) => `${open}${content}${close}`);
}
