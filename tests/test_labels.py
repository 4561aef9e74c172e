"""Labels and insets: nothing is written over anything else, and London can be read."""

import itertools
import re

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from matplotlib.transforms import Bbox

import coterminosity as ct
from coterminosity import errors, maps
from coterminosity.maps.borders import light
from coterminosity.maps.canvas import axes_for, set_frame
from coterminosity.maps.insets import dense_places, draw_insets
from coterminosity.maps.labels import label_shapes
from tests.conftest import boxes


@pytest.fixture(scope="module")
def data():
    return ct.england_2017()


@pytest.fixture(scope="module", params=["schematic", "real"])
def layer(request, data):
    if request.param == "schematic":
        return data.atoms.dissolve("lad")
    shared = request.getfixturevalue("shared")
    return ct.BoundaryLayer.from_file(shared / "lad_dec_2017_buc.geojson", layer="lad").clip(
        "England"
    )


@pytest.fixture(scope="module")
def areas_map(data, layer):
    plan = ct.propose(data.graph, data.atoms)
    people = plan.area_table(data.atoms)["population"]
    return maps.areas(plan, layer, populations=people, ax=maps.new_page()[1])


@pytest.fixture(scope="module")
def drawn_units(layer):
    return np.asarray(light(layer).array)


def written(ax) -> list:
    return [text for text in ax.texts if text.get_text()]


def test_every_area_has_its_name_and_people_once(areas_map):
    names = [t.get_text() for t in areas_map.texts if t.get_gid() == "area-name"]
    assert len(names) == len(set(names)) == 38
    flat = [name.replace("\n", " ") for name in names]
    assert "London 8.83 m" in flat
    assert "Stoke-on-Trent and Staffordshire 1.13 m" in flat


def test_no_two_texts_touch_and_none_leaves_the_map(areas_map):
    inside, found = areas_map.get_window_extent(), written(areas_map)
    boxes_ = [text.get_window_extent() for text in found]
    for k, one in enumerate(boxes_):
        assert not any(one.overlaps(other) for other in boxes_[:k]), found[k].get_text()
        assert inside.x0 - 1 <= one.x0, found[k].get_text()
        assert one.x1 <= inside.x1 + 1, found[k].get_text()
    insets = [child.get_window_extent() for child in areas_map.child_axes]
    assert insets
    assert not any(one.overlaps(inset) for one in boxes_ for inset in insets)


def test_leaders_run_from_their_area_to_its_name_and_through_no_other(areas_map):
    leaders = [line for line in areas_map.lines if line.get_gid() == "leader"]
    assert leaders
    names = [t for t in areas_map.texts if t.get_gid() == "area-name"]
    drawn = [shapely.box(*t.get_window_extent().extents) for t in names]
    for line in leaders:
        way = shapely.LineString(areas_map.transData.transform(line.get_xydata()))
        crossed = [t.get_text() for t, box in zip(names, drawn, strict=True)
                   if way.intersection(box.buffer(-2)).length > 1]  # fmt: skip
        assert not crossed


def flat(words: str) -> str:
    return words.replace("\n", " ").replace("\N{NO-BREAK SPACE}", " ")


def of(ax, gid) -> list:
    return [own for own in (*ax.texts, *ax.lines) if own.get_gid() == gid]


def test_london_and_other_dense_places_stand_one_under_another(areas_map):
    real = "(schematic)" not in areas_map.get_title("left")
    said = [inset.get_title("left").rpartition(", ×") for inset in areas_map.child_axes]
    places = ["London", "Greater Manchester", "Around Birmingham"]
    assert [words for words, _, _ in said] == (places if real else places[:2])
    larger = [float(times) for _, _, times in said]
    assert larger[0] >= 3
    assert min(larger) >= 2
    page_wide = np.ptp(areas_map.get_xlim()) / areas_map.get_window_extent().width
    frames = [inset.get_window_extent() for inset in areas_map.child_axes]
    for inset, frame, times in zip(areas_map.child_axes, frames, larger, strict=True):
        assert page_wide / (np.ptp(inset.get_xlim()) / frame.width) == pytest.approx(times)
    assert [frame.x0 for frame in frames] == pytest.approx(
        [areas_map.get_window_extent().x0] * len(frames)
    )
    assert all(above.y0 > below.y1 for above, below in itertools.pairwise(frames))


