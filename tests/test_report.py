"""Briefs to hand out: the same figures as the library's in both formats, text shown as text."""

import base64
import hashlib
import io
import os
import re
import subprocess
import sys
from dataclasses import replace
from html.parser import HTMLParser

import pandas as pd
import pytest
from pypdf import PdfReader

import coterminosity as ct
from coterminosity import errors
from coterminosity.money import apportion
from coterminosity.reporting import document_of, to_html, to_pdf
from coterminosity.reporting.case import Case
from coterminosity.reporting.documents import (
    Column,
    Document,
    Grid,
    Paragraph,
    Picture,
    Points,
    Section,
    plain,
)
from tests import negotiations
from tests.conftest import call

NOON = "2017-11-24T12:00:00Z"
NASTY = '<script>x()</script> #panic() *b* _i_ $x$ @ref `raw` -- ]]> --> " \\ // &amp; =h'


def england(name="Croydon and the Solent", *, drawn=True, **choices):
    data = ct.england_2017()
    atoms = data.atoms if drawn else replace(data.atoms, geometry=None, geometry_kind="none")
    return ct.Scenario(ct.propose(data.graph, atoms), name=name, **choices)


def moved(scenario):
    return (
        scenario.move("Croydon", to="Coast to Capital", who="Croydon Council", note="as asked",
                      at=NOON)
        .settle("Solent", to="Solent", at=NOON)
    )  # fmt: skip


@pytest.fixture(scope="module")
def scenario():
    return moved(england())


@pytest.fixture(scope="module")
def document(scenario):
    return document_of(scenario)


@pytest.fixture(scope="module")
def pdf(document):
    return to_pdf(document)


def grids(document, key):
    section = next(own for own in document.sections if own.key == key)
    return [block for block in section.blocks if isinstance(block, Grid)]


def words(document, key):
    section = next(own for own in document.sections if own.key == key)
    return " ".join(
        block.text if isinstance(block, Paragraph) else " ".join(block.items)
        for block in section.blocks
        if isinstance(block, (Paragraph, Points))
    )


