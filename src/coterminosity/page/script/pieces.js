/** Connected pieces of areas, over borders and links. */

import { OPEN } from "./position.js";

/** How many pieces each area has, and which units lie in each. */
export function piecesOf(ground, area, count) {
  const piece = new Int32Array(ground.count).fill(-1);
  const counts = new Int32Array(count);
  const { start, to } = ground.near;
  const edge = [];
  for (let first = 0; first < ground.count; first += 1) {
    if (area[first] === OPEN || piece[first] >= 0) continue;
    const own = counts[area[first]];
    counts[area[first]] += 1;
    piece[first] = own;
    edge.push(first);
    while (edge.length) {
      const unit = edge.pop();
      for (let k = start[unit]; k < start[unit + 1]; k += 1) {
        const next = to[k];
        if (piece[next] < 0 && area[next] === area[first]) {
          piece[next] = own;
          edge.push(next);
        }
      }
    }
  }
  return { counts, parts: (units, own) => partsOf(ground, units, piece, counts[own]) };
}

/** Units of each piece of an area, the piece with most people first. */
function partsOf(ground, units, piece, count) {
  if (count === 1) return [units];
  const parts = Array.from({ length: count }, () => []);
  for (const unit of units) parts[piece[unit]].push(unit);
  const people = (own) => own.reduce((total, unit) => total + ground.people[unit], 0);
  return parts.sort((a, b) => people(b) - people(a) || a[0] - b[0]);
}
