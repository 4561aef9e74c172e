/** Keyboard on the map: one district has focus, and arrow keys walk from neighbour to neighbour. */

import { people } from "../engine.js";
import { setAttribute } from "./dom.js";
import { OPEN_NAME } from "./words.js";

const WAYS = {
  ArrowUp: { x: 0, y: -1, words: "north" },
  ArrowDown: { x: 0, y: 1, words: "south" },
  ArrowLeft: { x: -1, y: 0, words: "west" },
  ArrowRight: { x: 1, y: 0, words: "east" },
};
const CONE = Math.cos((50 * Math.PI) / 180);

/** The neighbour that lies best in a direction, else the nearest district there, else null. */
export function neighbourTowards(ground, unit, way) {
  const rate = (other) => {
    const dx = ground.x[other] - ground.x[unit];
    const dy = ground.y[other] - ground.y[unit];
    const far = Math.hypot(dx, dy) || 1;
    return { far, straight: (dx * way.x + dy * way.y) / far };
  };
  let best = null;
  let most = 0.2;
  for (let k = ground.near.start[unit]; k < ground.near.start[unit + 1]; k += 1) {
    const other = ground.near.to[k];
    const { straight } = rate(other);
    if (straight > most) [best, most] = [other, straight];
  }
  if (best !== null) return best;
  let least = Infinity;
  for (let other = 0; other < ground.count; other += 1) {
    if (other === unit) continue;
    const { far, straight } = rate(other);
    if (straight > CONE && far < least) [best, least] = [other, far];
  }
  return best;
}

export class MapFocus {
  constructor(desk, map) {
    this.desk = desk;
    this.map = map;
    this.stop = null;
    this.hold(this.first());
    map.svg.addEventListener("focusin", (event) => this.entered(event));
    map.svg.addEventListener("focusout", () => this.map.ring(null));
    map.svg.addEventListener("keydown", (event) => this.press(event));
  }

  /** The district with most people is where the keyboard starts. */
  first() {
    const { people: held } = this.desk.ground;
    let best = 0;
    held.forEach((value, unit) => {
      if (value > held[best]) best = unit;
    });
    return best;
  }

  /** Make a district the one that Tab reaches. */
  hold(unit) {
    if (this.stop !== null) {
      const before = this.map.paths[this.stop];
      for (const name of ["tabindex", "role", "aria-label"]) before.removeAttribute(name);
    }
    this.stop = unit;
    const path = this.map.paths[unit];
    setAttribute(path, "tabindex", "0");
    setAttribute(path, "role", "button");
    setAttribute(path, "aria-label", this.label(unit));
  }

  label(unit) {
    const { ground } = this.desk;
    const name = this.desk.areaName(unit) || OPEN_NAME;
    const words = [ground.names[unit], `${people(ground.people[unit])} people`, name];
    if (this.desk.isLocked(unit)) words.push("locked");
    if (this.desk.selected.has(unit)) words.push("chosen");
    return words.join(", ");
  }

  refresh() {
    setAttribute(this.map.paths[this.stop], "aria-label", this.label(this.stop));
  }

  go(unit) {
    this.hold(unit);
    this.map.paths[unit].focus({ preventScroll: true });
  }

  /** Focus follows the pointer without a ring: the eye is there already. */
  follow(unit) {
    this.quiet = true;
    this.go(unit ?? this.stop);
    this.quiet = false;
  }

  entered(event) {
    const unit = Number(event.target.dataset?.unit ?? NaN);
    if (Number.isNaN(unit)) return;
    if (unit !== this.stop) this.hold(unit);
    if (!this.quiet) {
      this.map.ring(unit);
      this.map.viewport.reveal(this.desk.ground.x[unit], this.desk.ground.y[unit]);
    }
  }

  press(event) {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const way = WAYS[event.key];
    if (way) {
      event.preventDefault();
      const next = neighbourTowards(this.desk.ground, this.stop, way);
      if (next === null) this.desk.say(`There is no district further ${way.words}.`);
      else this.go(next);
      return;
    }
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    if (this.desk.tool === "paint" && event.key === "Enter") this.desk.paint([this.stop]);
    else if (event.shiftKey || event.key === " ") {
      this.desk.choose(this.stop, { add: true, on: !this.desk.selected.has(this.stop) });
    } else this.desk.choose(this.stop, {});
  }
}
