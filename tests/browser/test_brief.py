"""A brief to hand out in a real browser: accessible, alone, and on few pages of paper."""

import io

import pytest
from pypdf import PdfReader

import coterminosity as ct

NOON = "2017-11-24T12:00:00Z"
NASTY = "<script>document.title = 'broken'</script><img src=x onerror=alert(1)>"


@pytest.fixture
def brief(tmp_path):
    data = ct.england_2017()
    own = ct.Scenario(ct.propose(data.graph, data.atoms), name=f"A brief {NASTY}")
    own = own.move("Croydon", to="Coast to Capital", who=NASTY, note=NASTY, at=NOON)
    return ct.report(own, tmp_path / "brief.html")


def test_a_brief_is_sound_and_shows_text_as_text(open_page, brief, axe, picture):
    page = open_page(brief)
    assert page.title() == f"A brief {NASTY}"
    assert page.locator("h1").inner_text() == f"A brief {NASTY}"
    assert page.locator("script").count() == 0
    assert axe(page) == []
    for image in page.locator("img").all():
        assert image.evaluate("own => own.complete && own.naturalWidth") > 300
    picture(page, "brief", full_page=True)


def test_a_brief_fits_a_narrow_screen(open_page, brief):
    page = open_page(brief)
    page.set_viewport_size({"width": 360, "height": 640})
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_a_brief_is_printed_on_few_pages(open_page, brief):
    printed = open_page(brief).pdf(prefer_css_page_size=True)
    assert 2 <= len(PdfReader(io.BytesIO(printed)).pages) <= 6