class Page(HTMLParser):
    """Elements with their attributes, and the text of a page."""

    def __init__(self, text):
        super().__init__()
        self.elements, self.said, self.alts, self.within = [], [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        self.within.append(tag)
        if tag == "img":
            self.alts.append(dict(attrs)["alt"])

    def handle_endtag(self, tag):
        while self.within and self.within.pop() != tag:
            pass

    def handle_data(self, data):
        if "style" not in self.within and "script" not in self.within:
            self.said.append(data)

    def count(self, tag):
        return sum(own == tag for own, _ in self.elements)


def squeezed(text):
    return re.sub(r"\s+", "", text)


# Content


def test_a_document_keeps_its_rules():
    columns = (Column(title="a"), Column(title="b"))
    with pytest.raises(errors.CoterminosityError, match="wanted 2 cells, got 1 in the row of 'x'"):
        Grid(caption="t", columns=columns, rows=(("x",),))
    with pytest.raises(errors.CoterminosityError, match="groups of 2 rows"):
        Grid(caption="t", columns=columns, rows=(("x", "y"),), groups=(("g", 2),))
    twice = Section(key="k", title="T", blocks=())
    with pytest.raises(errors.CoterminosityError, match="keys that differ"):
        Document(title="", subtitle="", sections=(twice, twice), foot="")


def test_what_cannot_be_shown_is_left_out():
    assert plain("a\x00b\x1f\x7f\u2028c\ud800d\ufffe e") == "a b c d e"
    assert plain("safe\u202egnp.exe") == "safegnp.exe"
    assert plain("Tórshavn – ‘Ynys Môn’") == "Tórshavn – ‘Ynys Môn’"


def test_the_sections_are_what_negotiators_need(document):
    assert [section.key for section in document.sections] == [
        "in-short", "changes", "areas", "contested", "agree", "money", "need", "method",
    ]  # fmt: skip
    assert document.title == "Croydon and the Solent"
    assert "38 areas made of 326 districts; as of 2 steps" in document.subtitle
    assert "24 November 2017, 12:00 UTC" in document.subtitle


def test_in_short_says_what_the_library_counts(scenario, document):
    said = words(document, "in-short")
    people = scenario.compare().moved["people"].sum()
    assert f"5 districts with {people:,.0f} people (1.7% of all) change area" in said
    assert "before, 4 of them had none" in said
    own = scenario.layers.loc["lep"]
    assert f"LEPs whole in one area: {own['whole']} of 38" in said
    change = scenario.standing.cost_people - scenario.standing_before.cost_people
    assert f"{abs(change):,.0f} more people than before" in said
    assert change > 0
    units = [scenario.ground.number[code] for code in scenario.compare().moved["code"]]
    purse = scenario.ground.purse
    pounds = purse.weights[units].sum() / purse.weights.sum() * purse.pounds
    assert f"£{pounds / 1e6:,.1f} million a year" in said
    assert "2 districts without an area: East Riding of Yorkshire and Lewes" in said
    assert "above that: London and South East" in said


def test_moves_carry_people_reason_and_their_number_on_the_map(document):
    table = grids(document, "changes")[0]
    assert ("Croydon", "1", "London", "Coast to Capital", "384,837",
            "Croydon Council: as asked") in table.rows  # fmt: skip
    solent = next(row for row in table.rows if row[3] == "Solent")
    assert solent[0] == "East Hampshire, New Forest, Test Valley and Winchester"
    assert solent[1:3] == ("2, 3, 4 and 5", "no area")
    assert solent[5] == "settles Enterprise M3 / Solent"


def test_bodies_that_change_are_those_of_the_comparison(scenario, document):
    table = grids(document, "changes")[1]
    told = scenario.compare().bodies
    assert sum(int(row[1]) for row in table.rows) == len(told)
    split = dict(table.parts())["Is newly split"]
    assert ("STP", "1", "South West London") in split


def test_layers_are_those_of_the_scenario(scenario, document):
    table = grids(document, "changes")[2]
    now, before = scenario.layers, scenario.standing_before.layers
    for row, key in zip(table.rows, now.index, strict=True):
        assert row[0] == now.loc[key, "title"]
        assert row[1:6] == tuple(
            str(own.loc[key, name])
            for own, name in ((now, "regions"), (before, "whole"), (now, "whole"),
                              (before, "same"), (now, "same"))
        )  # fmt: skip
        assert row[6] == f"{now.loc[key, 'split_people']:,.0f}"
        assert row[11] == f"{now.loc[key, 'coterminosity']:.3f}"


def test_areas_are_those_of_the_scenario_and_add_up(scenario, document):
    table = grids(document, "areas")[0]
    own, labels = scenario.areas, scenario.governance["label"]
    for row, (number, area) in zip(table.rows, enumerate(own.index, start=1), strict=False):
        figures = own.loc[area]
        assert row[:3] == (f"{number}. {area}", str(figures["units"]), f"{figures['people']:,.0f}")
        assert row[4].startswith(figures["size_band"])
        assert row[5].startswith(labels[area])
        assert row[6:] == (f"{figures['pounds'] / 1e6:,.1f}", f"{figures['contracts']:.1f}")
    assert [row[0] for row in table.rows[-2:]] == ["no area", "All"]
    numbers = [[float(cell.replace(",", "")) for cell in (row[1], row[2], row[6])]
               for row in table.rows]  # fmt: skip
    summed = [sum(column) for column in zip(*numbers[:-1], strict=True)]
    assert summed[:2] == numbers[-1][:2]
    assert summed[2] == pytest.approx(numbers[-1][2], abs=0.05 * len(numbers))
    changes = [row[3].replace("\N{MINUS SIGN}", "-").replace(",", "") for row in table.rows[:-1]]
    assert sum(int(change) for change in changes) == 0


def test_governance_in_part_says_which_share(document):
    rows = {row[0]: row for row in grids(document, "areas")[0].rows}
    assert rows["4. Coast to Capital"][5] == "to be formed (20.0% in Greater London Authority)"
    assert rows["15. Greater Manchester"][5] == "combined authority with mayor"


def test_every_zone_has_its_options_or_is_named(scenario, document):
    table = grids(document, "contested")[0]
    told = words(document, "contested")
    assert "16 zones are claimed" in told
    groups = dict(table.parts())
    for zone in scenario.zones:
        heads = [head for head in groups if head.startswith(f"{zone.title}: ")]
        assert heads or f"{zone.title} (" in told, zone.title
        for head in heads:
            titles = [row[0] for row in groups[head]]
            own = [o.title for o in scenario.options(zone.key) if o.moves]
            assert sorted(titles) == sorted([*own, "Leave alone"])
    croydon = next(rows for head, rows in groups.items() if "Croydon" in head)
    back = next(option for option in scenario.options("Croydon") if option.moves)
    row = next(own for own in croydon if own[0] == "All to London")
    assert row[1] == "384,837"
    assert row[2] == f"\N{MINUS SIGN}{abs(back.cost_change):,.0f}"
    assert "Becomes the same as an area: LEP London" in row[4]
    # Ground that is open or was spoken of stands in the table.
    assert any("Lewes" in head for head in groups)


def test_zones_that_were_spoken_of_stand_in_the_table():
    dearest = "Greater Birmingham and Solihull / Stoke-on-Trent and Staffordshire"
    for own, there in (
        (england(drawn=False), False),
        (england(drawn=False).leave_alone(dearest, at=NOON), True),
    ):
        document = document_of(own)
        (table,) = grids(document, "contested")
        assert len(table.groups) == 10
        assert any(title.startswith(dearest) for title, _ in table.groups) == there
        assert (f"{dearest} (" in words(document, "contested")) != there


def test_a_trace_of_people_does_not_make_a_party():
    rows = [("a", "N", "W", 5000), ("b", "S", "E", 1999), ("b", "S", "W", 1)]
    table = pd.DataFrame(rows, columns=["lad", "lep", "stp", "population"])
    atoms = ct.Atoms.from_lookup(
        table, layers={"lad": "lad", "lep": "lep", "stp": "stp"}, measures=["population"]
    )
    units = pd.DataFrame({"name": ["Town a", "Town b"]}, index=["a", "b"])
    borders = pd.DataFrame({"focal": ["a"], "neighbour": ["b"], "metres": [1.0]})
    graph = ct.UnitGraph.from_table(units, borders)
    own = ct.Scenario(ct.propose(graph, atoms)).move("b", to="N", at=NOON)
    assert grids(document_of(own), "agree")[0].rows == (("S to N", "Town b", "S", "E"),)


def test_who_must_agree_are_those_with_people_who_move(scenario, document):
    parties, bodies = grids(document, "agree")
    assert ("London to Coast to Capital", "Croydon", "Coast to Capital and London",
            "South West London", "none") in parties.rows  # fmt: skip
    told = {row[0]: row for row in bodies.rows}
    cut = scenario.standing.by_layer["stp"]
    place = cut.layer.names.index("South West London")
    share = cut.full[place, scenario.standing.areas.index("Coast to Capital")]
    part = share / cut.layer.total_full[place]
    assert told["STP South West London"][1].endswith(f"Coast to Capital {part:.1%}")
    assert told["STP South West London"][2] == "London 100.0%"
    assert all(cut.is_cut[cut.layer.names.index(name.removeprefix("STP "))]
               for name in told if name.startswith("STP "))  # fmt: skip
    said = words(document, "agree")
    assert "London (Greater London Authority)" in said
    assert "Coast to Capital and Solent have no body of the same area yet" in said


def test_money_is_that_of_the_library_with_year_and_territory(scenario, document):
    published, areas = grids(document, "money")
    assert published.rows[2] == (
        "Skills", "£3.2bn", "2016-17", "England", "£3.1825bn", "£17.5m",
    )  # fmt: skip
    parts = scenario.money().by_programme
    row = next(own for own in areas.rows if own[0] == "Solent")
    assert row[1:5] == tuple(f"{value / 1e6:,.1f}" for value in parts.loc["Solent"])
    assert words(document, "money") == scenario.money().caption
    before = apportion(scenario.plan.on(scenario.basis.atoms)).parts.loc["Solent"].sum()
    change = (parts.loc["Solent"].sum() - before) / 1e6
    assert change > 0
    assert row[-1] == f"+{change:,.1f}"
    changes = [float(own[-1].replace("\N{MINUS SIGN}", "-").replace(",", "")) for own in areas.rows]
    assert sum(changes) == pytest.approx(0, abs=0.3)
    section = next(own for own in document.sections if own.key == "areas")
    table = next(block for block in section.blocks if isinstance(block, Grid))
    shown = next(own for own in table.rows if own[0].endswith("Solent"))
    assert shown[6] == row[5]  # the same figure in both tables


def test_need_is_compared_where_there_are_indicators(document):
    assert "No indicators of need were given" in words(document, "need")
    data = ct.england_2017()
    people = data.graph.units["population"]
    need = (people.rank() % 40).to_frame("ill_health_2016")
    need.iloc[0] = float("nan")
    own = moved(england(need=need, drawn=False))
    (table,) = grids(document_of(own), "need")
    ((title, before, now, change, low, high),) = table.rows
    assert title == "ill health 2016"
    assert before == f"{own.standing_before.eta_squared['ill_health_2016']:.3f}"
    assert now == f"{own.standing.eta_squared['ill_health_2016']:.3f}"
    assert float(change.replace("\N{MINUS SIGN}", "-")) == pytest.approx(
        float(now) - float(before), abs=0.0011
    )
    means = own.standing.means("ill_health_2016")
    assert low == f"{own.standing.areas[means.argmin()]} ({means.min():.1f})"
    assert high == f"{own.standing.areas[means.argmax()]} ({means.max():.1f})"


def test_method_says_whence_and_how(scenario, document):
    said = words(document, "method")
    assert ct.__version__ in said
    assert "Open Government Licence v3.0" in said
    assert "Maps are schematic" in said
    (record,) = grids(document, "method")
    assert record.rows[0][:4] == ("1", "24 November 2017, 12:00 UTC", "Croydon Council",
                                  "Croydon to Coast to Capital")  # fmt: skip
    assert len(record.rows) == len(scenario.done)


# Formats


def test_both_formats_hold_every_text(document, pdf):
    page = Page(to_html(document))
    in_html = squeezed("".join(page.said) + "".join(page.alts))
    in_pdf = squeezed("".join(own.extract_text() for own in PdfReader(io.BytesIO(pdf)).pages))
    alts = [
        block.alt for section in document.sections for block in section.blocks
        if isinstance(block, Picture)
    ]  # fmt: skip
    texts = [text for text in document.texts() if text]
    assert len(texts) > 700
    for text in texts:
        assert squeezed(plain(text)) in in_html, text
    # A long text may be broken by the foot of a page; the parts of it are then there.
    for text in texts:
        if text not in alts:
            parts = [squeezed(plain(part)) for part in text.split(". ")]
            lost = [part for part in parts if part not in in_pdf]
            assert len(lost) <= (len(parts) > 1), text


def test_the_pdf_is_tagged_and_says_its_language(document, pdf):
    reader = PdfReader(io.BytesIO(pdf))
    root = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "en-GB"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert reader.metadata.title == "Croydon and the Solent"
    assert "<pdfuaid:part>1" in root["/Metadata"].get_data().decode()
    kinds, alts = structure(root["/StructTreeRoot"])
    assert {"/Title", "/H1", "/Table", "/TH", "/TD", "/Figure", "/Caption", "/L"} <= kinds
    assert alts == [
        block.alt for section in document.sections for block in section.blocks
        if isinstance(block, Picture)
    ]  # fmt: skip
    assert 2 <= len(reader.pages) <= 6
    fonts = {str(font) for page in reader.pages for font in page["/Resources"]["/Font"]}
    assert fonts  # all embedded: PDF/UA-1 forbids others, and setting it would fail


def structure(root):
    """Kinds of elements in a PDF's tree of structure, and alternative texts in order."""
    kinds, alts, left = set(), [], [root]
    while left:
        own = left.pop()
        own = own.get_object() if hasattr(own, "get_object") else own
        if isinstance(own, list):
            left += reversed(own)
        elif isinstance(own, dict):
            kinds.add(own.get("/S"))
            alts += [str(own["/Alt"])] if "/Alt" in own else []
            left += [own["/K"]] if "/K" in own else []
    return kinds, alts


def test_the_page_has_landmarks_and_needs_nothing_else(document):
    page = Page(to_html(document))
    html = next(attributes for tag, attributes in page.elements if tag == "html")
    assert html["lang"] == "en-GB"
    for tag in ("header", "nav", "main", "footer", "h1", "title"):
        assert page.count(tag) == 1, tag
    assert page.count("h2") == len(document.sections) + 1  # and the contents
    assert page.count("caption") == page.count("table") > 8
    assert all("scope" in attributes for tag, attributes in page.elements if tag == "th")
    assert all(page.alts)
    assert len(page.alts) == 2
    assert page.count("script") == page.count("link") == page.count("iframe") == 0
    for _, attributes in page.elements:
        for name in ("src", "href"):
            assert attributes.get(name, "#").startswith(("#", "data:image/"))
    held = re.findall(r'data:image/svg\+xml;base64,([^"]+)', to_html(document))
    drawn = [base64.b64decode(own).decode() for own in held]
    assert len(drawn) == 2
    assert all("<text" not in own for own in drawn)  # letters are outlines: no font is missing
    assert len(to_html(document)) < 1_200_000


def test_heavy_drawings_are_images_on_the_page():
    heavy = Picture(svg="<svg/>", alt="a map", caption="Map", png=b"\x89PNG")
    section = Section(key="a", title="A", blocks=(heavy,))
    page = to_html(Document(title="t", subtitle="", sections=(section,), foot=""))
    assert "data:image/png;base64,iVBORw==" in page


@pytest.mark.parametrize("text", [NASTY, "漢字 😀 \x0b\u202eevil", "a" * 3000])
def test_what_users_write_is_shown_as_text(text):
    own = england(name=text, who=text)
    own = own.new_area(f"Area {text}"[:200], ["Croydon", "Lewes"], at=NOON, note=text)
    document = document_of(own)
    assert len(document.title) <= 121
    page = to_html(document)
    assert "<script" not in page
    if text == NASTY:
        assert "&lt;script&gt;x()&lt;/script&gt;" in page
    reader = PdfReader(io.BytesIO(to_pdf(document)))
    assert 2 <= len(reader.pages) <= 6
    if text == NASTY:
        said = squeezed("".join(own.extract_text() for own in reader.pages))
        assert squeezed(NASTY) in said
        assert reader.metadata.title == NASTY
    if text.startswith("漢"):
        assert reader.metadata.title == "\ufffd\ufffd 😀 evil"


def test_the_same_scenario_gives_the_same_bytes(pdf, document):
    script = (
        "import hashlib, coterminosity as ct\n"
        "from tests.test_report import england, moved\n"
        "from coterminosity.reporting import document_of, to_html, to_pdf\n"
        "document = document_of(moved(england()))\n"
        "for held in (to_pdf(document), to_html(document).encode()):\n"
        "    print(hashlib.sha256(held).hexdigest())\n"
    )
    environment = os.environ | {"PYTHONHASHSEED": "7"}
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True,
        env=environment,
    )  # fmt: skip
    own = [hashlib.sha256(held).hexdigest() for held in (pdf, to_html(document).encode())]
    assert done.stdout.split() == own


