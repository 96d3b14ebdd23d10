/**
 * One step of a job: `node cache-job.ts restore|save|both|twice '<CachedFolder as JSON>' ['<Restored as JSON>' [MS]]`; its
 * last line is the result. `twice` saves two times over; MS is how long a silent service is waited for.
 */
import { openCache } from '../../src/github/cache.ts';

const [task = '', folder = '{}', known = '{}', silenceMs] = process.argv.slice(2);
const notices: string[] = [];
const cache = await openCache(line => notices.push(line), silenceMs ? Number(silenceMs) : undefined);
const cached = JSON.parse(folder);
const restored = task === 'save' ? JSON.parse(known) : await cache.restore(cached);
if (task === 'twice') await cache.save(cached, restored);
const result = task === 'restore' ? restored : { key: await cache.save(cached, restored) };
process.stdout.write(`\n${JSON.stringify({ ...result, notices })}\n`);
