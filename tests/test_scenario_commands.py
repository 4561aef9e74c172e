"""The commands `scenario` and `compare`, and steps typed in plain words."""

import json

import pandas as pd
import pytest

import coterminosity as ct
from coterminosity.errors import CoterminosityError, ScenarioError
from coterminosity.plan_files import write_plan
from coterminosity.seating import Seat, seat
from coterminosity.spoken_steps import FORMS, spoken
from tests.conftest import call
from tests.negotiations import scenario


@pytest.fixture(scope="module")
def england():
    return ct.england_2017()


@pytest.fixture(scope="module")
def rules(england):
    return ct.propose(england.graph, england.atoms)


def test_steps_in_plain_words():
    own = scenario()
    assert spoken(own, "move Town b1 to South").area_of("b1") == "South"
    assert spoken(own, "MOVE a1; a2 to South").areas.loc["South", "units"] == 5
    assert spoken(own, "open b1").area_of("b1") is None
    assert spoken(own, "swap a1 with i").area_of("i") == "North"
    assert spoken(own, "merge North with South").position.areas == ("North",)
    both = spoken(own, "merge North with South")
    assert spoken(both, "split North by stp").position.areas == ("East", "West")
    assert spoken(own, "new Isle of Wight: i; c1").area_of("c1") == "Isle of Wight"
    assert spoken(own, "rename North to Far to the north").position.areas[0] == "Far to the north"
    assert spoken(own, "lock a1; a2").position.locked == {0, 1, 2}
    assert spoken(own, "unlock b1").position.locked == frozenset()
    shut = spoken(own, "close South")
    assert shut.position.locked_areas == {"South"}
    assert spoken(shut, "reopen South").position.locked_areas == frozenset()
    kept = spoken(own, "keep a1 with a2; b1")
    assert kept.position.groups == ((0, 1, 2),)
    assert spoken(kept, "release a2").position.groups == ()
    assert spoken(own, "settle z1 to South").area_of("b1") == "South"
    assert spoken(own, "leave z1").entries[-1].action == "leave"
    assert spoken(own, "note a word", who="me", note="why").entries[-1].note == "a word; why"
    assert spoken(spoken(own, "note x"), "undo").done == ()
    assert spoken(spoken(spoken(own, "note x"), "undo"), "redo").entries[0].note == "x"


def test_names_may_hold_the_words_that_part_a_step():
    own = scenario().rename("North", "Coast to Capital").rename("South", "Bath with Bristol")
    both = "settle North / South to Bath with Bristol"
    assert spoken(own, both).area_of("b1") == "Bath with Bristol"
    assert spoken(own, "move i to Coast to Capital").area_of("i") == "Coast to Capital"
    renamed = spoken(own, "rename coast TO capital to Sussex to Kent")
    assert renamed.position.areas == ("Bath with Bristol", "Sussex to Kent")
    one = spoken(own, "merge Bath with Bristol with Coast to Capital")
    assert one.position.areas == ("Bath with Bristol",)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("mvoe a1 to South", "no step begins with 'mvoe'; did you mean move"),
        ("move a1", "wanted 'move UNIT; UNIT to AREA', got 'move a1'"),
        ("move", "wanted 'move UNIT"),
        ("undo it", "wanted 'undo' alone"),
        ("new Isle", "wanted 'new AREA: UNIT; UNIT'"),
        ("merge North", "wanted 'merge AREA with AREA'"),
    ],
)
def test_words_that_are_no_step(text, words):
    with pytest.raises(ScenarioError, match=words):
        spoken(scenario(), text)


def test_every_form_is_made():
    own = scenario()
    for verb in FORMS:
        with pytest.raises(CoterminosityError):
            spoken(own, f"{verb} nonsense" if verb != "note" else "note")


