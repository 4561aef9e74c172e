/** Plain words for what a person sees and hears. Numbers are written by the engine's figures. */

import { count } from "../engine.js";

/** "1 district", "12 districts". */
export function plural(number, one, many = `${one}s`) {
  return `${count(number)} ${number === 1 ? one : many}`;
}

/** Order of names as a reader expects it: "Area 9" before "Area 10". */
const collator = new Intl.Collator("en-GB", { numeric: true });
export const nameOrder = (a, b) => collator.compare(a, b);

export const OPEN_NAME = "No area yet";

export const BAND_WORDS = {
  below: "below the size band",
  within: "within the size band",
  above: "above the size band",
};

/** Time of an entry as a person in the room reads it. */
export function clockOf(time) {
  const moment = new Date(time);
  if (Number.isNaN(moment.getTime())) return time ?? "";
  return moment.toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });
}
