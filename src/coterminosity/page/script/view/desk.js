/**
 * The desk: what the person in front of the page has chosen, and what the parts of the view ask.
 *
 * The table holds the negotiation; the desk holds only how it is looked at. Parts of the view
 * listen with `on` and never speak to each other.
 */

import { list, percent } from "../engine.js";
import { AreaColours, fillSwatch } from "./colours.js";
import { fill, freshId, make } from "./dom.js";
import { nameOrder, OPEN_NAME, plural } from "./words.js";

const LEAST_SHARE = 0.0005; // smaller parts would be shown as 0.0%

export class Desk {
  constructor(table) {
    this.table = table;
    this.ground = table.ground;
    this.selected = new Set();
    this.areaChosen = null;
    this.tool = "select";
    this.brush = "";
    this.mode = "now";
    this.view = "map";
    this.panel = "chosen";
    this.keysOn = true;
    this.colours = new AreaColours();
    // Keys have patterns of their own: those of the map change with its scale.
    this.keyPatterns = freshId("key");
    this.numbers = new Map();
    this.listeners = new Map();
    this.startNames = Array.from(this.ground.base.area, (own) => this.ground.base.areas[own] ?? "");
    for (const name of this.ground.base.areas) this.number(name);
    this.learn();
  }

  // ---- listening ----

  on(event, listener) {
    if (!this.listeners.has(event)) this.listeners.set(event, []);
    this.listeners.get(event).push(listener);
  }

  tell(event, value) {
    for (const listener of this.listeners.get(event) ?? []) listener(value);
  }

  /** Say something to everybody: the status line, which readers of the page hear as well. */
  say(message, flags = [], kind = "") {
    this.tell("say", { message, flags, kind });
  }

  // ---- where things stand ----

  get now() {
    return this.table.standing();
  }

  get start() {
    return this.table.start();
  }

  /** Learn names, numbers and colours anew after a change of the table. */
  learn() {
    const { table, ground } = this;
    const names = new Array(ground.count);
    for (let unit = 0; unit < ground.count; unit += 1) names[unit] = table.areaOf(unit);
    this.inherit(this.names ?? this.startNames, names);
    this.names = names;
    this.colours.update(this.neighbourhoods(names));
    this.compared = null;
    this.brokenFound = null;
    for (const area of [this.areaChosen, this.brush]) {
      if (area && !table.areas.includes(area)) this.forget(area);
    }
  }

  forget(name) {
    if (this.areaChosen === name) this.areaChosen = null;
    if (this.brush === name) this.brush = "";
  }

  /** An area that was only renamed keeps its number and its colour; a new one gets the next. */
  inherit(before, after) {
    const living = new Set(after);
    after.forEach((name, unit) => {
      const old = before[unit];
      if (!name || this.numbers.has(name) || !old || living.has(old)) return;
      if (!this.numbers.has(old)) return;
      this.numbers.set(name, this.numbers.get(old));
      this.colours.kept.set(name, this.colours.of(old));
      if (this.areaChosen === old) this.areaChosen = name;
      if (this.brush === old) this.brush = name;
      this.numbers.delete(old);
    });
    for (const name of this.table.areas) if (!this.numbers.has(name)) this.number(name);
  }

  number(name) {
    const used = new Set(this.numbers.values());
    let next = 1;
    while (used.has(next)) next += 1;
    this.numbers.set(name, next);
  }

  numberOf(name) {
    return this.numbers.get(name) ?? 0;
  }

  neighbourhoods(names) {
    const { near, count } = this.ground;
    const found = new Map();
    for (let unit = 0; unit < count; unit += 1) {
      const own = names[unit];
      if (!own) continue;
      if (!found.has(own)) found.set(own, new Set());
      for (let k = near.start[unit]; k < near.start[unit + 1]; k += 1) {
        const other = names[near.to[k]];
        if (other && other !== own) found.get(own).add(other);
      }
    }
    return found;
  }

  /** Names of areas by unit, of the start where that is shown. */
  shownNames() {
    return this.mode === "start" ? this.startNames : this.names;
  }

  areaName(unit) {
    return this.names[unit];
  }

  startName(unit) {
    return this.startNames[unit] || OPEN_NAME;
  }

  areaNames() {
    return this.table.names().sort(nameOrder);
  }

  areaRow(name) {
    return this.now.areas.find((area) => area.name === name) ?? null;
  }

  startRow(name) {
    return this.start.areas.find((area) => area.name === name) ?? null;
  }

  /** What changed since the start; matching areas takes time, so it is done once a step. */
  get change() {
    this.compared ??= this.table.compare();
    return this.compared;
  }

  get moved() {
    return this.change.moved.map((row) => row.unit);
  }

  isLocked(unit) {
    return this.table.locked(unit);
  }

  lockedUnits() {
    return this.table.position.locked;
  }

  /** How a body is divided: "82.0% in New Anglia and 18.0% in South East". */
  partsInWords(region) {
    const shown = region.parts.filter((part) => part.people / region.people >= LEAST_SHARE);
    const words = shown.map((part) => {
      const name = part.area < 0 ? "no area" : this.table.areas[part.area];
      return `${percent(part.people / region.people)} in ${name}`;
    });
    return list(words, 5);
  }

