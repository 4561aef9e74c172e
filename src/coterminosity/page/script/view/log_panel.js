/** The log: who did what and when, with notes and flags; any step can be gone back to. */

import { count } from "../engine.js";
import { button, fill, make } from "./dom.js";
import { clockOf, plural } from "./words.js";

const MOST_STEPS = 80; // steps drawn at once; older ones on demand

export class LogPanel {
  constructor(desk) {
    this.desk = desk;
    this.all = false;
    this.node = make("div", {});
  }

  draw() {
    const { desk } = this;
    const { table } = desk;
    const { log } = table;
    const shown = this.all ? log : log.slice(-MOST_STEPS);
    const first = log.length - shown.length;
    const taken = log.length - table.cursor;
    const back = taken ? `, ${count(taken)} taken back` : "";
    const steps = shown.map((entry, k) => this.step(entry, first + k)).reverse();
    fill(
      this.node,
      make("h2", {}, "Log"),
      make(
        "p",
        { class: "quiet" },
        log.length
          ? `${plural(table.cursor, "step")} in force${back}. Newest first.`
          : "Nothing has been done yet. Every step is written here: when, by whom and why.",
      ),
      make(
        "div",
        { class: "row deeds" },
        button("Add a note\u2026", () => desk.ask("note"), { icon: "plus", key: "n" }),
        button("Step back", () => desk.undo(), { icon: "undo", key: "[" }),
        button("Step on", () => desk.redo(), { icon: "redo", key: "]" }),
        button("To the start", () => desk.goTo(0), {}),
      ),
      make("ol", { class: "steps", reversed: true }, steps),
      first > 0 ? button(`Show ${plural(first, "older step")}`, () => this.showAll(), {}) : null,
      desk.session.hasAside
        ? button("Bring back what was set aside", () => desk.bringBack(), {})
        : null,
    );
  }

  showAll() {
    this.all = true;
    this.draw();
  }

  step(entry, index) {
    const { desk } = this;
    const { cursor } = desk.table;
    const words = desk.table.inWords(entry);
    const reason = desk.table.reasonOf(entry);
    const here = index === cursor - 1;
    const goes = entry.undone ? "Go on to here" : "Go back to here";
    return make(
      "li",
      { class: entry.undone ? "undone" : null },
      make("span", { class: "quiet small" }, clockOf(entry.time)),
      make(
        "div",
        {},
        make("span", { class: "words" }, words),
        entry.undone ? make("span", { class: "tag plain" }, "taken back") : null,
        entry.who ? make("span", { class: "quiet" }, ` \u2014 ${entry.who}`) : null,
        reason ? make("div", { class: "small" }, `Reason: ${reason}`) : null,
        (entry.flags ?? []).map((flag) => make("div", { class: "flag" }, `Flag: ${flag}`)),
      ),
      here
        ? make("span", { class: "tag plain" }, "now")
        : button(goes, () => desk.goTo(index + 1), {
            kind: "link small",
            label: `${goes}: ${words}`,
          }),
    );
  }
}
