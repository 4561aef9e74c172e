/** Pan, zoom, point and search on a map of areas. No network, no library. */
"use strict";

const facts = JSON.parse(document.getElementById("facts").textContent);
const svg = document.querySelector("svg");
const tip = document.getElementById("tip");
const said = document.getElementById("said");
const search = document.getElementById("search");
const units = [...svg.querySelectorAll(".unit")];
const labels = [...svg.querySelectorAll("text")];
const whole = { x: 0, y: 0, width: facts.width, height: facts.height };
const MOST = 60;
const LETTER = 0.56;
const SIZE = 12;
const LINE = 1.15; // height of a line of a name, in its size
let view = { ...whole };
let shown = -1;

/** One pixel of the screen, in units of the map. */
function pixel() {
  const { width, height } = svg.getBoundingClientRect();
  return Math.max(view.width / width, view.height / height);
}

function draw() {
  svg.setAttribute("viewBox", `${view.x} ${view.y} ${view.width} ${view.height}`);
  const size = SIZE * pixel();
  const taken = [];
  // Largest areas first: a name that would touch another waits for a closer look.
  for (const label of labels) {
    const x = Number(label.getAttribute("x"));
    const y = Number(label.getAttribute("y"));
    const lines = [...label.children].map((line) => line.textContent.length);
    const half = (Math.max(...lines) * LETTER * size) / 2;
    const high = (LINE * lines.length * size) / 2;
    const box = [x - half, y - high, x + half, y + high];
    const free = taken.every((b) => box[2] < b[0] || b[2] < box[0] || box[3] < b[1] || b[3] < box[1]);
    label.style.display = free ? "" : "none";
    label.style.fontSize = `${size}px`;
    label.style.strokeWidth = `${size / 5}px`;
    if (free) taken.push(box);
  }
}

/** Zoom by a factor, keeping one point of the map where it is. */
function zoom(factor, x = view.x + view.width / 2, y = view.y + view.height / 2) {
  const width = Math.min(whole.width * 1.2, Math.max(whole.width / MOST, view.width / factor));
  const real = view.width / width;
  view = {
    x: x - (x - view.x) / real,
    y: y - (y - view.y) / real,
    width,
    height: view.height / real,
  };
  draw();
}

function reset() {
  view = { ...whole };
  draw();
}

function pan(right, down) {
  view.x += right * view.width;
  view.y += down * view.height;
  draw();
}

function place(event) {
  const at = new DOMPoint(event.clientX, event.clientY);
  return at.matrixTransform(svg.getScreenCTM().inverse());
}

/** Fill the note of a unit: text only, whatever names hold. */
function show(number, event) {
  if (shown >= 0) units[shown].classList.remove("shown");
  shown = number;
  tip.hidden = number < 0;
  if (number < 0) return;
  const unit = units[number];
  unit.classList.add("shown");
  unit.parentNode.append(unit);
  const row = facts.rows[number];
  const list = document.createElement("dl");
  facts.columns.forEach((column, k) => {
    if (row[k + 1] === "") return;
    const [dt, dd] = [document.createElement("dt"), document.createElement("dd")];
    dt.textContent = column;
    dd.textContent = row[k + 1];
    list.append(dt, dd);
  });
  const name = document.createElement("strong");
  name.textContent = row[0];
  tip.replaceChildren(name, list);
  const frame = svg.getBoundingClientRect();
  const x = event ? event.clientX - frame.left : frame.width / 2;
  const y = event ? event.clientY - frame.top : frame.height / 2;
  tip.style.left = `${Math.max(0, Math.min(x + 14, frame.width - tip.offsetWidth - 4))}px`;
  tip.style.top = `${Math.max(0, Math.min(y + 14, frame.height - tip.offsetHeight - 4))}px`;
}

function find(text) {
  const asked = text.trim().toLowerCase();
  const number = facts.rows.findIndex((row) => row[0].toLowerCase() === asked);
  if (number < 0) return;
  const box = units[number].getBBox();
  const width = Math.max(box.width * 6, whole.width / 8);
  const height = (width * whole.height) / whole.width;
  view = { x: box.x + (box.width - width) / 2, y: box.y + (box.height - height) / 2, width, height };
  draw();
  show(number);
  const row = facts.rows[number];
  const known = facts.columns.map((column, k) => `${column} ${row[k + 1]}`);
  said.textContent = `${row[0]}: ${known.filter((_, k) => row[k + 1] !== "").join(", ")}.`;
}

const held = new Map();
svg.addEventListener("pointerdown", (event) => {
  held.set(event.pointerId, place(event));
  svg.setPointerCapture(event.pointerId);
  svg.classList.add("dragged");
});
svg.addEventListener("pointermove", (event) => {
  const from = held.get(event.pointerId);
  if (from && held.size === 1) {
    const to = place(event);
    view.x += from.x - to.x;
    view.y += from.y - to.y;
    draw();
    return;
  }
  const under = document.elementFromPoint(event.clientX, event.clientY);
  show(units.indexOf(under), event);
});
for (const end of ["pointerup", "pointercancel"]) {
  svg.addEventListener(end, (event) => {
    held.delete(event.pointerId);
    svg.classList.remove("dragged");
  });
}
svg.addEventListener("pointerleave", () => show(-1));
svg.addEventListener(
  "wheel",
  (event) => {
    event.preventDefault();
    const at = place(event);
    zoom(Math.exp(-event.deltaY / 400), at.x, at.y);
  },
  { passive: false },
);
const KEYS = {
  "+": () => zoom(1.5),
  "=": () => zoom(1.5),
  "-": () => zoom(1 / 1.5),
  0: reset,
  ArrowLeft: () => pan(-0.1, 0),
  ArrowRight: () => pan(0.1, 0),
  ArrowUp: () => pan(0, -0.1),
  ArrowDown: () => pan(0, 0.1),
};
svg.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || !KEYS[event.key]) return;
  event.preventDefault();
  KEYS[event.key]();
});
document.getElementById("closer").addEventListener("click", () => zoom(1.5));
document.getElementById("further").addEventListener("click", () => zoom(1 / 1.5));
document.getElementById("all").addEventListener("click", reset);
search.addEventListener("change", () => find(search.value));
new ResizeObserver(draw).observe(svg);
draw();