def test_scenario_makes_steps_and_writes_them(tmp_path, capsys, monkeypatch):
    out = tmp_path / "mine.toml"
    code, said, err = call(
        capsys, monkeypatch, "scenario", "--do", "move Croydon to Coast to Capital", "--do",
        "merge Humber with Greater Lincolnshire", "--who", "Croydon Council", "--note", "asked",
        "--name", "Mine", "--out", out,
    )  # fmt: skip
    assert code == 0, err
    assert "Newly split: LEP London, STP South West London" in said
    assert "Lewes has no area" in said
    assert "England, its share by people of a figure for England and Wales" in said
    assert err == f"wrote {out}\n"
    own = ct.Scenario.from_file(out)
    assert (own.name, own.area_of("Croydon"), own.done[0].who, own.done[1].note) == (
        "Mine", "Coast to Capital", "Croydon Council", "asked",
    )  # fmt: skip
    code, said, err = call(
        capsys, monkeypatch, "scenario", out, "--do", "undo", "--do", "undo", "--out",
        tmp_path / "areas.csv",
    )  # fmt: skip
    assert code == 0
    areas = pd.read_csv(tmp_path / "areas.csv")
    assert areas.set_index("name")["area"]["Croydon"] == "London"
    code, said, err = call(capsys, monkeypatch, "scenario", tmp_path / "areas.csv", "--do",
                           "move Croydon to Coast to Capital")  # fmt: skip
    assert code == 0
    assert "now against before: 1 unit is in another area, with 384,837 people" in said


def test_scenario_flags_or_refuses(capsys, monkeypatch):
    words = ("scenario", "--do", "move Kingston upon Hull, City of to Leeds City Region")
    code, said, err = call(capsys, monkeypatch, *words)
    assert code == 0
    assert "note: move: Leeds City Region falls into 2 pieces\n" in err
    assert "Kingston upon Hull, City of cut off from the rest of Leeds City Region" in said
    code, said, err = call(capsys, monkeypatch, *words, "--strict")
    assert (code, said) == (1, "")
    assert err == "coterminosity: refused: Leeds City Region falls into 2 pieces\n"


def test_options_are_shown(capsys, monkeypatch):
    code, said, _ = call(capsys, monkeypatch, "scenario", "--options", "New Anglia")
    assert code == 0
    assert said.startswith("z10: Greater Cambridge and Greater Peterborough / New Anglia.")
    assert "Leave alone: nothing moves." in said
    code, said, _ = call(capsys, monkeypatch, "scenario", "--options", "all")
    assert said.count("Leave alone") == 16


def test_compare_shows_a_scenario_against_its_start_and_against_others(
    rules, tmp_path, capsys, monkeypatch
):
    own = ct.Scenario(rules, name="Mine").move("Croydon", to="Coast to Capital")
    path = own.write(tmp_path / "mine.toml")
    code, said, err = call(capsys, monkeypatch, "compare", path)
    assert (code, err) == (0, "")
    assert "now against start: 1 unit is in another area, with 384,837 people" in said
    table = own.undo().write(tmp_path / "start.xlsx")
    plan = write_plan(rules, tmp_path / "plan.toml")
    out = tmp_path / "out"
    code, said, err = call(capsys, monkeypatch, "compare", table, path, plan, "--out", out)
    assert code == 0, err
    assert "Mine against start: 1 unit is" in said
    assert "£744.7 million a year of published spending" in said
    assert "8,825,001" in said
    assert "plan against start: no unit is in another area; as many people" in said
    moved = pd.read_csv(out / "moved.csv")
    assert moved[["plan", "name", "to"]].values.tolist() == [
        ["Mine", "Croydon", "Coast to Capital"]
    ]
    assert sorted(p.stem for p in out.iterdir()) == [
        "area_scores", "areas", "bodies", "distances", "figures", "layer_changes", "layers",
        "moved",
    ]  # fmt: skip
    figures = pd.read_csv(out / "figures.csv").set_index("figure")
    assert figures.loc["cost_people"].to_list() == [25_636_298, 26_021_135, 25_636_298]


