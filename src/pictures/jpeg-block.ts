/** By its own name: where the tests run, each look at a global object takes longer than the multiplication. */
const { imul } = Math;

/** Angles of the cosine transform × 2¹³, by the names that jfdctint.c gives them. */
const F_0_298 = 2446;
const F_0_390 = 3196;
const F_0_541 = 4433;
const F_0_765 = 6270;
const F_0_899 = 7373;
const F_1_175 = 9633;
const F_1_501 = 12299;
const F_1_847 = 15137;
const F_1_961 = 16069;
const F_2_053 = 16819;
const F_2_562 = 20995;
const F_3_072 = 25172;

/**
 * The forward cosine transform of 8 × 8 values, in place: that of Loeffler, Ligtenberg and Moschytz (ICASSP 1989) in
 * whole numbers, step by step as libjpeg's accurate one (jfdctint.c), so that each coefficient is the one that Pillow
 * gets. The results are 8 times too large, which the quantisers take back.
 */
export function transform(block: Int32Array): void {
  for (let row = 0; row < 64; row += 8) transformEight(block, row, 1, 0);
  for (let column = 0; column < 8; column += 1) transformEight(block, column, 8, 4);
}

/** Transforms eight values that lie `step` apart; 2 bits of fraction are kept between the passes. */
function transformEight(block: Int32Array, at: number, step: number, less: number): void {
  const v0 = block[at] ?? 0;
  const v1 = block[at + step] ?? 0;
  const v2 = block[at + 2 * step] ?? 0;
  const v3 = block[at + 3 * step] ?? 0;
  const v4 = block[at + 4 * step] ?? 0;
  const v5 = block[at + 5 * step] ?? 0;
  const v6 = block[at + 6 * step] ?? 0;
  const v7 = block[at + 7 * step] ?? 0;
  const shift = 11 + less;
  const half = 1 << (shift - 1);

  const s03 = v0 + v7 + v3 + v4;
  const d03 = v0 + v7 - v3 - v4;
  const s12 = v1 + v6 + v2 + v5;
  const d12 = v1 + v6 - v2 - v5;
  block[at] = ((s03 + s12) * 4 + (less >> 1) * 4) >> less;
  block[at + 4 * step] = ((s03 - s12) * 4 + (less >> 1) * 4) >> less;
  const even = imul(d12 + d03, F_0_541) + half;
  block[at + 2 * step] = (even + imul(d03, F_0_765)) >> shift;
  block[at + 6 * step] = (even - imul(d12, F_1_847)) >> shift;

  const t4 = v3 - v4;
  const t5 = v2 - v5;
  const t6 = v1 - v6;
  const t7 = v0 - v7;
  const odd = imul(t4 + t5 + t6 + t7, F_1_175) + half;
  const z1 = -imul(t4 + t7, F_0_899);
  const z2 = -imul(t5 + t6, F_2_562);
  const z3 = odd - imul(t4 + t6, F_1_961);
  const z4 = odd - imul(t5 + t7, F_0_390);
  block[at + 7 * step] = (imul(t4, F_0_298) + z1 + z3) >> shift;
  block[at + 5 * step] = (imul(t5, F_2_053) + z2 + z4) >> shift;
  block[at + 3 * step] = (imul(t6, F_3_072) + z2 + z3) >> shift;
  block[at + step] = (imul(t7, F_1_501) + z1 + z4) >> shift;
}
