/** What a step breaks that was whole before, in the sentences that Python writes too. */

import { isAssigning } from "./entries.js";
import { byName, people } from "./figures.js";
import { areaOf } from "./position.js";

const counted = new WeakSet();

/** Remember that the flags of an entry are what this page counts, so that nobody counts again. */
export function rememberCounted(entry) {
  counted.add(entry);
}

export function isCounted(entry) {
  return counted.has(entry);
}

/**
 * Units locked, areas locked, groups divided, areas in more pieces, areas newly outside the band.
 *
 * `before` and `after` are Standings.
 */
export function flagsOf(ground, entry, before, after) {
  if (!isAssigning(entry)) return [];
  const moved = entry.units
    .map((code) => ground.unitOf.get(code))
    .filter((unit) => areaOf(before.position, unit) !== areaOf(after.position, unit));
  return [
    ...unitLocks(ground, before.position, moved),
    ...areaLocks(before.position, after.position, moved),
    ...groups(ground, before.position, after.position),
    ...pieces(before, after),
    ...sizes(ground, before, after),
  ];
}

function unitLocks(ground, before, moved) {
  return moved
    .filter((unit) => before.locked.has(unit))
    .map((unit) => `${ground.names[unit]} is locked to ${areaOf(before, unit) || "no area"}`);
}

function areaLocks(before, after, moved) {
  const touched = new Set(moved.flatMap((unit) => [areaOf(before, unit), areaOf(after, unit)]));
  return [...touched]
    .filter((name) => before.lockedAreas.has(name))
    .sort(byName)
    .map((name) => `${name} is locked`);
}

function groups(ground, before, after) {
  const isWhole = (position, group) => (
    group.every((unit) => position.area[unit] === position.area[group[0]]));
  return before.groups
    .filter((group) => isWhole(before, group) && !isWhole(after, group))
    .map((group) => `${group.map((unit) => ground.names[unit]).join(", ")} are kept together`);
}

function pieces(before, after) {
  const had = byArea(before, (area) => before.pieces.counts[area]);
  return after.position.areas.flatMap((name, area) => {
    const count = after.pieces.counts[area];
    return count > Math.max(1, had.get(name) ?? 1) ? [`${name} falls into ${count} pieces`] : [];
  });
}

function sizes(ground, before, after) {
  const had = byArea(before, (area) => before.band(area));
  const limit = { below: ground.floor, above: ground.ceiling };
  return after.position.areas.flatMap((name, area) => {
    const side = after.band(area);
    if (side === "within" || had.get(name) === side) return [];
    return [`${name} has ${people(after.people[area])} people, ${side} ${people(limit[side])}`];
  });
}

function byArea(standing, value) {
  return new Map(standing.position.areas.map((name, area) => [name, value(area)]));
}
