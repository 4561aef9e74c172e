/** Scenario files: the head that Python wrote, and the log; byte for byte what Python writes. */

import { checked, entryToml } from "./entries.js";
import { Problem } from "./problem.js";

const FIRST_STEP = /^\[\[log\]\]$/m;

/** The scenario as a file. */
export function toFile(ground, log) {
  return [ground.head, ...log.map(entryToml)].join("\n");
}

/**
 * The log of a scenario file, checked.
 *
 * The head must be that of this page: a file of other data or another start is refused, with what
 * differs. Returns entries; throws a Problem in one sentence, whose `kept` holds what was read.
 */
export function fromFile(ground, text) {
  const plain = text.replace(/^\uFEFF/, "").replace(/\r\n/g, "\n");
  const found = FIRST_STEP.exec(plain);
  const head = (found ? plain.slice(0, found.index) : plain).trimEnd();
  if (!head.startsWith('format = "coterminosity scenario ')) {
    throw new Problem(
      'This is not a scenario file: its first line is not format = "coterminosity scenario 1".');
  }
  if (head !== ground.head.trimEnd()) {
    throw new Problem(
      `This scenario does not start from the plan of this page: ${difference(head, ground.head)}`);
  }
  return found ? blocks(plain.slice(found.index)) : [];
}

/** The first thing in which two heads differ, in words. */
function difference(head, own) {
  const of = (text, key) => new RegExp(`^${key} = (.*)$`, "m").exec(text)?.[1] ?? "nothing";
  if (of(head, "format") !== of(own, "format")) {
    return `it has format ${of(head, "format")}, the page ${of(own, "format")}; open it with the `
      + "version of coterminosity that wrote it.";
  }
  const inputs = /^\[inputs\]$[^[]*/m;
  if (inputs.exec(head)?.[0].trim() !== inputs.exec(own)?.[0].trim()) {
    return "it was made of other data (their hashes differ); make a page of that scenario with "
      + "coterminosity page.";
  }
  if (of(head, "name") !== of(own, "name")) {
    return `it is called ${of(head, "name")}, this page ${of(own, "name")}; make a page of that `
      + "scenario with coterminosity page.";
  }
  return "its base plan, locks, brief or versions differ; make a page of that scenario with "
    + "coterminosity page.";
}

function blocks(text) {
  const entries = [];
  let values = null;
  text.split("\n").forEach((line, number) => {
    const where = `step ${entries.length + (values ? 1 : 0)}`;
    if (line === "[[log]]") {
      if (values) entries.push(checkedStep(values, where, entries));
      values = {};
    } else if (line.trim()) {
      const pair = /^([a-z_]+) = (.*)$/.exec(line);
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
