/**
 * What stands around an answer and is none of it: tags (`<answer>`, `<|begin_of_box|>`), one that broke off at the end, the
 * bars of code and quotes, `\boxed{}`, and a heading over it.
 */
const FRAME = new RegExp(
  [
    String.raw`<[/|｜]{0,2}[\w-]{1,30}[/|｜]{0,2}>`,
    String.raw`<[/|｜]{0,2}[\w-]{0,30}[/|｜]?\s*$`,
    String.raw`\\boxed\b`,
    '[`<>|$~]',
  ].join('|'),
  'g',
);
const HEADING =
  /^[^\p{L}\p{N}]*(?:(?:here is )?(?:my|the) )?(?:final |short )?(?:answer|response|conclusion|output)[^\p{L}\p{N}\p{S}]*$/iu;

/** Whether anything is there to read: not white space, zero-width characters, punctuation or the frame of an answer alone. */
export function isLegible(text: string): boolean {
  const bare = text.length > LONGEST ? text : text.replace(FRAME, ' ');
  return /[\p{L}\p{N}\p{S}]/u.test(bare) && !HEADING.test(bare);
}

/** A text that is longer is more than a frame (characters). */
const LONGEST = 500;
