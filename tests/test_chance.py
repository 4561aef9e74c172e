"""Random plans: contiguous, within their band, evenly drawn; skill against them."""

import itertools
import random
import subprocess
import sys
from collections import Counter

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import coterminosity as ct
from coterminosity import errors, scores
from coterminosity.recombination import Band, random_plans, random_tree
from coterminosity.scores.skill import against
from coterminosity.units import UnitGraph


def grid(rows, columns, weight=lambda r, c: 100.0):
    codes = {(r, c): f"u{r}{c}" for r in range(rows) for c in range(columns)}
    units = pd.DataFrame(
        {"name": list(codes.values()), "population": [weight(r, c) for r, c in codes]},
        index=pd.Index(list(codes.values()), name="code"),
    )
    borders = [
        (codes[r, c], codes[n])
        for r, c in codes for n in ((r + 1, c), (r, c + 1)) if n in codes
    ]  # fmt: skip
    table = pd.DataFrame(borders, columns=["focal", "neighbour"]).assign(metres=1000.0)
    return UnitGraph.from_table(units, table)


@given(st.integers(1, 6), st.integers(0, 1000))
@settings(max_examples=40)
def test_plans_are_contiguous_and_within_their_band(k, seed):
    graph = grid(4, 6, weight=lambda r, c: 50.0 + 10 * ((r + c) % 3))
    null = ct.null_model(graph, k=k, n=5, tolerance=0.5, rng=seed, steps=3)
    near = graph.to_networkx()
    mean = graph.units["population"].sum() / k
    for plan in null.plans:
        assert set(plan) == set(range(k))
        for area in range(k):
            own = graph.units.index[plan == area]
            assert nx.is_connected(near.subgraph(own))
            weight = graph.units.loc[own, "population"].sum()
            assert 0.5 * mean - 1e-9 <= weight <= 1.5 * mean + 1e-9


def test_spanning_trees_are_drawn_evenly():
    """Of a square with one diagonal there are eight; a chi-squared of 7 degrees stays small."""
    near = [[1, 3, 2], [0, 2], [1, 3, 0], [2, 0]]
    edges = {frozenset((a, b)) for a, own in enumerate(near) for b in own}
    trees = [
        t for t in itertools.combinations(edges, 3)
        if nx.is_tree(nx.Graph([tuple(e) for e in t])) and len(set().union(*t)) == 4
    ]  # fmt: skip
    assert len(trees) == 8
    rng, drawn = random.Random(7), Counter()
    for _ in range(8000):
        order, parent = random_tree([0, 1, 2, 3], near, rng)
        drawn[frozenset(frozenset((u, parent[u])) for u in order[1:])] += 1
    assert set(drawn) == {frozenset(t) for t in trees}
    assert sum((count - 1000) ** 2 / 1000 for count in drawn.values()) < 24.3  # p = 0.001


def test_two_halves_of_a_square_are_found_as_often_as_their_trees_say():
    """A 2 × 2 square has 4 spanning trees, each with one even cut: two halves, equally often."""
    near = [[1, 2], [0, 3], [0, 3], [1, 2]]
    plans = random_plans(near, [1.0] * 4, 2, Band(2.0, 2.0), steps=1, rng=random.Random(3))
    halves = Counter(bool(plan[0] == plan[1]) for plan in itertools.islice(plans, 2000))
    assert abs(halves[True] - 1000) < 120


def test_the_same_seed_gives_the_same_plans_whatever_the_hash_seed():
    code = (
        "import coterminosity as ct, hashlib; n = ct.null_model(ct.england_2017().graph, k=20, n=3,"
        " rng=5); print(hashlib.sha256(n.plans.tobytes()).hexdigest())"
    )
    found = {
        subprocess.run(
            [sys.executable, "-c", code], env={"PYTHONHASHSEED": seed}, capture_output=True,
            text=True, check=True,
        ).stdout
        for seed in ("0", "1")
    }  # fmt: skip
    assert len(found) == 1


