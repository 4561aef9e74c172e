/** Two standings side by side: who moved, and what it did to bodies, areas and need. */

import { byName } from "./figures.js";
import { matched } from "./matching.js";
import { areaOf, OPEN } from "./position.js";

/** What changed from one standing to another; see types.js. */
export function comparisonOf(ground, before, after) {
  const common = commonPeople(ground, before.position, after.position);
  const partner = partners(common, before.position, after.position);
  const moved = [];
  before.position.area.forEach((from, unit) => {
    const to = after.position.area[unit];
    const stays = from === OPEN ? to === OPEN : partner[from] === to && to !== OPEN;
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
    variation: variationOf(common),
    layers: after.layers.map((row, k) => (
      { key: row.key, title: row.title, before: before.layers[k], after: row })),
    areas: pairsOf(before, after, partner),
    need: after.need.map(({ key, title, eta }, k) => (
      { key, title, before: before.need[k].eta, after: eta })),
  };
}

/** People in each pair of areas of two positions. */
function commonPeople(ground, before, after) {
  const common = before.areas.map(() => new Float64Array(after.areas.length));
  before.area.forEach((from, unit) => {
    const to = after.area[unit];
    if (from !== OPEN && to !== OPEN) common[from][to] += ground.people[unit];
  });
  return common;
}

/** For each area before, the area after that it is matched with; -1 for none. */
function partners(common, before, after) {
  // Less than one person in all, so that a name that stays settles ties alone.
  const bonus = 0.5 / (before.areas.length + 1);
  return matched(common.map((row, a) => (
    row.map((people, b) => people + (before.areas[a] === after.areas[b] ? bonus : 0)))));
}

/** H(before | after) + H(after | before) in bits, over people with an area in both. */
function variationOf(common) {
  const cells = common.flatMap((row) => [...row]);
  const total = cells.reduce((sum, own) => sum + own, 0);
  if (!(total > 0)) return NaN;
  const rows = common.map((row) => row.reduce((sum, own) => sum + own, 0));
  const columns = (common[0] ? [...common[0]] : []).map((_, b) => (
    common.reduce((sum, row) => sum + row[b], 0)));
  const entropy = (values) => -values.reduce((sum, own) => (
    own > 0 ? sum + (own / total) * Math.log2(own / total) : sum), 0);
  return Math.max(2 * entropy(cells) - entropy(rows) - entropy(columns), 0);
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
