/** What a person does: each deed calls the table once and says what came of it. */

import { list, people } from "../engine.js";
import { Problem } from "../problem.js";
import { Desk } from "./desk.js";
import { plural } from "./words.js";

/** A desk at which steps can be taken. */
export class WorkingDesk extends Desk {
  constructor(table, session) {
    super(table);
    this.session = session;
    this.reason = "";
  }

  /** Take a step and tell its outcome; a problem is told as well, and changes nothing. */
  take(step) {
    if (this.mode === "start") this.setMode("now");
    let outcome;
    try {
      outcome = step();
    } catch (error) {
      // A mistake of the person's is told in one sentence; anything else is a fault of the page.
      if (!(error instanceof Problem)) throw error;
      this.say(error.message, [], "refused");
      return null;
    }
    const kind = outcome.made || !outcome.flags.length ? "" : "refused";
    // A refusal has its reasons in the sentence already.
    this.say(outcome.message, outcome.made ? outcome.flags : [], kind);
    if (outcome.made) this.reason = "";
    return outcome;
  }

  note() {
    return this.reason ? { note: this.reason } : {};
  }

  move(units, to) {
    return this.take(() => this.table.move(units, to, this.note()));
  }

  /** Paint into the chosen area, or ask for one. */
  paint(units) {
    if (!this.brush) return this.say("Choose the area to paint into first.");
    return this.move(units, this.brush);
  }

  /** Choose the area into which the brush paints, and take the brush. */
  startPainting(name) {
    this.brush = name;
    this.setTool("paint");
    this.setView("map");
    this.say(
      `Paint into ${name}: drag over districts, or go to one with arrow keys and press Enter.`,
    );
  }

  swap(one, other) {
    return this.take(() => this.table.swap([one], [other], this.note()));
  }

  toggleLock(unit) {
    const lock = !this.isLocked(unit);
    return this.take(() => (lock ? this.table.lock([unit]) : this.table.unlock([unit])));
  }

  toggleLocks(units) {
    const lock = units.some((unit) => !this.isLocked(unit));
    return this.take(() => (lock ? this.table.lock(units) : this.table.unlock(units)));
  }

  toggleAreaLock(name) {
    const lock = !this.table.areaLocked(name);
    return this.take(() => (lock ? this.table.lockArea(name) : this.table.unlockArea(name)));
  }

  keepTogether(units) {
    const held = this.groupOf(units);
    return this.take(() => (held ? this.table.release(units) : this.table.keepTogether(units)));
  }

  /** Whether just these districts are kept together already. */
  groupOf(units) {
    const wanted = [...units].sort((a, b) => a - b).join();
    return this.table.groups.some((own) => [...own].sort((a, b) => a - b).join() === wanted);
  }

  groupsWith(unit) {
    return this.table.groups.filter((own) => own.includes(unit));
  }

  settle(zone, option) {
    const outcome = this.take(() => this.table.choose(option, zone, this.note()));
    return outcome;
  }

  undo() {
    return this.take(() => this.table.undo());
  }

  redo() {
    return this.take(() => this.table.redo());
  }

  goTo(cursor) {
    return this.take(() => this.table.goTo(cursor));
  }

  /** Back to how the page came; what was on the table is kept aside. */
  reset() {
    return this.take(() => ({ flags: [], ...this.session.reset() }));
  }

  bringBack() {
    return this.take(() => ({ flags: [], ...this.session.bringBack() }));
  }

  setStrict(strict) {
    this.table.strict = strict;
    this.tell("strict");
    this.say(
      strict
        ? "Strict: a step that breaks a lock, the size band or contiguity is refused."
        : "Not strict: such a step is made, and flagged.",
    );
  }

  /** Name in a sentence how many districts and people a choice holds. */
  sizeOf(units) {
    const held = units.reduce((total, unit) => total + this.ground.people[unit], 0);
    return `${plural(units.length, "district")}, ${people(held)} people`;
  }

  /** Open one of the dialogs. */
  ask(kind, about = null) {
    this.tell("ask", { kind, about });
  }

  /** Areas to which a cut-off part could go, those with most common neighbours first. */
  homesFor(units) {
    const inside = new Set(units);
    const links = new Map();
    for (const unit of units) {
      for (const other of this.neighboursOf(unit)) {
        const name = this.areaName(other);
        if (!inside.has(other) && name) links.set(name, (links.get(name) ?? 0) + 1);
      }
    }
    return [...links].sort((a, b) => b[1] - a[1]).map(([name]) => name);
  }

  /** Districts that would join a cut-off part to its area again, ground without an area first. */
  bridgesFor(area, units) {
    const part = new Set(units);
    const found = new Set();
    for (const unit of units) {
      for (const other of this.neighboursOf(unit)) {
        if (part.has(other) || this.areaName(other) === area) continue;
        const joins = this.neighboursOf(other).some(
          (next) => !part.has(next) && this.areaName(next) === area,
        );
        if (joins) found.add(other);
      }
    }
    const open = (unit) => (this.areaName(unit) ? 1 : 0);
    return [...found].sort(
      (a, b) => open(a) - open(b) || this.ground.people[a] - this.ground.people[b],
    );
  }

  /** Say all that is flagged now: areas in pieces and outside the band. */
  sayFlags() {
    const broken = this.broken().map((row) => `${row.area} is in ${row.parts.length + 1} pieces`);
    const outside = this.now.areas
      .filter((area) => area.band !== "within")
      .map((area) => area.name);
    const band = outside.length ? [`outside the size band: ${list(outside, 8)}`] : [];
    const all = [...broken, ...band];
    this.say(all.length ? "Flags now:" : "Nothing is flagged.", all);
  }
}
