"""Why a unit is where it is: small countries by eye, and deltas counted from scratch."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import coterminosity as ct
from coterminosity.brief import Brief
from coterminosity.proposing.contestable import contestable, joints_of
from coterminosity.proposing.costing import breaches, cost_of
from coterminosity.proposing.merging import merge
from coterminosity.proposing.obstacles import bundle_of, obstacles
from coterminosity.proposing.problem import Problem
from coterminosity.proposing.reasons import Reasons, why
from coterminosity.proposing.stating import state
from tests.test_merging import drawn, problems


def asked(problem: Problem, areas: str, unit: str) -> Reasons:
    area = assigned(problem, areas)
    return why(problem, area, problem.units.index(unit), area_names=names_of(problem, area))


def assigned(problem: Problem, areas: str) -> np.ndarray:
    """Read areas from letters; those of leaders by their names."""
    letters = areas.replace(" ", "")
    known = list(problem.labels) or sorted(set(letters))
    return np.array([known.index(own) for own in letters])


def names_of(problem: Problem, area: np.ndarray) -> list[str]:
    return [*problem.labels, *(f"area {n}" for n in range(len(problem.labels), area.max() + 1))]


def test_a_body_pulled_two_ways():
    problem = drawn("XXYY", "sttt", Brief())
    reasons = asked(problem, "XXYY", "01")
    row = reasons.table.iloc[0]
    assert row[["area", "delta", "split lep", "split stp"]].to_list() == ["Y", 0.0, 10.0, -10.0]
    assert row["gains"] == "t (STP) made whole, 10 people rejoin it"
    assert row["losses"] == "X (LEP) split, 10 people apart from the rest"
    assert reasons.describe().splitlines() == [
        "01 (10 people) is in X.",
        "To Y: costs the same. Gained: t (STP) made whole, 10 people rejoin it. Lost: X (LEP) "
        "split, 10 people apart from the rest.",
    ]


def test_the_price_at_which_a_move_is_even():
    problem = drawn("XXYY", "sttt", Brief(split_cost={"lep": 4.0, "stp": 1.0}))
    row = asked(problem, "XXYY", "01").table.iloc[0]
    assert row["delta"] == 30
    assert row["would_change"] == (
        "if a person split from an LEP cost less than 1 of one split from an STP (now 4)"
    )
    even = drawn("XXYY", "sttt", Brief(split_cost={"lep": 1.0, "stp": 1.0}))
    assert asked(even, "XXYY", "01").table["delta"][0] == 0


def test_a_unit_that_holds_others_together_is_blocked_by_them():
    ring = drawn("XXX YXY", "sss sts", Brief())
    reasons = asked(ring, "XXX YYY", "11")
    assert reasons.table["blocked_by"][0] == ("12 would be cut off from the rest of Y")
    assert reasons.table["with_units"][0] == "12"
    assert reasons.table["would_change"][0].startswith("with 12 moved along, or a link between")
    assert "Together with 12: saves 10." in reasons.describe()


def test_what_is_apart_already_is_not_cut_off():
    row = asked(drawn("XXYXX", "sssss", Brief()), "XXYXX", "01").table.iloc[0]
    assert row[["area", "blocked_by", "with_units"]].to_list() == ["Y", "", ""]


def test_floor_and_ceiling_say_by_how_many():
    brief = Brief(size_rule="hard", size_floor=15, size_ceiling=25)
    row = asked(drawn("XXYY", "sttt", brief), "XXYY", "01").table.iloc[0]
    assert row["blocked_by"] == (
        "X would have 10 people, 5 short of its floor; Y would have 30 people, 5 over its ceiling"
    )
    assert row["would_change"] == (
        "with a floor lower by 5 people; and a ceiling higher by 5 people"
    )


def test_an_area_that_comes_nearer_to_its_band_is_no_obstacle():
    brief = Brief(size_rule="hard", size_floor=25, size_ceiling=30)
    row = asked(drawn("XXXXXY", "ssssss", brief), "XXXXXY", "04").table.iloc[0]
    assert row[["area", "blocked_by"]].to_list() == ["Y", ""], "40 and 20 are better than 50 and 10"


def test_demands_that_block():
    brief = Brief(locks={"01": "X"}, must_join=[["00", "01"]], must_part=[["01", "02"]])
    row = asked(drawn("XXYY", "sttt", brief), "XXYY", "01").table.iloc[0]
    assert "01 is locked to X" in row["blocked_by"]
    assert "01 must be with 00" in row["blocked_by"]
    assert "01 must not be with 02" in row["blocked_by"]
    assert "the lock of 01 dropped" in row["would_change"]
    assert "X would have no units left" in row["blocked_with"]


def test_a_leader_keeps_something_of_its_own():
    problem = drawn("XYY", "sst", Brief())
    row = asked(problem, "XXY", "00").table
    assert row.empty
    row = asked(problem, "XXY", "02").table.iloc[0]
    assert "Y would have no units left" in row["blocked_by"]
    loose = drawn("XYY YYY", "sst sst", Brief(contiguous=False))
    row = asked(loose, "XXY YYY", "00").table.iloc[0]
    assert row["blocked_by"] == "X would hold nothing of the LEP that leads it"


def test_a_claimant_far_off_is_named_with_the_link_it_needs():
    problem = drawn("XYZX", "ssss", Brief())
    row = asked(problem, "XYZZ", "03").table.set_index("area").loc["X"]
    assert row["blocked_by"] == "03 is not next to X"
    assert row["would_change"] == "with a link between 03 and X"
    assert row["delta"] == -10


def test_the_nearest_to_moving_come_first():
    problem = drawn("XXYY", "sttt", Brief())
    table = contestable(problem, assigned(problem, "XXYY"), area_names=problem.labels)
    assert table["unit"].to_list() == ["01", "02"]
    assert table["delta"].to_list() == [0, 10]
    assert table["reason"][0].startswith("costs the same; gained: t (STP) made whole")
    assert len(contestable(problem, assigned(problem, "XXYY"), area_names="XY", most=1)) == 1


def test_croydon_in_people_a_council_officer_reads():
    data = ct.england_2017()
    problem = state(data.graph, data.atoms, Brief())
    plan = ct.propose(data.graph, data.atoms, Brief(contested="least-split"))
    area = np.array([problem.labels.index(own) for own in plan.units["area"]])
    text = why(problem, area, problem.names.index("Croydon"), area_names=problem.labels).describe()
    assert text.startswith("Croydon (384,837 people) is in London.\nTo Coast to Capital: costs ")
    assert "Lost: London (LEP) split, 192,418 people apart from the rest" in text


@settings(max_examples=20)
@given(problems(), st.data())
def test_deltas_and_blocks_are_those_from_scratch(problem, data):
    area = merge(problem, criteria=(("pair", 1.0),)).area
    sound = not breaches(problem, area)
    unit = data.draw(st.integers(0, len(problem) - 1))
    names = names_of(problem, area)
    table = why(problem, area, unit, area_names=names).table
    terms = table.columns[2 : table.columns.get_loc("blocked_by")]
    before = cost_of(problem, area)
    for row in table.to_dict("records"):
        moved = area.copy()
        moved[unit] = names.index(row["area"])
        assert row["delta"] == pytest.approx(cost_of(problem, moved) - before, abs=1e-5)
        assert sum(row[term] for term in terms) == pytest.approx(row["delta"])
        if sound:
            assert (row["blocked_by"] == "") == (breaches(problem, moved) == [])
        if row["blocked_by"] == "" and row["delta"] > 1e-3:
            assert row["would_change"]
        if row["with_units"]:
            moved[[problem.names.index(own) for own in row["with_units"].split(", ")]] = moved[unit]
            assert row["delta_with"] == pytest.approx(cost_of(problem, moved) - before, abs=1e-5)
            if sound:
                assert (row["blocked_with"] == "") == (breaches(problem, moved) == [])
    near = contestable(problem, area, area_names=names)
    assert near["delta"].is_monotonic_increasing or np.allclose(np.diff(near["delta"]), 0, atol=1)
    for row in near.to_dict("records"):
        moved = area.copy()
        units = [problem.units.index(row["unit"])]
        units += [problem.names.index(own) for own in row["with_units"].split(", ") if own]
        moved[units] = names.index(row["to"])
        assert cost_of(problem, moved) - before == pytest.approx(row["delta"], abs=1e-5)
        assert not sound or breaches(problem, moved) == []


def slowly(problem: Problem, area: np.ndarray, names: list[str]) -> dict[tuple, float]:
    """Return the least cost of each set of units that may cross a border, by a loop over all."""
    before, found = cost_of(problem, area), {}
    for unit in range(len(problem)):
        units = bundle_of(problem, area, unit)
        for to in {int(area[n]) for n in problem.neighbours[unit]} - {int(area[unit])}:
            if not obstacles(problem, area, units, to, area_names=names):
                moved = area.copy()
                moved[units] = to
                delta = cost_of(problem, moved) - before
                key = frozenset(problem.names[u] for u in units)
                found[key] = min(delta, found.get(key, np.inf))
    return found


@settings(max_examples=40)
@given(problems(), st.booleans())
def test_the_nearest_to_moving_are_all_that_a_slow_loop_finds(problem, swapped):
    area = merge(problem, criteria=(("pair", 1.0),)).area
    if swapped:  # a plan that may break every demand
        area[:2] = area[-1]
    names = names_of(problem, area)
    known = slowly(problem, area, names)
    table = contestable(problem, area, area_names=names, most=1000)
    found = {}
    for row in table.to_dict("records"):
        key = frozenset([row["name"], *(own for own in row["with_units"].split(", ") if own)])
        found[key] = min(row["delta"], found.get(key, np.inf))
    leads = {row["name"] for row in table.to_dict("records")}
    assert found == pytest.approx({own: known[own] for own in found}, abs=1e-5)
    # A set of units that is left out begins with one that has a cheaper move.
    assert all(own & leads for own in known.keys() - found.keys())


@settings(max_examples=40)
@given(problems(), st.randoms(use_true_random=False))
def test_units_that_hold_an_area_together(problem, random):
    import networkx as nx

    area = np.array([random.randrange(2) for _ in range(len(problem))])
    graph = nx.Graph(
        (u, n) for u, near in enumerate(problem.neighbours) for n in near if area[u] == area[n]
    )
    assert joints_of(problem, area) == set(nx.articulation_points(graph))


def test_only_moves_that_are_shown_are_counted_from_scratch(monkeypatch):
    problem, counted = drawn("X" * 40 + "Y" * 40, "s" * 40 + "t" * 40, Brief()), []
    monkeypatch.setattr(
        "coterminosity.proposing.contestable.cost_of", lambda *own: counted.append(1) or 0.0
    )
    area = assigned(problem, "X" * 40 + "Y" * 40)
    assert len(contestable(problem, area, area_names=problem.labels, most=2)) == 2
    assert len(counted) == 3


def test_a_plan_outside_its_band_has_moves_all_the_same():
    brief = Brief(size_rule="hard", size_floor=25, size_ceiling=30)
    problem = drawn("XXXXXY", "ssssss", brief)
    table = contestable(problem, assigned(problem, "XXXXXY"), area_names=problem.labels)
    assert table[["unit", "to"]].to_numpy().tolist() == [["04", "Y"]]
