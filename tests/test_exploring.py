"""The map to look around in: one piece of HTML, nothing from elsewhere, text as text."""

import html as markup
import json
import re

import numpy as np
import pandas as pd
import pytest

import coterminosity as ct
from coterminosity import errors
from tests.conftest import boxes


@pytest.fixture(scope="module")
def data():
    return ct.england_2017()


@pytest.fixture(scope="module")
def plan(data):
    return ct.propose(data.graph, data.atoms)


@pytest.fixture(scope="module")
def page(plan):
    return ct.explore(plan).html


def facts_of(page: str) -> dict:
    return json.loads(re.search(r'id="facts">(.*?)</script>', page, re.DOTALL)[1])


def test_every_unit_is_drawn_once_in_the_colour_of_its_area(page, plan):
    assert page.count('class="unit"') == 320
    assert page.count('class="unit open"') == 6
    assert "No area yet (6)" in page
    assert len(re.findall(r"<text ", page)) == 38
    rows = facts_of(page)["rows"]
    fills = re.findall(r'<path class="unit" fill="(#\w+)"', page)
    areas = [row[1] for row in rows if row[1] != "none yet"]
    assert len(set(zip(areas, fills, strict=True))) == 38


def test_pointing_at_a_unit_tells_its_area_people_and_bodies(page):
    facts = facts_of(page)
    assert facts["columns"][:4] == ["Area", "People", "Note", "LEP"]
    (croydon,) = [row for row in facts["rows"] if row[0] == "Croydon"]
    told = dict(zip(facts["columns"], croydon[1:], strict=True))
    assert told["Area"] == "London"
    assert told["People"] == "384,837"
    assert told["LEP"] == "Coast to Capital; London"
    (lewes,) = [row for row in facts["rows"] if row[0] == "Lewes"]
    assert "to be negotiated" in lewes


def test_the_page_asks_for_nothing_from_elsewhere(page):
    assert not re.search(r"""(src|href)\s*=|url\(|@import|https?://""", page)
    assert "default-src 'none'" in page
    assert "Schematic" in page
    assert "<h1>38 areas (schematic)</h1>" in page


def test_it_is_the_same_each_time_and_shown_in_a_frame(plan, page, tmp_path):
    again = ct.explore(plan)
    assert again.html == page
    shown = again._repr_html_()
    assert markup.unescape(re.search(r'srcdoc="(.*?)" title', shown, re.DOTALL)[1]) == page
    assert 'sandbox="allow-scripts"' in shown
    assert again.save(tmp_path / "map.html").read_text(encoding="utf-8") == page
    with pytest.raises(errors.CoterminosityError, match="wanted a page as .html"):
        again.save(tmp_path / "map.png")


def test_names_from_files_stay_text():
    layer = boxes("lad", {"a": [(0, 0, 9, 9)], "b": [(9, 0, 18, 9)]})
    wicked = "</script><b>&\u2028"
    figures = pd.DataFrame({wicked: [1234.5, np.nan]}, index=["a", "b"])
    page = ct.explore({"a": wicked, "b": "Quiet"}, layer, figures=figures).html
    assert wicked not in page
    facts = facts_of(page)
    assert facts["columns"] == ["Area", wicked]
    assert [row[2] for row in facts["rows"]] == ["1,234.5", ""]


def test_paths_are_the_shapes_on_whole_numbers():
    layer = boxes("lad", {"a": [(0, 0, 10, 10)], "b": [(10, 0, 20, 10)]})
    page = ct.explore({"a": "x", "b": "y"}, layer).html
    facts = facts_of(page)
    assert (facts["width"], facts["height"]) == (8000, 4000)
    paths = re.findall(r'class="unit" fill="#\w+" d="M(\d+) (\d+)l([-\d ]+)"', page)
    assert len(paths) == 2
    assert "No area yet" not in page
    for x, y, steps in paths:
        moves = np.array(re.findall(r"-?\d+", steps), dtype=int).reshape(-1, 2)
        corners = np.cumsum(np.vstack([[int(x), int(y)], moves]), axis=0)
        assert (corners[0] == corners[-1]).all()
        assert np.ptp(corners, axis=0).tolist() == [4000, 4000]


def test_without_shapes_it_says_what_to_give(plan):
    with pytest.raises(errors.LayerError, match="give layer="):
        ct.explore(plan.assignment)
