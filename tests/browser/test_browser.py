"""The browser that the page is tested in: it sees faults, asks nobody, and forgets."""

import re
import struct

import pytest

from tests.browser.hands import kept, reload

PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Two districts</title>
<meta http-equiv="Content-Security-Policy"
  content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'">
<style>p {{ color: {colour} }}</style></head>
<body><main><h1>Two districts</h1><p id="people">100 people</p></main>
<script>{script}</script></body></html>"""


@pytest.fixture
def draw(tmp_path):
    """Write a small page of our own."""

    def written(script="", colour="#222"):
        path = tmp_path / "page.html"
        path.write_text(PAGE.format(script=script, colour=colour), encoding="utf-8")
        return path

    return written


def test_a_sound_page_opens_from_a_file(open_page, draw, axe, picture):
    page = open_page(draw("people.textContent = `${location.protocol} ${location.hash}`"))
    assert page.inner_text("#people") == "file:"
    assert axe(page) == []
    data = picture(page, "two-districts").read_bytes()
    assert struct.unpack(">II", data[16:24]) == (1280, 720)
    page = open_page(draw("people.textContent = location.hash"), fragment="plan")
    assert page.inner_text("#people") == "#plan"


def test_what_axe_finds_is_named(open_page, draw, axe):
    (found,) = axe(open_page(draw(colour="#aaa")))
    assert found.startswith("color-contrast: ")
    assert found.endswith(": #people")


@pytest.mark.parametrize(
    ("script", "wrong"),
    [
        ("console.error('no such area')", "console: no such area"),
        ("throw new Error('no such area')", "error: no such area"),
        ("Promise.reject(new Error('late'))", "error: late"),
        ("fetch('https://example.org/x')", "console: .*Content Security Policy"),
        ("location.href = 'https://example.org/away'", "request: https://example.org/away"),
    ],
)
def test_faults_of_a_page_are_seen(visit, draw, script, wrong):
    own = visit()
    page = own.open(draw(script))
    page.wait_for_timeout(100)
    assert any(re.match(wrong, said) for said in own.wrong), own.wrong


def test_requests_go_nowhere(visit, tmp_path):
    """A page without a policy of its own gets no picture, and the test is told that it asked."""
    path = tmp_path / "page.html"
    path.write_text(
        "<!doctype html><title>x</title><img src='http://127.0.0.1:9/a.png'>"
        "<script>new WebSocket('ws://localhost:9/b')</script>"
    )
    own = visit()
    page = own.open(path)
    page.wait_for_timeout(100)
    assert "request: http://127.0.0.1:9/a.png" in own.wrong
    assert "request: ws://localhost:9/b" in own.wrong
    assert page.evaluate("document.images[0].naturalWidth") == 0


def test_a_profile_keeps_and_another_starts_empty(visit, draw):
    path = draw(
        "requestAnimationFrame(() => {"
        "  localStorage.n = +(localStorage.n ?? 0) + 1; people.textContent = localStorage.n })"
    )
    own = visit()
    page = own.open(path)
    page.get_by_text("1", exact=True).wait_for()
    reload(page)
    page.get_by_text("2", exact=True).wait_for()
    kept(page)
    own.open(path).get_by_text("3", exact=True).wait_for()
    visit().open(path).get_by_text("1", exact=True).wait_for()
