import { mirrorPictures } from '../../src/dataset/mirror.ts';
import { openStore } from '../../src/pictures/store.ts';
import { pairAt } from './mirror-files.ts';

/** A process of its own: fetches one picture from the mirror at an URL into a folder, and says its peak memory in MB. */
const [, , imagesUrl = '', folder = ''] = process.argv;
const store = openStore(folder, line => {
  throw new Error(line);
});
const mirror = mirrorPictures({ imagesUrl, store });
await mirror.prepare([pairAt(7)]);
if ('missing' in (await mirror.read(pairAt(7)))) throw new Error('no picture');
process.stdout.write(String(process.resourceUsage().maxRSS / 1024));
