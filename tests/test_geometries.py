"""Every map is drawn in every geometry and says which; without axes it shows itself."""

import inspect
from typing import get_type_hints

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes

import coterminosity as ct
from coterminosity import diagrams, errors, maps
from coterminosity.layer import BoundaryLayer, GeometryKind
from tests.conftest import boxes

CELLS = {f"{r}{c}": (r, c) for r in range(4) for c in range(4)}
DRAWINGS = (Axes, list[Axes], tuple[Axes, Axes])


def square(layer: str, group) -> BoundaryLayer:
    """Draw regions of a square of 16 cells of 10 km by what each cell is in."""
    regions: dict[str, list[tuple[float, float, float, float]]] = {}
    for code, (r, c) in CELLS.items():
        own = (10.0 * c, 10.0 * (3 - r), 10.0 * (c + 1), 10.0 * (4 - r))
        regions.setdefault(group(code, r, c), []).append(own)
    return boxes(layer, regions)


@pytest.fixture(scope="module")
def lad():
    return square("lad", lambda code, r, c: code)


@pytest.fixture(scope="module")
def lep():
    return square("lep", lambda code, r, c: f"row {r}")


@pytest.fixture(scope="module")
def stp():
    return square("stp", lambda code, r, c: f"rows {r // 2}")


def key_of(ax: Axes) -> list[str]:
    return [text.get_text() for text in ax.texts if text.get_text()]


def test_every_map_function_takes_a_geometry():
    """By signature: whatever draws layers; a frontier is drawn of numbers, not of a layer."""
    drawn, without = set(), set()
    for name in maps.__all__:
        function = getattr(maps, name)
        types = get_type_hints(function)
        if types["return"] not in DRAWINGS:
            continue
        layers = [k for k, own in types.items() if own == BoundaryLayer and k != "return"]
        if not layers:
            without.add(name)
            continue
        drawn.add(name)
        geometry = inspect.signature(function).parameters.get("geometry")
        assert geometry is not None, name
        assert geometry.kind is inspect.Parameter.KEYWORD_ONLY, name
        assert geometry.default is None, name
        assert types["geometry"] == GeometryKind | None, name
    assert without == {"frontier"}
    assert drawn >= {"areas", "certainty", "coincidence", "sheet", "before_after", "figure21"}
    assert "geometry" in inspect.signature(ct.explore).parameters


@pytest.mark.parametrize("geometry", ["schematic", "hex"])
def test_borders_are_measured_on_what_is_drawn(lad, lep, stp, geometry):
    pieces = ct.border_distances(lep, stp, distances=[50.0])
    assert pieces["km"].to_dict() == {50.0: 40.0, np.inf: 80.0}
    ax = maps.coincidence(pieces, lep, stp, units=lad, geometry=geometry, ax=maps.new_page()[1])
    drawn = maps.drawn_alike((lep, stp), units=lad, geometry=geometry)
    anew = ct.border_distances(*drawn, distances=[50.0])
    km = anew["km"].round().to_dict()
    assert km[50.0] > 0
    assert km[np.inf] > 0
    words = {"schematic": "as schematically drawn", "hex": "as drawn of hexagons"}
    heading, near, far, *_ = key_of(ax)
    assert heading == f"Runs within, {words[geometry]}"
    assert near.startswith(f"50 m: {km[50.0]:.0f} km")
    assert far.startswith(f"further away: {km[np.inf]:.0f} km")
    said = {"schematic": "(schematic)", "hex": "(hexagon cartogram)"}
    assert ax.get_title("left").endswith(said[geometry])


@pytest.mark.parametrize("geometry", ["schematic", "hex"])
def test_layers_of_one_map_are_made_of_the_same_tiles(lad, lep, stp, geometry):
    rows, halves = maps.drawn_alike((lep, stp), units=lad, geometry=geometry)
    tiles = maps.drawn_as(lad, geometry)
    assert {rows.geometry_kind, halves.geometry_kind} == {geometry}
    for r in range(4):
        own = tiles.geometry.loc[[f"{r}{c}" for c in range(4)]].union_all()
        assert rows.geometry[f"row {r}"].symmetric_difference(own).area < 1
    pair = rows.geometry.loc[["row 0", "row 1"]].union_all()
    assert halves.geometry["rows 0"].symmetric_difference(pair).area < 1
    pieces = ct.border_distances(lep, stp)
    table = pd.DataFrame({"class": "nested", "weight": 1.0}, index=lep.frame.index)
    with pytest.raises(errors.LayerError, match="are tiles of districts: give units="):
        maps.coincidence(pieces, lep, stp, geometry=geometry)
    with pytest.raises(errors.LayerError, match="are tiles of districts: give units="):
        maps.relations(table, lep, other=stp, geometry=geometry)
    with pytest.raises(errors.LayerError, match="are tiles of districts: give units="):
        maps.figure21(lep, stp, geometry=geometry)


