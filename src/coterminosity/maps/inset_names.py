"""Names of units in an inset: in their shapes, or as a letter with the name below; all or none."""

import textwrap

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from matplotlib.axes import Axes

from coterminosity.maps.canvas import INK, figure_of
from coterminosity.maps.labels import label_shapes, taken_by

# Sizes in points: of names, of letters in place of names, and of the names below.
_NAMES, _LETTERS, _BELOW = (5.2, 3.6), (5.0, 3.6), 4.8
# More of a unit than this lies in the window, or it has no name.
_IN_WINDOW = 0.5
# Of a letter that may lie over the edge of its unit.
_OVER = 0.5
_LINE = 1.2  # of a line below, in its size
_LETTER_WIDE = 0.56  # of a letter, in its size


def name_units(
    inset: Axes, units: gpd.GeoSeries, window: shapely.Geometry, names: pd.Series,
    *, room: float,
) -> int:  # fmt: skip
    """Write the names of the units in a window; return how many there are, 0 where not all fit.

    A name that does not fit inside its unit stands below the inset, after a capital letter that is
    on the unit. Where these names take more room than there is, in points, no unit is named.
    """
    inside = units[shapely.intersects(np.asarray(units.array), window)]
    clipped = gpd.GeoSeries(inside.intersection(window), crs=units.crs)
    shown = clipped[clipped.area > _IN_WINDOW * inside.area]
    said = names.loc[shown.index].astype("str").to_dict()
    size, least = _NAMES
    left = label_shapes(inset, shown, said, size=size, least=least, leaders=False,
                        gid="unit-name")  # fmt: skip
    if not left:
        return len(shown)
    order = sorted(left, key=lambda code: said[code])
    letters = {code: chr(65 + k) for k, code in enumerate(order[:26])}
    lines = _lines(inset, [f"{letters[code]} {said[code]}" for code in order[:26]])
    size, least = _LETTERS
    still = label_shapes(inset, shown.loc[order], letters, size=size, least=least,
                         taken=taken_by(inset), leaders=False, over=_OVER, gid="unit-letter",
                         weight="bold")  # fmt: skip
    if still or len(order) > len(letters) or len(lines) * _LINE * _BELOW + 2 > room:
        for text in list(inset.texts):
            text.remove()
        return 0
    inset.annotate("\n".join(lines), (0.0, 0.0), (0.0, -2.0), xycoords="axes fraction",
                   textcoords="offset points", size=_BELOW, va="top", color=INK,
                   parse_math=False, gid="unit-list")  # fmt: skip
    return len(shown)


def _lines(inset: Axes, entries: list[str]) -> list[str]:
    """Return entries on lines as wide as an inset, none broken."""
    points = inset.get_window_extent().width / figure_of(inset).dpi * 72
    wide = max(int(points / (_LETTER_WIDE * _BELOW)), 10)
    whole = [entry.replace(" ", "\N{NO-BREAK SPACE}") for entry in entries]
    return textwrap.wrap("  ".join(whole), width=wide, break_long_words=False)
