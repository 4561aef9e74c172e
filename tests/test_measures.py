"""Every measure against a stupid oracle, another library and values that were published."""

import itertools
import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics

import coterminosity as ct
from coterminosity import errors, scores
from coterminosity.atoms import Atoms
from coterminosity.scores import formulas
from coterminosity.scores.crosstab import crosstab
from coterminosity.scores.measures import MEASURES, NAMES, evaluate, worded
from tests.test_scores import (
    FIVES,
    IDENTICAL,
    INDEPENDENT,
    LEAK,
    NESTED,
    A,
    B,
    cover_atoms,
    covers,
    from_rows,
    grid,
    people,
)  # fmt: skip

tables = st.integers(1, 5).flatmap(
    lambda rows: st.integers(1, 5).flatmap(
        lambda columns: st.lists(
            st.lists(st.sampled_from([0, 0, 1, 2, 50, 5000]), min_size=columns, max_size=columns),
            min_size=rows, max_size=rows,
        )
    )
).filter(lambda table: np.sum(table) > 0)  # fmt: skip


def nan_or(top, bottom):
    return top / bottom if bottom else math.nan


def oracle(table, tolerance=0.01):
    """Every measure of a partition by loops over cells."""
    n = [row for row in table if sum(row)]
    n = [list(column) for column in zip(*n, strict=True)]
    n = [column for column in n if sum(column)]
    n = [list(row) for row in zip(*n, strict=True)]
    rows, columns = range(len(n)), range(len(n[0]))
    a = [sum(row) for row in n]
    b = [sum(n[i][j] for i in rows) for j in columns]
    total = sum(a)
    held = sum(max(n[i][j] for j in columns) for i in rows) / total
    back = sum(max(n[i][j] for i in rows) for j in columns) / total

    def part(weight, whole):
        return tolerance * whole < weight < (1 - tolerance) * whole

    def entropy(sizes):
        return -sum(s / total * math.log2(s / total) for s in sizes if 0 < s < total)

    mutual = sum(
        n[i][j] / total * math.log2(n[i][j] * total / (a[i] * b[j]))
        for i in rows for j in columns if n[i][j]
    )  # fmt: skip
    h, k = nan_or(mutual, entropy(a)), nan_or(mutual, entropy(b))
    v = 0.0 if abs(h) < 1e-12 and abs(k) < 1e-12 else 2 * h * k / (h + k)
    trace = [[n[i][j] <= tolerance * a[i] and n[i][j] <= tolerance * b[j] for j in columns]
             for i in rows]  # fmt: skip
    pieces = [sum(n[i][j] > 0 and not trace[i][j] for j in columns) for i in rows]
    cut = [sum(n[i][j] > 0 and not trace[i][j] for i in rows) for j in columns]
    same = sum(
        n[i][j] >= (1 - tolerance) * a[i] and n[i][j] >= (1 - tolerance) * b[j]
        for i in rows for j in columns
    )  # fmt: skip
    short, long = (rows, columns) if len(a) <= len(b) else (columns, rows)
    best = max(
        sum(n[i][j] if short is rows else n[j][i] for i, j in zip(short, order, strict=True))
        for order in itertools.permutations(long, len(short))
    )
    square, left, right = (sum(x * x for x in xs) for xs in ([x for row in n for x in row], a, b))
    expected = left * right / total**2
    fits = [[n[i][j] ** 2 / (a[i] * b[j]) for j in columns] for i in rows]
    return {
        "coterminosity": (held + back) / 2,
        "containment_left": held,
        "containment_right": back,
        "split_share": 1 - held,
        "merge_share": 1 - back,
        "one_to_one_left": same / len(a),
        "one_to_one_right": same / len(b),
        "dominant_left": sum(max(n[i]) / a[i] for i in rows) / len(a),
        "dominant_right": sum(max(n[i][j] for i in rows) / b[j] for j in columns) / len(b),
        "partners_left": sum(a[i] ** 3 / sum(x * x for x in n[i]) for i in rows) / total,
        "partners_right": sum(b[j] ** 3 / sum(n[i][j] ** 2 for i in rows) for j in columns) / total,
        "pieces_left": nan_or(sum(pieces), sum(p > 0 for p in pieces)),
        "pieces_right": nan_or(sum(cut), sum(p > 0 for p in cut)),
        "cut_left": sum(any(part(n[i][j], a[i]) for j in columns) for i in rows) / len(a),
        "cut_right": sum(any(part(n[i][j], b[j]) for i in rows) for j in columns) / len(b),
        "best_jaccard": sum(
            a[i] * max(n[i][j] / (a[i] + b[j] - n[i][j]) for j in columns) for i in rows) / total,
        "best_dice": sum(
            a[i] * max(2 * n[i][j] / (a[i] + b[j]) for j in columns) for i in rows) / total,
        "matched_share": best / total,
        "homogeneity": h,
        "completeness": k,
        "v_measure": v,
        "variation_bits": entropy(a) + entropy(b) - 2 * mutual,
        "mapcurves": max(sum(map(sum, fits)) / len(a), sum(map(sum, fits)) / len(b)),
        "adjusted_rand": nan_or(square - expected, (left + right) / 2 - expected),
        "adjusted_mutual": nan_or(2 * mutual, entropy(a) + entropy(b)),
    }  # fmt: skip


