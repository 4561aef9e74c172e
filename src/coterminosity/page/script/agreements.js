/** What the log says of contested zones: left as they are, settled, or moved since. */

import { isAssigning } from "./entries.js";

const LEFT = /^leaves (.+?) as it is(?:; |$)/;
const SETTLED = /^settles (.+?)(?:: stays in .+?)?(?:; |$)/;
const STAYS = /^settles (.+?): stays in (.+?)(?:; |$)/;

/** Whether a zone of these units is left alone, or settled, by steps in force; the last one tells. */
export function agreementOn(zone, codes, entries) {
  let agreement = "";
  for (const { action, note = "", units = [] } of entries) {
    const whole = codes.every((code) => units.includes(code));
    if (SETTLED.exec(note)?.[1] === zone.title) agreement = "settled";
    else if (action === "leave") {
      if (whole || LEFT.exec(note)?.[1] === zone.title) agreement = "left";
    } else if (isAssigning({ action }) && codes.some((code) => units.includes(code))) {
      agreement = "";
    }
  }
  return { leftAlone: agreement === "left", agreed: agreement === "settled" };
}

/** A step that leaves a zone, in words, apart from the reason that was given for it. */
export function toldApart({ note = "" }) {
  const left = LEFT.exec(note);
  if (left) return { words: `${left[1]} left as it is`, reason: note.slice(left[0].length) };
  const stays = STAYS.exec(note);
  if (stays) {
    return {
      words: `${stays[1]} settled: stays in ${stays[2]}`, reason: note.slice(stays[0].length),
    };
  }
  return { words: note, reason: "" };
}
