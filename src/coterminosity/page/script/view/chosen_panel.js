/** The panel of what is chosen: a district, several, an area, or nothing yet. */

import { change, km2, list, people, perHead, percent, pounds, tenths } from "../engine.js";
import { optionsOf } from "../options.js";
import { casesTable, reasonFor } from "./cases.js";
import { button, field, fill, make } from "./dom.js";
import { BAND_WORDS, OPEN_NAME, plural } from "./words.js";

const LONGEST_CASES = 7; // neighbouring areas shown side by side

export class ChosenPanel {
  constructor(desk) {
    this.desk = desk;
    this.node = make("div", {});
  }

  draw() {
    const { desk } = this;
    const units = [...desk.selected];
    const parts =
      units.length === 1
        ? this.district(units[0])
        : units.length > 1
          ? this.several(units)
          : desk.areaChosen
            ? this.area(desk.areaChosen)
            : this.nothing();
    fill(this.node, parts);
  }

  nothing() {
    const { desk } = this;
    return [
      make("h2", {}, "Nothing chosen"),
      make(
        "p",
        {},
        "Choose a district on the map, search for a name, or open the table of districts. ",
        "Then see what each neighbouring area would gain and lose, and move it.",
      ),
      make(
        "ul",
        { class: "hints" },
        [
          ["/", "find a district, area or body"],
          ["p", "paint districts into an area"],
          ["l", "draw around districts"],
          ["z", "go through contested ground"],
          ["d", "table of districts"],
          ["?", "all keys"],
        ].map(([key, words]) => make("li", {}, make("kbd", {}, key), ` ${words}`)),
      ),
      button("Contested ground", () => desk.openPanel("contested"), {}),
    ];
  }

  // ---- a district ----

  district(unit) {
    const { desk } = this;
    const { ground } = desk;
    const home = desk.areaName(unit);
    const start = desk.startName(unit);
    const moved = start !== (home || OPEN_NAME);
    return [
      make("h2", {}, ground.names[unit]),
      make(
        "p",
        { class: "quiet" },
        `${ground.codes[unit]}. ${people(ground.people[unit])} people, `,
        `${km2(ground.km2[unit])} km\u00b2.`,
      ),
      make(
        "div",
        { class: "row deeds" },
        button(desk.isLocked(unit) ? "Unlock" : "Lock", () => desk.toggleLock(unit), {
          icon: "lock",
          key: "k",
        }),
        button("Note\u2026", () => desk.ask("note", unit), { key: "n" }),
        button("Swap\u2026", () => desk.ask("swap", unit), { key: "x" }),
        button("Zoom to it", () => desk.tell("zoom", [unit]), { key: "." }),
      ),
      make(
        "dl",
        { class: "pairs" },
        pair("Area", home ? this.areaLink(home) : OPEN_NAME),
        moved ? pair("At the start", start) : null,
        desk.isLocked(unit) ? pair("Lock", "Locked where it is") : null,
        this.groupPairs(unit),
        ground.layers.map((layer) => this.bodyPair(layer, unit)),
      ),
      this.moveForm([unit]),
      make("h3", {}, "Why it matters"),
      make(
        "ul",
        { class: "bodies" },
        this.reasons(unit).map((words) => make("li", {}, words)),
      ),
      this.casesOf([unit], ground.names[unit]),
      this.history(unit),
    ];
  }

  areaLink(name) {
    return button(name, () => this.desk.chooseArea(name, { zoom: false }), { kind: "link" });
  }

  groupPairs(unit) {
    return this.desk.groupsWith(unit).map((group) => {
      const names = group.filter((own) => own !== unit).map((own) => this.desk.ground.names[own]);
      return pair("Kept together", `with ${list(names, 5)}`);
    });
  }

  /** The bodies of a layer that hold a district, with shares where several do. */
  bodiesOf(layer, unit) {
    const { ground } = this.desk;
    const found = [];
    for (let row = layer.start[unit]; row < layer.start[unit + 1]; row += 1) {
      const share = layer.full[row] / ground.people[unit];
      if (share >= 0.0005)
        found.push({ region: layer.region[row], name: layer.names[layer.region[row]], share });
    }
    return found.sort((a, b) => b.share - a.share);
  }

