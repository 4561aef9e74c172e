/** The best matching of the areas of two plans: one to one, with most people in common. */

/** For each row the column matched with it, or -1; `common` is rows of equal length. */
export function matched(common) {
  const rows = common.length;
  const columns = rows ? common[0].length : 0;
  const size = Math.max(rows, columns);
  const cost = (i, j) => (i < rows && j < columns ? -common[i][j] : 0);
  const { ofColumn } = assignment(size, cost);
  const found = new Array(rows).fill(-1);
  for (let j = 0; j < columns; j += 1) {
    const i = ofColumn[j + 1] - 1;
    if (i < rows && common[i][j] > 0) found[i] = j;
  }
  return found;
}

/** Kuhn and Munkres by shortest augmenting paths; row and column 0 are not used. */
function assignment(size, cost) {
  const u = new Float64Array(size + 1);
  const v = new Float64Array(size + 1);
  const ofColumn = new Int32Array(size + 1);
  for (let row = 1; row <= size; row += 1) {
    const way = new Int32Array(size + 1);
    const least = new Float64Array(size + 1).fill(Infinity);
    const done = new Uint8Array(size + 1);
    ofColumn[0] = row;
    let column = 0;
    do {
      done[column] = 1;
      column = shortest({ size, cost, u, v, ofColumn, way, least, done }, column);
    } while (ofColumn[column] !== 0);
    while (column) {
      const before = way[column];
      ofColumn[column] = ofColumn[before];
      column = before;
    }
  }
  return { ofColumn };
}

/** Extend the paths by the column that is nearest, and return it. */
function shortest({ size, cost, u, v, ofColumn, way, least, done }, from) {
  const row = ofColumn[from];
  let delta = Infinity;
  let next = 0;
  for (let j = 1; j <= size; j += 1) {
    if (done[j]) continue;
    const reduced = cost(row - 1, j - 1) - u[row] - v[j];
    if (reduced < least[j]) {
      least[j] = reduced;
      way[j] = from;
    }
    if (least[j] < delta) {
      delta = least[j];
      next = j;
    }
  }
  for (let j = 0; j <= size; j += 1) {
    if (done[j]) {
      u[ofColumn[j]] += delta;
      v[j] -= delta;
    } else {
      least[j] -= delta;
    }
  }
  return next;
}
