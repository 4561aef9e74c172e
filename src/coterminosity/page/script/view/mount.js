/** The page put together: bar, strip, ground, panels, status; what each change redraws. */

import { Alerts } from "./alerts.js";
import { patternsOf } from "./colours.js";
import { WorkingDesk } from "./deeds.js";
import { Dialogs } from "./dialogs.js";
import { button, field, freshId, make, makeSvg, setAttribute, setText, tick } from "./dom.js";
import { DistrictsTable } from "./districts.js";
import { FilesMenu } from "./files_menu.js";
import { listenToKeys } from "./keys.js";
import { MapFocus } from "./mapfocus.js";
import { MapLayers } from "./maplayers.js";
import { MapTools } from "./maptools.js";
import { MapView } from "./mapview.js";
import { Panels } from "./panels.js";
import { PrintSheet } from "./print_sheet.js";
import { Search } from "./search.js";
import { Status } from "./status.js";
import { Strip } from "./strip.js";
import { Toolbar } from "./toolbar.js";
import { Wishes } from "./wishes.js";
import { plural } from "./words.js";

const SETTLING = 30; // milliseconds
const MODE_WORDS = {
  now: "",
  start: "As at the start",
  difference: "Moved since the start: blue outline; dashed: borders that are gone",
};

/** Put the page into an element; returns a function that takes it out again. */
export function mount(root, session, { kind = "page" } = {}) {
  const page = new Page(root, session, kind);
  return () => page.end();
}

class Page extends Wishes {
  constructor(root, session, kind) {
    super();
    this.root = root;
    this.session = session;
    this.kind = kind;
    this.desk = new WorkingDesk(session.table, session);
    this.desk.keysOn = session.setting("keys") !== "off";
    this.build();
    this.wire();
    this.drawAll();
    this.greet();
  }

  build() {
    this.makeParts();
    const ids = { ground: freshId("ground"), side: freshId("panel") };
    this.badge = make("p", { class: "mapbadge", hidden: true });
    this.mapbox = make(
      "div",
      { class: "mapbox" },
      this.map.svg,
      this.zoomButtons(),
      this.layers.node,
      this.badge,
      this.pointer.tip,
      this.mapNote(),
    );
    this.ground = make(
      "main",
      { class: "ground", id: ids.ground, tabindex: "-1", "aria-label": "Map and districts" },
      this.tools.node,
      this.mapbox,
      this.table.node,
    );
    this.side = make(
      "section",
      { class: "panel", id: ids.side, tabindex: "-1", "aria-label": "Figures and choices" },
      this.alerts.node,
      this.panels.tabs,
      this.panels.pages,
    );
    this.frame = make(
      "div",
      { class: "frame" },
      this.skips(ids),
      this.bar(),
      this.strip.node,
      this.ground,
      this.side,
      this.status.node,
      this.sheet.node,
      makeSvg("svg", { class: "unseen", "aria-hidden": "true" }, patternsOf(this.desk.keyPatterns)),
    );
    this.host = make("div", { class: `ctm as-${this.kind}`, lang: "en-GB" }, this.frame);
    this.root.append(this.host);
    this.dialogs = new Dialogs(this.desk, this.host);
  }

  makeParts() {
    const { desk } = this;
    this.map = new MapView(desk);
    this.pointer = new MapTools(desk, this.map);
    this.layers = new MapLayers(desk, this.map);
    this.focus = new MapFocus(desk, this.map);
    this.table = new DistrictsTable(desk);
    this.tools = new Toolbar(desk, this);
    this.search = new Search(desk);
    this.files = new FilesMenu(desk);
    this.strip = new Strip(desk);
    this.status = new Status(desk);
    this.alerts = new Alerts(desk);
    this.panels = new Panels(desk);
    this.contested = this.panels.of("contested");
    this.sheet = new PrintSheet(desk);
  }

