"""Maps of figures in classes, of what bodies are to each other, and of borders that agree."""

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex

import coterminosity as ct
from coterminosity import errors, maps
from tests.conftest import boxes


@pytest.fixture(scope="module")
def data():
    return ct.england_2017()


@pytest.fixture(scope="module")
def layers(data):
    return {name: data.atoms.dissolve(name) for name in ("lad", "lep", "stp")}


def key_of(ax) -> list[str]:
    return [t.get_text() for t in ax.texts if t.get_gid() == "key" and t.get_text()]


def row(count: int) -> ct.BoundaryLayer:
    return boxes("lad", {f"u{k}": [(10 * k, 0, 10 * k + 10, 10)] for k in range(count)})


def test_classes_hold_every_figure_once_and_missing_ones_are_told():
    figures = pd.Series([1.0, 2.0, 3.0, 4.0, 5.0, np.nan], index=[f"u{k}" for k in range(6)])
    ax = maps.choropleth(figures, row(7), classes=3, label="Need", ax=maps.new_page()[1])
    assert key_of(ax) == [
        "Need", "1.0 to 2.0: 2 districts", "3.0: 1 districts", "4.0 to 5.0: 2 districts",
        "no figure: 2 districts: u5, u6",
    ]  # fmt: skip
    assert ax.get_title("left") == "Need"
    assert len(ax.collections[0].get_paths()) == 5
    assert len(ax.collections[1].get_paths()) == 2
    fills = [to_hex(c) for c in ax.collections[0].get_facecolor()]
    assert len(set(fills)) == 3
    assert fills[0] == fills[1] != fills[2] != fills[3] == fills[4]


@pytest.mark.parametrize(
    ("scheme", "classes"),
    [("quantiles", [3, 2]), ("fisher_jenks", [4, 1]), ("equal_interval", [4, 1])],
)
def test_schemes_make_their_own_classes(scheme, classes):
    figures = pd.Series([1.0, 2.0, 3.0, 4.0, 99.0], index=[f"u{k}" for k in range(5)])
    ax = maps.choropleth(figures, row(5), scheme=scheme, classes=2, ax=maps.new_page()[1])
    assert [int(text.split(": ")[1].split()[0]) for text in key_of(ax)[1:]] == classes


def test_figures_written_alike_are_one_class():
    figures = pd.Series([1934.51, 1934.9, 1935.2, 1935.4], index=[f"u{k}" for k in range(4)])
    ax = maps.choropleth(figures, row(4), form="£{:,.0f}", ax=maps.new_page()[1])
    assert key_of(ax)[1:] == ["£1,935: 4 districts"]


def test_figures_by_area_fill_areas(data, layers):
    plan = ct.propose(data.graph, data.atoms)
    spread = ct.money.apportion(plan.on(data.atoms), "plan", by="age")
    per_head = spread.table["per_head"].drop("no area")
    ax = maps.choropleth(
        per_head, layers["lad"], areas=plan, form="£{:,.0f}", label="£ a head, by age",
        ax=maps.new_page()[1],
    )  # fmt: skip
    assert sum(int(t.split(": ")[1].split()[0]) for t in key_of(ax)[1:]) == 38
    assert key_of(ax)[1].endswith("areas")
    assert len(ax.collections[0].get_paths()) == 38


def test_figures_that_do_not_fit_are_refused():
    with pytest.raises(errors.MeasureError, match="none is of the 3 units"):
        maps.choropleth(pd.Series({"x": 1.0}), row(3), ax=maps.new_page()[1])
    one = pd.Series({"u0": 1.0})
    with pytest.raises(errors.MeasureError, match="scheme: wanted quantiles"):
        maps.choropleth(one, row(3), scheme="magic", ax=maps.new_page()[1])
    with pytest.raises(errors.MeasureError, match="classes: wanted 2 to 9, got 1"):
        maps.choropleth(one, row(3), classes=1, ax=maps.new_page()[1])
    with pytest.raises(errors.MeasureError, match="a code stands twice"):
        maps.choropleth(pd.concat([one, one]), row(3), ax=maps.new_page()[1])


def test_classes_of_bodies_are_counted_and_overlaps_striped(data, layers):
    overlap = data.atoms.overlap("lep", "stp")
    table = ct.scores.region_table(overlap)
    ax = maps.relations(table, layers["lep"], other=layers["stp"], ax=maps.new_page()[1])
    said = " ".join(key_of(ax))
    for kind, count in table["class"].value_counts().items():
        assert f"{kind}: {count}, " in said
    assert "borders of STPs" in said
    drawn = sum(len(c.get_paths()) for c in ax.collections[:4])
    assert drawn > 38  # pieces and stripes
    hexagons = maps.relations(
        table, layers["lep"], units=layers["lad"], geometry="hex", ax=maps.new_page()[1]
    )
    assert hexagons.get_title("left").endswith("(hexagon cartogram)")
    with pytest.raises(errors.CodeError, match="region_table for layer 'stp'"):
        maps.relations(table, layers["stp"], ax=maps.new_page()[1])


def test_borders_are_told_by_distance():
    left = boxes("lep", {"a": [(0, 0, 50, 90)], "b": [(50, 0, 90, 90)]})
    right = boxes("stp", {"c": [(0, 0, 50.1, 45), (0, 45, 60, 90)],
                          "d": [(50.1, 0, 90, 45), (60, 45, 90, 90)]})  # fmt: skip
    pieces = ct.border_distances(left, right)
    total = ct.boundary_coincidence(left, right).loc[200.0]
    assert pieces["km"].sum() == pytest.approx(90.0)
    assert pieces["km"][500.0] == 0
    assert total["share_of_left"] == pytest.approx(0.5, abs=0.01)
    finer = boxes("lep", {"a": [(0, 0, 50, 45), (0, 45, 50, 90)], "b": [(50, 0, 90, 90)]})
    assert ct.border_distances(finer, right)["km"].sum() == pytest.approx(90.0)
    same = ct.border_distances(left, boxes("stp", {"c": [(0, 0, 50, 90)], "d": [(50, 0, 90, 90)]}))
    assert same["km"].to_dict() == {20.0: 90.0, 200.0: 0.0, 500.0: 0.0, np.inf: 0.0}
    ax = maps.coincidence(same, left, right, ax=maps.new_page()[1])
    assert key_of(ax) == [
        "Runs within", "20 m (the same line): 90 km, 100%", "200 m: 0 km, 0%",
        "500 m (coarsely drawn): 0 km, 0%", "further away: 0 km, 0%", "borders of STPs",
    ]  # fmt: skip
    assert ax.get_title("left") == "Where borders of LEPs follow those of STPs"
