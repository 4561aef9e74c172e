"""Scores: published values, a double loop as oracle, laws that always hold."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import coterminosity as ct
from coterminosity import errors, scores
from coterminosity.atoms import Atoms
from coterminosity.overlap import Overlap
from tests.conftest import boxes


def from_rows(rows: list[tuple[str, str, float]]) -> Overlap:
    """Overlap of layers x and y, with a list of left, right and weight."""
    table = pd.DataFrame(rows, columns=["X", "Y", "population"])
    atoms = Atoms.from_lookup(table, layers={"x": "X", "y": "Y"}, measures=["population"])
    return atoms.overlap("x", "y")


def grid(weights: list[list[float]]) -> Overlap:
    return from_rows(
        [
            (f"i{i}", f"j{j}", weight)
            for i, row in enumerate(weights)
            for j, weight in enumerate(row)
            if weight > 0
        ]
    )


IDENTICAL = np.eye(4).tolist()
NESTED = [[1.0 if i // 2 == j else 0.0 for j in range(4)] for i in range(8)]
INDEPENDENT = np.ones((4, 4)).tolist()
LEAK = [[0.99 if i == j else 0.01 if j == (i + 1) % 4 else 0.0 for j in range(4)] for i in range(4)]


@pytest.mark.parametrize(
    ("weights", "expected"),
    [
        (IDENTICAL, {"coterminosity": 1, "v_measure": 1, "best_jaccard": 1, "split_share": 0}),
        (
            NESTED,
            {
                "containment_left": 1,
                "containment_right": 0.5,
                "coterminosity": 0.75,
                "best_jaccard": 0.5,
                "v_measure": 0.8,
                "completeness": 1,
                "homogeneity": 2 / 3,
            },
        ),
        (INDEPENDENT, {"v_measure": 0, "containment_left": 0.25, "coterminosity": 0.25}),
        (LEAK, {"containment_left": 0.99, "containment_right": 0.99, "coterminosity": 0.99}),
    ],
)
def test_layers_whose_scores_can_be_told_by_eye(weights, expected):
    found = scores.summary(grid(weights))
    for name, value in expected.items():
        assert found[name] == pytest.approx(value, abs=1e-12), name


def test_a_leak_of_one_percent_lowers_v_by_four():
    assert round(scores.v_measure(grid(LEAK)), 4) == 0.9596


def test_nowosad_and_stepinski_2018_figure_1():
    """Two regionalisations of a rectangle of 10 × 8, by area."""
    left = boxes(
        "x",
        {"r1": [(0, 4, 5, 8)], "r2": [(0, 0, 5, 4)], "r3": [(5, 4, 10, 8)], "r4": [(5, 0, 10, 4)]},
    )
    right = boxes(
        "y",
        {
            "z1": [(0, 4, 1, 8), (1, 5, 2, 8), (2, 6, 7, 8)],
            "z2": [(0, 0, 3, 4), (1, 4, 3, 5), (2, 5, 3, 6), (3, 0, 7, 2)],
            "z3": [(3, 2, 7, 6), (7, 0, 10, 8)],
        },
    )
    found = scores.summary(Atoms.build(left, right, min_width=10).overlap("x", "y", weight="area"))
    assert found[["v_measure", "homogeneity", "completeness"]].round(2).to_list() == [
        0.36,
        0.32,
        0.42,
    ]


A = "1 1 1 2 3 3 3 3 1 2 2 2 2 1 3"
B = "1 1 1 2 2 3 3 3 1 1 2 2 2 3 3"
FIVES = "1 1 1 1 1 2 2 2 2 2 3 3 3 3 3"


@pytest.mark.parametrize(
    ("x", "y", "published"),
    [
        (A, FIVES, 0.14),
        (B, FIVES, 0.39),
        (B + " 1 2 3 1 2 3", FIVES + " 4 4 5 5 6 6", 0.30),
        (B + " 1 2 3 1 2 3", FIVES + " 4 5 6 7 8 9", 0.41),
    ],
)
def test_rosenberg_and_hirschberg_2007_figure_2(x, y, published):
    rows = [(a, b, 1.0) for a, b in zip(x.split(), y.split(), strict=True)]
    assert round(scores.v_measure(from_rows(rows)), 2) == published


people = st.lists(
    st.tuples(
        st.sampled_from("abcd"), st.sampled_from("xyz"), st.floats(0.5, 1000, allow_nan=False)
    ),
    min_size=1,
    max_size=30,
)
covers = st.lists(
    st.tuples(
        st.sets(st.sampled_from("abcd"), max_size=2),
        st.sets(st.sampled_from("xyz"), max_size=2),
        st.integers(1, 1000),
    ),
    min_size=1,
    max_size=20,
).filter(lambda rows: any(a and b for a, b, _ in rows))


def cover_atoms(rows: list[tuple[set[str], set[str], int]]) -> Atoms:
    measures = pd.DataFrame(
        {"population": [float(n) for *_, n in rows]}, index=[f"a{k:03d}" for k in range(len(rows))]
    )
    members = [
        (layer, code, atom)
        for atom, (left, right, _) in zip(measures.index, rows, strict=True)
        for layer, codes in (("x", left), ("y", right))
        for code in codes
    ]
    return Atoms(
        measures=measures, members=pd.DataFrame(members, columns=["layer", "code", "atom"])
    )


def oracle(rows, share: bool) -> dict[str, float]:
    """Split share, merge share and V of covers, by loops over people's memberships."""
    common: dict[tuple[str, str], float] = {}
    left: dict[str, float] = {}
    right: dict[str, float] = {}
    for a, b, n in rows:
        for i in a:
            left[i] = left.get(i, 0.0) + (n / len(a) if share else n)
        for j in b:
            right[j] = right.get(j, 0.0) + (n / len(b) if share else n)
        for i in a:
            for j in b:
                part = n / (len(a) * len(b)) if share else n
                common[i, j] = common.get((i, j), 0.0) + part
    kept = sum(max((common.get((i, j), 0.0) for j in right), default=0.0) for i in left)
    held = sum(max((common.get((i, j), 0.0) for i in left), default=0.0) for j in right)
    total = sum(common.values())
    own = {i: sum(n for (a, _), n in common.items() if a == i) / total for i in left}
    other = {j: sum(n for (_, b), n in common.items() if b == j) / total for j in right}
    mutual = sum(
        n / total * math.log(n / total / (own[i] * other[j])) for (i, j), n in common.items()
    )
    spread = -sum(p * math.log(p) for p in own.values() if p > 0)
    return {
        "split_share": 1 - kept / sum(left.values()),
        "merge_share": 1 - held / sum(right.values()),
        "homogeneity": mutual / spread if spread > 1e-12 else math.nan,
    }


