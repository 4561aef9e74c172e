/** Which part of the map is seen, and how large. Everything else of the map asks here. */

const LARGEST_SCALE = 60; // times larger than the whole map
const ROOM = 14; // screen pixels around what is shown

export class Viewport {
  /**
   * `svg` is the map, `size` its width and height in map units; `changed(scaled)` is called once
   * a frame after a change, with true where the scale is another one.
   */
  constructor(svg, size, changed) {
    Object.assign(this, { svg, size, changed, x: 0, y: 0, scale: 1, width: 1, height: 1, foot: 0 });
    this.whole = 1;
    this.waiting = 0;
    this.drawnScale = 0;
    this.untouched = true;
  }

  /** Learn the room on the screen, `foot` pixels of it under the note of sources. */
  measure(foot = this.foot) {
    this.foot = foot;
    const box = this.svg.getBoundingClientRect();
    if (!box.width || !box.height) return;
    const middle = this.toMap(this.width / 2, this.height / 2);
    this.width = box.width;
    this.height = box.height;
    this.whole = Math.min(
      (box.width - 2 * ROOM) / this.size.width,
      (box.height - 2 * ROOM - this.foot) / this.size.height,
    );
    if (this.untouched) this.showAll();
    else this.centre(middle.x, middle.y);
  }

  /** Draw for a frame of another size at once, such as a sheet of paper. */
  frame(width, height) {
    const middle = this.toMap(this.width / 2, this.height / 2);
    const seen = this.height / this.scale;
    Object.assign(this, { width, height });
    this.whole = Math.min(width / this.size.width, height / this.size.height);
    this.scale = this.untouched ? this.whole : height / seen;
    this.x = (this.untouched ? this.size.width / 2 : middle.x) - width / this.scale / 2;
    this.y = (this.untouched ? this.size.height / 2 : middle.y) - height / this.scale / 2;
    this.apply();
  }

  showAll() {
    this.show([0, 0, this.size.width, this.size.height], 1);
    this.untouched = true;
  }

  /**
   * Show a box (west, north, east, south in map units) with land around it, at no more than
   * `most` times the scale of the whole map.
   */
  show(box, most = 14, around = 1) {
    const wide = Math.max(box[2] - box[0], 1) * around;
    const high = Math.max(box[3] - box[1], 1) * around;
    const scale = Math.min(
      (this.width - 2 * ROOM) / wide,
      (this.height - 2 * ROOM - this.foot) / high,
      this.whole * most,
    );
    this.untouched = false;
    this.scale = this.held(scale);
    this.centre((box[0] + box[2]) / 2, (box[1] + box[3]) / 2 + this.foot / 2 / this.scale);
  }

  held(scale) {
    return Math.min(Math.max(scale, this.whole * 0.6), this.whole * LARGEST_SCALE);
  }

  centre(x, y) {
    this.x = x - this.width / this.scale / 2;
    this.y = y - this.height / this.scale / 2;
    this.keepInSight();
    this.ask();
  }

  /** Zoom by a factor about a point of the screen (relative to the map's corner). */
  zoom(factor, px = this.width / 2, py = this.height / 2) {
    const held = this.toMap(px, py);
    this.untouched = false;
    this.scale = this.held(this.scale * factor);
    this.x = held.x - px / this.scale;
    this.y = held.y - py / this.scale;
    this.keepInSight();
    this.ask();
  }

  /** Move the paper under the frame by screen pixels. */
  pan(dx, dy) {
    this.untouched = false;
    this.x -= dx / this.scale;
    this.y -= dy / this.scale;
    this.keepInSight();
    this.ask();
  }

  /** The middle of the frame stays on the map, so that nobody gets lost at sea. */
  keepInSight() {
    const half = { x: this.width / this.scale / 2, y: this.height / this.scale / 2 };
    this.x = Math.min(Math.max(this.x, -half.x), this.size.width - half.x);
    this.y = Math.min(Math.max(this.y, -half.y), this.size.height - half.y);
  }

  /** Bring a point into sight if it is outside or near the edge. */
  reveal(x, y) {
    const px = (x - this.x) * this.scale;
    const py = (y - this.y) * this.scale;
    const edge = 40;
    const inside = px > edge && py > edge && px < this.width - edge && py < this.height - edge - 30;
    if (!inside) this.centre(x, y);
  }

  toMap(px, py) {
    return { x: this.x + px / this.scale, y: this.y + py / this.scale };
  }

  /** Where a pointer is, in pixels from the map's corner. */
  local(event) {
    const box = this.svg.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  }

  ask() {
    if (this.waiting) return;
    this.waiting = requestAnimationFrame(() => {
      this.waiting = 0;
      this.apply();
    });
  }

  apply() {
    const round = (value) => Math.round(value * 100) / 100;
    const box = [this.x, this.y, this.width / this.scale, this.height / this.scale];
    this.svg.setAttribute("viewBox", box.map(round).join(" "));
    const scaled = this.scale !== this.drawnScale;
    this.drawnScale = this.scale;
    this.changed(scaled);
  }
}
