/**
 * The position of a negotiation: who is where, what is locked, and what a step makes of it.
 *
 * A position is never changed; `after` returns a new one. Areas are sorted by name and each has
 * units: the number of an area holds for one position only.
 *
 * @typedef {Object} Position
 * @property {string[]} areas
 * @property {Int32Array} area       by unit; -1 where open
 * @property {Set<number>} locked    units
 * @property {Set<string>} lockedAreas
 * @property {number[][]} groups     units kept together
 */

import { isAssigning } from "./entries.js";
import { byName, list } from "./figures.js";
import { Problem } from "./problem.js";

export const OPEN = -1;

/** Name of a unit's area; "" where open. */
export function areaOf(position, unit) {
  const own = position.area[unit];
  return own === OPEN ? "" : position.areas[own];
}

/** Units of an area by its exact name. */
export function unitsOf(position, name) {
  const wanted = position.areas.indexOf(name);
  const units = [];
  if (wanted >= 0) position.area.forEach((own, unit) => own === wanted && units.push(unit));
  return units;
}

/** The position that the payload starts from. */
export function startOf(ground) {
  const { areas, area, locks, groups } = ground.base;
  const { shut } = ground.rules;
  const bare = {
    areas: [], area: new Int32Array(ground.count).fill(OPEN), locked: new Set(locks),
    lockedAreas: new Set(), groups: groups.map((own) => [...own].sort((a, b) => a - b)),
  };
  const moves = new Map();
  area.forEach((own, unit) => own !== OPEN && moves.set(unit, areas[own]));
  return { ...assign(bare, moves), lockedAreas: new Set(shut) };
}

/** Units in other areas, made where they are new; areas without units are gone with their locks. */
export function assign(position, moves) {
  const names = new Set(position.areas);
  for (const name of moves.values()) if (name) names.add(name);
  const all = [...names].sort(byName);
  const numberOf = new Map(all.map((name, k) => [name, k]));
  const onto = position.areas.map((name) => numberOf.get(name));
  const area = position.area.map((own) => (own === OPEN ? OPEN : onto[own]));
  for (const [unit, name] of moves) area[unit] = name ? numberOf.get(name) : OPEN;
  const held = new Uint8Array(all.length);
  for (const own of area) if (own !== OPEN) held[own] = 1;
  const living = all.filter((_, k) => held[k]);
  if (living.length < all.length) {
    const kept = new Map(living.map((name, k) => [numberOf.get(name), k]));
    for (let unit = 0; unit < area.length; unit += 1) {
      if (area[unit] !== OPEN) area[unit] = kept.get(area[unit]);
    }
  }
  const alive = new Set(living);
  const lockedAreas = new Set([...position.lockedAreas].filter((name) => alive.has(name)));
  return { ...position, areas: living, area, lockedAreas };
}

/** The position after a step of the log; throws a Problem where it names what is not there. */
export function after(ground, position, entry) {
  const strange = (entry.units ?? []).filter((code) => !ground.unitOf.has(code));
  if (strange.length) {
    throw new Problem(`${entry.action}: there is no unit ${list(strange, 5)} in this page`);
  }
  const units = (entry.units ?? []).map((code) => ground.unitOf.get(code));
  if (isAssigning(entry)) {
    return assign(position, new Map(units.map((unit, k) => [unit, entry.to[k]])));
  }
  const gone = (entry.areas ?? []).filter((name) => !position.areas.includes(name));
  if (gone.length) throw new Problem(`${entry.action}: there is no area ${list(gone, 5)}`);
  const change = CHANGES[entry.action];
  return change ? change(position, units, entry) : position;
}

// What each step other than a move makes of a position.
const CHANGES = {
  rename: (position, units, entry) => renamed(position, entry.areas[0], entry.names[0]),
  lock: (position, units) => ({ ...position, locked: new Set([...position.locked, ...units]) }),
  unlock: (position, units) => ({ ...position, locked: without(position.locked, units) }),
  lock_area: (position, units, entry) => (
    { ...position, lockedAreas: new Set([...position.lockedAreas, ...entry.areas]) }),
  unlock_area: (position, units, entry) => (
    { ...position, lockedAreas: without(position.lockedAreas, entry.areas) }),
  keep_together: (position, units) => {
    const group = [...units].sort((a, b) => a - b);
    const rest = position.groups.filter((own) => own.join() !== group.join());
    return { ...position, groups: [...rest, group] };
  },
  release: (position, units) => (
    { ...position, groups: position.groups.filter((own) => !own.some((u) => units.includes(u))) }),
};

function without(held, gone) {
  const rest = new Set(held);
  gone.forEach((own) => rest.delete(own));
  return rest;
}

function renamed(position, old, name) {
  if (position.areas.includes(name) && name !== old) {
    throw new Problem(`There is an area ${name} already; merge the two instead.`);
  }
  const names = position.areas.map((own) => (own === old ? name : own));
  const areas = [...names].sort(byName);
  const onto = names.map((own) => areas.indexOf(own));
  const lockedAreas = new Set([...position.lockedAreas].map((own) => (own === old ? name : own)));
  const area = position.area.map((own) => (own === OPEN ? OPEN : onto[own]));
  return { ...position, areas, area, lockedAreas };
}
