"""The pictures of the command line and of the gallery: all there, all drawn, all told."""

import importlib.util
import re

import matplotlib.pyplot as plt
import pandas as pd
import pytest

import coterminosity as ct
from coterminosity import chain, picturing
from coterminosity.picture_commands import Kind
from coterminosity.proposing import propose
from tests.conftest import ROOT, call


@pytest.fixture(scope="module")
def scene():
    inputs = chain.gather()
    return picturing.Scene(inputs=inputs, plan=propose(inputs.graph, inputs.atoms))


@pytest.fixture(scope="module")
def drawing():
    spec = importlib.util.spec_from_file_location("draw_gallery", ROOT / "docs/draw_gallery.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def text():
    return (ROOT / "docs" / "gallery.md").read_text(encoding="utf-8")


def test_the_command_line_knows_every_picture():
    assert [kind.value for kind in Kind] == list(picturing.KINDS)


@pytest.mark.parametrize("kind", ["relations", "coincidence", "need", "money", "heat", "likeness"])
def test_pictures_are_drawn_of_the_embedded_figures(scene, kind):
    ax = picturing.KINDS[kind](scene)
    assert ax.get_title("left")
    assert len(ax.collections) > 0


def test_hexagons_on_request(scene):
    hexagons = picturing.Scene(inputs=scene.inputs, plan=scene.plan, geometry="hex")
    for kind in ("figure20", "coincidence", "need"):
        assert picturing.KINDS[kind](hexagons).get_title("left").endswith("(hexagon cartogram)")


def test_what_plans_agree_on_is_drawn_of_the_best_one_and_always_alike(
    scene, tmp_path, monkeypatch
):
    """Also where a given plan has open units: the search has a seed, and counts changes."""
    assert picturing._ENSEMBLE["n"] == 12
    few = {"within": 0.02, "apart": 0.005, "n": 3, "proposals": 5_000}
    monkeypatch.setattr(picturing, "_ENSEMBLE", few)
    written = []
    for geometry, given in (("hex", False), ("hex", True), (None, False)):
        fresh = picturing.Scene(
            inputs=scene.inputs, plan=scene.plan, geometry=geometry, against=scene.settled,
            given=given,
        )  # fmt: skip
        assert fresh.best.certificate.status == "optimal"
        out = picturing.draw(fresh, "certainty", out=tmp_path / f"{len(written)}.svg")
        written.append(out.read_text(encoding="utf-8"))
    assert written[0] == written[1]
    assert "Where 3 plans of nearly the same cost agree (hexagon cartogram)" in written[0]
    assert "Where 3 plans of nearly the same cost agree (schematic)" in written[2]
    assert plt.get_fignums() == []


def test_the_frontier_is_of_the_plans_by_number_of_areas(scene, tmp_path, monkeypatch):
    monkeypatch.setattr(picturing, "_NUMBERS_OF_AREAS", (34, 38))
    fresh = picturing.Scene(inputs=scene.inputs, plan=scene.plan)
    ax = picturing.KINDS["frontier"](fresh)
    table = fresh.by_number.table
    points = [own.get_xydata()[0].tolist() for own in ax.lines if own.get_gid() == "point"]
    assert points == table[["split_people", "merge_people"]].to_numpy().tolist()
    assert {own.get_text() for own in ax.texts if own.get_gid() == "value"} == {"34", "38"}
    by_number = picturing.KINDS["number-of-areas"](fresh)
    assert by_number.lines[0].get_ydata().tolist() == table["split_people"].to_list()


def test_a_gallery_is_whole_or_not_there(scene, tmp_path, monkeypatch):
    few = {name: picturing.KINDS[name] for name in ("likeness", "sizes")}
    monkeypatch.setattr(picturing, "KINDS", few)
    files = picturing.gallery(scene, tmp_path / "new", suffix=".svg")
    assert [file.name for file in files] == ["likeness.svg", "sizes.svg"]

    def broken(scene):
        raise RuntimeError("no ink")

    monkeypatch.setattr(picturing, "KINDS", few | {"broken": broken})
    with pytest.raises(RuntimeError, match="no ink"):
        picturing.gallery(scene, tmp_path / "other")
    assert not (tmp_path / "other").exists()


def test_a_plan_is_compared_with_another_on_the_command_line(scene, tmp_path, capsys, monkeypatch):
    plan = tmp_path / "plan.csv"
    areas = scene.settled.assignment.rename("area").rename_axis("code")
    areas.to_csv(plan)
    other = areas.copy()
    other["E09000008"] = "Coast to Capital"
    other.to_csv(tmp_path / "other.csv")
    out = tmp_path / "moves.svg"
    words = ("map", "--kind", "difference", "--plan", plan, "--against", tmp_path / "other.csv",
             "--geometry", "hex", "--out", out)  # fmt: skip
    code, _, said = call(capsys, monkeypatch, *words)
    assert (code, said) == (0, f"wrote {out}\n")
    drawn = out.read_text(encoding="utf-8")
    assert "1 district with 384,837 people moves (hexagon cartogram)" in drawn


def test_need_is_drawn_of_figures_that_are_given(tmp_path, capsys, monkeypatch, scene):
    codes = scene.plan.units.index
    table = pd.DataFrame({"LAD17CD": codes, "smoking": [k % 30 for k in range(len(codes))]})
    table.loc[0, "smoking"] = None
    table.to_csv(tmp_path / "need.csv", index=False)
    out = tmp_path / "need.svg"
    words = ("map", "--kind", "need", "--figures", tmp_path / "need.csv", "--out", out)
    code, _, _ = call(capsys, monkeypatch, *words)
    drawn = out.read_text(encoding="utf-8")
    assert code == 0
    assert "no figure: 1 districts: Hartlepool" in drawn
    code, _, said = call(capsys, monkeypatch, *words, "--column", "magic")
    assert code == 1
    assert "no column of numbers 'magic'; there are smoking" in said


def test_a_map_to_look_around_in_from_the_command_line(tmp_path, capsys, monkeypatch):
    out = tmp_path / "map.html"
    code, _, said = call(capsys, monkeypatch, "explore", "--geometry", "hex", "--out", out)
    assert (code, said) == (0, f"wrote {out}\n")
    assert "Hexagon cartogram" in out.read_text(encoding="utf-8")


def test_every_kind_and_picture_is_in_the_gallery(drawing, text):
    pictures = {picture for picture, _ in drawing.blocks(text) if picture}
    assert pictures == {f"images/{p.name}" for p in (ROOT / "docs/images").glob("gallery-*.png")}
    for kind in picturing.KINDS:
        assert f"`{kind}`" in text, kind
    assert "© Crown copyright and database right 2017" in text
    assert all(code.count("\n") <= 10 for _, code in drawing.blocks(text))
    assert sum(p.stat().st_size for p in (ROOT / "docs/images").iterdir()) < 2_500_000


def test_the_lines_of_the_gallery_run(drawing, text):
    """All of them but those that draw random plans or solve briefs, which take seconds."""
    slow = ("null_model", "frontier", "ensemble")
    quick = text.replace('ct.propose(graph, atoms, ct.Brief(), method="optimal", '
                         "proposals=20_000)", "settled")  # fmt: skip
    for block in re.findall(r"!\[[^\n]*\n\n```python\n.*?```", quick, re.DOTALL):
        if any(word in block for word in slow):
            quick = quick.replace(block, "")
    shown = []
    names = drawing.run(quick, lambda ax, picture: shown.append((ax, picture)), {})
    assert len(shown) == len([p for p, _ in drawing.blocks(quick) if p]) >= 15
    assert all(ax.get_title("left") for ax, _ in shown)
    assert names["explorer"].html.startswith("<!doctype html>")


def test_a_scenario_is_drawn_as_it_is(tmp_path, capsys, monkeypatch):
    """Units that it leaves open stay open, and its moves are not proposed away."""
    from coterminosity import picture_commands as commands
    from coterminosity.terminal import Bar

    data = ct.england_2017()
    own = ct.Scenario(ct.propose(data.graph, data.atoms)).move("Croydon", to="Coast to Capital")
    path = own.write(tmp_path / "own.toml")
    start = own.undo().write(tmp_path / "start.csv")
    with Bar() as bar:
        scene = commands._scene(bar, ct.Brief(), None, None, None, path, start, (None, None))
    assert scene.settled.area_of("Croydon") == "Coast to Capital"
    assert len(scene.settled.open_units) == 6
    assert scene.other["E09000008"] == "London"
