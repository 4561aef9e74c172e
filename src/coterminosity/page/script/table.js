/**
 * The negotiating table: the log, where it leads, and the steps that people take.
 *
 * Positions before and after each step are kept, so that undo and redo cost nothing; areas of
 * units are copied only by steps that move units.
 */

import { agreementOn, toldApart } from "./agreements.js";
import { comparisonOf } from "./comparison.js";
import { checked, clean, isAssigning, ordered, timeNow } from "./entries.js";
import { list } from "./figures.js";
import { flagsOf, rememberCounted } from "./flags.js";
import { optionsOf } from "./options.js";
import { after, areaOf, assign, startOf, unitsOf } from "./position.js";
import { Problem } from "./problem.js";
import { Standing } from "./standing.js";
import { candidatesOf } from "./zones.js";

export class Table {
  constructor(ground, { entries = ground.log } = {}) {
    this.ground = ground;
    this.who = ground.who;
    this.strict = ground.strict;
    this.listeners = new Set();
    this.load(entries);
  }

  // ---- where things stand ----

  get position() { return this.positions[this.cursor]; }

  get area() { return this.position.area; }

  get areas() { return this.position.areas; }

  get groups() { return this.position.groups; }

  get canUndo() { return this.cursor > 0; }

  get canRedo() { return this.cursor < this.entries.length; }

  /** The log with steps taken back at the tail. */
  get log() {
    return this.entries.map((entry, k) => (
      k < this.cursor ? entry : ordered({ ...entry, undone: true })));
  }

  names() { return [...this.areas]; }

  areaOf(unit) { return areaOf(this.position, unit); }

  unitsOf(name) { return unitsOf(this.position, name); }

  locked(unit) { return this.position.locked.has(unit); }

  areaLocked(name) { return this.position.lockedAreas.has(name); }

  /** Figures of the position, counted once after each step. */
  standing() {
    if (this.counted?.position !== this.position) {
      this.counted = new Standing(this.ground, this.position);
    }
    return this.counted;
  }

  /** Figures of the plan that the negotiation started from. */
  start() {
    this.started ??= new Standing(this.ground, this.positions[0]);
    return this.started;
  }

  // ---- steps ----

  /** Put units into an area, made where it is new; "" leaves them open. */
  move(units, to, { note = "" } = {}) {
    const area = to === "" ? "" : this.named(to);
    return this.assignEach("move", units, () => area, { note });
  }

  /** Let two groups of units change areas: each goes where the first of the other is. */
  swap(one, other, { note = "" } = {}) {
    const first = [one].flat();
    const second = [other].flat();
    const [a, b] = [this.areaOf(first[0]), this.areaOf(second[0])];
    const inFirst = new Set(first);
    return this.assignEach("swap", [...first, ...second], (unit) => (
      inFirst.has(unit) ? b : a), { note });
  }

  /** Let area b go into area a. */
  merge(a, b, { note = "" } = {}) {
    this.known(a);
    if (a === b) return nothing(`${a} cannot be merged with itself.`);
    return this.assignEach("merge", this.unitsOf(this.known(b)), () => a, { note, areas: [b, a] });
  }

  /** Divide an area: units by the name of each part. Units not named stay. */
  split(area, parts, { note = "" } = {}) {
    const own = new Set(this.unitsOf(this.known(area)));
    const to = new Map();
    for (const [name, units] of Object.entries(parts)) {
      for (const unit of units) {
        if (!own.has(unit)) {
          throw new Problem(`${this.ground.names[unit]} is not in ${area}; nothing was divided.`);
        }
        to.set(unit, this.named(name));
      }
    }
    return this.assignEach("split", [...to.keys()], (unit) => to.get(unit), { note });
  }

  newArea(name, units, { note = "" } = {}) {
    const own = this.named(name);
    if (this.areas.includes(own)) {
      return nothing(`There is an area ${own} already; choose another name.`);
    }
    return this.assignEach("new_area", units, () => own, { note });
  }

  rename(area, name, { note = "" } = {}) {
    const own = this.named(name);
    if (own === this.known(area)) return nothing(`${area} keeps its name.`);
    if (this.areas.includes(own)) {
      return nothing(`There is an area ${own} already; merge the two instead.`);
    }
    return this.take({ action: "rename", areas: [area], names: [own], note });
  }

  lock(units, { note = "" } = {}) {
    return this.aboutUnits("lock", units.filter((unit) => !this.locked(unit)), note);
  }

