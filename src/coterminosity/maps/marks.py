"""Numbers on a map, moved apart where one would hide another."""

from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely
from matplotlib.axes import Axes

from coterminosity.maps.colours import RED
from coterminosity.maps.labels import extent_of

_ROUNDS = 200
_APART, _TOUCH = 1.0, 1e-6  # pixels between marks, and of overlap that is none
_LETTERS: dict[str, Any] = {"ha": "center", "va": "center", "weight": "bold", "color": "white"}
_BOX: dict[str, Any] = {"boxstyle": "round,pad=0.18", "facecolor": RED, "edgecolor": "none"}

Floats = npt.NDArray[np.float64]


def write_marks(ax: Axes, points: gpd.GeoSeries, *, size: float) -> None:
    """Write the name of each point on it, white on red, none over another.

    A mark that had to leave its point has a line to it.

    Parameters
    ----------
    ax : Axes
        The map, with its limits set.
    points : GeoSeries
        Points by what is written.
    size : float
        Of the letters, in points.
    """
    ax.apply_aspect()
    places = shapely.get_coordinates(np.asarray(points.array))
    texts = [
        ax.text(x, y, str(mark), gid="move-mark", bbox=_BOX, size=size, zorder=3.2, **_LETTERS)
        for mark, (x, y) in zip(points.index, places, strict=True)
    ]
    boxes = np.array([extent_of(ax, text).extents for text in texts]).reshape(-1, 4)
    half = (boxes[:, 2:] - boxes[:, :2] + _APART) / 2
    spots = ax.transData.transform(places) if len(places) else places
    moved = apart(spots, half)
    for text, place, spot, own, reach in zip(texts, places, spots, moved, half, strict=True):
        if (spot == own).all():
            continue
        x, y = ax.transData.inverted().transform(own)
        text.set_position((x, y))
        if (np.abs(spot - own) > reach).any():
            ax.plot([place[0], x], [place[1], y], color=RED, linewidth=0.7, gid="mark-line",
                    zorder=3.1)  # fmt: skip


def apart(spots: Floats, half: Floats) -> Floats:
    """Return where boxes lie after each pair that overlaps has moved apart the shorter way.

    Parameters
    ----------
    spots, half : array of float
        Middle of each box, and half of its width and height.

    Examples
    --------
    >>> apart(np.array([[0.0, 0.0], [1.0, 0.0], [9.0, 9.0]]), np.full((3, 2), 1.0)).tolist()
    [[-0.5, 0.0], [1.5, 0.0], [9.0, 9.0]]
    """
    spots = spots.copy()
    for _ in range(_ROUNDS):
        near = np.abs(spots[:, None] - spots) < half[:, None] + half - _TOUCH
        pairs = np.argwhere(np.triu(near.all(axis=2), 1))
        if not len(pairs):
            break
        for one, other in pairs:
            way = spots[other] - spots[one]
            over = half[one] + half[other] - np.abs(way)
            axis = int(np.argmin(over))
            step = max(over[axis], 0.0) / 2 * (1.0 if way[axis] >= 0 else -1.0)
            spots[one, axis] -= step
            spots[other, axis] += step
    return spots
