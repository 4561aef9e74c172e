/** Search by name: districts, areas and bodies, in a combobox that a keyboard can drive. */

import { freshId, make, setAttribute } from "./dom.js";
import { shortName } from "./strip.js";

const MOST_FOUND = 12;
const SHARE = { district: 6, area: 3, body: 3 };

/** Letters and digits only, without case and accents, so that "St Helens" finds "St. Helens". */
export function plainly(text) {
  return text
    .normalize("NFD")
    .toLowerCase()
    .replace(/&/g, "and")
    .replace(/[^a-z0-9 ]/g, "");
}

export class Search {
  constructor(desk) {
    this.desk = desk;
    this.found = [];
    this.at = -1;
    const list = freshId("found");
    this.input = make("input", {
      type: "search",
      class: "search",
      role: "combobox",
      "aria-expanded": "false",
      "aria-controls": list,
      "aria-autocomplete": "list",
      "aria-label": "Find a district, area or body",
      "aria-keyshortcuts": "/",
      placeholder: "Find a district, area, body",
      autocomplete: "off",
      spellcheck: "false",
    });
    this.list = make("ul", { id: list, role: "listbox", "aria-label": "Found", hidden: true });
    this.node = make("div", { class: "finder", role: "search" }, this.input, this.list);
    this.input.addEventListener("input", () => this.look());
    this.input.addEventListener("focus", () => this.input.value && this.look());
    this.input.addEventListener("keydown", (event) => this.press(event));
    this.node.addEventListener("focusout", (event) => {
      if (!this.node.contains(event.relatedTarget)) this.close();
    });
    this.bodies = this.bodyEntries();
  }

  bodyEntries() {
    const { ground } = this.desk;
    const units = Array.from({ length: ground.count }, (_, unit) => ({
      kind: "district",
      name: ground.names[unit],
      what: "district",
      words: plainly(`${ground.names[unit]} ${ground.codes[unit]}`),
      unit,
    }));
    const regions = ground.layers.flatMap((layer) =>
      layer.names.map((name, region) => ({
        kind: "body",
        name,
        what: shortName(layer).replace(/s$/, ""),
        words: plainly(`${name} ${layer.codes[region]} ${layer.key}`),
        layer,
        region,
      })),
    );
    return [...units, ...regions];
  }

  look() {
    const words = plainly(this.input.value).split(" ").filter(Boolean);
    if (!words.length) return this.close();
    const areas = this.desk.areaNames().map((name) => ({
      kind: "area",
      name,
      what: "area",
      words: plainly(name),
    }));
    const rank = (entry) => (entry.words.startsWith(words[0]) ? 0 : 1);
    const order = { district: 0, area: 1, body: 2 };
    const fits = [...areas, ...this.bodies].filter((entry) =>
      words.every((word) => entry.words.includes(word)),
    );
    fits.sort((a, b) => rank(a) - rank(b) || a.name.length - b.name.length);
    // No kind crowds the others out: districts come first, but areas and bodies are seen too.
    const seen = { district: 0, area: 0, body: 0 };
    const first = fits.filter((entry) => (seen[entry.kind] += 1) <= SHARE[entry.kind]);
    const rest = fits.filter((entry) => !first.includes(entry));
    this.found = [...first, ...rest]
      .slice(0, MOST_FOUND)
      .sort((a, b) => rank(a) - rank(b) || order[a.kind] - order[b.kind]);
    this.at = this.found.length ? 0 : -1;
    return this.draw();
  }

  draw() {
    const items = this.found.map((entry, k) => {
      const item = make(
        "li",
        { role: "option", id: freshId("hit"), "aria-selected": String(k === this.at) },
        make("span", {}, entry.name),
        make("span", { class: "what" }, entry.what),
      );
      item.addEventListener("pointerdown", (event) => event.preventDefault());
      item.addEventListener("click", () => this.take(k));
      return item;
    });
    if (!items.length) {
      items.push(
        make(
          "li",
          { role: "option", "aria-disabled": "true", "aria-selected": "false" },
          "Nothing of that name",
        ),
      );
    }
    this.list.replaceChildren(...items);
    this.list.hidden = false;
    setAttribute(this.input, "aria-expanded", "true");
    this.point();
  }

  point() {
    const items = [...this.list.children];
    items.forEach((item, k) => setAttribute(item, "aria-selected", String(k === this.at)));
    setAttribute(this.input, "aria-activedescendant", this.at >= 0 ? items[this.at].id : null);
    if (this.at >= 0) items[this.at].scrollIntoView({ block: "nearest" });
  }

  press(event) {
    const last = this.found.length - 1;
    if (event.key === "ArrowDown" && last >= 0) this.at = this.at >= last ? 0 : this.at + 1;
    else if (event.key === "ArrowUp" && last >= 0) this.at = this.at <= 0 ? last : this.at - 1;
    else if (event.key === "Enter" && this.at >= 0) this.take(this.at);
    else if (event.key === "Escape") {
      if (!this.list.hidden) event.stopPropagation();
      this.close();
      return;
    } else return;
    event.preventDefault();
    if (event.key !== "Enter") this.point();
  }

  take(k) {
    const entry = this.found[k];
    this.input.value = "";
    this.close();
    if (entry.kind === "district") this.desk.choose(entry.unit, { zoom: true });
    else if (entry.kind === "area") this.desk.chooseArea(entry.name, { zoom: true });
    else this.desk.showBody(entry.layer, entry.region);
    // From here single keys act on what was found.
    this.desk.tell("refocus");
  }

  close() {
    this.list.hidden = true;
    setAttribute(this.input, "aria-expanded", "false");
    setAttribute(this.input, "aria-activedescendant", null);
  }
}
