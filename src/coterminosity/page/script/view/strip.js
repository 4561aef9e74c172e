/** The strip of headline figures on top: what everybody in the room watches. */

import { change, count, people, percent, score } from "../engine.js";
import { make, setAttribute, setText } from "./dom.js";
import { plural } from "./words.js";

/** Class of a change: good or bad where that can be said, `better` is 1 (more), -1 or 0. */
export function tone(value, text, better) {
  if (!better || !value || text === "no change" || text === "") return "same";
  return value * better > 0 ? "up" : "down";
}

class Tile {
  constructor(title, hint, spare) {
    this.value = make("span", { class: "value" });
    this.delta = make("span", { class: "delta" });
    this.node = make(
      "div",
      { class: spare ? "tile spare" : "tile", title: hint },
      make("dt", {}, title),
      make("dd", {}, this.value, this.delta),
    );
  }

  show(value, delta, kind = "same", alarm = false) {
    setText(this.value, value);
    setText(this.delta, delta);
    setAttribute(this.delta, "class", `delta ${kind}`);
    this.node.classList.toggle("alarm", alarm);
  }
}

/** Short name of a layer for a tile: "LEPs" out of the key, "STPs". */
export function shortName(layer) {
  return layer.key.length <= 4 ? `${layer.key.toUpperCase()}s` : layer.plural;
}

export class Strip {
  constructor(desk) {
    this.desk = desk;
    const watched = [desk.ground.seedLayer, ...desk.ground.align];
    this.watched = watched.map((key) => desk.ground.layers.findIndex((l) => l.key === key));
    this.watched = this.watched.filter((k) => k >= 0);
    this.areas = new Tile("Areas", "Areas that hold at least one district");
    this.layers = this.watched.map((k) => {
      const name = shortName(desk.ground.layers[k]);
      return {
        k,
        fit: new Tile(
          `Fit with ${name}`,
          `Coterminosity of the areas with ${name}: 1 means the same boundaries`,
        ),
        cut: new Tile(`${name} cut`, `${name} of which an area holds a part, not all`),
      };
    });
    this.last = this.watched.at(-1);
    this.apart = this.last === undefined ? null : apartTile(desk.ground.layers[this.last]);
    this.moved = new Tile("Moved", "Districts in another area than at the start", true);
    this.band = new Tile("Outside size band", "Areas with too few or too many people");
    this.broken = new Tile("In pieces", "Areas that are not in one piece");
    this.need = new Tile(`Need: ${desk.ground.need[0]?.title ?? ""}`, needHint(desk.ground), true);
    const tiles = [
      this.areas,
      ...this.layers.flatMap((layer) => [layer.fit, layer.cut]),
      this.apart,
      this.moved,
      this.band,
      this.broken,
      desk.ground.need.length ? this.need : null,
    ].filter(Boolean);
    this.node = make(
      "section",
      { class: "strip", "aria-label": "Headline figures, with change since the start" },
      make(
        "dl",
        {},
        tiles.map((tile) => tile.node),
      ),
    );
  }

  draw() {
    const { now, start } = this.desk;
    const gained = now.areas.length - start.areas.length;
    this.areas.show(count(now.areas.length), gained ? change(gained, count) : "");
    for (const { k, fit, cut } of this.layers) this.drawLayer(k, fit, cut);
    if (this.apart) this.drawApart();
    const moved = this.desk.moved;
    const movedPeople = moved.reduce((total, u) => total + this.desk.ground.people[u], 0);
    this.moved.show(count(moved.length), moved.length ? `${people(movedPeople)} people` : "");
    const outside = (standing) => standing.areas.filter((area) => area.band !== "within").length;
    this.drawCount(this.band, outside(now), outside(start));
    const pieces = (standing) => standing.areas.filter((area) => area.pieces > 1).length;
    this.drawCount(this.broken, pieces(now), pieces(start));
    if (this.desk.ground.need.length) this.drawNeed();
  }

  drawApart() {
    const { now, start } = this.desk;
    const split = now.layers[this.last].splitPeople;
    const more = split - start.layers[this.last].splitPeople;
    const text = change(more, people);
    this.apart.show(people(split), text === "no change" ? "" : text, tone(more, text, -1));
  }

  drawLayer(k, fit, cut) {
    const { now, start } = this.desk;
    const rise = now.layers[k].coterminosity - start.layers[k].coterminosity;
    const text = change(rise, score);
    const shown = text === "no change" ? "" : text;
    fit.show(score(now.layers[k].coterminosity), shown, tone(rise, text, 1));
    const more = now.layers[k].cut - start.layers[k].cut;
    cut.show(count(now.layers[k].cut), more ? change(more, count) : "", tone(more, "x", -1));
  }

  drawCount(tile, value, before) {
    const more = value - before;
    tile.show(count(value), more ? change(more, count) : "", tone(more, "x", -1), value > 0);
    tile.node.dataset.words = plural(value, "area");
  }

  drawNeed() {
    const [now] = this.desk.now.need;
    const [start] = this.desk.start.need;
    const text = change(now.eta - start.eta, percent);
    this.need.show(percent(now.eta), text === "no change" ? "" : text, "same");
  }
}

function apartTile(layer) {
  const name = shortName(layer);
  const hint = `People outside the area that holds most of their ${name.replace(/s$/, "")}`;
  return new Tile(`Cut off from ${name}`, hint, true);
}

function needHint(ground) {
  const [first] = ground.need;
  if (!first) return "";
  return `${first.title}: share of its spread that lies between areas, not within them`;
}