  skips(ids) {
    const link = (id, target, words) =>
      make("a", { href: `#${id}`, onclick: (event) => this.skip(event, target) }, words);
    return make(
      "div",
      { class: "skips" },
      link(ids.ground, this.ground, "Skip to the map"),
      link(ids.side, this.side, "Skip to the figures"),
      link(ids.ground, null, "Skip to the table of districts"),
    );
  }

  /** Links inside a page would change its address, which holds the plan. */
  skip(event, target) {
    event.preventDefault();
    if (target) target.focus();
    else this.toTable();
  }

  bar() {
    const { desk } = this;
    this.speaker = make("input", {
      type: "text",
      class: "speaker",
      maxlength: 200,
      autocomplete: "off",
      "aria-keyshortcuts": "w",
    });
    this.speaker.value = desk.table.who ?? "";
    this.speaker.addEventListener("input", () => {
      desk.table.who = this.speaker.value;
      this.session.setting("who", this.speaker.value);
    });
    this.strict = tick("Strict", desk.table.strict, (on) => desk.setStrict(on), {
      title: "Refuse a step that breaks a lock, the size band or contiguity (q)",
    });
    this.undo = button("Undo", () => desk.undo(), { icon: "undo", key: "u", label: "Undo" });
    this.redo = button("Redo", () => desk.redo(), { icon: "redo", key: "Shift+U", label: "Redo" });
    this.summary = make("p", {});
    return make(
      "header",
      { class: "bar" },
      make("div", { class: "title" }, make("h1", {}, desk.ground.name), this.summary),
      this.search.node,
      field("Speaking", this.speaker, { kind: "inline" }),
      this.strict,
      make(
        "div",
        { class: "group brief", role: "group", "aria-label": "Steps" },
        this.undo,
        this.redo,
      ),
      this.files.node,
      button("?", () => desk.ask("help"), { label: "Keys and help", key: "?" }),
    );
  }

  zoomButtons() {
    const act = (words, icon, action, key) => button("", action, { icon, label: words, key });
    this.capital = this.capitalUnits();
    return make(
      "div",
      { class: "corner zoom", role: "group", "aria-label": "Zoom" },
      act("Zoom in", "plus", () => this.map.viewport.zoom(1.5), "+"),
      act("Zoom out", "minus", () => this.map.viewport.zoom(1 / 1.5), "-"),
      act("Whole map", "whole", () => this.map.viewport.showAll(), "0"),
      this.capital.length
        ? button("London", () => this.zoomToCapital(), { key: "9", kind: "wide" })
        : null,
    );
  }

  mapNote() {
    const { notes } = this.desk.ground;
    const schematic = this.desk.ground.map.kind === "schematic";
    const told = [notes.source, notes.licence].filter(Boolean);
    const words = told.map((own) => own.replace(/\.?$/, ".")).join(" ");
    this.note = make(
      "p",
      { class: "mapnote" },
      schematic
        ? make("b", {}, `${notes.schematic || "Schematic: cells around centres, not boundaries."} `)
        : null,
      words,
    );
    return this.note;
  }

  // ---- what redraws what ----

