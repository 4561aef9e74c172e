/**
 * Shapes that pass between the engine and the view. This module holds no code.
 *
 * Units, regions, areas and layers are numbers (indexes) inside the page and codes or names only
 * in the log and in files. An area index is an index into `table.areas`; -1 stands for open.
 *
 * @typedef {Object} Layer
 * @property {string} key       "lep", "stp", "crc", ...
 * @property {string} title     "Local enterprise partnership"
 * @property {string} plural    "Local enterprise partnerships"
 * @property {boolean} cover    regions may overlap
 * @property {string[]} codes
 * @property {string[]} names
 * @property {Int32Array} start row numbers of unit u: start[u] <= row < start[u + 1]
 * @property {Int32Array} region   region of each row
 * @property {Float64Array} full   people of each row, counted in each region they are in
 * @property {Float64Array} shared people of each row, divided among regions of a cover
 * @property {Float64Array} totalFull   people by region
 * @property {Float64Array} totalShared
 *
 * @typedef {Object} Ground     What does not change during a negotiation.
 * @property {string} name, version, digest, head
 * @property {number} count     number of units
 * @property {string[]} codes
 * @property {string[]} names
 * @property {Float64Array} people, km2, x, y   x, y: a point inside, in map units
 * @property {Map<string, number>} unitOf       unit by code
 * @property {Layer[]} layers
 * @property {{start: Int32Array, to: Int32Array}} near  neighbours over borders and links
 * @property {Array<{a: number, b: number, kind: string, reason: string}>} links
 * @property {number} floor, ceiling, tolerance
 * @property {string} seedLayer
 * @property {string[]} align
 * @property {Array<{key: string, title: string, better: string, values: Float64Array}>} need
 * @property {{basis: string, weights: Float64Array, total: number, pounds: number,
 *             lines: Object[], caption: string}} money   pounds: of all lines
 * @property {Array<Zone>} zones   as Python saw them at the base plan
 * @property {Object<string, string>} notes   source, licence, people, schematic
 * @property {import("./drawing.js").Drawing} map
 *
 * @typedef {Object} Entry      One step of the log; keys in this order, empty ones left out.
 * @property {string} action    move, swap, merge, split, new_area, rename, lock, unlock,
 *                              lock_area, unlock_area, keep_together, release, leave, note
 * @property {string} time      "2026-11-25T20:00:00Z"
 * @property {string} [who]
 * @property {string[]} [units] codes
 * @property {string[]} [to]    area names, one per unit
 * @property {string[]} [areas]
 * @property {string[]} [names]
 * @property {string} [note]
 * @property {string[]} [flags] sentences: what the step broke
 * @property {boolean} [undone] taken back and can be redone
 *
 * @typedef {Object} Outcome    What came of an action.
 * @property {boolean} made     false where nothing changed
 * @property {string[]} flags   sentences; of a refused step the reasons
 * @property {string} message   one sentence for the status line
 * @property {Entry|null} entry
 *
 * @typedef {Object} AreaRow
 * @property {number} index
 * @property {string} name
 * @property {number} units     how many
 * @property {number} people, km2
 * @property {"below"|"within"|"above"} band
 * @property {number} pieces    connected parts
 * @property {number[][]} parts units of each part, most people first (one entry where whole)
 * @property {number} pounds, perHead, contracts
 * @property {number[]} lines   pounds of each of ground.money.lines
 * @property {string} governance
 * @property {boolean} locked
 * @property {Object<string, string[]>} main   by layer key: names of regions mainly in it
 * @property {Object<string, number>} need     by indicator key: mean over people (NaN: none)
 *
 * @typedef {Object} LayerRow
 * @property {string} key, title, plural
 * @property {number} splitPeople, mergePeople, splitShare, mergeShare, coterminosity
 * @property {number} cut, whole, same    numbers of regions
 * @property {RegionRow[]} regions        sorted by code, those with people
 *
 * @typedef {Object} RegionRow
 * @property {number} index
 * @property {string} code, name
 * @property {number} people              counted in full
 * @property {"same"|"whole"|"cut"} state same: the same as an area
 * @property {Array<{area: number, people: number}>} parts  most people first; area -1: open
 *
 * @typedef {Object} Standing
 * @property {AreaRow[]} areas            sorted by name, those with units
 * @property {LayerRow[]} layers          in the order of ground.layers
 * @property {Array<{key: string, title: string, eta: number}>} need
 * @property {{units: number, people: number}} open
 *
 * @typedef {Object} Zone       Contested ground.
 * @property {string} key, title, why
 * @property {number[]} units
 * @property {string[]} claimants         area names
 *
 * @typedef {Object} Option     One case in a zone; listed in rank, not decided.
 * @property {string} title               "All to New Anglia", "Leave as it is"
 * @property {string} to                  area name; "" for leave alone
 * @property {boolean} current            is how it is now
 * @property {number} change              of split + merge people over seed and aligned layers
 * @property {Array<{key: string, split: number, merge: number, newlySame: string[],
 *            noLongerSame: string[], newlyCut: string[], newlyWhole: string[]}>} layers
 * @property {number} people              who change area
 * @property {number} pounds              that change area
 * @property {Array<{key: string, title: string, change: number}>} need   change of eta squared
 * @property {number} contracts           that change area
 * @property {string[]} couldMerge        aligned bodies wholly inside the receiving area, if several
 * @property {Array<{area: string, peopleBefore: number, people: number, pounds: number,
 *            band: string, pieces: number, contracts: number, gone: boolean}>} losers
 *            what areas that lose are left with; band "gone" where nothing is left
 * @property {Object[]} winners           the same of the area that takes
 * @property {string[]} flags
 *
 * @typedef {Object} Comparison
 * @property {Array<{unit: number, from: string, to: string, people: number}>} moved
 * @property {number} people              who are in another area than before, after best matching
 * @property {number} variation           of information, in bits; 0 where nothing changed
 * @property {Array<{key: string, title: string, before: LayerRow, after: LayerRow}>} layers
 * @property {Array<{name: string, before: AreaRow|null, after: AreaRow|null}>} areas
 * @property {Array<{key: string, title: string, before: number, after: number}>} need
 */