# Other scenarios


def test_a_plan_as_it_was_proposed():
    document = document_of(england(name=""))
    assert document.title == "A proposal for commissioning areas"
    assert "no step has been made yet" in words(document, "in-short")
    assert "No unit changes area." in words(document, "changes")
    assert "nobody has to give or take one" in words(document, "agree")
    (bodies,) = grids(document, "agree")
    assert {row[2] for row in bodies.rows} == {"the same"}
    pictures = [block for section in document.sections for block in section.blocks
                if isinstance(block, Picture)]  # fmt: skip
    assert len(pictures) == 1
    assert 2 <= len(PdfReader(io.BytesIO(to_pdf(document))).pages) <= 6


def test_many_moves_are_cut_short_and_counted():
    own = england()
    for zone in own.zones:
        option = next((o for o in reversed(tuple(own.options(zone.key))) if o.moves), None)
        own = own.settle(zone.key, to=option.to, at=NOON) if option else own
    own = own.split("London", "stp", at=NOON)
    areas = list(own.position.areas)
    for number, name in enumerate(own.ground.names[::12]):
        if own.area_of(name) != areas[number]:
            own = own.move(name, to=areas[number], at=NOON)
    document = document_of(own)
    assert 2 <= len(PdfReader(io.BytesIO(to_pdf(document))).pages) <= 6
    told = words(document, "changes")
    ways = own.compare().moved.groupby(["from", "to"]).ngroups
    shown = len(grids(document, "changes")[0].rows)
    assert f"{ways - shown} more ways of moving" in told
    assert "earlier steps" in words(document, "method")


