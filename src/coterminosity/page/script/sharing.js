/** Dividing whole pounds so that the parts add up to them exactly, as Python's `share_out`. */

import { byName } from "./figures.js";

/**
 * Parts of pounds in proportion to weights by largest remainders; of equals the first by name.
 * The arithmetic is exact: weights are taken as whole numbers in the same proportions.
 */
export function shareOut(pounds, weights, names) {
  const whole = wholeNumbers(weights);
  const total = whole.reduce((sum, weight) => sum + weight, 0n);
  if (total === 0n) return weights.map(() => NaN);
  const all = BigInt(pounds);
  const parts = whole.map((weight) => (all * weight) / total);
  const left = Number(all - parts.reduce((sum, part) => sum + part, 0n));
  const rest = whole.map((weight) => (all * weight) % total);
  const order = names.map((_, k) => k).sort((a, b) => {
    if (rest[a] !== rest[b]) return rest[a] > rest[b] ? -1 : 1;
    return byName(names[a], names[b]);
  });
  const shares = parts.map(Number);
  for (const k of order.slice(0, left)) shares[k] += 1;
  return shares;
}

function wholeNumbers(weights) {
  let scale = 1;
  while (!weights.every((weight) => Number.isInteger(weight * scale))) scale *= 2;
  return weights.map((weight) => BigInt(weight * scale));
}
