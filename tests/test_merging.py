"""Agglomeration: small countries by eye, and laws on random ones."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.cluster import hierarchy

import coterminosity as ct
from coterminosity.atoms import Atoms
from coterminosity.brief import Brief
from coterminosity.proposing.costing import breaches, cost_of
from coterminosity.proposing.merging import CRITERIA, Merged, merge
from coterminosity.proposing.problem import Problem
from coterminosity.proposing.stating import state
from coterminosity.units import UnitGraph


def drawn(
    leps: str, stps: str, brief: Brief, *, people: list[int] | None = None, need: bool = False
) -> Problem:
    """State a problem on a grid of districts: letters tell the LEP and the STP of each.

    Districts are named by row and column, ``00`` being the first of the first row.
    """
    rows = leps.split()
    codes = [f"{r}{c}" for r, row in enumerate(rows) for c in range(len(row))]
    table = pd.DataFrame(
        {"lad": codes, "lep": list("".join(rows)), "stp": list(stps.replace(" ", ""))}
    )
    table["population"] = people or [10] * len(codes)
    borders = [
        (one, other, 1000.0)
        for one in codes
        for other in codes
        if one < other and abs(int(one[0]) - int(other[0])) + abs(int(one[1]) - int(other[1])) == 1
    ]
    units = pd.DataFrame({"name": codes}, index=codes)
    if need:
        units["age"] = [(7 * n) % 5 for n in range(len(codes))]
    graph = UnitGraph.from_table(
        units, pd.DataFrame(borders, columns=["focal", "neighbour", "metres"])
    )
    atoms = Atoms.from_lookup(
        table, layers={"lad": "lad", "lep": "lep", "stp": "stp"}, measures=["population"]
    )
    return state(graph, atoms, brief)


def letters(area: np.ndarray, width: int) -> str:
    """Draw areas as letters, one word per row."""
    known = {int(own): chr(ord("a") + n) for n, own in enumerate(dict.fromkeys(area.tolist()))}
    text = "".join(known[int(own)] for own in area)
    return " ".join(text[n : n + width] for n in range(0, len(text), width))


def partition(area: np.ndarray) -> set[frozenset[int]]:
    return {frozenset(np.flatnonzero(area == own).tolist()) for own in np.unique(area)}


def replayed(merged: Merged) -> set[frozenset[int]]:
    """Return the areas that the rows of the dendrogram lead to."""
    held = {n: frozenset([n]) for n in range(len(merged.area))}
    for row in merged.dendrogram.itertuples():
        held[len(merged.area) + row.step - 1] = held.pop(row.one) | held.pop(row.other)
    return set(held.values())


FREE = {"anchors": (), "size_rule": "hard", "size_floor": 0, "size_ceiling": 1e9}


def test_districts_of_one_body_merge():
    problem = drawn("XXYY XXYY", "ssst ssst", Brief(k=2, **FREE))
    merged = merge(problem)
    # Either cut leaves a body split: 20 of s with the LEPs, 20 of Y with the STPs.
    assert cost_of(problem, merged.area) == 20
    free = drawn("XXYY XXYY", "sstt sstt", Brief(k=2, **FREE))
    assert letters(merge(free).area, 4) == "aabb aabb"
    assert cost_of(free, merge(free).area) == 0
    assert merge(free).note == ""


def test_borders_alone_make_compact_areas():
    brief = Brief(k=2, split_cost=0, border_cost=1, **FREE | {"size_floor": 40})
    problem = drawn("XXXX XXXX", "ssss ssss", brief)
    merged = merge(problem)
    assert letters(merged.area, 4) == "aabb aabb"
    assert merged.dendrogram["cost"].iloc[-1] == 2


def test_two_areas_of_different_leaders_never_merge():
    problem = drawn("XXYZ", "ssss", Brief())
    merged = merge(problem)
    assert merged.area.tolist() == [0, 0, 1, 2]
    assert merged.dendrogram["areas"].to_list() == [3]


def test_a_lock_is_kept_and_the_way_to_it():
    problem = drawn("XXXYY XXXYY", "sssss sssss", Brief(locks={"00": "Y"}))
    area = merge(problem).area
    assert area[0] == problem.labels.index("Y")
    assert breaches(problem, area) == []


def test_joins_merge_first_by_way_of_what_lies_between():
    brief = Brief(k=3, must_join=[["00", "02"]], **FREE)
    problem = drawn("XXYY", "stuv", brief)
    merged = merge(problem)
    assert merged.dendrogram["rule"].to_list() == ["given", "given"]
    assert merged.area.tolist() == [0, 0, 0, 1]
    assert "2 areas left where 3 are wanted" in merged.note


def test_an_area_that_must_exist_stays_as_it_is():
    brief = Brief(k=3, must_exist={"Isle": ["00", "01"]}, **FREE)
    problem = drawn("XXXX XXXX", "ssss ssss", brief)
    area = merge(problem).area
    assert set(np.flatnonzero(area == 0)) == {0, 1}
    assert breaches(problem, area) == []


def test_anchors_that_may_lead_lend_their_names():
    brief = Brief(anchors=("lep", "stp"), k=2)
    problem = drawn("XXYY XXYY", "sstt sstt", brief)
    merged = merge(problem)
    assert letters(merged.area, 4) == "aabb aabb"
    assert breaches(problem, merged.area) == []
    assert merged.dendrogram["areas"].iloc[-1] == 2


def test_what_cannot_be_met_is_said():
    brief = Brief(k=1, **FREE | {"size_ceiling": 40})
    merged = merge(drawn("XXXX XXXX", "ssss ssss", brief))
    assert "areas left where 1 are wanted" in merged.note
    brief = Brief(k=2, **FREE | {"size_floor": 50})
    assert "people short of their floor" in merge(drawn("XXXX", "ssss", brief)).note


def test_areas_need_not_be_in_one_piece():
    brief = Brief(k=1, contiguous=False, barriers=[["01", "02"]], **FREE)
    assert set(merge(drawn("XXXX", "ssss", brief)).area) == {0}


def test_scipy_draws_the_mergers():
    merged = merge(drawn("XXYY XXYY", "sstt sstt", Brief(k=3, **FREE)))
    for height in ("step", "people"):
        table = merged.linkage(height=height)
        assert hierarchy.is_valid_linkage(table)
        assert hierarchy.dendrogram(table, no_plot=True)["leaves"]
    cut = hierarchy.fcluster(merged.linkage(), len(merged.dendrogram), criterion="distance")
    assert partition(cut) == partition(merged.area)


@pytest.fixture(scope="module")
def england():
    return ct.england_2017()


def test_england_by_its_leps_is_sound_and_beats_the_rules(england):
    problem = state(england.graph, england.atoms, Brief())
    merged = merge(problem)
    rules = ct.propose(england.graph, england.atoms, Brief(contested="least-split"))
    plain = np.array([problem.labels.index(own) for own in rules.units["area"]])
    assert breaches(problem, merged.area) == []
    assert merged.dendrogram["cost"].iloc[-1] == pytest.approx(cost_of(problem, merged.area))
    assert cost_of(problem, merged.area) < cost_of(problem, plain)


def test_england_in_free_areas_is_sound(england):
    brief = Brief(
        k=38, split_cost=0, border_cost=1, border_shared_costs={"lep": 4},
        border_main_costs={"stp": 4}, anchors=(), size_floor=490_000, size_ceiling=9e6,
        size_rule="hard",
    )  # fmt: skip
    problem = state(england.graph, england.atoms, brief)
    merged = merge(problem)
    assert breaches(problem, merged.area) == []
    assert cost_of(problem, merged.area) <= 576


@st.composite
def problems(draw: st.DrawFn, *, anchored: bool | None = None) -> Problem:
    """Draw a small country with bodies, borders and demands of every kind."""
    rows, width = draw(st.integers(1, 3)), draw(st.integers(2, 4))
    count = rows * width

    def layer(letters: str) -> str:
        text = draw(st.lists(st.sampled_from(letters), min_size=count, max_size=count))
        return " ".join("".join(text[n : n + width]) for n in range(0, count, width))

    codes = [f"{r}{c}" for r in range(rows) for c in range(width)]
    some = st.lists(st.sampled_from(codes), min_size=2, max_size=2, unique=True)
    price = st.sampled_from([0.0, 0.5, 1.0, 2.0])
    brief = {
        "split_cost": {"lep": draw(price), "stp": draw(price)},
        "merge_cost": draw(price),
        "border_cost": draw(price),
        "border_shared_costs": {"stp": draw(price)},
        "need_costs": {"age": draw(price)},
        "must_join": draw(st.lists(some, max_size=1)),
        "must_part": draw(st.lists(some, max_size=1)),
        "size_rule": draw(st.sampled_from(["report", "hard", "priced"])),
        "size_floor": draw(st.sampled_from([0, 15, 30])),
        "size_ceiling": draw(st.sampled_from([40, 1000])),
        "contiguous": draw(st.booleans()),
    }
    if anchored if anchored is not None else draw(st.booleans()):
        brief["anchors"] = draw(st.sampled_from([None, ("lep", "stp")]))
    else:
        low = draw(st.integers(1, count))
        brief |= {"anchors": (), "k": (low, draw(st.integers(low, count)))}
    people = draw(st.lists(st.integers(1, 20), min_size=count, max_size=count))
    return drawn(layer("XYZ"), layer("stu"), Brief(**brief), people=people, need=True)


@settings(max_examples=20)
@given(problems(), st.sampled_from([None, *CRITERIA]))
def test_mergers_keep_the_books_and_the_demands(problem, criterion):
    merged = merge(problem, criteria=None if criterion is None else (criterion,))
    table, area = merged.dendrogram, merged.area
    assert table["step"].to_list() == list(range(1, len(table) + 1))
    assert table["areas"].to_list() == [len(problem) - s for s in table["step"]]
    found = replayed(merged)
    if "put to their neighbours" not in merged.note:
        assert found == partition(area)
        if len(table):
            assert table["cost"].iloc[-1] == pytest.approx(cost_of(problem, area), abs=1e-6) or (
                not problem.free and len(problem.labels) > problem.must_open.sum()
            )
    for row, group in zip(table.itertuples(), _new_groups(merged), strict=True):
        assert row.units == len(group)
        assert row.people == pytest.approx(problem.people[sorted(group)].sum())
        own = np.array(sorted(group))
        if row.rule == "merger":
            assert all(len(group & set(apart)) < 2 for apart in problem.parts) or problem.joins
            if np.isinf(problem.size_price):
                assert problem.people[own].sum() <= problem.ceiling
            assert problem.is_connected(own) or not problem.contiguous or problem.joins
    for group in problem.joins:
        assert len(set(area[list(group)])) == 1
    # What must join may lie on two sides of another area.
    if problem.contiguous and "put to" not in merged.note and not problem.joins:
        assert not [own for own in breaches(problem, area) if "in pieces" in own]


def _new_groups(merged: Merged) -> list[frozenset[int]]:
    held = {n: frozenset([n]) for n in range(len(merged.area))}
    found = []
    for row in merged.dendrogram.itertuples():
        held[len(merged.area) + row.step - 1] = held[row.one] | held[row.other]
        found.append(held[len(merged.area) + row.step - 1])
    return found


@settings(max_examples=15)
@given(problems(anchored=False))
def test_the_cost_after_each_merger_is_that_from_scratch(problem):
    merged = merge(problem)
    held = {n: frozenset([n]) for n in range(len(problem))}
    for row in merged.dendrogram.itertuples():
        held[len(problem) + row.step - 1] = held.pop(row.one) | held.pop(row.other)
        area = np.zeros(len(problem), dtype=np.int64)
        for label, own in enumerate(held.values()):
            area[sorted(own)] = label
        assert row.cost == pytest.approx(cost_of(problem, area), abs=1e-6)


@settings(max_examples=5)
@given(problems())
def test_it_comes_out_the_same_twice(problem):
    one, other = merge(problem), merge(problem)
    assert one.area.tolist() == other.area.tolist()
    pd.testing.assert_frame_equal(one.dendrogram, other.dendrogram)
