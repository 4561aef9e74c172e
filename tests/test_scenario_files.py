"""Scenario files and plans in tables: the same back, and nothing guessed."""

import json
import subprocess
import sys
from dataclasses import replace
from random import Random

import geopandas as gpd
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import coterminosity as ct
from coterminosity.errors import CoterminosityError, CoterminosityWarning, ScenarioError
from coterminosity.negotiating.area_tables import areas_writer, read_areas
from coterminosity.negotiating.scenario_files import given_plan
from tests.conftest import boxes
from tests.negotiations import NOON, UNITS, country, random_step, scenario


def negotiated() -> ct.Scenario:
    return (
        scenario()
        .move("b2", to="North", who="Council", note='as "asked" \\ é', at=NOON)
        .merge("North", "South", name="Äll", at=NOON)
        .lock("a1", at=NOON)
        .undo()
    )


def read(text: str, **choices: object) -> ct.Scenario:
    graph, atoms = country()
    return ct.Scenario.from_toml(text, graph=graph, atoms=atoms, **choices)


def test_a_scenario_reads_back_to_the_same_bytes(tmp_path):
    own = negotiated()
    path = own.write(tmp_path / "own.toml")
    graph, atoms = country()
    back = ct.Scenario.from_file(path, graph=graph, atoms=atoms)
    assert back.write(tmp_path / "again.toml").read_bytes() == path.read_bytes()
    assert back.assignment.equals(own.assignment)
    assert back.name == "By hand"
    assert back.redo().position.locked == own.redo().position.locked
    assert [z.title for z in back.zones] == [z.title for z in own.zones]
    assert back.plan.units.equals(own.plan.units), "with its classes, since the rules made it"


def test_lines_of_a_file_are_as_agreed_with_the_page():
    blocks = negotiated().to_toml().split("\n\n[[log]]\n")
    assert blocks[1].split("\n") == [
        'action = "move"',
        f'time = "{NOON}"',
        'who = "Council"',
        'units = ["b2"]',
        'to = ["North"]',
        'note = "as \\"asked\\" \\\\ é"',
        'flags = ["South falls into 2 pieces", "South has 190 people, below 200"]',
    ]
    assert "who" not in blocks[2], "nobody was named"
    assert blocks[3].endswith('units = ["a1"]\nundone = true\n\n[end]\nsteps = 3\n')
    for block in [*blocks[1:3], blocks[3].split("\n\n[end]")[0]]:
        for line in block.strip().split("\n"):
            json.loads(line.split(" = ", 1)[1])


def test_a_base_plan_that_the_rules_did_not_make_is_kept():
    own = scenario()
    given_area = own.assignment.replace({"South": "Elsewhere"})
    graph, atoms = country()
    area = given_area.where(given_area.index != "i", None)
    plan = given_plan(area, graph, atoms, own.plan.brief, method="reform", negotiate=("a1",))
    text = ct.Scenario(plan).to_toml()
    back = read(text)
    assert back.to_toml() == text
    assert back.plan.contested.index.to_list() == ["a1", "i"]
    assert back.area_of("i") is None


@given(st.integers(0, 100))
def test_any_negotiation_reads_back(number):
    random, own = Random(number), scenario()
    for _ in range(10):
        own = random_step(own, random)
    back = read(own.to_toml())
    assert back.to_toml() == own.to_toml()
    assert back.log.equals(own.log)


def test_the_same_scenario_has_the_same_bytes_whatever_the_hashes():
    script = (
        "import coterminosity as ct\n"
        "d = ct.england_2017(); s = ct.Scenario(ct.propose(d.graph, d.atoms), name='x')\n"
        f"s = s.move('Croydon', to='Coast to Capital', at='{NOON}')\n"
        f"s = s.split('London', 'stp', at='{NOON}').keep_together('Leeds', 'York', at='{NOON}')\n"
        "print(s.to_toml(), [z.title for z in s.zones], s.options().describe())"
    )
    texts = {
        subprocess.run(
            [sys.executable, "-c", script], capture_output=True, text=True, check=True,
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": str(ct.__path__[0]) + "/.."},
        ).stdout
        for seed in ("1", "2")
    }  # fmt: skip
    assert len(texts) == 1


