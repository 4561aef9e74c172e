"""What the page keeps: a thousand steps over a reload, the plan in its address, cut links."""

import re

import coterminosity as ct
from tests.browser.hands import choose, drawn, kept, link, move, press, reload, saved, tile

# Each step is a change of a select in the table of districts, as a person makes it.
BACK_AND_FORTH = """
async (count) => {
  const select = document.querySelector('select.home[aria-label="Area of Croydon"]');
  for (let k = 0; k < count; k += 1) {
    select.dispatchEvent(new Event("focus"));
    select.value = k % 2 ? "London" : "Coast to Capital";
    select.dispatchEvent(new Event("change"));
    if (k % 100 === 0) await new Promise((done) => setTimeout(done));
  }
}
"""
CLICKS = """
([name, count]) => {
  const button = document.querySelector(`.bar button[aria-label="${name}"]`);
  for (let k = 0; k < count && !button.disabled; k += 1) button.click();
}
"""
STEPS = 1_003


def steps_of(page) -> str:
    drawn(page)
    return page.locator(".title p").inner_text()


def test_a_thousand_steps_survive_a_reload_and_are_taken_back(table, open_page, tmp_path):
    page = open_page(table)
    page.keyboard.press("d")
    page.evaluate(BACK_AND_FORTH, STEPS)
    assert steps_of(page) == f"{STEPS:,} steps since the start"
    reload(page)
    assert steps_of(page) == f"{STEPS:,} steps since the start"
    assert tile(page, "Moved") == "1"
    page.evaluate(CLICKS, ["Undo", STEPS - 2])
    assert steps_of(page) == "2 steps since the start"
    assert tile(page, "Moved") == "0"
    # Steps taken back can be taken again after another reload, and in another window.
    reload(page)
    kept(page)
    other = open_page(table)
    for own in (page, other):
        assert steps_of(own) == "2 steps since the start"
    page.evaluate(CLICKS, ["Redo", STEPS])
    assert steps_of(page) == f"{STEPS:,} steps since the start"
    page.evaluate(CLICKS, ["Undo", STEPS])
    assert steps_of(page) == "As at the start"
    text = saved(page, tmp_path).read_text(encoding="utf-8")
    assert text.count("\nundone = true\n") == STEPS


def test_the_whole_plan_stands_in_the_address(scenario, table, open_page, visit, tmp_path):
    page = open_page(table)
    choose(page, "Croydon")
    move(page, "Coast to Capital", reason="as “asked”, <b>twice</b>")
    press(page, "Undo")
    choose(page, "Leeds")
    move(page, "York, North Yorkshire and East Riding")
    fragment = link(page)
    assert re.fullmatch(r"ct1\.[0-9a-f]{12}\.[0-9a-z]+\.[-\w]+", fragment)
    colleague = visit()
    there = colleague.open(table, fragment=fragment)
    assert steps_of(there) == "1 step since the start"
    again = ct.Scenario.from_file(saved(there, tmp_path), need=scenario.need)
    assert again.area_of("Leeds") == "York, North Yorkshire and East Riding"
    assert colleague.wrong == []


def test_a_link_that_was_cut_is_told_and_what_can_be_read_is_kept(
    scenario, table, open_page, visit, tmp_path
):
    page = open_page(table)
    for name in ("Croydon", "Bromley", "Sutton"):
        choose(page, name)
        move(page, "Coast to Capital", reason=f"{name} asked")
    fragment = link(page)
    colleague = visit()
    there = colleague.open(table)
    choose(there, "Leeds")
    move(there, "York, North Yorkshire and East Riding")
    kept(there)
    there.close()
    there = colleague.open(table, fragment=fragment[: int(0.8 * len(fragment))])
    dialog = there.get_by_role("dialog")
    assert "cut or changed" in dialog.inner_text()
    with there.expect_download() as waiting:
        dialog.get_by_role("button", name="Save what could be read").click()
    path = tmp_path / waiting.value.suggested_filename
    waiting.value.save_as(path)
    assert "Croydon asked" in path.read_text(encoding="utf-8")
    # What was on the table before is on it still.
    assert tile(there, "Moved") == "1"
    for damaged in ("", "ct1", "ct1.x.y.z", "ct9.a.b.c", "%%%", fragment[::-1]):
        stranger = visit()
        assert tile(stranger.open(table, fragment=damaged), "Moved") == "0"
        assert stranger.wrong == []
    assert colleague.wrong == []


def test_what_the_browser_kept_is_not_lost_to_a_link(table, open_page, visit):
    page = open_page(table)
    choose(page, "Croydon")
    move(page, "Coast to Capital")
    fragment = link(page)
    colleague = visit()
    there = colleague.open(table)
    choose(there, "Leeds")
    move(there, "York, North Yorkshire and East Riding")
    kept(there)
    there.close()
    there = colleague.open(table, fragment=fragment)
    there.get_by_role("tab", name="Log").click()
    assert there.get_by_text("Croydon to Coast to Capital").count() >= 1
    press(there, "Bring back what was set aside")
    drawn(there)
    assert there.get_by_text("Leeds").count() >= 1
    assert colleague.wrong == []


def test_a_page_asks_for_what_was_kept_at_its_first_frame(table, visit):
    """Before it, a busy Chromium may answer with a store that it forgets."""
    own = visit()
    own.context.add_init_script("""
      window.early = window.asked = 0;
      requestAnimationFrame(() => { window.isShown = true; });
      const { getItem } = Storage.prototype;
      Storage.prototype.getItem = function (key) {
        window.asked += 1;
        if (!window.isShown) window.early += 1;
        return getItem.call(this, key);
      };
    """)
    page = own.open(table)
    assert page.evaluate("window.asked") > 0
    assert page.evaluate("window.early") == 0


def test_a_page_in_the_background_opens_all_the_same(table, visit):
    own = visit()
    own.context.add_init_script("""
      Object.defineProperty(document, "hidden", { value: true });
      window.requestAnimationFrame = () => 0;
    """)
    assert own.open(table).locator(".title p").inner_text() == "As at the start"
