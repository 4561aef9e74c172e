/**
 * The engine of the negotiating table: everything that the view may use.
 *
 * The view draws and listens; every figure comes from here. Python computes the same figures
 * (package `negotiating`), and both agree to the last digit shown.
 *
 *   const ground = decode(payload);
 *   const table = new Table(ground);
 *   table.subscribe(() => draw(table.standing()));
 *   table.move([ground.unitOf.get("E09000008")], "Coast to Capital");
 */

export { decode } from "./ground.js";
export { Table } from "./table.js";
export { count, people, tenths, pounds, perHead, percent, score, km2, change, list } from "./figures.js";
export { toFile, fromFile } from "./files.js";
export { toFragment, fromFragment } from "./fragment.js";
export { areasCsv, planCsv, logCsv, layersCsv } from "./sheets.js";
export { openStore } from "./store.js";
export { openSession } from "./session.js";
