// Runs steps through the page's engine and tells what it shows after each.
// node engine_run.mjs ENGINE.mjs PAYLOAD.json STEPS.json
import fs from "node:fs";
import { pathToFileURL } from "node:url";

const [enginePath, payloadPath, stepsPath] = process.argv.slice(2);
const engine = await import(pathToFileURL(enginePath));
const { count, people, percent, perHead, pounds, score } = engine;
const ground = engine.decode(JSON.parse(fs.readFileSync(payloadPath, "utf8")));
const table = new engine.Table(ground);
const unit = (code) => ground.unitOf.get(code);

const STEPS = {
  move: ({ units, to }) => table.move(units.map(unit), to, { note: "as asked \"there\"\n<b>" }),
  swap: ({ units: [one, other] }) => table.swap(unit(one), unit(other)),
  merge: ({ areas: [a, b] }) => table.merge(a, b),
  split: ({ area, parts }) => table.split(area, Object.fromEntries(
    Object.entries(parts).map(([name, codes]) => [name, codes.map(unit)]))),
  new_area: ({ name, units }) => table.newArea(name, units.map(unit)),
  rename: ({ area, name }) => table.rename(area, name),
  lock: ({ units }) => table.lock(units.map(unit)),
  unlock: ({ units }) => table.unlock(units.map(unit)),
  lock_area: ({ area }) => table.lockArea(area),
  unlock_area: ({ area }) => table.unlockArea(area),
  keep_together: ({ units }) => table.keepTogether(units.map(unit)),
  release: ({ units }) => table.release(units.map(unit)),
  note: ({ text }) => table.note(text),
  undo: ({ steps }) => table.undo(steps),
  redo: ({ steps }) => table.redo(steps),
  settle: ({ zone, to }) => {
    const own = table.zones().find(({ key }) => key === zone);
    const option = table.options(own).find((one) => one.to === to);
    return table.choose(option, own);
  },
};

function shown() {
  const standing = table.standing();
  return {
    areas: standing.areas.map((row) => [
      row.name, row.units, people(row.people), count(row.km2), row.band, row.pieces,
      row.main.lep.join("; "), row.main.stp.join("; "),
      row.parts.map((part) => part.map((own) => ground.codes[own]).join(" ")).join(" | "),
    ]),
    layers: standing.layers.map((row) => [
      row.key, people(row.splitPeople), people(row.mergePeople), percent(row.splitShare),
      percent(row.mergeShare), score(row.coterminosity), row.cut, row.whole, row.same,
    ]),
    need: standing.need.map((row) => [row.key, score(row.eta)]),
    open: standing.open.units,
  };
}

function moneyShown() {
  return table.standing().areas.map((row) => (
    [row.name, pounds(row.pounds), perHead(row.perHead), row.governance, score(row.contracts)]));
}

function optionsShown() {
  const named = (option, kind) => option.layers.flatMap((own) => (
    own[kind].map((name) => `${own.title} ${name}`)));
  return table.zones().flatMap((zone) => table.options(zone).map((one) => [
    zone.key, one.title, people(one.people), pounds(one.pounds), score(one.contracts),
    people(one.change), one.couldMerge,
    one.layers.map((own) => people(own.split)), one.layers.map((own) => people(own.merge)),
    named(one, "newlySame"), named(one, "noLongerSame"), named(one, "newlyWhole"),
    named(one, "newlyCut"), one.need.map((own) => score(own.change)), one.flags,
    [...one.losers, ...one.winners].map((own) => [own.area, people(own.peopleBefore),
      people(own.people), pounds(own.pounds), score(own.contracts), own.band, own.pieces]).sort(),
  ]));
}

const times = [];
const after = JSON.parse(fs.readFileSync(stepsPath, "utf8")).map((step) => {
  const began = performance.now();
  const outcome = STEPS[step.action](step);
  const figures = shown();
  times.push(performance.now() - began);
  return { outcome: { made: outcome.made, flags: outcome.flags }, figures,
    money: moneyShown(), time: outcome.entry?.time ?? null };
});
const file = engine.toFile(ground, table.log);
const link = engine.toFragment(table);
times.sort((a, b) => a - b);
process.stdout.write(JSON.stringify({
  after, file, link,
  options: optionsShown(),
  linkReadsBack: JSON.stringify(engine.fromFragment(ground, link)) === JSON.stringify(table.log),
  fileReadsBack: JSON.stringify(engine.fromFile(ground, file)) === JSON.stringify(table.log),
  moved: table.compare().moved.map((own) => [ground.codes[own.unit], own.from, own.to]),
  variation: score(table.compare().variation),
  p95: times[Math.floor(0.95 * times.length)],
}));
