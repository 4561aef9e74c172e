/**
 * Figures as people read them; Python writes the same digits.
 *
 * Python rounds a half to the even neighbour, JavaScript away from zero. People are whole numbers
 * or halves of them, so that halves do occur; `rounded` follows Python.
 */

const MINUS = "−";
const NONE = "–";

/** A number with so many decimals, as Python's `format(value, ".1f")`. */
export function rounded(value, decimals) {
  const size = Math.abs(value);
  const text = size.toFixed(decimals);
  // Only an odd multiple of 1 / 2^(decimals + 1) lies exactly between two decimals.
  const doubled = size * 2 ** (decimals + 1);
  const isTie = Number.isInteger(doubled) && doubled % 2 === 1;
  const isOdd = Number(text[text.length - 1]) % 2 === 1;
  if (!isTie || !isOdd) return text;
  return (size - 0.5 / 10 ** decimals).toFixed(decimals);
}

function grouped(value, decimals) {
  const [whole, rest] = rounded(value, decimals).split(".");
  const commas = whole.replace(/\B(?=(\d{3})+$)/g, ",");
  return rest === undefined ? commas : `${commas}.${rest}`;
}

function signed(value, text) {
  // What rounds to nought has no sign.
  return value < 0 && /[1-9]/.test(text) ? MINUS + text : text;
}

function shown(value, decimals) {
  return Number.isFinite(value) ? signed(value, grouped(value, decimals)) : NONE;
}

/** 1234567 -> "1,234,567" */
export function count(value) {
  return shown(value, 0);
}

/** Contracts, which are few, with one decimal: 2.88 -> "2.9". */
export function tenths(value) {
  return shown(value, 1);
}

/** People, whole: 1234567.5 -> "1,234,568". */
export function people(value) {
  return shown(value, 0);
}

/** £ in millions with one decimal: 1234567890 -> "£1,234.6m". */
export function pounds(value) {
  if (!Number.isFinite(value)) return NONE;
  return signed(value, `£${grouped(value / 1e6, 1)}m`);
}

/** £ a head, whole: 1935.2 -> "£1,935". */
export function perHead(value) {
  if (!Number.isFinite(value)) return NONE;
  return signed(value, `£${grouped(value, 0)}`);
}

/** A share in per cent with one decimal: 0.2914 -> "29.1%". */
export function percent(value) {
  if (!Number.isFinite(value)) return NONE;
  return `${shown(value * 100, 1)}%`;
}

/** Coterminosity and shares of variance with three decimals: "0.786". */
export function score(value) {
  return shown(value, 3);
}

/** Land in km², whole. */
export function km2(value) {
  return shown(value, 0);
}

/**
 * A change with its sign: change(-1200, people) -> "−1,200", change(5, people) -> "+5".
 * What rounds to nought is "no change".
 */
export function change(value, format) {
  if (!Number.isFinite(value)) return NONE;
  const text = format(value);
  if (!/[1-9]/.test(text)) return "no change";
  return value > 0 ? `+${text}` : text;
}

/** "a", "a and b", "a, b and c"; after `most` of them "and 3 more". */
export function list(texts, most = Infinity) {
  const first = texts.slice(0, most);
  const more = texts.length - first.length;
  if (more > 0) return `${first.join(", ")} and ${more} more`;
  if (first.length < 2) return first.join("");
  return `${first.slice(0, -1).join(", ")} and ${first[first.length - 1]}`;
}

/** Order of texts by code point, as Python sorts them. */
export function byName(one, other) {
  const length = Math.min(one.length, other.length);
  for (let k = 0; k < length; k += 1) {
    const a = one.charCodeAt(k);
    const b = other.charCodeAt(k);
    // Halves of rare letters (from U+D800) stand for letters beyond U+FFFF.
    if (a !== b) return beyond(a) - beyond(b);
  }
  return one.length - other.length;
}

function beyond(unit) {
  if (unit >= 0xe000) return unit - 0x800;
  return unit >= 0xd800 ? unit + 0x2000 : unit;
}
