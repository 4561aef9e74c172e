"""The page as a file: small, alone, text as text, and used as the people in the room would."""

import gzip

import pytest

import coterminosity as ct
from tests.browser.hands import choose, drawn, move, press, said, saved, tile

SCRIPT = "<img src=x onerror=\"document.title='broken'\"><script>document.title='broken'</script>"


def test_the_page_is_small_and_stands_alone(table, open_page):
    data = table.read_bytes()
    assert len(data) <= 1_000_000
    assert len(gzip.compress(data, 9)) <= 350_000
    page = open_page(table)
    assert page.title() == "Devolution"
    assert page.locator("path.unit").count() == 326
    assert [tile(page, "Areas"), tile(page, "Moved")] == ["38", "0"]
    assert page.locator("[role=tab]").all_inner_texts()[0] == "Chosen"
    loaded = page.evaluate("performance.getEntriesByType('resource').map((own) => own.name)")
    assert loaded == []


def test_croydon_goes_and_comes_back_and_new_anglia_is_settled(
    scenario, table, open_page, tmp_path
):
    page = open_page(table)
    choose(page, "Croydon")
    move(page, "Coast to Capital", reason="as asked")
    assert "Croydon" in said(page)
    assert tile(page, "Moved") == "1"
    now = scenario.move("Croydon", to="Coast to Capital", note="as asked")
    own = now.standing.by_layer["stp"]
    assert tile(page, "STPs cut") == str(own.is_cut.sum())
    assert tile(page, "Cut off from STPs") == f"{own.split_people:,.0f}"
    move(page, "London")
    assert tile(page, "Moved") == "0"
    page.get_by_role("tab", name="Contested").click()
    anglia, solent = (now.options(name).zones[-1].title for name in ("New Anglia", "Solent"))
    press(page, anglia, f"Leave alone: {anglia}", solent, "Apply: All to Solent")
    now = now.move("Croydon", to="London").leave_alone(anglia).settle(solent, to="Solent")
    path = saved(page, tmp_path)
    again = ct.Scenario.from_file(path, need=scenario.need)
    assert again.assignment.equals(now.assignment)
    assert [entry.note for entry in again.entries] == [entry.note for entry in now.entries]
    assert {entry.who for entry in again.entries} == {"The chair"}
    assert again.compare(now).moved.empty
    assert again.standing.layers.equals(now.standing.layers)
    # The page reads its own file back, and one that Python wrote.
    written = now.note("read in the page").write(tmp_path / "colleague.toml")
    for file, steps in ((path, "4 steps"), (written, "5 steps")):
        page.locator("input[type=file]").set_input_files(file)
        drawn(page)
        assert f"Opened: {steps}" in said(page)
    assert page.locator(".title p").inner_text() == "5 steps since the start"


def test_text_from_files_and_people_is_text(scenario, open_page, tmp_path):
    named = ct.Scenario(scenario.plan, name=SCRIPT, who=SCRIPT, need=scenario.need)
    named = named.rename("Dorset", SCRIPT).note(SCRIPT).move("Croydon", to=SCRIPT, note=SCRIPT)
    page = open_page(ct.write_page(named, tmp_path / "table.html"))
    assert page.title() == SCRIPT
    choose(page, "Poole")
    for name in ("Chosen", "Figures", "Areas", "Contested", "Log"):
        page.get_by_role("tab", name=name).click()
        drawn(page)
    page.keyboard.press("d")
    page.keyboard.press("c")
    assert (
        page.locator("[onerror], img, main script, body script:not([id]):not([type])").count() == 0
    )
    assert page.get_by_text(SCRIPT).first.is_visible()
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.locator(".sheet").get_by_text(SCRIPT).first.is_visible()
    assert page.title() == SCRIPT


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (
            lambda text: text.replace("coterminosity scenario 1", "coterminosity scenario 9"),
            "version",
        ),
        (lambda text: text.replace("[inputs]\n", '[inputs]\nx = "y"\n'), "other data"),
        (lambda text: text.replace('units = ["E09000008"]', 'units = ["E99"]'), "E99"),
        (lambda text: text[: text.rindex("[[log]]") + 30], "step 2"),
        (lambda text: text[: text.rindex("[end]")], "cut off"),
        (lambda text: "not a scenario", "not a scenario"),
    ],
    ids=["version", "data", "code", "cut", "end", "other"],
)
def test_a_damaged_file_is_told_and_nothing_is_lost(
    scenario, table, open_page, tmp_path, damage, words
):
    page = open_page(table)
    choose(page, "Leeds")
    move(page, "York, North Yorkshire and East Riding")
    now = scenario.move("Croydon", to="Coast to Capital").move("Poole", to="Solent")
    path = tmp_path / "damaged.toml"
    path.write_text(damage(now.to_toml()), encoding="utf-8")
    page.locator("input[type=file]").set_input_files(path)
    dialog = page.get_by_role("dialog")
    assert words in dialog.inner_text()
    assert words in said(page)
    assert tile(page, "Moved") == "1"
    if "[[log]]" in path.read_text(encoding="utf-8") and words in ("step 2", "cut off"):
        with page.expect_download() as waiting:
            dialog.get_by_role("button", name="Save what could be read").click()
        kept = tmp_path / waiting.value.suggested_filename
        waiting.value.save_as(kept)
        assert kept.suffix == ".toml"
        assert "Coast to Capital" in kept.read_text(encoding="utf-8").split("[[log]]")[1]
