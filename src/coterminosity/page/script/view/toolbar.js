/** The tools above the map: view, tool, area of the brush, comparison with the start. */

import { makeSwatch } from "./colours.js";
import { button, fill, make, setAttribute } from "./dom.js";

const TOOLS = [
  { key: "select", words: "Select", icon: "select", press: "v" },
  { key: "paint", words: "Paint", icon: "paint", press: "p" },
  { key: "lasso", words: "Lasso", icon: "lasso", press: "l" },
];
const MODES = [
  { key: "now", words: "Now" },
  { key: "start", words: "Start" },
  { key: "difference", words: "Difference" },
];
const VIEWS = [
  { key: "map", words: "Map", press: "m" },
  { key: "table", words: "Districts", press: "d" },
];

/** A row of buttons of which one is pressed. */
function choiceOf(label, choices, act, kind = "") {
  const buttons = new Map();
  for (const choice of choices) {
    buttons.set(
      choice.key,
      button(choice.words, () => act(choice.key), {
        icon: choice.icon,
        key: choice.press,
        label: choice.icon ? choice.words : undefined,
      }),
    );
  }
  const node = make("div", { class: `group ${kind}`.trim(), role: "group", "aria-label": label }, [
    ...buttons.values(),
  ]);
  const press = (key) => {
    for (const [name, own] of buttons) setAttribute(own, "aria-pressed", String(name === key));
  };
  return { node, press };
}

export class Toolbar {
  constructor(desk, view) {
    this.desk = desk;
    this.views = choiceOf(
      "View",
      VIEWS,
      (key) => (key === "map" ? view.toMap() : view.toTable()),
      "says",
    );
    this.tools = choiceOf("Tool", TOOLS, (key) =>
      key === "paint" ? view.paint() : desk.setTool(key),
    );
    this.modes = choiceOf("Compare with the start", MODES, (key) => desk.setMode(key), "says");
    this.brush = make("select", { "aria-label": "Area to paint into", "aria-keyshortcuts": "a" });
    this.brush.addEventListener("change", () => desk.setBrush(this.brush.value));
    this.brushKey = makeSwatch();
    this.into = make(
      "div",
      { class: "field inline" },
      make("span", { class: "quiet into" }, "into"),
      this.brushKey,
      this.brush,
    );
    this.node = make(
      "div",
      { class: "tools", role: "group", "aria-label": "Tools" },
      this.views.node,
      this.tools.node,
      this.into,
      this.modes.node,
    );
  }

  draw() {
    const { desk } = this;
    this.views.press(desk.view);
    this.tools.press(desk.tool);
    this.modes.press(desk.mode);
    this.tools.node.hidden = desk.view !== "map";
    this.modes.node.hidden = desk.view !== "map";
    this.into.hidden = desk.view !== "map" || desk.tool !== "paint";
    this.drawBrush();
  }

  drawBrush() {
    const { desk } = this;
    const names = desk.areaNames();
    const wanted = names.join("\n");
    if (this.stocked !== wanted) {
      this.stocked = wanted;
      fill(
        this.brush,
        make("option", { value: "" }, "Choose an area"),
        names.map((name) => make("option", { value: name }, name)),
      );
    }
    if (this.brush.value !== desk.brush) this.brush.value = desk.brush;
    desk.paintSwatch(this.brushKey, desk.brush);
  }
}
