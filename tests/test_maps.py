"""Maps: what is drawn, in words and numbers, not pixels."""

import re

import geopandas as gpd
import matplotlib.pyplot as plt
import pandas as pd
import pytest
import shapely
from matplotlib.colors import to_hex
from matplotlib.figure import Figure

import coterminosity as ct
from coterminosity import errors, maps
from coterminosity.catalogue import boundaries_root
from coterminosity.maps import colours
from coterminosity.maps.borders import layer_lines, lines_of
from tests.conftest import boxes


@pytest.fixture(scope="module")
def data():
    return ct.england_2017()


@pytest.fixture(scope="module")
def layers(data):
    names = ("lad", "lep", "stp", "combined_authority")
    return {name: data.atoms.dissolve(name) for name in names}


@pytest.fixture(scope="module")
def plan(data):
    return ct.propose(data.graph, data.atoms)


@pytest.fixture(scope="module")
def areas_map(data, plan, layers):
    _, ax = maps.new_page()
    people = plan.area_table(data.atoms)["population"]
    return maps.areas(
        plan, layers["lad"], populations=people, labels="numbers", insets=False,
        note="People: mid-2017.", ax=ax,
    )  # fmt: skip


def texts(ax) -> list[str]:
    return [text.get_text() for text in ax.texts]


def key_lines(ax) -> list[str]:
    return [text.get_text() for text in ax.texts if text.get_gid() == "key"]


def test_every_area_has_a_number_and_a_line_in_the_key(areas_map, plan):
    numbers = [t.get_text() for t in areas_map.texts if t.get_gid() == "area-number"]
    assert sorted(set(numbers), key=int) == [str(k) for k in range(1, 39)]
    lines = " ".join(key_lines(areas_map))
    for name in plan.areas.index:
        assert name in lines, name
    assert re.search(r"London\W+8\.83 ", lines)


def test_contested_districts_are_lettered_and_their_claimants_named(areas_map):
    letters = [t.get_text() for t in areas_map.texts if t.get_gid() == "contested-letter"]
    assert letters == list("abcdef")
    lines = key_lines(areas_map)
    assert "East Riding of Yorkshire: 18 and 38" in lines
    assert areas_map.get_title("left") == (
        "38 proposed commissioning areas, 6 districts to negotiate (schematic)"
    )


