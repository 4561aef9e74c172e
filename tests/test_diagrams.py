"""Diagrams: what is drawn is what was counted, in an order in which the diagonal shows."""

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex

import coterminosity as ct
from coterminosity import diagrams, errors, maps
from coterminosity.diagrams.heat import seriated


@pytest.fixture(scope="module")
def data():
    return ct.england_2017()


@pytest.fixture(scope="module")
def overlap(data):
    return data.atoms.overlap("lep", "stp")


def overlap_of(rows: list[tuple[str, str, float]]) -> ct.Overlap:
    table = pd.DataFrame(rows, columns=["LEP", "STP", "population"])
    atoms = ct.Atoms.from_lookup(
        table, layers={"lep": "LEP", "stp": "STP"}, measures=["population"]
    )
    return atoms.overlap("lep", "stp")


def test_seriation_finds_a_hidden_diagonal_from_any_order():
    band = np.eye(12) * 5 + np.eye(12, k=1) + np.eye(12, k=-1)
    rng = np.random.default_rng(3)
    for _ in range(5):
        mixed = band[rng.permutation(12)][:, rng.permutation(12)]
        rows, columns = seriated(mixed)
        found = mixed[np.ix_(rows, columns)]
        assert (found == band).all() or (found == band[::-1, ::-1]).all()


def test_the_heat_map_shows_every_share_beside_its_names(data, overlap):
    names = data.atoms.regions("lep")
    ax = diagrams.heat_map(overlap, names_left=names)
    rows = [label.get_text() for label in ax.get_yticklabels()]
    columns = [label.get_text() for label in ax.get_xticklabels()]
    assert (len(rows), len(columns)) == (38, 44)
    drawn = pd.DataFrame(ax.collections[0].get_array().reshape(38, 44).filled(0.0),
                         index=rows, columns=columns)  # fmt: skip
    pairs = ct.scores.pair_table(overlap)
    for row in pairs.sample(25, random_state=1).to_dict("records"):
        name = names[row["left"]]
        if name in rows:
            assert drawn.loc[name, row["right"]] == pytest.approx(row["share_of_left"])
    diagonal = np.abs(np.linspace(0, 1, 38)[:, None] - np.linspace(0, 1, 44)[None])
    assert (drawn.to_numpy() * diagonal).sum() / drawn.to_numpy().sum() < 0.06
    other = diagrams.heat_map(overlap, share="right")
    values = other.collections[0].get_array().reshape(38, 44).filled(0.0)
    columns = pairs.groupby("right")["share_of_right"].sum()  # above 1 where LEPs overlap
    assert sorted(values.sum(axis=0)) == pytest.approx(sorted(columns))
    with pytest.raises(errors.MeasureError, match="share: wanted left or right"):
        diagrams.heat_map(overlap, share="both")


def test_ribbons_are_as_wide_as_people_are_many_and_the_cut_are_orange():
    overlap = overlap_of([("a", "x", 60.0), ("a", "y", 20.0), ("b", "y", 20.0)])
    ax = diagrams.flows(overlap)
    blue, orange = (c for c in ax.collections if len(c.get_paths()))
    wide = lambda path: path.vertices[0, 1] - path.vertices[-2, 1]  # noqa: E731
    assert sorted(wide(p) for p in blue.get_paths()) == pytest.approx([0.2, 0.6])
    assert [wide(p) for p in orange.get_paths()] == pytest.approx([0.2])
    said = [t.get_text() for t in ax.get_legend().get_texts()]
    assert said[1] == "cut off from most of their body: 20 (20%)"
    assert {t.get_text() for t in ax.texts} == {"a", "b", "x", "y"}


def test_flows_of_some_regions_and_of_large_pairs(data, overlap):
    names = data.atoms.regions("lep")
    code = names.index[names == "New Anglia"]
    ax = diagrams.flows(overlap, regions=code, names_left=names)
    assert sum(t.get_text() == "New Anglia" for t in ax.texts) == 1
    assert len(ax.texts) == 1 + int((overlap.pairs["left"] == code[0]).sum())
    ax = diagrams.flows(overlap, least=1_000_000)
    foot = " ".join(t.get_text() for t in ax.get_figure().texts).replace("\n", " ")
    assert "pairs of fewer than 1,000,000 people are left out" in foot
    with pytest.raises(errors.MeasureError, match="nothing that could be drawn"):
        diagrams.flows(overlap, least=1e9)


def test_names_beside_flows_do_not_touch(data, overlap):
    ax = diagrams.flows(overlap, names_left=data.atoms.regions("lep"),
                        names_right=data.atoms.regions("stp"))  # fmt: skip
    boxes = [t.get_window_extent() for t in ax.texts]
    for k, one in enumerate(boxes):
        assert not any(one.shrunk(1, 0.75).overlaps(other.shrunk(1, 0.75)) for other in boxes[:k])


