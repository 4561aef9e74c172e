"""Where on a map there is land or writing, on a grid of points, and where a rectangle is free."""

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt
import shapely
from matplotlib.axes import Axes
from PIL import Image, ImageDraw
from scipy.ndimage import binary_dilation

from coterminosity.geometry import Geometries
from coterminosity.maps.canvas import figure_of

Mask = npt.NDArray[np.bool_]


class Raster:
    """Hold a grid of points over axes, row by row from below, and which of them are taken.

    Parameters
    ----------
    ax : Axes
        With its limits and place set.
    points : float
        Between the points of the grid, in typographic points.

    Examples
    --------
    >>> from coterminosity.maps.canvas import new_figure
    >>> raster = Raster(new_figure(1, 1).add_axes((0, 0, 1, 1)), points=7.2)
    >>> raster.cover(np.array([shapely.box(0, 0, 100, 50)]))
    >>> raster.free(40.0, 30.0).min(axis=0).tolist()
    [0.0, 60.0]
    """

    def __init__(self, ax: Axes, *, points: float) -> None:
        frame = ax.get_window_extent()
        self.step = points * figure_of(ax).dpi / 72
        self.x = np.arange(frame.x0, frame.x1, self.step)
        self.y = np.arange(frame.y0, frame.y1, self.step)
        self.taken: Mask = np.zeros((len(self.y), len(self.x)), dtype=np.bool_)

    @property
    def grid(self) -> npt.NDArray[np.float64]:
        """All points in pixels."""
        return np.array(np.meshgrid(self.x, self.y)).reshape(2, -1).T

    def cover(self, shapes: Geometries) -> None:
        """Take the points in polygons, in pixels, with their holes, and those nearest to edges."""
        rings = shapely.get_exterior_ring(shapely.get_parts(shapes))
        ends = np.cumsum(shapely.get_num_coordinates(rings))[:-1]
        at = (shapely.get_coordinates(rings) - (self.x[0], self.y[0])) / self.step
        image = Image.new("1", (len(self.x), len(self.y)))
        pen = ImageDraw.Draw(image)
        for ring in np.split(at, ends):
            pen.polygon(ring.ravel().tolist(), fill=1)
        self.taken |= np.asarray(image)
        edge = np.round((shapely.get_coordinates(shapes) - (self.x[0], self.y[0])) / self.step)
        column, row = edge.astype(np.int64).T
        seen = (column >= 0) & (column < len(self.x)) & (row >= 0) & (row < len(self.y))
        self.taken[row[seen], column[seen]] = True

    def block(self, boxes: Iterable[shapely.Geometry], *, margin: float) -> None:
        """Take the points of boxes, in pixels, with a margin around them."""
        for box in boxes:
            west, south, east, north = box.bounds
            columns = (self.x >= west - margin) & (self.x <= east + margin)
            rows = (self.y >= south - margin) & (self.y <= north + margin)
            self.taken |= rows[:, None] & columns[None]

    def widen(self, margin: float) -> None:
        """Take the points within a margin, in pixels, of those taken."""
        self.taken = binary_dilation(self.taken, iterations=max(int(margin / self.step), 1))

    def free(self, wide: float, high: float) -> npt.NDArray[np.float64]:
        """Return the lower left corners, in pixels, of rectangles that take no taken point."""
        columns, rows = int(np.ceil(wide / self.step)), int(np.ceil(high / self.step))
        total = np.pad(self.taken.cumsum(axis=0).cumsum(axis=1), ((1, 0), (1, 0)))
        if rows >= len(self.y) or columns >= len(self.x):
            return np.empty((0, 2))
        held = (
            total[rows + 1 :, columns + 1 :] - total[: -rows - 1, columns + 1 :]
            - total[rows + 1 :, : -columns - 1] + total[: -rows - 1, : -columns - 1]
        )  # fmt: skip
        row, column = np.nonzero(held == 0)
        return np.array([self.x[column], self.y[row]]).T
