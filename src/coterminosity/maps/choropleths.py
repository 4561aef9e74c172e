"""Maps of figures in classes: need by district or area, and money a head."""

import re
import warnings
from typing import Any, Literal

import geopandas as gpd
import matplotlib as mpl
import numpy as np
import numpy.typing as npt
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import to_hex

from coterminosity.errors import MeasureError, listed
from coterminosity.layer import BoundaryLayer, GeometryKind
from coterminosity.maps.assigned import Areas, Drawing, draw_plan
from coterminosity.maps.borders import borders_of, layer_lines, light
from coterminosity.maps.canvas import INK, axes_for, draw_areas, draw_lines, finish, set_frame
from coterminosity.maps.geometries import drawn_as
from coterminosity.maps.insets import draw_insets
from coterminosity.maps.key import KeyLine, place_key
from coterminosity.maps.labels import taken_by

Scheme = Literal["quantiles", "fisher_jenks", "equal_interval"]

# One hue after another from light to dark: ordered for all eyes, and in grey print.
_RAMP = "YlGnBu"
_MISSING: dict[str, Any] = {
    "facecolor": "#EDEDED",
    "edgecolor": "#9A9A9A",
    "hatch": "....",
    "linewidth": 0.3,
}
_MOST_NAMED = 4


def choropleth(
    figures: pd.Series,
    layer: BoundaryLayer,
    *,
    areas: Areas | None = None,
    scheme: Scheme = "quantiles",
    classes: int = 5,
    label: str = "",
    form: str = "{:,.1f}",
    geometry: GeometryKind | None = None,
    ax: Axes | None = None,
    title: str | None = None,
    note: str = "",
    **style: Any,
) -> Axes:
    """Draw figures in classes, by unit or by area: a need, or money a head.

    Parameters
    ----------
    figures : Series
        Numbers by code of the layer's units or, with ``areas``, by name of the area; NaN where
        missing. Units without a figure are dotted and counted in the key, never filled in.
    layer : BoundaryLayer
        Boundaries of the units.
    areas : plan, scenario or Series, optional
        Whose borders are drawn over the figures, and whose shapes are filled where the figures
        are by area.
    scheme : {"quantiles", "fisher_jenks", "equal_interval"}
        How classes are made, by mapclassify: as many in each; as alike as can be inside each
        (Fisher 1958, Jenks 1977); as wide as each other.
    classes : int
        How many, from 2 to 9; fewer where there are fewer different figures.
    label : str
        What the figures are, with their unit; by default the name of the Series.
    form : str
        How a figure is written, such as ``"£{:,.0f}"``.
    geometry : {"real", "schematic", "hex"}, optional
        By default that of the layer; see `drawn_as`.
    ax : Axes, optional
        By default a new page as wide as A4.
    title : str, optional
        By default the label.
    note : str
        Added to the source line.
    **style
        Passed to the shapes, such as ``alpha``.

    Returns
    -------
    Axes

    Raises
    ------
    MeasureError
        Where there is no figure, or figures are of neither units nor areas.

    Examples
    --------
    >>> import coterminosity as ct
    >>> data = ct.england_2017()
    >>> people = data.graph.units["population"]
    >>> ax = ct.maps.choropleth(people, data.atoms.dissolve("lad"), label="People",
    ...                         form="{:,.0f}", ax=ct.maps.new_page()[1])
    >>> ax.get_title("left")
    'People (schematic)'
    """
    drawing = None if areas is None else draw_plan(areas, layer, geometry=geometry)
    layer = drawn_as(layer, geometry)
    values, shapes = _matched(figures, layer, drawing)
    numbers, steps = _classified(values, scheme, classes, form)
    ramp = mpl.colormaps[_RAMP](np.linspace(0.12, 0.92, max(len(steps), 2)))
    colours = [to_hex(colour) for colour in ramp]
    missing, known = values.isna().to_numpy(), values.notna().to_numpy()
    units, ax = light(layer), axes_for(ax)

    def paint(on: Axes) -> None:
        fill = [colours[k] for k in numbers]
        draw_areas(on, shapes[known], **({"color": fill, "linewidth": 0} | style))
        if missing.any():
            draw_areas(on, shapes[missing], **_MISSING)
        draw_lines(on, layer_lines(layer), coast=True, color="white", linewidth=0.25)
        if drawing is not None:
            draw_lines(on, (drawing.lines[0], borders_of(layer).coast), color=INK, linewidth=0.9)

    paint(ax)
    set_frame(ax, units)
    label = label or str(figures.name or "Figures")
    noun = "areas" if drawing is not None and shapes is drawing.shapes else "districts"
    names = layer.names.reindex(shapes.index).fillna(pd.Series(shapes.index, index=shapes.index))
    lines = [KeyLine(mark="", text=label)]
    lines += _key(values[known], numbers, steps, colours, form, noun)
    lines += _missing(names[missing], noun)
    place_key(ax, lines, units)
    said = f"Classes: {scheme.replace('_', ' ')}."
    finish(ax, [layer], title=title or label, text=" ".join(p for p in (said, note) if p))
    draw_insets(ax, units, paint, names=layer.names, taken=taken_by(ax),
                title_of=drawing.place if drawing is not None else None)  # fmt: skip
    return ax