@given(covers, st.booleans())
def test_scores_agree_with_loops_for_covers_and_partial_layers(rows, share):
    membership = "half" if share else "full"
    atoms = cover_atoms(rows)
    overlap = atoms.overlap("x", "y")
    found = scores.summary(overlap, membership=membership)
    for name, value in oracle(rows, share).items():
        if not math.isnan(value):
            assert found[name] == pytest.approx(value, abs=1e-9), name
    assert overlap.total == sum(n for *_, n in rows)
    assert overlap.unallocated_left == sum(n for a, _, n in rows if not a)
    assert overlap.double_right == sum(n for _, b, n in rows if len(b) > 1)
    shared = overlap.left_totals["shared"].sum()
    assert shared == pytest.approx(overlap.total - overlap.unallocated_left)


@given(covers)
def test_swapping_sides_swaps_the_measures(rows):
    overlap = cover_atoms(rows).overlap("x", "y")
    there, back = scores.summary(overlap), scores.summary(overlap.swap())
    for one, other in [
        ("coterminosity", "coterminosity"),
        ("split_share", "merge_share"),
        ("containment_left", "containment_right"),
        ("homogeneity", "completeness"),
        ("v_measure", "v_measure"),
        ("unallocated_left", "unallocated_right"),
    ]:
        assert there[one] == pytest.approx(back[other], abs=1e-12, nan_ok=True)
    turned = cover_atoms(rows).overlap("y", "x")
    pd.testing.assert_frame_equal(overlap.swap().pairs, turned.pairs)


@given(people, st.randoms(use_true_random=False), st.floats(0.01, 100))
def test_order_labels_and_scale_change_nothing(rows, random, scale):
    expected = scores.summary(from_rows(rows))
    shuffled = random.sample(rows, len(rows))
    renamed = [("z" + a, "0" + b, n) for a, b, n in shuffled]
    rescaled = [(a, b, n * scale) for a, b, n in renamed]
    for other in (shuffled, renamed, rescaled):
        pd.testing.assert_series_equal(scores.summary(from_rows(other)), expected, atol=1e-9)


@given(people)
def test_measures_stay_in_their_range(rows):
    overlap = from_rows(rows)
    found = scores.summary(overlap).dropna()
    numbers = ["partners_left", "partners_right", "pieces_left", "pieces_right", "variation_bits"]
    numbers = found[found.index.intersection(numbers)]
    assert (numbers >= -1e-12).all()
    over_chance = found[found.index.intersection(["adjusted_rand", "adjusted_mutual"])]
    assert (over_chance <= 1 + 1e-12).all()
    shares = found.drop([*numbers.index, *over_chance.index])
    assert ((shares >= -1e-12) & (shares <= 1 + 1e-12)).all()
    table = scores.pair_table(overlap)
    assert table["weight"].sum() == pytest.approx(overlap.total)
    assert (
        table["jaccard"] <= table[["share_of_left", "share_of_right"]].min(axis=1) + 1e-12
    ).all()


def test_relations_by_eye():
    rows = [
        ("same", "A", 100), ("in", "B", 10), ("whole", "C", 40), ("whole", "D", 60),
        ("half", "B", 50), ("half", "E", 50), ("rest", "B", 40), ("rest", "E", 1),
    ]  # fmt: skip
    found = scores.relation(from_rows(rows))
    assert found.to_dict() == {
        "same": "identical",
        "in": "nested",
        "whole": "union",
        "half": "crossing",
        "rest": "crossing",
    }
    assert scores.relation(from_rows(rows), tolerance=0.03)["rest"] == "nested"