def test_a_schematic_map_says_so_and_a_real_one_does_not(areas_map, plan):
    assert any("Schematic" in text for text in texts(areas_map))
    foot = " ".join(texts(areas_map)).replace("\n", " ")
    assert "© Crown copyright and database right 2017" in foot
    assert "People: mid-2017." in foot
    units = {code: [(k % 20, k // 20, k % 20 + 1, k // 20 + 1)] for k, code in
             enumerate(plan.units.index)}  # fmt: skip
    real = maps.areas(plan, boxes("lad", units), ax=maps.new_page()[1])
    assert not any("Schematic" in text for text in texts(real))
    assert any("Boundaries: Local authority districts." in text for text in texts(real))


def test_no_area_lies_under_the_key(areas_map, layers):
    areas_map.apply_aspect()
    inside, land = areas_map.get_window_extent(), layers["lad"].outline
    for text in areas_map.texts:
        if text.get_gid() == "key":
            extent = text.get_window_extent()
            under = extent.transformed(areas_map.transData.inverted())
            assert not shapely.intersects(shapely.box(*under.extents), land), text.get_text()
            assert inside.y0 <= extent.y0
            assert inside.x0 - 1 <= extent.x0
            assert extent.x1 <= inside.x1


def test_no_two_numbers_touch(areas_map):
    boxes_ = [
        text.get_window_extent()
        for text in areas_map.texts
        if text.get_gid() in ("area-number", "contested-letter")
    ]
    for k, one in enumerate(boxes_):
        assert not any(one.overlaps(other) for other in boxes_[:k])


def test_neighbouring_areas_differ_in_colour(plan, layers):
    drawn = plan.dissolve(layers["lad"]).geometry
    colour = colours.colour_of(drawn)
    near = drawn.sindex.query(drawn.array, predicate="dwithin", distance=1000.0)
    pairs = [(drawn.index[a], drawn.index[b]) for a, b in near.T if a < b]
    assert len(pairs) > 60
    assert all(colour[a] != colour[b] for a, b in pairs)
    assert set(colour.values()) <= set(colours.DISTINCT)


def test_areas_across_a_narrow_water_differ_in_colour_and_rivals_too():
    squares = boxes("x", {"a": [(0, 0, 5, 5)], "b": [(5.5, 0, 9, 5)], "c": [(30, 0, 35, 5)]})
    colour = colours.colour_of(squares.geometry)
    assert colour["a"] != colour["b"]
    rivals = colours.colour_of(squares.geometry, also=[("a", "c"), ("b", "c")])
    assert len(set(rivals.values())) == 3


def legend(ax) -> dict[str, object]:
    box = ax.get_legend()
    return dict(zip([t.get_text() for t in box.get_texts()], box.legend_handles, strict=True))


def test_figure_19_has_the_papers_legend(layers):
    found = legend(maps.figure19(layers["lad"], layers["stp"], ax=maps.new_page()[1]))
    assert list(found) == ["Local authorities", "STPs"]
    assert to_hex(found["Local authorities"].get_facecolor()).upper() == colours.LIGHT_BLUE
    assert found["STPs"].get_color() == colours.ORANGE


def test_figure_20_has_the_papers_legend(layers):
    ax = maps.figure20(
        layers["lad"], layers["lep"], layers["combined_authority"], ax=maps.new_page()[1]
    )
    found = legend(ax)
    assert list(found) == ["Combined authorities", "LEPs", "Local authorities"]
    assert found["LEPs"].get_color() == colours.PURPLE
    without = legend(maps.figure20(layers["lad"], layers["lep"], ax=maps.new_page()[1]))
    assert "Combined authorities (not given)" in without


def test_figure_21_draws_overlaps_dark_and_stps_dashed(layers):
    ax = maps.figure21(layers["lep"], layers["stp"], ax=maps.new_page()[1])
    found = legend(ax)
    assert list(found) == ["LEPs", "Overlapping LEPs", "STPs"]
    assert found["STPs"].is_dashed()
    assert found["STPs"].get_color() == "white"
    fills = {to_hex(c).upper() for patch in ax.collections for c in patch.get_facecolor()}
    assert {colours.LIGHT_PURPLE, colours.DARK_PURPLE} <= fills


def test_common_borders_are_drawn_once():
    squares = boxes("x", {"a": [(0, 0, 5, 5)], "b": [(5, 0, 9, 5)]})
    inner, coast = lines_of(squares.geometry)
    assert inner.length.sum() == pytest.approx(5000.0, abs=50)
    assert coast.length.sum() == pytest.approx(28_000.0, rel=0.01)


def test_borders_of_a_cover_run_inside_and_not_along_the_coast():
    cover = boxes("x", {"a": [(0, 0, 60, 50)], "b": [(50, 0, 90, 50)]})
    inner, coast = layer_lines(cover)
    assert coast.length.sum() == pytest.approx(280_000.0, rel=0.01)
    assert shapely.union_all(inner.array).bounds[0] == pytest.approx(50_000.0, abs=100)
    assert shapely.union_all(inner.array).bounds[2] == pytest.approx(60_000.0, abs=100)
    assert inner.length.sum() == pytest.approx(100_000, rel=0.01)


def test_a_river_between_two_areas_is_their_border_and_a_creek_is_none():
    river = boxes("x", {"a": [(0, 0, 50, 90)], "b": [(50.03, 0, 90, 90)]})
    inner, _ = layer_lines(river)
    assert inner.length.sum() == pytest.approx(2 * 90_000, rel=0.02)
    creek = boxes("x", {"a": [(0, 0, 50, 90), (50.03, 0, 90, 90), (40, 80, 60, 90)]})
    inner, coast = layer_lines(creek)
    assert inner.empty
    assert coast.length.sum() == pytest.approx(360_000, rel=0.02)


def test_a_map_takes_the_callers_axes_and_leaves_no_figure_open(layers):
    before = plt.get_fignums()
    figure = Figure()
    ax = figure.add_subplot()
    assert maps.figure21(layers["lep"], layers["stp"], ax=ax) is ax
    assert plt.get_fignums() == before
    own = maps.figure21(layers["lep"], layers["stp"])
    assert own.get_figure() is not figure


@pytest.mark.parametrize("suffix", ["png", "svg", "pdf"])
def test_the_same_map_gives_the_same_bytes(tmp_path, layers, suffix):
    written = []
    for name in ("one", "two"):
        ax = maps.figure19(layers["lad"], layers["stp"], ax=maps.new_page()[1])
        written.append(maps.save(ax, tmp_path / f"{name}.{suffix}", dpi=60).read_bytes())
    assert written[0] == written[1]
    heads = {"png": b"\x89PNG", "svg": b"<?xml", "pdf": b"%PDF"}
    assert written[0].startswith(heads[suffix])
    if suffix == "pdf":
        assert b"/FontFile2" in written[0]
    if suffix == "svg":
        assert b"Local authorities" in written[0]


def test_what_a_map_cannot_be_saved_as(tmp_path, layers):
    _, ax = maps.new_page()
    with pytest.raises(
        errors.CoterminosityError, match=r"wanted a map as .png, .svg, .pdf, got .bmp"
    ):
        maps.save(ax, tmp_path / "map.bmp")
    with pytest.raises(errors.CoterminosityError, match="there is no folder"):
        maps.save(ax, tmp_path / "none" / "map.png")


def test_a_layer_of_other_units_is_refused(plan, layers):
    with pytest.raises(errors.LayerError, match="layer 'stp' lacks 326 units"):
        maps.areas(plan, layers["stp"], ax=maps.new_page()[1])


def test_the_schematic_drawing_is_a_partition_of_land(data):
    cells = data.atoms.geometry
    assert cells.is_valid.all()
    assert not cells.is_empty.any()
    whole = shapely.union_all(cells.array).area
    assert cells.area.sum() == pytest.approx(whole, rel=1e-9)
    figures = pd.read_csv(boundaries_root() / "england-2017" / "atoms.csv")
    centres = gpd.points_from_xy(figures["easting"], figures["northing"])
    assert shapely.contains(cells.array, centres).all()
    assert data.atoms.dissolve("lad").kind == "partition"
    assert data.atoms.dissolve("lep").kind == "cover"
