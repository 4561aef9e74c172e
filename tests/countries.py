"""Small countries and briefs made at random, the same for the same number."""

import itertools
from dataclasses import dataclass
from functools import cache
from random import Random

import pandas as pd

from coterminosity.atoms import Atoms
from coterminosity.brief import Brief
from coterminosity.units import UnitGraph

LEPS, STPS, COUNTIES = ["L1", "L2", "L3"], ["S1", "S2", "S3"], ["C1", "C2"]


@dataclass(frozen=True)
class Case:
    """A country, a brief for it, and the plan in force."""

    graph: UnitGraph
    atoms: Atoms
    brief: Brief
    base: pd.Series


@cache
def case(number: int, kind: str) -> Case:
    """Return a random country of 5 to 9 districts with a random brief.

    Parameters
    ----------
    number : int
        The same number gives the same country.
    kind : {"anchored", "free"}
        Whether areas are led by regions.
    """
    random = Random(f"{kind} {number}")
    led = random.choice(LEADERS) if kind == "anchored" else ()
    # Brute force takes long where many regions may lead.
    most = 9 if led in (None, ("stp",)) else 7
    units = [f"u{n}" for n in range(random.randint(5, most))]
    places = {u: (n % 3, n // 3) for n, u in enumerate(units)}
    graph = _graph(units, places, random)
    atoms = _atoms(units, places, random, few=led == ("lep", "stp"))
    areas = [random.choice(["Old 1", "Old 2", "Old 3", None]) for _ in units]
    areas[0] = "Old 1"
    base = pd.Series(areas, index=units, dtype="object")
    brief = _brief(graph, atoms, base, led, random)
    return Case(graph, atoms, brief, base)


LEADERS = [None, ("lep",), ("stp",), ("lep", "stp")]


def _graph(units: list[str], places: dict, random: Random) -> UnitGraph:
    """Return districts on a grid of three columns, one diagonal to a square at most."""
    at = {place: u for u, place in places.items()}
    close = []
    for (x, y), unit in at.items():
        close += [(unit, at[p]) for p in ((x + 1, y), (x, y + 1)) if p in at]
        if random.random() < 0.4:
            one, other = random.choice([((x, y), (x + 1, y + 1)), ((x + 1, y), (x, y + 1))])
            close += [(at[one], at[other])] if one in at and other in at else []
    random.shuffle(close)
    group = {u: u for u in units}
    edges = []
    for one, other in close:
        if group[one] != group[other]:
            edges.append((one, other))
            old = group[one]
            group = {u: group[other] if own == old else own for u, own in group.items()}
        elif random.random() < 0.6:
            edges.append((one, other))
    count = random.choice([0, 0, 1, 2])
    links = [(*pair, "bridge", "a road") for pair in edges[:count]]
    borders = [(*pair, 500.0 * random.randint(1, 40)) for pair in edges[count:]]
    apart = [
        p for p in itertools.combinations(units, 2) if p not in {*edges, *(e[::-1] for e in edges)}
    ]
    links += [(*pair, "ferry", "a boat") for pair in random.sample(apart, random.choice([0, 0, 1]))]
    known = [random.choice([1.0, 2.0, 5.0, 9.0, float("nan")]) for _ in units]
    return UnitGraph.from_table(
        pd.DataFrame(
            {"name": [f"Town {u[1:]}" for u in units], "age": [0.5, 7.0, *known[2:]]}, index=units
        ),
        pd.DataFrame(borders, columns=["focal", "neighbour", "metres"]),
        links=pd.DataFrame(links, columns=["focal", "neighbour", "kind", "reason"]),
    )


def _atoms(units: list[str], places: dict, random: Random, *, few: bool) -> Atoms:
    """Return small areas in a layer with overlaps, a layer without, and one that is not whole."""
    centres = {
        code: (random.random() * 2, random.random() * 2) for code in [*LEPS, *STPS, *COUNTIES]
    }

    def near(unit: str, codes: list[str]) -> list[str]:
        x, y = places[unit]
        return sorted(codes, key=lambda c: (centres[c][0] - x) ** 2 + (centres[c][1] - y) ** 2)

    leps, stps = (LEPS[:2], STPS[:2]) if few else (LEPS[: random.randint(2, 3)], STPS)
    rows = []
    for unit in units:
        for _ in range(random.choice([1, 1, 2, 3])):
            lep = near(unit, leps) if random.random() < 0.8 else random.sample(leps, len(leps))
            stp = near(unit, stps)[0] if random.random() < 0.8 else random.choice(stps)
            county = near(unit, COUNTIES)[0] if random.random() < 0.5 else ""
            rows.append(
                {
                    "lad": unit,
                    "lep1": lep[0] if random.random() < 0.95 else "",
                    "lep2": lep[1] if random.random() < 0.2 else "",
                    "stp": stp if random.random() < 0.95 else "",
                    "county": county,
                    "population": random.choice([0, 1, 10, 10, 20, 30, 50]),
                }
            )
    rows[0] |= {"lep1": leps[0], "stp": stps[0], "county": COUNTIES[0], "population": 25}
    rows[-1] |= {"lep1": leps[1], "stp": stps[1], "county": COUNTIES[1], "population": 15}
    names = {"L1": "Same", "S1": "Same"} if random.random() < 0.3 else {}
    table = pd.DataFrame(rows)
    for column in ("lep1", "lep2", "stp"):
        table[f"{column} name"] = table[column].replace(names)
    return Atoms.from_lookup(
        table,
        layers={"lad": "lad", "lep": ["lep1", "lep2"], "stp": "stp", "county": "county"},
        names={"lep": ["lep1 name", "lep2 name"], "stp": "stp name"},
        measures=["population"],
    )


def _brief(graph: UnitGraph, atoms: Atoms, base: pd.Series, led, random: Random) -> Brief:
    """Return a brief with prices and demands drawn at random, each with its own chance."""
    units = list(graph.units.index)
    total = atoms.total("population")

    def price() -> float:
        return random.choice([0.0, 0.5, 1.0, 2.0, 2.0])

    def some(least: int, most: int) -> list[str]:
        return random.sample(units, random.randint(least, most))

    def perhaps(chance: float, value):
        return value() if random.random() < chance else None

    pairs = graph.borders[["focal", "neighbour"]].values.tolist()
    linked = graph.links[["focal", "neighbour"]].values.tolist()
    isle = random.choice([some(1, 2), random.choice(pairs or [some(1, 1)])])
    divided = led == ("lep",) and random.random() < 0.4
    anchors = ["L2", "L2" if divided else "L1"] if led in (None, ("lep",)) else ["S1", "S2"]
    given = {
        "anchors": led if led is None else list(led),
        "seed_layer": "stp" if led == ("stp",) else "lep",
        "align": ["lep"] if led == ("stp",) else ["stp"],
        "split_cost": price() if random.random() < 0.5 else {"lep": price(), "county": price()},
        "merge_cost": perhaps(0.4, price),
        "border_cost": perhaps(0.4, price),
        "border_km_cost": perhaps(0.3, price),
        "border_shared_costs": perhaps(0.4, lambda: {"lep": price(), "stp": price()}),
        "border_main_costs": perhaps(0.4, lambda: {"county": price(), "stp": price()}),
        "tolerance": random.choice([0.01, 0.2]),
        "need_costs": perhaps(0.3, lambda: {"age": price()}),
        "status_quo_cost": perhaps(0.3, price),
        "contiguous": random.random() < 0.8,
        "must_join": perhaps(0.3, lambda: [some(2, 3)]),
        "must_part": perhaps(0.3, lambda: [some(2, 3)]),
        "must_exist": perhaps(0.2, lambda: {random.choice(["Isle", "Isle", "L1"]): isle}),
        "frozen": perhaps(0.1, lambda: [random.choice(sorted(set(base.dropna())))]),
        "keep_whole": perhaps(0.2, lambda: [random.choice(["stp", "county"])]),
        "links_off": perhaps(0.3, lambda: [random.choice(linked)]) if linked else None,
        "barriers": perhaps(0.2, lambda: [random.choice(pairs)]) if pairs else None,
        "links": perhaps(0.2, lambda: [dict(zip(("focal", "neighbour"), some(2, 2), strict=True),
                                            kind="tunnel", reason="a tube")]),
        "size_rule": random.choice(["report", "hard", "hard", "priced"]),
        "size_floor": random.choice([0, 0, total // 6, total // 4, total // 2]),
        "size_ceiling": random.choice([total // 2, total * 2 // 3, total, 10 * total]),
        "size_cost": price(),
        "area_floors": perhaps(0.3, lambda: {random.choice(units): random.choice([0, 20, 60])}),
        "area_ceilings": perhaps(
            0.3, lambda: {random.choice(units if led == () else anchors): total * 0.8}
        ),
        "k": random.choice([None, 1, 2, 3, (2, 3), (1, 4), (2, len(units))]),
        "divide": {"L1": "stp"} if divided else None,
        "seed": random.randint(0, 9),
    }  # fmt: skip
    if random.random() < 0.3:
        free = ["North", "North", "South"]
        own = [random.choice(anchors if led != () else free) for _ in range(2)]
        given["locks"] = dict(zip(some(2, 2), own, strict=True))
    return Brief(**{key: own for key, own in given.items() if own is not None or key == "anchors"})
