/** Save, open, copy a link, print: what leaves the page and comes in. */

import { button, freshId, make, setAttribute } from "./dom.js";

const LARGEST = 20e6; // bytes of a file that is read at all

export class FilesMenu {
  constructor(desk) {
    this.desk = desk;
    this.input = make("input", {
      type: "file",
      accept: ".toml,.txt",
      class: "unseen",
      tabindex: "-1",
      "aria-label": "Scenario file",
    });
    this.input.addEventListener("change", () => this.open());
    const item = (words, action, key) =>
      make(
        "li",
        {},
        make(
          "button",
          {
            type: "button",
            class: "button",
            "aria-keyshortcuts": key,
            onclick: () => {
              this.unfold(false);
              this.toggle.focus();
              action();
            },
          },
          make("span", {}, words),
          key ? make("kbd", { "aria-hidden": "true" }, key) : null,
        ),
      );
    this.list = make(
      "ul",
      { id: freshId("files"), hidden: true },
      item("Save the scenario", () => this.save(), "s"),
      item("Open a scenario\u2026", () => this.choose(), "Shift+O"),
      item("Copy a link to this plan", () => this.copyLink(), "h"),
      item("Plan as CSV", () => this.sheet("plan"), "e"),
      item("Areas as CSV", () => this.sheet("areas")),
      item("Layers as CSV", () => this.sheet("layers")),
      item("Log as CSV", () => this.sheet("log")),
      item("Print", () => this.print(), "Ctrl+P"),
      item("Back to how the page came", () => desk.reset()),
    );
    this.toggle = button("Files", () => this.unfold(this.list.hidden), {
      icon: "more",
      "aria-controls": this.list.id,
    });
    setAttribute(this.toggle, "aria-expanded", "false");
    this.node = make("div", { class: "menu" }, this.toggle, this.list, this.input);
    this.node.addEventListener("focusout", (event) => {
      if (!this.node.contains(event.relatedTarget)) this.unfold(false);
    });
    this.node.addEventListener("keydown", (event) => this.press(event));
    desk.on("download", (file) => this.download(file));
  }

  unfold(open) {
    this.list.hidden = !open;
    setAttribute(this.toggle, "aria-expanded", String(open));
    this.desk.tell("menu", open);
  }

  press(event) {
    if (event.key === "Escape" && !this.list.hidden) {
      event.stopPropagation();
      this.unfold(false);
      this.toggle.focus();
      return;
    }
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    this.unfold(true);
    const items = [...this.list.querySelectorAll("button")];
    const at = items.indexOf(event.target);
    items[(at + step + items.length) % items.length].focus();
  }

  save() {
    const file = this.desk.session.file();
    this.download(file);
    this.desk.say(`Saved as ${file.name}.`);
  }

  sheet(which) {
    const file = this.desk.session.sheet(which);
    this.download(file);
    this.desk.say(`Saved as ${file.name}.`);
  }

  download({ name, text }) {
    const address = URL.createObjectURL(new Blob([text], { type: "text/plain" }));
    const link = make("a", { href: address, download: name });
    this.node.append(link);
    link.click();
    link.remove();
    setTimeout(() => URL.revokeObjectURL(address), 10_000);
  }

  choose() {
    this.input.value = "";
    this.input.click();
  }

  async open() {
    const [file] = this.input.files;
    if (!file) return;
    if (file.size > LARGEST) {
      this.desk.say(`${file.name} is too large to be a scenario.`, [], "refused");
      return;
    }
    const outcome = this.desk.session.open(await file.text());
    if (outcome.opened) this.desk.say(outcome.message);
    else {
      this.desk.say(outcome.message, [], "refused");
      this.desk.ask("problem", { message: outcome.message, kept: this.desk.session.kept });
    }
  }

  async copyLink() {
    const link = this.desk.session.link();
    try {
      await navigator.clipboard.writeText(link);
      this.desk.say("The link is copied. It holds the whole plan and opens with this same page.");
    } catch {
      // Pages opened as files may not write to the clipboard: the old way through a selection.
      const copied = this.copyBySelection(link);
      this.desk.say(
        copied
          ? "The link is copied. It holds the whole plan and opens with this same page."
          : "The browser does not let the page copy; the link stands in the address bar.",
      );
    }
  }

  copyBySelection(text) {
    const before = this.node.getRootNode().activeElement;
    const area = make("textarea", { class: "unseen", "aria-hidden": "true", tabindex: "-1" });
    area.value = text;
    this.node.append(area);
    area.select();
    const copied = document.execCommand("copy");
    area.remove();
    before?.focus();
    return copied;
  }

  print() {
    window.print();
  }
}
