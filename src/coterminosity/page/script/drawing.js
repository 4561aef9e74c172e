/**
 * The drawing: arcs between atoms, and the shapes made of them.
 *
 * An arc has an atom on each side, or sea (-1). The border of any set of atoms is the arcs with the
 * set on one side only; nothing else is stored, so that areas, bodies and overlaps need no shapes
 * of their own.
 */

const SEA = -1;

/** Arcs from letters; see `encode` in drawing.py. */
function decodeArcs(text) {
  let at = 0;
  const next = () => {
    let value = 0;
    let shift = 0;
    let digit;
    do {
      const code = text.charCodeAt(at);
      at += 1;
      digit = (code === 35 ? 92 : code) - 63;
      value += (digit & 31) * 2 ** shift;
      shift += 5;
    } while (digit >= 32);
    return value % 2 ? -(value + 1) / 2 : value / 2;
  };
  const arcs = [];
  let x = 0;
  let y = 0;
  while (at < text.length) {
    const points = new Int32Array(2 * next());
    for (let k = 0; k < points.length; k += 2) {
      x += next();
      y += next();
      points[k] = x;
      points[k + 1] = y;
    }
    arcs.push(points);
  }
  return arcs;
}

export class Drawing {
  /** @param geometry of the payload; @param layers of the payload; @param count of units */
  constructor(geometry, layers, count) {
    this.kind = geometry.kind;
    this.width = geometry.width;
    this.height = geometry.height;
    this.metres = geometry.metres;
    this.arcs = decodeArcs(geometry.arcs);
    this.left = Int32Array.from(geometry.left);
    this.right = Int32Array.from(geometry.right);
    this.unitOfAtom = Int32Array.from(geometry.unit);
    this.members = new Map(Object.entries(geometry.members));
    this.count = count;
    this.kept = new Map();
    this.arcsOfUnit = Array.from({ length: count }, () => []);
    this.arcs.forEach((_, arc) => {
      const [one, other] = this.sides(arc, this.unitOfAtom);
      if (one === other) return;
      if (one !== SEA) this.arcsOfUnit[one].push(arc);
      if (other !== SEA) this.arcsOfUnit[other].push(arc);
    });
  }

  /** What lies left and right of an arc, by a table over atoms. */
  sides(arc, ofAtom) {
    const left = this.left[arc];
    const right = this.right[arc];
    return [left === SEA ? SEA : ofAtom[left], right === SEA ? SEA : ofAtom[right]];
  }

  /** One unit, closed. */
  unitPath(unit) {
    return this.keep(`unit ${unit}`, () => closed(this.arcs, this.arcsOfUnit[unit]));
  }

  /** Several units as one shape, closed; fill it with the rule evenodd. */
  shapePath(units) {
    const times = new Map();
    for (const unit of units) {
      for (const arc of this.arcsOfUnit[unit]) times.set(arc, (times.get(arc) ?? 0) + 1);
    }
    return closed(this.arcs, [...times].filter(([, n]) => n === 1).map(([arc]) => arc));
  }

  /** Outline of all land. */
  coastPath() {
    return this.keep("coast", () => this.lines(
      (arc) => this.left[arc] === SEA || this.right[arc] === SEA));
  }

  /** Borders between units. */
  unitBorders() {
    return this.keep("units", () => this.lines((arc) => this.parts(arc, this.unitOfAtom)));
  }

  /** Borders between areas, where `area` is by unit; not kept, since every move changes them. */
  areaBorders(area) {
    return this.lines((arc) => {
      const [one, other] = this.sides(arc, this.unitOfAtom);
      return one !== SEA && other !== SEA && area[one] !== area[other];
    });
  }

  /** Borders of a layer, coast left out; they may run through a unit. */
  layerBorders(layer) {
    const groups = this.members.get(layer);
    if (!groups) return "";
    return this.keep(`layer ${layer}`, () => this.lines((arc) => this.parts(arc, groups)));
  }

  /** Land in two or more regions of a cover, closed; "" where there is none. */
  overlapPath(layer) {
    const groups = this.members.get(layer);
    if (!groups) return "";
    return this.keep(`overlap ${layer}`, () => {
      const twice = groups.map((own) => Array.isArray(own));
      return this.shapeOfAtoms((atom) => twice[atom]);
    });
  }

