/** Pointer on the map: select, paint, lasso; pan by dragging, zoom by wheel and by two fingers. */

import { people } from "../engine.js";
import { make, setText } from "./dom.js";
import { OPEN_NAME, plural } from "./words.js";

const STILL = 4; // screen pixels a pointer may tremble in a click
const WHEEL = 0.0016; // zoom of a pixel of wheel
const LASSO_STEP = 3;

/** Whether a point lies inside a polygon of points, by the rule evenodd. */
export function isInside(x, y, polygon) {
  let inside = false;
  for (let k = 0, last = polygon.length - 1; k < polygon.length; last = k, k += 1) {
    const one = polygon[k];
    const other = polygon[last];
    if (one.y > y === other.y > y) continue;
    if (x < ((other.x - one.x) * (y - one.y)) / (other.y - one.y) + one.x) inside = !inside;
  }
  return inside;
}

export class MapTools {
  constructor(desk, map) {
    this.desk = desk;
    this.map = map;
    this.fingers = new Map();
    this.drag = null;
    this.tip = make("div", { class: "tip", hidden: true, "aria-hidden": "true" });
    const { svg } = map;
    svg.addEventListener("pointerdown", (event) => this.down(event));
    svg.addEventListener("pointermove", (event) => this.move(event));
    svg.addEventListener("pointerup", (event) => this.up(event));
    svg.addEventListener("pointercancel", () => this.cancel());
    svg.addEventListener("pointerleave", () => !this.drag && this.hideTip());
    svg.addEventListener("mousedown", (event) => event.preventDefault());
    svg.addEventListener("wheel", (event) => this.wheel(event), { passive: false });
    svg.addEventListener("dblclick", (event) => event.preventDefault());
    svg.addEventListener("contextmenu", (event) => this.drag && event.preventDefault());
  }

  /** The unit under a point of the screen, or null. */
  unitAt(clientX, clientY) {
    const root = this.map.svg.getRootNode();
    const unit = root.elementFromPoint(clientX, clientY)?.dataset?.unit;
    return unit === undefined ? null : Number(unit);
  }

  wheel(event) {
    event.preventDefault();
    const unit = event.deltaMode === 1 ? 16 : 1;
    // A pinch on a touchpad comes as a wheel with the control key, in finer steps.
    const step = event.deltaY * unit * (event.ctrlKey ? 6 : 1);
    const point = this.map.viewport.local(event);
    this.map.viewport.zoom(Math.exp(-step * WHEEL), point.x, point.y);
    this.hideTip();
  }

  down(event) {
    this.hideTip();
    const point = this.map.viewport.local(event);
    this.fingers.set(event.pointerId, point);
    this.map.svg.setPointerCapture(event.pointerId);
    if (this.fingers.size === 2) return this.startPinch();
    const { tool } = this.desk;
    const pans = tool === "select" || event.button !== 0;
    const kind = pans ? "pan" : tool;
    this.drag = {
      kind,
      from: point,
      last: point,
      at: { x: event.clientX, y: event.clientY },
      far: false,
    };
    if (kind === "paint") this.startPaint(event);
    if (kind === "lasso") this.drag.points = [this.map.viewport.toMap(point.x, point.y)];
    return undefined;
  }

  startPinch() {
    if (this.drag?.kind === "paint") this.map.preview(new Set(), "");
    this.map.rope.setAttribute("d", "");
    const [one, other] = [...this.fingers.values()];
    this.drag = { kind: "pinch", far: true, apart: Math.hypot(one.x - other.x, one.y - other.y) };
    this.drag.middle = { x: (one.x + other.x) / 2, y: (one.y + other.y) / 2 };
  }

  move(event) {
    const point = this.map.viewport.local(event);
    if (this.fingers.has(event.pointerId)) this.fingers.set(event.pointerId, point);
    const { drag } = this;
    if (!drag) return this.hover(event, point);
    if (drag.kind === "pinch") return this.pinch();
    drag.far ||= Math.hypot(point.x - drag.from.x, point.y - drag.from.y) > STILL;
    if (drag.kind === "pan" && drag.far) {
      this.map.svg.classList.add("panning");
      this.map.viewport.pan(point.x - drag.last.x, point.y - drag.last.y);
    }
    if (drag.kind === "paint") this.brush(event, point);
    if (drag.kind === "lasso") this.draw(point);
    drag.last = point;
    return undefined;
  }

  pinch() {
    const [one, other] = [...this.fingers.values()];
    const apart = Math.hypot(one.x - other.x, one.y - other.y);
    const middle = { x: (one.x + other.x) / 2, y: (one.y + other.y) / 2 };
    const { drag, map } = this;
    map.viewport.pan(middle.x - drag.middle.x, middle.y - drag.middle.y);
    if (drag.apart > 0) map.viewport.zoom(apart / drag.apart, middle.x, middle.y);
    Object.assign(drag, { apart, middle });
  }

