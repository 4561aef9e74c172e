"""The page as a file: self-contained, safe with any text, the same bytes; and the widget."""

import base64
import hashlib
import html.parser
import json
import re

import pytest

import coterminosity as ct
from coterminosity.errors import CoterminosityError, LayerError, ScenarioError
from coterminosity.page.notebook import log_text, with_log
from coterminosity.page.payload import payload_of
from tests.conftest import call

NASTY = '</script><script>alert(1)</script><!-- "é" \u2028 & <b>'
AT = "2017-11-24T09:30:00Z"


@pytest.fixture(scope="module")
def base():
    data = ct.england_2017()
    return ct.Scenario(ct.propose(data.graph, data.atoms), name=NASTY)


@pytest.fixture(scope="module")
def scenario(base):
    return base.move("Croydon", to="Coast to Capital", note=NASTY, at=AT).rename(
        "London", NASTY, at=AT
    )


@pytest.fixture(scope="module")
def page(scenario) -> str:
    return ct.page.html_of(scenario)


class Reader(html.parser.HTMLParser):
    """Elements, attributes and texts of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict]] = []
        self.texts: dict[str, str] = {}
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data):
        if self.tags:
            tag, own = self.tags[-1]
            key = own.get("id") or own.get("type") or tag
            self.texts[key] = self.texts.get(key, "") + data

    handle_entityref = handle_charref = handle_data


def test_the_page_is_one_file_that_asks_nothing_of_any_server(page):
    reader = Reader(page)
    for tag, attributes in reader.tags:
        assert not {"src", "href", "action", "data", "srcset"} & set(attributes), (tag, attributes)
    policy = next(own["content"] for _, own in reader.tags if "http-equiv" in own)
    assert policy.startswith("default-src 'none'")
    assert "connect-src" not in policy
    assert "unsafe-eval" not in policy
    program = re.search(r'<script type="module">(.*)</script>', page, re.DOTALL)[1]
    digest = base64.b64encode(hashlib.sha256(program.encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}';" in policy
    assert len(page.encode()) <= 1_000_000


def test_names_and_notes_stay_text_whatever_they_hold(page, scenario):
    reader = Reader(page)
    scripts = [own for tag, own in reader.tags if tag == "script"]
    assert [own.get("type") for own in scripts] == ["application/json", "module"]
    payload = json.loads(reader.texts["payload"])
    assert payload["name"] == NASTY
    assert payload["log"][1]["names"] == [scenario.entries[1].names[0]]
    assert payload["log"][0]["note"] == scenario.entries[0].note
    assert reader.texts["title"].strip() == NASTY
    assert "<b>" not in page.split("<noscript>")[1].split("</noscript>")[0]


def test_the_same_scenario_gives_the_same_bytes(page, scenario, tmp_path):
    assert ct.page.html_of(scenario) == page
    path = ct.write_page(scenario, tmp_path / "table.html")
    assert path.read_bytes() == page.encode()
    with pytest.raises(CoterminosityError, match=r"wanted a page as \.html, got \.pdf"):
        ct.write_page(scenario, tmp_path / "table.pdf")
    assert [own.name for own in tmp_path.iterdir()] == ["table.html"]


def test_areas_can_be_read_without_scripts(page, scenario):
    content = page.split("<noscript>")[1].split("</noscript>")[0]
    rows = re.findall(r"<tr><th scope=\"row\">(.*?)</th><td>(\d+)</td><td>([\d,]+)</td>", content)
    table = scenario.areas
    assert [int(own[1]) for own in rows] == table["units"].to_list()
    assert [own[2] for own in rows] == [f"{people:,.0f}" for people in table["people"]]
    assert "Without an area: " in content
    assert "New Forest" in content


def test_the_payload_holds_the_ground_and_the_log(scenario):
    payload = json.loads(payload_of(scenario))
    ground = scenario.ground
    assert payload["head"] == scenario.head
    assert payload["digest"] == hashlib.sha256(scenario.head.encode()).hexdigest()[:12]
    assert payload["units"]["code"] == list(ground.units)
    assert sum(payload["units"]["people"]) == ground.people.sum()
    lep = next(own for own in payload["layers"] if own["key"] == "lep")
    assert lep["cover"]
    assert sum(lep["shared"]) == ground.layer("lep").shared.sum()
    assert [own["cover"] for own in payload["layers"] if own["key"] == "stp"] == [False]
    assert len(payload["edges"]) + len(payload["links"]) == len(ground.edge_a)
    assert all(kind and reason for _, _, kind, reason in payload["links"])
    named = [payload["areas"][k] if k >= 0 else None for k in payload["area"]]
    assert named == scenario.plan.assignment.to_list()
    assert len(payload["log"]) == 2
    members = payload["geometry"]["members"]
    assert set(members) == {own.key for own in ground.layers}
    assert any(isinstance(own, list) for own in members["lep"])
    assert "Schematic" in payload["notes"]["schematic"]


def test_inner_points_lie_in_their_units(scenario):
    import shapely

    from coterminosity.page.drawing import draw

    payload = json.loads(payload_of(scenario))
    atoms = scenario.basis.atoms
    groups = payload["geometry"]["unit"]
    made = draw(atoms.geometry.to_numpy(), groups, letters=10**6, simplify=False)
    shapes = made.polygons(groups, count=len(scenario.ground))
    points = shapely.points(payload["units"]["x"], payload["units"]["y"])
    assert shapely.contains(shapes, points).all()


def test_a_page_needs_a_map(base):
    from dataclasses import replace

    bare = replace(base.basis.atoms, geometry=None, geometry_kind="none")
    plan = replace(base.plan, basis=replace(base.basis, atoms=bare))
    with pytest.raises(LayerError, match="a page needs a map"):
        ct.page.html_of(ct.Scenario(plan))


def test_a_page_of_too_many_units_is_refused(base, monkeypatch):
    monkeypatch.setattr("coterminosity.page.payload.MOST_UNITS", 300)
    with pytest.raises(ScenarioError, match="a page holds up to 300 units, got 326"):
        ct.page.html_of(base)


def test_units_may_be_atoms():
    data = ct.england_2017()
    atoms = data.atoms.as_units()
    plan = ct.propose(data.atom_graph, atoms, ct.Brief(unit_layer="atom", contested="least-split"))
    payload = json.loads(payload_of(ct.Scenario(plan)))
    assert len(payload["units"]["code"]) == len(data.atoms)
    assert payload["geometry"]["unit"] == list(range(len(data.atoms)))
    assert "lad" in {own["key"] for own in payload["layers"]}


def test_the_command_writes_a_page(tmp_path, capsys, monkeypatch, base):
    monkeypatch.chdir(tmp_path)
    code, out, err = call(capsys, monkeypatch, "page")
    assert (code, out) == (0, "")
    assert "wrote page.html" in err
    assert '"name":"England in areas"' in (tmp_path / "page.html").read_text("utf-8")
    base.write(tmp_path / "own.toml")
    code, _, err = call(capsys, monkeypatch, "page", "own.toml", "--out", "deep/own.html")
    assert code == 0, err
    assert (tmp_path / "deep/own.html").read_text("utf-8") == ct.page.html_of(base)
    code, _, err = call(capsys, monkeypatch, "page", "none.toml")
    assert (code, err.count("\n")) == (1, 1)
    assert "no such scenario" in err


# The widget ------------------------------------------------------------------------------------


@pytest.fixture
def shown(base):
    pytest.importorskip("anywidget", reason="the extra widget is not installed")
    return ct.widget(base)


def message(shown, **state):
    """What a browser sends when it changes a trait."""
    shown.set_state(state)


def test_a_move_in_the_map_is_a_move_in_python(shown, base):
    moved = base.move("Croydon", to="Coast to Capital", at=AT, note="é")
    message(shown, log=log_text(moved))
    assert shown.scenario.to_toml() == moved.to_toml()
    assert shown.scenario.area_of("Croydon") == "Coast to Capital"
    assert shown.problem == ""
    message(shown, log=log_text(moved.undo()))
    assert shown.scenario.area_of("Croydon") == "London"
    assert len(shown.scenario.entries) == 1


def test_a_move_in_python_is_told_to_the_map(shown, base):
    told = []
    shown.observe(lambda change: told.append(change["new"]), names="log")
    shown.scenario = shown.scenario.move("Croydon", to="Coast to Capital", at=AT)
    assert [json.loads(own)[0]["units"] for own in told] == [["E09000008"]]
    with pytest.raises(ScenarioError, match="one base plan"):
        shown.scenario = ct.Scenario(base.plan, name="another")


@pytest.mark.parametrize(
    ("log", "problem"),
    [
        ("[", "not JSON"),
        ("{}", "no list of steps"),
        ('[{"action":"dance","time":"' + AT + '"}]', "no step is called 'dance'"),
        ('[{"action":"move","time":"' + AT + '","units":["X1"],"to":["London"]}]', "no unit X1"),
    ],
)
def test_a_log_that_does_not_fit_changes_nothing_and_is_told(shown, base, log, problem):
    before = base.move("Croydon", to="Coast to Capital", at=AT)
    shown.scenario = before
    message(shown, log=log)
    assert shown.scenario is before
    assert shown.log == log_text(before)
    assert problem in shown.problem
    message(shown, log=log_text(before.undo()))
    assert shown.problem == ""


def test_the_log_of_the_widget_reads_back(scenario, base):
    assert with_log(base, log_text(scenario)).to_toml() == scenario.to_toml()


def test_the_widget_holds_script_styles_and_payload(shown, base):
    assert json.loads(shown.payload)["digest"] == json.loads(payload_of(base))["digest"]
    assert "export default { render }" in str(shown._esm)
    assert len(str(shown._css)) > 1000


def test_without_anywidget_one_sentence_says_what_to_install(base, monkeypatch):
    import sys

    from coterminosity.page import notebook

    notebook._widget_class.cache_clear()
    monkeypatch.setitem(sys.modules, "anywidget", None)
    with pytest.raises(CoterminosityError, match=r"pip install 'coterminosity\[widget\]'"):
        ct.widget(base)