def test_every_unit_of_an_inset_has_its_name_or_a_letter_with_the_name_below(areas_map, data):
    london, manchester, *_ = areas_map.child_axes
    boroughs = set(data.atoms.dissolve("lad").names.filter(like="E09"))
    for inset, wanted in ((london, boroughs), (manchester, {"Salford", "Oldham", "Manchester"})):
        listed = "\n".join(text.get_text() for text in of(inset, "unit-list"))
        parts = re.split(r" {2}|\n", listed) if listed else []
        entries = dict(flat(own).split(" ", 1) for own in parts)
        letters = [text.get_text() for text in of(inset, "unit-letter")]
        assert sorted(letters) == sorted(entries)
        named = [flat(text.get_text()) for text in of(inset, "unit-name")]
        assert wanted <= {*named, *entries.values()}
        assert not set(named) & set(entries.values())


def test_insets_lie_on_no_land_no_words_and_no_other_and_nothing_in_them_touches(
    areas_map, drawn_units
):
    land = shapely.transform(drawn_units, areas_map.transData.transform)
    words = [shapely.box(*text.get_window_extent().extents) for text in written(areas_map)]
    leaders = [shapely.LineString(areas_map.transData.transform(line.get_xydata()))
               for line in of(areas_map, "leader")]  # fmt: skip
    whole = []
    for inset in areas_map.child_axes:
        frame = inset.get_window_extent()
        under = [text.get_window_extent() for text in of(inset, "unit-list")]
        title = inset.get_window_extent().translated(0, 14)
        assert all(own.y1 < frame.y0 and own.x1 <= frame.x1 + 1 for own in under)
        whole.append(shapely.box(*Bbox.union([frame, title, *under]).extents))
        inside = [
            text.get_window_extent()
            for text in (*of(inset, "unit-name"), *of(inset, "unit-letter"))
        ]
        for k, one in enumerate(inside):
            assert not any(one.overlaps(other) for other in inside[:k])
            assert frame.x0 - 1 <= one.x0
            assert one.x1 <= frame.x1 + 1
    page_box = shapely.box(*areas_map.get_window_extent().extents)
    for k, box in enumerate(whole):
        assert page_box.buffer(1).covers(box)
        assert not shapely.intersects([*land, *words, *leaders, *whole[:k]], box).any()


def test_the_windows_of_insets_are_outlined_under_the_words(areas_map):
    marks = of(areas_map, "inset")
    assert len(marks) == len(areas_map.child_axes)
    for mark, inset in zip(marks, areas_map.child_axes, strict=True):
        seen = (inset.get_xlim(), inset.get_ylim())
        assert np.ptp(mark.get_xydata(), axis=0) == pytest.approx([np.ptp(own) for own in seen])
        assert mark.get_xydata().min(axis=0) == pytest.approx([own[0] for own in seen])
        assert mark.get_zorder() < min(text.get_zorder() for text in written(areas_map))
    boxes_ = [shapely.box(*mark.get_path().get_extents().extents) for mark in marks]
    assert not any(a.intersects(b) for a, b in itertools.combinations(boxes_, 2))


def test_numbers_and_nothing_and_other_words(data):
    plan, layer = ct.propose(data.graph, data.atoms), data.atoms.dissolve("lad")
    ax = maps.areas(plan, layer, labels="none", insets=False, key=False, ax=maps.new_page()[1])
    assert {t.get_gid() for t in written(ax)} == {"contested-letter", "source"}
    assert not ax.child_axes
    with pytest.raises(errors.CoterminosityError, match="labels: wanted names, numbers or none"):
        maps.areas(plan, layer, labels="codes", ax=maps.new_page()[1])


def page(layer):
    ax = axes_for(maps.new_page()[1])
    set_frame(ax, layer.geometry)
    return ax


def test_a_name_too_wide_for_its_shape_is_broken_or_stands_beside_it():
    layer = boxes("x", {"a": [(0, 0, 300, 60)], "b": [(0, 60, 30, 400)], "c": [(30, 60, 34, 62)]})
    ax = page(layer)
    texts = {"a": "One line of words", "b": "Seventeen words", "c": "Small but named"}
    assert label_shapes(ax, layer.geometry, texts) == []
    said = {t.get_text() for t in ax.texts}
    assert "One line of words" in said
    assert "Seventeen\nwords" in said
    (leader,) = ax.lines
    start = shapely.Point(leader.get_xydata()[-1])
    assert layer.geometry["c"].covers(start)
    outside = next(t for t in ax.texts if "Small" in t.get_text())
    assert not shapely.Point(outside.get_position()).within(layer.geometry["c"])