def test_other_inputs_are_refused_or_opened_as_far_as_they_fit():
    text = negotiated().undo(2).move("b2", to="North", at=NOON).to_toml()
    graph, atoms = country()
    fewer = atoms.measures.assign(population=atoms.measures["population"] * 2)
    other = replace(atoms, measures=fewer)
    with pytest.raises(ScenarioError, match=r"made of other inputs than these: atoms differ; give"):
        ct.Scenario.from_toml(text, graph=graph, atoms=other)
    with pytest.warns(CoterminosityWarning) as told:
        back = ct.Scenario.from_toml(text, graph=graph, atoms=other, fit=True)
    assert "atoms differ; what fits is shown" in str(told[0].message)
    assert "counted anew" in str(told[1].message), "with twice the people the band is another"
    assert back.area_of("b2") == "North"
    figures = pd.DataFrame({"age": range(6)}, index=UNITS, dtype="float64")
    with pytest.raises(ScenarioError, match="need differ"):
        read(text, need=figures)


def test_steps_that_do_not_fit_are_set_aside_and_told():
    text = negotiated().to_toml().replace('units = ["b2"]', 'units = ["zz"]')
    with pytest.raises(ScenarioError, match="scenario: step 1: move: there is no unit zz"):
        read(text)
    with pytest.warns(CoterminosityWarning, match="set aside: step 1, move: there is no unit zz"):
        back = read(text, fit=True)
    assert [entry.action for entry in back.done] == ["merge"]


def test_flags_that_somebody_changed_are_counted_anew():
    text = negotiated().to_toml().replace('"South falls into 2 pieces", ', "")
    with pytest.warns(CoterminosityWarning, match="flags of step 1 were counted anew"):
        back = read(text)
    assert back.to_toml() == negotiated().to_toml()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda t: t[: t.index("base]") + 1], "cannot be read as a scenario"),
        (lambda t: t[: t.index("[end]")], r"no table \[end\]; the file is damaged or cut off"),
        (lambda t: t.replace("steps = 3", "steps = 4"), r"wanted 4 steps, as \[end\] says, got 3"),
        (
            lambda t: t.replace("scenario 1", "scenario 0", 1),
            "got 'coterminosity scenario 0'; open",
        ),
        (lambda t: t.replace("coterminosity scenario 1", "x", 1), "wanted a scenario file"),
        (lambda t: t.replace("[brief]", "[grief]"), "has no grief; did you mean brief"),
        (lambda t: t[: t.index("[brief]")], r"no table \[brief\]; the file is damaged or cut off"),
        (lambda t: t.replace('    "a2",', '    "a1",'), "a1 stand twice"),
        (lambda t: t.replace('    "a1",\n    "a2",\n    "b1",\n', ""), "'North' has no units"),
        (lambda t: t.replace('    "a2",\n', ""), "other units: a2"),
        (lambda t: t.replace('action = "move"', 'action = "moev"'), "step 1: no step is called"),
        (lambda t: t.replace('units = ["b2"]', "units = 3"), "step 1: units must be a list"),
        (lambda t: t.replace("undone = true", 'undone = "yes"'), "true or false"),
        (lambda t: t.replace("who = ", "wo = "), "step 1: a step has no wo; did you mean who"),
        (lambda t: t.replace('who = "Council"', "who = 3"), "who must be a text"),
        (lambda t: t.replace('to = ["North"]', 'to = ["North", "North"]'), "for each of 1 units"),
        (lambda t: t.replace("negotiate = []", 'negotiate = "b1"'), "negotiate must be a list"),
        (lambda t: t.replace("-24T12:00", "-34T12:00", 1), "wanted a time such as"),
        (lambda t: t.replace("size_floor = 200", "size_floor = -1"), "brief: size_floor"),
    ],
)
def test_damaged_files_get_one_sentence(change, words):
    text = negotiated().to_toml()
    damaged = change(text)
    assert damaged != text
    with pytest.raises(CoterminosityError, match=words):
        read(damaged)


