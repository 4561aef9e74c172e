"""Commands about plans: what they print, write and refuse."""

import os
import signal
import subprocess
import sys
import time
import tomllib

import pandas as pd
import pytest

import coterminosity as ct
from coterminosity import Brief, errors
from coterminosity.maps import save, sheet
from coterminosity.plan_files import read_plan, to_toml, write_plan
from tests.conftest import ROOT, call

BRIEFS = ROOT / "examples" / "briefs"


@pytest.fixture(scope="module")
def england():
    return ct.england_2017()


@pytest.fixture(scope="module")
def best(england):
    return ct.propose(england.graph, england.atoms, Brief(), method="optimal", proposals=5_000)


def test_propose_prints_cost_bound_gap_and_five_contestable_districts(
    tmp_path, capsys, monkeypatch
):
    brief, out = BRIEFS / "source-model.toml", tmp_path / "out"
    code, said, _ = call(
        capsys, monkeypatch, "propose", brief, "--method", "optimal", "--windows", "2",
        "--proposals", "5000", "--out", out,
    )  # fmt: skip
    assert code == 0
    assert "cost 7,694,295, bound 7,694,295, gap 0.00%: proved optimal" in said
    assert "split lep 4,156,528, split stp 3,537,767" in said
    near = said.split("Most contestable:\n")[1].split("Windows:")[0].strip().splitlines()
    assert len(near) == 5
    assert all(" to " in line and "(STP)" in line for line in near)
    assert "no exchange between any two adjacent areas improves this plan" in said
    assert sorted(path.name for path in out.iterdir()) == [
        "alternatives.csv", "areas.csv", "decisions.csv", "plan.csv", "plan.toml",
    ]  # fmt: skip
    table = pd.read_csv(out / "plan.csv", dtype="str")
    held = read_plan(out / "plan.toml")
    assert table.set_index("code")["area"].to_dict() == held.assignment.to_dict()
    assert read_plan(out / "plan.csv").assignment.to_dict() == held.assignment.to_dict()
    # New Forest is locked to Solent, whatever it costs.
    assert held.assignment["E07000091"] == "Solent"
    assert held.brief == Brief.from_file(brief)


def test_a_plan_file_holds_what_it_takes_to_make_the_plan_again(england, best, tmp_path):
    path = write_plan(best, tmp_path / "best.toml")
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    assert table["method"] == "optimal"
    assert table["certificate"]["status"] == "optimal"
    assert table["certificate"]["bound"] == pytest.approx(7_694_295)
    assert table["certificate"]["seed"] == 1
    assert {"coterminosity", "highspy", "numpy"} <= set(table["versions"])
    assert {len(value) for value in table["inputs"].values()} == {64}
    again = ct.propose(
        england.graph, england.atoms, read_plan(path).brief, method="optimal", proposals=5_000
    )
    assert to_toml(again) == path.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("plan.toml", "this is = = not", "cannot be read as a plan"),
        ("plan.toml", "k = 3", "wanted a plan file"),
        ("plan.csv", "code,home\na,b\n", "wanted columns code and area"),
        ("plan.csv", "code,area\na,b\na,c\n", "a stand twice"),
    ],
)
def test_files_that_hold_no_plan(tmp_path, name, text, words):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    with pytest.raises(errors.BriefError, match=words):
        read_plan(path)


def test_a_plan_file_that_is_not_there(tmp_path):
    with pytest.raises(errors.BriefError, match="no such plan"):
        read_plan(tmp_path / "none.toml")


def test_why_says_what_a_move_costs_and_what_blocks_it(tmp_path, capsys, monkeypatch, best):
    path = write_plan(best, tmp_path / "best.toml")
    code, said, _ = call(capsys, monkeypatch, "why", "Croydon", "--plan", path)
    assert code == 0
    assert said.startswith("Croydon (384,837 people) is in London.\nTo Coast to Capital: costs ")
    assert "South West London (STP) split, 384,837 people apart from the rest" in said
    code, said, err = call(capsys, monkeypatch, "why", "Atlantis", "--plan", path)
    assert (code, said) == (1, "")
    assert "layer 'lad' has no region 'Atlantis'" in err


