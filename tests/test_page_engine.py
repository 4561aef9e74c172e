"""The engine of the page against Python: the same figures, flags, options and bytes of files.

The engine runs in node where there is one; the browser's own tests are in ``tests/browser``.
"""

import json
import random
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import coterminosity as ct
from coterminosity.negotiating.scenario_files import given_plan
from coterminosity.page.joining import SCRIPT, joined
from coterminosity.page.payload import payload_of

NODE = shutil.which("node")
pytestmark = pytest.mark.skipif(NODE is None, reason="node, which runs the engine, is absent")
RUN = Path(__file__).with_name("engine_run.mjs")
MOVES = 200


@pytest.fixture(scope="module")
def scenario():
    data = ct.england_2017()
    codes = data.graph.units.index
    rng = np.random.default_rng(5)
    figures = {"smoking": rng.uniform(5, 30, len(codes)).round(1), "alike": np.ones(len(codes))}
    need = pd.DataFrame(figures, index=codes)
    need.iloc[::17, 0] = np.nan
    brief = ct.Brief(locks={"Croydon": "London"}, must_join=(("Ryedale", "Scarborough"),))
    plan = ct.propose(data.graph, data.atoms, brief)
    return ct.Scenario(plan, name='Table "North" & <South>', need=need)


@pytest.fixture(scope="module")
def engine(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("engine") / "engine.mjs"
    path.write_text(joined(SCRIPT, "engine.js"), encoding="utf-8")
    return path


def run(engine: Path, scenario, steps, folder: Path) -> dict:
    (folder / "payload.json").write_text(payload_of(scenario), encoding="utf-8")
    (folder / "steps.json").write_text(json.dumps(steps), encoding="utf-8")
    words = [NODE, RUN, engine, folder / "payload.json", folder / "steps.json"]
    done = subprocess.run(words, capture_output=True, text=True, check=False, encoding="utf-8")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


class Walk:
    """Random steps, made in Python, told in words that the engine takes too."""

    def __init__(self, scenario, seed: int) -> None:
        self.now = scenario
        self.rng = random.Random(seed)
        self.steps: list[dict] = []
        self.after: list = []

    def take(self, count: int, kinds: list[str]) -> None:
        while len(self.steps) < count:
            step, words = getattr(self, f"_{self.rng.choice(kinds)}")()
            try:
                self.now = step(self.now)
            except ct.errors.ScenarioError:
                continue  # such as a move to where a unit is
            self.steps.append(words)
            self.after.append(self.now)

    def _units(self, most: int) -> list[str]:
        return self.rng.sample(self.now.ground.units, self.rng.randint(1, most))

    def _area(self) -> str:
        return self.rng.choice(self.now.position.areas)

    def _move(self):
        units, to = self._units(3), self._area()
        note = 'as asked "there"\n<b>'
        return (
            lambda own: own.move(units, to=to, at=AT, note=note),
            {"action": "move", "units": units, "to": to},
        )

    def _border(self):
        """Move a unit to an area that it borders, as people do."""
        ground, position = self.now.ground, self.now.position
        unit = self.rng.randrange(len(ground))
        near = [position.area_of(n) for n in ground.neighbours[unit]]
        to = self.rng.choice([name for name in near if name] or [self._area()])
        return (
            lambda own: own.move(ground.units[unit], to=to, at=AT, note='as asked "there"\n<b>'),
            {"action": "move", "units": [ground.units[unit]], "to": to},
        )

    def _open(self):
        units = self._units(3)
        return (
            lambda own: own.move(units, to=None, at=AT, note='as asked "there"\n<b>'),
            {"action": "move", "units": units, "to": ""},
        )

    def _swap(self):
        units = self.rng.sample(self.now.ground.units, 2)
        return (lambda own: own.swap(*units, at=AT)), {"action": "swap", "units": units}

    def _merge(self):
        areas = self.rng.sample(self.now.position.areas, 2)
        return (lambda own: own.merge(*areas, at=AT)), {"action": "merge", "areas": areas}

    def _split(self):
        area = self._area()
        units = [self.now.ground.units[u] for u in self.now.position.units_of(area)]
        name = f"Part {len(self.steps)} é"
        parts = {name: sorted(self.rng.sample(units, max(1, len(units) // 2)))}
        return (
            lambda own: own.split(area, parts, at=AT),
            {"action": "split", "area": area, "parts": parts},
        )

    def _new_area(self):
        units, name = self._units(4), f"New {len(self.steps)}"
        return (
            lambda own: own.new_area(name, units, at=AT),
            {"action": "new_area", "name": name, "units": units},
        )

    def _rename(self):
        area, name = self._area(), f"Ä {len(self.steps)}"
        return (
            lambda own: own.rename(area, name, at=AT),
            {"action": "rename", "area": area, "name": name},
        )

    def _lock(self):
        units = [u for u in self._units(3) if self.now.ground.number[u] not in self.locked]
        return (lambda own: own.lock(*units, at=AT)), {"action": "lock", "units": units}

    @property
    def locked(self):
        return self.now.position.locked

    def _unlock(self):
        units = [self.now.ground.units[u] for u in sorted(self.locked)[:2]]
        return (lambda own: own.unlock(*units, at=AT)), {"action": "unlock", "units": units}

    def _lock_area(self):
        area = next(iter(sorted(set(self.now.position.areas) - self.now.position.locked_areas)))
        return (lambda own: own.lock(area=area, at=AT)), {"action": "lock_area", "area": area}

    def _unlock_area(self):
        area = next(iter(sorted(self.now.position.locked_areas)), "none")
        return (
            lambda own: _unlocked(own, area),
            {"action": "unlock_area", "area": area},
        )

    def _keep_together(self):
        units = sorted(self.rng.sample(self.now.ground.units, 2))
        return (
            lambda own: own.keep_together(*units, at=AT),
            {"action": "keep_together", "units": units},
        )

    def _release(self):
        groups = self.now.position.groups
        units = [self.now.ground.units[groups[0][0]]] if groups else []
        return (lambda own: own.release(*units, at=AT)), {"action": "release", "units": units}

    def _note(self):
        text = f" step {len(self.steps)}:\tsaid “so”\u2028\\ \x7f "
        return (lambda own: own.note(text, at=AT)), {"action": "note", "text": text}

    def _undo(self):
        steps = self.rng.randint(1, 3)
        return (lambda own: own.undo(steps)), {"action": "undo", "steps": steps}

    def _redo(self):
        return (lambda own: own.redo(1)), {"action": "redo", "steps": 1}

    def _settle(self):
        zone = self.rng.choice(self.now.zones)
        to = self.rng.choice([o.to for o in self.now.options(zone.key) if o.to])
        return (
            lambda own: own.settle(zone.key, to=to, at=AT),
            {"action": "settle", "zone": zone.key, "to": to},
        )


AT = "2017-11-24T09:30:00Z"
ALL = [
    "move", "border", "border", "border", "open", "swap", "merge", "split", "new_area", "rename",
    "lock", "unlock", "lock_area", "unlock_area", "keep_together", "release", "note", "undo",
    "redo",
    "settle",
]  # fmt: skip


def _unlocked(own, area):
    if area not in own.position.areas:
        raise ct.errors.ScenarioError("no such area")
    return own.unlock(area=area, at=AT)


def number(value: float, decimals: int) -> str:
    if value != value:
        return "–"
    text = f"{abs(value):,.{decimals}f}"
    return "−" + text if value < 0 and text.strip("0.,") else text


def share(value: float) -> str:
    return f"{number(100 * value, 1)}%" if value == value else "–"


def shown(scenario) -> dict:
    standing, table = scenario.standing, scenario.areas
    return {
        "areas": [
            [
                name, int(row["units"]), number(row["people"], 0), number(row["km2"], 0),
                row["size_band"], int(row["pieces"]), row["lep"], row["stp"],
                parts_of(scenario, name),
            ]
            for name, row in table.iterrows()
        ],
        "layers": [
            [
                key, number(row["split_people"], 0), number(row["merge_people"], 0),
                share(row["split_share"]), share(row["merge_share"]),
                number(row["coterminosity"], 3), int(row["cut"]), int(row["whole"]),
                int(row["same"]),
            ]
            for key, row in scenario.layers.iterrows()
        ],
        "need": [[key, number(value, 3)] for key, value in standing.eta_squared.items()],
        "open": int((scenario.position.area < 0).sum()),
    }  # fmt: skip


def money_shown(scenario) -> list:
    """Money, contracts and governance by area."""
    labels = scenario.governance["label"]
    return [
        [name, f"£{number(row['pounds'] / 1e6, 1)}m", f"£{number(row['per_head'], 0)}",
         labels[name], number(row["contracts"], 3)]
        for name, row in scenario.areas.iterrows()
    ]  # fmt: skip


def parts_of(scenario, name: str) -> str:
    """Codes of each connected part, the one with most people first."""
    ground, piece = scenario.ground, scenario.standing.piece_of
    parts: dict[int, list[int]] = {}
    for unit in scenario.position.units_of(name):
        parts.setdefault(int(piece[unit]), []).append(unit)
    order = sorted(parts.values(), key=lambda own: (-ground.people[own].sum(), own[0]))
    return " | ".join(" ".join(ground.units[u] for u in own) for own in order)


def options_shown(scenario) -> list:
    keys = [layer.key for layer in scenario.ground.layers]
    return [
        [
            zone.key, option.title, number(option.people, 0),
            f"£{number(option.pounds / 1e6, 1)}m", number(option.contracts, 3),
            number(option.cost_change, 0),
            list(option.could_merge), [number(option.split_change[k], 0) for k in keys],
            [number(option.merge_change[k], 0) for k in keys], list(option.becomes_same),
            list(option.stops_same), list(option.becomes_whole), list(option.becomes_cut),
            [number(value, 3) for value in option.need_change], list(option.flags),
            [
                [area, number(row["people_before"], 0), number(row["people"], 0),
                 f"£{number(row['pounds'] / 1e6, 1)}m", number(row["contracts"], 3),
                 row["size_band"], row["pieces"]]
                for area, row in (option.left if option.moves else option.left[:0]).iterrows()
            ],
        ]
        for zone in scenario.zones
        for option in scenario.options(zone.key)
    ]  # fmt: skip


@pytest.mark.parametrize("kinds", [["border"], ALL], ids=["moves", "all"])
def test_the_engine_agrees_with_python_after_each_of_many_random_steps(
    engine, scenario, tmp_path, kinds
):
    walk = Walk(scenario, seed=len(kinds))
    walk.take(MOVES, kinds)
    told = run(engine, scenario, walk.steps, tmp_path)
    for k, (now, page) in enumerate(zip(walk.after, told["after"], strict=True)):
        where = f"step {k}: {walk.steps[k]}"
        assert page["outcome"]["made"], where
        if walk.steps[k]["action"] not in ("undo", "redo"):
            assert page["outcome"]["flags"] == list(now.done[-1].flags), where
        assert page["figures"] == shown(now), where
        if k % 20 == 0:
            assert page["money"] == money_shown(now), where
    times = {own["time"] for own in told["after"]} - {None}
    plain = told["file"]
    for time in times:
        plain = plain.replace(f'time = "{time}"', f'time = "{AT}"')
    assert plain == walk.now.to_toml()
    assert told["options"] == options_shown(walk.now)
    compared = walk.now.compare()
    moved = compared.moved[["code", "from", "to"]].values.tolist()
    assert told["moved"] == moved
    assert told["variation"] == number(compared.distances["variation_bits"].iloc[0], 3)
    assert told["linkReadsBack"]
    assert told["fileReadsBack"]
    back = ct.Scenario.from_toml(told["file"], need=scenario.need)
    assert back.to_toml() == told["file"]
    assert any(entry.flags for entry in walk.now.entries), "no step was flagged: a weak test"


def test_with_no_area_at_all_nothing_breaks(engine, scenario, tmp_path):
    units = list(scenario.ground.units)
    steps = [
        {"action": "move", "units": [u for u in units if scenario.area_of(u)], "to": ""},
        {"action": "new_area", "name": "One", "units": units},
    ]
    told = run(engine, scenario, steps, tmp_path)
    empty = scenario.move([u for u in units if scenario.area_of(u)], to=None, at=AT)
    whole = empty.new_area("One", units, at=AT)
    for now, page in zip((empty, whole), told["after"], strict=True):
        assert page["figures"] == shown(now)
        assert page["outcome"]["flags"] == list(now.done[-1].flags)
    assert told["fileReadsBack"]
    assert told["linkReadsBack"]
    assert told["after"][0]["figures"]["areas"] == []


@pytest.mark.parametrize("contiguous", [True, False])
def test_rules_of_the_brief_are_flagged_alike(engine, tmp_path, contiguous):
    data = ct.england_2017()
    area = ct.propose(data.graph, data.atoms, ct.Brief(contested="least-split")).assignment
    apart = ["Croydon", "Lewes", "York", "Cornwall", "Dover", "Derby", "Cheshire East"]
    brief = ct.Brief(
        contiguous=contiguous,
        must_part=[apart, ["Swindon", "Plymouth"]],
        keep_whole=["combined_authority", "stp"],
        must_exist={"London": [data.atoms.regions("lad").index[0]]},
        area_floors={"Dorset": 800_000, **dict.fromkeys(apart, 1e8), "Leeds": 2e8},
        area_ceilings={"Tees Valley": 500_000, "York": 2_500_000},
    )
    plan = given_plan(area, data.graph, data.atoms, brief)
    walk = Walk(ct.Scenario(plan, name="Rules"), seed=7)
    walk.take(80, ["border", "move", "merge", "split", "rename", "undo", "unlock_area"])
    told = run(engine, ct.Scenario(plan, name="Rules"), walk.steps, tmp_path)
    found = []
    for now, page in zip(walk.after, told["after"], strict=True):
        assert [row[4] for row in page["figures"]["areas"]] == now.areas["size_band"].to_list()
        if page["outcome"]["flags"]:
            found += now.done[-1].flags
            assert page["outcome"]["flags"] == list(now.done[-1].flags)
    for words in ("kept apart", "kept whole", "London is locked"):
        assert any(words in flag for flag in found), words
    assert "above" in walk.after[0].areas.loc["Tees Valley", "size_band"]
    assert "below" in walk.after[0].areas.loc["Dorset", "size_band"]
    assert any(flag.endswith((" 100,000,000", " 200,000,000")) for flag in found)
    assert any("pieces" in flag for flag in found) == contiguous
    plain = told["file"]
    for time in {own["time"] for own in told["after"]} - {None}:
        plain = plain.replace(f'time = "{time}"', f'time = "{AT}"')
    assert plain == walk.now.to_toml()
