/** Options side by side: each claimant's case and "leave as it is", ranked but not decided. */

import { change, count, list, people, percent, pounds, tenths } from "../engine.js";
import { button, field, make } from "./dom.js";
import { shortName, tone } from "./strip.js";
import { BAND_WORDS } from "./words.js";

function changeIn(value, write, better = 0) {
  const text = change(value, write);
  return make("span", { class: tone(value, text, better) }, text);
}

/** What an area is left with, or comes to have, in a line. */
function outcomeOf(area) {
  if (area.gone) return `${area.area}: no longer an area`;
  const words = [`${people(area.people)} people`];
  if (area.band !== "within") words.push(BAND_WORDS[area.band]);
  if (area.pieces > 1) words.push(`in ${area.pieces} pieces`);
  if (Number.isFinite(area.contracts)) words.push(`${tenths(area.contracts)} contracts`);
  return `${area.area}: ${words.join(", ")}`;
}

function lines(texts, kind) {
  if (!texts.length) return make("span", { class: "same" }, "none");
  return make(
    "ul",
    { class: kind },
    texts.map((text) => make("li", {}, text)),
  );
}

/** Names with their layer: "STPs: Norfolk and Waveney". */
function bodies(desk, option, key) {
  return option.layers
    .filter((layer) => layer[key].length)
    .map((layer) => {
      const drawn = desk.ground.layers.find((other) => other.key === layer.key);
      return `${shortName(drawn)}: ${list(layer[key], 5)}`;
    });
}

/** The rows of the table: a heading and what each option has to show for it. */
function rowsOf(desk, options) {
  const watched = [desk.ground.seedLayer, ...desk.ground.align];
  const rows = [["Split off or merged, in all", (o) => changeIn(o.change, people, -1)]];
  for (const key of watched) {
    const layer = desk.ground.layers.find((other) => other.key === key);
    if (!layer) continue;
    const of = (option) => option.layers.find((other) => other.key === key);
    const name = shortName(layer);
    rows.push([`Split off from their ${name}`, (o) => changeIn(of(o).split, people, -1)]);
    rows.push([`Merged with other ${name}`, (o) => changeIn(of(o).merge, people, -1)]);
  }
  rows.push(
    ["Become the same as an area", (o) => lines(bodies(desk, o, "newlySame"), "up")],
    ["Stop being the same", (o) => lines(bodies(desk, o, "noLongerSame"), "down")],
    ["Bodies made whole", (o) => lines(bodies(desk, o, "newlyWhole"), "up")],
    ["Bodies newly cut", (o) => lines(bodies(desk, o, "newlyCut"), "down")],
    ["Could merge inside the area", (o) => lines(o.couldMerge ?? [], "")],
    ["People who change area", (o) => people(o.people)],
    ["Money that changes area", (o) => pounds(o.pounds)],
    ["Contracts that change area", (o) => tenths(o.contracts)],
    ["Who gains is left with", (o) => lines(o.winners.map(outcomeOf), "")],
    ["Who loses is left with", (o) => lines(o.losers.map(outcomeOf), "")],
  );
  if (desk.ground.need.length) {
    rows.push([
      "Need between areas",
      (o) =>
        lines(
          o.need
            .filter((row) => change(row.change, percent) !== "no change")
            .map((row) => `${row.title}: ${change(row.change, percent)}`),
          "",
        ),
    ]);
  }
  rows.push(["Flags", (o) => lines(o.flags, "flag")]);
  // A row in which nobody has anything to show is left out.
  return rows;
}

/** A field for the reason of the next step; it is empty again once the step is made. */
export function reasonFor(desk) {
  const input = make("input", { type: "text", maxlength: 2000, autocomplete: "off" });
  input.value = desk.reason;
  input.addEventListener("input", () => {
    desk.reason = input.value;
  });
  return field("Reason, for the log", input);
}

function rankWords(option, rank, most, here) {
  const now = option.current ? `how it is now${here ? ` (${here.to})` : ""}, ` : "";
  return `${now}rank ${count(rank)} of ${count(most)}`;
}

/** Table of options; `apply(option)` is called by the button below each. */
export function casesTable(desk, all, caption, apply) {
  // "All to X" where all is in X already is the same as to leave it alone.
  const here = all.find((option) => option.current && option.to);
  const options = all
    .filter((option) => option !== here)
    .map((option) => (option.to || !here ? option : { ...option, couldMerge: here.couldMerge }));
  const heads = options.map((option, k) =>
    make(
      "th",
      { scope: "col", class: option.current ? "current" : null },
      option.title,
      make("div", { class: "quiet small" }, rankWords(option, k + 1, options.length, here)),
    ),
  );
  const body = [];
  for (const [words, write] of rowsOf(desk, options)) {
    const cells = options.map((option) =>
      make("td", { class: option.current ? "current" : null }, write(option)),
    );
    if (cells.every((cell) => cell.textContent === "none")) continue;
    body.push(make("tr", {}, make("th", { scope: "row" }, words), cells));
  }
  const buttons = options.map((option) =>
    make(
      "td",
      { class: option.current ? "current" : null },
      // What is so already can be agreed on as well, rather than only left.
      here && !option.to
        ? button("Settle: stays", () => apply(here), {
            kind: "main",
            label: `Settle: ${caption} stays in ${here.to}`,
          })
        : null,
      button(option.to ? "Apply" : "Leave alone", () => apply(option), {
        kind: option.to ? "main" : "",
        label: option.to ? `Apply: ${option.title}` : `Leave alone: ${caption}`,
      }),
    ),
  );
  body.push(make("tr", {}, make("th", { scope: "row" }, "Decide"), buttons));
  return make(
    "div",
    {
      class: "cases",
      tabindex: "0",
      role: "region",
      "aria-label": `${caption}: options side by side`,
    },
    make(
      "table",
      {},
      make("caption", { class: "unseen" }, `${caption}: options side by side`),
      make(
        "thead",
        {},
        make("tr", {}, make("td", {}, make("span", { class: "unseen" }, "What")), heads),
      ),
      make("tbody", {}, body),
    ),
  );
}