  unlock(units, { note = "" } = {}) {
    return this.aboutUnits("unlock", units.filter((unit) => this.locked(unit)), note);
  }

  lockArea(name, { note = "" } = {}) {
    if (this.areaLocked(this.known(name))) return nothing(`${name} is locked already.`);
    return this.take({ action: "lock_area", areas: [name], note });
  }

  unlockArea(name, { note = "" } = {}) {
    if (!this.areaLocked(this.known(name))) return nothing(`${name} is not locked.`);
    return this.take({ action: "unlock_area", areas: [name], note });
  }

  keepTogether(units, { note = "" } = {}) {
    if (units.length < 2) return nothing("Choose two or more districts to keep together.");
    return this.aboutUnits("keep_together", units, note);
  }

  release(units, { note = "" } = {}) {
    const held = units.filter((unit) => this.groups.some((own) => own.includes(unit)));
    return this.aboutUnits("release", held, note);
  }

  /** Decide to leave units where they are, with the reason. */
  leave(units, { note = "" } = {}) {
    return this.aboutUnits("leave", units, clean(note) || "left alone");
  }

  note(text) {
    const note = clean(text);
    return note ? this.take({ action: "note", note }) : nothing("An empty note was not kept.");
  }

  // ---- back and forth ----

  undo(steps = 1) { return this.goTo(this.cursor - steps); }

  redo(steps = 1) { return this.goTo(this.cursor + steps); }

  /** Go to where so many steps are in force. */
  goTo(cursor) {
    const wanted = Math.max(0, Math.min(this.entries.length, cursor));
    if (wanted === this.cursor) return nothing("There is no step to take back or again.");
    const kind = wanted < this.cursor ? "undo" : "redo";
    const entry = this.entries[kind === "undo" ? wanted : wanted - 1];
    this.cursor = wanted;
    this.tell({ kind, entry });
    const did = kind === "undo" ? "Taken back" : "Taken again";
    return { made: true, flags: [], message: `${did}: ${this.inWords(entry)}.`, entry };
  }

  /** Take a whole log in place of this one; what is wrong leaves the table as it was. */
  replaceLog(entries) {
    this.load(entries.map((entry, k) => checked(entry, `step ${k + 1}`)));
    this.tell({ kind: "replaced", entry: null });
  }

  // ---- what if ----

  /** What a move would flag and lead to; nothing is made. */
  preview(units, to) {
    const moves = new Map(units.map((unit) => [unit, to]));
    const then = new Standing(this.ground, assign(this.position, moves));
    const codes = units.map((unit) => this.ground.codes[unit]);
    const entry = { action: "move", units: codes, to: codes.map(() => to) };
    return { flags: flagsOf(this.ground, entry, this.standing(), then), standing: then };
  }

  /** Contested zones as they are now. */
  zones() {
    const made = this.entries.slice(0, this.cursor);
    const seed = this.ground.layers.find((layer) => layer.key === this.ground.seedLayer);
    return this.ground.zones.map((zone) => {
      const areas = new Set(zone.units.map((unit) => this.areaOf(unit)));
      return {
        ...zone,
        bodies: zone.claimants.map((region) => seed.names[region]),
        claimants: candidatesOf(this.ground, zone, this.position),
        areas: [...areas],
        settled: areas.size === 1 && !areas.has(""),
        ...agreementOn(zone, zone.units.map((unit) => this.ground.codes[unit]), made),
      };
    });
  }

  /** Options of a zone, ranked; see types.js. */
  options(zone) {
    const own = this.ground.zones.find(({ key }) => key === zone.key);
    return optionsOf(this.ground, own, this.standing());
  }

  /** Settle a zone as an option says; an agreement that it stays is put on record too. */
  choose(option, zone, { note = "" } = {}) {
    const told = (text) => [text, clean(note)].filter(Boolean).join("; ");
    if (!option.to) {
      return this.take({ action: "leave", note: told(`leaves ${zone.title} as it is`) });
    }
    const settles = `settles ${zone.title}`;
    if (zone.units.every((unit) => this.areaOf(unit) === option.to)) {
      return this.take({ action: "leave", note: told(`${settles}: stays in ${option.to}`) });
    }
    return this.move(zone.units, option.to, { note: told(settles) });
  }

