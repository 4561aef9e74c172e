/** What is broken now, named, with one click to put it right. */

import { list, people } from "../engine.js";
import { button, drawIcon, fill, make } from "./dom.js";

const CANDIDATES = 3;

export class Alerts {
  constructor(desk) {
    this.desk = desk;
    this.key = "";
    this.node = make("section", { class: "alerts", "aria-label": "Areas in pieces", hidden: true });
  }

  draw() {
    const { desk } = this;
    const rows = desk
      .broken()
      .flatMap((row) => row.parts.map((units) => ({ area: row.area, units })));
    const key = rows
      .map(
        (row) => `${row.area}:${row.units.join()}:${desk.homesFor(row.units).slice(0, CANDIDATES)}`,
      )
      .join("|");
    if (key === this.key) return;
    this.key = key;
    this.node.hidden = !rows.length;
    fill(
      this.node,
      rows.map((row) => this.line(row)),
    );
  }

  line({ area, units }) {
    const { desk } = this;
    const names = list(
      units.map((unit) => desk.ground.names[unit]),
      3,
    );
    const held = units.reduce((total, unit) => total + desk.ground.people[unit], 0);
    const homes = desk
      .homesFor(units)
      .filter((name) => name !== area)
      .slice(0, CANDIDATES);
    const bridges = desk.bridgesFor(area, units).slice(0, Math.max(1, CANDIDATES - homes.length));
    const joined = (unit) => desk.ground.names[unit];
    return make(
      "div",
      { class: "alert" },
      drawIcon("warning"),
      make(
        "div",
        {},
        make(
          "p",
          {},
          make("b", {}, area),
          ` is in pieces: ${names} (${people(held)} people) cut off.`,
        ),
        make(
          "div",
          { class: "row" },
          make(
            "span",
            {},
            homes.length + bridges.length ? "Put it right:" : "No single move puts it right.",
          ),
          homes.map((name) =>
            button(`to ${name}`, () => desk.move(units, name), {
              label: `Move ${names} to ${name}`,
              kind: "small",
            }),
          ),
          bridges.map((unit) =>
            button(`add ${joined(unit)}`, () => desk.move([unit], area), {
              label: `add ${joined(unit)} to ${area}, which joins it again`,
              kind: "small",
            }),
          ),
          button("Show", () => desk.chooseMany(units, { zoom: true }), {
            kind: "small",
            label: `Show ${names} on the map`,
          }),
        ),
      ),
    );
  }
}