@given(tables)
def test_every_measure_agrees_with_loops_over_cells(table):
    found = scores.summary(grid(table))
    expected = oracle(table)
    assert set(expected) == set(NAMES)
    for name, value in expected.items():
        assert found[name] == pytest.approx(value, abs=1e-9, nan_ok=True), name


@given(
    st.lists(st.tuples(st.sampled_from("abcd"), st.sampled_from("wxyz")), min_size=2, max_size=60)
)
def test_unweighted_measures_are_those_of_scikit_learn(items):
    table = pd.DataFrame(items, columns=["X", "Y"]).assign(one=1.0)
    rows = [pd.Series({"X": x, "Y": y, "one": 1.0}) for x, y in items]
    # Items in the same pair of regions would fold into one atom: each is an atom of its own.
    names = [f"a{k:03d}" for k in range(len(rows))]
    members = pd.DataFrame(
        [("x", x, a) for (x, _), a in zip(items, names, strict=True)]
        + [("y", y, a) for (_, y), a in zip(items, names, strict=True)],
        columns=["layer", "code", "atom"],
    )
    atoms = Atoms(measures=table[["one"]].set_axis(names), members=members)
    overlap = atoms.overlap("x", "y", weight="count")
    x, y = zip(*items, strict=True)
    close = {"abs": 1e-12, "rel": 1e-12}
    if len(set(x)) > 1 and len(set(y)) > 1:
        h, c, v = metrics.homogeneity_completeness_v_measure(x, y)
        assert scores.homogeneity(overlap) == pytest.approx(h, **close)
        assert scores.completeness(overlap) == pytest.approx(c, **close)
        assert scores.v_measure(overlap) == pytest.approx(v, **close)
        assert scores.v_measure(overlap, beta=0.5) == pytest.approx(
            metrics.v_measure_score(x, y, beta=0.5), **close
        )
    alone = len(set(x)) == len(set(y)) == len(x)  # there chance is certainty: 0/0 is undefined
    if not alone and (len(set(x)) > 1 or len(set(y)) > 1):
        rand = metrics.adjusted_rand_score(x, y)
        assert scores.adjusted_rand(overlap) == pytest.approx(rand, **close)
        mutual = metrics.adjusted_mutual_info_score(x, y)
        assert scores.adjusted_mutual_information(overlap) == pytest.approx(mutual, **close)


SANE = [
    (IDENTICAL, dict.fromkeys(
        ["coterminosity", "containment_left", "one_to_one_left", "dominant_left", "best_dice",
         "partners_left", "pieces_left", "matched_share", "mapcurves", "adjusted_rand",
         "adjusted_mutual", "v_measure"], 1.0) | {"variation_bits": 0, "cut_left": 0}),
    (NESTED, {"containment_left": 1, "containment_right": 0.5, "coterminosity": 0.75,
              "best_jaccard": 0.5, "best_dice": 2 / 3, "v_measure": 0.8, "partners_left": 1,
              "partners_right": 2, "pieces_right": 2, "cut_left": 0, "cut_right": 1,
              "matched_share": 0.5, "variation_bits": 1, "mapcurves": 1}),
    (INDEPENDENT, {"v_measure": 0, "containment_left": 0.25, "containment_right": 0.25,
                   "partners_left": 4, "adjusted_rand": 0, "variation_bits": 4,
                   "matched_share": 0.25, "one_to_one_left": 0}),
    (LEAK, {"containment_left": 0.99, "containment_right": 0.99, "one_to_one_left": 1,
            "pieces_left": 1, "cut_left": 0, "matched_share": 0.99}),
]  # fmt: skip