  /** What changed since the start, or from another assignment of units to named areas. */
  compare(area = null, names = []) {
    if (area === null) return comparisonOf(this.ground, this.start(), this.standing());
    const moves = new Map();
    area.forEach((own, unit) => own >= 0 && moves.set(unit, names[own]));
    const bare = {
      ...this.positions[0], areas: [], area: new Int32Array(this.ground.count).fill(-1),
      lockedAreas: new Set(),
    };
    const other = new Standing(this.ground, assign(bare, moves));
    return comparisonOf(this.ground, other, this.standing());
  }

  // ---- listening ----

  /** Call a listener after every change; returns a function that ends it. */
  subscribe(listener) {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  tell(event) {
    for (const listener of [...this.listeners]) listener(event);
  }

  // ---- inside ----

  load(entries) {
    const positions = [startOf(this.ground)];
    for (const entry of entries) {
      positions.push(after(this.ground, positions[positions.length - 1], entry));
    }
    const first = entries.findIndex((entry) => entry.undone);
    const cursor = first < 0 ? entries.length : first;
    if (entries.slice(cursor).some((entry) => !entry.undone)) {
      throw new Problem("A step in force stands after steps taken back; the log is damaged.");
    }
    this.positions = positions;
    this.entries = entries.map((entry) => ordered({ ...entry, undone: false }));
    this.cursor = cursor;
  }

  named(name) {
    const own = clean(name);
    if (!own) throw new Problem("An area needs a name.");
    return own;
  }

  known(name) {
    if (!this.areas.includes(name)) throw new Problem(`There is no area ${name}.`);
    return name;
  }

  aboutUnits(action, units, note) {
    if (!units.length) return nothing("No district to which this applies was chosen.");
    return this.take({ action, units: this.codes(units), note });
  }

  codes(units) { return units.map((unit) => this.ground.codes[unit]); }

  assignEach(action, units, areaFor, { note, areas = [] }) {
    const own = [...new Set(units)];
    const moving = own.filter((unit) => areaFor(unit) !== this.areaOf(unit));
    if (!moving.length) return nothing("Nothing moves: it is all there already.");
    const to = moving.map(areaFor);
    return this.take({ action, units: this.codes(moving), to, areas, note });
  }

  take(values) {
    const entry = ordered({
      ...values, time: timeNow(), who: clean(this.who), note: clean(values.note),
    });
    const then = after(this.ground, this.position, entry);
    const isMove = isAssigning(entry);
    const standing = isMove ? new Standing(this.ground, then) : null;
    const flags = isMove ? flagsOf(this.ground, entry, this.standing(), standing) : [];
    if (this.strict && flags.length) {
      return { made: false, flags, message: `Not made: ${list(flags)}.`, entry: null };
    }
    const flagged = ordered({ ...entry, flags });
    rememberCounted(flagged);
    this.entries = [...this.entries.slice(0, this.cursor), flagged];
    this.positions = [...this.positions.slice(0, this.cursor + 1), then];
    this.cursor += 1;
    if (standing) this.counted = standing;
    this.tell({ kind: "step", entry: flagged });
    return { made: true, flags, message: `${this.inWords(flagged)}.`, entry: flagged };
  }

  /** A step in words, for the status line. */
  /** Why a step was made, as far as its words do not say so. */
  reasonOf(entry) {
    if (entry.action === "note") return "";
    return entry.action === "leave" ? toldApart(entry).reason : entry.note ?? "";
  }

  inWords(entry) {
    const names = (entry.units ?? []).map((code) => (
      this.ground.names[this.ground.unitOf.get(code)]));
    const who = list(names, 3);
    const areas = list([...new Set(entry.to ?? [])].map((own) => own || "no area"), 3);
    const words = {
      move: () => `${who} to ${areas}`,
      swap: () => `${who} change areas`,
      merge: () => `${entry.areas[0]} merged into ${entry.to[0]}`,
      split: () => `${who} split off to ${areas}`,
      new_area: () => `New area ${areas} of ${who}`,
      rename: () => `${entry.areas[0]} renamed ${entry.names[0]}`,
      lock: () => `${who} locked`,
      unlock: () => `${who} unlocked`,
      lock_area: () => `${list(entry.areas)} locked`,
      unlock_area: () => `${list(entry.areas)} unlocked`,
      keep_together: () => `${who} kept together`,
      release: () => `${who} no longer kept together`,
      leave: () => (who ? `${who} left alone` : toldApart(entry).words),
      note: () => `Note: ${entry.note}`,
    };
    return words[entry.action]();
  }
}

function nothing(message) {
  return { made: false, flags: [], message, entry: null };
}
