/** Scenario files: the head that Python wrote, and the log; byte for byte what Python writes. */

import { checked, entryToml } from "./entries.js";
import { count } from "./figures.js";
import { Problem } from "./problem.js";

// Lines end with "\n" only: a text may hold U+2028, which patterns take for the end of a line.
const FIRST_STEP = "\n[[log]]\n";
// The last block tells a file that was cut off from one that is whole.
const END = /\n\[end\]\nsteps = (\d+)\s*$/;

/** The scenario as a file. */
export function toFile(ground, log) {
  return [ground.head, ...log.map(entryToml), `[end]\nsteps = ${log.length}\n`].join("\n");
}

/**
 * The log of a scenario file, checked.
 *
 * The head must start from the plan of this page: other data or another plan is refused, with what
 * differs. Returns entries; throws a Problem in one sentence, whose `kept` holds what was read.
 */
export function fromFile(ground, text) {
  const whole = text.replace(/^\uFEFF/, "").replace(/\r\n/g, "\n");
  if (!whole.startsWith('format = "coterminosity scenario ')) {
    throw new Problem(
      'This is not a scenario file: its first line is not format = "coterminosity scenario 1".');
  }
  const end = END.exec(whole);
  const plain = end ? whole.slice(0, end.index + 1) : whole;
  const found = plain.indexOf(FIRST_STEP);
  const head = found < 0 ? plain : plain.slice(0, found + 1);
  const differing = difference(tables(head), tables(ground.head));
  if (differing && (end || found >= 0)) {
    throw new Problem(`This scenario does not start from the plan of this page: ${differing}`);
  }
  const entries = found < 0 ? [] : blocks(plain.slice(found + 1));
  if (!end) throw cut(`This file was cut off: ${stepsOf(entries.length)} of it could be read.`, entries);
  const told = Number(end[1]);
  if (told !== entries.length) {
    throw cut(`This file lacks steps or was changed by hand: its end tells of ${stepsOf(told)}, `
      + `and it has ${entries.length}.`, entries);
  }
  return entries;
}

const stepsOf = (number) => (number === 1 ? "1 step" : `${count(number)} steps`);

/** Lines of each table of a head, by its title; "" for those before the first. */
function tables(head) {
  const found = { "": [] };
  let title = "";
  for (const line of head.split("\n")) {
    if (/^\[/.test(line)) {
      title = line;
      found[title] ??= [];
    } else if (line) {
      found[title].push(line);
    }
  }
  return found;
}

/**
 * What two heads differ in that matters, in words; "" where one log fits both. Names and the
 * version that wrote them may differ.
 */
function difference(other, own) {
  const lines = (of, title) => (of[title] ?? []).join("\n");
  const form = (of) => of[""].find((line) => line.startsWith("format = "));
  if (form(other) !== form(own)) {
    return `its first line is ${form(other)}, and not ${form(own)}; open it with the version of `
      + "coterminosity that wrote it.";
  }
  if (lines(other, "[inputs]") !== lines(own, "[inputs]")) {
    return "it was made of other data (their hashes differ); make a page of that scenario with "
      + "coterminosity page.";
  }
  const titles = new Set([...Object.keys(other), ...Object.keys(own)]);
  ["", "[versions]", "[inputs]"].forEach((title) => titles.delete(title));
  if ([...titles].some((title) => lines(other, title) !== lines(own, title))) {
    return "its base plan, locks or brief differ; make a page of that scenario with "
      + "coterminosity page.";
  }
  return "";
}

function blocks(text) {
  const entries = [];
  let values = null;
  text.split("\n").forEach((line, number) => {
    const where = `step ${entries.length + 1}`;
    if (line === "[[log]]") {
      if (values) entries.push(checkedStep(values, where, entries));
      values = {};
    } else if (line.trim()) {
      const pair = /^([a-z_]+) = ([^\n]*)$/.exec(line);
      const value = pair ? parsed(pair[2]) : undefined;
      if (value === undefined) {
        throw cut(`${where}: line ${number + 1} of the log cannot be read.`, entries);
      }
      values[pair[1]] = value;
    }
  });
  if (values) entries.push(checkedStep(values, `step ${entries.length + 1}`, entries));
  return entries;
}

function checkedStep(values, where, before) {
  try {
    return checked(values, where);
  } catch (error) {
    if (error instanceof Problem) throw cut(error.message, before);
    throw error;
  }
}

function cut(message, entries) {
  return Object.assign(new Problem(message), { kept: [...entries] });
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
