"""Two plans of the same units: what moves, on one map or side by side."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from coterminosity.layer import BoundaryLayer, GeometryKind
from coterminosity.maps.assigned import Areas, Drawing
from coterminosity.maps.canvas import (
    INK,
    SAID,
    axes_for,
    draw_areas,
    draw_lines,
    draw_paths,
    figure_of,
    finish,
    open_figure,
    set_frame,
    source_line,
)
from coterminosity.maps.colours import PALE, RED
from coterminosity.maps.insets import draw_insets
from coterminosity.maps.key import KeyLine, place_key
from coterminosity.maps.labels import label_shapes, taken_by
from coterminosity.maps.marks import write_marks
from coterminosity.maps.moves import NO_AREA, Moves, moves_of

_OPEN: dict[str, Any] = {
    "facecolor": "white",
    "edgecolor": RED,
    "hatch": "//////",
    "linewidth": 0.5,
}
_KEPT: dict[str, Any] = {"color": "#777777", "linewidth": 0.6}
_NEW: dict[str, Any] = {"color": INK, "linewidth": 1.7}
_GONE: dict[str, Any] = {"color": RED, "linewidth": 1.1, "linestyle": (0, (3.0, 1.6))}
_SPREAD = (11.7, 8.0)  # inches: A4 across
_ROWS = 8


def difference(
    before: Areas,
    after: Areas,
    layer: BoundaryLayer,
    *,
    people: pd.Series | None = None,
    like: Areas | Mapping[str, str] | None = None,
    geometry: GeometryKind | None = None,
    ax: Axes | None = None,
    title: str | None = None,
    note: str = "",
    **style: Any,
) -> Axes:
    """Draw what differs between two plans: each unit that moves, from where and to where.

    A unit has the strong colour of the area that it joins; the areas concerned are pale in their
    own. Borders that are given up are dashed, new ones bold.

    Parameters
    ----------
    before, after : plan, scenario or Series
        Two plans of the same units: area by unit code, or whatever has an ``assignment``. The
        number of areas may differ; areas of one name are the same, others are matched so that as
        many people as possible stay.
    layer : BoundaryLayer
        Boundaries of the units.
    people : Series, optional
        People by unit; by default those that a plan was made of.
    like : plan or mapping, optional
        An earlier plan, or colours by area, to keep.
    geometry : {"real", "schematic", "hex"}, optional
        By default that of the layer; see `drawn_as`.
    ax : Axes, optional
        By default a new page as wide as A4.
    title : str, optional
        By default how many units and people move.
    note : str
        Added to the source line.
    **style
        Passed to the units that move, such as ``alpha``.

    Returns
    -------
    Axes

    Raises
    ------
    LayerError
        Where the plans are of other units than the layer, or than each other.

    Examples
    --------
    >>> import coterminosity as ct
    >>> data = ct.england_2017()
    >>> plan = ct.propose(data.graph, data.atoms)
    >>> after = plan.assignment.copy()
    >>> after["E09000008"] = "Coast to Capital"
    >>> ax = ct.maps.difference(plan, after, data.atoms.dissolve("lad"), ax=ct.maps.new_page()[1])
    >>> ax.get_title("left")
    '1 district with 384,837 people moves (schematic)'
    """
    moves = moves_of(before, after, layer, people=people, geometry=geometry)
    ax, drawing = axes_for(ax), moves.after
    _, colours = moves.colours(like)
    borders, was, now = drawing.borders, moves.before.group, drawing.group
    kept, gone = borders.between(now, before=was), borders.gone(now, before=was)
    new = borders.gone(was, before=now)
    own = [name for name in drawing.names if name in moves.involved]

    def paint(on: Axes) -> None:
        draw_areas(on, drawing.units, color=PALE, linewidth=0)
        if own:
            tint = [colours[name] for name in own]
            draw_areas(on, drawing.shapes[own], color=tint, alpha=0.33, linewidth=0)
        draw_lines(on, drawing.unit_lines, color="white", linewidth=0.4)
        _fill(on, moves, colours, style)
        draw_lines(on, (kept, borders.coast), coast=True, **_KEPT)
        draw_paths(on, gone, **_GONE)
        draw_paths(on, new, **_NEW)

    paint(ax)
    set_frame(ax, drawing.units)
    place_key(ax, _key(moves, colours), drawing.units)
    title = title or moves.headline()
    finish(ax, [drawing.layer], title=title[:1].upper() + title[1:], text=note)
    # After the key, which may widen the map and bring marks nearer to each other.
    write_marks(ax, moves.marks, size=7.5)
    _name(ax, moves, drawing, size=6.5)
    draw_insets(ax, drawing.units, paint, names=drawing.layer.names, taken=taken_by(ax),
                only=moves.table.index, title_of=drawing.place)  # fmt: skip
    return ax


def before_after(
    before: Areas,
    after: Areas,
    layer: BoundaryLayer,
    *,
    people: pd.Series | None = None,
    like: Areas | Mapping[str, str] | None = None,
    geometry: GeometryKind | None = None,
    axes: tuple[Axes, Axes] | None = None,
    titles: tuple[str, str] = ("Before", "After"),
    title: str | None = None,
    note: str = "",
    **style: Any,
) -> tuple[Axes, Axes]:
    """Draw two plans side by side, in the same colours, with what moves outlined and listed.

    Parameters
    ----------
    before, after, layer, people, like, geometry, title, note
        See `difference`.
    axes : two Axes, optional
        By default a new page, A4 across, with a list of the moves below; without it on your axes.
    titles : two str
        Over the panels.
    **style
        Passed to the areas, such as ``alpha``.

    Returns
    -------
    two Axes
        `save` takes either.

    Examples
    --------
    >>> import coterminosity as ct
    >>> data = ct.england_2017()
    >>> plan = ct.propose(data.graph, data.atoms)
    >>> after = plan.assignment.copy()
    >>> after["E09000008"] = "Coast to Capital"
    >>> left, right = ct.maps.before_after(plan, after, data.atoms.dissolve("lad"))
    >>> left.get_title("left"), right.get_title("left")
    ('Before: 38 areas', 'After: 38 areas')
    """
    moves = moves_of(before, after, layer, people=people, geometry=geometry)
    own_page = axes is None
    if axes is None:
        figure, low = open_figure(*_SPREAD), (0.2, 0.48, 0.7)
        axes = figure.add_axes((0.015, *low)), figure.add_axes((0.505, *low))
    left, right = axes
    for ax, drawing, colours, said in zip(
        (left, right), (moves.before, moves.after), moves.colours(like), titles, strict=True
    ):
        axes_for(ax)
        fill = [colours[name] for name in drawing.names]
        draw_areas(ax, drawing.shapes, **({"color": fill, "linewidth": 0} | style))
        if len(drawing.open_units):
            draw_areas(ax, drawing.open_units, **_OPEN)
        draw_lines(ax, drawing.unit_lines, color="white", linewidth=0.25)
        draw_lines(ax, drawing.lines, coast=True, color=INK, linewidth=0.7)
        _outline(ax, moves)
        set_frame(ax, drawing.units, foot=0.0)
        write_marks(ax, moves.marks, size=6.5)
        _name(ax, moves, drawing, size=5.5)
        heading = f"{said}: {len(drawing.names)} areas"
        ax.set_title(heading, loc="left", size=11, weight="bold", parse_math=False)
    if own_page:
        _foot(left, moves, title, note)
    return left, right


def _fill(ax: Axes, moves: Moves, colours: dict[str, str], style: dict[str, Any]) -> None:
    """Give the units that move the colour of the area that they join."""
    table, units = moves.table, moves.after.units
    joined = table.index[(table["to"] != NO_AREA).to_numpy()]
    left_open = table.index.difference(joined)
    if len(joined):
        fill = [colours[name] for name in table.loc[joined, "to"]]
        draw_areas(ax, units.loc[joined], **({"color": fill, "linewidth": 0} | style))
    if len(left_open):
        draw_areas(ax, units.loc[left_open], **_OPEN)


def _outline(ax: Axes, moves: Moves) -> None:
    """Draw a red line around each group of units that moves as one."""
    own = moves.table["mark"].astype("str")
    if len(own):
        draw_paths(ax, moves.after.shapes_of(own).boundary, color=RED, linewidth=1.3)


def _name(ax: Axes, moves: Moves, drawing: Drawing, *, size: float) -> None:
    """Write the names of the areas concerned where they keep most land."""
    own = drawing.areas[drawing.areas.isin(moves.involved)].astype("str")
    settled = own[~own.index.isin(moves.table.index)]
    settled = pd.concat([settled, own[~own.isin(set(settled))]])
    shapes = drawing.shapes_of(settled)
    label_shapes(ax, shapes, {str(name): str(name) for name in shapes.index}, size=size,
                 least=size - 1.0, taken=taken_by(ax))  # fmt: skip


def _key(moves: Moves, colours: dict[str, str]) -> list[KeyLine]:
    counted = moves.table["people"].notna().any()
    lines = [KeyLine(mark="", text=f"Moves{' (people)' if counted else ''}")]
    to = moves.table.drop_duplicates("mark").set_index("mark")["to"]
    for mark, words in moves.lines():
        colour = colours.get(to[int(mark)])
        look = {"facecolor": colour, "edgecolor": INK, "linewidth": 0.3} if colour else _OPEN
        lines.append(KeyLine(mark=mark, text=words, swatch=look))
    renamed = moves.renamed()
    if renamed:
        lines.append(KeyLine(mark="", text="Areas"))
        bare = {"facecolor": "none", "edgecolor": "none"}
        lines += [KeyLine(mark="", text=words, swatch=bare) for words in renamed]
    lines.append(KeyLine(mark="", text="Borders between areas"))
    lines.append(KeyLine(mark="", text="kept", line=_KEPT))
    if len(moves.table):
        lines.append(KeyLine(mark="", text="given up", line=_GONE))
        lines.append(KeyLine(mark="", text="new", line=_NEW))
    return lines


def _foot(ax: Axes, moves: Moves, title: str | None, note: str) -> None:
    """Write title, the list of moves, and the source line on a page of its own."""
    figure = figure_of(ax)
    kind = moves.before.layer.geometry_kind
    title = title or moves.headline()
    title = title[:1].upper() + title[1:] + SAID.get(kind, "")
    figure.text(0.015, 0.985, title, va="top", size=14, weight="bold", parse_math=False)
    words = [f"{mark}  {said}" for mark, said in moves.lines()]
    words += moves.renamed()
    shown = words[: 2 * _ROWS]
    if len(words) > len(shown):
        shown[-1] = f"and {len(words) - len(shown) + 1} more"
    rows = max(-(-len(shown) // 2), 3)
    for place, text in enumerate(shown):
        column, row = divmod(place, rows)
        figure.text(0.015 + 0.49 * column, 0.185 - 0.0165 * row, text, size=7, va="top", color=INK,
                    parse_math=False, gid="move")  # fmt: skip
    foot = figure.add_axes((0.015, 0.012, 0.97, 0.04))
    foot.set_axis_off()
    source_line(foot, [moves.before.layer], text=note)
