/**
 * The standing of a position: every figure that a step can change.
 *
 * Counted from scratch each time: tables of people are small, and nothing can drift.
 */

import { governanceOf } from "./governance.js";
import { piecesOf } from "./pieces.js";
import { OPEN } from "./position.js";

/** Part of a whole, NaN of nothing, and never above one by rounding. */
function ratio(part, whole) {
  return whole > 0 ? Math.min(part / whole, 1) : NaN;
}

export class Standing {
  constructor(ground, position) {
    this.ground = ground;
    this.position = position;
    const count = position.areas.length;
    this.people = new Float64Array(count);
    this.km2 = new Float64Array(count);
    this.weight = new Float64Array(count);
    this.units = new Int32Array(count);
    this.open = { units: 0, people: 0 };
    position.area.forEach((own, unit) => {
      if (own === OPEN) {
        this.open.units += 1;
        this.open.people += ground.people[unit];
        return;
      }
      this.units[own] += 1;
      this.people[own] += ground.people[unit];
      this.km2[own] += ground.km2[unit];
      this.weight[own] += ground.money.weights[unit];
    });
    this.pieces = piecesOf(ground, position.area, count);
  }

  /** How each layer and the areas fit; counted when first asked for. */
  get fits() {
    this.layerFits ??= this.ground.layers.map((layer) => (
      fitOf(this.ground, layer, this.position, this.people)));
    return this.layerFits;
  }

  /** Units of each area. */
  get members() {
    if (!this.unitLists) {
      this.unitLists = this.position.areas.map(() => []);
      this.position.area.forEach((own, unit) => own !== OPEN && this.unitLists[own].push(unit));
    }
    return this.unitLists;
  }

  /** "below", "within" or "above" the band of people. */
  band(area) {
    if (this.people[area] < this.floor(area)) return "below";
    return this.people[area] > this.ceiling(area) ? "above" : "within";
  }

  /** People that an area needs at least: its own floor where it holds a unit that has one. */
  floor(area) {
    const own = this.ownLimits(this.ground.rules.floors, area);
    return own.length ? Math.max(...own) : this.ground.floor;
  }

  /** People that an area has at most. */
  ceiling(area) {
    const own = this.ownLimits(this.ground.rules.ceilings, area);
    return own.length ? Math.min(...own) : this.ground.ceiling;
  }

  ownLimits(limits, area) {
    return limits
      .filter(([unit]) => this.position.area[unit] === area)
      .map(([, people]) => people);
  }

  /** The fit of a layer by its key. */
  fitOf(key) {
    return this.fits.find((own) => own.layer.key === key);
  }

  /** People split or merged over the seed and the aligned layers: what options rank by. */
  get cost() {
    const { seedLayer, align } = this.ground;
    const own = [seedLayer, ...align].map((key) => this.fitOf(key));
    return own.reduce((sum, fit) => sum + fit.splitPeople + fit.mergePeople, 0);
  }

  /** Rows of the table of areas, sorted by name. */
  get areas() {
    this.areaRows ??= this.position.areas.map((_, area) => this.areaRow(area));
    return this.areaRows;
  }

  /** Rows of the table of layers. */
  get layers() {
    this.layerRows ??= this.fits.map((fit) => layerRow(fit));
    return this.layerRows;
  }

  /** Share of each indicator's spread that lies between areas. */
  get need() {
    this.needRows ??= this.ground.need.map(({ key, title, values }) => (
      { key, title, eta: this.between(values) }));
    return this.needRows;
  }

  areaRow(area) {
    const { ground, position } = this;
    const people = this.people[area];
    const { money } = ground;
    const share = this.weight[area] / money.total;
    const pounds = share * money.pounds;
    const name = position.areas[area];
    return {
      index: area,
      name,
      units: this.units[area],
      people,
      km2: this.km2[area],
      band: this.band(area),
      pieces: this.pieces.counts[area],
      parts: this.pieces.parts(this.members[area], area),
      pounds,
      lines: money.lines.map((line) => share * line.pounds),
      perHead: people > 0 ? pounds / people : NaN,
      contracts: (people / ground.allPeople) * money.contracts,
      governance: governanceOf(ground, this.members[area]),
      locked: position.lockedAreas.has(name),
      main: Object.fromEntries(this.fits.map((fit) => [fit.layer.key, fit.mainOf(area)])),
      need: Object.fromEntries(ground.need.map((own) => [own.key, this.mean(own.values, area)])),
    };
  }

  /** Mean of an indicator over people of an area; NaN where no unit has a figure. */
  mean(values, area) {
    let people = 0;
    let sum = 0;
    for (const unit of this.members[area]) {
      if (!Number.isNaN(values[unit])) {
        people += this.ground.people[unit];
        sum += this.ground.people[unit] * values[unit];
      }
    }
    return people > 0 ? sum / people : NaN;
  }

