/**
 * The few distribution functions that the bounds stand on. They are the project's own because the well-kept
 * libraries bring 226 packages for them; the tests hold them to SciPy and R.
 */

/** Lanczos coefficients for g = 7, n = 9 (P. Godfrey, 2001): relative error below 1e-14 for x > 0. */
const LANCZOS = [
  0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059,
  12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
];

/** The natural logarithm of the gamma function, for x > 0. @internal */
export function logGamma(x: number): number {
  if (x < 0.5) return Math.log(Math.PI / Math.sin(Math.PI * x)) - logGamma(1 - x);
  const shifted = x - 1;
  const base = shifted + 7.5;
  const series = LANCZOS.reduce((sum, c, i) => (i === 0 ? c : sum + c / (shifted + i)), 0);
  return 0.5 * Math.log(2 * Math.PI) + (shifted + 0.5) * Math.log(base) - base + Math.log(series);
}

/** I_x(a, b), the regularised incomplete beta function: the beta distribution's CDF. For a, b > 0. */
export function betaCdf(x: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  const front = Math.exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x));
  // The fraction converges fast on one side of the mean; the other side is the mirror image.
  return x < (a + 1) / (a + b + 2)
    ? (front * betaFraction(x, a, b)) / a
    : 1 - (front * betaFraction(1 - x, b, a)) / b;
}

/** The continued fraction of DLMF 8.17.22 by the modified Lentz method. */
function betaFraction(x: number, a: number, b: number): number {
  const tiny = 1e-300;
  const away = (value: number) => (Math.abs(value) < tiny ? tiny : value);
  let c = 1;
  let d = 1 / away(1 - ((a + b) * x) / (a + 1));
  let fraction = d;
  for (let m = 1; m <= 10_000; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / away(1 + even * d);
    c = away(1 + even / c);
    fraction *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / away(1 + odd * d);
    c = away(1 + odd / c);
    fraction *= d * c;
    if (Math.abs(d * c - 1) < 1e-15) return fraction;
  }
  return fraction;
}

/** The x with betaCdf(x, a, b) = p, to the last bit that bisection can tell. */
export function betaQuantile(p: number, a: number, b: number): number {
  return bisect(x => betaCdf(x, a, b) < p, 0, 1);
}

/** The standard normal's CDF, through the incomplete gamma's sibling: t with endless degrees of freedom. */
export function normalCdf(z: number): number {
  const tail = 0.5 * upperGammaHalf((z * z) / 2);
  return z < 0 ? tail : 1 - tail;
}

/** Q(1/2, x) = erfc(√x): a series below 2, the continued fraction of DLMF 8.9.2 above. */
function upperGammaHalf(x: number): number {
  const front = Math.exp(-x) * Math.sqrt(x / Math.PI);
  if (x < 2) {
    let term = 2;
    let sum = term;
    for (let n = 1; term > sum * 1e-17; n++) {
      term *= x / (n + 0.5);
      sum += term;
    }
    return 1 - front * sum;
  }
  let fraction = 0;
  for (let k = 200; k >= 1; k--) fraction = (k * (k - 0.5)) / (x + 2 * k + 0.5 - fraction);
  return front / (x + 0.5 - fraction);
}

/** The standard normal's quantile. */
export function normalQuantile(p: number): number {
  return bisect(z => normalCdf(z) < p, -40, 40);
}

/** Student's t quantile with `df` degrees of freedom (any positive number), by way of the beta distribution. */
export function tQuantile(p: number, df: number): number {
  if (p === 0.5) return 0;
  const tail = Math.min(p, 1 - p);
  const x = betaQuantile(2 * tail, df / 2, 0.5);
  const t = Math.sqrt((df * (1 - x)) / x);
  return p < 0.5 ? -t : t;
}

/** The place in [low, high] where `below` turns from true to false, to the last bit or after `steps` halvings. */
export function bisect(below: (x: number) => boolean, low: number, high: number, steps = 200): number {
  let [from, to] = [low, high];
  for (let step = 0; step < steps; step++) {
    const middle = (from + to) / 2;
    if (middle <= from || middle >= to) break;
    if (below(middle)) from = middle;
    else to = middle;
  }
  return (from + to) / 2;
}

/** The first whole number from 0 to `last` that `holds`, which is false and then true; `last + 1` if none does. */
export function firstWhere(holds: (count: number) => boolean, last: number): number {
  let [low, high] = [0, last + 1];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}