  /** One region of a layer, closed. */
  regionPath(layer, region) {
    const groups = this.members.get(layer);
    if (!groups) return "";
    const holds = (own) => (Array.isArray(own) ? own.includes(region) : own === region);
    return this.keep(`region ${layer} ${region}`, () => (
      this.shapeOfAtoms((atom) => holds(groups[atom]))));
  }

  /** Smallest box around units: x0, y0, x1, y1. */
  bounds(units) {
    const box = [Infinity, Infinity, -Infinity, -Infinity];
    for (const unit of units) {
      for (const arc of this.arcsOfUnit[unit]) {
        const points = this.arcs[arc];
        for (let k = 0; k < points.length; k += 2) {
          box[0] = Math.min(box[0], points[k]);
          box[1] = Math.min(box[1], points[k + 1]);
          box[2] = Math.max(box[2], points[k]);
          box[3] = Math.max(box[3], points[k + 1]);
        }
      }
    }
    return units.length ? box : [0, 0, this.width, this.height];
  }

  /** Whether an arc parts two atoms on land that belong to different regions. */
  parts(arc, groups) {
    const left = this.left[arc];
    const right = this.right[arc];
    if (left === SEA || right === SEA) return false;
    return String(groups[left]) !== String(groups[right]);
  }

  shapeOfAtoms(holds) {
    const edge = [];
    this.arcs.forEach((_, arc) => {
      const one = this.left[arc] !== SEA && holds(this.left[arc]);
      const other = this.right[arc] !== SEA && holds(this.right[arc]);
      if (one !== other) edge.push(arc);
    });
    return closed(this.arcs, edge);
  }

  lines(chosen) {
    const own = [];
    this.arcs.forEach((_, arc) => chosen(arc) && own.push(arc));
    return chained(this.arcs, own).map((chain) => pathOf(this.arcs, chain, false)).join("");
  }

  keep(key, make) {
    if (!this.kept.has(key)) this.kept.set(key, make());
    return this.kept.get(key);
  }
}

const nodeOf = (points, atEnd) => (
  atEnd ? `${points[points.length - 2]} ${points[points.length - 1]}` : `${points[0]} ${points[1]}`);

/**
 * Arcs joined end to end into chains of [arc, reversed]. At a node where more than two arcs meet
 * any joining draws the same lines and, by the rule evenodd, the same land.
 */
function chained(arcs, own) {
  const free = new Set(own);
  const at = new Map();
  for (const arc of own) {
    for (const atEnd of [false, true]) {
      const node = nodeOf(arcs[arc], atEnd);
      if (!at.has(node)) at.set(node, []);
      at.get(node).push(arc);
    }
  }
  // Chains that end somewhere begin at an end, so that none is cut in two.
  const odd = own.filter((arc) => [false, true].some(
    (atEnd) => at.get(nodeOf(arcs[arc], atEnd)).length % 2 === 1));
  const chains = [];
  for (const first of [...odd, ...own]) {
    if (free.has(first)) {
      const turned = at.get(nodeOf(arcs[first], false)).length % 2 === 0
        && at.get(nodeOf(arcs[first], true)).length % 2 === 1;
      chains.push(followed(arcs, at, free, first, turned));
    }
  }
  return chains;
}

function followed(arcs, at, free, first, turned) {
  const chain = [[first, turned]];
  free.delete(first);
  let node = nodeOf(arcs[first], !turned);
  for (;;) {
    const next = at.get(node).find((arc) => free.has(arc));
    if (next === undefined) return chain;
    free.delete(next);
    const reversed = nodeOf(arcs[next], false) !== node;
    chain.push([next, reversed]);
    node = nodeOf(arcs[next], !reversed);
  }
}

function closed(arcs, own) {
  return chained(arcs, own).map((chain) => pathOf(arcs, chain, true)).join("");
}

/** Path data with relative steps, the shortest form. */
function pathOf(arcs, chain, isClosed) {
  let text = "";
  let x = 0;
  let y = 0;
  for (const [arc, reversed] of chain) {
    const points = arcs[arc];
    const last = points.length - 2;
    for (let k = 0; k <= last; k += 2) {
      const at = reversed ? last - k : k;
      const px = points[at];
      const py = points[at + 1];
      if (!text) text = `M${px} ${py}l`;
      else if (k > 0) text += `${px - x} ${py - y} `;
      x = px;
      y = py;
    }
  }
  return isClosed ? `${text}z` : text;
}
