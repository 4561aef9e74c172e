"""Raw polygons: every problem is named with its region, place and size, mended or refused."""

import itertools

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely import wkt

from coterminosity import errors, mending
from coterminosity.layer import BoundaryLayer
from coterminosity.matching import edges_apart, loose_edges, regions_at_the_edge
from coterminosity.opening import Limits
from coterminosity.walks import walk

KM = 1000.0
HOME = (400_000.0, 300_000.0)


def box(west, south, east, north, *, ccw=True):
    x, y = HOME
    return shapely.box(x + KM * west, y + KM * south, x + KM * east, y + KM * north, ccw=ccw)


def table(*shapes, **columns):
    codes = [f"E0600000{k}" for k in range(1, len(shapes) + 1)]
    frame = {"LAD17CD": codes, "LAD17NM": [f"District {k}" for k in range(len(shapes))]}
    return gpd.GeoDataFrame(frame | columns, geometry=list(shapes), crs="EPSG:27700")


def moved(text):
    """Return WKT in km from HOME as a geometry in metres."""
    shape = wkt.loads(text)
    return shapely.transform(shape, lambda xy: xy * KM + np.array(HOME))


PLAIN = box(0, 0, 10, 10)
SPIKE = moved("POLYGON ((10 0, 20 0, 20 10, 20 12, 20 10, 10 10, 10 0))")
# A bow of 1 m² where two borders cross by mistake at the corner of 100 km².
CROSSED = moved(
    "POLYGON ((10 0, 20 0, 20 10, 15 10, 15.001 10.001, 15.002 10, 15 9.999, 10 10, 10 0))"
)
TIE = moved("POLYGON ((10 0, 20 10, 20 0, 10 10, 10 0))")
HOLE_OUTSIDE = moved("POLYGON ((10 0, 20 0, 20 10, 10 10, 10 0), (30 0, 31 0, 31 1, 30 1, 30 0))")

# name: shape, problem, outcome, place (km) or None, change of area or None
MENDED = {
    "heights": (shapely.force_3d(box(10, 0, 20, 10), 5.0), "heights",
                "left out", (15, 5), None),
    "measures": (wkt.loads("POLYGON M ((410000 300000 1, 420000 300000 1, 420000 310000 1, "
                           "410000 300000 1))"), "heights", "left out", None, None),
    "collection": (shapely.GeometryCollection([box(10, 0, 20, 10), shapely.Point(HOME),
                                               shapely.LineString([HOME, (HOME[0], 0)])]),
                   "collection", "kept its polygons", (15, 5), None),
    "nested collection": (shapely.GeometryCollection(
        [shapely.GeometryCollection([shapely.MultiPolygon([box(10, 0, 20, 10)])]),
         shapely.Point(HOME)]), "collection", "kept its polygons", (15, 5), None),
    "reversed ring": (box(10, 0, 20, 10, ccw=False), "reversed rings", "turned", (15, 5), None),
    "hole wound as its shell": (moved("POLYGON ((10 0, 20 0, 20 10, 10 10, 10 0), "
                                      "(12 2, 14 2, 14 4, 12 4, 12 2))"),
                                "reversed rings", "turned", None, None),
    "spike": (SPIKE, "self-crossing", "repaired", (20, 10), 0.0),
    "crossing borders": (CROSSED, "self-crossing", "repaired", (15, 10), 0.0),
}  # fmt: skip


@pytest.mark.parametrize("case", MENDED)
def test_what_can_be_mended_is_mended_and_logged(case):
    shape, problem, outcome, place, change = MENDED[case]
    first, second = box(0, 0, 10, 10), box(0, 10, 10, 20)
    layer = BoundaryLayer.from_frame(table(first, second, shape))
    (row,) = layer.repairs.to_dict("records")
    assert (row["code"], row["row"], row["problem"], row["outcome"]) == (
        "E06000003", 3, problem, outcome,
    )  # fmt: skip
    if place is not None:
        assert (row["x"], row["y"]) == pytest.approx(
            (HOME[0] + KM * place[0], HOME[1] + KM * place[1]), abs=2.0
        )
    if change is not None:
        assert row["area_after_m2"] - row["area_before_m2"] == pytest.approx(change, abs=3.0)
        assert row["size"] == pytest.approx(abs(change), abs=3.0)
    assert row["size"] >= 0
    assert row["unit"]
    report = layer.check()
    slight = problem in ("heights", "reversed rings")
    assert report.checks.loc["repaired", "verdict"] == ("note" if slight else "warning")
    assert "E06000003" in report.checks.loc["repaired", "found"]
    assert problem in set(report.problems["problem"])


