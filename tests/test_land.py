"""Land that layers share: the same as by atoms, in whatever drawing, with nothing lost."""

import itertools
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from coterminosity import scores
from coterminosity.atoms import Atoms
from coterminosity.land import land_overlap
from coterminosity.layer import BoundaryLayer
from tests.conftest import boxes

cuts = st.sets(st.integers(1, 19), max_size=4)


def strips(layer, edges, *, along="x"):
    """Regions of 20 × 20 km cut into strips at some km."""
    ends = [0, *sorted(edges), 20]
    pairs = list(itertools.pairwise(ends))
    return boxes(layer, {
        f"{layer}{k:02d}": [(a, 0, b, 20) if along == "x" else (0, a, 20, b)]
        for k, (a, b) in enumerate(pairs)
    })  # fmt: skip


@given(cuts, cuts, st.booleans())
def test_strips_share_the_land_that_can_be_counted(one, other, cross):
    left, right = strips("x", one), strips("y", other, along="y" if cross else "x")
    overlap = land_overlap(left, right)
    found = overlap.pairs.set_index(["left", "right"])["weight"].to_dict()
    expected = {}
    for a, shape in left.geometry.items():
        for b, second in right.geometry.items():
            west, south, east, north = np.r_[
                np.maximum(shape.bounds[:2], second.bounds[:2]),
                np.minimum(shape.bounds[2:], second.bounds[2:]),
            ]
            if east > west and north > south:
                expected[a, b] = (east - west) * (north - south)
    assert found == pytest.approx(expected, rel=1e-12)
    by_atoms = Atoms.build(left, right).overlap("x", "y", weight="area")
    pd.testing.assert_frame_equal(overlap.pairs, by_atoms.pairs, check_dtype=False)
    assert overlap.total == pytest.approx(4e8, rel=1e-12)


def test_land_of_one_layer_alone_is_unallocated():
    left = boxes("x", {"a": [(0, 0, 10, 10)], "b": [(10, 0, 20, 10)]})
    right = boxes("y", {"p": [(5, 0, 10, 10)], "q": [(30, 0, 40, 10)]})
    overlap = land_overlap(left, right)
    assert overlap.pairs[["left", "right", "weight"]].to_numpy().tolist() == [["a", "p", 5e7]]
    assert (overlap.unallocated_left, overlap.unallocated_right) == (1e8, 1.5e8)
    assert overlap.right_totals["weight"].to_dict() == {"p": 5e7, "q": 1e8}
    assert overlap.total == 3e8
    turned = land_overlap(right, left)
    pd.testing.assert_frame_equal(turned.pairs, overlap.swap().pairs)


def test_slivers_stay_with_the_land_beside_them():
    left = boxes("x", {"a": [(0, 0, 10, 10)], "b": [(10, 0, 20, 10)]})
    right = boxes("y", {"p": [(0, 0, 10.02, 10)], "q": [(10.02, 0, 20, 10)]})
    overlap = land_overlap(left, right)
    assert overlap.pairs[["left", "right"]].to_numpy().tolist() == [["a", "p"], ["b", "q"]]
    assert overlap.pairs["weight"].to_list() == pytest.approx([1e8, 1e8], rel=1e-12)
    narrow = land_overlap(left, right, min_width=5.0)
    assert len(narrow.pairs) == 3


@pytest.mark.parametrize(
    "right",
    [
        {"p": [(0, 0, 20.02, 10)]},  # fewer regions, which reach 20 m beyond
        {"p": [(0, 0, 10.02, 10)], "q": [(10.02, 0, 20, 10)]},  # as many, with a sliver between
    ],
)
def test_the_land_that_is_kept_is_the_same_whichever_layer_is_named_first(right):
    left = boxes("x", {"a": [(0, 0, 10, 10)], "b": [(10, 0, 20, 10)]})
    coarse = boxes("y", right)
    for overlap in (land_overlap(left, coarse), land_overlap(coarse, left)):
        assert overlap.pairs["weight"].to_list() == pytest.approx([1e8, 1e8], rel=1e-12)
        assert overlap.total == pytest.approx(2e8, rel=1e-12)


def test_covers_and_versions_of_one_layer_go_by_atoms():
    cover = boxes("lep", {"a": [(0, 0, 12, 10)], "b": [(8, 0, 20, 10)]})
    right = boxes("y", {"p": [(0, 0, 20, 10)]})
    overlap = land_overlap(cover, right)
    assert overlap.double_left == 4e7
    assert overlap.pairs["weight"].to_list() == [1.2e8, 1.2e8]


@pytest.fixture(scope="module")
def real(shared):
    def read(file, name):
        return replace(BoundaryLayer.from_file(shared / file), layer=name)

    return {
        "lad": read("lad_dec_2017_bgc.geojson", "lad"),
        "coarse": read("lad_dec_2017_buc.geojson", "coarse"),
        "stp": read("stp_apr_2017_bgc.gpkg", "stp"),
    }


def redrawn(layer, metres, *, together):
    """A layer generalised as one, or each region for itself, so that borders no longer match."""
    shapes = layer.geometry.to_numpy()
    drawn = (
        shapely.coverage_simplify(shapes, metres) if together
        else shapely.make_valid(shapely.simplify(shapes, metres))
    )  # fmt: skip
    drawn = np.where(shapely.is_empty(drawn), shapes, drawn)
    frame = layer.frame.set_geometry(drawn, crs=layer.crs).reset_index()
    return BoundaryLayer.from_frame(frame, layer="drawn", code="code", name="name")


def classes(overlap):
    pairs = scores.pair_classes(overlap)
    return pairs.loc[pairs["class"] != "trace"].set_index(["left", "right"])["class"].to_dict()


@pytest.mark.parametrize("drawing", ["coarse", "1 m", "20 m", "200 m", "each for itself"])
def test_classes_are_the_same_however_a_layer_is_drawn(real, drawing):
    lad, stp = real["lad"], real["stp"]
    if drawing == "coarse":
        other = real["coarse"]
    elif drawing == "each for itself":
        other = redrawn(lad, 20.0, together=False)
    else:
        other = redrawn(lad, float(drawing.split()[0]), together=True)
    # Every district is itself, and nothing else but by a trace.
    same = classes(land_overlap(lad, other))
    assert set(same) == {(code, code) for code in lad.frame.index}
    # By land the coarse drawing lacks an islet of Scilly: 2.5 % of it, and its people none.
    lacking = {"E06000053"} if drawing == "coarse" else set()
    assert {one for (one, _), name in same.items() if name != "one-to-one"} == lacking
    assert classes(land_overlap(other, stp)) == classes(land_overlap(lad, stp))


def test_land_is_kept_to_a_part_in_a_thousand_million(real):
    overlap = land_overlap(real["lad"], real["stp"])
    land = float(real["lad"].geometry.area.sum())
    assert overlap.pairs["weight"].sum() == pytest.approx(land, rel=1e-9)
