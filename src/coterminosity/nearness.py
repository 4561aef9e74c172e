"""Which part of straight edges lies within some metres of other edges, exactly.

All that lies within d of a straight edge is a strip with round ends. It is convex, so that another
edge enters and leaves it once at most: both places can be computed, for all pairs at once.
"""

import numpy as np
import numpy.typing as npt
import shapely

from coterminosity.geometry import Floats, Geometries

Complex = npt.NDArray[np.complex128]
Numbers = npt.NDArray[np.intp]
# Edges that are asked for at once.
_PORTION = 20_000


def length_within(
    start: Complex,
    end: Complex,
    others: Geometries,
    metres: float,
    *,
    of: npt.NDArray[np.int32] | None = None,
    others_of: npt.NDArray[np.int32] | None = None,
) -> Floats:
    """Return by edge how many metres of it lie within a distance of any of the other edges.

    Parameters
    ----------
    start, end : array of complex
        Ends of the edges, east and north in metres.
    others : array of LineString
        Edges of two points.
    metres : float
        Distance, 0 or more.
    of, others_of : array of int, optional
        Regions of the edges and of the others: those of one's own region do not count.
    """
    edges = shapely.linestrings(np.stack([_xy(start), _xy(end)], axis=1))
    tree = shapely.STRtree(others)
    found = np.zeros(len(start))
    # Edges in portions, since a dense town has hundreds of neighbours within 500 m.
    for first in range(0, len(edges), _PORTION):
        own = slice(first, first + _PORTION)
        which, near = tree.query(edges[own], predicate="dwithin", distance=metres)
        if of is not None and others_of is not None:
            foreign = of[own][which] != others_of[near]
            which, near = which[foreign], near[foreign]
        ends = shapely.get_coordinates(others[near]).reshape(-1, 2, 2)
        a, b = (ends[:, k, 0] + 1j * ends[:, k, 1] for k in (0, 1))
        enter, leave = _inside(start[own][which], end[own][which], a, b, metres)
        length = np.abs(end[own] - start[own])
        found[own] = _covered(which, enter, leave, len(length)) * length
    return found


def _xy(points: Complex) -> Floats:
    return np.stack([points.real, points.imag], axis=-1)


def _inside(
    start: Complex, end: Complex, a: Complex, b: Complex, metres: float
) -> tuple[Floats, Floats]:
    """Return from where to where, as shares of each edge, it lies within reach of edge ab."""
    way, along = end - start, b - a
    length = np.abs(along)
    unit = np.divide(along, length, out=np.ones_like(along), where=length > 0)
    # In the frame of ab: x along it, y across.
    origin, step = (start - a) * unit.conj(), way * unit.conj()
    spans = [
        _meet(_between(origin.real, step.real, 0.0, length),
              _between(origin.imag, step.imag, -metres, metres)),
        _in_circle(origin, step, metres),
        _in_circle(origin - length, step, metres),
    ]  # fmt: skip
    enter = np.minimum.reduce([low for low, _ in spans])
    leave = np.maximum.reduce([high for _, high in spans])
    return np.clip(enter, 0.0, 1.0), np.clip(leave, 0.0, 1.0)


def _between(
    origin: Floats, step: Floats, low: float, high: Floats | float
) -> tuple[Floats, Floats]:
    """Return where low ≤ origin + t·step ≤ high; (inf, −inf) where nowhere."""
    still = np.abs(step) < 1e-12
    safe = np.where(still, 1.0, step)
    one, other = (low - origin) / safe, (high - origin) / safe
    held = (origin >= low) & (origin <= high)
    enter = np.where(still, np.where(held, 0.0, np.inf), np.minimum(one, other))
    leave = np.where(still, np.where(held, 1.0, -np.inf), np.maximum(one, other))
    return enter, leave


def _in_circle(origin: Complex, step: Complex, radius: float) -> tuple[Floats, Floats]:
    """Return where |origin + t·step| ≤ radius; (inf, −inf) where nowhere."""
    a = np.abs(step) ** 2
    half = (origin * step.conj()).real
    room = half**2 - a * (np.abs(origin) ** 2 - radius**2)
    hits = (room >= 0) & (a > 0)
    root = np.sqrt(np.where(hits, room, 0.0))
    safe = np.where(a > 0, a, 1.0)
    enter = np.where(hits, (-half - root) / safe, np.inf)
    leave = np.where(hits, (-half + root) / safe, -np.inf)
    missed = (leave < 0) | (enter > 1)
    return np.where(missed, np.inf, enter), np.where(missed, -np.inf, leave)


def _meet(one: tuple[Floats, Floats], other: tuple[Floats, Floats]) -> tuple[Floats, Floats]:
    enter, leave = np.maximum(one[0], other[0]), np.minimum(one[1], other[1])
    none = (enter > leave) | (leave < 0) | (enter > 1)
    return np.where(none, np.inf, enter), np.where(none, -np.inf, leave)


def _covered(which: Numbers, enter: Floats, leave: Floats, count: int) -> Floats:
    """Return by edge the share that the union of its spans covers."""
    real = leave > enter
    which, enter, leave = which[real], enter[real], leave[real]
    order = np.lexsort((enter, which))
    which, enter, leave = which[order], enter[order], leave[order]
    # What of a span lies beyond the furthest end of those before it, edge by edge: shares are at
    # most 1, so that adding 2 for each edge keeps edges apart.
    lift = 2.0 * which
    furthest = np.maximum.accumulate(leave + lift) - lift
    before = np.r_[-np.inf, furthest[:-1]]
    before[np.r_[True, which[1:] != which[:-1]][: len(which)]] = 0.0
    new = np.maximum(leave - np.maximum(enter, before), 0.0)
    return np.asarray(np.bincount(which, new, count), dtype=np.float64)