REFUSED = {
    "null": (None, "no geometry", r"E06000002 in row 2\); complete or remove these rows"),
    "empty": (shapely.Polygon(), "empty geometry", r"E06000002 in row 2\); complete or remove"),
    "point": (shapely.Point(HOME), "not a polygon", r"in row 2: Point\); remove points and lines"),
    "line": (shapely.LineString([HOME, (0, 0)]), "not a polygon", r"in row 2: LineString"),
    "collection without land": (
        shapely.GeometryCollection([shapely.Point(HOME)]), "not a polygon", "GeometryCollection",
    ),
    "bow tie": (TIE, "self-crossing", "redraw these regions"),
    "hole outside": (HOLE_OUTSIDE, "hole outside its shell", "redraw these regions"),
    "flat": (moved("POLYGON ((10 0, 20 0, 15 0, 10 0))"), "self-crossing|too few points|invalid",
             "redraw these regions"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_mended_is_refused_with_a_table(case):
    shape, problem, words = REFUSED[case]
    with pytest.raises(errors.LayerError, match=words) as caught:
        BoundaryLayer.from_frame(table(PLAIN, shape))
    assert "\n" not in str(caught.value)
    (row,) = caught.value.problems.to_dict("records")
    assert (row["code"], row["row"]) == ("E06000002", 2)
    assert row["problem"] in problem.split("|")
    assert row["outcome"] in ("refused", "repair undone")


def test_every_refused_region_is_in_the_table():
    with pytest.raises(errors.LayerError, match="2 of 4 .* no geometry .* 1 more have other") as no:
        BoundaryLayer.from_frame(table(PLAIN, None, None, shapely.Point(HOME)))
    assert list(no.value.problems["code"]) == ["E06000002", "E06000003", "E06000004"]


def test_a_repair_that_changes_too_much_is_undone():
    tenth = moved("POLYGON ((10 0, 20 0, 20 10, 15 10, 15.1 10.1, 15.2 10, 15 9.9, 10 10, 10 0))")
    with pytest.raises(errors.LayerError, match=r"more than 0\.00%") as caught:
        BoundaryLayer.from_frame(table(PLAIN, tenth), limits=Limits(repaired_share=1e-9))
    (row,) = caught.value.problems.to_dict("records")
    assert row["outcome"] == "repair undone"
    assert row["area_after_m2"] != row["area_before_m2"]
    allowed = BoundaryLayer.from_frame(table(PLAIN, tenth), limits=Limits(repaired_share=0.1))
    assert allowed.repairs["outcome"].to_list() == ["repaired"]


def test_repair_can_be_switched_off():
    with pytest.raises(errors.LayerError, match="repair is switched off") as caught:
        BoundaryLayer.from_frame(table(PLAIN, SPIKE), repair=False)
    assert caught.value.problems["problem"].to_list() == ["self-crossing"]
    assert BoundaryLayer.from_frame(table(PLAIN), repair=False).repairs.empty


def comb(teeth):
    """Return a polygon of many vertices with one spike: repaired apart, area unchanged."""
    top = [(HOME[0] + k, HOME[1] + 5000 + k % 2) for k in range(teeth)]
    spike = [
        (HOME[0] + teeth, HOME[1]),
        (HOME[0] + teeth, HOME[1] - 10),
        (HOME[0] + teeth, HOME[1]),
    ]
    return shapely.Polygon([(HOME[0], HOME[1]), *spike, *reversed(top)])


def test_large_polygons_are_repaired_in_a_process_of_their_own(monkeypatch):
    apart = []
    real = mending._repaired_apart
    monkeypatch.setattr(
        mending, "_repaired_apart", lambda g, **k: apart.append(len(g)) or real(g, **k)
    )
    layer = BoundaryLayer.from_frame(table(comb(2_000), SPIKE))
    assert apart == [1]
    assert layer.repairs["outcome"].to_list() == ["repaired", "repaired"]
    assert layer.geometry.is_valid.all()


HANGS = """
import sys, time, shapely
for number, line in enumerate(sys.stdin):
    if number == 1:
        %s
    print(line.strip(), flush=True)
"""


@pytest.mark.parametrize("end", ["time.sleep(60)", "import os; os.abort()"])
def test_a_repair_that_hangs_or_crashes_is_stopped_and_named(monkeypatch, end):
    monkeypatch.setattr(mending, "_WORKER", HANGS % end)
    shapes = [shapely.affinity.translate(comb(2_000), 0, 20_000 * k) for k in range(3)]
    broken = np.array(shapes, dtype=object)
    _, in_time = mending._repaired(broken, seconds=3)
    assert list(in_time) == [True, False, True]


def test_one_region_that_takes_too_long_is_refused_in_a_sentence(monkeypatch):
    monkeypatch.setattr(mending, "_WORKER", "import time; time.sleep(60)")
    with pytest.raises(errors.LayerError, match=r"E06000001 in row 1.*repaired within 0\.5 s"):
        BoundaryLayer.from_frame(table(comb(2_000)), limits=Limits(repair_seconds=0.5))


def test_a_row_that_stands_twice_is_left_out_once():
    frame = table(PLAIN, box(10, 0, 20, 10), PLAIN)
    frame.loc[2, ["LAD17CD", "LAD17NM"]] = frame.loc[0, ["LAD17CD", "LAD17NM"]]
    layer = BoundaryLayer.from_frame(frame.assign(FID=[1, 2, 3]))
    assert len(layer) == 2
    (row,) = layer.repairs.to_dict("records")
    assert (row["code"], row["row"], row["problem"]) == ("E06000001", 3, "row twice")
    frame.loc[2, "LAD17NM"] = "Another"
    with pytest.raises(errors.CodeError, match=r"E06000001 \(rows 1, 3 for E06000001\); dissolve"):
        BoundaryLayer.from_frame(frame)


def test_codes_are_written_as_tables_write_them():
    frame = table(PLAIN, box(10, 0, 20, 10), LAD17CD=["e06000001 ", " E06000002"])
    layer = BoundaryLayer.from_frame(frame)
    assert list(layer.frame.index) == ["E06000001", "E06000002"]
    assert layer.repairs["problem"].to_list() == ["code in small letters"]
    numbers = table(PLAIN, box(10, 0, 20, 10), LAD17CD=[7.0, 12.0])
    assert list(BoundaryLayer.from_frame(numbers).frame.index) == ["12", "7"]


def test_the_report_finds_what_lies_between_regions():
    shapes = [box(0, 0, 10, 10), box(10.005, 0, 20, 10), box(0, 10, 20, 20), box(0, -10, 20, 0),
              box(19.99, 0, 30, 10), box(30, 0, 40, 10), box(30, 0, 40, 10)]  # fmt: skip
    crumb = shapely.union(shapes[2], box(50, 50, 50.005, 50.005))
    layer = BoundaryLayer.from_frame(table(*shapes[:2], crumb, *shapes[3:]))
    problems = layer.check().problems
    found = {
        (row["code"], row["problem"], row["reason"]): row["size"]
        for row in problems.to_dict("records")
    }
    assert found["E06000002", "sliver of overlap", "with E06000005"] == pytest.approx(1e5)
    assert found["E06000006", "overlap", "with E06000007"] == pytest.approx(1e8)
    assert found["E06000007", "drawn as another", "the shape of E06000006"] == pytest.approx(1e8)
    assert found["E06000003", "crumb", ""] == pytest.approx(25.0)
    gap = problems.loc[problems["problem"] == "gap"].iloc[0]
    assert gap["size"] == pytest.approx(5e4, rel=0.01)
    assert (gap["x"] - HOME[0], gap["y"] - HOME[1]) == pytest.approx((10_002.5, 5_000), abs=5)
    assert "5.0 m wide" in gap["reason"]


def test_a_cover_is_never_cleaned_into_a_partition():
    shapes = [box(0, 0, 20, 10), box(10, 0, 30, 10)]
    frame = gpd.GeoDataFrame(
        {"LEP17CD": ["E37000001", "E37000002"]}, geometry=shapes, crs="EPSG:27700"
    )
    layer = BoundaryLayer.from_frame(frame)
    assert layer.kind == "cover"
    assert layer.geometry.area.to_list() == [2e8, 2e8]
    assert layer.check().checks.loc["overlaps", "verdict"] == "ok"


def test_a_shape_far_from_its_people_is_astray():
    there, here = box(0, 0, 10, 10), shapely.box(540_000, 250_000, 550_000, 260_000)
    frame = gpd.GeoDataFrame(
        {"LAD17CD": ["E07000008", "E06000052"]}, geometry=[here, there], crs="EPSG:27700"
    )
    report = BoundaryLayer.from_frame(frame).check()
    astray = report.problems.loc[report.problems["problem"] == "astray"]
    assert list(astray["code"]) == ["E06000052"]  # Cornwall, drawn in Shropshire
    assert astray["size"].iloc[0] > 200
    assert report.checks.loc["places", "verdict"] == "warning"


def loose(polygons):
    asked = regions_at_the_edge(polygons, walk(polygons))
    return loose_edges(polygons, edges_apart(polygons, asked))


def split_square(cuts, shift):
    """Return a grid of boxes of which one vertex is moved by ``shift`` metres."""
    xs = [0.0, *sorted(cuts), 100.0]
    cells = [
        shapely.box(1000 * a, 1000 * b, 1000 * c, 1000 * d)
        for a, c in itertools.pairwise(xs)
        for b, d in itertools.pairwise(xs)
    ]
    first = np.array(cells[0].exterior.coords)
    first[1] += shift
    first[-1] = first[0]
    return [shapely.Polygon(first), *cells[1:]]


@given(
    st.sets(st.integers(1, 99), min_size=1, max_size=5),
    st.sampled_from([(0.0, 0.0), (0.0, 3.0), (-2.0, 0.0), (0.0, -40.0)]),
    st.booleans(),
    st.integers(0, 3),
)
def test_loose_edges_are_those_that_shapely_finds(cuts, shift, stacked, turn):
    shapes = split_square(cuts, np.array(shift))
    if stacked:  # two complete coverages on top of each other
        shapes += [shapely.box(0, 0, 50_000, 1e5), shapely.box(50_000, 0, 1e5, 1e5)]
    shapes = [shapely.reverse(s) if k % 4 < turn else s for k, s in enumerate(shapes)]
    polygons = np.array(shapes, dtype=object)
    own = loose_edges(
        polygons, edges_apart(polygons, regions_at_the_edge(polygons, walk(polygons)))
    )
    known = shapely.coverage_invalid_edges(polygons)
    assert list(shapely.is_empty(own)) == list(shapely.is_empty(known))
    np.testing.assert_allclose(shapely.length(own), shapely.length(known))


GRID = [box(x, y, x + 10, y + 10) for x in (0, 10, 20) for y in (0, 10, 20)]
STACKED = {
    "inside the middle": box(12, 12, 18, 18),
    "the middle again": box(10, 10, 20, 20),
    "a corner again": box(0, 0, 10, 10),
    "across a border": box(5, 2, 15, 8),
    "around everything": box(-5, -5, 35, 35),
}


@pytest.mark.parametrize("case", STACKED)
def test_a_region_on_top_of_others_is_found_wherever_it_lies(case):
    polygons = np.array([*GRID, STACKED[case]], dtype=object)
    own = loose_edges(
        polygons, edges_apart(polygons, regions_at_the_edge(polygons, walk(polygons)))
    )
    known = shapely.coverage_invalid_edges(polygons)
    assert not shapely.is_empty(known).all()
    assert list(shapely.is_empty(own)) == list(shapely.is_empty(known))
    np.testing.assert_allclose(shapely.length(own), shapely.length(known))


def test_two_regions_drawn_as_one_share_no_border_but_their_land():
    """Every edge is walked twice, but both times the same way round."""
    twice = np.array([PLAIN, PLAIN], dtype=object)
    assert not walk(twice).paired.any()
    assert regions_at_the_edge(twice, walk(twice)).tolist() == [0, 1]
    assert BoundaryLayer.from_frame(table(PLAIN, PLAIN)).kind == "cover"


@pytest.mark.parametrize("turn", [0, 90, 180, 270], ids=["west", "south", "east", "north"])
def test_a_sound_border_near_a_loose_one_is_not_apart(turn):
    """Beside a border with one vertex too many lies a strip of 3 m, well matched beyond."""
    hole = [(0, 0), (497, 0), (500, 0), (1000, 0), (1000, 1000), (500, 1000), (497, 1000),
            (0, 1000)]  # fmt: skip
    # Many short edges far away, lest the box around them holds everything.
    shore = shapely.segmentize(shapely.box(-1000, -1000, 2000, 2000).exterior, 100)
    odd = shapely.Polygon([(500, 0), (1000, 0), (1000, 1000), (500, 1000), (500, 400)])
    drawn = [shapely.Polygon(shore, [hole]), shapely.box(0, 0, 497, 1000),
             shapely.box(497, 0, 500, 1000), odd]  # fmt: skip
    turned = [shapely.affinity.rotate(shape, turn, origin=(500, 500)) for shape in drawn]
    polygons = shapely.transform(np.array(turned, dtype=object), np.round)
    apart = edges_apart(polygons, regions_at_the_edge(polygons, walk(polygons)))
    # Only the border of the strip with the odd region, 1 km in either.
    assert shapely.length(apart).tolist() == [0, 0, 1000, 1000]


def test_an_empty_table_of_problems_has_the_columns_of_a_full_one():
    full = BoundaryLayer.from_frame(table(PLAIN, SPIKE)).repairs
    pd.testing.assert_series_equal(mending.no_problems().dtypes, full.dtypes)
