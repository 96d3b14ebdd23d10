/** What a reasoning model thinks aloud before its reply stands in one of these, where its server leaves that in. */
const MARKS = [
  ...['think', 'thinking', 'thought', 'reasoning', 'seed:think'].map(name => [`<${name}>`, `</${name}>`]),
  ['[THINK]', '[/THINK]'],
  ['◁think▷', '◁/think▷'],
] as const;

/** A reply without the thoughts before it: nothing where they came to no end. */
export function withoutThoughts(reply: string): string {
  const start = reply.trimStart().toLowerCase();
  for (const [open, close] of MARKS) {
    if (!start.startsWith(open.toLowerCase())) continue;
    const end = reply.toLowerCase().indexOf(close.toLowerCase());
    return end < 0 ? '' : reply.slice(end + close.length);
  }
  return reply;
}