  /** Areas in pieces, with the units outside the main piece. */
  broken() {
    // Where the brief lets areas lie in pieces, none is broken.
    this.brokenFound ??= this.now.areas
      .filter((area) => this.ground.rules.contiguous && area.pieces > 1)
      .map((area) => ({ area: area.name, parts: area.parts.slice(1) }));
    return this.brokenFound;
  }

  brokenUnits() {
    return this.broken().flatMap((row) => row.parts.flat());
  }

  zones() {
    return this.table.zones();
  }

  zoneOf(unit) {
    return this.ground.zones.find((zone) => zone.units.includes(unit)) ?? null;
  }

  neighboursOf(unit) {
    const { start, to } = this.ground.near;
    return Array.from(to.subarray(start[unit], start[unit + 1]));
  }

  /** Names of areas beside a set of units, their own left out. */
  areasBeside(units) {
    const inside = new Set(units);
    const own = new Set(units.map((unit) => this.areaName(unit)));
    const names = new Set();
    for (const unit of units) {
      for (const other of this.neighboursOf(unit)) {
        const name = this.areaName(other);
        if (!inside.has(other) && name && (!own.has(name) || own.size > 1)) names.add(name);
      }
    }
    return [...names].sort(nameOrder);
  }

  /** Fill a select with areas: neighbours of the units first, then all others. */
  stockAreas(select, units) {
    const beside = this.areasBeside(units);
    const others = this.areaNames().filter((name) => !beside.includes(name));
    const option = (name) => make("option", { value: name }, name);
    fill(
      select,
      make("option", { value: "" }, "Choose an area"),
      beside.length ? make("optgroup", { label: "Neighbouring areas" }, beside.map(option)) : null,
      make("optgroup", { label: beside.length ? "Other areas" : "Areas" }, others.map(option)),
    );
  }

  /** Colour and pattern of an area for a key beside its name. */
  paintSwatch(swatch, name) {
    fillSwatch(swatch, `url(#${this.keyPatterns}-${name ? this.colours.of(name) : "open"})`);
  }

  // ---- choosing ----

  /** Choose a district: alone, or added to those chosen (`add`), or taken out (`on` false). */
  choose(unit, { add = false, on = true, zoom = false } = {}) {
    if (!add) this.selected.clear();
    if (on) this.selected.add(unit);
    else this.selected.delete(unit);
    this.areaChosen = null;
    this.chosen({ panel: true, zoom: zoom ? [unit] : null });
    if (this.selected.size === 1 && on) {
      this.say(`${this.ground.names[unit]} chosen, in ${this.areaName(unit) || "no area"}.`);
    } else this.say(`${plural(this.selected.size, "district")} chosen.`);
  }

  chooseMany(units, { zoom = false, panel = true, toMove = false } = {}) {
    this.selected = new Set(units);
    this.areaChosen = null;
    this.chosen({ panel, zoom: zoom ? units : null, toMove });
    if (panel) this.say(`${plural(units.length, "district")} chosen.`);
  }

  chooseArea(name, { zoom = false, quiet = false } = {}) {
    this.selected.clear();
    this.areaChosen = name;
    if (!this.brush || this.tool !== "paint") this.brush = name;
    this.chosen({ panel: true, zoom: zoom ? this.table.unitsOf(name) : null });
    if (!quiet) this.say(`${name} chosen.`);
  }

  clearChoice() {
    if (!this.selected.size && !this.areaChosen) return;
    this.selected.clear();
    this.areaChosen = null;
    this.chosen({});
  }

  chosen({ panel = false, zoom = null, toMove = false }) {
    if (panel) this.openPanel("chosen");
    this.tell("chosen", { zoom, toMove });
  }

  /** A body of a layer: outline it, choose its districts. */
  showBody(layer, region) {
    const units = [];
    for (let unit = 0; unit < this.ground.count; unit += 1) {
      for (let row = layer.start[unit]; row < layer.start[unit + 1]; row += 1) {
        const trace = this.ground.tolerance * this.ground.people[unit];
        if (layer.region[row] === region && layer.full[row] > trace) units.push(unit);
      }
    }
    this.chooseMany(units, { zoom: true });
    this.tell("body", { layer, region });
    const size = plural(units.length, "district");
    this.say(`${layer.names[region]} (${layer.title}): ${size} chosen.`);
  }

  setTool(tool) {
    this.tool = tool;
    this.tell("tool");
  }

  setBrush(name) {
    this.brush = name;
    this.tell("tool");
  }

  setMode(mode) {
    this.mode = mode;
    this.tell("mode");
    const words = {
      now: "The map shows the areas as they are now.",
      start: "The map shows the areas at the start.",
      difference: "The map shows what moved since the start; dashed lines are the borders then.",
    };
    this.say(words[mode]);
  }

  setView(view) {
    this.view = view;
    this.tell("view");
  }

  openPanel(panel) {
    if (this.panel === panel) return;
    this.panel = panel;
    this.tell("panel");
  }
}
