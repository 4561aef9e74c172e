"""The map of how sure each unit's area is, over many plans of nearly the same cost."""

import textwrap
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from coterminosity.layer import BoundaryLayer, GeometryKind
from coterminosity.maps.assigned import draw_plan
from coterminosity.maps.canvas import (
    INK,
    axes_for,
    draw_areas,
    draw_lines,
    finish,
    set_frame,
)
from coterminosity.maps.key import KeyLine, place_key
from coterminosity.proposing.ensemble import Ensemble

# From a pale ground, that nobody need look at, to what is most open; dark also in grey print.
CLASSES = (
    (1.0, "#E9EEF2", "all"),
    (0.9, "#C9DCEB", "90% or more"),
    (0.7, "#F6D58A", "70 to 90%"),
    (0.5, "#EE9A4D", "50 to 70%"),
    (0.0, "#B5432E", "less than half"),
)
_MOST_NAMED = 8
_EXACT = 1e-9


def certainty(
    ensemble: Ensemble,
    layer: BoundaryLayer,
    *,
    geometry: GeometryKind | None = None,
    ax: Axes | None = None,
    title: str | None = None,
    note: str = "",
    **style: Any,
) -> Axes:
    """Draw how sure the area of each unit is: in how many plans it has the same one.

    The lines are the areas of the best plan.

    Parameters
    ----------
    ensemble : Ensemble
        Plans of nearly the same cost.
    layer : BoundaryLayer
        Boundaries of the units.
    geometry : {"real", "schematic", "hex"}, optional
        By default that of the layer; see `drawn_as`.
    ax : Axes, optional
        By default a new page as wide as A4.
    title : str, optional
        By default the number of plans.
    note : str
        Added to the source line.
    **style
        Passed to the units, such as ``alpha``.

    Returns
    -------
    Axes

    Raises
    ------
    LayerError
        Where the layer lacks units of the plans, or cannot be drawn so.
    """
    given = ensemble.best.assignment.loc[ensemble.units]
    drawing = draw_plan(given, layer, geometry=geometry, of="the plans")
    units = drawing.units
    ax, table = axes_for(ax), ensemble.certainty()
    number = _classes(table["share"])
    draw_areas(ax, units, **({"color": [CLASSES[k][1] for k in number], "linewidth": 0} | style))
    draw_lines(ax, drawing.unit_lines, color="white", linewidth=0.3)
    draw_lines(ax, drawing.lines, coast=True, color=INK, linewidth=0.9)
    set_frame(ax, units)
    noun = "districts" if ensemble.best.brief.unit_layer == "lad" else "units"
    place_key(ax, _key(table, number, noun), units)
    title = title or f"Where {len(ensemble):,} plans of nearly the same cost agree"
    words = " ".join(part for part in (_said(ensemble), note) if part)
    return finish(ax, [drawing.layer], title=title, text=words)


def _classes(share: pd.Series) -> list[int]:
    least = np.array([low for low, _, _ in CLASSES])
    return [int(np.argmax(own >= least - _EXACT)) for own in share.to_numpy(dtype=np.float64)]


def _key(table: pd.DataFrame, number: list[int], noun: str) -> list[KeyLine]:
    """Return a line by class with its units and people, and the least sure units by name."""
    lines = [KeyLine(mark="", text="In the same area in this share of plans")]
    for k, (_, colour, words) in enumerate(CLASSES):
        own = np.array(number) == k
        people = float(table["people"].to_numpy()[own].sum()) / 1e6
        text = f"{words}: {int(own.sum()):,} {noun}, {people:.1f} million"
        look = {"facecolor": colour, "edgecolor": INK, "linewidth": 0.3}
        lines.append(KeyLine(mark="", text=text, swatch=look))
    unsure = table.loc[~table["certain"]].sort_values(
        ["share", "people"], ascending=[True, False], kind="stable"
    )
    if len(unsure):
        lines.append(KeyLine(mark="", text=""))
        lines.append(KeyLine(mark="", text="Least sure"))
    for _, row in unsure.head(_MOST_NAMED).iterrows():
        other = f", or {row['rival']}" if row["rival"] else ""
        text = f"{row['name']}: {row['area']} in {row['share']:.0%}{other}"
        lines += [
            KeyLine(mark="", text=part)
            for part in textwrap.wrap(text, width=48, subsequent_indent="    ")
        ]
    return lines


def _said(ensemble: Ensemble) -> str:
    """Say what the plans are."""
    return (
        f"Every plan costs at most {ensemble.within:.1%} more than the best, whose areas are "
        f"outlined; every two differ for {ensemble.apart:.1%} of people or more. They are the "
        "plans that a search found: shares are not probabilities."
    )
