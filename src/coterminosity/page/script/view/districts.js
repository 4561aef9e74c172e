/** Every district in a table: sort, filter, tick, and move with a select. The map in words. */

import { people } from "../engine.js";
import { button, field, fill, make, setAttribute, setText, tick } from "./dom.js";
import { nameOrder, OPEN_NAME, plural } from "./words.js";

const COLUMNS = [
  { key: "name", title: "District", kind: "" },
  { key: "people", title: "People", kind: "number" },
  { key: "home", title: "Area", kind: "" },
  { key: "before", title: "At the start", kind: "" },
];

export class DistrictsTable {
  constructor(desk) {
    this.desk = desk;
    this.sort = { key: "name", up: true };
    this.rows = null;
    const { ground } = desk;
    const shown = [ground.seedLayer, ...ground.align];
    this.layers = shown.map((key) => ground.layers.find((l) => l.key === key)).filter(Boolean);
    this.text = make("input", { type: "search", autocomplete: "off", spellcheck: "false" });
    this.text.addEventListener("input", () => this.filter());
    this.where = make("select", {});
    this.where.addEventListener("change", () => this.filter());
    this.movedOnly = tick("Moved", false, () => this.filter());
    this.contestedOnly = tick("Contested", false, () => this.filter());
    this.count = make("p", { class: "quiet", role: "status" });
    this.body = make("tbody", {});
    this.head = make("tr", {});
    this.scroll = make(
      "div",
      { class: "scroll", tabindex: "0", role: "region", "aria-label": "Table of districts" },
      make(
        "table",
        {},
        make("caption", { class: "unseen" }, "Districts, their people and their areas"),
        make("thead", {}, this.head),
        this.body,
      ),
    );
    this.node = make(
      "div",
      { class: "districts", hidden: true },
      make(
        "div",
        { class: "filters" },
        field("Find a district or body", this.text),
        field("In area", this.where),
        this.movedOnly,
        this.contestedOnly,
        this.count,
      ),
      this.scroll,
    );
  }

  /** Rows are made when the table is first looked at: most visits never need them. */
  build() {
    const { ground } = this.desk;
    this.heads = new Map();
    const heads = COLUMNS.map((column) => this.headOf(column));
    const layerHeads = this.layers.map((layer) =>
      this.headOf({ key: layer.key, title: layer.key.toUpperCase(), kind: "" }),
    );
    fill(
      this.head,
      make("td", {}, make("span", { class: "unseen" }, "Choose")),
      heads,
      layerHeads,
      make("th", { scope: "col" }, "Lock"),
    );
    this.rows = Array.from({ length: ground.count }, (_, unit) => this.rowOf(unit));
    this.order();
    this.draw();
    const byNode = new Map(this.rows.map((row) => [row.node, row]));
    const sight = new IntersectionObserver(
      (seen) => {
        for (const { target, isIntersecting } of seen) {
          const row = byNode.get(target);
          row.inSight = isIntersecting;
          if (isIntersecting) this.stockHome(row);
        }
      },
      { root: this.scroll, rootMargin: "200px" },
    );
    for (const row of this.rows) sight.observe(row.node);
  }

  headOf(column) {
    const head = make(
      "th",
      { scope: "col", class: column.kind || null },
      button(column.title, () => this.sortBy(column.key)),
    );
    this.heads.set(column.key, head);
    return head;
  }

  rowOf(unit) {
    const { desk } = this;
    const { ground } = desk;
    const box = make("input", { type: "checkbox", "aria-label": `Choose ${ground.names[unit]}` });
    box.addEventListener("change", () => desk.choose(unit, { add: true, on: box.checked }));
    const home = make("select", { class: "home", "aria-label": `Area of ${ground.names[unit]}` });
    const name = button(ground.names[unit], () => desk.choose(unit, { zoom: true }), {
      kind: "link",
    });
    const before = make("td", {});
    const lock = button("", () => desk.toggleLock(unit), { icon: "open", kind: "bare" });
    const cells = this.layers.map((layer) =>
      make("td", { class: "small" }, this.bodiesOf(layer, unit)),
    );
    const node = make(
      "tr",
      {},
      make("td", {}, make("div", { class: "tick" }, box)),
      make("th", { scope: "row" }, name),
      make("td", { class: "number" }, people(ground.people[unit])),
      make("td", {}, home),
      before,
      cells,
      make("td", {}, lock),
    );
    const words = [ground.names[unit], ground.codes[unit], ...cells.map((c) => c.textContent)];
    const row = { unit, node, box, home, before, lock, words: words.join(" ").toLowerCase() };
    this.wireHome(row);
    return row;
  }

