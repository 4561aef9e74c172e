/** The map: units filled by area, borders, marks on top. Only what changed is redrawn. */

import { patternsOf } from "./colours.js";
import { freshId, makeSvg, setAttribute } from "./dom.js";
import { MapLabels } from "./maplabels.js";
import { Viewport } from "./viewport.js";

const WATER = -1;

/** Borders between each two neighbouring units, as a path by pair. */
function pairBorders(drawing) {
  const pairs = new Map();
  drawing.arcs.forEach((points, arc) => {
    const [one, other] = drawing.sides(arc, drawing.unitOfAtom);
    if (one === other || one === WATER || other === WATER) return;
    const [a, b] = one < other ? [one, other] : [other, one];
    const key = a * drawing.count + b;
    if (!pairs.has(key)) pairs.set(key, { a, b, d: "" });
    let text = `M${points[0]} ${points[1]}l`;
    for (let k = 2; k < points.length; k += 2) {
      text += `${points[k] - points[k - 2]} ${points[k + 1] - points[k - 1]} `;
    }
    pairs.get(key).d += text;
  });
  return [...pairs.values()];
}

export class MapView {
  constructor(desk) {
    this.desk = desk;
    this.drawing = desk.ground.map;
    this.patterns = freshId("fill");
    this.group = (name) => makeSvg("g", { class: name });
    this.units = this.group("units");
    this.overlaps = this.group("overlaps");
    this.borders = this.group("borders");
    this.lines = this.group("layerlines");
    this.marks = this.group("marks");
    this.labels = this.group("labels");
    this.rope = makeSvg("path", { class: "rope", d: "" });
    this.defs = patternsOf(this.patterns);
    this.svg = makeSvg(
      "svg",
      {
        class: "map",
        role: "application",
        "aria-label": this.describe(),
        preserveAspectRatio: "xMidYMid meet",
      },
      this.defs,
      this.units,
      this.overlaps,
      this.borders,
      makeSvg("path", { class: "coast", d: this.drawing.coastPath() }),
      this.lines,
      this.marks,
      this.labels,
      this.rope,
    );
    this.fills = new Array(desk.ground.count).fill("");
    this.paths = this.fills.map((_, unit) => this.unitPath(unit));
    this.units.append(...this.paths);
    this.drawBorders();
    this.chosen = new Map();
    this.mode = "now";
    this.lettering = new MapLabels(desk, this);
    this.viewport = new Viewport(this.svg, this.drawing, (scaled) => this.seen(scaled));
  }

  describe() {
    const { ground } = this.desk;
    return (
      `Map of ${ground.count} districts. Arrow keys go to the neighbouring district in that ` +
      "direction, Enter chooses it. Every district is also in the table of districts, key d."
    );
  }

  unitPath(unit) {
    return makeSvg("path", { class: "unit", d: this.drawing.unitPath(unit), "data-unit": unit });
  }

  drawBorders() {
    this.pairs = pairBorders(this.drawing);
    this.pairsOf = Array.from({ length: this.desk.ground.count }, () => []);
    for (const pair of this.pairs) {
      pair.node = makeSvg("path", { class: "border", d: pair.d });
      pair.outer = false;
      this.pairsOf[pair.a].push(pair);
      this.pairsOf[pair.b].push(pair);
    }
    this.borders.append(...this.pairs.map((pair) => pair.node));
  }

  /** After each frame in which the view of the map changed. */
  seen(scaled) {
    const { scale } = this.viewport;
    if (scaled) {
      const size = `scale(${(1 / scale).toPrecision(5)})`;
      for (const pattern of this.defs.children) pattern.setAttribute("patternTransform", size);
    }
    this.lettering.place(scaled);
  }

  /** Fill of an area by name; ground without an area is hatched on white. */
  fillOf(name) {
    const which = name ? this.desk.colours.of(name) : "open";
    return `url(#${this.patterns}-${which})`;
  }

  /** Bring fills, borders and marks up to date. */
  draw() {
    const { desk } = this;
    const touched = new Set();
    const shown = desk.shownNames();
    for (let unit = 0; unit < this.fills.length; unit += 1) {
      const wanted = this.fillOf(shown[unit]);
      if (this.fills[unit] !== wanted) {
        this.fills[unit] = wanted;
        this.paths[unit].setAttribute("fill", wanted);
      }
      if (this.shown?.[unit] !== shown[unit]) touched.add(unit);
    }
    for (const unit of touched) for (const pair of this.pairsOf[unit]) this.drawPair(pair, shown);
    this.shown = shown.slice();
    this.drawMode();
    this.drawChosen();
    this.relabel = this.relabel || touched.size > 0;
  }

