"""Labels and insets: nothing is written over anything else, and London can be read."""

import geopandas as gpd
import numpy as np
import pytest
import shapely

import coterminosity as ct
from coterminosity import errors, maps
from coterminosity.maps.canvas import axes_for, set_frame
from coterminosity.maps.insets import dense_places, draw_insets
from coterminosity.maps.labels import label_shapes
from tests.conftest import boxes


@pytest.fixture(scope="module")
def data():
    return ct.england_2017()


@pytest.fixture(scope="module", params=["schematic", "real"])
def areas_map(request, data):
    plan = ct.propose(data.graph, data.atoms)
    if request.param == "real":
        shared = request.getfixturevalue("shared")
        layer = ct.BoundaryLayer.from_file(shared / "lad_dec_2017_buc.geojson", layer="lad")
        layer = layer.clip("England")
    else:
        layer = data.atoms.dissolve("lad")
    people = plan.area_table(data.atoms)["population"]
    return maps.areas(plan, layer, populations=people, ax=maps.new_page()[1])


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


def test_london_is_enlarged_with_its_boroughs_named(areas_map):
    (london,) = areas_map.child_axes
    assert london.get_title("left").startswith("London, ×")
    boroughs = {t.get_text().replace("\n", " ") for t in london.texts}
    assert {"Croydon", "Bromley", "Ealing", "Richmond upon Thames"} <= boroughs
    found = [t.get_window_extent() for t in london.texts]
    for k, one in enumerate(found):
        assert not any(one.overlaps(other) for other in found[:k])
    frame = london.get_window_extent()
    assert all(frame.x0 - 1 <= one.x0 and one.x1 <= frame.x1 + 1 for one in found)
    land = [shapely.box(*frame.extents)]
    assert shapely.box(*areas_map.get_window_extent().extents).covers(land[0])
    (mark,) = [line for line in areas_map.lines if line.get_gid() == "inset"]
    assert mark.get_xydata().max(axis=0) == pytest.approx(
        [london.get_xlim()[1], london.get_ylim()[1]]
    )


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


def test_only_crowds_of_small_units_are_dense_and_only_where_they_matter():
    crowd = {f"c{k}": [(100 + k, 100, 101 + k, 101)] for k in range(7)}
    few = {f"f{k}": [(200 + k, 300, 201 + k, 301)] for k in range(3)}
    layer = boxes("x", {"big": [(0, 0, 99, 500)], **crowd, **few})
    assert dense_places(layer.geometry) == [sorted(crowd)]
    seen = []
    for only in (None, layer.frame.index[:1], layer.frame.index[1:2]):
        drawn = draw_insets(page(layer), layer.geometry, seen.append, only=only)
        assert len(drawn) == (0 if only is not None and "big" in only else 1)
    assert len(seen) == 2
    (west, east) = seen[0].get_xlim()
    assert west < 100_000 < 107_000 < east


def test_an_inset_lies_on_no_land():
    crowd = {f"c{k}": [(100 + k, 100, 101 + k, 101)] for k in range(7)}
    layer = boxes("x", {"big": [(0, 150, 400, 500)], **crowd})
    ax = page(layer)
    (inset,) = draw_insets(ax, layer.geometry, lambda own: None)
    box = shapely.box(*inset.get_window_extent().transformed(ax.transData.inverted()).extents)
    assert not shapely.intersects(layer.outline, box)
    full = boxes("x", {"all": [(0, 0, 99, 500), (101, 0, 500, 500)], **{
        f"c{k}": [(99, 10 + k, 101, 11 + k)] for k in range(7)}})  # fmt: skip
    ax = page(full)
    ax.set_ylim(0, 500_000)
    assert draw_insets(ax, gpd.GeoSeries(full.geometry), lambda own: None) == []
    assert np.isclose(full.land_m2, 500e3 * 500e3 - 2e3 * 493e3)