/**
 * @typedef {Object} Drawing    The map: shapes as SVG path data, in map units; y runs down.
 * @property {"real"|"schematic"|"none"} kind
 * @property {number} width, height
 * @property {(unit: number) => string} unitPath          one unit, closed, for filling (evenodd)
 * @property {(units: number[]) => string} shapePath      several units as one shape, closed
 * @property {() => string} coastPath                     outline of all land, open lines
 * @property {() => string} unitBorders                   borders between units, open lines
 * @property {(area: Int32Array) => string} areaBorders   borders between areas, open lines
 * @property {(layer: string) => string} layerBorders     borders of a layer (they may run through
 *                                                        a unit), coast left out
 * @property {(layer: string) => string} overlapPath      land in two or more regions of a cover,
 *                                                        closed, for filling; "" where none
 * @property {(layer: string, region: number) => string} regionPath  one region, closed
 * @property {(units: number[]) => [number, number, number, number]} bounds  x0, y0, x1, y1
 *
 * The table (class Table in table.js), what the view calls:
 *   table.ground
 *   table.area         Int32Array by unit, a new array after each step; -1 open
 *   table.areas        string[] names by index; table.names(): those with units, sorted
 *   table.areaOf(unit) name or ""
 *   table.unitsOf(name) number[]
 *   table.locked(unit) / table.areaLocked(name) / table.groups  number[][] kept together
 *   table.log          Entry[] with steps taken back at the tail (undone: true)
 *   table.cursor       how many steps are in force; table.canUndo, table.canRedo
 *   table.who = "..."  written into each step; table.strict = true refuses flagged steps
 *   Actions, each returns an Outcome; units are numbers, areas are names:
 *   move(units, to, {note}) swap(unitsA, unitsB, {note}) merge(a, b, {note})  [b goes into a]
 *   split(area, {name: units, ...}, {note}) newArea(name, units, {note}) rename(area, name)
 *   lock(units) unlock(units) lockArea(name) unlockArea(name) keepTogether(units) release(units)
 *   leave(units, {note}) note(text) undo(steps) redo(steps) goTo(cursor)
 *   preview(units, to) -> {flags, standing} as if moved, nothing is made
 *   standing() -> Standing (kept until the next step); start() -> Standing of the base plan
 *   zones() -> Zone[] as they are now (settled: boolean, leftAlone, agreed: boolean)
 *   options(zone) -> Option[]; choose(option, zone, {note}) -> Outcome
 *   compare() -> Comparison with the start; compare(areaArray, names) with another assignment
 *   subscribe(listener) -> unsubscribe; listener({kind: "step"|"undo"|"redo"|"replaced", entry})
 *     and listener({kind: "trouble", message, kept}): people must know; kept as session.kept
 *   replaceLog(entries) takes a whole log (file, link, notebook); throws Problem in one sentence
 *
 * The session (openSession in session.js) joins a table to its keeping places:
 *   session.ground, session.table
 *   session.messages   string[] to tell on opening (a cut link, a file of other data ...)
 *   session.kept       {name, text} | null: what could be read of a broken link or file, to save
 *   session.link()     address with the whole plan in its fragment
 *   session.file()     {name, text} of the scenario file; session.sheet("areas"|"plan"|"log"|
 *                      "layers") {name, text} as CSV
 *   session.open(text) -> {opened: boolean, message: string}; on failure nothing is lost
 *   session.reset()    back to the log the page came with; can be undone with session.bringBack()
 *   session.setting(key, value?)  small wishes of the view kept across reloads (strings)
 *
 * Entry of the view: `view/mount.js` exports `mount(root, session, host)` and returns a function
 * that takes everything down; host is {kind: "page" | "widget"}. All modules are joined into one
 * scope: a name at the top of a module must be unique in the whole page, `import { a, b } from
 * "../engine.js"` and `export function|const|class` are the only forms the joiner takes (no
 * `as`, no default, no `import *`). Dependencies may not run in circles.
 */

export {};