  bodyPair(layer, unit) {
    const found = this.bodiesOf(layer, unit);
    if (!found.length) return null;
    const links = found.map((body, k) => [
      k ? ", " : "",
      button(body.name, () => this.desk.showBody(layer, body.region), { kind: "link" }),
      body.share < 0.9995 ? ` (${percent(body.share)})` : "",
    ]);
    return pair(layer.title, ...links);
  }

  /** Why moving this district is more than one district's matter. */
  reasons(unit) {
    const { desk } = this;
    const { ground } = desk;
    const words = [];
    for (const layer of ground.layers) {
      const found = this.bodiesOf(layer, unit).filter((body) => body.share > ground.tolerance);
      if (found.length < 2) continue;
      const names = list(found.map((body) => body.name));
      const how = layer.cover ? "Claimed by" : "Divided between";
      words.push(`${how} ${found.length} ${layer.plural}: ${names}.`);
    }
    for (const key of [ground.seedLayer, ...ground.align])
      words.push(...this.bodyReasons(key, unit));
    const zone = desk.zoneOf(unit);
    if (zone) words.push(`Contested: ${zone.why}`);
    const beside = desk.areasBeside([unit]);
    if (beside.length) words.push(`It borders on ${list(beside)}.`);
    else words.push("It lies inside its area: all its neighbours belong to the same one.");
    const row = desk.areaRow(desk.areaName(unit));
    if (row)
      words.push(
        `It has ${percent(ground.people[unit] / row.people)} of the people of ${row.name}.`,
      );
    return words;
  }

  bodyReasons(key, unit) {
    const { desk } = this;
    const at = desk.ground.layers.findIndex((layer) => layer.key === key);
    if (at < 0) return [];
    const regions = desk.now.layers[at].regions;
    return this.bodiesOf(desk.ground.layers[at], unit).flatMap((body) => {
      const row = regions.find((region) => region.index === body.region);
      if (!row || row.state !== "cut" || body.share <= desk.ground.tolerance) return [];
      return [`${row.name} is divided now: ${desk.partsInWords(row)}.`];
    });
  }

  // ---- moving ----

  moveForm(units) {
    const { desk } = this;
    const select = make("select", { class: "goal" });
    desk.stockAreas(select, units);
    const go = () => {
      if (select.value) {
        desk.move(units, select.value);
        return;
      }
      desk.say("Choose the area to move to first.");
      select.focus();
    };
    return [
      make("h3", {}, "Move"),
      make(
        "form",
        {
          class: "moveform",
          onsubmit: (event) => {
            event.preventDefault();
            go();
          },
        },
        field("To", select),
        reasonFor(desk),
        make("button", { type: "submit", class: "button main", "aria-keyshortcuts": "g" }, "Move"),
      ),
    ];
  }

  casesOf(units, title) {
    const { desk } = this;
    // An open case: no body claims it, so the engine takes the neighbouring areas.
    const zone = { key: "", title, units, claimants: [] };
    const options = optionsOf(desk.ground, zone, desk.now).slice(0, LONGEST_CASES + 1);
    if (options.length < 2) return null;
    return [
      make("h3", {}, "If it went to a neighbouring area"),
      casesTable(desk, options, title, (option) => desk.settle(zone, option)),
    ];
  }

  /** What the log says of a district. */
  history(unit) {
    const { desk } = this;
    const code = desk.ground.codes[unit];
    const own = desk.table.log.filter(
      (entry) =>
        !entry.undone &&
        ((entry.units ?? []).includes(code) ||
          (entry.note ?? "").startsWith(`${desk.ground.names[unit]}: `)),
    );
    if (!own.length) return null;
    const items = own.map((entry) => {
      const reason = desk.table.reasonOf(entry);
      const who = entry.who ? `, ${entry.who}` : "";
      return make("li", {}, desk.table.inWords(entry), who, reason ? `: ${reason}` : "");
    });
    return [make("h3", {}, "In the log"), make("ul", { class: "bodies" }, items)];
  }

  // ---- several districts ----

