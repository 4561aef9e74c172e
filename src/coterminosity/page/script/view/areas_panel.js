/** The panel of areas: every area in a row, its figures beside those of the start. */

import { change, count, people, perHead, pounds, tenths } from "../engine.js";
import { makeSwatch } from "./colours.js";
import { button, make, setAttribute, setText } from "./dom.js";
import { nameOrder } from "./words.js";

const SORTS = {
  number: (a, b) => a.number - b.number,
  name: (a, b) => nameOrder(a.name, b.name),
  people: (a, b) => a.people - b.people,
  pounds: (a, b) => a.pounds - b.pounds,
  contracts: (a, b) => a.contracts - b.contracts,
};

export class AreasPanel {
  constructor(desk) {
    this.desk = desk;
    this.sort = { key: "number", up: true };
    this.rows = new Map();
    this.heads = new Map();
    this.body = make("tbody", {});
    this.intro = make("p", { class: "quiet small" });
    const head = (key, title, kind) => {
      const node = make(
        "th",
        { scope: "col", class: kind },
        button(title, () => this.sortBy(key)),
      );
      this.heads.set(key, node);
      return node;
    };
    this.node = make(
      "div",
      {},
      make("h2", { class: "unseen" }, "Areas"),
      make(
        "div",
        { class: "row" },
        button("New area\u2026", () => desk.ask("split"), { icon: "plus", key: "f" }),
        button("Merge two areas\u2026", () => desk.ask("merge"), { key: "j" }),
      ),
      this.intro,
      make(
        "table",
        {},
        make("caption", { class: "unseen" }, "Areas with their people, money and contracts"),
        make(
          "thead",
          {},
          make(
            "tr",
            {},
            head("number", "No.", "number"),
            head("name", "Area", null),
            head("people", "People", "number"),
            head("pounds", "Money", "number"),
            head("contracts", "Contracts", "number"),
          ),
        ),
        this.body,
      ),
    );
  }

  sortBy(key) {
    const rising = key === "number" || key === "name";
    this.sort = { key, up: this.sort.key === key ? !this.sort.up : rising };
    this.draw();
  }

  rowOf(name) {
    const { desk } = this;
    const swatch = makeSwatch();
    const digits = make("span", {});
    const choose = button(name, () => desk.chooseArea(name, { zoom: true }), { kind: "link" });
    const parts = {
      node: make("tr", {}),
      swatch,
      digits,
      label: make("div", { class: "small quiet" }),
      tags: make("div", { class: "row tags" }),
      people: make("div", {}),
      peopleChange: make("div", { class: "small same" }),
      pounds: make("div", {}),
      perHead: make("div", { class: "small quiet" }),
      contracts: make("td", { class: "number" }),
    };
    parts.node.append(
      make("td", { class: "number" }, digits, " ", swatch),
      make("th", { scope: "row" }, choose, parts.label, parts.tags),
      make("td", { class: "number" }, parts.people, parts.peopleChange),
      make("td", { class: "number" }, parts.pounds, parts.perHead),
      parts.contracts,
    );
    return parts;
  }

  draw() {
    const { desk } = this;
    const start = new Map(desk.start.areas.map((area) => [area.name, area]));
    const listed = desk.now.areas.map((area) => ({ ...area, number: desk.numberOf(area.name) }));
    const compare = SORTS[this.sort.key];
    listed.sort((a, b) => (this.sort.up ? 1 : -1) * compare(a, b) || nameOrder(a.name, b.name));
    const names = new Set(listed.map((area) => area.name));
    for (const [name, row] of this.rows) {
      if (names.has(name)) continue;
      row.node.remove();
      this.rows.delete(name);
    }
    let before = null;
    for (const area of listed) {
      if (!this.rows.has(area.name)) this.rows.set(area.name, this.rowOf(area.name));
      const row = this.rows.get(area.name);
      this.drawRow(row, area, start.get(area.name));
      // Rows are only moved where their order changed, so that focus is kept.
      const wanted = before ? before.nextSibling : this.body.firstChild;
      if (wanted !== row.node) this.body.insertBefore(row.node, wanted);
      before = row.node;
    }
    for (const [key, head] of this.heads) {
      const way = this.sort.up ? "ascending" : "descending";
      setAttribute(head, "aria-sort", key === this.sort.key ? way : null);
    }
    const gone = desk.start.areas.filter((area) => !names.has(area.name)).map((a) => a.name);
    setText(this.intro, gone.length ? `No longer there: ${gone.join("; ")}.` : "");
    this.intro.hidden = !gone.length;
  }

  drawRow(row, area, start) {
    const { desk } = this;
    setText(row.digits, count(area.number));
    desk.paintSwatch(row.swatch, area.name);
    setText(row.label, area.governance);
    setText(row.people, people(area.people));
    setText(row.peopleChange, start ? changeOf(area.people - start.people, people) : "new");
    setText(row.pounds, pounds(area.pounds));
    setText(row.perHead, `${perHead(area.perHead)} a head`);
    setText(row.contracts, tenths(area.contracts));
    row.node.classList.toggle("lit", desk.areaChosen === area.name);
    const tags = [];
    if (area.band === "below") tags.push(["warn", "too few people"]);
    if (area.band === "above") tags.push(["warn", "too many people"]);
    if (area.pieces > 1) tags.push(["warn", `in ${area.pieces} pieces`]);
    if (area.locked) tags.push(["plain", "locked"]);
    const wanted = tags.map(([, words]) => words).join();
    if (row.tags.dataset.shown === wanted) return;
    row.tags.dataset.shown = wanted;
    row.tags.replaceChildren(
      ...tags.map(([kind, words]) => make("span", { class: `tag ${kind}` }, words)),
    );
  }
}

function changeOf(value, write) {
  const text = change(value, write);
  return text === "no change" ? "" : text;
}
