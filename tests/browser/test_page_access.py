"""The page without a mouse, without a map, on a small screen, on paper and for readers of it."""

import re
from itertools import pairwise

import pytest

import coterminosity as ct
from tests.browser.hands import choose, drawn, move, press, said, saved, tile

# What the help calls keys, and what the browser does.
PRESSED = {"Space": " ", "Esc": "Escape", "Ctrl+Z": "Control+z", "Ctrl+Y": "Control+y"}
PANELS = ("Chosen", "Figures", "Areas", "Contested", "Log")


def focused(page) -> str:
    """Return what a reader of the page hears of the element with focus."""
    return page.evaluate(
        "() => { const own = document.activeElement; return own.getAttribute('aria-label')"
        " ?? own.labels?.[0]?.textContent ?? own.textContent }"
    )


def typed(page, *keys: str) -> None:
    """Press keys, each when the page has drawn what the one before did."""
    for key in keys:
        drawn(page)
        page.keyboard.press(key)


def tab_to(page, words: str, *, key: str = "Tab", most: int = 40) -> None:
    """Go on with a key until an element with these words has focus."""
    for _ in range(most):
        page.keyboard.press(key)
        if re.search(words, focused(page)):
            return
    raise AssertionError(f"{key} does not lead to {words}; it led to {focused(page)}")


def test_a_negotiation_by_keyboard_alone(scenario, table, open_page, tmp_path):
    page = open_page(table)
    # Find a district, move it with a reason, take that back, and do it again.
    typed(page, "/")
    page.keyboard.type("croydon")
    typed(page, "Enter")
    assert "Croydon chosen, in London" in said(page)
    typed(page, "g")
    page.keyboard.type("Coast to C")
    typed(page, "Tab")
    page.keyboard.type("as asked")
    typed(page, "Enter")
    assert tile(page, "Moved") == "1"
    tab_to(page, "^Move$")
    typed(page, "u")
    assert tile(page, "Moved") == "0"
    typed(page, "U")
    assert tile(page, "Moved") == "1"
    # Walk on the map, lock a district, paint another.
    typed(page, "m")
    start = focused(page)
    typed(page, "ArrowDown")
    assert focused(page) != start
    typed(page, "ArrowUp", "Enter", "k")
    name = focused(page).split(",")[0]
    assert f"{name}" in said(page)
    assert "lock" in said(page).lower()
    typed(page, "p", "a")
    page.keyboard.type("Solent")
    typed(page, "Shift+Tab", "m")
    typed(page, "ArrowDown", "Enter")
    painted = focused(page).split(",")[0]
    assert f"{painted}" in said(page)
    assert tile(page, "Moved") == "2"
    # Settle contested ground, note why, open the help, save.
    typed(page, "v", "z", "z", "z", "z", "z")
    assert "Solent" in focused(page)
    tab_to(page, "Apply: All to Solent")
    typed(page, "Enter")
    typed(page, "Escape", "n")
    page.keyboard.type("agreed in the room")
    typed(page, "Tab", "Enter")
    typed(page, "?")
    help_page = page.get_by_role("dialog")
    assert help_page.locator("kbd").count() >= 20
    typed(page, "Escape")
    assert help_page.count() == 0
    typed(page, "n", "Escape")
    with page.expect_download() as waiting:
        typed(page, "s")
    waiting.value.save_as(tmp_path / "own.toml")
    again = ct.Scenario.from_file(tmp_path / "own.toml", need=scenario.need)
    assert [entry.action for entry in again.entries] == ["move", "lock", "move", "move", "note"]
    assert again.entries[0].note == "as asked"
    assert again.area_of("Croydon") == "Coast to Capital"
    assert again.area_of(painted) == "Solent"
    assert again.area_of("New Forest") == "Solent"


def test_every_key_of_the_help_does_something_and_harms_nothing(table, open_page):
    page = open_page(table)
    typed(page, "?")
    keys = page.get_by_role("dialog").locator("li > span:first-child").all_inner_texts()
    keys = [key for words in keys for key in words.split(" or ")]
    assert len(set(keys)) >= 20
    typed(page, "Escape")
    choose(page, "Leeds")
    for key in keys:
        if key in ("Arrow keys", "Ctrl+P", "Shift+O"):
            continue  # of the map, of the browser's own print dialog, and of its file dialog
        page.get_by_role("tab", selected=True).focus()
        page.keyboard.press(PRESSED.get(key, re.sub("Shift[+]([A-Z])", r"\1", key)))
        if page.get_by_role("dialog").count():
            typed(page, "Escape")
        assert page.get_by_role("dialog").count() == 0, key


def test_a_negotiation_in_the_table_alone(scenario, table, open_page, tmp_path):
    page = open_page(table)
    press(page, "Districts")
    whole = page.get_by_role("region", name="Table of districts")
    assert whole.get_by_role("row").count() == 327
    page.get_by_label("Find a district or body").fill("surrey")
    assert 1 < whole.get_by_role("row").count() < 30
    page.get_by_label("Find a district or body").fill("croydon")
    assert whole.get_by_role("row").count() == 2
    page.get_by_label("Area of Croydon").select_option("Coast to Capital")
    drawn(page)
    row = whole.get_by_role("row").nth(1)
    assert "London" in row.inner_text()
    page.get_by_label("Find a district or body").fill("")
    page.get_by_label("In area").select_option("Coast to Capital")
    page.get_by_label("Moved").check()
    assert whole.get_by_role("row").count() == 2
    press(page, "Lock Croydon")
    press(page, "People")
    people = whole.get_by_role("columnheader").filter(has_text="People")
    assert people.get_attribute("aria-sort") == "descending"
    page.get_by_label("Moved").uncheck()
    page.get_by_label("In area").select_option("")
    shown = [int(text.replace(",", "")) for text in whole.locator("td.number").all_inner_texts()]
    assert all(one >= other for one, other in pairwise(shown))
    again = ct.Scenario.from_file(saved(page, tmp_path), need=scenario.need)
    assert [entry.action for entry in again.entries] == ["move", "lock"]
    assert again.area_of("Croydon") == "Coast to Capital"