def test_areas_that_are_renamed_new_or_gone():
    own = england(drawn=False).rename("Cumbria", "Cumberland", at=NOON)
    own = own.merge("Oxfordshire", "Buckinghamshire Thames Valley", at=NOON)
    own = own.new_area("Thameside", ["Croydon"], at=NOON)
    table = grids(document_of(own), "areas")[0]
    names = [row[0] for row in table.rows]
    assert any(name.endswith("Cumberland (was Cumbria)") for name in names)
    assert any(name.endswith("Thameside (new)") for name in names)
    rows = {row[0].split(". ")[-1]: row for row in table.rows}
    assert rows["Oxfordshire"][3] == "+535,918"


def test_maps_and_tables_tell_the_same_moves():
    """Leeds and Bradford are most of their area: what is left of it is what has moved."""
    own = england().new_area("New place", ["Leeds", "Bradford"], at=NOON)
    case = Case(own)
    assert case.was["New place"] == "Leeds City Region"
    assert sorted(case.marks.index) == sorted(case.moved["code"])
    assert {"E08000033", "E08000034"} <= set(case.marks.index)  # Calderdale and Kirklees
    assert set(case.moved["from"]) == {"Leeds City Region (before)"}
    renamed = Case(england().rename("Cumbria", "Cumberland", at=NOON))
    assert not len(renamed.marks)
    assert renamed.drawn_before["E07000026"] == "Cumbria"


