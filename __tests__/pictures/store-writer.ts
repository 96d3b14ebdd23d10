import { sha256Of } from '../../src/common/hash.ts';
import { openStore } from '../../src/pictures/store.ts';

/** A process of its own that makes and keeps 40 pictures in the folder it is given, and says how many it made. */
const store = openStore(process.argv[2] ?? '', line => process.stdout.write(`warned: ${line}\n`));
let made = 0;
for (let number = 0; number < 40; number += 1) {
  const bytes = Buffer.alloc(50_000, number);
  const picture = await store.through({ number }, async () => {
    made += 1;
    return { bytes, type: 'image/jpeg', sha256: sha256Of(bytes) };
  });
  if ('missing' in picture || !bytes.equals(picture.bytes)) throw new Error(`picture ${number} is another`);
}
process.stdout.write(`made ${made}\n`);
