/** Dialogs: merge, new area, rename, swap, note, keys. The browser keeps focus inside. */

import { button, field, freshId, make, tick } from "./dom.js";
import { helpList } from "./keys.js";
import { plural } from "./words.js";

export class Dialogs {
  constructor(desk, host) {
    this.desk = desk;
    this.host = host;
    this.open = null;
    desk.on("ask", ({ kind, about }) => this.ask(kind, about));
  }

  ask(kind, about) {
    if (this.open) return;
    const makers = {
      merge: () => this.merge(about),
      split: () => this.split(about),
      rename: () => this.rename(about),
      swap: () => this.swap(about),
      note: () => this.noteOn(about),
      help: () => this.help(),
      problem: () => this.problem(about),
    };
    makers[kind]();
  }

  /** Show a dialog; `accept` runs on its main button and keeps it open by returning false. */
  show({ title, body, accept = null, words = "Do it", wide = false }) {
    const id = freshId("title");
    const shut = () => dialog.close();
    const form = make(
      "form",
      {
        method: "dialog",
        onsubmit: (event) => {
          event.preventDefault();
          if (accept && accept() === false) return;
          shut();
        },
      },
      make(
        "div",
        { class: "head" },
        make("h2", { id }, title),
        button("", shut, { icon: "close", label: "Close", kind: "bare" }),
      ),
      make("div", { class: "body" }, body),
      accept
        ? make(
            "div",
            { class: "foot" },
            make("button", { type: "submit", class: "button main" }, words),
            button("Cancel", shut, {}),
          )
        : null,
    );
    const dialog = make("dialog", { "aria-labelledby": id, class: wide ? "wide" : null }, form);
    const before = this.host.getRootNode().activeElement;
    dialog.addEventListener("close", () => {
      dialog.remove();
      this.open = null;
      // What had focus may have been drawn anew by the step that was taken.
      if (before?.isConnected) before.focus({ preventScroll: true });
      else this.desk.tell("refocus");
    });
    // Keys of the page must not act behind the dialog.
    dialog.addEventListener("keydown", (event) => event.stopPropagation());
    this.host.append(dialog);
    this.open = dialog;
    dialog.showModal();
    dialog.querySelector(".body select, .body input, .body textarea")?.focus();
  }

  areaSelect(chosen) {
    const select = make("select", {});
    for (const name of this.desk.areaNames()) select.append(make("option", { value: name }, name));
    if (chosen) select.value = chosen;
    return select;
  }

  /** The first line that says why a dialog cannot be accepted. */
  fault() {
    const node = make("p", { class: "fault", role: "alert", hidden: true });
    node.tellFault = (words) => {
      node.textContent = words;
      node.hidden = false;
      return false;
    };
    return node;
  }

  merge(about) {
    const { desk } = this;
    const goes = this.areaSelect(about ?? desk.areaChosen);
    const stays = this.areaSelect(null);
    const suggest = () => {
      const [near] = desk.homesFor(desk.table.unitsOf(goes.value)).filter((n) => n !== goes.value);
      if (near) stays.value = near;
    };
    goes.addEventListener("change", suggest);
    suggest();
    const reason = reasonField();
    const fault = this.fault();
    this.show({
      title: "Merge two areas",
      words: "Merge",
      body: [
        fault,
        field("Area that is dissolved", goes),
        field("Area that takes it in", stays),
        reason.part,
      ],
      accept: () => {
        if (goes.value === stays.value) return fault.tellFault("Choose two different areas.");
        const [from, to] = [goes.value, stays.value];
        const outcome = desk.take(() => desk.table.merge(to, from, reason.value()));
        if (outcome?.made) desk.chooseArea(to, { quiet: true });
        return true;
      },
    });
  }

  split(about) {
    const { desk } = this;
    const units = about ?? [...desk.selected];
    if (!units.length) {
      desk.say("Choose the districts of the new area first: click them, or draw around them.");
      return;
    }
    const name = make("input", { type: "text", maxlength: 200, autocomplete: "off" });
    const reason = reasonField();
    const fault = this.fault();
    this.show({
      title: "Split off a new area",
      words: "Make the area",
      body: [
        fault,
        make("p", {}, `Of ${desk.sizeOf(units)}.`),
        field("Name of the new area", name),
        reason.part,
      ],
      accept: () => {
        const wanted = name.value.trim();
        if (!wanted) return fault.tellFault("Give the new area a name.");
        if (desk.table.areas.includes(wanted)) {
          return fault.tellFault(`There is an area ${wanted} already; choose another name.`);
        }
        desk.take(() => desk.table.newArea(wanted, units, reason.value()));
        return true;
      },
    });
  }

