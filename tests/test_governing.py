"""Governance labels: combined authorities, London, single councils, and what is to be formed."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import coterminosity as ct
from coterminosity import errors
from coterminosity.governing import LABELS, governance_of, tier_of, units_governed
from coterminosity.tables import read_money_tables

UNITS = pd.DataFrame(
    [
        ("E08000001", "metropolitan district", "E47000001", "North", "yes"),
        ("E08000002", "metropolitan district", "E47000001", "North", "yes"),
        ("E06000001", "unitary", "E47000005", "East", "no"),
        ("E06000002", "unitary", "", "", ""),
        ("E07000001", "county district", "", "", ""),
        ("E09000001", "London borough", "", "", ""),
        ("E09000002", "London borough", "", "", ""),
        ("E08000009", "metropolitan district", "E47000099", "New", "unknown"),
    ],
    columns=["council", "tier", "authority", "authority_name", "mayor"],
).set_index("council", drop=False)
PEOPLE = pd.Series([600.0, 400, 500, 1000, 5, 300, 700, 50], index=UNITS.index)


def labels(**areas):
    """Labels of areas given as lists of the positions of their units."""
    area = pd.Series("", index=UNITS.index)
    for name, places in areas.items():
        area.iloc[places] = name
    return governance_of(UNITS, PEOPLE, area)


def test_each_label_by_hand():
    found = labels(a=[0, 1], b=[2], c=[3], d=[5, 6], e=[4], f=[7])
    assert found["label"].to_dict() == {
        "a": "combined authority with mayor",
        "b": "combined authority without mayor",
        "c": "unitary",
        "d": "Greater London Authority",
        "e": "to be formed",
        "f": "combined authority, mayor not known",
    }
    assert found.loc["a", "note"] == "the same people as North (with mayor)"
    assert found.loc["e", "note"] == "in no combined authority"


def test_an_area_that_fits_in_part_says_which_share():
    inside = labels(a=[0]).loc["a"]
    assert inside["label"] == "unitary"  # one metropolitan district has all powers of a council
    assert inside["note"] == "inside North (with mayor), of whose people it has 60.0%"
    more = labels(a=[0, 1, 3]).loc["a"]
    assert more["label"] == "to be formed"
    assert more["share_of_area"] == pytest.approx(0.5)
    assert more["note"] == "holds all of North (with mayor), 50.0% of its people"
    across = labels(a=[0, 3]).loc["a"]
    assert across["note"] == (
        "37.5% of its people are in North (with mayor), of which it has 60.0%"
    )
    assert (across["share_of_area"], across["share_of_authority"]) == (0.375, 0.6)


def test_tolerance_is_of_people():
    assert labels(a=[3, 4]).loc["a", "label"] == "unitary"  # 5 of 1,005
    assert labels(a=[0, 1, 4]).loc["a", "label"] == "combined authority with mayor"
    area = pd.Series(["a", "a", "", "", "a", "", "", ""], index=UNITS.index)
    strict = governance_of(UNITS, PEOPLE, area, tolerance=0.001)
    assert strict.loc["a", "label"] == "to be formed"


def test_part_of_london_is_under_its_authority_and_london_with_more_is_not():
    part = labels(a=[6]).loc["a"]
    assert part["label"] == "Greater London Authority"
    assert part["note"] == "inside Greater London Authority, of whose people it has 70.0%"
    more = labels(a=[5, 6, 3]).loc["a"]
    assert more["label"] == "to be formed"
    assert more["note"] == "holds all of Greater London Authority, 50.0% of its people"


def test_open_units_and_empty_areas():
    area = pd.Series([None] * len(UNITS), index=UNITS.index, dtype="object")
    assert governance_of(UNITS, PEOPLE, area).empty
    nobody = governance_of(UNITS, PEOPLE * 0, pd.Series("a", index=UNITS.index)).loc["a"]
    assert nobody["label"] == "to be formed"
    assert pd.isna(nobody["share_of_area"])


def test_units_that_are_not_known_are_named():
    with pytest.raises(errors.CodeError, match="no unit q"):
        governance_of(UNITS, PEOPLE, pd.Series({"q": "a"}))


@settings(max_examples=25)
@given(st.lists(st.integers(0, 3), min_size=8, max_size=8), st.randoms())
def test_labels_do_not_depend_on_the_order_of_units(areas, random):
    area = pd.Series([f"area {k}" for k in areas], index=UNITS.index)
    found = governance_of(UNITS, PEOPLE, area)
    order = list(UNITS.index)
    random.shuffle(order)
    again = governance_of(UNITS.loc[order], PEOPLE[order], area[order])
    pd.testing.assert_frame_equal(again, found)
    assert set(found["label"]) <= set(LABELS.values())


def test_tiers_of_england():
    districts = units_governed(ct.england_2017().atoms)
    assert districts["tier"].value_counts().to_dict() == {
        "county district": 201,
        "unitary": 56,
        "metropolitan district": 36,
        "London borough": 33,
    }
    assert tier_of("W06000001") == ""


def test_mayors_of_november_2017():
    table = read_money_tables().governance
    own = table.loc[table["kind"] == "combined authority"]
    names = ct.england_2017().atoms.regions("combined_authority")
    assert own["name"].to_dict() == names.to_dict()
    assert sorted(own.loc[own["mayor"] == "yes", "name"]) == [
        "Cambridgeshire and Peterborough",
        "Greater Manchester",
        "Liverpool City Region",
        "Tees Valley",
        "West Midlands",
        "West of England",
    ]
    assert (table["as_of"] == "2017-11").all()


def test_governance_of_leps():
    atoms = ct.england_2017().atoms
    found = ct.governance(atoms, "lep").join(atoms.regions("lep")).set_index("name")
    by_label = found.groupby("label").groups
    assert sorted(by_label["combined authority with mayor"]) == [
        "Greater Manchester",
        "Liverpool City Region",
        "Tees Valley",
    ]
    assert list(by_label["combined authority without mayor"]) == ["North East"]
    assert list(by_label["Greater London Authority"]) == ["London"]
    assert list(by_label["unitary"]) == ["Cornwall and Isles of Scilly"]
    assert found.loc["West of England", "note"] == (
        "holds all of West of England (with mayor), 81.3% of its people"
    )


def test_governance_of_authorities_is_their_own():
    found = ct.governance(ct.england_2017().atoms, "combined_authority")
    assert (found["share_of_area"] == 1).all()
    assert (found["share_of_authority"] == 1).all()
    assert found["label"].value_counts().to_dict() == {
        "combined authority with mayor": 6,
        "combined authority without mayor": 3,
    }


def test_atoms_and_districts_give_the_same_labels():
    data = ct.england_2017()
    plan = ct.propose(data.graph, data.atoms, ct.Brief(contested="least-split"))
    by_atom = ct.governance(plan.on(data.atoms))
    units = units_governed(data.atoms)
    by_district = governance_of(units, data.graph.units["population"], plan.assignment)
    assert by_atom["label"].to_dict() == by_district["label"].to_dict()
    assert by_atom["note"].to_dict() == by_district["note"].to_dict()


def test_without_combined_authorities_nothing_is_said_of_them():
    table = pd.DataFrame({"LAD": ["E06000001", "E07000001"], "population": [10, 20]})
    atoms = ct.Atoms.from_lookup(table, layers={"lad": "LAD"}, measures=["population"])
    assert ct.governance(atoms, "lad")["label"].to_dict() == {
        "E06000001": "unitary",
        "E07000001": "to be formed",
    }


def test_other_mayors_can_be_given():
    atoms = ct.england_2017().atoms
    later = {"E47000003": True}
    found = ct.governance(atoms, "combined_authority", mayors=later)
    assert found.loc["E47000003", "label"] == "combined authority with mayor"
    assert found.loc["E47000001", "label"] == "combined authority, mayor not known"


def test_a_unit_is_in_an_authority_that_has_more_than_half_of_its_people():
    table = pd.DataFrame(
        {"LAD": ["p", "p", "q", "q"], "population": [50, 50, 51, 49], "CA": ["n", None, "n", None]}
    )
    atoms = ct.Atoms.from_lookup(
        table, layers={"lad": "LAD", "combined_authority": "CA"}, measures=["population"]
    )
    assert units_governed(atoms)["authority"].to_dict() == {"p": "", "q": "n"}