def test_scores_of_plans_are_those_of_the_plan_as_a_layer():
    data = ct.england_2017()
    null = ct.null_model(data.graph, k=12, n=4, rng=2)
    for stands_for in ("left", "right"):
        for membership in ("half", "full"):
            table = null.scores(
                data.atoms, "lep", stands_for=stands_for, membership=membership, tolerance=0.02
            )
            for row, plan in enumerate(null.plans):
                areas = pd.Series([f"p{area}" for area in plan], index=null.units)
                atoms = data.atoms.with_layer("plan", areas, of="lad")
                sides = ("plan", "lep") if stands_for == "left" else ("lep", "plan")
                alone = scores.summary(atoms.overlap(*sides), membership=membership, tolerance=0.02)
                own = table.loc[row]
                pd.testing.assert_series_equal(
                    own, alone.reindex(own.index), check_names=False, rtol=1e-9
                )


def test_v_of_random_plans_is_what_the_world_takes_for_good():
    """Random areas score about 0.78 against the STPs."""
    data = ct.england_2017()
    null = ct.null_model(data.graph, k=38, n=60, rng=1)
    table = null.compare(data.atoms, "lep", "stp")
    assert table.loc["v_measure", "mean"] == pytest.approx(0.78, abs=0.02)
    assert 0 < table.loc["coterminosity", "skill"] < 1
    assert table.loc["coterminosity", "z"] > 3
    assert table.loc["coterminosity", "rank"] == 1
    assert table.loc["split_share", "skill"] == pytest.approx(
        table.loc["containment_left", "skill"]
    )


def test_skill_by_eye():
    plans = pd.DataFrame({"up": [0.2, 0.4, 0.6, 0.4], "down": [0.8, 0.6, 0.4, 0.6],
                          "still": [1.0] * 4})  # fmt: skip
    measured = pd.Series({"up": 0.7, "down": 0.3, "still": 1.0})
    best = pd.Series({"up": 1.0, "down": 0.0, "still": 1.0})
    table = against(plans, measured, best)
    assert table["skill"].round(9).to_dict() == pytest.approx(
        {"up": 0.5, "down": 0.5, "still": np.nan}, nan_ok=True
    )
    assert table["z"]["up"] == -table["z"]["down"] == pytest.approx(0.3 / plans["up"].std())
    assert table["rank"].to_dict() == {"up": 1.0, "down": 1.0, "still": 0.5}
    low = against(plans, pd.Series({"up": 0.4, "down": 0.6, "still": 1.0}), best)
    assert low["rank"]["up"] == 0.5


def test_layers_drawn_from_units_are_best_at_themselves():
    data = ct.england_2017()
    null = ct.null_model(data.graph, k=9, n=10, rng=1)
    table = null.compare(data.atoms, "region", "region")
    one = table.loc[["coterminosity", "v_measure", "one_to_one_left"], "skill"]
    assert one.to_list() == pytest.approx([1.0, 1.0, 1.0])


def test_need_against_chance():
    """Units in a row, ill in the west: areas cut by longitude do better than random ones."""
    graph = grid(4, 8)
    west = pd.Series({code: "W" if int(code[2]) < 4 else "E" for code in graph.units.index})
    table = graph.units.reset_index().assign(area=graph.units.index.map(west))
    atoms = ct.Atoms.from_lookup(
        table, layers={"unit": "code", "area": "area"}, measures=["population"]
    )
    ill = pd.DataFrame({"ill": [10.0 * (int(c[2]) < 4) for c in graph.units.index]},
                       index=graph.units.index)  # fmt: skip
    null = ct.null_model(graph, k=2, n=30, tolerance=0.6, rng=1)
    null = type(null)(**(vars(null) | {"layer": "unit"}))
    found = null.need(ill, atoms, "area").loc["ill"]
    assert found["measured"] == pytest.approx(1.0)
    assert found["skill"] == pytest.approx(1.0)
    assert found["mean"] < 0.9
    for plan, own in zip(null.plans, range(3), strict=False):
        areas = pd.Series([f"p{a}" for a in plan], index=null.units)
        alone = atoms.with_layer("plan", areas, of="unit").overlap("unit", "plan")
        value = ct.need.eta_squared(ill, alone).loc["ill", "eta_squared"]
        assert 0 <= value <= 1, own


