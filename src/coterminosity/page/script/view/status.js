/** The status line: what the last step did and what it broke, seen and heard. Never in the way. */

import { button, drawIcon, fill, make, setAttribute } from "./dom.js";

const MOST_FLAGS = 4; // flags in full; more are counted

export class Status {
  constructor(desk) {
    this.desk = desk;
    this.said = make("div", {
      class: "said",
      role: "status",
      "aria-live": "polite",
      "aria-atomic": "true",
    });
    this.undo = button("Undo", () => desk.undo(), { icon: "undo", label: "Undo the last step" });
    this.undo.hidden = true;
    this.node = make("div", { class: "status" }, this.said, this.undo);
    desk.on("say", (told) => this.tell(told));
  }

  tell({ message, flags, kind }) {
    const shown = flags.slice(0, MOST_FLAGS);
    const more = flags.length - shown.length;
    fill(
      this.said,
      make("div", {}, message),
      shown.map((flag) => make("div", { class: "flag" }, drawIcon("warning"), ` ${flag}`)),
      more ? make("div", { class: "flag" }, `and ${more} more flags, in the log`) : null,
    );
    const flagged = flags.length > 0 && kind !== "refused";
    setAttribute(this.node, "class", `status ${flagged ? "flagged" : kind}`.trim());
    this.undo.hidden = !(flagged && this.desk.table.canUndo);
  }
}
