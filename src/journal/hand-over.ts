import { appendFileSync, createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';

const LINE_BREAK = 10;

/**
 * Puts the whole lines of one journal at the end of another, which several processes may do at once: no line is torn
 * by another one.
 */
export async function handOver(from: string, to: string): Promise<void> {
  await using file = await open(to, 'a+');
  const { size } = await file.stat();
  const { buffer } = await file.read(Buffer.alloc(1), 0, 1, Math.max(0, size - 1));
  // Behind what a process has left that was killed while it wrote.
  let begun: Buffer = Buffer.from(size === 0 || buffer[0] === LINE_BREAK ? '' : '\n');
  for await (const chunk of createReadStream(from) as AsyncIterable<Buffer>) {
    const end = chunk.lastIndexOf(LINE_BREAK) + 1;
    const read = Buffer.concat([begun, end > 0 ? chunk.subarray(0, end) : chunk]);
    begun = end > 0 ? chunk.subarray(end) : read;
    if (end > 0) appendFileSync(file.fd, read);
  }
}
