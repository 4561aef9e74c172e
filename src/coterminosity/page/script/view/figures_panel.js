/** The panel of figures: layers, need, money, size band and pieces, with change since the start. */

import { change, count, list, people, percent, pounds, score } from "../engine.js";
import { button, fill, make } from "./dom.js";
import { shortName, tone } from "./strip.js";
import { plural } from "./words.js";

const MOST_MOVED = 60; // rows of districts

/** A cell with a figure and, below it, its change since the start. */
function changeCell(now, start, write, better = 0) {
  const text = change(now - start, write);
  const moved = text !== "" && text !== "no change";
  return make(
    "td",
    { class: "number" },
    write(now),
    moved ? make("div", { class: `small ${tone(now - start, text, better)}` }, text) : null,
  );
}

export class FiguresPanel {
  constructor(desk) {
    this.desk = desk;
    this.opened = new Set();
    this.node = make("div", {});
  }

  draw() {
    const { desk } = this;
    fill(
      this.node,
      make("h2", { class: "unseen" }, "Figures"),
      this.layerTable(),
      this.movedPart(),
      make("h3", {}, "Which bodies are divided"),
      desk.now.layers.map((row, k) => this.divided(row, desk.start.layers[k])),
      this.needTable(),
      this.moneyPart(),
      this.bandPart(),
      this.openPart(),
    );
  }

  layerTable() {
    const { now, start, ground } = this.desk;
    const head = ["Fit", "People split off", "People merged", "Cut", "Same as an area"];
    const rows = now.layers.map((row, k) => {
      const before = start.layers[k];
      return make(
        "tr",
        {},
        make("th", { scope: "row" }, shortName(ground.layers[k])),
        changeCell(row.coterminosity, before.coterminosity, score, 1),
        changeCell(row.splitPeople, before.splitPeople, people, -1),
        changeCell(row.mergePeople, before.mergePeople, people, -1),
        changeCell(row.cut, before.cut, count, -1),
        changeCell(row.same, before.same, count, 1),
      );
    });
    const columns = head.map((words) => make("th", { scope: "col", class: "number" }, words));
    return [
      make(
        "table",
        {},
        make("caption", {}, "Areas against each layer of bodies"),
        make("thead", {}, make("tr", {}, make("th", { scope: "col" }, "Layer"), columns)),
        make("tbody", {}, rows),
      ),
      make(
        "p",
        { class: "quiet small" },
        "Fit is coterminosity: 1 means the same boundaries. Split off: people cut off from the ",
        "main part of their body. Merged: people whose area is mainly another body\u2019s. ",
        "Small figures: change since the start.",
      ),
    ];
  }

  movedPart() {
    const { desk } = this;
    const { moved, variation } = desk.change;
    if (!moved.length) return null;
    const shown = moved.slice(0, MOST_MOVED);
    const rows = shown.map((row) =>
      make(
        "tr",
        {},
        make(
          "th",
          { scope: "row" },
          button(desk.ground.names[row.unit], () => desk.choose(row.unit, { zoom: true }), {
            kind: "link",
          }),
        ),
        make("td", { class: "number" }, people(row.people)),
        make("td", {}, row.from || "no area"),
        make("td", {}, row.to || "no area"),
      ),
    );
    const heads = [["District"], ["People", "number"], ["From"], ["To"]];
    return [
      make("h3", {}, "Districts that moved since the start"),
      make(
        "table",
        {},
        make("caption", { class: "unseen" }, "Districts that moved since the start"),
        make(
          "thead",
          {},
          make(
            "tr",
            {},
            heads.map(([words, kind]) => make("th", { scope: "col", class: kind }, words)),
          ),
        ),
        make("tbody", {}, rows),
      ),
      make(
        "p",
        { class: "quiet small" },
        `${people(desk.change.people)} people are in another area. Variation of information: `,
        `${score(variation)} bits (0 where nothing changed).`,
      ),
      moved.length > shown.length
        ? make("p", { class: "quiet" }, `and ${plural(moved.length - shown.length, "other")}`)
        : null,
    ];
  }