def test_a_country_drawn_by_hand_without_boundaries(tmp_path):
    own = negotiations.scenario().move("b2", to="North", at=NOON)
    document = document_of(own)
    assert not [block for section in document.sections for block in section.blocks
                if isinstance(block, Picture)]  # fmt: skip
    assert ("South to North", "Town b2", "South", "East") in grids(document, "agree")[0].rows
    assert grids(document, "changes")[0].rows[0][:4] == ("Town b2", "–", "South", "North")
    assert "given by the user" in words(document, "method")
    assert "Crown copyright" not in words(document, "method")
    assert ct.report(own, tmp_path / "brief.pdf").stat().st_size > 10_000


def test_nobody_has_an_area():
    own = england().move(list(ct.england_2017().graph.units.index), to=None, at=NOON)
    document = document_of(own)
    assert "no money is spread" in words(document, "money")
    assert [row[0] for row in grids(document, "areas")[0].rows] == ["no area", "All"]
    assert to_pdf(document)[:5] == b"%PDF-"


def test_atoms_are_called_pieces_of_districts():
    data = ct.england_2017()
    plan = ct.propose(data.atom_graph, data.atoms.as_units(), ct.Brief(unit_layer="atom"))
    document = document_of(ct.Scenario(plan))
    assert "made of 405 pieces of districts" in document.subtitle