def _matched(
    figures: pd.Series, layer: BoundaryLayer, drawing: Drawing | None
) -> tuple[pd.Series, gpd.GeoSeries]:
    """Return figures by unit or by area, with their shapes."""
    number = pd.to_numeric(figures, errors="coerce")
    if not number.index.is_unique:
        raise MeasureError("figures: a code stands twice; wanted one figure for each")
    ways = [light(layer)] + ([drawing.shapes] if drawing is not None else [])
    shapes = max(ways, key=lambda own: int(own.index.isin(number.index).sum()))
    values = number.reindex(shapes.index).astype("float64")
    if not values.notna().any():
        raise MeasureError(
            f"figures: none is of the {len(layer)} units of layer {layer.layer!r}, such as "
            f"{layer.frame.index[0]}{', nor of an area' if drawing is not None else ''}; they are "
            f"of {listed(map(str, figures.index), most=3)}"
        )
    return values.where(np.isfinite(values)), shapes


def _classified(
    values: pd.Series, scheme: str, classes: int, form: str
) -> tuple[npt.NDArray[np.intp], list[tuple[float, float]]]:
    """Return the class of each known figure, and the least and greatest figure of each class."""
    import mapclassify

    if scheme not in ("quantiles", "fisher_jenks", "equal_interval"):
        raise MeasureError(
            f"scheme: wanted quantiles, fisher_jenks or equal_interval, got {scheme!r}"
        )
    if not 2 <= classes <= 9:
        raise MeasureError(f"classes: wanted 2 to 9, got {classes!r}")
    # Figures that are written alike are alike: classes are no finer than what the key can say.
    known = np.array([_as_written(value, form) for value in values.dropna()])
    count = min(classes, len(np.unique(known)))
    if count < 2:
        alone = values.dropna()
        return np.zeros(len(known), dtype=np.intp), [(float(alone.min()), float(alone.max()))]
    with warnings.catch_warnings():
        # Equal figures make fewer classes, and a compiler that is not there makes it slower.
        warnings.simplefilter("ignore", UserWarning)
        found = mapclassify.classify(known, scheme.replace("_", ""), k=count)
    _, number = np.unique(np.asarray(found.yb), return_inverse=True)
    exact = values.dropna().to_numpy(dtype=np.float64)
    held = [exact[number == k] for k in range(int(number.max()) + 1)]
    return number, [(float(own.min()), float(own.max())) for own in held]


def _as_written(value: float, form: str) -> float:
    """Return a figure as precise as it is written.

    Examples
    --------
    >>> _as_written(1934.56, "£{:,.0f}"), _as_written(-0.125, "{:.1%}")
    (1935.0, -12.5)
    """
    digits = re.search(r"-?\d[\d,]*\.?\d*", form.format(value))
    return float(digits.group().replace(",", "")) if digits else value


def _key(
    values: pd.Series, numbers: npt.NDArray[np.intp], steps: list[tuple[float, float]],
    colours: list[str], form: str, noun: str,
) -> list[KeyLine]:  # fmt: skip
    """Return a line for each class: its least and greatest figure, and how many are in it."""
    lines = []
    for k, (low, high) in enumerate(steps):
        span = form.format(low) + (
            "" if form.format(low) == form.format(high) else f" to {form.format(high)}"
        )
        look = {"facecolor": colours[k], "edgecolor": INK, "linewidth": 0.3}
        count = int((numbers == k).sum())
        lines.append(KeyLine(mark="", text=f"{span}: {count} {noun}", swatch=look))
    return lines


def _missing(names: pd.Series, noun: str) -> list[KeyLine]:
    if not len(names):
        return []
    own = listed(sorted(names.astype("str")), most=_MOST_NAMED)
    return [KeyLine(mark="", text=f"no figure: {len(names)} {noun}: {own}", swatch=_MISSING)]
