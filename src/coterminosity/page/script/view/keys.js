/** Shortcuts, in one list from which the help is written as well. */

const ARROWS = "Arrow keys";

/** Every shortcut: `press` is what the browser calls the key; `run` gets the parts of the view. */
export const SHORTCUTS = [
  { part: "Find your way" },
  { keys: "?", press: ["?"], words: "these keys", run: ({ desk }) => desk.ask("help") },
  {
    keys: "/",
    press: ["/"],
    words: "find a district, area or body",
    run: ({ view }) => view.search.input.focus(),
  },
  { keys: "m", press: ["m"], words: "map", run: ({ view }) => view.toMap() },
  { keys: "d", press: ["d"], words: "table of districts", run: ({ view }) => view.toTable() },
  { keys: "1", press: ["1"], words: "what is chosen", run: ({ view }) => view.toPanel("chosen") },
  { keys: "2", press: ["2"], words: "figures", run: ({ view }) => view.toPanel("figures") },
  { keys: "3", press: ["3"], words: "areas", run: ({ view }) => view.toPanel("areas") },
  {
    keys: "4",
    press: ["4"],
    words: "contested ground",
    run: ({ view }) => view.toPanel("contested"),
  },
  { keys: "5", press: ["5"], words: "log", run: ({ view }) => view.toPanel("log") },
  {
    keys: "z",
    press: ["z"],
    words: "next contested zone",
    run: ({ view }) => view.contested.step(1),
  },
  {
    keys: "Shift+Z",
    press: ["Z"],
    words: "previous contested zone",
    run: ({ view }) => view.contested.step(-1),
  },
  { keys: "b", press: ["b"], words: "next broken area", run: ({ view }) => view.nextBroken() },
  {
    keys: "i",
    press: ["i"],
    words: "hear what is flagged now",
    run: ({ desk }) => desk.sayFlags(),
  },
  { part: "On the map" },
  { keys: ARROWS, press: [], words: "go to the neighbouring district" },
  { keys: "Enter", press: [], words: "choose the district; with the brush, paint it" },
  { keys: "Space", press: [], words: "add the district to those chosen, or take it out" },
  { keys: "v", press: ["v"], words: "select", run: ({ desk }) => desk.setTool("select") },
  { keys: "p", press: ["p"], words: "paint", run: ({ view }) => view.paint() },
  {
    keys: "l",
    press: ["l"],
    words: "lasso: draw around districts",
    run: ({ desk }) => desk.setTool("lasso"),
  },
  {
    keys: "a",
    press: ["a"],
    words: "choose the area to paint into",
    run: ({ view }) => view.tools.brush.focus(),
  },
  {
    keys: "+",
    press: ["+", "="],
    words: "zoom in",
    run: ({ view }) => view.map.viewport.zoom(1.5),
  },
  {
    keys: "-",
    press: ["-", "_"],
    words: "zoom out",
    run: ({ view }) => view.map.viewport.zoom(1 / 1.5),
  },
  { keys: "0", press: ["0"], words: "whole map", run: ({ view }) => view.map.viewport.showAll() },
  {
    keys: ".",
    press: ["."],
    words: "zoom to what is chosen",
    run: ({ view }) => view.zoomToChosen(),
  },
  { keys: "9", press: ["9"], words: "zoom to London", run: ({ view }) => view.zoomToCapital() },
  { keys: "y", press: ["y"], words: "list of layers", run: ({ view }) => view.openLayers() },
  {
    keys: "o",
    press: ["o"],
    words: "overlaps of bodies on or off",
    run: ({ view }) => view.flipOverlaps(),
  },
  {
    keys: "c",
    press: ["c"],
    words: "compare: now, start, difference",
    run: ({ view }) => view.nextMode(),
  },
  { part: "Negotiate" },
  {
    keys: "g",
    press: ["g"],
    words: "move what is chosen: choose where to",
    run: ({ view }) => view.toGoal(),
  },
  {
    keys: "k",
    press: ["k"],
    words: "lock or unlock the districts chosen",
    run: ({ view }) => view.lockChosen(),
  },
  {
    keys: "Shift+K",
    press: ["K"],
    words: "lock or unlock the area chosen",
    run: ({ view }) => view.lockArea(),
  },
  {
    keys: "t",
    press: ["t"],
    words: "keep the districts chosen together, or release them",
    run: ({ view }) => view.keepTogether(),
  },
  {
    keys: "x",
    press: ["x"],
    words: "swap the district chosen with another",
    run: ({ desk }) => desk.ask("swap"),
  },
  { keys: "j", press: ["j"], words: "merge two areas", run: ({ desk }) => desk.ask("merge") },
  {
    keys: "f",
    press: ["f"],
    words: "split off a new area from what is chosen",
    run: ({ desk }) => desk.ask("split"),
  },
  { keys: "r", press: ["r"], words: "rename an area", run: ({ desk }) => desk.ask("rename") },
  {
    keys: "n",
    press: ["n"],
    words: "note on the district chosen, or in general",
    run: ({ desk }) => desk.ask("note"),
  },
  { keys: "w", press: ["w"], words: "who is speaking", run: ({ view }) => view.speaker.focus() },
  {
    keys: "q",
    press: ["q"],
    words: "strict or not",
    run: ({ desk }) => desk.setStrict(!desk.table.strict),
  },
  { keys: "u or Ctrl+Z", press: ["u", "Ctrl+z"], words: "undo", run: ({ desk }) => desk.undo() },
  {
    keys: "Shift+U or Ctrl+Y",
    press: ["U", "Ctrl+y", "Ctrl+Z"],
    words: "redo",
    run: ({ desk }) => desk.redo(),
  },
  { keys: "[", press: ["["], words: "step back in the log", run: ({ desk }) => desk.undo() },
  { keys: "]", press: ["]"], words: "step on in the log", run: ({ desk }) => desk.redo() },
  {
    keys: "Esc",
    press: ["Escape"],
    words: "let go: stop a stroke, choose nothing",
    run: ({ view }) => view.letGo(),
  },
  { part: "Files" },
  {
    keys: "s",
    press: ["s", "Ctrl+s"],
    words: "save the scenario",
    run: ({ view }) => view.files.save(),
  },
  {
    keys: "Shift+O",
    press: ["O"],
    words: "open a scenario file",
    run: ({ view }) => view.files.choose(),
  },
  {
    keys: "e",
    press: ["e"],
    words: "save the plan as CSV",
    run: ({ view }) => view.files.sheet("plan"),
  },
  {
    keys: "h",
    press: ["h"],
    words: "copy a link that holds the whole plan",
    run: ({ view }) => view.files.copyLink(),
  },
  { keys: "Ctrl+P", press: [], words: "print map, figures and moves" },
];

