/** What a step breaks that was whole before, in the sentences that Python writes too. */

import { isAssigning } from "./entries.js";
import { byName, people } from "./figures.js";
import { OPEN, areaOf } from "./position.js";

const counted = new WeakSet();

/** Remember that the flags of an entry are what this page counts, so that nobody counts again. */
export function rememberCounted(entry) {
  counted.add(entry);
}

export function isCounted(entry) {
  return counted.has(entry);
}

/**
 * Units locked, areas locked, groups divided, units together that are kept apart, bodies divided
 * that are kept whole, areas in more pieces, areas newly outside the band.
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
    ...apart(ground, before.position, after.position),
    ...dividedBodies(ground, before.position, after.position),
    ...(ground.rules.contiguous ? pieces(before, after) : []),
    ...sizes(before, after),
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

function isTogether(position, units) {
  return units.every((unit) => position.area[unit] === position.area[units[0]]);
}

function groups(ground, before, after) {
  return before.groups
    .filter((group) => isTogether(before, group) && !isTogether(after, group))
    .map((group) => `${group.map((unit) => ground.names[unit]).join(", ")} are kept together`);
}

function apart(ground, before, after) {
  const shared = (position, a, b) => (
    position.area[a] === position.area[b] && position.area[a] !== OPEN);
  return ground.rules.apart.flatMap((group) => (
    group.flatMap((a, k) => group.slice(k + 1)
      .filter((b) => shared(after, a, b) && !shared(before, a, b))
      .map((b) => `${ground.names[a]} and ${ground.names[b]} are kept apart`))));
}

function dividedBodies(ground, before, after) {
  return ground.rules.whole
    .filter(([, units]) => isTogether(before, units) && !isTogether(after, units))
    .map(([name]) => `${name} is kept whole`);
}

function pieces(before, after) {
  const had = byArea(before, (area) => before.pieces.counts[area]);
  return after.position.areas.flatMap((name, area) => {
    const count = after.pieces.counts[area];
    return count > Math.max(1, had.get(name) ?? 1) ? [`${name} falls into ${count} pieces`] : [];
  });
}

function sizes(before, after) {
  const had = byArea(before, (area) => before.band(area));
  return after.position.areas.flatMap((name, area) => {
    const side = after.band(area);
    if (side === "within" || had.get(name) === side) return [];
    const limit = side === "below" ? after.floor(area) : after.ceiling(area);
    return [`${name} has ${people(after.people[area])} people, ${side} ${people(limit)}`];
  });
}

function byArea(standing, value) {
  return new Map(standing.position.areas.map((name, area) => [name, value(area)]));
}
