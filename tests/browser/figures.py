"""Every figure that the page shows, read from the page, and worked out in Python as it is written.

The words are written anew here: what rounds otherwise in the page is found.
"""

import math
from collections.abc import Callable
from typing import Any

from coterminosity.negotiating.standing import LayerStanding, Standing
from coterminosity.scenario import Scenario

# What is done to the page before each reading: [kind, district, area]. Reads all after each.
WALK = """
async (steps) => {
  const text = (node) => node?.textContent.replace(/\\s+/g, " ").trim() ?? "";
  const drawn = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
  const tab = (name) =>
    [...document.querySelectorAll("[role=tab]")].find((own) => text(own).startsWith(name)).click();
  const page = () => document.querySelector("[role=tabpanel]");
  const rowsOf = (table) => [...(table?.tBodies[0].rows ?? [])];
  const own = (cell) => [text(cell.firstChild), text(cell.querySelector("div"))];
  const homes = new Map([...document.querySelectorAll("select.home")]
    .map((select) => [select.getAttribute("aria-label"), select]));
  const button = (name) => document.querySelector(`.bar button[aria-label="${name}"]`);

  const acts = {
    move(unit, to) {
      const select = homes.get(`Area of ${unit}`);
      select.dispatchEvent(new Event("focus"));
      select.value = to;
      if (select.value !== to) throw new Error(`${unit} cannot be moved to ${to}`);
      select.dispatchEvent(new Event("change"));
    },
    undo: () => button("Undo").click(),
    redo: () => button("Redo").click(),
    look: () => {},
  };

  function read() {
    const found = {};
    found.strip = [...document.querySelectorAll(".strip .tile")].map((tile) => [
      text(tile.querySelector("dt")), text(tile.querySelector(".value")),
      text(tile.querySelector(".delta")),
    ]);
    tab("Figures");
    const [layers, need] = ["Areas against each layer", "Share of the spread"].map((words) =>
      [...page().querySelectorAll("table")].find((own) => text(own.caption).startsWith(words)));
    found.layers = rowsOf(layers).map((row) => [...row.cells].slice(1).map(own));
    found.need = rowsOf(need).map((row) => own(row.cells[1]));
    found.divided = [...page().querySelectorAll("details")].map((part) =>
      [...part.querySelectorAll("ul.bodies li")].map((item) => [
        text(item.querySelector("b")), item.querySelector(".tag") !== null,
        text(item.lastChild)]));
    const open = (own) => /no area yet/.test(text(own));
    found.open = text([...page().querySelectorAll("p")].find(open));
    tab("Areas");
    found.areas = rowsOf(page().querySelector("table")).map((row) => {
      const [number, name, people, pounds, contracts] = row.cells;
      return [text(name.querySelector("button")), text(name.querySelector(".quiet")),
        [...name.querySelectorAll(".tag")].map(text), own(people.firstChild)[0],
        text(people.lastChild), text(pounds.firstChild), text(pounds.lastChild), text(contracts)];
    });
    tab("Log");
    const now = [...page().querySelectorAll("ol.steps > li")]
      .find((item) => text(item.querySelector(".tag:last-child")) === "now");
    found.flags = now ? [...now.querySelectorAll(".flag")].map(text) : [];
    found.alerts = [...document.querySelectorAll(".alerts .alert p")].map(text);
    return found;
  }

  const found = [];
  for (const [kind, ...about] of steps) {
    acts[kind](...about);
    await drawn();
    found.push(read());
  }
  return found;
}
"""


def shown(value: float, decimals: int = 0, *, mark: str = "") -> str:
    """Write a number as it shall be read: 1,234.5, with a true minus, and a dash for nothing."""
    if not math.isfinite(value):
        return "–"
    text = f"{abs(value):,.{decimals}f}"
    sign = "−" if value < 0 and any(digit in text for digit in "123456789") else ""
    return f"{sign}{mark}{text}"


def pounds(value: float) -> str:
    return f"{shown(value / 1e6, 1, mark='£')}m" if math.isfinite(value) else "–"


def percent(value: float) -> str:
    return f"{shown(100 * value, 1)}%" if math.isfinite(value) else "–"


def score(value: float) -> str:
    return shown(value, 3)


def change(value: float, write: Callable[[float], str]) -> str:
    """Write a change with its sign; nothing where it rounds to nought."""
    text = write(value)
    if not any(digit in text for digit in "123456789"):
        return ""
    return f"+{text}" if value > 0 else text


def listed(texts: list[str], most: int) -> str:
    first, more = texts[:most], len(texts) - most
    if more > 0:
        return f"{', '.join(first)} and {more} more"
    return f"{', '.join(first[:-1])} and {first[-1]}" if len(first) > 1 else "".join(first)


def both(now: float, start: float, write: Callable[[float], str]) -> list[str]:
    return [write(now), change(now - start, write)]


