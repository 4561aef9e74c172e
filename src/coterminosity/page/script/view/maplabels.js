/** Lettering of the map: numbers of areas, their names where there is room, names of districts. */

import { makeSvg } from "./dom.js";

const NUMBER_SIZE = 12.5; // screen pixels
const NAME_SIZE = 12;
const PLACE_SIZE = 11;
const LETTER = 0.56; // width of a letter as a share of its size, on average
const NAMED = 1.7; // times larger than the whole map: names beside numbers
const PLACES = 12; // districts of an area tried for its number
// Outside the size band; a shape and not a colour, and in the list of layers.
export const BAND_MARKS = { above: "\u25b2", below: "\u25bc" };
const SETTLE = 70; // milliseconds after the last change of scale

export class MapLabels {
  constructor(desk, map) {
    this.desk = desk;
    this.map = map;
    this.areas = new Map();
    this.places = makeSvg("g", { class: "places" });
    this.names = makeSvg("g", { class: "names" });
    this.locks = makeSvg("g", { class: "locks" });
    map.labels.append(this.places, this.locks, this.names);
    this.boxes = new Map();
  }

  boxOf(unit) {
    if (!this.boxes.has(unit)) this.boxes.set(unit, this.map.drawing.bounds([unit]));
    return this.boxes.get(unit);
  }

  /** Place the number of each area on the district of it that lies nearest to its middle. */
  draw(moved) {
    const { ground } = this.desk;
    const shown = this.map.shown;
    const members = new Map();
    shown.forEach((name, unit) => {
      if (!name) return;
      if (!members.has(name)) members.set(name, []);
      members.get(name).push(unit);
    });
    for (const [name, label] of this.areas) {
      if (members.has(name)) continue;
      label.node.remove();
      this.areas.delete(name);
    }
    for (const [name, units] of members) {
      const known = this.areas.get(name);
      const key = units.join();
      if (known && known.key === key) continue;
      const label = known ?? { node: makeSvg("text", {}) };
      if (!known) this.names.append(label.node);
      Object.assign(label, { key, places: middlesOf(ground, units), box: this.boxOfAll(units) });
      this.areas.set(name, label);
    }
    this.drawLocks();
    if (moved || !this.written) this.write();
  }

  boxOfAll(units) {
    const box = [Infinity, Infinity, -Infinity, -Infinity];
    for (const unit of units) {
      const own = this.boxOf(unit);
      box[0] = Math.min(box[0], own[0]);
      box[1] = Math.min(box[1], own[1]);
      box[2] = Math.max(box[2], own[2]);
      box[3] = Math.max(box[3], own[3]);
    }
    return box;
  }