@pytest.fixture(scope="module")
def drawings(lad, lep, stp):
    """Return every drawing there is, without axes of the caller's."""
    data = ct.england_2017()
    overlap = data.atoms.overlap("lep", "stp")
    table = pd.DataFrame({"class": "nested", "weight": 1.0}, index=lep.frame.index)
    halves = pd.Series({code: f"half {c // 2}" for code, (_, c) in CELLS.items()})
    whole = halves.where(halves != "half 1", "half 0")
    scores, people = pd.Series([0.4, 0.5, 0.6], name="score"), pd.Series({"a": 4e5, "b": 5e6})
    points = ct.frontier(
        data.graph, data.atoms, ct.Brief(anchors=[], merge_cost=1.0), values=[38], method="merge"
    )
    alike = ct.scores.pairwise(data.atoms, ["crc", "pfa"])
    return {
        "maps.areas": lambda: maps.areas(halves, lad),
        "maps.before_after": lambda: maps.before_after(halves, whole, lad)[0],
        "maps.coincidence": lambda: maps.coincidence(ct.border_distances(lep, stp), lep, stp),
        "maps.figure21": lambda: maps.figure21(lep, stp),
        "maps.frontier": lambda: maps.frontier(points),
        "maps.relations": lambda: maps.relations(table, lep),
        "maps.sheet": lambda: maps.sheet({"Halves": halves, "Whole": whole}, lad)[1],
        "diagrams.by_areas": lambda: diagrams.by_areas(points.table),
        "diagrams.chance": lambda: diagrams.chance(scores, {"plan": 0.5}),
        "diagrams.flows": lambda: diagrams.flows(overlap, least=1_000_000),
        "diagrams.heat_map": lambda: diagrams.heat_map(overlap),
        "diagrams.likeness": lambda: diagrams.likeness(alike),
        "diagrams.sizes": lambda: diagrams.sizes(people, floor=3e5, ceiling=3e6),
    }


def test_what_is_drawn_shows_itself_once_in_a_notebook_and_not_off_screen(drawings):
    """A notebook shows the figures of the plotting session at the end of a cell."""
    assert {f"diagrams.{name}" for name in diagrams.__all__} <= set(drawings)
    for name, draw in drawings.items():
        ax = draw()
        assert [plt.figure(number) for number in plt.get_fignums()] == [ax.get_figure()], name
        plt.close("all")
        with maps.off_screen():
            drawn = draw()
        assert drawn.get_figure() is not None
        assert plt.get_fignums() == [], name


def test_figures_are_of_the_session_again_after_an_error_off_screen(lep):
    with pytest.raises(errors.LayerError), maps.off_screen():
        maps.drawn_as(lep, "globe")
    maps.relations(pd.DataFrame({"class": "nested"}, index=lep.frame.index), lep)
    assert len(plt.get_fignums()) == 1


def test_axes_of_the_callers_open_no_figure(lad):
    halves = pd.Series({code: f"half {c // 2}" for code, (_, c) in CELLS.items()})
    figure = maps.new_page()[0]
    own = figure.add_axes((0, 0, 0.5, 1)), figure.add_axes((0.5, 0, 0.5, 1))
    assert maps.before_after(halves, halves, lad, axes=own) == own
    assert plt.get_fignums() == []


def test_a_map_that_is_refused_leaves_no_empty_figure(lad, lep, stp):
    before, pieces = plt.get_fignums(), ct.border_distances(lep, stp)
    for draw in (
        lambda: maps.coincidence(pieces, lep, stp, geometry="hex"),
        lambda: maps.figure19(lad, stp, geometry="globe"),
        lambda: maps.figure20(lad, lep, geometry="globe"),
        lambda: maps.figure21(lep, stp, geometry="hex"),
        lambda: maps.sheet({"None": pd.Series({"x": "a"})}, lad),
    ):
        with pytest.raises(errors.LayerError):
            draw()
    assert plt.get_fignums() == before
