/** Options for contested ground: what each claimant's case would change, ranked, not decided. */

import { byName } from "./figures.js";
import { flagsOf } from "./flags.js";
import { areaOf, assign } from "./position.js";
import { Standing } from "./standing.js";
import { candidatesOf } from "./zones.js";

const LEAVE_ALONE = "Leave alone";

/** The options of a zone, those that split or merge fewest people first; see types.js. */
export function optionsOf(ground, zone, standing) {
  const candidates = [...candidatesOf(ground, zone, standing.position), ""];
  const found = candidates.map((to) => optionOf(ground, zone, standing, to));
  const rank = (own) => Math.round(own.change * 1e6) / 1e6;
  return found.sort((a, b) => rank(a) - rank(b) || byName(a.title, b.title));
}

function optionOf(ground, zone, standing, to) {
  const { position } = standing;
  const moving = to ? zone.units.filter((unit) => areaOf(position, unit) !== to) : [];
  const then = moving.length
    ? new Standing(ground, assign(position, new Map(moving.map((unit) => [unit, to]))))
    : standing;
  const codes = moving.map((unit) => ground.codes[unit]);
  const entry = { action: "move", units: codes, to: codes.map(() => to) };
  const gives = new Set(moving.map((unit) => areaOf(position, unit)));
  gives.delete("");
  const people = moving.reduce((sum, unit) => sum + ground.people[unit], 0);
  const weight = moving.reduce((sum, unit) => sum + ground.money.weights[unit], 0);
  return {
    zone: zone.key,
    title: to ? `All to ${to}` : LEAVE_ALONE,
    to,
    current: !moving.length,
    units: moving,
    change: then.cost - standing.cost,
    layers: then.fits.map((fit, k) => layerChange(standing.fits[k], fit)),
    couldMerge: couldMerge(ground, then, to),
    people,
    pounds: (weight / ground.money.total) * ground.money.pounds,
    contracts: (people / ground.allPeople) * ground.money.contracts,
    need: then.need.map(({ key, title, eta }, k) => (
      { key, title, change: eta - standing.need[k].eta })),
    losers: [...gives].sort(byName).map((name) => leftWith(standing, then, name)),
    winners: moving.length ? [leftWith(standing, then, to)] : [],
    flags: moving.length ? flagsOf(ground, entry, standing, then) : [],
  };
}

function layerChange(before, after) {
  const named = (chosen) => after.layer.names.filter((_, region) => chosen(region));
  return {
    key: after.layer.key,
    title: after.layer.title,
    split: after.splitPeople - before.splitPeople,
    merge: after.mergePeople - before.mergePeople,
    newlySame: named((r) => after.isSame[r] && !before.isSame[r]),
    noLongerSame: named((r) => before.isSame[r] && !after.isSame[r]),
    newlyWhole: named((r) => before.isCut[r] && !after.isCut[r]),
    newlyCut: named((r) => after.isCut[r] && !before.isCut[r]),
  };
}

/** Aligned bodies wholly inside an area, where several are: merging these cuts nobody off. */
function couldMerge(ground, standing, to) {
  const { areas } = standing.position;
  const area = areas.indexOf(to);
  if (area < 0) return [];
  return ground.align.flatMap((key) => {
    const { layer, full } = standing.fitOf(key);
    const whole = layer.names.filter((_, region) => {
      const all = layer.totalFull[region];
      return all > 0 && full[region * areas.length + area] >= (1 - ground.tolerance) * all;
    });
    return whole.length > 1 ? whole.map((name) => `${layer.title} ${name}`) : [];
  });
}

/** What an area had and has; one that is gone has nobody. */
function leftWith(before, after, name) {
  const had = before.position.areas.indexOf(name);
  const area = after.position.areas.indexOf(name);
  const peopleBefore = had < 0 ? 0 : before.people[had];
  if (area < 0) {
    return {
      area: name, peopleBefore, people: 0, pounds: 0, band: "gone", pieces: 0, contracts: 0,
      gone: true,
    };
  }
  const row = after.areas[area];
  return {
    area: name, peopleBefore, people: row.people, pounds: row.pounds, band: row.band, pieces: row.pieces,
    contracts: row.contracts, gone: false,
  };
}