def test_plans_of_one_title_are_told_apart_by_their_files(rules, tmp_path, capsys, monkeypatch):
    own = ct.Scenario(rules, name="England in areas").move("Croydon", to="Coast to Capital")
    theirs = own.write(tmp_path / "theirs.toml")
    ours = own.move("Croydon", to=None).write(tmp_path / "ours.toml")
    code, said, err = call(capsys, monkeypatch, "compare", theirs, ours)
    assert code == 0, err
    assert "ours against theirs: 1 unit is in another area" in said
    assert "1 unit with 384,837 people moves; steps: 1." in said
    rows = [row for row in said.splitlines() if "E09000008" in row]
    assert len(rows) == 1
    assert "no area" in rows[0]
    same = call(capsys, monkeypatch, "compare", theirs, theirs)
    assert "Nothing moves." in same[1]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--do", "undo"), "undo: no step has been made yet"),
        (("--do", "redo"), "redo: no step has been taken back"),
        (("--do", "move Croydon to Cost to Capital"), "did you mean Coast to Capital?\n"),
    ],
)
def test_steps_that_cannot_be_made_are_told_in_a_few_words(capsys, monkeypatch, words, told):
    code, said, err = call(capsys, monkeypatch, "scenario", *words)
    assert (code, said) == (1, "")
    assert err.endswith(told if told.endswith("\n") else f"{told}\n")


@pytest.mark.parametrize("ending", [".toml", ".xlsx", ".csv"])
def test_every_command_reads_what_the_table_wrote(england, tmp_path, capsys, monkeypatch, ending):
    settled = ct.propose(england.graph, england.atoms, ct.Brief(contested="least-split"))
    own = ct.Scenario(settled).move("Croydon", to="Coast to Capital")
    path = own.write(tmp_path / f"own plan{ending}")
    code, said, err = call(capsys, monkeypatch, "why", "Croydon", "--plan", path)
    assert code == 0, err
    assert said.startswith("Croydon (384,837 people) is in Coast to Capital.")
    code, _, err = call(
        capsys, monkeypatch, "map", "--plan", path, "--kind", "difference", "--against",
        own.undo().write(tmp_path / "start.xlsx"), "--out", tmp_path / "map.svg",
    )  # fmt: skip
    assert code == 0, err
    assert "1 district with 384,837 people moves" in (tmp_path / "map.svg").read_text("utf-8")


def test_a_plan_in_force_may_be_a_scenario(rules, tmp_path, capsys, monkeypatch):
    own = ct.Scenario(rules).move("Croydon", to="Coast to Capital")
    path = own.write(tmp_path / "own.toml")
    code, _, err = call(capsys, monkeypatch, "compare", path, "--base", path)
    assert code == 0, err


def test_a_scenario_is_no_brief(rules, tmp_path, capsys, monkeypatch):
    path = ct.Scenario(rules).write(tmp_path / "own.toml")
    code, _, err = call(capsys, monkeypatch, "propose", path)
    assert code == 1
    assert "wanted a brief, got a file of format 'coterminosity scenario 1'" in err


def test_a_workbook_may_begin_with_a_cover(rules, tmp_path, capsys, monkeypatch):
    path = tmp_path / "plan.xlsx"
    given = rules.units.reset_index(drop=True)[["name", "area"]]
    given.columns = ["Council", "Area"]
    with pd.ExcelWriter(path) as book:
        pd.DataFrame({"Draft of the council": ["for the meeting"]}).to_excel(
            book, sheet_name="Cover", index=False
        )
        given.to_excel(book, sheet_name="Plan", index=False)
    code, said, err = call(capsys, monkeypatch, "compare", path)
    assert code == 0, err
    assert "now against start: no unit is in another area" in said


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("x.toml", 'format = "coterminosity scenario 2"', "a newer coterminosity wrote it"),
        (
            "x.html",
            "<p>",
            "wanted a scenario or a plan as .toml, .csv, .xlsx, .gpkg, .geojson, "
            "got .html; save the scenario from the page",
        ),
        (".", "", "is a folder; wanted a scenario or a plan"),
        ("x.toml", "a = 1", "wanted a scenario or a plan, got no format"),
        ("x.toml", 'format = "coterminosity scenario 1"', r"no table [base]; the file is damaged"),
        ("x.toml", 'format = "coterminosity scenario 0"', "save it again"),
        ("x.csv", "code,area\nE09000008,London\n", "325 missing: Hartlepool (E06000001)"),
        ("x.csv", "code,area\nE99,London\n", "1 unknown: row 2 E99"),
        (None, "", "no such file"),
    ],
)
def test_files_that_are_no_plans(tmp_path, capsys, monkeypatch, name, text, words):
    path = tmp_path / (name or "none.csv")
    if name and name != ".":
        path.write_text(text)
    for command in ("scenario", "compare"):
        code, said, err = call(capsys, monkeypatch, command, path)
        assert (code, said) == (1, "")
        assert words in err
        assert err.count("\n") == 1