@pytest.mark.parametrize(
    ("weights", "expected"), SANE, ids=["same", "nested", "independent", "leak"]
)
def test_measures_that_can_be_told_by_eye(weights, expected):
    found = scores.summary(grid(weights))
    for name, value in expected.items():
        assert found[name] == pytest.approx(value, abs=1e-12), name


RECTANGLE = [[13, 3, 4], [0, 16, 4], [4, 0, 16], [0, 4, 16]]


def test_nowosad_and_stepinski_2018_regions_and_mapcurves():
    overlap = grid(RECTANGLE)
    assert scores.inhomogeneity(overlap).round(2).to_list() == [0.86, 0.48, 0.48, 0.48]
    assert scores.inhomogeneity(overlap.swap()).round(2).to_list() == [0.39, 0.59, 0.86]
    assert round(scores.mapcurves(overlap), 2) == 0.61


def test_rosenberg_and_hirschberg_2007_by_summary():
    rows = [(a, b, 1.0) for a, b in zip(A.split(), FIVES.split(), strict=True)]
    assert round(scores.summary(from_rows(rows))["v_measure"], 2) == 0.14
    rows = [(a, b, 1.0) for a, b in zip(B.split(), FIVES.split(), strict=True)]
    assert round(scores.summary(from_rows(rows))["v_measure"], 2) == 0.39


@given(covers, st.sampled_from(["half", "full"]))
def test_an_atom_without_people_changes_nothing(rows, membership):
    before = cover_atoms(rows)
    after = cover_atoms([*rows, ({"a", "d"}, {"x", "z"}, 0)])
    there, here = (scores.summary(a.overlap("x", "y"), membership=membership)
                   for a in (before, after))  # fmt: skip
    pd.testing.assert_series_equal(there, here, atol=1e-12)


@given(people, people)
def test_many_tables_at_once_are_each_measured_as_alone(first, second):
    one, other = crosstab(from_rows(first)), crosstab(from_rows(second))
    both = type(one)(
        i=np.r_[one.i, other.i + len(one.left)],
        j=np.r_[one.j, other.j + len(one.right)],
        n=np.r_[one.n, other.n],
        left=np.r_[one.left, other.left],
        right=np.r_[one.right, other.right],
        left_of=np.r_[one.left_of, other.left_of + 1],
        right_of=np.r_[one.right_of, other.right_of + 1],
        total=np.r_[one.total, other.total],
    )
    together = evaluate(both, both)
    alone = pd.concat([evaluate(one, one), evaluate(other, other)], ignore_index=True)
    pd.testing.assert_frame_equal(together, alone, atol=1e-12)


def test_pair_classes_by_eye():
    rows = [
        ("same", "A", 1000), ("same", "B", 5), ("in", "B", 100), ("whole", "C", 40),
        ("whole", "D", 60), ("half", "B", 500), ("half", "E", 500), ("rest", "E", 400),
    ]  # fmt: skip
    overlap = from_rows(rows)
    pairs = scores.pair_classes(overlap).set_index(["left", "right"])["class"]
    assert pairs.to_dict() == {
        ("half", "B"): "straddling", ("half", "E"): "straddling", ("in", "B"): "nested",
        ("rest", "E"): "nested", ("same", "A"): "one-to-one", ("same", "B"): "trace",
        ("whole", "C"): "containing", ("whole", "D"): "containing",
    }  # fmt: skip
    regions = scores.region_table(overlap)
    assert regions["class"].to_dict() == {
        "half": "straddling", "in": "nested", "rest": "nested", "same": "one-to-one",
        "whole": "containing",
    }  # fmt: skip
    assert regions["pieces"].to_dict() == {"half": 2, "in": 1, "rest": 1, "same": 1, "whole": 2}
    assert regions["partner"].to_dict()["whole"] == "D"
    table = scores.class_table(overlap)
    assert table["regions_left"].to_list() == [1, 2, 1, 1, 0, 0]
    assert table["weight_left"].to_list() == [1005, 500, 100, 1000, 0, 0]
    assert table["regions_right"].to_list() == [1, 2, 2, 0, 0, 0]
    assert table["share_of_regions_right"].sum() == pytest.approx(1)