export function helpList() {
  return SHORTCUTS;
}

const TYPED = new Set(["INPUT", "TEXTAREA", "SELECT"]);
const PLAIN_INPUTS = new Set(["checkbox", "radio", "button"]);

/** Whether keys typed here are text, so that single keys must not act. */
function isTyping(node) {
  if (!node || !TYPED.has(node.tagName)) return node?.isContentEditable ?? false;
  return !(node.tagName === "INPUT" && PLAIN_INPUTS.has(node.type));
}

function nameOf(event) {
  if (event.ctrlKey || event.metaKey) return `Ctrl+${event.key}`;
  return event.key;
}

/** Listen to keys inside a root, until the function that is returned is called. */
export function listenToKeys(root, parts) {
  const byKey = new Map();
  for (const shortcut of SHORTCUTS) {
    for (const key of shortcut.press ?? []) byKey.set(key, shortcut);
  }
  const press = (event) => {
    if (event.defaultPrevented || event.altKey || event.isComposing) return;
    const combined = event.ctrlKey || event.metaKey;
    const typing = isTyping(event.composedPath()[0]);
    if (typing && event.key === "Escape") parts.desk.tell("refocus");
    if (typing) return;
    if (!parts.desk.keysOn && !combined && event.key !== "Escape") return;
    const shortcut = byKey.get(nameOf(event));
    if (!shortcut) return;
    event.preventDefault();
    event.stopPropagation();
    shortcut.run(parts);
  };
  root.addEventListener("keydown", press);
  return () => root.removeEventListener("keydown", press);
}
