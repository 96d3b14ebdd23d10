import module from 'node:module';
import { join } from 'node:path';
import { workFolder } from './cli/paths.ts';

/**
 * The terminal's door. What an earlier command compiled is kept, in a folder that is nobody else's, and need not be
 * compiled again: a third of what comes before the first line.
 */
export async function main(): Promise<void> {
  // Node 20 has no such thing, and is told so further on.
  module.enableCompileCache?.(join(workFolder(process.env), 'compiled'));
  const { main: atTerminal } = await import('./cli/terminal.ts');
  await atTerminal();
}
