"""The command line: what it prints, writes and refuses."""

import os
import shutil
import subprocess
import sys

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from coterminosity import chain, england_2017, errors, measuring, scores
from tests.conftest import call

FILES = ["plan.csv", "areas.csv", "pairs.csv", "scores.csv", "decisions.csv",
         "alternatives.csv", "areas.png", "figure19.png", "figure20.png",
         "figure21.png"]  # fmt: skip


def test_run_writes_everything_and_says_what_it_found(tmp_path, capsys, monkeypatch):
    out = tmp_path / "out"
    code, said, _ = call(capsys, monkeypatch, "run", "--out", out)
    assert code == 0
    assert sorted(path.name for path in out.iterdir()) == sorted(FILES)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out"]
    for words in (
        "38 areas of 326 districts (schematic maps)",
        "No conflict (class A): 91.5% of people, 84.7% of land, 89.3% of districts",
        "split share 29.1% (cut off from the bulk of their LEP by STP borders), merge share 13.8%",
        "STPs and the proposed areas: split share 11.6%, merge share 26.3%, coterminosity 0.811",
        "(class C, to negotiate): 6: East Hampshire, East Riding of Yorkshire, Lewes",
        "In pieces until open districts are settled: Humber in 2",
        "Rutland to Leicester and Leicestershire",
        "areas.png",
    ):
        assert words in said
    plan = pd.read_csv(out / "plan.csv", dtype="str")
    assert list(plan.columns) == ["code", "name", "area", "class", "flag"]
    assert len(plan) == 326
    assert plan["area"].nunique() == 38
    assert set(plan.loc[plan["area"].isna(), "flag"]) == {"negotiate"}
    areas = pd.read_csv(out / "areas.csv")
    assert list(areas.columns[:4]) == ["area", "population", "area_km2", "districts"]
    pairs = pd.read_csv(out / "pairs.csv", dtype={"left": "str", "right": "str"})
    people = pairs.query("left_layer == 'lad' and right_layer == 'stp' and measure == 'population'")
    assert len(people) == 343
    assert people["weight"].sum() == 55_619_430
    scores = pd.read_csv(out / "scores.csv").set_index(
        ["left_layer", "right_layer", "measure", "score"]
    )["value"]
    assert scores["lep", "stp", "population", "coterminosity"] == pytest.approx(0.78578, abs=1e-5)
    log = pd.read_csv(out / "decisions.csv", dtype="str", keep_default_na=False)
    asked = log[log["flag"] == "negotiate"]
    assert len(asked) == 6
    assert asked["alternatives"].str.contains("coterminosity").all()
    assert asked["alternatives"].str.contains("strands Kingston upon Hull").sum() == 1


def test_a_policy_must_be_named_to_settle_class_c(tmp_path, capsys, monkeypatch):
    out = tmp_path / "out"
    code, _, _ = call(capsys, monkeypatch, "propose", "--contested", "least-split", "--out", out)
    assert code == 0
    plan = pd.read_csv(out / "plan.csv", keep_default_na=False)
    assert (plan["area"] != "").all()
    assert (plan["flag"] == "negotiate").sum() == 6


def test_layers_score_and_map(tmp_path, capsys, monkeypatch):
    code, said, _ = call(capsys, monkeypatch, "layers")
    assert code == 0
    assert "lep-2017" in said
    code, said, told = call(capsys, monkeypatch, "score", "lad", "stp", "--out", tmp_path / "p.csv")
    assert (code, "98.7%" in said) == (0, True)
    assert "districts against STPs, by people" in said
    assert "343 pairs" in told
    assert len(pd.read_csv(tmp_path / "p.csv")) == 343
    code, said, _ = call(capsys, monkeypatch, "score", "lad", "stp", "--weight", "area")
    assert "districts against STPs, by land" in said
    code, _, _ = call(capsys, monkeypatch, "map", "--kind", "figure21", "--out", tmp_path / "m.svg")
    assert code == 0
    assert b"Overlapping LEPs" in (tmp_path / "m.svg").read_bytes()


def test_plans_stand_in_for_the_same_layer_whichever_is_named_first():
    atoms = england_2017().atoms
    for left, right in (("lep", "stp"), ("stp", "lep")):
        overlap = atoms.overlap(left, right)
        skill = measuring.skill_of(overlap, atoms, n=20, rng=1, tolerance=0.01)
        assert "contiguous plans of 38 areas" in skill.notes[0]
        assert "in place of the LEPs" in skill.notes[0]


def test_z_is_above_0_where_layers_are_better_than_chance():
    overlap = england_2017().atoms.overlap("lep", "stp")
    summary = scores.summary(overlap)
    skill = pd.DataFrame({"mean": 0.5, "skill": 0.2, "z": 3.0}, index=summary.index)
    skill.loc["split_share", "z"] = -3.0  # lower than of plans, which is better
    skill.loc["best_dice", ["skill", "z"]] = [-0.1, -2.0]  # lower, which is worse
    skill.loc["merge_share", ["skill", "z"]] = [-0.1, 2.0]  # higher, which is worse
    rows = measuring.measure_rows(overlap, summary, skill, what="people")
    shown = rows.loc[["coterminosity", "split_share", "best_dice", "merge_share"], "z"]
    assert shown.to_list() == ["+3.0", "+3.0", "-2.0", "-2.0"]