def test_layers_that_are_alike_join_first(data):
    table = ct.scores.pairwise(data.atoms, ["crc", "pfa", "lep", "stp"])
    ax = diagrams.likeness(table)
    order = [label.get_text() for label in ax.get_yticklabels()]
    assert abs(order.index("CRCs") - order.index("PFAs")) == 1
    written = {t.get_text() for t in ax.texts}
    assert f"{table['coterminosity'].max():.2f}" in written
    assert len(ax.texts) == 12
    with pytest.raises(errors.MeasureError, match="give all pairs"):
        diagrams.likeness(table.iloc[:-1])
    with pytest.raises(errors.MeasureError, match="no column of numbers 'magic'"):
        diagrams.likeness(table, measure="magic")


def test_chance_marks_the_plan_and_says_how_many_it_beats():
    scores = pd.Series(np.linspace(0.4, 0.6, 50), name="coterminosity")
    ax = diagrams.chance(scores, {"the plan": 0.5, "today": 0.7}, of="50 random plans")
    assert sum(bar.get_height() for bar in ax.patches) == 50
    assert [t.get_text() for t in ax.texts] == [
        "the plan: 0.500\nabove 25 of 50 random plans", "today: 0.700\nabove 50 of 50 random plans",
    ]  # fmt: skip
    assert [line.get_xdata()[0] for line in ax.lines] == [0.5, 0.7]
    assert ax.get_title("left") == "Coterminosity, against chance"
    with pytest.raises(errors.MeasureError, match="no scores"):
        diagrams.chance(scores * np.nan, {})


def test_scores_by_number_of_areas_tell_proof_from_find():
    table = pd.DataFrame(
        {
            "split_people": [1e6, 2e6, 3e6],
            "merge_people": [9e6, 5e6, 2e6],
            "status": ["optimal", "feasible", "optimal"],
        },
        index=[30, 38, 44],
    )
    ax = diagrams.by_areas(table, marked={"rules": (38, {"split_people": 4e6})})
    full = [line for line in ax.lines if line.get_marker() == "o"
            and line.get_markerfacecolor() != "white"]  # fmt: skip
    assert full[0].get_xdata().tolist() == [30, 44]
    assert ax.get_xticks().tolist() == sorted(set(table.index))
    said = [t.get_text() for t in ax.get_legend().get_texts()]
    assert said[-2:] == ["proved best", "best found"]
    best = diagrams.by_areas(table.assign(status="optimal"))
    assert "best found" not in [t.get_text() for t in best.get_legend().get_texts()]
    (cross,) = [line for line in ax.lines if line.get_gid() == "marked"]
    assert cross.get_ydata() == [4e6]
    assert "rules" in [t.get_text() for t in ax.texts]
    with pytest.raises(errors.MeasureError, match="no 'need'"):
        diagrams.by_areas(table, measures=("need",))


def test_sizes_are_told_against_the_band():
    people = pd.Series({"Small": 2e5, "Fit": 9e5, "Big": 4e6})
    ax = diagrams.sizes(people, floor=3e5, ceiling=3e6)
    assert [t.get_text() for t in ax.texts] == ["4.00 (above)", "0.90", "0.20 (below)"]
    assert [label.get_text() for label in ax.get_yticklabels()] == ["Big", "Fit", "Small"]
    bars = [p for p in ax.patches if p.get_height() < 1]
    assert len({to_hex(bar.get_facecolor()) for bar in bars}) == 3
    assert ax.get_title("left") == "1 of 3 areas are inside the band"


def test_diagrams_take_axes_and_are_saved_like_maps(tmp_path):
    own = maps.new_page()[1]
    people = pd.Series({"Fit": 9e5})
    assert diagrams.sizes(people, floor=3e5, ceiling=3e6, ax=own) is own
    written = [
        maps.save(diagrams.sizes(people, floor=3e5, ceiling=3e6), tmp_path / f"{k}.svg")
        for k in (1, 2)
    ]
    assert written[0].read_bytes() == written[1].read_bytes()


def test_long_names_stand_whole_on_the_page(data, overlap):
    names = {side: data.atoms.regions(layer)
             for side, layer in (("names_left", "lep"), ("names_right", "stp"))}  # fmt: skip
    ax = diagrams.heat_map(overlap, **names)
    figure = ax.get_figure()
    figure.canvas.draw()
    written = [*ax.get_xticklabels(), *ax.get_yticklabels(), ax._left_title]
    assert "Durham, Darlington, Teesside, Hambleton, Richmondshire and Whitby" in [
        text.get_text() for text in written
    ]
    for text in written:
        box = text.get_window_extent()
        assert figure.bbox.x0 <= box.x0 <= box.x1 <= figure.bbox.x1
        assert figure.bbox.y0 <= box.y0 <= box.y1 <= figure.bbox.y1
    flows = diagrams.flows(overlap, **names)
    said = [text for text in flows.texts if text.get_gid() == "region"]
    assert sum(text.get_text().endswith("…") for text in said) == 1
    page = flows.get_figure()
    page.canvas.draw()
    for text in said:
        assert page.bbox.x0 <= text.get_window_extent().x0
        assert text.get_window_extent().x1 <= page.bbox.x1
