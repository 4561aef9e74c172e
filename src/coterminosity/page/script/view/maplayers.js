/** Layers of bodies over the areas: switched on and off, each with a line of its own. */

import { button, freshId, make, makeSvg, setAttribute, tick } from "./dom.js";
import { shortName } from "./strip.js";

// Lines differ in colour, dash and width, so that they can be told apart in grey as well.
const LINES = {
  lep: { colour: "#5B2A86", width: 2, dash: "" },
  stp: { colour: "#B34700", width: 1.8, dash: "7 3.5" },
  crc: { colour: "#00615A", width: 2.2, dash: "1 4" },
  combined_authority: { colour: "#0B3D91", width: 2, dash: "9 3 2 3" },
  ccg: { colour: "#8A1253", width: 1.4, dash: "4 3" },
  contested: { colour: "#A8201A", width: 2.4, dash: "2 3" },
  links: { colour: "#222222", width: 1.4, dash: "3 3" },
  units: { colour: "#333333", width: 0.9, dash: "" },
};
const SPARE = { colour: "#444444", width: 1.6, dash: "6 3 1 3" };

export class MapLayers {
  constructor(desk, map) {
    this.desk = desk;
    this.map = map;
    this.shown = new Map();
    const { ground } = desk;
    const choices = ground.layers.filter((layer) => map.drawing.members.has(layer.key));
    this.choices = [
      ...choices.map((layer) => ({ key: layer.key, title: layer.plural })),
      { key: "units", title: "Districts" },
      { key: "contested", title: "Contested ground" },
      ground.links.length ? { key: "links", title: "Links over water" } : null,
      ...choices
        .filter((layer) => layer.cover && map.drawing.overlapPath(layer.key))
        .map((layer) => ({
          key: `overlap ${layer.key}`,
          title: `Overlaps of ${shortName(layer)}`,
        })),
    ].filter(Boolean);
    this.list = make("div", { class: "card", id: freshId("layers") });
    this.boxes = new Map();
    for (const choice of this.choices) {
      const part = tick(choice.title, false, (on) => this.show(choice.key, on));
      part.querySelector("label").append(sample(choice.key));
      this.boxes.set(choice.key, part.querySelector("input"));
      this.list.append(part);
    }
    this.list.append(legend());
    this.toggle = button("Layers", () => this.unfold(this.list.hidden), {
      icon: "layers",
      key: "y",
      "aria-controls": this.list.id,
    });
    this.node = make("div", { class: "corner layers" }, this.toggle, this.list);
    this.unfold(false);
  }

  unfold(open) {
    this.list.hidden = !open;
    setAttribute(this.toggle, "aria-expanded", String(open));
  }

  show(key, on) {
    this.boxes.get(key).checked = on;
    if (!on) {
      this.shown.get(key)?.forEach((node) => node.remove());
      this.shown.delete(key);
    } else if (!this.shown.has(key)) {
      this.shown.set(key, this.linesOf(key));
    }
    const { title } = this.choices.find((choice) => choice.key === key);
    this.desk.say(`${title} ${on ? "shown" : "hidden"}.`);
  }

  linesOf(key) {
    const { drawing } = this.map;
    if (key.startsWith("overlap ")) {
      const d = drawing.overlapPath(key.slice(8));
      const node = makeSvg("path", { class: "double", d, "fill-rule": "evenodd" });
      this.map.overlaps.append(node);
      return [node];
    }
    const d = this.pathOf(key);
    const line = LINES[key] ?? SPARE;
    const casing = makeSvg("path", {
      class: "layerline casing",
      d,
      "stroke-width": line.width + 1.6,
    });
    const node = makeSvg("path", {
      class: "layerline",
      d,
      stroke: line.colour,
      "stroke-width": line.width,
      "stroke-dasharray": line.dash || null,
      "stroke-linecap": line.dash.startsWith("1 ") ? "round" : null,
    });
    const nodes = key === "units" ? [node] : [casing, node];
    this.map.lines.append(...nodes);
    return nodes;
  }

  pathOf(key) {
    const { drawing } = this.map;
    const { zones, links, x, y } = this.desk.ground;
    if (key === "units") return drawing.unitBorders();
    if (key === "contested") return zones.map((zone) => drawing.shapePath(zone.units)).join("");
    if (key === "links")
      return links.map(({ a, b }) => `M${x[a]} ${y[a]}L${x[b]} ${y[b]}`).join("");
    return drawing.layerBorders(key);
  }

  /** Contested ground is outlined while its panel is open. */
  peek(open) {
    this.peeked?.forEach((node) => node.remove());
    this.peeked = open && !this.shown.has("contested") ? this.linesOf("contested") : null;
  }

  /** Switch a layer on or off by its key. */
  flip(key) {
    if (!this.boxes.has(key)) return this.desk.say("There is no such layer in this page.");
    return this.show(key, !this.shown.has(key));
  }
}

/** What else is drawn on the map. */
function legend() {
  const line = (words, mark) =>
    make(
      "li",
      {},
      words,
      makeSvg("svg", { class: "swatch", viewBox: "0 0 26 12", "aria-hidden": "true" }, mark),
    );
  const hatch = "M0 12 12 0M7 12 19 0M14 12 26 0";
  const cut = { d: "M0 6h26", stroke: "#A8201A", "stroke-width": 2.6, "stroke-dasharray": "6 3" };
  const marks = [
    ["No area yet", { d: hatch, stroke: "#B03030", "stroke-width": 1.6 }],
    ["Cut off from its area", cut],
    ["Border of areas", { d: "M0 6h26", stroke: "#222", "stroke-width": 1.8 }],
    ["Above the size band", { d: "M13 1 18 11H8z", fill: "#0b0c0c" }],
    ["Below the size band", { d: "M13 11 18 1H8z", fill: "#0b0c0c" }],
  ];
  return make(
    "ul",
    { class: "legend" },
    marks.map(([words, look]) => line(words, makeSvg("path", look))),
  );
}

/** A short piece of a layer's line for the list. */
function sample(key) {
  const mark = key.startsWith("overlap ")
    ? makeSvg("rect", { width: 26, height: 12, fill: "#3b1a5e", opacity: 0.75 })
    : lineSample(LINES[key] ?? SPARE);
  return makeSvg("svg", { class: "swatch", viewBox: "0 0 26 12", "aria-hidden": "true" }, mark);
}

function lineSample(line) {
  return makeSvg("path", {
    d: "M0 6h26",
    stroke: line.colour,
    "stroke-width": line.width,
    "stroke-dasharray": line.dash || null,
    "stroke-linecap": line.dash.startsWith("1 ") ? "round" : null,
  });
}