def test_painting_and_a_lasso_with_the_pointer(scenario, table, open_page, tmp_path):
    page = open_page(table)
    choose(page, "Cornwall")
    box = page.locator("svg.map").bounding_box()

    def middle(code: str) -> tuple[float, float]:
        unit = scenario.ground.number[code]
        own = page.locator(f"path.unit[data-unit='{unit}']").bounding_box()
        return own["x"] + own["width"] / 2, own["y"] + own["height"] / 2

    press(page, "Whole map", "Paint")
    page.get_by_label("Area to paint into").select_option("Heart of the South West")
    x, y = middle("E06000052")  # Cornwall
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 2, y, steps=3)
    page.mouse.up()
    assert tile(page, "Moved") == "1"
    press(page, "Lasso")
    x, y = middle("E06000046")  # Isle of Wight
    page.mouse.move(x - 40, y - 40)
    page.mouse.down()
    for dx, dy in ((40, -40), (40, 40), (-40, 40), (-40, -40)):
        page.mouse.move(x + dx, y + dy, steps=4)
    page.mouse.up()
    assert "districts chosen" in said(page)
    assert box["width"] > 600
    again = ct.Scenario.from_file(saved(page, tmp_path), need=scenario.need)
    assert again.area_of("Cornwall") == "Heart of the South West"


def test_axe_finds_no_violation_anywhere(table, open_page, axe):
    page = open_page(table)
    found = {"as opened": axe(page)}
    choose(page, "Croydon")
    move(page, "Coast to Capital", reason="as asked")
    for name in PANELS:
        page.get_by_role("tab", name=name).click()
        drawn(page)
        found[name] = axe(page, ".panel")
    page.get_by_role("tab", name="Contested").click()
    press(page, "Enterprise M3 / Solent", "Layers")
    found["contested"] = axe(page, ".panel")
    found["layers"] = axe(page, ".layers")
    typed(page, "?")
    found["help"] = axe(page, "dialog")
    typed(page, "Escape")
    press(page, "Files")
    found["files"] = axe(page, ".menu")
    typed(page, "Escape", "d")
    found["districts"] = axe(page)
    assert {name: own for name, own in found.items() if own} == {}


def luminance(colour: str) -> float:
    """Relative luminance of a colour as the browser tells it, ``rgb(1, 2, 3)`` (WCAG 2.2)."""
    parts = [int(part) / 255 for part in re.findall(r"\d+", colour)[:3]]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_names_and_borders_stand_out_on_every_fill(table, open_page):
    """What axe does not look at: text and lines on the patterns of the map."""
    page = open_page(table)
    fills, text, border = page.evaluate(
        """() => {
          const style = (node) => getComputedStyle(node);
          const patterns = [...document.querySelectorAll("svg.map pattern")];
          return [
            patterns.map((own) => [...own.children].map((part) => {
              const { fill, stroke } = style(part);
              return part.localName === "rect" ? fill : stroke === "none" ? fill : stroke;
            })),
            style(document.querySelector(".labels text")).fill,
            style(document.querySelector(".border.outer")).stroke,
          ];
        }"""
    )
    assert len(fills) >= 5
    for colours in fills:
        assert contrast(text, colours[0]) >= 4.5, colours
        assert contrast(border, colours[0]) >= 3.0, colours
    # Neighbouring areas differ in pattern too, not in colour alone.
    kinds = page.evaluate(
        "() => [...document.querySelectorAll('svg.map pattern')].map((own) => own.innerHTML"
        ".replace(/#[0-9a-f]{3,8}/gi, ''))"
    )
    assert len(set(kinds)) == len(kinds)


@pytest.mark.parametrize(("width", "height"), [(1280, 720), (1920, 1080), (640, 360)])
def test_nothing_is_cut_off(table, open_page, picture, width, height):
    """At the size of a projector, and at twice the size of letters (640 for 1280)."""
    page = open_page(table)
    page.set_viewport_size({"width": width, "height": height})
    choose(page, "Croydon")
    move(page, "Coast to Capital")
    drawn(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    for name in PANELS:
        page.get_by_role("tab", name=name).click()
        drawn(page)
        picture(page, f"{width}-{name.lower()}")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, name


def test_the_printed_page_holds_map_figures_moves_and_sources(table, open_page, picture, tmp_path):
    page = open_page(table)
    choose(page, "Croydon")
    move(page, "Coast to Capital", reason="as asked")
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    sheet = page.locator(".sheet")
    words = sheet.inner_text()
    for wanted in ("Coast to Capital", "as asked", "Croydon", "£1,935", "Crown copyright"):
        assert wanted in words, wanted
    assert page.locator("svg.map").is_visible()
    for hidden in (".tools", ".status", "[role=tablist]", ".bar button"):
        assert not page.locator(hidden).first.is_visible(), hidden
    page.emulate_media(media="null")
    page.pdf(path=tmp_path / "page.pdf", format="A4", prefer_css_page_size=True)
    data = (tmp_path / "page.pdf").read_bytes()
    assert 2 <= len(re.findall(rb"/Type\s*/Page\b", data)) <= 6