  /** Lettering and broken parts need the whole table of areas: they follow a frame later. */
  drawRest() {
    this.lettering.draw(this.relabel);
    this.relabel = false;
    this.drawBroken();
  }

  /** Outer borders lie above inner ones, so that no white line crosses them. */
  drawPair(pair, shown) {
    const outer = shown[pair.a] !== shown[pair.b];
    if (outer === pair.outer) return;
    pair.outer = outer;
    pair.node.setAttribute("class", outer ? "border outer" : "border");
    if (outer) this.borders.append(pair.node);
    else this.borders.prepend(pair.node);
  }

  /** In the difference, districts that moved stand out and borders of the start are dashed. */
  drawMode() {
    const { desk } = this;
    const difference = desk.mode === "difference";
    setAttribute(this.units, "class", difference ? "units pale" : "units");
    const moved = new Set(difference ? desk.moved : []);
    for (const unit of this.movedShown ?? []) {
      if (!moved.has(unit)) this.paths[unit].classList.remove("moved");
    }
    for (const unit of moved) this.paths[unit].classList.add("moved");
    this.movedShown = moved;
    this.before?.forEach((node) => node.remove());
    this.before = null;
    if (!difference) return;
    const [start, now] = [desk.startNames, desk.names];
    const gone = this.pairs.filter((p) => start[p.a] !== start[p.b] && now[p.a] === now[p.b]);
    this.before = [
      makeSvg("path", { class: "moveline", d: this.drawing.shapePath(desk.moved) }),
      makeSvg("path", { class: "before", d: gone.map((pair) => pair.d).join("") }),
    ];
    this.marks.append(...this.before);
  }

  /** Parts cut off from the main part of their area get a red dashed line. */
  drawBroken() {
    const units = this.desk.mode === "start" ? [] : this.desk.brokenUnits();
    const key = units.join();
    if (key === this.brokenKey) return;
    this.brokenKey = key;
    this.brokenLine?.remove();
    if (!units.length) return;
    this.brokenLine = makeSvg("path", { class: "broken", d: this.drawing.shapePath(units) });
    this.marks.prepend(this.brokenLine);
  }

  drawChosen() {
    const { selected, areaChosen, table } = this.desk;
    const units = areaChosen ? table.unitsOf(areaChosen) : [...selected].sort((a, b) => a - b);
    const key = `${areaChosen ?? ""} ${units.join()}`;
    if (key === this.chosenKey) return;
    this.chosenKey = key;
    this.chosenLine?.remove();
    if (!units.length) return;
    const d = this.drawing.shapePath(units);
    const kind = areaChosen ? "chosen whole" : "chosen";
    this.chosenLine = makeSvg("path", { class: kind, d, "fill-rule": "evenodd" });
    this.marks.append(this.chosenLine);
  }

  /** Show where keyboard focus is; null takes the ring away. */
  ring(unit) {
    this.rings?.forEach((node) => node.remove());
    this.rings = null;
    if (unit === null) return;
    const d = this.drawing.unitPath(unit);
    this.rings = ["ringout", "ring"].map((kind) => makeSvg("path", { class: kind, d }));
    this.marks.append(...this.rings);
  }

  /** Show a stroke of the brush before it is made: fill these units as if they were in an area. */
  preview(units, name) {
    for (const unit of this.previewed ?? []) {
      if (!units.has(unit)) this.paths[unit].setAttribute("fill", this.fills[unit]);
    }
    for (const unit of units) this.paths[unit].setAttribute("fill", this.fillOf(name));
    this.previewed = new Set(units);
  }

  /** The outline of one body, shown when it is searched for. */
  showRegion(layer, region) {
    this.bodyLine?.remove();
    const d = this.drawing.regionPath(layer.key, region);
    this.bodyLine = makeSvg("path", { class: "chosen", d, "fill-rule": "evenodd" });
    this.marks.append(this.bodyLine);
  }

  hideRegion() {
    this.bodyLine?.remove();
    this.bodyLine = null;
  }

  zoomTo(units) {
    // A district alone says nothing: its neighbours must be in sight.
    const around = units.length === 1 ? 3 : 1.35;
    this.viewport.show(this.drawing.bounds([...units]), 14, around);
  }
}
