/** Contested ground: which bodies of the seed layer claim a unit, and where those are at home. */

import { OPEN } from "./position.js";

const kept = new WeakMap();

/** By unit, the regions of the seed layer that hold more than a trace of its people. */
export function claimsOf(ground) {
  if (!kept.has(ground)) {
    const seed = ground.layers.find((layer) => layer.key === ground.seedLayer);
    const claims = Array.from({ length: ground.count }, () => []);
    seed.unit.forEach((unit, row) => {
      const people = ground.people[unit];
      if (people > 0 && seed.full[row] / people > ground.tolerance) {
        claims[unit].push(seed.region[row]);
      }
    });
    kept.set(ground, claims);
  }
  return kept.get(ground);
}

/**
 * The area at whose heart a region of the seed layer is; -1 for none: the area with most people of
 * units that the region alone claims, of all that it claims where it claims none alone.
 */
export function homeOf(ground, area, region) {
  const claims = claimsOf(ground);
  const placed = [];
  claims.forEach((own, unit) => {
    if (own.includes(region) && area[unit] !== OPEN) placed.push(unit);
  });
  const alone = placed.filter((unit) => claims[unit].length === 1);
  const held = new Map();
  for (const unit of alone.length ? alone : placed) {
    held.set(area[unit], (held.get(area[unit]) ?? 0) + ground.people[unit]);
  }
  const ranked = [...held].sort((a, b) => b[1] - a[1] || a[0] - b[0]);
  return ranked.length ? ranked[0][0] : OPEN;
}

/** Names of areas that a zone may go to: homes of its claimants, or its neighbours. */
export function candidatesOf(ground, zone, position) {
  const { area, areas } = position;
  const homes = new Set(zone.claimants.map((region) => homeOf(ground, area, region)));
  if (zone.claimants.length < 2) {
    const inside = new Set(zone.units);
    const { start, to } = ground.near;
    for (const unit of zone.units) {
      for (let k = start[unit]; k < start[unit + 1]; k += 1) {
        if (!inside.has(to[k])) homes.add(area[to[k]]);
      }
    }
  }
  homes.delete(OPEN);
  return [...homes].sort((a, b) => a - b).map((home) => areas[home]);
}