  divided(row, before) {
    const cut = row.regions.filter((region) => region.state === "cut");
    const was = new Set(before.regions.filter((r) => r.state === "cut").map((r) => r.code));
    const items = cut.map((region) =>
      make(
        "li",
        {},
        make("b", {}, region.name),
        was.has(region.code) ? null : make("span", { class: "tag warn" }, "new"),
        ": ",
        this.desk.partsInWords(region),
      ),
    );
    const healed = [...was].filter((code) => !cut.some((region) => region.code === code));
    const details = make(
      "details",
      { open: this.opened.has(row.key) },
      make("summary", {}, `${row.plural}: ${plural(cut.length, "body", "bodies")} divided`),
      make("ul", { class: "bodies" }, items),
      healed.length
        ? make("p", { class: "up" }, `No longer divided: ${list(this.namesOf(row, healed), 12)}`)
        : null,
    );
    details.addEventListener("toggle", () => {
      if (details.open) this.opened.add(row.key);
      else this.opened.delete(row.key);
    });
    return details;
  }

  namesOf(row, codes) {
    return row.regions.filter((region) => codes.includes(region.code)).map((r) => r.name);
  }

  needTable() {
    const { now, start } = this.desk;
    if (!now.need.length) return null;
    const rows = now.need.map((row, k) =>
      make(
        "tr",
        {},
        make("th", { scope: "row" }, row.title),
        changeCell(row.eta, start.need[k].eta, percent),
      ),
    );
    return [
      make("h3", {}, "Need"),
      make(
        "table",
        {},
        make("caption", { class: "unseen" }, "Share of the spread of need that lies between areas"),
        make(
          "thead",
          {},
          make(
            "tr",
            {},
            make("th", { scope: "col" }, "Indicator"),
            make("th", { scope: "col", class: "number" }, "Spread that lies between areas"),
          ),
        ),
        make("tbody", {}, rows),
      ),
      make(
        "p",
        { class: "quiet small" },
        "The higher, the more alike people\u2019s needs are inside each area.",
      ),
    ];
  }

  moneyPart() {
    const { ground, now, start } = this.desk;
    if (!ground.money.lines.length) return null;
    const before = new Map(start.areas.map((area) => [area.name, area.pounds]));
    const after = new Map(now.areas.map((area) => [area.name, area.pounds]));
    const names = [...new Set([...before.keys(), ...after.keys()])];
    const changes = names
      .map((name) => ({ name, change: (after.get(name) ?? 0) - (before.get(name) ?? 0) }))
      .filter((row) => change(row.change, pounds) !== "no change")
      .sort((a, b) => Math.abs(b.change) - Math.abs(a.change));
    const rows = changes.map((row) =>
      make(
        "tr",
        {},
        make("th", { scope: "row" }, row.name),
        make("td", { class: "number" }, pounds(after.get(row.name) ?? 0)),
        make("td", { class: "number" }, change(row.change, pounds)),
      ),
    );
    return [
      make("h3", {}, "Money"),
      make("p", {}, `${pounds(ground.money.pounds)} in all, shared out by ${ground.money.basis}.`),
      rows.length
        ? make(
            "table",
            {},
            make("caption", { class: "unseen" }, "Money that changes area"),
            make(
              "thead",
              {},
              make(
                "tr",
                {},
                make("th", { scope: "col" }, "Area whose money changes"),
                make("th", { scope: "col", class: "number" }, "Now"),
                make("th", { scope: "col", class: "number" }, "Change"),
              ),
            ),
            make("tbody", {}, rows),
          )
        : make("p", {}, "No money has changed area since the start."),
      make("p", { class: "quiet small" }, ground.money.caption),
    ];
  }

  bandPart() {
    const { ground, now } = this.desk;
    const names = (band) => now.areas.filter((a) => a.band === band).map((a) => a.name);
    const line = (words, found) =>
      make(
        "li",
        {},
        `${words}, ${plural(found.length, "area")}`,
        found.length ? `: ${list(found, 12)}` : "",
      );
    const broken = now.areas.filter((area) => area.pieces > 1);
    const { rules } = ground;
    const own = (limits) => (limits.length ? ", or a limit of its own" : "");
    return [
      make("h3", {}, "Size and unity"),
      make(
        "ul",
        { class: "bodies" },
        Number.isFinite(ground.floor) && ground.floor > 0
          ? line(`Below ${people(ground.floor)} people${own(rules.floors)}`, names("below"))
          : null,
        Number.isFinite(ground.ceiling)
          ? line(`Above ${people(ground.ceiling)} people${own(rules.ceilings)}`, names("above"))
          : null,
        line(
          "In more than one piece",
          broken.map((area) => area.name),
        ),
      ),
    ];
  }

  openPart() {
    const { open } = this.desk.now;
    if (!open.units) return null;
    return make(
      "p",
      {},
      `${plural(open.units, "district")} with ${people(open.people)} people have no area yet.`,
    );
  }
}