def test_files_that_are_not_there_or_no_text(tmp_path):
    with pytest.raises(ScenarioError, match="no such scenario"):
        ct.Scenario.from_file(tmp_path / "none.toml")
    (tmp_path / "bytes.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ScenarioError, match="cannot be read as a scenario"):
        ct.Scenario.from_file(tmp_path / "bytes.toml")
    with pytest.raises(ScenarioError, match="wanted a plan as .csv, .xlsx, .gpkg, .geojson"):
        scenario().write(tmp_path / "own.docx")
    assert list(tmp_path.iterdir()) == [tmp_path / "bytes.toml"]


@pytest.mark.parametrize("suffix", [".csv", ".xlsx", ".gpkg", ".geojson"])
def test_plans_in_tables_read_back(tmp_path, suffix):
    layer = boxes("lad", {u: [(k, 0, k + 1, 1)] for k, u in enumerate(UNITS)})
    own = scenario().rename("South", "=South").move("i", to=None)
    path = own.write(tmp_path / f"own{suffix}", layer=layer)
    names = own.ground.names_by_code
    pd.testing.assert_series_equal(read_areas(path, names, layer="lad"), own.assignment)


def test_drawn_plans_say_what_they_are_drawn_by(tmp_path):
    data = ct.england_2017()
    own = ct.Scenario(ct.propose(data.graph, data.atoms))
    drawn = gpd.read_file(own.write(tmp_path / "own.geojson"))
    assert (len(drawn), set(drawn["drawing"]), str(drawn.crs)) == (326, {"schematic"}, "EPSG:4326")
    assert drawn.total_bounds[0] > -7
    with pytest.raises(ScenarioError, match="needs the boundaries"):
        areas_writer(own.assignment, own.ground.names_by_code, tmp_path / "x.gpkg")


def table(tmp_path, text: str):
    path = tmp_path / "plan.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_names_stand_in_for_codes_and_columns_may_be_called_otherwise(tmp_path):
    names = scenario().ground.names_by_code
    rows = "".join(f"TOWN {u.upper()},North\n" for u in UNITS)
    for titles in ("Name,Area\n", "District,area\n", "LAD17NM,Plan\n"):
        found = read_areas(table(tmp_path, titles + rows), names, layer="lad")
        assert found.to_dict() == dict.fromkeys(UNITS, "North")


def test_all_that_is_wrong_with_a_table_is_listed(tmp_path):
    names = scenario().ground.names_by_code
    path = table(tmp_path, "code,area\na1,North\na1,South\nTown a22,North\n,South\nb1,\nb2,South\n")
    with pytest.raises(ScenarioError) as caught:
        read_areas(path, names, layer="lad")
    text = str(caught.value)
    assert "1 unknown: row 4 Town a22; did you mean Town a2?" in text
    assert "1 double: row 3 Town a1 (a1)" in text
    assert "1 no unit: row 5" in text
    assert "3 missing: Town a2 (a2), Town c1 (c1), Town i (i)" in text
    assert caught.value.problems["problem"].to_list()[-3:] == ["missing"] * 3
    good = table(tmp_path, "code,area\na1,North\n")
    assert read_areas(good, names, layer="lad", missing="open").to_list() == ["North"] + [None] * 5


def test_tables_without_the_columns_are_refused(tmp_path):
    names = scenario().ground.names_by_code
    with pytest.raises(ScenarioError, match="no column of areas called 'area'; it has code, aera"):
        read_areas(table(tmp_path, "code,aera\na1,North\n"), names, layer="lad")
    with pytest.raises(ScenarioError, match="no column of units called code, unit, name"):
        read_areas(table(tmp_path, "cdoe,area\na1,North\n"), names, layer="lad")


def test_a_name_that_two_units_have_is_not_guessed(tmp_path):
    names = pd.Series({"a1": "Town", "a2": "Town"})
    with pytest.raises(ScenarioError, match="1 unknown: row 2 Town"):
        read_areas(table(tmp_path, "name,area\nTown,North\n"), names, layer="lad", missing="open")


def test_the_mark_and_line_ends_of_an_editor_change_nothing(tmp_path):
    text = negotiated().to_toml()
    graph, atoms = country()
    path = tmp_path / "own.toml"
    for given_text, coding in ((text, "utf-8-sig"), (text.replace("\n", "\r\n"), "utf-8")):
        path.write_bytes(given_text.encode(coding))
        assert ct.Scenario.from_file(path, graph=graph, atoms=atoms).to_toml() == text


def test_letters_that_toml_does_not_take_read_back():
    graph, atoms = country()
    area = pd.Series(["A\x7f"] * 3 + ["B"] * 3, index=UNITS)
    own = ct.Scenario(given_plan(area, graph, atoms, scenario().plan.brief))
    own = own.move("a1", to="B", at=NOON).move("a1", to="A\x7f", at=NOON)
    back = read(own.to_toml())
    assert back.assignment["a1"] == "A\x7f"
    assert back.to_toml() == own.to_toml()


def test_graph_and_atoms_come_together():
    graph, atoms = country()
    for choices in ({"graph": graph}, {"atoms": atoms}):
        with pytest.raises(ScenarioError, match="belong together; give both or neither"):
            ct.Scenario.from_toml(negotiated().to_toml(), **choices)


def test_steps_taken_back_are_checked_too_and_none_is_lost():
    text = negotiated().to_toml()
    odd = text.replace('units = ["a1"]', 'units = ["zz"]')
    with pytest.raises(ScenarioError, match="step 3: lock: there is no unit zz"):
        read(odd)
    with pytest.warns(CoterminosityWarning, match="set aside: step 3, lock: there is no unit zz"):
        assert len(read(odd, fit=True).entries) == 2
    with pytest.warns(CoterminosityWarning, match="set aside: step 1, move"):
        back = read(text.replace('units = ["b2"]', 'units = ["zz"]'), fit=True)
    assert [(e.action, e.undone) for e in back.entries] == [("merge", False), ("lock", True)]
    first = text.replace('note = "as', 'undone = true\nnote = "as')
    with pytest.raises(ScenarioError, match="scenario: steps that were taken back must stand at"):
        read(first)


def test_what_can_be_read_of_a_file_that_was_cut_off_is_opened():
    text = negotiated().to_toml()
    cut = text[: text.index('"Äll"')]
    with pytest.raises(ScenarioError, match="cannot be read as a scenario"):
        read(cut)
    with pytest.warns(CoterminosityWarning, match="the last 1 steps of the text, damaged; what"):
        assert [entry.action for entry in read(cut, fit=True).done] == ["move"]
    with pytest.warns(CoterminosityWarning, match="cut off after its last whole step"):
        assert len(read(text[: text.index("\n[end]")], fit=True).entries) == 3
    with pytest.warns(CoterminosityWarning, match="wanted 4 steps, as .end. says, got 3"):
        assert len(read(text.replace("steps = 3", "steps = 4"), fit=True).entries) == 3
    with pytest.warns(CoterminosityWarning, match="set aside: step 2: no step is called 'mrg'"):
        back = read(text.replace('"merge"', '"mrg"'), fit=True)
    assert [entry.action for entry in back.entries] == ["move", "lock"]
    with pytest.raises(ScenarioError, match="cannot be read as a scenario"):
        read(text[: text.index("[base")] + "[", fit=True)


def test_seeds_of_areas_without_units_are_no_part_of_a_file():
    own = scenario().move(["a1", "a2", "b1"], to="South", at=NOON).to_plan()
    plan = replace(own, areas=pd.concat([own.areas, scenario().plan.areas.loc[["North"]]]))
    text = ct.Scenario(plan).to_toml()
    assert read(text).to_toml() == text


@pytest.mark.parametrize(
    "name", ["NA", "None", "null", "nan", "1", "1.0", "=x", "'=x", "''-y", "'z", 'q"q', "a;b,c"]
)
def test_areas_of_any_name_read_back_from_tables(tmp_path, name):
    own = scenario().rename("North", name).move("i", to=None)
    for suffix in (".csv", ".xlsx"):
        path = own.write(tmp_path / f"own{suffix}")
        assert read_areas(path, own.ground.names_by_code, layer="lad").equals(own.assignment)


def test_boundaries_that_lack_a_unit_are_told(tmp_path):
    layer = boxes("lad", {u: [(k, 0, k + 1, 1)] for k, u in enumerate(UNITS[:4])})
    with pytest.raises(ScenarioError, match="the boundaries to draw lack c1, i; give all units"):
        scenario().write(tmp_path / "own.gpkg", layer=layer)


def test_figures_in_another_order_are_the_same_inputs():
    figures = pd.DataFrame({"age": range(6)}, index=UNITS, dtype="float64")
    own = ct.Scenario(scenario().plan, need=figures)
    assert read(own.to_toml(), need=figures[::-1]).to_toml() == own.to_toml()


def test_rows_without_anything_are_passed_over(tmp_path):
    names = scenario().ground.names_by_code
    path = table(tmp_path, "code,area\n" + "".join(f"{u},North\n,\n" for u in UNITS))
    assert set(read_areas(path, names, layer="lad")) == {"North"}
