/**
 * A session joins a table to its keeping places: the address, the browser's store, files.
 *
 * On opening, a link goes before what the browser kept, and that before the log the page came
 * with. What is not used or cannot be read is kept aside, never dropped.
 */

import { count } from "./figures.js";
import { fromFile, toFile } from "./files.js";
import { fromFragment, toFragment } from "./fragment.js";
import { Problem } from "./problem.js";
import { areasCsv, layersCsv, logCsv, planCsv } from "./sheets.js";
import { browserStorage, openStore } from "./store.js";
import { Table } from "./table.js";

const SHEETS = { areas: areasCsv, plan: planCsv, log: logCsv, layers: layersCsv };
// Addresses longer than this are cut by mail programs and chat; a file is the better way.
const LONGEST_LINK = 64_000;
const LINK_DELAY = 400;
const KEEPS_NOTHING = "This browser keeps nothing between visits: save the file before you close "
  + "the page.";

/**
 * Open a session.
 *
 * @param ground decoded payload
 * @param places `location` and `history` of the window, and `storage`; all may be null (notebook)
 */
export function openSession(ground, places = {}) {
  const { location = null, history = null, storage = browserStorage() } = places;
  return new Session(ground, { location, history, store: openStore(ground.digest, storage) });
}

class Session {
  constructor(ground, { location, history, store }) {
    this.ground = ground;
    this.location = location;
    this.history = history;
    this.store = store;
    this.messages = [];
    this.kept = null;
    this.follows = false;
    this.table = new Table(ground);
    this.openPlaces();
    this.table.who = this.setting("who") ?? ground.who;
    this.table.subscribe(({ kind }) => kind !== "trouble" && this.keep());
  }

  /** A small wish of the view, kept across reloads; with a value, sets it. */
  setting(key, value) {
    if (value !== undefined) this.store.set(`setting ${key}`, String(value));
    return this.store.get(`setting ${key}`);
  }

  /** The address with the whole plan in its fragment. */
  link() {
    const address = this.location ? this.location.href.replace(/#.*$/s, "") : "";
    return `${address}#${toFragment(this.table)}`;
  }

  /** The scenario file. */
  file() {
    return { name: `${this.fileName()}.toml`, text: toFile(this.ground, this.table.log) };
  }

  /** A table as CSV: "areas", "plan", "log" or "layers". */
  sheet(which) {
    return { name: `${this.fileName()}-${which}.csv`, text: SHEETS[which](this.table) };
  }

  /** Open a scenario file; on failure nothing changes and what could be read is in `kept`. */
  open(text) {
    try {
      const entries = fromFile(this.ground, text);
      const before = this.table.log;
      this.table.replaceLog(entries);
      this.setAside(before);
      const steps = entries.length === 1 ? "1 step" : `${count(entries.length)} steps`;
      return { opened: true, message: `Opened: ${steps}. What was on the table is kept aside.` };
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      this.keepAside(error, text);
      return { opened: false, message: error.message };
    }
  }

  /** Back to the log that the page came with. */
  reset() {
    const before = this.table.log;
    this.table.replaceLog(this.ground.log);
    this.setAside(before);
    return { made: true, message: "Back to how the page came; what was on the table is kept aside." };
  }

  /** Take again what was set aside last. */
  bringBack() {
    const aside = this.store.get("aside");
    if (aside === null) return { made: false, message: "Nothing was set aside." };
    const before = this.table.log;
    this.table.replaceLog(JSON.parse(aside));
    this.setAside(before);
    return { made: true, message: "What was set aside is on the table again." };
  }

  get hasAside() { return this.store.get("aside") !== null; }

  /** Take the plan of a link that was pasted over the address of the open page. */
  arrive() {
    const fragment = this.location.hash;
    if (fragment === (this.store.get("link") ?? "")) return;
    const before = this.table.log;
    const told = this.messages.length;
    const linked = this.attempt(() => fromFragment(this.ground, fragment), fragment);
    if (linked) {
      this.attempt(() => this.table.replaceLog(linked), fragment);
      this.setAside(before);
    }
    const failed = this.messages.slice(told).join(" ");
    if (failed) this.warn(failed, this.kept);
    else if (linked) this.warn("The plan of the link is on the table; what was there is set aside.");
  }

  /** Take the log of another window on the same plan. */
  follow(key) {
    if (!this.store.isOurs(key)) return;
    const log = this.store.log()?.log;
    if (log && JSON.stringify(log) !== JSON.stringify(this.table.log)) {
      // Written back, it would undo what the other window did in the meantime.
      this.follows = true;
      this.attempt(() => this.table.replaceLog(log));
      this.follows = false;
    }
  }

  // ---- inside ----

  openPlaces() {
    const held = this.store.log();
    const stored = held?.log ?? null;
    const fragment = this.location?.hash ?? "";
    // A link that this page wrote itself may be a moment older than what the browser kept.
    const isOwn = stored !== null && fragment === (this.store.get("link") ?? "");
    const linked = isOwn ? null : this.attempt(() => fromFragment(this.ground, fragment), fragment);
    if (linked) {
      if (stored && JSON.stringify(stored) !== JSON.stringify(linked)) {
        this.setAside(stored);
        this.messages.push("The plan of the link is on the table; what this browser kept of an "
          + "earlier visit is set aside.");
      }
      this.attempt(() => this.table.replaceLog(linked), fragment);
    } else if (stored) {
      this.attempt(() => this.table.replaceLog(stored), JSON.stringify(stored, null, 1));
      if (stored.length < held.count) {
        this.messages.push("Of what this browser kept of an earlier visit, "
          + `${stored.length} of ${held.count} steps could be read.`);
      }
    }
    if (!this.store.lasts && this.location) this.messages.push(KEEPS_NOTHING);
  }

  attempt(action, text = "") {
    try {
      return action();
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      this.messages.push(error.message);
      this.keepAside(error, text);
      return null;
    }
  }

  /** What could be read of a link or file that is damaged, or else all of it as it came. */
  keepAside(error, text) {
    this.kept = error.kept?.length
      ? { name: `${this.fileName()}-kept.toml`, text: toFile(this.ground, error.kept) }
      : { name: `${this.fileName()}-kept.txt`, text };
  }

  setAside(log) {
    if (log.length) this.store.set("aside", JSON.stringify(log));
  }

  keep() {
    if (this.follows) return;
    const lasted = this.store.lasts;
    this.store.keepLog(this.table.entries, this.table.cursor);
    if (lasted && !this.store.lasts) this.warn(KEEPS_NOTHING);
    if (this.history === null) return;
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => this.keepLink(), LINK_DELAY);
  }

  /** Tell something that went wrong while the page is open. */
  warn(message, kept = null) {
    this.table.tell({ kind: "trouble", entry: null, message, kept });
  }

  /** Write the plan into the address, in place of what stood there. */
  keepLink() {
    const fragment = this.table.entries.length
      ? `#${toFragment(this.table)}`
      : "";
    const text = fragment.length <= LONGEST_LINK ? fragment : "";
    const address = this.location.href.replace(/#.*$/s, "");
    this.history.replaceState(null, "", address + text);
    this.store.set("link", text);
  }

  fileName() {
    const plain = this.ground.name.toLowerCase().replace(/[^a-z0-9]+/g, "-");
    return plain.replace(/^-|-$/g, "").slice(0, 60) || "scenario";
  }
}