def test_what_finds_no_place_is_returned():
    layer = boxes("x", {"a": [(0, 0, 10, 10)], "b": [(300, 300, 310, 310)]})
    ax = page(layer)
    everywhere = [shapely.box(*ax.get_window_extent().extents)]
    left = label_shapes(ax, layer.geometry, {"a": "Alpha", "b": "Beta"}, taken=everywhere)
    assert sorted(left) == ["a", "b"]
    assert not ax.texts


def crowd(count, west=100, south=100, side=1):
    """Return squares side by side."""
    at = [(west + side * (k % 5), south + side * (k // 5)) for k in range(count)]
    return {f"c{west}{k:02}": [(x, y, x + side, y + side)] for k, (x, y) in enumerate(at)}


def test_only_crowds_of_small_units_are_dense_and_only_where_they_matter():
    layer = boxes("x", {"big": [(0, 0, 99, 500)], **crowd(20), **crowd(8, west=300)})
    (place,) = dense_places(layer.geometry)
    assert sorted(place.codes) == sorted(crowd(20))
    assert place.peak in place.codes
    assert shapely.covers(place.window, layer.geometry.loc[list(place.codes)].array).all()
    seen = []
    for only in (None, layer.frame.index[:1], layer.frame.index[1:2]):
        drawn = draw_insets(page(layer), layer.geometry, seen.append, only=only)
        assert len(drawn) == (0 if only is not None and "big" in only else 1)
    assert len(seen) == 2
    (west, east) = seen[0].get_xlim()
    assert west < 100_000 < 105_000 < east


def test_an_inset_lies_on_no_land():
    layer = boxes("x", {"big": [(0, 150, 400, 500)], **crowd(20)})
    ax = page(layer)
    (inset,) = draw_insets(ax, layer.geometry, lambda own: None)
    box = shapely.box(*inset.get_window_extent().transformed(ax.transData.inverted()).extents)
    assert not shapely.intersects(layer.outline, box)
    full = boxes("x", {"all": [(0, 0, 99, 500), (101, 0, 500, 500)], **{
        f"c{k}": [(99, 10 + k, 101, 11 + k)] for k in range(17)}})  # fmt: skip
    ax = page(full)
    ax.set_ylim(0, 500_000)
    assert len(dense_places(full.geometry)) == 1
    assert draw_insets(ax, gpd.GeoSeries(full.geometry), lambda own: None) == []
    assert np.isclose(full.land_m2, 500e3 * 500e3 - 2e3 * 483e3)


def test_names_that_find_no_room_are_left_out_whole():
    layer = boxes("x", {"big": [(0, 300, 500, 500)], **crowd(20, side=4)})
    for word, count in (("Ab", 20), ("An exceedingly long name of a place " * 2, 0)):
        names = pd.Series(word.strip(), index=layer.frame.index)
        (inset,) = draw_insets(page(layer), layer.geometry, lambda own: None, names=names)
        assert len(of(inset, "unit-name")) + len(of(inset, "unit-letter")) == count
        assert bool(inset.texts) == bool(count)


def test_a_letter_keeps_clear_of_names_that_reach_over_the_edge_of_their_unit():
    drawn = {"big": [(0, 300, 500, 500)]}
    for k in range(20):
        x, y = 100 + 5.2 * (k % 4), 100 + 4 * (k // 4)
        drawn[f"s{k:02}"] = [(x, y, x + 4, y + 4)]
        drawn[f"t{k:02}"] = [(x + 4, y, x + 5.2, y + 4)]
    layer = boxes("x", drawn)
    names = pd.Series("Southam", index=layer.frame.index)
    (inset,) = draw_insets(page(layer), layer.geometry, lambda own: None, names=names)
    found = [text.get_window_extent() for text in inset.texts if text.get_gid() != "unit-list"]
    assert (len(of(inset, "unit-name")), len(of(inset, "unit-letter"))) == (20, 20)
    assert not any(one.overlaps(other) for one, other in itertools.combinations(found, 2))


def test_of_thousands_of_small_areas_no_place_is_drawn_again():
    """They could not be told apart, and comparing each with each would take gigabytes."""

    def country(side: int) -> gpd.GeoSeries:
        x, y = (own.ravel() for own in np.meshgrid(np.arange(side), np.arange(side)))
        small = 5 + 0.01 * np.arange(20)
        shapes = [*shapely.box(x, y, x + 1, y + 1), *shapely.box(small, 5, small + 0.01, 5.01)]
        return gpd.GeoSeries(shapes).rename(index=str)

    assert len(dense_places(country(31))) == 1
    assert dense_places(country(32)) == []
    assert dense_places(country(180)) == []
