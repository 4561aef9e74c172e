"""Two hundred random steps in the page, and every figure it shows after each against Python."""

import random
from dataclasses import replace
from typing import Any

import coterminosity as ct
from coterminosity.negotiating.entries import Entry
from tests.browser.figures import WALK, expected
from tests.browser.hands import press, saved

STEPS = 200


def moves(scenario: ct.Scenario, count: int, seed: int) -> list[tuple[list[str], ct.Scenario]]:
    """Draw steps: most over a border, some to anywhere, some back and some on again."""
    rng = random.Random(seed)
    ground, found = scenario.ground, []
    while len(found) < count:
        kind = rng.choices(["near", "far", "undo", "redo"], [10, 3, 2, 1])[0]
        undone = len(scenario.entries) - len(scenario.done)
        if kind == "undo" and len(scenario.done) > 4:
            step, scenario = ["undo"], scenario.undo()
        elif kind == "redo" and undone:
            step, scenario = ["redo"], scenario.redo()
        elif kind in ("near", "far"):
            unit = rng.randrange(len(ground))
            own = scenario.position.area_of(unit)
            near = {scenario.position.area_of(n) for n in ground.neighbours[unit]}
            homes = sorted((near if kind == "near" else {*scenario.position.areas}) - {own, ""})
            if not homes:
                continue
            to = rng.choice(homes)
            step = ["move", ground.names[unit], to]
            scenario = scenario.move(ground.units[unit], to=to)
        else:
            continue
        found.append((step, scenario))
    return found


def sorted_rows(found: dict[str, Any]) -> dict[str, Any]:
    """Areas and alerts stand in an order of the page's own."""
    return found | {"areas": sorted(found["areas"]), "alerts": sorted(found["alerts"])}


def test_every_figure_after_each_of_200_random_steps(scenario, table, open_page, tmp_path):
    page = open_page(table)
    page.keyboard.press("d")
    press(page, "Lock Leeds", "Lock Croydon", "Lock Cornwall")
    now = scenario.lock("Leeds").lock("Croydon").lock("Cornwall")
    for name in ("Choose Luton", "Choose Bedford"):
        page.get_by_label(name, exact=True).check()
    press(page, "Keep together")
    now = now.keep_together("Luton", "Bedford")
    page.get_by_role("tab", name="Areas").click()
    press(page, "Dorset", "Lock area")
    now = now.lock(area="Dorset")
    walk = moves(now, STEPS, seed=7)
    steps = [["look"], *(step for step, _ in walk)]
    read = page.evaluate(WALK, steps)
    for number, (found, then) in enumerate(zip(read, [now, *(s for _, s in walk)], strict=True)):
        wanted = expected(then)
        for what, rows in sorted_rows(found).items():
            assert rows == wanted[what], f"{what} after step {number}, {steps[number]}"
    told = "; ".join(flag for _, then in walk for flag in then.done[-1].flags)
    for words in ("is locked to", "Dorset is locked", "are kept together", "pieces", "below"):
        assert words in told
    # What the page saves is read back as the same steps, figures and bytes.
    path = saved(page, tmp_path)
    again = ct.Scenario.from_file(path, need=scenario.need)
    assert again.to_toml() == path.read_text(encoding="utf-8")
    assert [untimed(entry) for entry in again.entries] == [
        untimed(entry) for entry in walk[-1][1].entries
    ]
    assert expected(again) == expected(walk[-1][1])


def untimed(entry: Entry) -> Entry:
    return replace(entry, time="2026-11-25T20:00:00Z")
