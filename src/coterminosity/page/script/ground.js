/** The ground of a negotiation, decoded from the payload: what no step changes. */

import { Drawing } from "./drawing.js";
import { checked } from "./entries.js";
import { Problem } from "./problem.js";

const FORMAT = "coterminosity page 1";
const LONDON_TIER = "London borough";
// Of the brief, beside the band: [unit, people], units kept apart, [body, units], areas closed.
const NO_RULES = { contiguous: true, floors: [], ceilings: [], apart: [], whole: [], shut: [] };

/** Decode the payload that Python wrote into the page or sent to the notebook. */
export function decode(payload) {
  if (!payload || payload.format !== FORMAT) {
    const came = JSON.stringify(payload?.format ?? null);
    throw new Problem(`This page reads data of format "${FORMAT}" and got ${came}; make it anew.`);
  }
  const units = payload.units;
  const count = units.code.length;
  return {
    name: payload.name,
    version: payload.version,
    digest: payload.digest,
    head: payload.head,
    notes: payload.notes,
    count,
    codes: units.code,
    names: units.name,
    people: Float64Array.from(units.people),
    allPeople: units.people.reduce((total, own) => total + own, 0),
    km2: Float64Array.from(units.km2, (own) => own ?? NaN),
    x: Float64Array.from(units.x),
    y: Float64Array.from(units.y),
    unitOf: new Map(units.code.map((code, unit) => [code, unit])),
    layers: payload.layers.map((own) => layerOf(own, count)),
    near: nearOf(payload, count),
    links: payload.links.map(([a, b, kind, reason]) => ({ a, b, kind, reason })),
    floor: payload.band[0],
    ceiling: payload.band[1],
    rules: { ...NO_RULES, ...payload.rules },
    tolerance: payload.tolerance,
    seedLayer: payload.seedLayer,
    align: payload.align,
    need: payload.need.map((own) => (
      { ...own, values: Float64Array.from(own.values, (value) => value ?? NaN) })),
    money: moneyOf(payload),
    governance: governed(payload),
    zones: payload.zones,
    base: {
      areas: payload.areas,
      area: Int32Array.from(payload.area),
      locks: payload.locks,
      groups: payload.groups ?? [],
    },
    who: payload.who ?? "",
    strict: payload.strict ?? false,
    log: payload.log.map((entry, k) => checked(entry, `step ${k + 1}`)),
    map: new Drawing(payload.geometry, payload.layers, count),
  };
}

function layerOf(own, count) {
  const unit = Int32Array.from(own.unit);
  const region = Int32Array.from(own.region);
  const full = Float64Array.from(own.full);
  const shared = own.shared ? Float64Array.from(own.shared) : full;
  const start = new Int32Array(count + 1);
  for (const one of unit) start[one + 1] += 1;
  for (let k = 0; k < count; k += 1) start[k + 1] += start[k];
  const totalFull = new Float64Array(own.codes.length);
  const totalShared = new Float64Array(own.codes.length);
  region.forEach((one, row) => {
    totalFull[one] += full[row];
    totalShared[one] += shared[row];
  });
  return {
    key: own.key, title: own.title, plural: own.plural, cover: own.cover, codes: own.codes,
    names: own.names, start, unit, region, full, shared, totalFull, totalShared,
  };
}

/** Neighbours of each unit over borders and links, sorted: `to[start[u] .. start[u + 1]]`. */
function nearOf(payload, count) {
  const pairs = [...payload.edges, ...payload.links].map(([a, b]) => [a, b]);
  const near = Array.from({ length: count }, () => new Set());
  for (const [a, b] of pairs) {
    near[a].add(b);
    near[b].add(a);
  }
  const start = new Int32Array(count + 1);
  near.forEach((own, unit) => { start[unit + 1] = start[unit] + own.size; });
  const to = Int32Array.from(near.flatMap((own) => [...own].sort((a, b) => a - b)));
  return { start, to };
}

/** Governance with the people of each authority, London's boroughs as one. */
function governed(payload) {
  const own = payload.governance;
  if (!own) return null;
  const authority = own.authority.map((code, unit) => (
    own.tier[unit] === LONDON_TIER ? own.labels.london : code));
  const totals = new Map();
  authority.forEach((code, unit) => {
    totals.set(code, (totals.get(code) ?? 0) + payload.units.people[unit]);
  });
  return { ...own, authority, totals };
}

function moneyOf(payload) {
  const own = payload.money;
  const weights = Float64Array.from(own.weights ?? payload.units.people);
  return {
    ...own,
    weights,
    total: weights.reduce((sum, weight) => sum + weight, 0),
    pounds: own.lines.reduce((sum, line) => sum + line.pounds, 0),
  };
}