  /** Once the scale stands still, write what fits. */
  place(scaled) {
    const pixel = 1 / this.map.viewport.scale;
    if (scaled) {
      this.names.setAttribute("font-size", NUMBER_SIZE * pixel);
      this.names.setAttribute("stroke-width", 3.2 * pixel);
      this.places.setAttribute("font-size", PLACE_SIZE * pixel);
      this.places.setAttribute("stroke-width", 2.6 * pixel);
    }
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.write(), SETTLE);
  }

  write() {
    const { scale } = this.map.viewport;
    if (!scale) return;
    this.written = true;
    this.taken = [];
    // Small areas choose first: they have fewest places for their number.
    const wide = (label) => label.box[2] - label.box[0];
    const order = [...this.areas].sort((a, b) => wide(a[1]) - wide(b[1]));
    for (const [name, label] of order) this.writeArea(name, label, scale);
    this.writePlaces(scale);
    this.drawLocks();
  }

  /** The number of an area, and its name in one or two lines where the scale leaves room. */
  linesOf(name, label, scale) {
    const number = `${this.desk.numberOf(name)}${BAND_MARKS[this.desk.areaRow(name)?.band] ?? ""}`;
    if (scale <= this.map.viewport.whole * NAMED) return [number];
    const room = ((label.box[2] - label.box[0]) * scale * 0.8) / (NAME_SIZE * LETTER);
    const high = (label.box[3] - label.box[1]) * scale;
    const whole = `${number} ${name}`;
    if (whole.length < room && high > 44) return [whole];
    const halves = inHalves(whole);
    const longest = Math.max(...halves.map((half) => half.length));
    return longest < room && high > 70 ? halves : [number];
  }

  writeArea(name, label, scale) {
    const lines = this.linesOf(name, label, scale);
    const { ground } = this.desk;
    const letters = Math.max(...lines.map((line) => line.length));
    const half = (letters * NUMBER_SIZE * LETTER) / 2 + 1;
    const boxAt = (unit) => {
      const [x, y] = [ground.x[unit] * scale, ground.y[unit] * scale];
      const bottom = y + NUMBER_SIZE * (lines.length - 0.5);
      return [x - half, y - NUMBER_SIZE / 2, x + half, bottom];
    };
    const free = (unit) => !this.taken.some((box) => overlap(box, boxAt(unit)));
    label.unit = label.places.find(free) ?? label.places[0];
    label.lines = lines.length;
    this.taken.push(boxAt(label.unit));
    const x = ground.x[label.unit];
    const y = ground.y[label.unit] + (NUMBER_SIZE * 0.36) / scale;
    const text = lines.join("\n");
    if (label.text !== text) {
      label.text = text;
      const spans = lines.map((line, k) => makeSvg("tspan", { dy: k ? "1.05em" : 0 }, line));
      label.node.replaceChildren(...spans);
    }
    for (const node of [label.node, ...label.node.children]) node.setAttribute("x", x);
    label.node.setAttribute("y", y);
  }

  /** Names of districts that are large enough on the screen and in sight. */
  writePlaces(scale) {
    const { ground } = this.desk;
    const view = this.map.viewport;
    const wanted = [];
    if (scale > view.whole * 2.2) {
      for (let unit = 0; unit < ground.count; unit += 1) {
        const box = this.boxOf(unit);
        const seen =
          box[2] > view.x &&
          box[0] < view.x + view.width / scale &&
          box[3] > view.y &&
          box[1] < view.y + view.height / scale;
        const wide = (box[2] - box[0]) * scale;
        const fits = ground.names[unit].length * PLACE_SIZE * LETTER < wide * 0.92;
        if (seen && fits && (box[3] - box[1]) * scale > 26) wanted.push(unit);
      }
    }
    this.places.replaceChildren(...wanted.map((unit) => this.placeOf(unit, scale)).filter(Boolean));
  }

  /** The name of a district where no other lettering stands; below the name of its area. */
  placeOf(unit, scale) {
    const { ground } = this.desk;
    const name = ground.names[unit];
    const above = [...this.areas.values()].find((label) => label.unit === unit);
    const below = above ? NUMBER_SIZE * (0.2 + 1.05 * above.lines) : PLACE_SIZE * 0.36;
    const x = ground.x[unit] * scale;
    const y = ground.y[unit] * scale + below;
    const half = (name.length * PLACE_SIZE * LETTER) / 2;
    const box = [x - half, y - PLACE_SIZE * 0.8, x + half, y + 2];
    if (this.taken.some((other) => overlap(other, box))) return null;
    this.taken.push(box);
    return makeSvg("text", { class: "place", x: x / scale, y: y / scale }, name);
  }

  /** A padlock on each locked district, and beside the number of each locked area. */
  drawLocks() {
    const { desk } = this;
    const { scale } = this.map.viewport;
    const areas = [...this.areas].filter(([name]) => desk.table.areaLocked(name));
    const locked = [...desk.lockedUnits(), ...areas.map(([, label]) => label.unit)];
    const units = locked.filter((unit) => unit !== undefined);
    const key = `${units.join()} ${scale}`;
    if (key === this.locksKey) return;
    this.locksKey = key;
    const nodes = units.map((unit) => {
      const { x, y } = { x: desk.ground.x[unit], y: desk.ground.y[unit] };
      const place = `translate(${x} ${y}) scale(${1 / scale}) translate(8 -14)`;
      return makeSvg("path", {
        class: "padlock",
        d: "M-4 0h8v6h-8zM-2.6 0v-2a2.6 2.6 0 0 1 5.2 0v2h-1.3v-2a1.3 1.3 0 0 0-2.6 0v2z",
        "stroke-width": 1.5,
        transform: place,
      });
    });
    this.locks.replaceChildren(...nodes);
  }
}

/** A text in two lines, cut at the space nearest to its middle. */
function inHalves(text) {
  const middle = text.length / 2;
  const far = (at) => Math.abs(at - middle);
  const spaces = [...text].flatMap((letter, at) => (letter === " " ? [at] : []));
  if (!spaces.length) return [text];
  const cut = spaces.reduce((best, at) => (far(at) < far(best) ? at : best));
  return [text.slice(0, cut), text.slice(cut + 1)];
}

function overlap(one, other) {
  return one[0] < other[2] && other[0] < one[2] && one[1] < other[3] && other[1] < one[3];
}

/** Units of an area, nearest to its land-weighted middle first: places for its number. */
function middlesOf(ground, units) {
  let land = 0;
  let x = 0;
  let y = 0;
  for (const unit of units) {
    const own = ground.km2[unit] || 1;
    land += own;
    x += ground.x[unit] * own;
    y += ground.y[unit] * own;
  }
  x /= land;
  y /= land;
  const far = (unit) => {
    // A large district carries a number better than a small one of the same distance.
    const distance = Math.hypot(ground.x[unit] - x, ground.y[unit] - y);
    return distance / Math.sqrt(Math.sqrt(ground.km2[unit] || 1));
  };
  return [...units].sort((a, b) => far(a) - far(b)).slice(0, PLACES);
}
