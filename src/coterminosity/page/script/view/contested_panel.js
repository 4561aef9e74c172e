/** Contested ground: zones, who claims them, and the options side by side. */

import { list, people } from "../engine.js";
import { casesTable, reasonFor } from "./cases.js";
import { button, fill, make, setAttribute } from "./dom.js";
import { OPEN_NAME, plural } from "./words.js";

export class ContestedPanel {
  constructor(desk) {
    this.desk = desk;
    this.open = null;
    this.node = make("div", {});
  }

  draw() {
    const { desk } = this;
    const zones = desk.zones();
    if (!zones.length) {
      fill(
        this.node,
        make("h2", {}, "Contested ground"),
        make("p", { class: "empty" }, "No district is claimed by two bodies of the leading layer."),
      );
      return;
    }
    if (!zones.some((zone) => zone.key === this.open)) this.open = null;
    fill(
      this.node,
      make("h2", {}, "Contested ground"),
      make(
        "p",
        { class: "quiet" },
        "Ground that two or more bodies claim. Options are ranked by people split off or merged; ",
        "the ranking decides nothing. To leave a zone alone is always an option.",
      ),
      make(
        "ol",
        { class: "zones" },
        zones.map((zone) => this.zonePart(zone)),
      ),
    );
    // The button that settled a zone is gone: focus goes to its heading.
    if (this.settled) this.focusOn(this.settled);
    this.settled = null;
  }

  zonePart(zone) {
    const { desk } = this;
    const held = zone.units.reduce((total, unit) => total + desk.ground.people[unit], 0);
    const homes = [...new Set(zone.units.map((unit) => desk.areaName(unit) || OPEN_NAME))];
    const isOpen = zone.key === this.open;
    const toggle = button(zone.title, () => this.toggle(zone), { kind: "link" });
    setAttribute(toggle, "aria-expanded", String(isOpen));
    return make(
      "li",
      { class: isOpen ? "zone open" : "zone" },
      make(
        "h3",
        {},
        toggle,
        zone.leftAlone ? make("span", { class: "tag good" }, "left alone") : null,
        zone.agreed ? make("span", { class: "tag good" }, "settled") : null,
        zone.settled ? null : make("span", { class: "tag warn" }, "not settled"),
      ),
      make(
        "p",
        {},
        `${plural(zone.units.length, "district")}, ${people(held)} people. Now: ${list(homes, 4)}.`,
      ),
      isOpen ? this.inside(zone) : null,
    );
  }

  inside(zone) {
    const { desk } = this;
    return make(
      "div",
      {},
      make("p", {}, zone.why),
      reasonFor(desk),
      casesTable(desk, desk.table.options(zone), zone.title, (option) => this.settle(zone, option)),
    );
  }

  settle(zone, option) {
    this.settled = zone.key;
    this.desk.settle(zone, option);
  }

  toggle(zone) {
    const wanted = this.open === zone.key ? null : zone.key;
    this.open = wanted;
    if (wanted) this.desk.chooseMany(zone.units, { zoom: true, panel: false });
    this.draw();
    this.focusOn(zone.key);
  }

  /** Open the next zone (or the previous), and go there with map and focus. */
  step(by) {
    const zones = this.desk.zones();
    if (!zones.length) return this.desk.say("There is no contested ground.");
    const at = zones.findIndex((zone) => zone.key === this.open);
    const next = zones[(at + by + zones.length) % zones.length];
    this.desk.openPanel("contested");
    this.open = next.key;
    this.desk.chooseMany(next.units, { zoom: true, panel: false });
    this.draw();
    this.focusOn(next.key);
    return this.desk.say(`${next.title}. ${next.why}`);
  }

  focusOn(key) {
    const at = this.desk.zones().findIndex((zone) => zone.key === key);
    const item = this.node.querySelectorAll(".zones > li")[at];
    const toggle = item?.querySelector("h3 .button");
    toggle?.focus({ preventScroll: true });
    item?.scrollIntoView({ block: "start" });
  }
}