def test_layers_that_overlap_are_best_at_what_they_are_to_themselves():
    data = ct.england_2017()
    null = ct.null_model(data.graph, k=38, n=10, rng=1)
    table = null.compare(data.atoms, "lep", "lep")
    assert table["measured"]["coterminosity"] < 1
    assert table["skill"].dropna().to_list() == pytest.approx([1.0] * table["skill"].count())


def test_plans_do_not_stand_in_for_a_layer_that_fills_a_part_of_the_country():
    """They spread over all of England: noise would look like need in nine combined authorities."""
    data = ct.england_2017()
    null = ct.null_model(data.graph, k=9, n=2, rng=1)
    figures = pd.DataFrame({"x": range(326)}, index=data.graph.units.index, dtype=float)
    with pytest.raises(errors.MeasureError, match="combined_authority, which leaves 72% out"):
        null.need(figures, data.atoms, "combined_authority")
    with pytest.raises(errors.MeasureError, match="let them stand in for the other layer"):
        null.compare(data.atoms, "combined_authority", "stp")
    assert null.compare(data.atoms, "combined_authority", "region", stands_for="right") is not None


def test_plans_of_another_number_or_other_units_are_refused():
    data = ct.england_2017()
    null = ct.null_model(data.graph, k=9, n=2, rng=1)
    with pytest.raises(errors.MeasureError, match="9 areas cannot stand in for 38 regions of lep"):
        null.compare(data.atoms, "lep", "stp")
    figures = pd.DataFrame({"x": 1.0}, index=data.graph.units.index)
    with pytest.raises(errors.MeasureError, match="draw plans with k=38"):
        null.need(figures, data.atoms, "lep")
    part = type(null)(**(vars(null) | {"units": null.units[:300], "plans": null.plans[:, :300]}))
    with pytest.raises(errors.CodeError, match="the plans hold no unit"):
        part.need(figures, data.atoms, "region")


def test_one_area_tells_nothing():
    data = ct.england_2017()
    atoms = data.atoms.with_layer("all", dict.fromkeys(data.graph.units.index, "England"), of="lad")
    null = ct.null_model(data.graph, k=1, n=3, rng=1)
    table = null.compare(atoms, "all", "stp")
    assert np.isnan(table["rank"]["homogeneity"])
    assert np.isnan(table["skill"]["homogeneity"])


def test_many_areas_are_refused_within_seconds():
    with pytest.raises(errors.MeasureError, match="no plan of 200 areas"):
        ct.null_model(ct.england_2017().graph, k=200, n=1, rng=1)


BAD = [
    ({"k": 0}, errors.MeasureError, "k: wanted a whole number of 1 or more, got 0"),
    ({"k": 2.5}, errors.MeasureError, "k: wanted a whole number"),
    ({"k": 25}, errors.MeasureError, "24 units cannot make 25 areas"),
    ({"k": 2, "n": 0}, errors.MeasureError, "n: wanted a whole number"),
    ({"k": 2, "tolerance": 0}, errors.MeasureError, "tolerance: wanted a share above 0"),
    ({"k": 2, "weight": "cows"}, errors.MeasureError, "units have no 'cows' to balance"),
    (
        {"k": 7, "tolerance": 0.001},
        errors.MeasureError,
        "no plan of 7 areas .* widen the toler",
    ),
]


@pytest.mark.parametrize(("options", "error", "words"), BAD)
def test_plans_that_cannot_be_drawn(options, error, words):
    with pytest.raises(error, match=words):
        ct.null_model(grid(4, 6), **options)


def test_a_graph_in_pieces_is_refused():
    graph = ct.england_2017().graph
    with pytest.raises(errors.CodeError, match="declare links over water"):
        ct.null_model(graph.with_links(graph.links.iloc[:0]), k=5)


def test_plans_of_other_units_do_not_fit():
    null = ct.null_model(grid(2, 2), k=2, n=1, rng=1)
    with pytest.raises(errors.CodeError, match="the plans hold no unit"):
        null.scores(ct.england_2017().atoms, "stp")
