/** Tabs on the right and the page of each; only the page in sight is drawn. */

import { count } from "../engine.js";
import { AreasPanel } from "./areas_panel.js";
import { ChosenPanel } from "./chosen_panel.js";
import { ContestedPanel } from "./contested_panel.js";
import { freshId, make, setAttribute, setText } from "./dom.js";
import { FiguresPanel } from "./figures_panel.js";
import { LogPanel } from "./log_panel.js";

const PANELS = [
  { key: "chosen", words: "Chosen", maker: ChosenPanel },
  { key: "figures", words: "Figures", maker: FiguresPanel },
  { key: "areas", words: "Areas", maker: AreasPanel },
  { key: "contested", words: "Contested", maker: ContestedPanel },
  { key: "log", words: "Log", maker: LogPanel },
];

export class Panels {
  constructor(desk) {
    this.desk = desk;
    this.all = new Map();
    this.tabs = make("div", { class: "tabs", role: "tablist", "aria-label": "Panels" });
    this.pages = make("div", {
      class: "page",
      role: "tabpanel",
      tabindex: "0",
      id: freshId("page"),
    });
    for (const { key, words, maker } of PANELS) {
      const badge = make("span", { class: "badge" });
      const meaning = make("span", { class: "unseen" });
      badge.hidden = true;
      const tab = make(
        "button",
        {
          type: "button",
          role: "tab",
          class: "tab",
          id: freshId("tab"),
          "aria-controls": this.pages.id,
          onclick: () => desk.openPanel(key),
        },
        words,
        badge,
        meaning,
      );
      this.tabs.append(tab);
      this.all.set(key, { tab, badge, meaning, panel: new maker(desk) });
    }
    this.tabs.addEventListener("keydown", (event) => this.press(event));
  }

  of(key) {
    return this.all.get(key).panel;
  }

  press(event) {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const keys = [...this.all.keys()];
    let at = keys.indexOf(this.desk.panel);
    if (step) at = (at + step + keys.length) % keys.length;
    else if (event.key === "Home") at = 0;
    else if (event.key === "End") at = keys.length - 1;
    else return;
    event.preventDefault();
    this.desk.openPanel(keys[at]);
    this.all.get(keys[at]).tab.focus();
  }

  focusTab(key) {
    this.all.get(key).tab.focus();
  }

  focusPage() {
    this.pages.focus({ preventScroll: true });
  }

  draw() {
    const { desk } = this;
    for (const [key, { tab }] of this.all) {
      const open = key === desk.panel;
      setAttribute(tab, "aria-selected", String(open));
      setAttribute(tab, "tabindex", open ? "0" : "-1");
    }
    const { tab, panel } = this.all.get(desk.panel);
    setAttribute(this.pages, "aria-labelledby", tab.id);
    this.drawBadges();
    const other = this.pages.firstChild !== panel.node;
    const again = keptFocus(this.pages);
    panel.draw();
    if (other) {
      this.pages.replaceChildren(panel.node);
      this.pages.scrollTop = 0;
    }
    again();
  }

  drawBadges() {
    const open = this.desk.zones().filter((zone) => !zone.settled && !zone.leftAlone).length;
    this.badge("contested", open, "not settled");
    this.badge("log", this.desk.table.cursor, "steps");
  }

  badge(key, number, words) {
    const { badge, meaning } = this.all.get(key);
    badge.hidden = !number;
    setText(badge, count(number));
    setText(meaning, number ? ` ${words}` : "");
  }
}

/** Remember which control has focus, to give focus to its successor after drawing anew. */
function keptFocus(host) {
  const held = host.getRootNode().activeElement;
  if (!held || held === host || !host.contains(held)) return () => {};
  const wordsOf = (node) => node.getAttribute("aria-label") ?? node.textContent.slice(0, 60);
  const nameOf = (node) => `${node.tagName} ${wordsOf(node)} ${node.className}`;
  const name = nameOf(held);
  const all = () => [...host.querySelectorAll("button, select, input, summary, [tabindex='0']")];
  const at = all()
    .filter((node) => nameOf(node) === name)
    .indexOf(held);
  const caret = held.selectionStart ?? null;
  return () => {
    // What had focus is still there, or a panel has given focus on.
    const now = host.getRootNode().activeElement;
    if (now !== host && host.contains(now)) return;
    const same = all().filter((node) => nameOf(node) === name);
    const next = same[at] ?? same[0] ?? host;
    next.focus({ preventScroll: true });
    if (caret !== null && next.type === "text") next.setSelectionRange(caret, caret);
  };
}