  wire() {
    const { desk } = this;
    this.ends = [
      desk.table.subscribe(({ kind, message, kept }) =>
        kind === "trouble" ? this.warn(message, kept) : this.changed(),
      ),
    ];
    desk.on("chosen", (how) => this.onChosen(how));
    desk.on("tool", () => this.drawTools());
    desk.on("strict", () => {
      this.strict.querySelector("input").checked = desk.table.strict;
    });
    desk.on("mode", () => {
      this.drawTools();
      this.map.draw();
      this.map.drawRest();
    });
    desk.on("view", () => this.drawView());
    desk.on("panel", () => {
      this.panels.draw();
      this.layers.peek(desk.panel === "contested");
    });
    desk.on("zoom", (units) => this.map.zoomTo(units));
    desk.on("body", ({ layer, region }) => this.map.showRegion(layer, region));
    desk.on("pointed", (unit) => this.focus.follow(unit));
    desk.on("menu", (open) => {
      for (const part of [this.ground, this.side, this.status.node]) part.inert = open;
    });
    desk.on("refocus", () => this.panels.focusPage());
    // A page has no other cells to leave keys to, and focus is often on its body.
    // A page hears keys wherever focus is; a cell of a notebook leaves those of others alone.
    const heard = this.kind === "page" ? document : this.host;
    this.ends.push(listenToKeys(heard, { desk, view: this }));
    const sizes = new ResizeObserver(() => this.measure());
    sizes.observe(this.mapbox);
    this.ends.push(() => sizes.disconnect());
    const before = () => this.beforePrint();
    const after = () => this.measure();
    window.addEventListener("beforeprint", before);
    window.addEventListener("afterprint", after);
    this.ends.push(() => window.removeEventListener("beforeprint", before));
    this.ends.push(() => window.removeEventListener("afterprint", after));
  }

  /** After a step: the map and the strip at once, panels when the frame has been drawn. */
  changed() {
    this.desk.learn();
    this.map.draw();
    this.drawSteps();
    this.later();
  }

  later() {
    if (this.due) return;
    this.due = requestAnimationFrame(() => {
      setTimeout(() => {
        this.due = 0;
        if (this.ended) return;
        this.strip.draw();
        this.alerts.draw();
        this.map.drawRest();
        this.tools.draw();
        this.focus.refresh();
        clearTimeout(this.settling);
        this.settling = setTimeout(() => this.settle(), SETTLING);
      });
    });
  }

  /** Tables and options take longest: they wait until steps stop coming in. */
  settle() {
    if (this.ended) return;
    this.panels.draw();
    this.table.draw();
  }

  measure() {
    this.map.viewport.measure(this.note.offsetHeight);
  }

  drawAll() {
    this.measure();
    this.map.draw();
    this.map.drawRest();
    this.drawSteps();
    this.drawTools();
    this.strip.draw();
    this.alerts.draw();
    this.panels.draw();
  }

  drawSteps() {
    const { table } = this.desk;
    // Disabled buttons would lose focus under a keyboard; these say that there is no step.
    setAttribute(this.undo, "aria-disabled", table.canUndo ? null : "true");
    setAttribute(this.redo, "aria-disabled", table.canRedo ? null : "true");
    const steps = plural(table.cursor, "step");
    setText(this.summary, table.cursor ? `${steps} since the start` : "As at the start");
  }

  drawTools() {
    this.tools.draw();
    this.map.svg.setAttribute("class", `map ${this.desk.tool}`);
    setText(this.badge, MODE_WORDS[this.desk.mode]);
    this.badge.hidden = this.desk.mode === "now";
  }

  drawView() {
    const isMap = this.desk.view === "map";
    this.mapbox.hidden = !isMap;
    this.table.show(!isMap);
    this.drawTools();
    if (isMap) this.measure();
  }

  onChosen({ zoom, toMove }) {
    this.map.hideRegion();
    this.map.drawChosen();
    if (zoom && zoom.length) this.map.zoomTo(zoom);
    this.panels.draw();
    this.table.draw();
    this.drawTools();
    this.focus.refresh();
    if (toMove) this.toGoal();
  }

  beforePrint() {
    this.sheet.draw();
    this.map.viewport.frame(688, 775);
  }

  greet() {
    const { session, desk } = this;
    if (session.messages?.length) {
      this.warn(session.messages.join(" "), session.kept);
      return;
    }
    desk.say("Choose a district, or press ? for all keys.");
  }

  /** Say what went wrong, and offer what could be read of a link or file. */
  warn(message, kept) {
    this.desk.say(message);
    if (kept) this.desk.ask("problem", { message, kept });
  }

  end() {
    this.ended = true;
    for (const end of this.ends) end();
    this.host.remove();
  }
}
