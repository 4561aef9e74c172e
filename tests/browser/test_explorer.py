"""The map to look around in, in a real browser without a network."""

import pytest

import coterminosity as ct


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    data = ct.england_2017()
    explorer = ct.explore(ct.propose(data.graph, data.atoms))
    return explorer.save(tmp_path_factory.mktemp("explorer") / "map.html")


def width(page) -> float:
    return float(page.get_attribute("svg", "viewBox").split()[2])


def test_search_keys_wheel_and_drag(open_page, file):
    page = open_page(file)
    start = width(page)
    page.fill("#search", "croydon")
    page.press("#search", "Enter")
    assert "Croydon: Area London, People 384,837" in page.inner_text("#said")
    assert page.inner_text("#tip strong") == "Croydon"
    assert width(page) < start / 4
    page.click("#all")
    assert width(page) == start
    page.focus("svg")
    page.keyboard.press("+")
    assert width(page) == pytest.approx(start / 1.5)
    page.keyboard.press("0")
    page.mouse.move(640, 360)
    page.mouse.wheel(0, -400)
    page.wait_for_function(f"document.querySelector('svg').viewBox.baseVal.width < {start}")
    before = page.get_attribute("svg", "viewBox")
    page.mouse.down()
    page.mouse.move(700, 420)
    page.mouse.up()
    assert page.get_attribute("svg", "viewBox") != before


def test_the_whole_map_is_in_sight(open_page, file):
    page = open_page(file)
    room = page.evaluate("document.querySelector('main').getBoundingClientRect().toJSON()")
    drawn = page.evaluate("document.querySelector('svg').getBoundingClientRect().toJSON()")
    assert drawn["height"] > 0.9 * room["height"]
    assert drawn["bottom"] <= room["bottom"] + 1
    assert drawn["left"] == room["left"]


def test_names_never_touch_and_more_show_closer(open_page, file):
    page = open_page(file)
    shown = "[...document.querySelectorAll('svg text')].filter(t => t.style.display !== 'none')"
    boxes = page.evaluate(f"{shown}.map(t => t.getBoundingClientRect().toJSON())")
    assert 10 < len(boxes) < 38
    for k, a in enumerate(boxes):
        for b in boxes[:k]:
            apart = (a["right"] <= b["left"] + 2 or b["right"] <= a["left"] + 2
                     or a["bottom"] <= b["top"] + 4 or b["bottom"] <= a["top"] + 4)  # fmt: skip
            assert apart
    for _ in range(3):
        page.click("#closer")
    assert page.evaluate(f"{shown}.length") > len(boxes)


def test_axe_finds_nothing_wrong(open_page, file, axe):
    assert axe(open_page(file)) == []