  rename(about) {
    const { desk } = this;
    const area = this.areaSelect(about ?? desk.areaChosen);
    const name = make("input", { type: "text", maxlength: 200, autocomplete: "off" });
    name.value = area.value;
    area.addEventListener("change", () => {
      name.value = area.value;
    });
    const fault = this.fault();
    this.show({
      title: "Rename an area",
      words: "Rename",
      body: [fault, field("Area", area), field("New name", name)],
      accept: () => {
        const wanted = name.value.trim();
        if (!wanted) return fault.tellFault("Give the area a name.");
        if (wanted !== area.value && desk.table.areas.includes(wanted)) {
          return fault.tellFault(`There is an area ${wanted} already; merge the two instead.`);
        }
        desk.take(() => desk.table.rename(area.value, wanted));
        return true;
      },
    });
  }

  swap(about) {
    const { desk } = this;
    const unit = about ?? [...desk.selected][0];
    if (unit === undefined) {
      desk.say("Choose a district first.");
      return;
    }
    const own = desk.areaName(unit);
    const other = make("select", {});
    // Neighbours of its area first: a swap across a border is the usual case.
    const near = new Set(desk.table.unitsOf(own).flatMap((member) => desk.neighboursOf(member)));
    const option = (k) => {
      const words = `${desk.ground.names[k]} (${desk.areaName(k) || "no area"})`;
      return make("option", { value: k }, words);
    };
    const outside = Array.from(desk.names.keys()).filter((k) => desk.areaName(k) !== own);
    outside.sort((a, b) => desk.ground.names[a].localeCompare(desk.ground.names[b]));
    other.append(
      make(
        "optgroup",
        { label: "Beside its area" },
        outside.filter((k) => near.has(k)).map(option),
      ),
      make("optgroup", { label: "Others" }, outside.filter((k) => !near.has(k)).map(option)),
    );
    this.show({
      title: `Swap ${desk.ground.names[unit]} with another district`,
      words: "Swap",
      body: [make("p", {}, "Each goes to the area of the other."), field("With", other)],
      accept: () => {
        desk.swap(unit, Number(other.value));
        return true;
      },
    });
  }

  noteOn(about) {
    const { desk } = this;
    const unit = about ?? (desk.selected.size === 1 ? [...desk.selected][0] : null);
    const text = make("textarea", { maxlength: 1900 });
    const fault = this.fault();
    const subject = unit === null ? "" : `${desk.ground.names[unit]}: `;
    this.show({
      title: unit === null ? "Add a note" : `Add a note on ${desk.ground.names[unit]}`,
      words: "Add the note",
      body: [fault, field("Note", text)],
      accept: () => {
        if (!text.value.trim()) return fault.tellFault("Write the note first.");
        desk.take(() => desk.table.note(subject + text.value));
        return true;
      },
    });
  }

  help() {
    const { desk } = this;
    const toggle = tick("Single keys are on", desk.keysOn, (on) => {
      desk.keysOn = on;
      desk.session.setting("keys", on ? "on" : "off");
    });
    this.show({
      title: "Keys",
      wide: true,
      body: [
        make(
          "p",
          {},
          "Keys act while focus is inside this page and not in a field. ",
          `There are ${plural(helpList().filter((row) => row.run).length, "shortcut")}.`,
        ),
        make(
          "p",
          {},
          "Drag moves the map and the wheel zooms; with brush or lasso, drag with the right ",
          "button. Shift with a click adds a district to those chosen.",
        ),
        toggle,
        make(
          "ul",
          { class: "keylist" },
          helpList().map((row) =>
            row.part
              ? make("li", { class: "part" }, row.part)
              : make("li", {}, make("span", {}, keysOf(row.keys)), make("span", {}, row.words)),
          ),
        ),
      ],
    });
  }

  /** Something could not be read: say so, and offer what was kept of it. */
  problem({ message, kept }) {
    const { desk } = this;
    this.show({
      title: "This could not be read",
      body: [
        make("p", {}, message),
        make("p", {}, "Nothing on the table was changed."),
        kept
          ? make(
              "p",
              {},
              button(`Save what could be read (${kept.name})`, () => desk.tell("download", kept), {
                icon: "down",
              }),
            )
          : null,
      ],
    });
  }
}

function keysOf(keys) {
  return keys.split(" or ").map((key, k) => [k ? " or " : "", make("kbd", {}, key)]);
}

function reasonField() {
  const input = make("input", { type: "text", maxlength: 2000, autocomplete: "off" });
  const value = () => (input.value.trim() ? { note: input.value } : {});
  return { part: field("Reason, for the log", input), value };
}
