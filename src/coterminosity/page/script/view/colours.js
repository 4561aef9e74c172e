/** Colours and patterns of areas: neighbours differ, and an area keeps its own while it lasts. */

import { makeSvg, setAttribute } from "./dom.js";

// Tol's "light" scheme as in the library's maps: distinct for all kinds of colour vision, and
// black text reads on each (7:1 or better). Each colour also has a pattern of its own.
export const PALETTE = [
  "#77AADD",
  "#EEDD88",
  "#FFAABB",
  "#44BB99",
  "#EE8866",
  "#BBCC33",
  "#99DDFF",
  "#D0BFE8",
];
export const OPEN_FILL = "#FFFFFF";
// Marks of a pattern on a tile of 8 by 8 screen pixels, faint enough to read names through.
const MARKS = [
  "",
  "M0 8 8 0M-1 1 1-1M7 9 9 7",
  "M2 1.5v2M6 5.5v2",
  "M0 4h8",
  "M0 0 8 8M-1 7 1 9M7-1 9 1",
  "M4 0v8",
  "M2 2h.01M6 6h.01",
  "M0 4h8M4 0v8",
];
const INK = "rgba(0,0,0,0.2)";

/** Fill of a swatch. */
export function fillSwatch(swatch, fill) {
  setAttribute(swatch.firstChild, "fill", fill);
}

/** Greedy colours that stay: call `update` with who is next to whom. */
export class AreaColours {
  constructor() {
    this.kept = new Map();
  }

  /** Give each area in `neighbours` (name to set of names) a colour number; keep old ones. */
  update(neighbours) {
    for (const name of this.kept.keys()) if (!neighbours.has(name)) this.kept.delete(name);
    // Most neighbours first needs the fewest colours; only areas without a colour choose.
    const waiting = [...neighbours.keys()].filter((name) => !this.kept.has(name));
    waiting.sort((a, b) => neighbours.get(b).size - neighbours.get(a).size);
    for (const name of waiting) this.kept.set(name, this.choose(name, neighbours));
    // Two that came to lie beside each other: the smaller neighbourhood changes its colour.
    for (const [name, near] of neighbours) {
      for (const other of near) {
        if (this.kept.get(name) !== this.kept.get(other)) continue;
        const mover = near.size < neighbours.get(other).size ? name : other;
        this.kept.set(mover, this.choose(mover, neighbours));
      }
    }
  }

  choose(name, neighbours) {
    const used = PALETTE.map(() => 0);
    for (const other of neighbours.get(name)) {
      const colour = this.kept.get(other);
      if (colour !== undefined) used[colour] += 1;
    }
    const free = used.indexOf(0);
    return free >= 0 ? free : used.indexOf(Math.min(...used));
  }

  of(name) {
    return this.kept.get(name) ?? 0;
  }
}

/** A small field in the colour and pattern of an area, for keys and tables. */
export function makeSwatch() {
  const field = makeSvg("rect", { width: 18, height: 13 });
  return makeSvg("svg", { class: "key", viewBox: "0 0 18 13", "aria-hidden": "true" }, field);
}

/** Patterns as `<defs>`: one per colour, one for ground without an area. */
export function patternsOf(prefix) {
  const tile = (id, colour, marks, ink, width) =>
    makeSvg(
      "pattern",
      { id: `${prefix}-${id}`, patternUnits: "userSpaceOnUse", width: 8, height: 8 },
      makeSvg("rect", { width: 8, height: 8, fill: colour }),
      makeSvg("path", {
        d: marks,
        stroke: ink,
        "stroke-width": width,
        "stroke-linecap": "round",
        fill: "none",
      }),
    );
  const tiles = PALETTE.map((colour, k) => tile(k, colour, MARKS[k], INK, k === 6 ? 1.6 : 0.9));
  const open = tile("open", OPEN_FILL, "M0 8 8 0M-1 1 1-1M7 9 9 7", "#B03030", 1.4);
  return makeSvg("defs", {}, ...tiles, open);
}
