/** Two standings side by side: who moved, and what it did to bodies, areas and need. */

import { byName } from "./figures.js";
import { matched } from "./matching.js";
import { areaOf, OPEN } from "./position.js";

/** What changed from one standing to another; see types.js. */
export function comparisonOf(ground, before, after) {
  const partner = partners(ground, before.position, after.position);
  const moved = [];
  before.position.area.forEach((from, unit) => {
    const to = after.position.area[unit];
    const stays = from === OPEN ? to === OPEN : partner[from] === to;
    if (!stays) {
      moved.push({
        unit,
        from: areaOf(before.position, unit),
        to: areaOf(after.position, unit),
        people: ground.people[unit],
      });
    }
  });
  return {
    moved,
    people: moved.reduce((sum, own) => sum + own.people, 0),
    layers: after.layers.map((row, k) => (
      { key: row.key, title: row.title, before: before.layers[k], after: row })),
    areas: pairsOf(before, after, partner),
    need: after.need.map(({ key, title, eta }, k) => (
      { key, title, before: before.need[k].eta, after: eta })),
  };
}

/** For each area before, the area after that it is matched with; -1 for none. */
function partners(ground, before, after) {
  const common = before.areas.map(() => new Float64Array(after.areas.length));
  before.area.forEach((from, unit) => {
    const to = after.area[unit];
    if (from !== OPEN && to !== OPEN) common[from][to] += ground.people[unit];
  });
  return matched(common);
}

function pairsOf(before, after, partner) {
  const taken = new Set(partner);
  const pairs = before.areas.map((row, area) => (
    { before: row, after: partner[area] < 0 ? null : after.areas[partner[area]] }));
  after.areas.forEach((row, area) => {
    if (!taken.has(area)) pairs.push({ before: null, after: row });
  });
  return pairs
    .map((own) => ({ name: (own.after ?? own.before).name, ...own }))
    .sort((a, b) => byName(a.name, b.name));
}
