/** The flags with which the README shows the demo in its pictures: the worse release against the one deployed today. */
export function demoFlags(readme: string): readonly string[] {
  const [, flags] = /^npm run demo -- ((?:.*\\\n)*.*)$/m.exec(readme) ?? [];
  if (flags === undefined)
    throw new Error('README.md has no "npm run demo -- …" any more: the pictures take it');
  return flags.replaceAll('\\\n', ' ').trim().split(/\s+/);
}
