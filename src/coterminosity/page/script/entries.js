/** Entries of the log: what was done, by whom, when and why. */

import { Problem } from "./problem.js";

// Keys in the order in which they are written.
const KEYS = [
  "action", "time", "who", "units", "to", "areas", "names", "note", "flags", "undone",
];
const LISTS = new Set(["units", "to", "areas", "names", "flags"]);
const ASSIGNING = new Set(["move", "swap", "merge", "split", "new_area"]);
// What each action needs beside a time.
const NEEDS = {
  move: ["units", "to"],
  swap: ["units", "to"],
  merge: ["units", "to", "areas"],
  split: ["units", "to"],
  new_area: ["units", "to"],
  rename: ["areas", "names"],
  lock: ["units"],
  unlock: ["units"],
  lock_area: ["areas"],
  unlock_area: ["areas"],
  keep_together: ["units"],
  release: ["units"],
  leave: ["note"],
  note: ["note"],
};
const MOST_LETTERS = 2000;
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;
// Letters that cannot be seen or written, lone halves of rare letters among them.
const UNSEEN = /[\u0000-\u001f\u007f]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;
// What Python's `strip` takes off, beyond the unseen.
const EDGES = /^[ \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+|[ \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+$/g;

/** Whether a step puts units into areas. */
export function isAssigning(entry) {
  return ASSIGNING.has(entry.action);
}

/** A text of a user's on one line, cut at 2,000 letters. */
export function clean(text) {
  const seen = String(text ?? "").replace(UNSEEN, " ").replace(EDGES, "");
  return seen.length <= MOST_LETTERS ? seen : Array.from(seen).slice(0, MOST_LETTERS).join("");
}

/** Now, as entries write it: UTC to the second. */
export function timeNow() {
  return `${new Date().toISOString().slice(0, 19)}Z`;
}

/** An entry with its keys in order and empty ones left out. */
export function ordered(values) {
  const entry = {};
  for (const key of KEYS) {
    const value = values[key];
    const isEmpty = value === undefined || value === null || value === "" || value === false;
    if (!isEmpty && !(Array.isArray(value) && !value.length)) entry[key] = value;
  }
  return entry;
}

/** An entry read from outside, checked; throws a Problem that says where and what. */
export function checked(values, where) {
  if (typeof values !== "object" || values === null || Array.isArray(values)) {
    throw new Problem(`${where}: wanted a step, got ${JSON.stringify(values)}`);
  }
  for (const [key, value] of Object.entries(values)) checkValue(key, value, where);
  const entry = ordered(values);
  const needs = Object.hasOwn(NEEDS, entry.action ?? "") ? NEEDS[entry.action] : null;
  if (!needs) throw new Problem(`${where}: no step is called ${JSON.stringify(entry.action)}`);
  if (!isTime(entry.time ?? "")) {
    throw new Problem(`${where}: wanted a time such as 2026-11-25T20:00:00Z`);
  }
  for (const need of needs) {
    if (!entry[need]) throw new Problem(`${where}: ${entry.action} has no ${need}`);
  }
  const units = entry.units ?? [];
  if (isAssigning(entry) && entry.to.length !== units.length) {
    throw new Problem(`${where}: wanted an area for each of ${units.length} units`);
  }
  if (new Set(units).size < units.length) throw new Problem(`${where}: a unit stands twice`);
  return entry;
}

/** Whether a text is a moment that there is, to the second. */
function isTime(text) {
  const moment = TIME.test(text) ? new Date(text) : new Date(NaN);
  return !Number.isNaN(moment.getTime()) && `${moment.toISOString().slice(0, 19)}Z` === text;
}

function checkValue(key, value, where) {
  if (!KEYS.includes(key)) throw new Problem(`${where}: a step has no ${key}`);
  if (LISTS.has(key)) {
    if (!Array.isArray(value) || !value.every((own) => typeof own === "string")) {
      throw new Problem(`${where}: ${key} must be a list of texts`);
    }
  } else if (key === "undone") {
    if (typeof value !== "boolean") throw new Problem(`${where}: undone must be true or false`);
  } else if (typeof value !== "string") {
    throw new Problem(`${where}: ${key} must be a text`);
  }
}

/** The entry as a block of TOML, one line for each value. */
export function entryToml(entry) {
  const lines = ["[[log]]"];
  for (const [key, value] of Object.entries(ordered(entry))) {
    const text = Array.isArray(value)
      ? `[${value.map((own) => JSON.stringify(own)).join(", ")}]`
      : JSON.stringify(value);
    // The one letter that JSON writes plainly and TOML does not take.
    lines.push(`${key} = ${text}`.replaceAll("\u007f", "\\u007f"));
  }
  return `${lines.join("\n")}\n`;
}
