"""One sheet with the areas of several plans side by side."""

import textwrap
from collections.abc import Mapping

from matplotlib.axes import Axes

from coterminosity.errors import LayerError
from coterminosity.layer import BoundaryLayer, GeometryKind
from coterminosity.maps.assigned import Areas, Drawing, draw_plan
from coterminosity.maps.canvas import (
    INK,
    SAID,
    axes_for,
    draw_areas,
    draw_lines,
    open_figure,
    set_frame,
    source_line,
)
from coterminosity.maps.colours import RED
from coterminosity.plan import Plan

_PANEL, _HEAD, _FOOT = (3.9, 4.6), 0.5, 0.4  # inches
_OPEN = {"facecolor": "white", "edgecolor": RED, "linewidth": 0.0, "hatch": "/////"}


def sheet(
    plans: Mapping[str, Areas],
    layer: BoundaryLayer,
    *,
    like: Areas | Mapping[str, str] | None = None,
    geometry: GeometryKind | None = None,
    columns: int = 3,
    spare: int = 0,
    title: str = "",
    note: str = "",
) -> list[Axes]:
    """Draw several plans or scenarios beside each other, each with its number of areas.

    Neighbouring areas differ in colour, and an area has the colour that it has in the first plan
    wherever its neighbours allow it.

    Parameters
    ----------
    plans : mapping of title to plan, scenario or Series
        In the order in which they are drawn; a plan's certificate is said too.
    layer : BoundaryLayer
        Boundaries of the plans' units.
    like : plan or mapping, optional
        An earlier plan, or colours by area, to keep; by default the first plan.
    geometry : {"real", "schematic", "hex"}, optional
        By default that of the layer; see `drawn_as`.
    columns : int
        Panels beside each other.
    spare : int
        Empty panels after the last, for other drawings; their axes are returned too.
    title, note : str
        Above the sheet, and in its source line.

    Returns
    -------
    list of Axes
        One by panel; `save` takes any of them.

    Raises
    ------
    LayerError
        Where there is no plan, or the layer lacks units of one.
    """
    if not plans:
        raise LayerError("a sheet needs at least one plan")
    count = len(plans) + spare
    columns = min(columns, count)
    rows = -(-count // columns)
    high = _PANEL[1] * rows + _HEAD + _FOOT
    drawings = {name: draw_plan(own, layer, geometry=geometry, of=name)
                for name, own in plans.items()}  # fmt: skip
    first = next(iter(drawings.values()))
    # What are neighbours in any panel differ in all, so that few areas change their colour.
    also = {pair for drawing in drawings.values() for pair in drawing.neighbours}
    kept = first.colours(like=like, also=sorted(also))
    figure = open_figure(_PANEL[0] * columns, high)
    panels = [
        figure.add_axes(_box(place, columns, rows, high, inset=place >= len(plans)))
        for place in range(count)
    ]
    for ax, (name, drawing) in zip(panels, drawings.items(), strict=False):
        _panel(ax, drawing, drawing.colours(like=kept), _caption(name, plans[name], drawing))
    title += SAID.get(first.layer.geometry_kind, "")
    figure.text(0.01, 1 - 0.1 / high, title, va="top", size=15, weight="bold", parse_math=False)
    foot = figure.add_axes((0.01, 0.05 / high, 0.98, _FOOT / high))
    foot.set_axis_off()
    source_line(foot, [first.layer], text=note)
    return panels


def _box(
    place: int, columns: int, rows: int, high: float, *, inset: bool
) -> tuple[float, float, float, float]:
    """Return left, bottom, width and height of a panel; with room for labels if inset."""
    row, column = divmod(place, columns)
    width, height = 1 / columns, _PANEL[1] / high
    left, bottom = column * width + 0.01, 1 - _HEAD / high - (row + 1) * height + 0.02
    side, foot = (0.2 * width, 0.2 * height) if inset else (0.0, 0.0)
    return left + side, bottom + foot, width - 0.02 - 1.2 * side, height - 0.1 - 1.24 * foot


def _panel(ax: Axes, drawing: Drawing, colours: Mapping[str, str], caption: str) -> None:
    axes_for(ax)
    fill = [colours[name] for name in drawing.names]
    draw_areas(ax, drawing.shapes, color=fill, linewidth=0)
    if len(drawing.open_units):
        draw_areas(ax, drawing.open_units, **_OPEN)
    draw_lines(ax, drawing.lines, coast=True, color=INK, linewidth=0.6)
    set_frame(ax, drawing.units)
    ax.set_title(caption, loc="left", size=9, weight="bold", parse_math=False)


def _caption(name: str, plan: Areas, drawing: Drawing) -> str:
    """Return the title of a panel: name, number of areas, open districts, certificate."""
    said = f"{len(drawing.names)} areas"
    still_open = len(drawing.open_units)
    said += f", {still_open} open" if still_open else ""
    if isinstance(plan, Plan):
        proof = plan.certificate
        said += f"; {proof.describe() if proof else 'by rules, without a certificate'}"
    return "\n".join([name, *textwrap.wrap(said, width=52)])