@given(people, st.sampled_from([0.0, 0.01, 0.2]))
def test_classes_seen_from_the_other_side(rows, tolerance):
    overlap = from_rows(rows)
    there = scores.pair_classes(overlap, tolerance=tolerance).set_index(["left", "right"])["class"]
    back = scores.pair_classes(overlap.swap(), tolerance=tolerance)
    back = back.set_index(["right", "left"])["class"]
    turned = {"nested": "containing", "containing": "nested"}
    assert there.to_dict() == {key: turned.get(name, name) for key, name in back.items()}
    table = scores.class_table(overlap, tolerance=tolerance)
    assert table["regions_left"].sum() == len(overlap.left_totals)
    assert table["weight_left"].sum() == pytest.approx(overlap.total)


def test_a_district_whole_in_two_leps_is_not_cut():
    atoms = ct.england_2017().atoms
    found = scores.summary(atoms.overlap("lad", "lep"))
    assert found["cut_left"] * 326 == pytest.approx(4)  # the four of Hampshire
    itself = scores.summary(atoms.overlap("lep", "lep"))
    assert itself["one_to_one_left"] == 1


def test_two_regions_drawn_as_one_make_no_region_count_twice():
    atoms = cover_atoms([({"a"}, {"x", "y"}, 10)])
    found = scores.summary(atoms.overlap("x", "y"))
    assert (found["one_to_one_left"], found["one_to_one_right"]) == (1, 1)


def test_people_in_overlapping_regions_are_outside_once():
    atoms = cover_atoms([({"a"}, set(), 994), ({"a"}, {"x", "y"}, 6)])
    assert scores.relation(atoms.overlap("x", "y")).to_dict() == {"a": "outside"}


def test_a_region_that_meets_nothing_is_in_no_pieces_and_lowers_no_mean():
    atoms = cover_atoms([({"a"}, {"x"}, 5), ({"b"}, set(), 5), (set(), {"y"}, 5)])
    found = scores.summary(atoms.overlap("x", "y"))
    assert (found["pieces_left"], found["pieces_right"]) == (1, 1)


def test_people_in_two_regions_of_a_class_count_half_in_each():
    atoms = cover_atoms([({"a"}, {"x"}, 60), ({"b"}, {"x"}, 20), ({"a", "b"}, {"x"}, 20)])
    table = scores.class_table(atoms.overlap("x", "y"))
    assert table.loc["nested", ["regions_left", "weight_left"]].to_list() == [2, 100]
    leps = scores.class_table(ct.england_2017().atoms.overlap("lep", "stp"))
    assert leps["weight_left"].sum() == pytest.approx(55_619_430)


def test_the_best_matching_is_not_the_greedy_one():
    overlap = grid([[10, 9], [9, 0]])
    assert scores.matching(overlap)[["left", "right", "weight"]].to_numpy().tolist() == [
        ["i0", "j1", 9.0], ["i1", "j0", 9.0],
    ]  # fmt: skip
    assert scores.matched_share(overlap) == pytest.approx(18 / 28)


def test_layers_that_do_not_meet():
    atoms = cover_atoms([({"a"}, set(), 5), (set(), {"x"}, 5)])
    found = scores.summary(atoms.overlap("x", "y"))
    assert (found["coterminosity"], found["matched_share"]) == (0, 0)
    assert found[["homogeneity", "partners_left", "adjusted_rand", "variation_bits"]].isna().all()
    assert scores.region_table(atoms.overlap("x", "y")).loc["a", "class"] == "none"
    with pytest.raises(errors.MeasureError, match="nothing lies in all of x, y"):
        scores.alignment(atoms, ["x", "y"])


