/** What is printed below the map: areas, figures, moves and notes, made when printing begins. */

import { change, count, list, people, perHead, percent, pounds, score, tenths } from "../engine.js";
import { fill, make } from "./dom.js";
import { shortName } from "./strip.js";
import { BAND_WORDS } from "./words.js";

export class PrintSheet {
  constructor(desk) {
    this.desk = desk;
    // Repeats what stands elsewhere: not for readers of the screen.
    this.node = make("div", { class: "sheet", "aria-hidden": "true" });
  }

  draw() {
    fill(this.node, this.areas(), this.layers(), this.need(), this.moves(), this.sources());
  }

  head(words, columns) {
    return [
      make("caption", {}, words),
      make(
        "thead",
        {},
        make(
          "tr",
          {},
          columns.map(([text, kind]) => make("th", { scope: "col", class: kind }, text)),
        ),
      ),
    ];
  }

  areas() {
    const { desk } = this;
    const rows = desk.now.areas
      .map((area) => ({ ...area, number: desk.numberOf(area.name) }))
      .sort((a, b) => a.number - b.number)
      .map((area) => {
        const remarks = [area.governance];
        if (area.band !== "within") remarks.push(BAND_WORDS[area.band]);
        if (area.pieces > 1) remarks.push(`in ${area.pieces} pieces`);
        if (area.locked) remarks.push("locked");
        return make(
          "tr",
          {},
          printCell(count(area.number)),
          make("th", { scope: "row" }, area.name),
          printCell(people(area.people)),
          printCell(pounds(area.pounds)),
          printCell(perHead(area.perHead)),
          printCell(tenths(area.contracts)),
          make("td", {}, remarks.filter(Boolean).join("; ")),
        );
      });
    const columns = [
      ["No.", "number"],
      ["Area"],
      ["People", "number"],
      ["Money", "number"],
      ["A head", "number"],
      ["Contracts", "number"],
      ["Remarks"],
    ];
    return make("table", {}, this.head("Areas", columns), make("tbody", {}, rows));
  }

  layers() {
    const { now, start, ground } = this.desk;
    const both = (after, before, write) => {
      const text = change(after - before, write);
      return printCell(text && text !== "no change" ? `${write(after)} (${text})` : write(after));
    };
    const rows = now.layers.map((row, k) => {
      const before = start.layers[k];
      return make(
        "tr",
        {},
        make("th", { scope: "row" }, shortName(ground.layers[k])),
        both(row.coterminosity, before.coterminosity, score),
        both(row.splitPeople, before.splitPeople, people),
        both(row.mergePeople, before.mergePeople, people),
        both(row.cut, before.cut, count),
        both(row.same, before.same, count),
      );
    });
    const columns = [
      ["Layer"],
      ["Fit", "number"],
      ["People split off", "number"],
      ["People merged", "number"],
      ["Cut", "number"],
      ["Same as an area", "number"],
    ];
    return [
      make("h3", {}, "Figures, with change since the start"),
      make(
        "table",
        {},
        this.head("Areas against each layer of bodies", columns),
        make("tbody", {}, rows),
      ),
    ];
  }

  need() {
    const { now, start } = this.desk;
    if (!now.need.length) return null;
    const lines = now.need.map((row, k) => {
      const text = change(row.eta - start.need[k].eta, percent);
      return make(
        "li",
        {},
        `${row.title}: ${percent(row.eta)} of the spread lies between areas (${text})`,
      );
    });
    return [make("h3", {}, "Need"), make("ul", {}, lines)];
  }

  moves() {
    const { desk } = this;
    const { table, ground } = desk;
    const moved = desk.change.moved.map((row) => {
      const what = `${ground.names[row.unit]} (${people(row.people)} people)`;
      return `${what}: ${row.from || "no area"} to ${row.to || "no area"}`;
    });
    const steps = table.log
      .filter((entry) => !entry.undone)
      .map((entry) => {
        const who = entry.who ? ` \u2014 ${entry.who}` : "";
        const reason = table.reasonOf(entry);
        const why = reason ? `. Reason: ${reason}` : "";
        const flags = entry.flags?.length ? `. Flags: ${list(entry.flags, 20)}` : "";
        return make("li", {}, `${table.inWords(entry)}${who}${why}${flags}`);
      });
    return [
      make("h3", {}, `Districts that moved since the start: ${moved.length}`),
      moved.length
        ? make(
            "ul",
            {},
            moved.map((words) => make("li", {}, words)),
          )
        : make("p", {}, "None."),
      make("h3", {}, "Steps and notes"),
      steps.length ? make("ol", { class: "counted" }, steps) : make("p", {}, "None."),
    ];
  }

  sources() {
    const { notes, money } = this.desk.ground;
    const lines = [notes.schematic, notes.people, notes.source, notes.licence, money.caption];
    return [make("h3", {}, "Sources"), lines.filter(Boolean).map((words) => make("p", {}, words))];
  }
}

function printCell(text) {
  return make("td", { class: "number" }, text);
}
