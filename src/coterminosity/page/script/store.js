/**
 * What the browser keeps between visits: the log, in blocks, so that a step writes little.
 *
 * Where the browser keeps nothing (private windows, a full store), the page works on and says so.
 */

const BLOCK = 64;

/** A store for one plan; `storage` is the browser's localStorage, or null. */
export function openStore(digest, storage) {
  const prefix = `coterminosity ${digest}`;
  const works = storage !== null && isWorking(storage, prefix);
  return new Store(prefix, works ? storage : null);
}

/** The browser's own store; null where asking for it is forbidden. */
export function browserStorage() {
  try {
    return globalThis.localStorage ?? null;
  } catch {
    return null;
  }
}

function isWorking(storage, prefix) {
  try {
    storage.setItem(`${prefix} test`, "1");
    storage.removeItem(`${prefix} test`);
    return true;
  } catch {
    return false;
  }
}

class Store {
  constructor(prefix, storage) {
    this.prefix = prefix;
    this.storage = storage;
    this.memory = new Map();
    this.blocks = [];
  }

  /** Whether a reload will find what was kept. */
  get lasts() { return this.storage !== null; }

  get(key) {
    return this.storage?.getItem(`${this.prefix} ${key}`) ?? this.memory.get(key) ?? null;
  }

  set(key, text) {
    if (this.storage !== null) {
      try {
        this.storage.setItem(`${this.prefix} ${key}`, text);
        return;
      } catch {
        this.storage = null;
      }
    }
    this.memory.set(key, text);
  }

  remove(key) {
    this.storage?.removeItem(`${this.prefix} ${key}`);
    this.memory.delete(key);
  }

  /** Keep a log; blocks that did not change are not written again. */
  keepLog(entries, cursor) {
    const count = Math.ceil(entries.length / BLOCK);
    for (let k = 0; k < count; k += 1) {
      const own = entries.slice(k * BLOCK, (k + 1) * BLOCK);
      const known = this.blocks[k];
      const isSame = known?.length === own.length && own.every((entry, i) => entry === known[i]);
      if (!isSame) {
        this.set(`block ${k}`, JSON.stringify(own));
        this.blocks[k] = own;
      }
    }
    for (let k = count; k < this.blocks.length; k += 1) this.remove(`block ${k}`);
    this.blocks.length = count;
    this.set("log", JSON.stringify({ count: entries.length, cursor }));
  }

  /** The log that was kept, as far as it can be read, and how long it was; null for none. */
  log() {
    const about = jsonOr(this.get("log"));
    if (!about || !Number.isInteger(about.count)) return null;
    const entries = [];
    for (let k = 0; entries.length < about.count; k += 1) {
      const own = jsonOr(this.get(`block ${k}`));
      if (!Array.isArray(own) || !own.length) break;
      entries.push(...own);
    }
    const read = entries.slice(0, about.count);
    return {
      count: about.count,
      log: read.map((entry, k) => (k < about.cursor ? entry : { ...entry, undone: true })),
    };
  }

  /** Whether a change of the browser's store, told by another window, is of this log. */
  isOurs(key) { return key === `${this.prefix} log`; }
}

function jsonOr(text) {
  try {
    return text === null ? null : JSON.parse(text);
  } catch {
    return null;
  }
}