def test_a_scenario_that_was_cut_off_is_named_and_opened_as_far_as_it_can_be_read(
    rules, tmp_path, capsys, monkeypatch
):
    path = ct.Scenario(rules).move("Croydon", to="Coast to Capital").write(tmp_path / "own.toml")
    text = path.read_text(encoding="utf-8")
    path.write_text(text[: text.index("[end]")] + "[[lo", encoding="utf-8")
    code, said, err = call(capsys, monkeypatch, "scenario", path)
    assert (code, said) == (1, "")
    assert err.startswith(f"coterminosity: {path}: cannot be read as a scenario")
    path.write_text(text[: text.index("[end]")], encoding="utf-8")
    code, said, err = call(capsys, monkeypatch, "scenario", path, "--fit")
    assert code == 0
    assert "was cut off after its last whole step; what could be read is shown" in err
    assert "1 unit is in another area, with 384,837 people" in said


def test_a_scenario_without_areas_is_shown(tmp_path, capsys, monkeypatch):
    path = tmp_path / "none.csv"
    path.write_text("code,area\nE09000008,\n")
    code, said, _ = call(capsys, monkeypatch, "scenario", path, "--missing-open")
    assert code == 0
    assert "Croydon has no area" in said


def test_units_that_a_table_lacks_may_stay_open(tmp_path, capsys, monkeypatch):
    path = tmp_path / "few.csv"
    path.write_text("name,area\nCroydon,South\nSutton,South\n")
    code, said, _ = call(capsys, monkeypatch, "scenario", path, "--missing-open")
    assert code == 0
    assert "Leeds has no area" in said


def test_a_scenario_of_other_figures_is_refused_or_opened_as_far_as_it_fits(
    rules, tmp_path, capsys, monkeypatch
):
    path = ct.Scenario(rules).move("Croydon", to="Coast to Capital").write(tmp_path / "own.toml")
    text = path.read_text(encoding="utf-8")
    start = text.index('atoms = "') + len('atoms = "')
    path.write_text(text[:start] + "0" * 64 + text[start + 64 :], encoding="utf-8")
    code, _, err = call(capsys, monkeypatch, "scenario", path)
    assert code == 1
    assert "was made of other inputs than these: atoms differ" in err
    code, _, err = call(capsys, monkeypatch, "scenario", path, "--fit")
    assert code == 0
    assert "what fits is shown" in err


def test_boundaries_that_say_the_same_only_draw(shared):
    """A scenario on real boundaries stands on the embedded figures, and opens anywhere."""
    seated = seat(None, Seat(boundaries=shared))
    assert seated.drawn.geometry_kind == "real"
    assert seated.scenario.basis.atoms is ct.england_2017().atoms
    assert "ccg" in seated.scenario.standing.by_layer


def test_a_scenario_of_boundaries_alone_needs_them_again(shared, tmp_path, capsys, monkeypatch):
    from coterminosity import chain

    inputs = chain.gather(shared)
    own = ct.Scenario(ct.propose(inputs.graph, inputs.atoms), name="Real")
    path = own.write(tmp_path / "real.toml")
    code, _, err = call(capsys, monkeypatch, "scenario", path)
    assert code == 1
    assert "made of other inputs" in err
    again = seat(path, Seat(boundaries=shared))
    assert again.scenario.to_toml() == path.read_text(encoding="utf-8")
    assert json.loads(json.dumps(again.scenario.name)) == "Real"