def test_overlapping_regions_do_not_count_one_person_twice():
    members = [("x", "L", "a1"), ("x", "L", "a2"), ("y", "A", "a1"), ("y", "B", "a1")]
    atoms = Atoms(
        measures=pd.DataFrame({"population": [60.0, 40.0]}, index=["a1", "a2"]),
        members=pd.DataFrame(members, columns=["layer", "code", "atom"]),
    )
    assert scores.relation(atoms.overlap("x", "y")).to_dict() == {"L": "crossing"}


def test_regions_outside_and_without_people():
    members = [("x", "far", "a1"), ("x", "near", "a2"), ("y", "B", "a2"), ("x", "bare", "a3")]
    atoms = Atoms(
        measures=pd.DataFrame({"population": [5.0, 5.0, 0.0]}, index=["a1", "a2", "a3"]),
        members=pd.DataFrame(members, columns=["layer", "code", "atom"]),
    )
    overlap = atoms.overlap("x", "y")
    assert scores.relation(overlap).to_dict() == {
        "bare": None,
        "far": "outside",
        "near": "identical",
    }
    best = scores.best_match(overlap)
    assert best.loc["near", "right"] == "B"
    assert best.loc[["far", "bare"], "right"].isna().all()
    assert best.loc[["far", "bare"], "jaccard"].isna().all()
    assert scores.summary(overlap)["split_share"] == 0.5


def test_nothing_over_nothing_is_nan():
    one = from_rows([("a", "x", 1.0), ("a", "y", 1.0)])
    assert math.isnan(scores.homogeneity(one))  # one left region has no spread to explain
    assert scores.completeness(one) == 0.0
    assert math.isnan(scores.v_measure(one))


def test_nested_layers_of_england_nest():
    data = ct.england_2017().atoms
    for chain in (("ccg", "stp"), ("lad", "region"), ("lad", "crc"), ("pfa", "crc")):
        assert set(scores.relation(data.overlap(*chain), tolerance=0.001)) <= {
            "nested",
            "identical",
        }


def test_wrong_questions_get_an_answer():
    overlap = grid(IDENTICAL)
    with pytest.raises(errors.MeasureError, match="tolerance: wanted a share from 0 to 0.5 .* 2"):
        scores.relation(overlap, tolerance=2)
    with pytest.raises(errors.MeasureError, match="membership: wanted 'half' or 'full'"):
        scores.split_share(overlap, membership="quarter")
    with pytest.raises(errors.MeasureError, match="beta"):
        scores.v_measure(overlap, beta=0)


CONTRACTS = {
    "pair_table": (pd.DataFrame, None),
    "best_match": (pd.DataFrame, "left"),
    "relation": (pd.Series, "code"),
    "summary": (pd.Series, None),
    "pair_classes": (pd.DataFrame, None),
    "region_table": (pd.DataFrame, "left"),
    "class_table": (pd.DataFrame, None),
    "matching": (pd.DataFrame, None),
    "inhomogeneity": (pd.Series, "code"),
    **dict.fromkeys(
        ["split_share", "merge_share", "coterminosity", "homogeneity", "completeness",
         "v_measure", "best_jaccard", "best_dice", "mapcurves", "matched_share", "adjusted_rand",
         "adjusted_mutual_information", "effective_partners", "variation_of_information"],
        (float, None),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CONTRACTS)
def test_return_contracts(name):
    overlap = ct.england_2017().atoms.overlap("lep", "stp")
    kind, index = CONTRACTS[name]
    value = getattr(scores, name)(overlap)
    assert isinstance(value, kind)
    if index:
        assert value.index.name == index
        assert list(value.index) == list(overlap.left_totals.index)
    again = getattr(scores, name)(overlap)
    if kind is float:
        assert again == value
        assert (
            0 <= value <= (2.2 if name in ("effective_partners", "variation_of_information") else 1)
        )
    else:
        (pd.testing.assert_frame_equal if kind is pd.DataFrame else pd.testing.assert_series_equal)(
            again, value
        )


def test_every_public_score_has_a_contract():
    import inspect

    public = {
        name for name, value in vars(scores).items() if inspect.isfunction(value) and name[0] != "_"
    }
    assert public == set(CONTRACTS) | {"alignment", "disputed", "pairwise", "sensitivity"}


def test_an_overlap_keeps_its_rules():
    whole = grid(IDENTICAL)
    for pairs, words in [
        (whole.pairs.drop(columns="shared"), "wanted columns left, right, weight, shared"),
        (whole.pairs.assign(weight=-1.0), "finite and not negative"),
        (whole.pairs.assign(weight=9.0), "weighs more than its left region"),
    ]:
        with pytest.raises(errors.MeasureError, match=words):
            Overlap(
                left="x", right="y", measure="population", pairs=pairs, total=whole.total,
                left_totals=whole.left_totals, right_totals=whole.right_totals,
            )  # fmt: skip