def squares(path, **columns):
    boxes = [shapely.box(4e5, 3e5, 41e4, 31e4), shapely.box(41e4, 3e5, 42e4, 31e4)]
    table = {"LAD17CD": ["E06000001", "E06000002"], "LAD17NM": ["A", "B"]} | columns
    table = {name: values for name, values in table.items() if values is not None}
    gpd.GeoDataFrame(table, geometry=boxes, crs="EPSG:27700").to_file(path)


def test_check_reports_on_a_file(tmp_path, capsys, monkeypatch):
    path = tmp_path / "two.gpkg"
    squares(path)
    code, said, _ = call(capsys, monkeypatch, "check", path)
    assert code == 0
    assert "completeness" in said
    assert "0.2% of England" in said


def folder_of(tmp_path, **files):
    folder = tmp_path / "boundaries"
    folder.mkdir()
    for name, columns in files.items():
        squares(folder / f"{name}.gpkg", **columns)
    return folder


LAD = {"LAD17CD": ["E06000001", "E06000002"]}
LEP = {"LAD17CD": None, "LAD17NM": None, "LEP17CD": ["L1", "L2"], "LEP17NM": ["One", "Two"]}
STP = {"LAD17CD": None, "LAD17NM": None, "STP17CD": ["S1", "S2"], "STP17NM": ["Su", "Sv"]}


def test_run_on_a_folder_with_a_table_of_people(tmp_path, capsys, monkeypatch):
    folder = folder_of(tmp_path, lad=LAD, lep=LEP, stp=STP)
    (folder / "notes.geojson").write_text("not a boundary file")
    people = tmp_path / "people.csv"
    people.write_text("LAD17CD,Population\nE06000001,100\nE06000002,300\n")
    out = tmp_path / "out"
    code, said, told = call(
        capsys, monkeypatch, "run", "--boundaries", folder, "--population", people, "--out", out
    )
    assert code == 0, told
    assert "2 areas of 2 districts (real boundaries)" in said
    assert "note: passed over notes.geojson" in told
    assert pd.read_csv(out / "areas.csv")["population"].to_list() == [100, 300]


def test_a_folder_with_odd_files_beside_good_ones(tmp_path, capsys, monkeypatch):
    """Centres of districts are no boundaries, and Wales has no LEPs."""
    wales = {"LAD17CD": ["E06000001", "W06000001"], "LAD17NM": ["$x_{$", "B"]}
    folder = folder_of(tmp_path, lad=wales, lep=LEP, stp=STP)
    centres = gpd.read_file(folder / "lad.gpkg")
    centres.set_geometry(centres.centroid).to_file(folder / "centres.gpkg")
    people = tmp_path / "people.csv"
    people.write_text("LAD17CD,Population\nE06000001,100\n")
    code, said, told = call(
        capsys, monkeypatch, "run", "--boundaries", folder, "--population", people, "--out",
        tmp_path / "out",
    )  # fmt: skip
    assert code == 0, told
    assert "1 areas of 1 districts" in said
    assert "100.0% of people, 100.0% of land" in said
    assert "passed over centres.gpkg" in told
    assert "left out 1 regions outside England" in told


