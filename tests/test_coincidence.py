"""Boundary coincidence: exact lengths, the coast left out, tables and polygons agree."""

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

import coterminosity as ct
from coterminosity import errors
from coterminosity.coincidence import borders_in_common, boundary_coincidence
from coterminosity.layer import BoundaryLayer
from coterminosity.nearness import length_within
from tests.conftest import boxes

points = st.tuples(st.integers(-30, 30), st.integers(-30, 30))
edges = st.lists(st.tuples(points, points).filter(lambda e: e[0] != e[1]), min_size=1, max_size=6)


def ends(items):
    array = np.array(items, dtype=float)
    return array[:, 0, 0] + 1j * array[:, 0, 1], array[:, 1, 0] + 1j * array[:, 1, 1]


def oracle(one, others, metres, steps=4000):
    """Walk along an edge in small steps and ask at each whether another edge is near."""
    shares = (np.arange(steps) + 0.5) / steps
    (x0, y0), (x1, y1) = one
    walked = shapely.points(x0 + shares * (x1 - x0), y0 + shares * (y1 - y0))
    lines = shapely.multilinestrings([shapely.linestrings(np.array(o, float)) for o in others])
    near = shapely.distance(walked, lines) <= metres
    return near.mean() * float(np.hypot(x1 - x0, y1 - y0))


@given(edges, edges, st.sampled_from([0.5, 3.0, 10.0]))
def test_lengths_agree_with_walking_along(own, others, metres):
    start, end = ends(own)
    lines = np.array([shapely.linestrings(np.array(o, float)) for o in others])
    found = length_within(start, end, lines, metres)
    for value, edge in zip(found, own, strict=True):
        assert value == pytest.approx(oracle(edge, others, metres), abs=0.12)


def test_a_border_that_is_shared_a_border_that_is_near_and_the_coast():
    left = boxes("x", {"a": [(0, 0, 10, 10)], "b": [(10, 0, 20, 10)]})
    right = boxes("y", {"p": [(0, 0, 10.1, 10)], "q": [(10.1, 0, 20, 5)], "r": [(10.1, 5, 20, 10)]})
    table = boundary_coincidence(left, right, distances=[20, 200])
    assert table["km_left"].to_list() == [10, 10]
    assert table["km_right"].to_list() == pytest.approx([19.9, 19.9])
    # Within 20 m none is near; within 200 m all of it, and of q's border with r the first 100 m.
    assert table["share_of_left"].to_list() == [0.0, 1.0]
    assert table["share_of_right"].to_list() == [0.0, pytest.approx((10 + 0.1) / 19.9)]


def test_the_outer_edge_of_a_partial_layer_is_a_border():
    whole = boxes("x", {"a": [(0, 0, 10, 10)], "b": [(10, 0, 20, 10)]})
    part = boxes("y", {"p": [(0, 0, 10, 10)]})
    table = boundary_coincidence(part, whole, distances=[20])
    assert table["km_left"].to_list() == [10.0]
    assert table["share_of_left"].to_list() == [1.0]


def test_a_distance_does_not_depend_on_the_others_asked():
    whole = boxes("x", {"a": [(0, 0, 10, 10)], "b": [(10, 0, 20, 10)]})
    part = boxes("y", {"p": [(0.4, 0.4, 10, 9.6)]})
    alone = boundary_coincidence(part, whole, distances=[20]).loc[20.0]
    among = boundary_coincidence(part, whole, distances=[20, 500]).loc[20.0]
    assert alone.to_dict() == among.to_dict()
    assert alone["km_left"] == pytest.approx(9.2)


def test_short_edges_of_coast_that_meet_at_a_border_stay_coast():
    """The first metre of each of four edges of coast lies within 1 m of the neighbour's."""
    left = boxes("x", {"a": [(1, 0, 1.04, 0.04)], "b": [(1.04, 0, 1.08, 0.04)]})
    right = boxes("y", {"p": [(1, 0, 1.08, 0.04)]})
    assert boundary_coincidence(left, right)["km_left"][20.0] == pytest.approx(0.04, rel=1e-12)


def test_vertices_that_differ_by_rounding_are_the_same_border():
    left = boxes("x", {"a": [(0, 0, 10, 10)], "b": [(10, 0, 20, 10)]})
    shapes = left.geometry.to_numpy().copy()
    shapes[1] = shapely.segmentize(shapely.transform(shapes[1], lambda xy: xy + 3e-10), 1700.0)
    frame = left.frame.set_geometry(shapes, crs=left.crs).reset_index()
    rough = BoundaryLayer.from_frame(frame, layer="y", code="code", name="name")
    assert boundary_coincidence(left, rough)["km_right"][20.0] == pytest.approx(10.0, abs=0.01)


def test_borders_may_be_written_either_way_round():
    data = ct.england_2017()
    borders = data.atom_graph.borders.sample(frac=1, random_state=2)
    once = borders.loc[~borders[["focal", "neighbour"]].apply(frozenset, axis=1).duplicated()]
    expected = borders_in_common(data.atoms, data.atom_graph.borders, "stp", "lad")
    found = borders_in_common(data.atoms, once, "stp", "lad")
    assert found.to_dict() == pytest.approx(expected.to_dict())


def test_a_layer_of_one_region_has_no_inner_border():
    one, two = boxes("x", {"a": [(0, 0, 20, 10)]}), boxes("y", {"p": [(0, 0, 9, 10)],
                                                              "q": [(9, 0, 20, 10)]})  # fmt: skip
    table = boundary_coincidence(one, two)
    assert table["share_of_left"].isna().all()
    assert (table["share_of_right"] == 0).all()
    with pytest.raises(errors.MeasureError, match="wanted metres of 0 or more"):
        boundary_coincidence(one, two, distances=[-1])


def test_a_table_of_borders_says_the_same_as_the_polygons(shared):
    data = ct.england_2017()
    layers = {
        "lep": BoundaryLayer.from_file(shared / "lep_apr_2017_bgc.shp.zip"),
        "stp": BoundaryLayer.from_file(shared / "stp_apr_2017_bgc.gpkg"),
    }
    drawn = boundary_coincidence(layers["lep"], layers["stp"]).loc[20.0]
    told = borders_in_common(data.atoms, data.atom_graph.borders, "lep", "stp")
    assert drawn["km_left"] == pytest.approx(told["km_left"], rel=1e-3)
    assert drawn["km_right"] == pytest.approx(told["km_right"], rel=1e-3)
    assert drawn["share_of_left"] == pytest.approx(told["share_of_left"], abs=2e-3)
    assert drawn["share_of_right"] == pytest.approx(told["share_of_right"], abs=2e-3)


def test_a_coarse_drawing_is_near_and_not_the_same(shared):
    fine = BoundaryLayer.from_file(shared / "lad_dec_2017_bgc.geojson")
    coarse = BoundaryLayer.from_file(shared / "lad_dec_2017_buc.geojson")
    table = boundary_coincidence(fine, coarse)
    assert table["share_of_left"][20.0] < 0.5
    assert table["share_of_left"][500.0] > 0.99
    assert table["share_of_right"][500.0] > 0.99
