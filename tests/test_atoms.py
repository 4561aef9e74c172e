"""Atoms: squares by eye, a grid as oracle, laws that always hold."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from coterminosity import errors
from coterminosity.atoms import Atoms
from coterminosity.layer import BoundaryLayer
from tests.conftest import KM, boxes

SIDE = 6  # cells of 1 km
FINE = 10.0  # metres: min_width for drawings without slivers


def memberships(atoms: Atoms) -> dict[frozenset[tuple[str, str]], float]:
    """Land in km² by set of memberships."""
    own = {atom: set() for atom in atoms.measures.index}
    for row in atoms.members.to_dict("records"):
        own[row["atom"]].add((row["layer"], row["code"]))
    return {frozenset(m): atoms.measures["area_m2"][a] / KM**2 for a, m in own.items()}


def test_two_layers_cross():
    left = boxes("lad", {"W": [(0, 0, 3, 4)], "E": [(3, 0, 6, 4)]})
    right = boxes("stp", {"S": [(0, 0, 6, 2)], "N": [(0, 2, 6, 4)]})
    found = memberships(Atoms.build(left, right))
    assert found == {
        frozenset({("lad", i), ("stp", j)}): pytest.approx(6.0) for i in "WE" for j in "SN"
    }


def test_an_overlap_of_a_cover_is_an_atom_of_both():
    districts = boxes("lad", {"a": [(0, 0, 2, 2)], "b": [(2, 0, 4, 2)], "c": [(4, 0, 6, 2)]})
    partnerships = boxes("lep", {"W": [(0, 0, 4, 2)], "E": [(2, 0, 6, 2)]})
    atoms = Atoms.build(districts, partnerships)
    assert atoms.kind("lep") == "cover"
    assert atoms.kind("lad") == "partition"
    assert memberships(atoms)[frozenset({("lad", "b"), ("lep", "W"), ("lep", "E")})] == 4.0
    alone = Atoms.build(partnerships)
    assert sorted(memberships(alone).values()) == [4.0, 4.0, 4.0]


def test_slivers_are_no_atoms_and_no_land_is_lost():
    districts = boxes("lad", {"W": [(0, 0, 3, 4)], "E": [(3, 0, 6, 4)]})
    # The same border drawn 40 m to the east, with a real corner of 1 km² beyond it,
    # which keeps the strip of 0.12 km² that it hangs on.
    shifted = boxes(
        "stp",
        {
            "W": [(0, 0, 3.04, 4), (3, 0, 4, 1)],
            "E": [(4, 0, 6, 4), (3.04, 1, 6, 4)],
        },
    )
    found = memberships(Atoms.build(districts, shifted))
    assert found == {
        frozenset({("lad", "W"), ("stp", "W")}): pytest.approx(12.0),
        frozenset({("lad", "E"), ("stp", "W")}): pytest.approx(1.12),
        frozenset({("lad", "E"), ("stp", "E")}): pytest.approx(10.88),
    }


def test_narrow_regions_are_bodies_not_slivers():
    whole = boxes("stp", {"S": [(0, 0, 6, 4)]})
    streets = {f"s{k}": [(k * 0.1, 0, k * 0.1 + 0.1, 4)] for k in range(60)}
    atoms = Atoms.build(whole, boxes("lsoa", streets))
    assert len(atoms) == 60
    assert list(memberships(atoms).values()) == pytest.approx([0.4] * 60)


@pytest.mark.parametrize("others", [{}, {"C": [(9, 0, 14, 4)]}])
def test_a_small_region_inside_a_piece_is_not_swallowed(others):
    """B is 440 m square, less land than a sliver of 250 m may have, and a hole in A."""
    districts = {"x": [(0, 0, 4, 4)], "y": [(4, 0, 8, 4)], "z": [(8, 0, 12, 4)]}
    ring = [(0, 0, 3, 4), (3.44, 0, 12, 4), (3, 0, 3.44, 3), (3, 3.44, 3.44, 4)]
    layer = boxes("stp", {"A": ring, "B": [(3, 3, 3.44, 3.44)], **others})
    assert layer.kind == ("cover" if others else "partition")
    found = memberships(Atoms.build(boxes("lad", districts), layer))
    assert found[frozenset({("lad", "x"), ("stp", "B")})] == pytest.approx(0.44**2)
    assert found[frozenset({("lad", "x"), ("stp", "A")})] == pytest.approx(16 - 0.44**2)


def test_land_beyond_the_first_layer_is_kept():
    districts = boxes("lad", {"a": [(0, 0, 2, 2)]})
    force = boxes("pfa", {"P": [(0, 0, 5, 2)], "Q": [(5, 0, 6, 2)]})
    assert memberships(Atoms.build(districts, force)) == {
        frozenset({("lad", "a"), ("pfa", "P")}): 4.0,
        frozenset({("pfa", "P")}): 6.0,
        frozenset({("pfa", "Q")}): 2.0,
    }


cells = st.lists(st.integers(0, 3), min_size=SIDE**2, max_size=SIDE**2)


def drawn(layer: str, labels: list[int], *, also: list[int] | None = None) -> BoundaryLayer:
    """Draw a layer of cells; with ``also`` a cover, each cell in one or two regions."""
    regions: dict[str, list[tuple[float, float, float, float]]] = {}
    for cell, label in enumerate(labels):
        x, y = cell % SIDE, cell // SIDE
        for code in {label} | ({also[cell]} if also else set()):
            regions.setdefault(f"r{code}", []).append((x, y, x + 1, y + 1))
    return boxes(layer, dict(sorted(regions.items())))


def oracle(**labels: list[set[int]]) -> dict[frozenset[tuple[str, str]], float]:
    """Count cells by their memberships, one at a time."""
    found: dict[frozenset[tuple[str, str]], float] = {}
    for cell in range(SIDE**2):
        key = frozenset((layer, f"r{code}") for layer, own in labels.items() for code in own[cell])
        found[key] = found.get(key, 0.0) + 1.0
    return found


@settings(max_examples=25)
@given(cells, cells, cells)
def test_the_overlay_agrees_with_counting_cells(first, second, third):
    layers = [drawn("lad", first), drawn("stp", second), drawn("lep", second, also=third)]
    expected = oracle(
        lad=[{a} for a in first],
        stp=[{a} for a in second],
        lep=[{a, b} for a, b in zip(second, third, strict=True)],
    )
    found = memberships(Atoms.build(*layers, min_width=FINE))
    assert found == {key: pytest.approx(area) for key, area in expected.items()}
    turned = memberships(Atoms.build(*layers[::-1], min_width=FINE))
    assert turned == {key: pytest.approx(area) for key, area in found.items()}


def test_people_of_small_areas_go_where_their_inner_point_lies():
    layer = boxes("lad", {"W": [(0, 0, 3, 4)], "E": [(3, 0, 6, 4)]})
    small = gpd.GeoDataFrame(
        {"population": [5, 7, 11]},
        geometry=[shapely.box(a * KM, 0, (a + 1) * KM, KM) for a in (0, 4, 6)],
        crs="EPSG:27700",
    )
    # The last lies 500 m off the coast: a generalised coast differs by as much.
    assert Atoms.build(layer, population=small).measures["population"].to_list() == [18.0, 5.0]
    far = small.set_geometry(small.translate(3 * KM, 0))
    with pytest.raises(errors.MeasureError, match="18 people in 2 small areas.*first: row 2"):
        Atoms.build(layer, population=far)
    bare = small.set_geometry([*small.geometry[:2], None])
    with pytest.raises(errors.MeasureError, match=r"11 people in 1 small .* no geometry .rows 3."):
        Atoms.build(layer, population=bare)
    with pytest.raises(errors.CrsError, match="population layer: no coordinate reference"):
        Atoms.build(layer, population=small.set_crs(None, allow_override=True))
    with pytest.raises(errors.MeasureError, match="wanted Atoms, a GeoDataFrame .* got str"):
        Atoms.build(layer, population="people.csv")
    with pytest.raises(errors.ColumnError, match="no column 'population'"):
        Atoms.build(layer, population=small.drop(columns="population"))


def test_people_of_regions_are_spread_by_land_and_codes_must_match():
    left = boxes("lad", {"W": [(0, 0, 3, 4)], "E": [(3, 0, 6, 4)]})
    right = boxes("stp", {"S": [(0, 0, 6, 1)], "N": [(0, 1, 6, 4)]})
    atoms = Atoms.build(left, right, population=pd.Series({"W": 100, "E": 40}))
    pairs = atoms.overlap("lad", "stp").pairs
    assert pairs["weight"].to_list() == [30.0, 10.0, 75.0, 25.0]
    with pytest.raises(
        errors.CodeError, match=r"1 regions have no people \(W\) and 1 rows .*\(X\)"
    ):
        Atoms.build(left, right, population=pd.Series({"X": 100, "E": 40}))
    with pytest.raises(errors.MeasureError, match="got -1 for W"):
        Atoms.build(left, right, population=pd.Series({"W": -1, "E": 40}))
    with pytest.raises(errors.CodeError, match="two rows for W"):
        Atoms.build(left, population=pd.Series([1, 2, 3], index=["W", "W", "E"]))


def test_people_of_other_atoms_are_joined_by_membership():
    table = pd.DataFrame(
        {"LAD": list("WWE"), "STP": list("SNN"), "CCG": list("xyz"), "population": [1, 2, 4]}
    )
    known = Atoms.from_lookup(
        table, layers={"lad": "LAD", "stp": "STP", "ccg": "CCG"}, measures=["population"]
    )
    left = boxes("lad", {"W": [(0, 0, 3, 4)], "E": [(3, 0, 6, 4)]})
    right = boxes("stp", {"S": [(0, 0, 3, 2)], "N": [(0, 2, 3, 4), (3, 0, 6, 4)]})
    atoms = Atoms.build(left, right, population=known)
    assert atoms.overlap("lad", "stp").pairs["weight"].to_list() == [4.0, 2.0, 1.0]
    with pytest.raises(errors.CodeError, match=r"1 people of 1 known atoms find no land.*S \+ W"):
        Atoms.build(
            left, boxes("stp", {"S": [(3, 0, 6, 2)], "N": [(0, 0, 3, 4), (3, 2, 6, 4)]}),
            population=known,
        )  # fmt: skip


def test_from_lookup_folds_rows_whatever_their_order():
    table = pd.DataFrame(
        {
            "LAD17CD": ["a", "a", "b", "b"],
            "LEP17CD1": ["L1", "L1", "L1", "L2"],
            "LEP17NM1": ["One", "One", "One", "Two"],
            "LEP17CD2": [None, "", "L2", "L1"],
            "LEP17NM2": [None, None, "Two", "One"],
            "people": [1, 2, 3, 4],
        }
    )
    layers = {"lad": "LAD17CD", "lep": ["LEP17CD1", "LEP17CD2"]}
    atoms = Atoms.from_lookup(
        table, layers=layers, measures=["people"], names={"lep": ["LEP17NM1", "LEP17NM2"]}
    )
    assert len(atoms) == 2  # L1 with L2 is the same place as L2 with L1
    assert atoms.regions("lep").to_dict() == {"L1": "One", "L2": "Two"}
    assert atoms.overlap("lep", "lep", weight="people").double_left == 7.0
    again = Atoms.from_lookup(table.iloc[::-1], layers=layers, measures=["people"])
    pd.testing.assert_frame_equal(again.measures, atoms.measures)
    pd.testing.assert_frame_equal(again.members, atoms.members)
    with pytest.raises(errors.ColumnError, match="no column CCG17CD; it has LAD17CD"):
        Atoms.from_lookup(table, layers={"ccg": "CCG17CD"}, measures=["people"])
    with pytest.raises(errors.MeasureError, match="wanted numbers of 0 or more, got x in row 2"):
        Atoms.from_lookup(
            table.assign(people=["1", "x", "3", "4"]), layers=layers, measures=["people"]
        )


def test_atoms_keep_their_rules():
    measures = pd.DataFrame({"population": [1.0, 2.0]}, index=["a1", "a2"])
    members = pd.DataFrame({"layer": ["lad"], "code": ["x"], "atom": ["a1"]})
    assert Atoms(measures=measures, members=members).total("population", layer="lad") == 1.0
    for wrong, error, words in [
        ({"measures": -measures}, errors.MeasureError, "a1: population must be a number"),
        ({"measures": measures * np.nan}, errors.MeasureError, "got nan"),
        ({"measures": measures.iloc[::-1]}, errors.CodeError, "unique and sorted"),
        ({"members": members.assign(atom="a9")}, errors.CodeError, "without measures: a9"),
        ({"members": pd.concat([members, members])}, errors.CodeError, "stands twice"),
    ]:
        with pytest.raises(error, match=words):
            Atoms(**({"measures": measures, "members": members} | wrong))
    with pytest.raises(errors.NameLookupError, match="no layer 'stp', only lad"):
        Atoms(measures=measures, members=members).overlap("lad", "stp")
    with pytest.raises(errors.MeasureError, match="no measure 'area', only population"):
        Atoms(measures=measures, members=members).overlap("lad", "lad", weight="area")


def test_what_went_in_is_not_changed():
    table = pd.DataFrame({"LAD": ["b", "a"], "population": [1, 2]})
    before = table.copy()
    atoms = Atoms.from_lookup(table, layers={"lad": "LAD"}, measures=["population"])
    pd.testing.assert_frame_equal(table, before)
    members = atoms.members.copy()
    atoms.with_layer("plan", {"a": "North"}, of="lad")
    pd.testing.assert_frame_equal(atoms.members, members)
