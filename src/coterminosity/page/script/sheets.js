/** Tables as CSV that a spreadsheet opens: figures unrounded, and nothing that it would run. */

const FORMULA = /^[=+\-@\t\r]/;

/** The plan: `code,name,area`; Python reads it back. */
export function planCsv(table) {
  const { ground } = table;
  const rows = ground.codes.map((code, unit) => [code, ground.names[unit], table.areaOf(unit)]);
  return csv([["code", "name", "area"], ...rows]);
}

export function areasCsv(table) {
  const { areas } = table.standing();
  const layers = table.ground.layers.map((layer) => layer.key);
  const needs = table.ground.need.map((own) => own.key);
  const head = [
    "area", "units", "people", "km2", "size_band", "pieces", "pounds", "pounds_per_head",
    "contracts", "governance", ...layers, ...needs,
  ];
  const rows = areas.map((row) => [
    row.name, row.units, row.people, row.km2, row.band, row.pieces, row.pounds, row.perHead,
    row.contracts, row.governance, ...layers.map((key) => row.main[key].join("; ")),
    ...needs.map((key) => row.need[key]),
  ]);
  return csv([head, ...rows]);
}

export function layersCsv(table) {
  const head = [
    "layer", "regions", "whole", "cut", "same", "split_people", "merge_people", "split_share",
    "merge_share", "coterminosity",
  ];
  const rows = table.standing().layers.map((row) => [
    row.key, row.count, row.whole, row.cut, row.same, row.splitPeople, row.mergePeople,
    row.splitShare, row.mergeShare, row.coterminosity,
  ]);
  return csv([head, ...rows]);
}

export function logCsv(table) {
  const head = ["step", "time", "who", "action", "unit", "to", "areas", "names", "note", "flags",
    "undone"];
  const rows = table.log.flatMap((entry, k) => {
    const shared = (unit, to) => [
      k + 1, entry.time, entry.who ?? "", entry.action, unit, to, (entry.areas ?? []).join("; "),
      (entry.names ?? []).join("; "), entry.note ?? "", (entry.flags ?? []).join("; "),
      entry.undone ? "true" : "",
    ];
    const units = entry.units ?? [];
    return units.length
      ? units.map((unit, i) => shared(unit, entry.to?.[i] ?? ""))
      : [shared("", "")];
  });
  return csv([head, ...rows]);
}

function csv(rows) {
  return `${rows.map((row) => row.map(cell).join(",")).join("\n")}\n`;
}

function cell(value) {
  if (typeof value === "number") return Number.isNaN(value) ? "" : String(value);
  const text = FORMULA.test(value) && Number.isNaN(Number(value)) ? `'${value}` : String(value);
  return /[",\n\r]/.test(text) ? `"${text.replace(/"/g, '""')}"` : text;
}