  up(event) {
    this.fingers.delete(event.pointerId);
    this.map.svg.classList.remove("panning");
    const { drag } = this;
    if (!drag) return;
    if (drag.kind === "pinch") {
      if (!this.fingers.size) this.drag = null;
      return;
    }
    this.drag = null;
    // The keyboard goes on from where the pointer was.
    this.desk.tell("pointed", this.unitAt(event.clientX, event.clientY));
    if (drag.kind === "paint") this.endPaint(drag);
    else if (drag.kind === "lasso") this.endLasso(drag);
    else if (!drag.far && event.button === 0) this.click(event);
  }

  click(event) {
    const unit = this.unitAt(event.clientX, event.clientY);
    const add = event.shiftKey || event.ctrlKey || event.metaKey;
    if (unit === null) {
      if (!add) this.desk.clearChoice();
      return;
    }
    this.desk.choose(unit, { add, on: add ? !this.desk.selected.has(unit) : true });
  }

  // Paint: a stroke is shown at once and made in one step when the pointer is lifted.

  startPaint(event) {
    this.drag.units = new Set();
    if (!this.desk.brush) {
      this.desk.say("Choose the area to paint into first.");
      this.drag.kind = "pan";
      return;
    }
    this.brush(event, this.drag.from);
  }

  brush(event, point) {
    const { drag, desk } = this;
    // A quick pointer jumps over districts: look along the way.
    const from = drag.at;
    const to = { x: event.clientX, y: event.clientY };
    const steps = Math.max(1, Math.ceil(Math.hypot(to.x - from.x, to.y - from.y) / 6));
    let grew = false;
    for (let k = 1; k <= steps; k += 1) {
      const x = from.x + ((to.x - from.x) * k) / steps;
      const y = from.y + ((to.y - from.y) * k) / steps;
      const unit = this.unitAt(x, y);
      if (unit === null || drag.units.has(unit) || desk.areaName(unit) === desk.brush) continue;
      drag.units.add(unit);
      grew = true;
    }
    drag.at = to;
    if (grew) this.map.preview(drag.units, desk.brush);
    const held = [...drag.units].reduce((total, unit) => total + desk.ground.people[unit], 0);
    const words = drag.units.size
      ? `${plural(drag.units.size, "district")}, ${people(held)} people to ${desk.brush}`
      : `Paint into ${desk.brush}`;
    this.showTip(point, words);
  }

  endPaint(drag) {
    this.hideTip();
    const units = [...drag.units];
    this.map.preview(new Set(), "");
    if (units.length) this.desk.move(units, this.desk.brush);
    else this.desk.say(`Nothing to paint there: it is in ${this.desk.brush} already.`);
  }

  // Lasso.

  draw(point) {
    const { drag } = this;
    if (
      Math.hypot(point.x - drag.last.x, point.y - drag.last.y) < LASSO_STEP &&
      drag.points.length > 1
    )
      return;
    drag.points.push(this.map.viewport.toMap(point.x, point.y));
    const text = drag.points.map((own) => `${Math.round(own.x)} ${Math.round(own.y)}`);
    this.map.rope.setAttribute("d", `M${text.join("L")}z`);
  }

  endLasso(drag) {
    this.map.rope.setAttribute("d", "");
    const { ground } = this.desk;
    if (!drag.far || drag.points.length < 3)
      return this.desk.say("Draw around the districts to choose.");
    const inside = [];
    for (let unit = 0; unit < ground.count; unit += 1) {
      if (isInside(ground.x[unit], ground.y[unit], drag.points)) inside.push(unit);
    }
    if (!inside.length) return this.desk.say("No district has its middle inside the line.");
    return this.desk.chooseMany(inside, { toMove: true });
  }

  /** Escape, or the system took the pointer: nothing is changed. */
  cancel() {
    if (!this.drag) return false;
    this.map.preview(new Set(), "");
    this.map.rope.setAttribute("d", "");
    this.map.svg.classList.remove("panning");
    this.fingers.clear();
    this.drag = null;
    this.hideTip();
    return true;
  }

  hover(event, point) {
    if (event.pointerType === "touch") return;
    const unit = this.unitAt(event.clientX, event.clientY);
    if (unit === null) {
      this.hideTip();
      return;
    }
    const { ground } = this.desk;
    const area = this.desk.shownNames()[unit] || OPEN_NAME;
    this.showTip(point, `${ground.names[unit]}, ${people(ground.people[unit])} people: ${area}`);
  }

  showTip(point, words) {
    setText(this.tip, words);
    this.tip.hidden = false;
    const right = point.x > this.map.viewport.width - 230;
    this.tip.style.left = right ? "" : `${point.x + 14}px`;
    this.tip.style.right = right ? `${this.map.viewport.width - point.x + 14}px` : "";
    this.tip.style.top = `${Math.max(4, point.y - 34)}px`;
  }

  hideTip() {
    this.tip.hidden = true;
  }
}