  /** Arrow keys change a closed select at every press: the move waits for Enter or for leaving. */
  wireHome(row) {
    const { desk } = this;
    const { home, unit } = row;
    let typed = false;
    const commit = () => {
      typed = false;
      const now = desk.areaName(unit);
      // A refused move leaves the select as it was.
      if (home.value !== now && !desk.move([unit], home.value)?.made) home.value = now;
    };
    home.addEventListener("focus", () => this.stockHome(row));
    home.addEventListener("pointerdown", () => {
      typed = false;
      this.stockHome(row);
    });
    home.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && typed) {
        event.preventDefault();
        commit();
      } else if (event.key === "Escape" && typed) {
        event.stopPropagation();
        typed = false;
        home.value = desk.areaName(unit);
      } else if (event.key !== "Tab") typed = true;
    });
    home.addEventListener("change", () => {
      if (typed)
        desk.say(`Enter moves ${desk.ground.names[unit]} to ${home.value}, Escape does not.`);
      else commit();
    });
    home.addEventListener("blur", () => typed && commit());
  }

  bodiesOf(layer, unit) {
    const names = [];
    for (let row = layer.start[unit]; row < layer.start[unit + 1]; row += 1) {
      names.push(layer.names[layer.region[row]]);
    }
    return names.join("; ") || "none";
  }

  /** Bring the rows up to date; only cells that differ are written. */
  draw() {
    if (!this.rows || this.node.hidden) return;
    const { desk } = this;
    for (const row of this.rows) {
      const area = desk.table.area[row.unit];
      const name = area < 0 ? OPEN_NAME : desk.table.areas[area];
      this.drawHome(row, area < 0 ? "" : name);
      const start = desk.startName(row.unit);
      row.moved = start !== name;
      setText(row.before, row.moved ? start : "same");
      row.before.className = row.moved ? "" : "same";
      row.node.classList.toggle("moved", row.moved);
      row.box.checked = desk.selected.has(row.unit);
      row.node.classList.toggle("lit", row.box.checked);
      this.drawLock(row);
    }
    this.stockFilter();
    this.filter();
  }

  /**
   * Offer all areas in the select of a row. Of 326 selects with 38 areas each only those in sight
   * or in use are filled: to fill all takes a second.
   */
  stockHome(row) {
    const names = this.desk.areaNames();
    const wanted = names.join("\n");
    if (row.offered === wanted) return;
    row.offered = wanted;
    const held = row.home.value;
    fill(
      row.home,
      // To leave a district open again is an undo: it is offered only where it is so.
      held ? null : make("option", { value: "" }, OPEN_NAME),
      names.map((name) => make("option", { value: name }, name)),
    );
    row.home.value = held;
  }

  drawHome(row, value) {
    const known = [...row.home.options].some((option) => option.value === value);
    if (!known || (row.home.value === "") !== (value === "")) {
      row.offered = null;
      fill(row.home, make("option", { value }, value || OPEN_NAME));
    }
    if (row.home.value !== value) row.home.value = value;
    if (row.inSight) this.stockHome(row);
  }

  drawLock(row) {
    const locked = this.desk.isLocked(row.unit);
    const words = `${locked ? "Unlock" : "Lock"} ${this.desk.ground.names[row.unit]}`;
    if (row.lock.getAttribute("aria-label") === words) return;
    setAttribute(row.lock, "aria-label", words);
    setAttribute(row.lock, "title", words);
    fill(
      row.lock,
      make("span", { class: locked ? "tag warn" : "quiet" }, locked ? "Locked" : "Lock"),
    );
  }

  stockFilter() {
    const names = this.desk.areaNames();
    const wanted = ["", ...names, "\u0000"].join("\n");
    if (this.stocked === wanted) return;
    this.stocked = wanted;
    const kept = this.where.value;
    fill(
      this.where,
      make("option", { value: "" }, "All areas"),
      names.map((name) => make("option", { value: name }, name)),
      make("option", { value: "-" }, OPEN_NAME),
    );
    this.where.value = [...this.where.options].some((o) => o.value === kept) ? kept : "";
  }

  filter() {
    if (!this.rows) return;
    const words = this.text.value.trim().toLowerCase().split(/\s+/).filter(Boolean);
    const contested = this.contestedOnly.querySelector("input").checked;
    const moved = this.movedOnly.querySelector("input").checked;
    let shown = 0;
    for (const row of this.rows) {
      const area = this.desk.table.area[row.unit];
      const name = area < 0 ? "-" : this.desk.table.areas[area];
      const seen =
        words.every((word) => row.words.includes(word) || name.toLowerCase().includes(word)) &&
        (!this.where.value || this.where.value === name) &&
        (!moved || row.moved) &&
        (!contested || this.desk.zoneOf(row.unit) !== null);
      row.node.hidden = !seen;
      shown += seen ? 1 : 0;
    }
    setText(this.count, plural(shown, "district"));
  }

  sortBy(key) {
    this.sort = { key, up: this.sort.key === key ? !this.sort.up : key !== "people" };
    this.order();
    const [words] = [this.heads.get(key).textContent];
    this.desk.say(`Sorted by ${words}, ${this.sort.up ? "rising" : "falling"}.`);
  }

  order() {
    const { ground, table } = this.desk;
    const { key, up } = this.sort;
    const layer = this.layers.findIndex((other) => other.key === key);
    const nameOf = (area) => (area < 0 ? "" : table.areas[area]);
    const value =
      {
        name: (row) => ground.names[row.unit],
        people: (row) => ground.people[row.unit],
        home: (row) => nameOf(table.area[row.unit]),
        before: (row) => this.desk.startName(row.unit),
      }[key] ?? ((row) => this.bodiesOf(this.layers[layer], row.unit));
    const compare = key === "people" ? (a, b) => a - b : nameOrder;
    const sorted = this.rows.map((row) => [value(row), row]);
    sorted.sort((a, b) => (up ? 1 : -1) * compare(a[0], b[0]) || nameOrder(a[1].words, b[1].words));
    this.body.append(...sorted.map(([, row]) => row.node));
    for (const [name, head] of this.heads) {
      setAttribute(head, "aria-sort", name === key ? (up ? "ascending" : "descending") : null);
    }
  }

  show(visible) {
    this.node.hidden = !visible;
    if (visible && !this.rows) this.build();
    else if (visible) this.draw();
  }

  focusFirst() {
    this.text.focus();
  }
}