def test_alignment_by_eye():
    rows = [
        ("a", "x", "p", 40.0), ("a", "x", "q", 10.0), ("b", "y", "q", 30.0), ("b", "x", "q", 20.0),
    ]  # fmt: skip
    table = pd.DataFrame(rows, columns=["L", "M", "N", "population"])
    atoms = Atoms.from_lookup(table, layers={"l": "L", "m": "M", "n": "N"}, measures=["population"])
    found = scores.alignment(atoms, ["l", "m", "n"])
    # a-x-p has 40 of 50, 40 of 70 and 40 of 40; b-y-q has 30 of 50, all 30 and 30 of 60: half.
    assert found.cores[["l", "m", "n", "weight"]].to_numpy().tolist() == [["a", "x", "p", 40.0]]
    assert found.cores["least_share"].to_list() == [pytest.approx(40 / 70)]
    assert found.agreement == pytest.approx(0.4)

    def bits(*shares):
        return -sum(s * math.log2(s) for s in shares)

    joint = bits(0.4, 0.1, 0.3, 0.2)
    single = [bits(0.5, 0.5), bits(0.7, 0.3), bits(0.4, 0.6)]
    assert found.total_correlation == pytest.approx(sum(single) - joint)
    assert found.alignment == pytest.approx((sum(single) - joint) / (sum(single) - max(single)))
    nested = ct.england_2017().atoms
    assert scores.alignment(nested, ["ccg", "stp"]).alignment == pytest.approx(1)
    with pytest.raises(errors.MeasureError, match="two or more different layers"):
        scores.alignment(atoms, ["l", "l"])


def test_of_two_layers_total_correlation_is_mutual_information():
    atoms = ct.england_2017().atoms
    both = scores.alignment(atoms, ["lep", "stp"])
    table = crosstab(atoms.overlap("lep", "stp"))
    assert both.total_correlation == pytest.approx(float(table.entropies[2][0]))


def test_people_and_land_disagree_about_hart():
    found = scores.disputed(ct.england_2017().atoms, "lad", "stp")
    hart = found.loc["E07000089"]
    assert hart["name"] == "Hart"
    frimley = "E54000034"
    assert hart["dominant_population"] == frimley
    assert round(hart["dominant_share_population"], 2) == 0.75
    assert hart["dominant_area"] != frimley
    assert round(1 - hart["dominant_share_area"], 2) == 0.38
    assert not hart["same_dominant"]


def test_sensitivity_says_what_other_choices_would_give():
    atoms = ct.england_2017().atoms
    table = scores.sensitivity(atoms, "lad", "stp", tolerances=[0.001, 0.3])
    assert list(table.index) == [
        ("population", 0.001), ("population", 0.3), ("area", 0.001), ("area", 0.3),
    ]  # fmt: skip
    assert table.loc[("population", 0.001), "straddling"] == 17
    assert table.loc[("population", 0.3), "straddling"] < 17
    sums = table[list(scores.CLASSES)].sum(axis=1)
    assert (sums == 326).all()
    with pytest.raises(errors.MeasureError, match="got none"):
        scores.sensitivity(atoms, "lad", "stp", tolerances=[])


def test_every_measure_has_plain_words():
    words = worded(("LEP", "LEPs"), ("STP", "STPs"), "people")
    assert list(words.index) == list(NAMES)
    assert not words.isin([""]).any().any()
    assert "LEP" in words.loc["split_share", "words"]
    assert {m.best for m in MEASURES} == {0.0, 1.0}


def test_a_measure_of_identical_layers_is_its_best():
    found = scores.summary(grid(IDENTICAL))
    for measure in MEASURES:
        assert found[measure.name] == pytest.approx(measure.best, abs=1e-12), measure.name


def test_counted_atoms_are_items():
    atoms = ct.england_2017().atoms
    overlap = atoms.overlap("lep", "stp", weight="count")
    assert (overlap.measure, overlap.total) == ("count", 405)
    nested = atoms.overlap("ccg", "stp", weight="count")
    value = formulas.adjusted_mutual(crosstab(nested))[0]
    assert value < scores.v_measure(nested)  # 207 parts of 405 atoms agree a good deal by chance