def expected(scenario: Scenario) -> dict[str, Any]:
    """Return what the page shall show, in the shape that `WALK` returns."""
    now, start = scenario.standing, scenario.standing_before
    pairs = [(now.by_layer[key], start.by_layer[key]) for key in now.by_layer]
    return {
        "strip": _strip(scenario),
        "layers": [
            [
                both(own.coterminosity, old.coterminosity, score),
                both(own.split_people, old.split_people, shown),
                both(own.merge_people, old.merge_people, shown),
                both(own.is_cut.sum(), old.is_cut.sum(), shown),
                both(own.is_same.sum(), old.is_same.sum(), shown),
            ]
            for own, old in pairs
        ],
        "need": [
            both(now.eta_squared[name], start.eta_squared[name], percent)
            for name in now.eta_squared.index
        ],
        "divided": [_divided(now, own, old) for own, old in pairs],
        "open": _open(scenario),
        "areas": sorted(_areas(scenario)),
        "flags": [f"Flag: {flag}" for flag in (scenario.done[-1].flags if scenario.done else ())],
        "alerts": sorted(_alerts(scenario)),
    }


def _strip(scenario: Scenario) -> list[list[str]]:
    now, start = scenario.standing, scenario.standing_before
    tiles = [["Areas", *both(len(now.areas), len(start.areas), shown)]]
    keys = (scenario.ground.seed_layer, *scenario.ground.align)
    for key in keys:
        own, old = now.by_layer[key], start.by_layer[key]
        short = f"{key.upper()}s"
        tiles += [
            [f"Fit with {short}", *both(own.coterminosity, old.coterminosity, score)],
            [f"{short} cut", *both(own.is_cut.sum(), old.is_cut.sum(), shown)],
        ]
    tiles.append([f"Cut off from {short}", *both(own.split_people, old.split_people, shown)])
    moved = scenario.compare().moved
    held = f"{shown(moved['people'].sum())} people" if len(moved) else ""
    tiles.append(["Moved", str(len(moved)), held])
    bands = [int((own.size_band != "within").sum()) for own in (now, start)]
    pieces = [int((own.pieces > 1).sum()) for own in (now, start)]
    tiles += [["Outside size band", *both(*bands, shown)], ["In pieces", *both(*pieces, shown)]]
    if len(now.eta_squared):
        name = now.eta_squared.index[0]
        eta = both(now.eta_squared[name], start.eta_squared[name], percent)
        tiles.append([f"Need: {name.replace('_', ' ')}", *eta])
    return tiles


def _divided(now: Standing, own: LayerStanding, old: LayerStanding) -> list[list[Any]]:
    """Return the bodies that are cut: name, whether newly, and who holds how much of each."""
    found = []
    for region in own.is_cut.nonzero()[0].tolist():
        whole = own.layer.total_full[region]
        parts = [*zip(own.full[region].tolist(), now.areas, strict=True)]
        missing = whole - own.layer.full[own.layer.region == region][
            now.area[own.layer.unit[own.layer.region == region]] >= 0
        ].sum()  # fmt: skip
        parts.append((float(missing), "no area"))
        told = [
            f"{percent(people / whole)} in {name}"
            for people, name in sorted(parts, key=lambda part: -part[0])
            if people / whole >= 0.0005
        ]
        new = not bool(old.is_cut[region])
        found.append([own.layer.names[region], new, listed(told, 5)])
    return found


def _open(scenario: Scenario) -> str:
    missing = scenario.position.area < 0
    if not missing.any():
        return ""
    units = f"{missing.sum()} district" + ("s" if missing.sum() > 1 else "")
    held = shown(scenario.ground.people[missing].sum())
    return f"{units} with {held} people have no area yet."


def _areas(scenario: Scenario) -> list[list[Any]]:
    now, start = scenario.standing, scenario.standing_before
    before = dict(zip(start.areas, start.people.tolist(), strict=True))
    labels = now.governance["label"]
    rows = []
    for name, people, money, contracts, band, pieces in zip(
        now.areas, now.people, now.pounds, now.contracts, now.size_band, now.pieces, strict=True
    ):
        tags = {"below": ["too few people"], "above": ["too many people"], "within": []}[band]
        tags = tags + ([f"in {pieces} pieces"] if pieces > 1 else [])
        tags = tags + (["locked"] if name in scenario.position.locked_areas else [])
        since = change(people - before[name], shown) if name in before else "new"
        rows.append(
            [name, labels[name], tags, shown(people), since, pounds(money),
             f"{shown(money / people, mark='£')} a head", shown(contracts, 1)]
        )  # fmt: skip
    return rows


def _alerts(scenario: Scenario) -> list[str]:
    told = []
    for part in scenario.broken:
        names = [scenario.ground.names[unit] for unit in part.units]
        told.append(
            f"{part.area} is in pieces: {listed(names, 3)} ({shown(part.people)} people) cut off."
        )
    return told