def test_compare_shows_the_moves_from_one_plan_to_another(
    england, best, tmp_path, capsys, monkeypatch
):
    rules = ct.propose(england.graph, england.atoms, Brief(contested="least-split"))
    rules.units.reset_index().to_csv(tmp_path / "rules.csv", index=False)
    path = write_plan(best, tmp_path / "best.toml")
    out = tmp_path / "compared"
    code, said, _ = call(capsys, monkeypatch, "compare", tmp_path / "rules.csv", path, "--out", out)
    assert code == 0
    assert "The second costs 283,569 less." in said
    moves = pd.read_csv(out / "script.csv")
    assert moves["cost_after"].iloc[-1] == pytest.approx(7_694_295)
    assert moves["in_one_piece"].all()
    # Carried out one by one, the moves lead from the one plan to the other.
    area = rules.assignment.copy()
    for row in moves.to_dict("records"):
        area[row["unit"]] = row["to"]
    assert (area == best.assignment).all()


def test_a_brief_that_cannot_be_met_is_refused_with_its_clash(capsys, monkeypatch):
    code, said, err = call(
        capsys, monkeypatch, "propose", BRIEFS / "infeasible.toml", "--method", "optimal"
    )
    assert (code, said) == (1, "")
    assert "must_join Cornwall, Plymouth and must_join Plymouth, South Hams and must_part" in err
    assert err.count("\n") == 1


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGINT to send")
def test_ctrl_c_returns_the_best_plan_so_far(tmp_path):
    environment = os.environ | {"COTERMINOSITY_NO_NUMBA": "1", "PYTHONUNBUFFERED": "1"}
    out = tmp_path / "out"
    child = subprocess.Popen(
        [
            sys.executable, "-m", "coterminosity", "propose", str(BRIEFS / "free-areas.toml"),
            "--method", "refine", "--proposals", "100000000", "--time-limit", "600",
            "--out", str(out),
        ],
        env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    time.sleep(12)  # long enough to be searching; it would search for hours
    child.send_signal(signal.SIGINT)
    said, err = child.communicate(timeout=60)
    assert child.returncode == 0, err
    assert "stopped by interrupted" in said or "interrupted" in said
    assert "interrupted: this is the best plan so far" in err
    about = tomllib.loads((out / "plan.toml").read_text(encoding="utf-8"))
    assert about["certificate"]["stopped"] == "interrupted"
    assert about["certificate"]["status"] == "feasible"


def test_prices_say_what_a_lock_costs(england):
    brief = Brief(locks={"New Forest": "Solent"})
    plan = ct.propose(england.graph, england.atoms, brief, method="optimal", proposals=5_000)
    table = ct.prices(plan, time_limit=30, proposals=5_000)
    assert table["kind"].to_list() == ["lock"]
    assert table["cost_with"][0] - table["cost_without"][0] == pytest.approx(table["price_low"][0])
    assert table["price_low"][0] == pytest.approx(table["price_high"][0])


def test_a_plan_that_someone_gives_is_priced(england, best):
    given = best.assignment.copy()
    given["E09000008"] = "Coast to Capital"  # Croydon
    plan = ct.plan_of(given, england.graph, england.atoms, Brief())
    assert plan.certificate.status == "feasible"
    assert plan.certificate.cost - best.certificate.cost == pytest.approx(384_837)
    with pytest.raises(errors.BriefError, match="Croydon have no area"):
        ct.plan_of(given.drop("E09000008"), england.graph, england.atoms, Brief())


def test_a_sheet_draws_plans_side_by_side(england, best, tmp_path):
    lad = england.atoms.dissolve("lad")
    axes = sheet({"rules": ct.propose(england.graph, england.atoms), "best": best}, lad, spare=1)
    assert len(axes) == 3
    assert axes[0].get_title(loc="left").startswith("rules\n38 areas, 6 open; by rules")
    assert "0.00%: proved optimal" in axes[1].get_title(loc="left")
    assert save(axes[0], tmp_path / "sheet.png", dpi=40).stat().st_size > 10_000
    with pytest.raises(errors.LayerError, match="at least one plan"):
        sheet({}, lad)


def test_a_plan_file_knows_its_base_plan(england, best, tmp_path, capsys, monkeypatch):
    rules = ct.propose(england.graph, england.atoms, Brief(contested="least-split"))
    rules.units.reset_index().to_csv(tmp_path / "rules.csv", index=False)
    brief = Brief(frozen=("Solent",), status_quo_cost=0.5)
    plan = ct.propose(
        england.graph, england.atoms, brief, method="refine", base=rules, proposals=5_000
    )
    solent = set(rules.assignment.index[rules.assignment == "Solent"])
    assert set(plan.assignment.index[plan.assignment == "Solent"]) == solent
    path = write_plan(plan, tmp_path / "plan.toml")
    assert "base" in read_plan(path).about["inputs"]
    code, _, err = call(capsys, monkeypatch, "why", "Croydon", "--plan", path)
    assert code == 1
    assert "none is given; give base= (on the command line --base plan.csv)" in err
    code, said, err = call(
        capsys, monkeypatch, "why", "Croydon", "--plan", path, "--base", tmp_path / "rules.csv"
    )
    assert (code, err) == (0, "")
    assert said.startswith("Croydon (384,837 people) is in ")
    # Another base plan is another problem, and the bound is not used.
    best.units.reset_index().to_csv(tmp_path / "best.csv", index=False)
    _, _, err = call(
        capsys, monkeypatch, "why", "Croydon", "--plan", path, "--base", tmp_path / "best.csv"
    )
    assert "was made of other inputs than these" in err


def test_a_free_brief_that_is_proved_impossible_names_its_demands():
    # Four units in a row: ends must be together, middle units are apart and none may join them.
    units = pd.DataFrame({"name": list("ABCD"), "population": 10.0}, index=list("abcd"))
    borders = pd.DataFrame(
        {"focal": list("abc"), "neighbour": list("bcd"), "metres": [1.0, 1.0, 1.0]}
    )
    table = pd.DataFrame({"lad": list("abcd"), "lep": "x", "stp": "s", "population": 10.0})
    atoms = ct.Atoms.from_lookup(
        table, layers={layer: layer for layer in ("lad", "lep", "stp")}, measures=["population"]
    )
    brief = Brief(
        anchors=(), k=2, border_cost=1.0, split_cost=0.0, size_rule="hard", size_floor=0,
        size_ceiling=30, must_join=[["a", "d"]],
    )  # fmt: skip
    with pytest.raises(errors.BriefError) as told:
        ct.propose(ct.UnitGraph.from_table(units, borders), atoms, brief, method="optimal")
    assert "contiguity" in str(told.value)
    assert "must_join A, D" in str(told.value)


def test_mergers_that_cannot_meet_a_band_are_mended(england):
    mean = 55_619_430 / 38
    brief = Brief(
        anchors=(), k=38, split_cost=0.0, border_cost=1.0, size_rule="hard",
        size_floor=0.75 * mean, size_ceiling=1.25 * mean,
    )  # fmt: skip
    plan = ct.propose(england.graph, england.atoms, brief, method="merge", proposals=100_000)
    assert any("mended by" in note for note in plan.certificate.notes)
    assert plan.certificate.status == "feasible"
    people = plan.area_table(england.atoms)["population"]
    assert len(people) == 38
    assert people.between(0.75 * mean, 1.25 * mean).all()
    assert (plan.pieces(england.graph) == 1).all()
