"""Plans side by side: matched areas, moves, bodies that change, and distance."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import coterminosity as ct
from coterminosity.errors import ScenarioError
from coterminosity.negotiating.side_by_side import side_by_side
from tests.negotiations import UNITS, country, scenario


def test_before_and_after_of_a_move():
    own = scenario().unlock("b1").move("b1", to="South").rename("South", "Sud")
    compared = own.compare()
    assert compared.moved[["plan", "name", "from", "to", "people"]].values.tolist() == [
        ["now", "Town b1", "North", "Sud", 80.0]
    ]
    assert compared.areas[["area", "other", "common"]].values.tolist() == [
        ["North", "North", 300.0], ["South", "Sud", 490.0],
    ]  # fmt: skip
    assert compared.distances.loc["now", ["units_moved", "people_moved"]].to_list() == [1, 80]
    assert set(compared.bodies["change"]) == {
        "newly split", "no longer split", "becomes coterminous", "no longer coterminous",
    }  # fmt: skip
    assert compared.figures.loc["areas"].to_list() == [2.0, 2.0]
    assert compared.layers.loc[("stp", "now"), "split_people"] == 40.0
    assert compared.describe().startswith(
        "now against before: 1 unit is in another area, with 80 people and £9,896.5 million "
        "a year of published spending; as many people are split"
    )


def test_plans_of_other_numbers_of_areas_are_compared():
    own = scenario()
    three = own.split("South", {"Isle": ["i"]})
    compared = own.compare(three, three.merge("North", "South"))
    assert compared.names == ("By hand", "By hand (2)", "By hand (3)")
    second = compared.areas.loc[compared.areas["plan"] == "By hand (2)"]
    assert second[["area", "other"]].values.tolist() == [
        ["North", "North"], ["South", "South"], ["", "Isle"],
    ]  # fmt: skip
    third = compared.areas.loc[compared.areas["plan"] == "By hand (3)"]
    assert third[["area", "other"]].values.tolist() == [
        ["South", "North"], ["North", ""], ["", "Isle"],
    ]  # fmt: skip
    assert compared.moved.loc[compared.moved["plan"] == "By hand (2)", "name"].to_list() == [
        "Town i"
    ]
    assert own.compare(own.plan).names == ("By hand", "plan by reform")


def test_a_unit_left_open_has_moved():
    own = scenario()
    compared = own.move("b1", to=None).compare(own.assignment)
    assert compared.moved[["from", "to"]].values.tolist() == [["", "North"]]


def test_wrong_plans_are_refused():
    own = scenario()
    with pytest.raises(ScenarioError, match="two plans or more"):
        side_by_side(own.ground, [("one", own.assignment)])
    with pytest.raises(ScenarioError, match="of other units: i; compare like with like"):
        own.compare(own.assignment.drop("i"))


areas = st.lists(st.sampled_from(["A", "B", "C", None]), min_size=6, max_size=6)


@given(areas, areas)
def test_laws_of_comparing(one, other):
    own = scenario()
    first, second = (pd.Series(x, index=UNITS, dtype="object") for x in (one, other))
    there = side_by_side(own.ground, [("a", first), ("b", second)])
    back = side_by_side(own.ground, [("b", second), ("a", first)])
    np.testing.assert_allclose(
        there.distances["variation_bits"].to_numpy(), back.distances["variation_bits"].to_numpy(),
        atol=1e-9,
    )  # fmt: skip
    assert there.distances["people_moved"].iloc[0] == back.distances["people_moved"].iloc[0]
    same = side_by_side(own.ground, [("a", first), ("a again", first)])
    assert len(same.moved) == 0
    assert len(same.bodies) == 0
    if first.notna().any():
        assert same.distances["variation_bits"].iloc[0] == 0
    # Names do not matter, only who is with whom.
    renamed = first.map({"A": "X", "B": "Y", "C": "Z"}, na_action="ignore")
    other_names = side_by_side(own.ground, [("a", first), ("b", renamed)])
    assert len(other_names.moved) == 0


@given(areas, areas)
def test_variation_of_information_is_that_of_the_scores(one, other):
    own = scenario()
    first, second = (pd.Series(x, index=UNITS, dtype="object") for x in (one, other))
    if not (first.notna() & second.notna()).any():
        return
    _, atoms = country()
    both = atoms.with_layer("p", first, of="lad").with_layer("q", second, of="lad")
    expected = ct.scores.variation_of_information(both.overlap("p", "q"))
    found = side_by_side(own.ground, [("a", first), ("b", second)]).distances["variation_bits"]
    assert found.iloc[0] == pytest.approx(expected, abs=1e-9)


def test_names_of_plans_are_told_apart():
    own = scenario()
    area = own.assignment
    side = side_by_side(own.ground, [("A (2)", area), ("A", area), ("A", area), ("A", area)])
    assert side.names == ("A (2)", "A", "A (3)", "A (4)")
    assert list(side.figures.columns) == list(side.names)


def test_a_plan_that_names_a_unit_twice_is_refused():
    own = scenario()
    with pytest.raises(ScenarioError, match="names a1 twice"):
        own.compare(pd.concat([own.assignment, own.assignment[:1]]))


def test_areas_may_have_numbers_for_names():
    own = scenario()
    numbers = pd.Series([10, 10, 10, 2, 2, "x"], index=UNITS, dtype="object")
    assert own.compare(numbers).areas["other"].to_list() == ["10", "2", "x"]


def test_changes_by_layer_and_by_area():
    compared = scenario().unlock("b1").move("b1", to="South").merge("South", "North").compare()
    changes = compared.layer_changes
    assert changes.index.to_list() == [("lep", "now"), ("stp", "now")]
    assert changes.loc[("stp", "now"), ["split_people", "merge_people"]].to_list() == [-40, 300]
    scores = compared.area_scores.set_index(["area", "layer"])
    both = scores.loc[("South", "stp")]
    # All 870 people are in one area now, and 530 are of East; before, 490 and all of East.
    assert both[["other", "main", "other_main"]].to_list() == ["South", "East", "East"]
    assert both[["outside", "other_outside", "change"]].to_list() == [0.0, 340.0, 340.0]
    gone = scores.loc[("North", "lep")]
    assert (gone["other"], gone["main"], gone["other_main"]) == ("", "North", "")
    assert gone["outside"] == 40.0
    assert np.isnan(gone["change"])


def test_distances_and_overlaps_by_hand():
    own = scenario().move("i", to=None)
    assert own.compare(own).moved.empty, "a unit that is open in both has not moved"
    one = own.merge("North", "South")
    distances = one.compare(own).distances.iloc[0]
    # 830 people have an area in both: 380 in North, 450 in South; most are in South.
    low, high = 380 / 830, 450 / 830
    expected = -low * np.log2(low) - high * np.log2(high)
    assert distances["variation_bits"] == pytest.approx(expected)
    assert distances["people_moved"] == 380
    assert distances["share_moved"] == pytest.approx(380 / 870), "of all, open or not"
    half = scenario().compare(scenario().move("i", to=None)).distances.iloc[0]
    assert half["variation_bits"] == pytest.approx(0)
    assert half["people_moved"] == 40
    areas = scenario().compare(scenario().move("b1", to="South")).areas
    assert areas["jaccard"].to_list() == pytest.approx([300 / 380, 490 / 570])
    said = scenario().move("a1", to="South").compare().bodies
    assert said.loc[said["change"] == "newly split", "name"].to_list() == ["North", "West"]
