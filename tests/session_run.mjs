// Checks of the page's session: links, files and what the browser keeps.
// node session_run.mjs ENGINE.mjs PAYLOAD.json
import assert from "node:assert/strict";
import fs from "node:fs";
import { pathToFileURL } from "node:url";

const [enginePath, payloadPath] = process.argv.slice(2);
const { decode, openSession, toFragment, Table } = await import(pathToFileURL(enginePath));
const text = fs.readFileSync(payloadPath, "utf8");
const payload = () => JSON.parse(text);
const ground = decode(payload());

/** A browser's store in memory; refuses after so many letters. */
class Storage {
  constructor(room = Infinity) { this.room = room; this.held = new Map(); this.writes = 0; }

  getItem(key) { return this.held.get(key) ?? null; }

  setItem(key, value) {
    this.writes += String(value).length;
    const others = [...this.held].reduce((sum, [k, v]) => sum + (k === key ? 0 : v.length), 0);
    if (others + value.length > this.room) throw new Error("QuotaExceededError");
    this.held.set(key, String(value));
  }

  removeItem(key) { this.held.delete(key); }
}

function visit({ storage = new Storage(), hash = "", own = ground } = {}) {
  const location = { href: `file:///table.html${hash}`, hash };
  const history = { replaceState: (_, __, address) => {
    location.href = address;
    location.hash = address.includes("#") ? address.slice(address.indexOf("#")) : "";
  } };
  const session = openSession(own, { location, history, storage });
  return { session, table: session.table, storage, location };
}

const wait = (ms) => new Promise((done) => { setTimeout(done, ms); });
const croydon = ground.unitOf.get("E09000008");
const sameLog = (one, other) => assert.equal(JSON.stringify(one), JSON.stringify(other));

function walk(table, steps) {
  for (let k = 0; k < steps; k += 1) {
    const unit = (k * 37) % ground.count;
    const areas = table.names();
    let to = areas[(k * 11) % areas.length];
    if (table.areaOf(unit) === to) to = areas[(k * 11 + 1) % areas.length];
    assert.ok(table.move([unit], to).made);
  }
}