def bad_calls(tmp_path):
    folder = folder_of(tmp_path, lad=LAD, lep=LEP, stp=STP)
    poor = tmp_path / "poor"
    poor.mkdir()
    squares(poor / "lad.gpkg")
    text = tmp_path / "text.geojson"
    text.write_text("hello")
    odd = tmp_path / "odd.csv"
    odd.write_text("LAD17CD,population\nE06000001,100\nE06000009,300\n")
    nameless = tmp_path / "nameless.csv"
    nameless.write_text("LAD17CD,heads\nE06000001,100\n")
    double = tmp_path / "double.csv"
    double.write_text("LAD17CD,population\nE06000001,100\nE06000001,300\n")
    blank = tmp_path / "blank.csv"
    blank.write_text("LAD17CD,population\n,1\n,2\nE06000001,3\n")
    text.with_suffix(".txt").write_text("hello")
    taken = tmp_path / "taken"
    taken.write_text("a file")
    out = tmp_path / "out"
    in_folder = ["run", "--boundaries", folder, "--out", out]
    return {
        "missing folder": (["run", "--boundaries", tmp_path / "no"], "no such folder"),
        "layers missing": (
            ["run", "--boundaries", poor, "--out", out],
            "no boundary file of layer lep, stp (a code column such as LEP17CD); found lad",
        ),
        "people missing": (in_folder, "the embedded 2017 figures do not fit these boundaries"),
        "people of others": (
            [*in_folder, "--population", odd],
            "1 regions have no people (E06000002) and 1 rows have no region (E06000009)",
        ),
        "no people column": ([*in_folder, "--population", nameless], "no column of people"),
        "double people": ([*in_folder, "--population", double], "two rows for E06000001"),
        "no people file": ([*in_folder, "--population", tmp_path / "x.csv"], "no such population"),
        "blank codes": ([*in_folder, "--population", blank], "no code in row 1"),
        "people as text": ([*in_folder, "--population", text.with_suffix(".txt")], "wanted people"),
        "people unasked": (["score", "lep", "stp", "--population", odd], "leave it out"),
        "odd system": (["check", folder / "lad.gpkg", "--crs", "", "--layer", "lepp"], "of layer"),
        "people alone": (["run", "--population", odd, "--out", out], "needs boundaries"),
        "out is a file": (["run", "--out", taken], "is a file; name a folder"),
        "brief": (["run", "--brief", text, "--out", out], "is not TOML"),
        "missing file": (["check", tmp_path / "none.gpkg"], "no such file"),
        "no boundary file": (["check", text], "is not what its ending says"),
        "unknown layer": (["score", "lep", "parish"], "'parish': wanted a boundary file, a layer"),
        "unknown weight": (["score", "lep", "stp", "--weight", "cows"], "no measure 'cows'"),
        "no table": (["score", "lep", "stp", "--out", tmp_path / "script.py"], "a file .csv"),
        "one plan": (["score", "lep", "stp", "--plans", "1"], "20 random plans or more, or 0"),
        "other territory": (
            ["score", "lep", "stp", "--extent", "Wales"],
            "figures are of England, not of Wales",
        ),
        "unknown territory": (
            ["score", "lep", "stp", "--extent", "Narnia"],
            "no extent is called 'Narnia'",
        ),
        "file and layer": (["score", "lep", text], "`coterminosity fetch lep-2017` gets it"),
        "unknown picture": (["map", "--out", tmp_path / "m.bmp"], "wanted a map as .png"),
    }  # fmt: skip


NAMES = ["missing folder", "layers missing", "people missing", "people of others",
         "no people column", "double people", "no people file", "blank codes", "people as text",
         "people unasked", "odd system", "people alone", "out is a file",
         "brief", "missing file", "no boundary file", "unknown layer", "unknown weight",
         "other territory", "unknown territory", "no table", "one plan",
         "file and layer", "unknown picture"]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_bad_input_is_one_sentence_and_exit_1(name, tmp_path, capsys, monkeypatch):
    calls = bad_calls(tmp_path)
    assert sorted(calls) == sorted(NAMES)
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")}
    words, sentence = calls[name]
    code, said, told = call(capsys, monkeypatch, *words)
    assert code == 1
    assert said == ""
    assert told.startswith("coterminosity: ")
    assert told.count("\n") == 1
    assert sentence in told
    after = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*") if path.name != "out"}
    assert {path for path in after if path.is_file()} == {p for p in before if p.is_file()}


def test_wrong_usage_is_exit_2(capsys, monkeypatch):
    assert call(capsys, monkeypatch, "run", "--no-such-option")[0] == 2
    assert call(capsys, monkeypatch, "fly")[0] == 2
    for words in (["run", "--contested", "coin"], ["map", "--kind", "globe", "--out", "m.png"]):
        code, _, told = call(capsys, monkeypatch, *words)
        assert code == 2
        assert "is not one of" in told
    assert call(capsys, monkeypatch, "--version")[1].strip() == "0.1.0"


def test_a_failure_half_way_leaves_nothing_behind(tmp_path):
    def broken(path):
        path.write_text("half")
        raise OSError("disk full")

    writers = {"one.csv": lambda path: path.write_text("whole"), "two.csv": broken}
    with pytest.raises(OSError, match="disk full"):
        chain.write_together(tmp_path / "out", writers)
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "taken" / "two.csv").mkdir(parents=True)
    with pytest.raises(errors.CoterminosityError, match=r"two.csv is a folder"):
        chain.write_together(tmp_path / "taken", writers)
    assert not (tmp_path / "taken" / "one.csv").exists()
    shutil.rmtree(tmp_path / "taken")
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "one.csv").write_text("old")
    with pytest.raises(OSError, match="disk full"):
        chain.write_together(tmp_path / "out", writers)
    assert (tmp_path / "out" / "one.csv").read_text() == "old"


def test_two_hash_seeds_give_the_same_bytes(tmp_path):
    for seed in ("0", "4242"):
        environment = os.environ | {"PYTHONHASHSEED": seed}
        subprocess.run(
            [sys.executable, "-m", "coterminosity", "run", "--out", str(tmp_path / seed)],
            env=environment, check=True, capture_output=True,
        )  # fmt: skip
    for name in FILES:
        one, other = (tmp_path / seed / name for seed in ("0", "4242"))
        assert one.read_bytes() == other.read_bytes(), name
