"""Two plans compared: matches, moves, and scripts that replay and stay in one piece."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import coterminosity as ct
from coterminosity import errors
from coterminosity.brief import Brief
from coterminosity.proposing.comparison import Comparison, compare_assignments
from coterminosity.proposing.costing import cost_of
from coterminosity.proposing.merging import merge
from coterminosity.proposing.problem import Problem
from coterminosity.proposing.stating import state
from tests.test_merging import drawn

FREE = Brief(anchors=(), split_cost=0, border_cost=1)


def plan(problem: Problem, areas: str) -> pd.Series:
    """Read a plan from letters, a unit each; a dot is open."""
    letters = areas.replace(" ", "")
    return pd.Series([None if a == "." else a for a in letters], index=list(problem.units))


def compared(one: str, other: str, brief: Brief = FREE, **more: object) -> Comparison:
    width = len(one.split()[0])
    rows = len(one.split())
    problem = drawn(" ".join(["X" * width] * rows), " ".join(["s" * width] * rows), brief, **more)
    return compare_assignments(problem, plan(problem, one), plan(problem, other))


def told(comparison: Comparison) -> list[tuple[int, str, str, str]]:
    return [tuple(row) for row in comparison.script[["step", "unit", "from", "to"]].to_numpy()]


def test_names_do_not_matter_where_areas_match():
    comparison = compared("aabb", "bbaa")
    assert comparison.units_moved == 0
    assert comparison.areas[["one", "other", "share"]].to_numpy().tolist() == [
        ["a", "b", 1.0],
        ["b", "a", 1.0],
    ]
    assert not len(comparison.script)
    assert comparison.is_feasible
    assert comparison.describe().endswith("Both cost the same.")


def test_units_move_from_the_border_inwards():
    comparison = compared("aaab", "abbb")
    assert told(comparison) == [(1, "02", "a", "b"), (2, "01", "a", "b")]
    assert comparison.people_moved == 20
    assert comparison.script["cost_after"].to_list() == [1.0, 1.0]


def test_a_dead_end_moves_with_the_way_to_it():
    """11 lies behind 01: neither can go alone, since 11 would be cut off or not arrive."""
    comparison = compared("aab cad", "abb cbd")
    assert told(comparison) == [(1, "01", "a", "b"), (1, "11", "a", "b")]
    assert comparison.is_feasible
    assert "2 units with 20 people move; steps: 1." in comparison.describe()


def test_an_area_that_ends_and_one_that_begins():
    comparison = compared("aabbcc", "aaaaaa")
    assert comparison.areas.query("other == ''")["one"].to_list() == ["b", "c"]
    assert comparison.script["in_one_piece"].all()
    assert told(comparison)[0] == (1, "02", "b", "a")
    back = compared("aaaaaa", "aabbcc")
    assert back.areas.query("one == ''")["other"].to_list() == ["b", "c"]
    assert back.is_feasible
    assert "Only the second plan has b, c." in back.describe()


def test_open_units_find_a_home_and_have_no_cost():
    comparison = compared("aa.b", "aabb")
    assert told(comparison) == [(1, "02", "", "b")]
    assert comparison.terms.empty
    assert comparison.script["step"].to_list() == [1]


def test_what_cannot_stay_in_one_piece_is_said():
    comparison = compared("aabb", "abba")
    assert comparison.units_moved == 2
    assert not comparison.is_feasible
    assert "cannot stay in one piece in step" in comparison.describe()
    loose = compared(
        "aabb", "abba", Brief(anchors=(), split_cost=0, border_cost=1, contiguous=False)
    )
    assert loose.is_feasible


def test_terms_are_those_of_both_plans():
    problem = drawn("XXYY", "sttt", Brief())
    one, other = plan(problem, "XXYY"), plan(problem, "XYYY")
    terms = compare_assignments(problem, one, other).terms
    assert terms["one"].to_dict() == {"split lep": 0, "split stp": 10, "total": 10}
    assert terms["other"].to_dict() == {"split lep": 10, "split stp": 0, "total": 10}


def test_plans_of_other_units_are_refused():
    problem = drawn("XXYY", "sttt", Brief())
    good = plan(problem, "XXYY")
    with pytest.raises(errors.CodeError, match="second plan is of other units: 03"):
        compare_assignments(problem, good, good.iloc[:3])


@st.composite
def pairs(draw: st.DrawFn) -> tuple[Problem, np.ndarray, np.ndarray]:
    """Draw a grid and two plans of it in connected areas."""
    rows, width = draw(st.integers(2, 4)), draw(st.integers(3, 5))
    grid = " ".join(["X" * width] * rows)
    problem = drawn(grid, grid.replace("X", "s"), FREE)
    found = []
    for _ in range(2):
        seeds = draw(
            st.lists(st.integers(0, len(problem) - 1), min_size=2, max_size=4, unique=True)
        )
        order = draw(st.randoms(use_true_random=False))
        area = np.full(len(problem), -1)
        area[seeds] = range(len(seeds))
        while (area < 0).any():
            edge = [
                (u, n) for u in np.flatnonzero(area < 0) for n in problem.neighbours[u]
                if area[n] >= 0
            ]  # fmt: skip
            unit, near = order.choice(edge)
            area[unit] = area[near]
        found.append(area)
    return problem, found[0], found[1]


@settings(max_examples=25)
@given(pairs())
def test_scripts_replay_and_stay_in_one_piece(drawn_pair):
    problem, first, second = drawn_pair
    one, other = (pd.Series([f"{w}{a}" for a in own], index=list(problem.units))
                  for w, own in (("one ", first), ("two ", second)))  # fmt: skip
    comparison = compare_assignments(problem, one, other)
    match = dict(zip(comparison.areas["one"], comparison.areas["other"], strict=True))
    now = one.map(lambda name: match.get(name) or name)
    assert set(comparison.moved.index) == set(now.index[(now != other).to_numpy()])
    assert sorted(comparison.script["unit"]) == sorted(comparison.moved.index)
    number = {code: n for n, code in enumerate(problem.units)}
    for _, step in comparison.script.groupby("step"):
        assert set(step["from"]) <= set(one)
        now.loc[step["unit"].to_list()] = step["to"].to_numpy()
        pieces = [
            problem.is_connected(np.array([number[code] for code in codes]))
            for codes in now.groupby(now).groups.values()
        ]
        assert all(pieces)
        assert step["in_one_piece"].all()
        assert step["cost_after"].iloc[0] == cost_of(problem, pd.factorize(now)[0])
    assert now.equals(other)


def test_england_from_the_rules_to_mergers():
    data = ct.england_2017()
    problem = state(data.graph, data.atoms, Brief())
    one = ct.propose(data.graph, data.atoms, Brief(contested="least-split")).assignment
    area = merge(problem, criteria=(("pair", 0.0),)).area
    other = pd.Series([problem.labels[own] for own in area], index=list(problem.units))
    comparison = compare_assignments(problem, one, other)
    assert comparison.units_moved == (one != other).sum() == 17
    assert comparison.is_feasible
    after = comparison.script["cost_after"].iloc[-1]
    assert after == pytest.approx(comparison.terms.loc["total", "other"])


def test_areas_are_matched_by_what_both_have_of_what_either_has():
    areas = compared("XXXY", "XXYY").areas
    assert areas["people_in_common"].to_list() == [20.0, 10.0]
    assert areas["share"].to_list() == pytest.approx([2 / 3, 1 / 2])


def test_an_area_that_a_body_leads_is_its_home_though_others_hold_more_of_it():
    """Of LEP X one district of three is in the area X, which is its home all the same."""
    problem = drawn("XXXY", "ssss", Brief(split_cost={"lep": 1.0, "stp": 0.0}))
    terms = compare_assignments(problem, plan(problem, "XXXY"), plan(problem, "XYYY")).terms
    assert terms.loc["split lep"].to_list() == [0.0, 20.0, 20.0]