# Files and the command


def test_reports_are_written_whole_or_not_at_all(tmp_path):
    own = negotiations.scenario()
    document = document_of(own)
    assert ct.report(own, tmp_path / "brief.PDF").read_bytes() == to_pdf(document)
    written = ct.report(own, str(tmp_path / "brief.html"))
    assert written.read_text(encoding="utf-8") == to_html(document)
    with pytest.raises(errors.CoterminosityError, match=r"wanted a brief as .html or .pdf"):
        ct.report(own, tmp_path / "brief.docx")
    assert sorted(own.name for own in tmp_path.iterdir()) == ["brief.PDF", "brief.html"]


def test_the_command(scenario, tmp_path, capsys, monkeypatch, pdf):
    file = scenario.write(tmp_path / "scenario.toml")
    out = tmp_path / "brief.pdf"
    code, said, told = call(capsys, monkeypatch, "report", file, "--out", out)
    assert (code, said) == (0, "")
    assert f"wrote {out}" in told
    assert out.read_bytes() == pdf
    # An ending that will not do is told before anything is opened.
    missing, wrong = tmp_path / "no.toml", tmp_path / "brief.doc"
    code, _, told = call(capsys, monkeypatch, "report", missing, "--out", wrong)
    assert code == 1
    assert "wanted a brief as .html or .pdf, got .doc" in told
    code, _, told = call(capsys, monkeypatch, "report", missing, "--out", out)
    assert code == 1
    assert "no.toml" in told


def test_rights_in_boundaries_are_claimed_only_for_known_ones():
    from coterminosity.reporting.pictures import _kind
    from tests.conftest import boxes

    own = boxes("lad", {"a": [(0, 0, 1, 1)]})
    assert _kind(own) == ""
    assert _kind(replace(own, source="maps/own.gpkg")) == "Boundaries: own.gpkg."
    assert _kind(replace(own, licence="OGL")).startswith("Contains National Statistics")
    assert _kind(replace(own, licence="OGL", geometry_kind="schematic")).startswith("Schematic")