  several(units) {
    const { desk } = this;
    const names = units.map((unit) => desk.ground.names[unit]);
    const homes = new Map();
    for (const unit of units)
      homes.set(
        desk.areaName(unit) || OPEN_NAME,
        (homes.get(desk.areaName(unit) || OPEN_NAME) ?? 0) + 1,
      );
    const together = desk.groupOf(units);
    return [
      make("h2", {}, desk.sizeOf(units)),
      make("p", {}, list(names, 16)),
      make(
        "p",
        { class: "quiet" },
        `Now in ${list(
          [...homes].map(([name, n]) => `${name} (${n})`),
          8,
        )}.`,
      ),
      make(
        "div",
        { class: "row deeds" },
        button("Lock or unlock", () => desk.toggleLocks(units), { icon: "lock", key: "k" }),
        button(together ? "Release" : "Keep together", () => desk.keepTogether(units), {
          key: "t",
        }),
        button("Make a new area\u2026", () => desk.ask("split", units), { key: "f" }),
        units.length === 2 ? button("Swap", () => desk.swap(units[0], units[1]), {}) : null,
        button("Choose none", () => desk.clearChoice(), { key: "Escape" }),
      ),
      this.moveForm(units),
      units.length <= 40 ? this.casesOf(units, plural(units.length, "district")) : null,
    ];
  }

  // ---- an area ----

  area(name) {
    const { desk } = this;
    const row = desk.areaRow(name);
    if (!row) return this.nothing();
    const start = desk.startRow(name);
    const since = (value, write) => {
      const text = start ? change(value, write) : "";
      return text && text !== "no change" ? ` (${text} since the start)` : "";
    };
    const locked = row.locked;
    const members = desk.table.unitsOf(name);
    return [
      make("h2", {}, `${desk.numberOf(name)} ${name}`),
      make("p", { class: "quiet" }, row.governance || ""),
      make(
        "div",
        { class: "row deeds" },
        button("Paint into it", () => desk.startPainting(name), { icon: "paint", key: "p" }),
        button(locked ? "Unlock area" : "Lock area", () => desk.toggleAreaLock(name), {
          icon: "lock",
          key: "Shift+K",
        }),
        button("Rename\u2026", () => desk.ask("rename", name), { key: "r" }),
        button("Merge\u2026", () => desk.ask("merge", name), { key: "j" }),
        button("Zoom to it", () => desk.tell("zoom", members), { key: "." }),
      ),
      make(
        "dl",
        { class: "pairs" },
        pair("People", people(row.people) + since(row.people - (start?.people ?? 0), people)),
        pair("Size band", BAND_WORDS[row.band]),
        pair("Land", `${km2(row.km2)} km\u00b2`),
        pair("Districts", String(row.units)),
        pair("Pieces", row.pieces === 1 ? "in one piece" : `in ${row.pieces} pieces`),
        pair("Money", pounds(row.pounds) + since(row.pounds - (start?.pounds ?? 0), pounds)),
        pair("A head", perHead(row.perHead)),
        Number.isFinite(row.contracts) ? pair("Contracts", `about ${tenths(row.contracts)}`) : null,
        desk.ground.layers.map((layer) =>
          row.main[layer.key]?.length
            ? pair(`${layer.plural} mainly in it`, list(row.main[layer.key], 8))
            : null,
        ),
        this.needPairs(row),
      ),
      this.programmes(row),
      make("h3", {}, "Its districts"),
      make(
        "p",
        {},
        members.map((unit, k) => [
          k ? ", " : "",
          button(desk.ground.names[unit], () => desk.choose(unit), { kind: "link" }),
        ]),
      ),
    ];
  }

  /** The money of an area by programme, folded away. */
  programmes(row) {
    const { lines } = this.desk.ground.money;
    if (!lines.length) return null;
    const rows = lines.map((line, k) =>
      pair(`${line.title}, ${line.year}, ${line.scope}`, pounds(row.lines[k])),
    );
    return make(
      "details",
      {},
      make("summary", {}, "Money by programme"),
      make("dl", { class: "pairs" }, rows),
    );
  }

  needPairs(row) {
    return this.desk.ground.need.map((own) => {
      const value = row.need[own.key];
      if (!Number.isFinite(value)) return null;
      return pair(own.title, value.toLocaleString("en-GB", { maximumFractionDigits: 1 }));
    });
  }
}

function pair(words, ...value) {
  return [make("dt", {}, words), make("dd", {}, ...value)];
}
