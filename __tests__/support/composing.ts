/**
 * A process of its own, with `--no-addons` under sharp's WebAssembly build: composes as many SD_TYPO as it is told,
 * from an SD of noise, and says how large the build's memory has become, in MB.
 */
const memories: WebAssembly.Memory[] = [];
const { Memory } = WebAssembly;
WebAssembly.Memory = class extends Memory {
  constructor(descriptor: WebAssembly.MemoryDescriptor) {
    super(descriptor);
    memories.push(this);
  }
};

const { canvasOf } = await import('../../src/pictures/canvas.ts');
const { composeSdTypo, encodeJpeg } = await import('../../src/pictures/image.ts');
const { typoPicture } = await import('../../src/pictures/typo.ts');

const noise = canvasOf(768, 768, 0);
noise.pixels.forEach((_, at) => {
  noise.pixels[at] = Math.imul(at, 0x9e3779b1) >>> 24;
});
const sd = await encodeJpeg(noise);
const typo = typoPicture('Tea');
for (let left = Number(process.argv[2]); left > 0; left -= 1) await composeSdTypo(sd, typo);
process.stdout.write(String(Math.max(...memories.map(({ buffer }) => buffer.byteLength)) / 2 ** 20));