  /** η² = Σₐ Wₐ (x̄ₐ − x̄)² / Σ w (x − x̄)² over people of units with a figure and an area. */
  between(values) {
    const { area } = this.position;
    const known = [];
    this.ground.people.forEach((people, unit) => {
      if (area[unit] !== OPEN && people > 0 && !Number.isNaN(values[unit])) known.push(unit);
    });
    if (!known.length || known.every((unit) => values[unit] === values[known[0]])) return NaN;
    const people = (unit) => this.ground.people[unit];
    const all = known.reduce((sum, unit) => sum + people(unit), 0);
    const mean = known.reduce((sum, unit) => sum + people(unit) * values[unit], 0) / all;
    const weight = new Float64Array(this.units.length);
    const sums = new Float64Array(this.units.length);
    let total = 0;
    for (const unit of known) {
      const apart = values[unit] - mean;
      weight[area[unit]] += people(unit);
      sums[area[unit]] += people(unit) * apart;
      total += people(unit) * apart ** 2;
    }
    let between = 0;
    weight.forEach((own, k) => { if (own > 0) between += sums[k] ** 2 / own; });
    return between / total;
  }
}

/** How the regions of one layer and the areas fit. */
class Fit {
  constructor(layer, full, shared, position) {
    this.layer = layer;
    this.full = full;
    this.shared = shared;
    this.position = position;
    this.isCut = new Uint8Array(layer.codes.length);
    this.isSame = new Uint8Array(layer.codes.length);
    this.home = new Int32Array(layer.codes.length).fill(OPEN);
  }

  /** Names of regions that lie mainly in an area, in the order of codes. */
  mainOf(area) {
    this.mains ??= this.mainNames();
    return this.mains[area];
  }

  mainNames() {
    const named = this.position.areas.map(() => []);
    this.home.forEach((home, region) => {
      if (home !== OPEN) named[home].push(this.layer.names[region]);
    });
    return named;
  }

  /** Rows of regions with people. */
  get regions() {
    this.regionRows ??= this.layer.codes.flatMap((code, region) => (
      this.layer.totalFull[region] > 0 ? [this.regionRow(code, region)] : []));
    return this.regionRows;
  }

  regionRow(code, region) {
    const count = this.position.areas.length;
    const parts = [];
    let outside = this.layer.totalFull[region];
    for (let area = 0; area < count; area += 1) {
      const people = this.full[region * count + area];
      if (people > 0) parts.push({ area, people });
      outside -= people;
    }
    if (outside >= 0.5) parts.push({ area: OPEN, people: outside });
    parts.sort((a, b) => b.people - a.people || a.area - b.area);
    const whole = this.isSame[region] ? "same" : "whole";
    const state = this.isCut[region] ? "cut" : whole;
    return {
      index: region, code, name: this.layer.names[region],
      people: this.layer.totalFull[region], state, parts,
    };
  }
}

function fitOf(ground, layer, position, people) {
  const count = position.areas.length;
  const size = layer.codes.length;
  const full = new Float64Array(size * count);
  const shared = new Float64Array(size * count);
  for (let row = 0; row < layer.unit.length; row += 1) {
    const area = position.area[layer.unit[row]];
    if (area !== OPEN) {
      full[layer.region[row] * count + area] += layer.full[row];
      shared[layer.region[row] * count + area] += layer.shared[row];
    }
  }
  const fit = new Fit(layer, full, shared, position);
  const most = new Float64Array(size);
  const main = new Float64Array(count);
  const low = ground.tolerance;
  const high = 1 - ground.tolerance;
  for (let region = 0; region < size; region += 1) {
    for (let area = 0; area < count; area += 1) {
      const place = region * count + area;
      if (shared[place] > most[region]) {
        most[region] = shared[place];
        fit.home[region] = area;
      }
      if (shared[place] > main[area]) main[area] = shared[place];
      const part = ratio(full[place], layer.totalFull[region]);
      if (part > low && part < high) fit.isCut[region] = 1;
      if (part >= high && ratio(full[place], people[area]) >= high) fit.isSame[region] = 1;
    }
  }
  return withShares(fit, most, main, people);
}

function sum(values) {
  let total = 0;
  for (const own of values) total += own;
  return total;
}

function withShares(fit, most, main, people) {
  const regions = sum(fit.layer.totalShared);
  const areas = sum(people);
  const contained = ratio(sum(most), regions);
  const held = ratio(sum(main), areas);
  let cut = 0;
  let same = 0;
  let there = 0;
  fit.layer.totalFull.forEach((own, region) => {
    if (own > 0) there += 1;
    cut += fit.isCut[region];
    same += fit.isSame[region];
  });
  return Object.assign(fit, {
    splitPeople: regions - sum(most),
    mergePeople: areas - sum(main),
    splitShare: 1 - contained,
    mergeShare: 1 - held,
    coterminosity: 0.5 * (contained + held),
    cut,
    whole: there - cut,
    same,
    count: there,
  });
}

function layerRow(fit) {
  const { key, title, plural } = fit.layer;
  const {
    splitPeople, mergePeople, splitShare, mergeShare, coterminosity, cut, whole, same, count,
  } = fit;
  return {
    key, title, plural, splitPeople, mergePeople, splitShare, mergeShare, coterminosity, cut,
    whole, same, count,
    get regions() { return fit.regions; },
  };
}
