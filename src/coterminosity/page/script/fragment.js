/**
 * The whole log in the fragment of an address: `#ct1.<digest>.<checksum>.<steps>`.
 *
 * The digest names the plan and data that the log belongs to; the checksum tells a link that was
 * cut or changed. Steps are bytes in base64url, each text where it is first needed, so that what
 * is left of a cut link holds whole steps. Flags are left out where replaying the log gives the
 * same ones.
 */

import { checked, ordered } from "./entries.js";
import { flagsOf, isCounted, rememberCounted } from "./flags.js";
import { after, startOf } from "./position.js";
import { Problem } from "./problem.js";
import { Standing } from "./standing.js";

const MARK = "ct1";
const ACTIONS = [
  "move", "swap", "merge", "split", "new_area", "rename", "lock", "unlock", "lock_area",
  "unlock_area", "keep_together", "release", "leave", "note",
];
const AS_COUNTED = 0;

/** The log of a table as a fragment, without the leading "#". */
export function toFragment(table) {
  const { ground } = table;
  const body = written(table);
  return [MARK, ground.digest, checksum(body), toText(body)].join(".");
}

/**
 * The log of a fragment; null where there is none. Throws a Problem whose `kept` holds the steps
 * that could be read.
 */
export function fromFragment(ground, fragment) {
  const text = fragment.replace(/^#/, "");
  if (!text) return null;
  const [mark, digest, sum, steps] = text.split(".");
  if (!/^ct\d+$/.test(mark)) return null;
  if (mark !== MARK) {
    throw new Problem("This link was made by another version of the page; open it there.");
  }
  const isWholeDigest = digest?.length === ground.digest.length;
  if (isWholeDigest && digest !== ground.digest) {
    throw new Problem("This link belongs to another plan or to other data; open it in the page "
      + "that it was made with.");
  }
  const body = fromText(steps ?? "");
  const { entries } = read(ground, body);
  if (isWholeDigest && checksum(body) === sum && toText(body) === steps) return entries;
  const found = entries.length || "none";
  throw Object.assign(
    new Problem(`This link was cut or changed on its way; ${found} of its steps could be read. `
      + "What came of it is kept aside; ask for the link again, or for the file."),
    { kept: entries },
  );
}

// ---- writing ----

function written(table) {
  const { ground, log } = table;
  const texts = new Map();
  const parts = [log.length];
  const put = (...own) => parts.push(...own);
  const putTexts = (...own) => own.forEach((text) => {
    const isNew = !texts.has(text);
    if (isNew) texts.set(text, texts.size);
    put(texts.get(text));
    if (isNew) put(text);
  });
  let time = 0;
  log.forEach((entry, k) => {
    const seconds = Math.floor(Date.parse(entry.time) / 1000);
    const step = seconds - time;
    time = seconds;
    put(2 * ACTIONS.indexOf(entry.action) + (entry.undone ? 1 : 0));
    put(step < 0 ? -2 * step - 1 : 2 * step);
    putTexts(entry.who ?? "", entry.note ?? "");
    const units = (entry.units ?? []).map((code) => ground.unitOf.get(code));
    put(units.length, ...units);
    for (const own of [entry.to ?? [], entry.areas ?? [], entry.names ?? []]) {
      put(own.length);
      putTexts(...own);
    }
    if (hasCountedFlags(table, k)) {
      put(AS_COUNTED);
    } else {
      put((entry.flags ?? []).length + 1);
      putTexts(...(entry.flags ?? []));
    }
  });
  return packed(parts);
}

/** Numbers and texts as bytes. */
function packed(parts) {
  const bytes = [];
  const put = (number) => {
    let rest = number;
    while (rest >= 128) {
      bytes.push((rest % 128) + 128);
      rest = Math.floor(rest / 128);
    }
    bytes.push(rest);
  };
  for (const part of parts) {
    if (typeof part === "number") {
      put(part);
    } else {
      const own = new TextEncoder().encode(part);
      put(own.length);
      for (const byte of own) bytes.push(byte);
    }
  }
  return Uint8Array.from(bytes);
}

/** Whether the flags of a step are those that replaying the log gives. */
function hasCountedFlags(table, k) {
  const entry = table.entries[k];
  if (isCounted(entry)) return true;
  const { ground } = table;
  const [before, then] = [k, k + 1].map((at) => new Standing(ground, table.positions[at]));
  const isSame = String(flagsOf(ground, entry, before, then)) === String(entry.flags ?? []);
  if (isSame) rememberCounted(entry);
  return isSame;
}

// ---- reading ----

class Short extends Error {}

/** Steps as far as they can be read. */
function read(ground, body) {
  let at = 0;
  const byte = () => {
    if (at >= body.length) throw new Short();
    at += 1;
    return body[at - 1];
  };
  const number = () => {
    let value = 0;
    let scale = 1;
    for (;;) {
      const own = byte();
      value += (own % 128) * scale;
      if (own < 128) return value;
      scale *= 128;
      if (scale > 2 ** 49) throw new Short();
    }
  };
  const texts = [];
  const text = () => {
    const own = number();
    if (own === texts.length) {
      const bytes = Array.from({ length: sane(number(), body) }, byte);
      texts.push(new TextDecoder().decode(Uint8Array.from(bytes)));
    }
    if (own >= texts.length) throw new Short();
    return texts[own];
  };
  const entries = [];
  try {
    let position = startOf(ground);
    let standing = new Standing(ground, position);
    let time = 0;
    for (let left = number(); left > 0; left -= 1) {
      const entry = step(ground, { number, text }, time, body);
      time = Date.parse(entry.time) / 1000;
      position = after(ground, position, entry);
      const next = new Standing(ground, position);
      entry.flags ??= flagsOf(ground, entry, standing, next);
      standing = next;
      entries.push(checked(ordered(entry), `step ${entries.length + 1}`));
    }
  } catch (error) {
    // What does not follow from what was read before is not a step.
    if (!(error instanceof Short || error instanceof Problem || error instanceof RangeError)) {
      throw error;
    }
  }
  return { entries };
}

function step(ground, { number, text }, time, body) {
  const many = (read) => Array.from({ length: sane(number(), body) }, read);
  const coded = number();
  const seconds = number();
  const entry = {
    action: ACTIONS[Math.floor(coded / 2)],
    undone: coded % 2 === 1,
    time: `${new Date((time + (seconds % 2 ? -(seconds + 1) / 2 : seconds / 2)) * 1000)
      .toISOString().slice(0, 19)}Z`,
    who: text(),
    note: text(),
  };
  entry.units = many(number).map((unit) => {
    if (unit >= ground.count) throw new Short();
    return ground.codes[unit];
  });
  for (const key of ["to", "areas", "names"]) entry[key] = many(text);
  const flags = number();
  if (flags !== AS_COUNTED) {
    entry.flags = Array.from({ length: sane(flags - 1, body) }, text);
  }
  return entry;
}

/** No list is longer than the bytes that hold it. */
function sane(length, body) {
  if (length > body.length) throw new Short();
  return length;
}

// ---- bytes ----

function toText(bytes) {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

function fromText(text) {
  const usual = text.replace(/-/g, "+").replace(/_/g, "/").replace(/[^A-Za-z0-9+/].*$/s, "");
  // One letter alone holds no byte.
  const whole = usual.length % 4 === 1 ? usual.slice(0, -1) : usual;
  return Uint8Array.from(atob(whole), (letter) => letter.charCodeAt(0));
}

/** CRC-32 in base 36. */
function checksum(bytes) {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ((crc ^ 0xffffffff) >>> 0).toString(36);
}