const CHECKS = {
  async "1,200 steps survive a reload and can all be undone and redone"() {
    const first = visit();
    walk(first.table, 1200);
    first.table.undo(200);
    const again = visit({ storage: first.storage });
    sameLog(again.table.log, first.table.log);
    assert.equal(again.table.cursor, 1000);
    assert.deepEqual([...again.table.area], [...first.table.area]);
    assert.equal(again.table.undo(1000).made, true);
    assert.deepEqual([...again.table.area], [...again.table.positions[0].area]);
    assert.equal(again.table.redo(1200).made, true);
    assert.equal(again.table.cursor, 1200);
    assert.deepEqual(again.session.messages, []);
  },
  async "a step writes little, however long the log"() {
    const { table, storage } = visit();
    walk(table, 600);
    const before = storage.writes;
    walk(table, 1);
    assert.ok(storage.writes - before < 64 * 400, String(storage.writes - before));
    table.undo(590);
    table.note("another way");
    assert.equal([...storage.held.keys()].filter((key) => key.includes(" block ")).length, 1);
  },
  async "where the browser keeps nothing the page works and says so"() {
    for (const storage of [null, new Storage(0)]) {
      const { session, table } = visit({ storage });
      assert.match(session.messages[0], /keeps nothing between visits: save the file/);
      walk(table, 70);
      assert.equal(table.cursor, 70);
    }
    const { session, table } = visit({ storage: new Storage(20_000) });
    const heard = [];
    table.subscribe(({ kind, message }) => kind === "trouble" && heard.push(message));
    assert.deepEqual(session.messages, []);
    walk(table, 300);
    assert.equal(table.cursor, 300);
    assert.match(heard.join(), /^This browser keeps nothing[^.]*[.]$/);
  },
  async "a log that the browser kept half is taken as far as it goes"() {
    const { table, storage, session } = visit();
    walk(table, 200);
    storage.held.set(`coterminosity ${ground.digest} block 2`, "[{\"act");
    const again = visit({ storage });
    assert.equal(again.table.cursor, 128);
    assert.match(again.session.messages[0], /128 of 200 steps could be read/);
    assert.equal(session.messages.length, 0);
  },
  async "a link holds the whole plan"() {
    const first = visit();
    walk(first.table, 30);
    first.table.rename(first.table.names()[0], "É–\u2028\"x\"");
    first.table.note("a <b> & ü");
    first.table.undo(1);
    const hash = first.session.link().replace(/^[^#]*/, "");
    const other = visit({ hash });
    sameLog(other.table.log, first.table.log);
    assert.deepEqual(other.session.messages, []);
    assert.equal(other.session.kept, null);
    assert.match(hash, /^#ct1\.[0-9a-f]{12}\.[0-9a-z]+\.[A-Za-z0-9_-]+$/);
  },
  async "flags from elsewhere travel with a link as they were"() {
    const first = visit();
    first.table.move([croydon], "Coast to Capital");
    const log = first.table.log;
    log[0].flags = ["said otherwise"];
    first.table.replaceLog(log);
    const hash = `#${toFragment(first.table)}`;
    sameLog(visit({ hash }).table.log, log);
  },
  async "a link cut anywhere gives one message, and what was read is kept aside"() {
    const first = visit();
    walk(first.table, 25);
    const whole = first.session.link().replace(/^[^#]*/, "");
    let read = 0;
    for (let length = 5; length < whole.length; length += 7) {
      const { session, table } = visit({ hash: whole.slice(0, length) });
      assert.equal(session.messages.length, 1, String(length));
      assert.match(session.messages[0], /^This link was cut or changed on its way/);
      assert.equal(table.log.length, payload().log.length);
      assert.ok(session.kept.text.length > 0);
      const steps = session.kept.text.split("[[log]]").length - 1;
      assert.ok(steps >= read, "a longer piece tells less");
      read = steps;
    }
    assert.ok(read >= 20, String(read));
  },
  async "a link changed in any letter is told"() {
    const first = visit();
    walk(first.table, 12);
    const whole = first.session.link().replace(/^[^#]*/, "");
    const body = whole.lastIndexOf(".") + 1;
    for (let at = body; at < whole.length; at += 3) {
      const letter = whole[at] === "A" ? "B" : "A";
      const { session } = visit({ hash: whole.slice(0, at) + letter + whole.slice(at + 1) });
      assert.equal(session.messages.length, 1, String(at));
    }
  },
  async "a link of another plan is told and kept"() {
    const other = payload();
    other.digest = "0123456789ab";
    const strange = visit({ own: decode(other) });
    walk(strange.table, 3);
    const hash = strange.session.link().replace(/^[^#]*/, "");
    const { session, table } = visit({ hash });
    assert.match(session.messages[0], /^This link belongs to another plan or to other data/);
    assert.equal(session.kept.text, hash);
    assert.equal(table.log.length, payload().log.length);
    assert.match(visit({ hash: hash.replace("ct1", "ct9") }).session.messages[0], /another version/);
    assert.deepEqual(visit({ hash: "#somewhere" }).session.messages, []);
  },
  async "a link goes before what the browser kept, which is set aside and can be brought back"() {
    const first = visit();
    walk(first.table, 4);
    const hash = first.session.link().replace(/^[^#]*/, "");
    const second = visit();
    walk(second.table, 9);
    const both = visit({ storage: second.storage, hash });
    sameLog(both.table.log, first.table.log);
    assert.match(both.session.messages[0], /is set aside/);
    assert.equal(both.session.bringBack().made, true);
    sameLog(both.table.log, second.table.log);
    assert.equal(both.session.bringBack().made, true);
    sameLog(both.table.log, first.table.log);
  },
  async "the address follows the plan, and a reload takes the newest"() {
    const first = visit();
    walk(first.table, 3);
    await wait(450);
    assert.equal(first.location.hash, `#${toFragment(first.table)}`);
    walk(first.table, 5); // and at once a reload, before the address is written
    const again = visit({ storage: first.storage, hash: first.location.hash });
    assert.equal(again.table.cursor, 8);
    assert.deepEqual(again.session.messages, []);
    await wait(450);
  },
  async "a link pasted over the address is taken, a broken one is told"() {
    const first = visit();
    walk(first.table, 3);
    const hash = first.session.link().replace(/^[^#]*/, "");
    const { session, table, location } = visit();
    walk(table, 5);
    const before = table.log;
    const heard = [];
    table.subscribe(({ kind, message }) => kind === "trouble" && heard.push(message));
    location.hash = hash.slice(0, -9);
    session.arrive();
    sameLog(table.log, before);
    location.hash = hash;
    session.arrive();
    sameLog(table.log, first.table.log);
    location.hash = "#map";
    session.arrive();
    assert.equal(heard.length, 2);
    assert.match(heard[0], /^This link was cut/);
    assert.match(heard[1], /^The plan of the link is on the table/);
    session.bringBack();
    sameLog(table.log, before);
  },
  async "a file of this plan opens, another log is kept aside"() {
    const first = visit();
    walk(first.table, 6);
    const { text: file, name } = first.session.file();
    assert.match(name, /^[a-z0-9-]+\.toml$/);
    const other = visit();
    walk(other.table, 2);
    const before = other.table.log;
    assert.equal(other.session.open(`\uFEFF${file.replace(/\n/g, "\r\n")}`).opened, true);
    sameLog(other.table.log, first.table.log);
    assert.equal(other.session.bringBack().made, true);
    sameLog(other.table.log, before);
  },
  async "files that do not fit give one message and change nothing"() {
    const first = visit();
    walk(first.table, 6);
    const { text: file } = first.session.file();
    const cases = [
      ["code,area\nE1,x\n", /not a scenario file/],
      ["", /not a scenario file/],
      [file.replace("scenario 1", "scenario 9"), /"coterminosity scenario 9".*with the version/],
      [file.replace(/^(atoms = ")./m, "$1z"), /made of other data/],
      [file.replace(/^size_floor = .*$/m, "size_floor = 1.0"), /base plan, locks or brief differ/],
      [file.replace('action = "move"', 'action = "dance"'), /step 1: no step is called "dance"/],
      [file.replace(/^units = \[.*$/m, 'units = ["X9"]'), /there is no unit X9/],
      [file.replace(/^units = \[.*$/m, "units = [nonsense"), /step 1: line 4 of the log cannot be read/],
    ];
    for (const [damaged, message] of cases) {
      assert.notEqual(damaged, file);
      const { session, table } = visit();
      walk(table, 2);
      const before = table.log;
      const outcome = session.open(damaged);
      assert.equal(outcome.opened, false, String(message));
      assert.match(outcome.message, message);
      sameLog(table.log, before);
      assert.ok(session.kept.text === damaged || session.kept.text.startsWith("format"));
    }
    for (const [from, message, steps] of [["units = ", /cannot be read/, 5],
      ["\n[end]", /^This file was cut off: 6 steps of it could be read/, 6],
      ["\n[[log]]", /^This file was cut off: 5 steps/, 5], ["[base.seeds]", /0 steps/, 0]]) {
      const at = file.lastIndexOf(from) + (from === "units = " ? 12 : 1);
      const { session } = visit();
      const outcome = session.open(file.slice(0, at));
      assert.match(outcome.message, message);
      assert.equal(session.kept.text.split("[[log]]").length - 1, steps);
    }
    assert.match(visit().session.open(file.replace("steps = 6", "steps = 7")).message,
      /its end tells of 7 steps, and it has 6/);
    const renamed = file.replace(/^name = .*$/m, 'name = "Another"').replace(
      /^coterminosity = .*$/m, 'coterminosity = "9.9"');
    assert.equal(visit().session.open(renamed).opened, true);
  },
  async "another window on the same plan is followed"() {
    const first = visit();
    const second = visit({ storage: first.storage });
    walk(first.table, 3);
    second.session.follow(`coterminosity ${ground.digest} log`);
    sameLog(second.table.log, first.table.log);
    second.session.follow("something else");
  },
  async "sheets hold every row, and nothing that a spreadsheet would run"() {
    const { session, table } = visit();
    table.move([croydon], "=HYPERLINK(1)", { note: "+44 \"x\"" });
    const plan = session.sheet("plan").text.split("\n");
    assert.equal(plan.length, ground.count + 2);
    assert.ok(plan.includes("E09000008,Croydon,'=HYPERLINK(1)"));
    assert.match(session.sheet("log").text, /,"'\+44 ""x""",/);
    assert.equal(session.sheet("areas").text.split("\n").length, table.names().length + 2);
    assert.equal(session.sheet("layers").text.split("\n").length, ground.layers.length + 2);
    assert.match(session.sheet("areas").name, /-areas\.csv$/);
  },
  async "steps that change nothing are not made, wrong ones are refused"() {
    const { table } = visit();
    const [a, b] = table.names();
    assert.equal(table.move([croydon], table.areaOf(croydon)).made, false);
    assert.equal(table.merge(a, a).made, false);
    assert.equal(table.newArea(b, [croydon]).made, false);
    assert.equal(table.rename(a, b).made, false);
    assert.equal(table.note("  \n").made, false);
    assert.equal(table.undo(5).made, payload().log.length > 0);
    assert.throws(() => table.merge(a, "Nowhere"), /There is no area Nowhere/);
    assert.throws(() => table.move([croydon], " "), /An area needs a name/);
    assert.throws(() => table.replaceLog([{ action: "move" }]), /step 1/);
    assert.equal(table.entries.length, payload().log.length);
  },
  async "strict refuses what would be flagged, and leaves all as it was"() {
    const { table } = visit();
    table.lock([croydon]);
    table.strict = true;
    const before = table.log;
    const outcome = table.move([croydon], "Coast to Capital");
    assert.equal(outcome.made, false);
    assert.match(outcome.message, /^Not made: Croydon is locked to /);
    sameLog(table.log, before);
  },
  async "a preview tells flags and figures and makes nothing"() {
    const { table } = visit();
    const before = table.position;
    const { flags, standing } = table.preview([croydon], "Black Country");
    assert.match(flags.join(), /Black Country falls into 2 pieces/);
    assert.notEqual(standing.cost, table.standing().cost);
    assert.equal(table.position, before);
  },
  async "listeners hear each change until they leave"() {
    const { table } = visit();
    const heard = [];
    const leave = table.subscribe(({ kind }) => heard.push(kind));
    table.move([croydon], "Coast to Capital");
    table.undo();
    table.redo();
    table.replaceLog([]);
    leave();
    table.note("unheard");
    assert.deepEqual(heard, ["step", "undo", "redo", "replaced"]);
  },
  async "left alone and settled zones are told"() {
    const { table } = visit();
    const zone = table.zones()[0];
    const options = table.options(zone);
    const leave = options.find((own) => own.to === "");
    assert.equal(table.choose(leave, zone, { note: "not now" }).made, true);
    assert.equal(table.zones()[0].leftAlone, true);
    assert.match(table.log.at(-1).note, /^leaves .* as it is; not now$/);
    table.choose(options.find((own) => own.to && !own.current), zone);
    assert.equal(table.zones()[0].settled, true);
    assert.match(table.log.at(-1).note, /^settles /);
    assert.deepEqual([table.zones()[0].leftAlone, table.zones()[0].agreed], [false, true]);
    table.move([zone.units[0]], "Cumbria");
    assert.deepEqual([table.zones()[0].leftAlone, table.zones()[0].agreed], [false, false]);
  },
  async "what stays by agreement is told apart from its reason"() {
    const { table } = visit();
    const zone = table.zones()[0];
    const here = table.options(zone).find((own) => own.to && own.current);
    table.choose(here, zone, { note: "as agreed" });
    assert.equal(table.zones()[0].agreed, true);
    assert.equal(table.inWords(table.log.at(-1)), `${zone.title} settled: stays in ${here.to}`);
    assert.equal(table.reasonOf(table.log.at(-1)), "as agreed");
    const leave = table.options(zone).find((own) => own.to === "");
    table.choose(leave, zone, { note: "not now" });
    assert.equal(table.inWords(table.log.at(-1)), `${zone.title} left as it is`);
    assert.equal(table.reasonOf(table.log.at(-1)), "not now");
  },
  async "every shape of the map can be drawn"() {
    const { map } = ground;
    const shape = /^(M-?\d+ -?\d+l(-?\d+ -?\d+ )+z)+$/;
    const line = /^(M-?\d+ -?\d+l(-?\d+ -?\d+ )+)+$/;
    for (let unit = 0; unit < ground.count; unit += 1) assert.match(map.unitPath(unit), shape);
    assert.match(map.shapePath([0, 1, 2, 3]), shape);
    assert.match(map.coastPath(), line);
    assert.match(map.unitBorders(), line);
    assert.match(map.areaBorders(new Table(ground).area), line);
    for (const { key, codes } of ground.layers) {
      assert.match(map.layerBorders(key), line);
      codes.forEach((_, region) => assert.match(map.regionPath(key, region), shape));
    }
    assert.match(map.overlapPath("lep"), shape);
    assert.equal(map.overlapPath("stp"), "");
    // Borders are drawn in long strokes, so that dashes do not begin anew at each meeting.
    assert.ok(map.layerBorders("lep").split("M").length < 75);
    const [x0, y0, x1, y1] = map.bounds([croydon]);
    assert.ok(x0 < ground.x[croydon] && ground.x[croydon] < x1);
    assert.ok(y0 < ground.y[croydon] && ground.y[croydon] < y1);
  },
};

const results = {};
for (const [name, check] of Object.entries(CHECKS)) {
  try {
    await check();
    results[name] = "";
  } catch (error) {
    results[name] = error.stack;
  }
}
process.stdout.write(JSON.stringify(results));
