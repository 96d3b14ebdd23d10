import module from 'node:module';
import { join } from 'node:path';
import { workFolder } from './cli/paths.ts';
import { makeFolder } from './common/make-folder.ts';
import { onCancel } from './signals.ts';

/**
 * The terminal's door. What an earlier command compiled is kept, in a folder that is nobody else's, and need not be
 * compiled again: a third of what comes before the first line.
 */
export async function main(cancel = onCancel()): Promise<void> {
  const compiled = join(workFolder(process.env), 'compiled');
  // Where it cannot be made, Node would try for ever. Node 20 has no such thing, and is told so further on.
  await makeFolder(compiled).then(
    () => module.enableCompileCache?.(compiled),
    () => undefined,
  );
  const { main: atTerminal } = await import('./cli/terminal.ts');
  await atTerminal(cancel);
}
