"""The rule-based model of the source paper: areas led by seeds, fitted to an aligned layer.

Reform (2017), *Vive la devolution*, § 3.2.2.1, step by step:

1. every seed (LEP) leads one area;
2. a unit that one seed claims goes to it (class A); where seeds overlap and only one of them
   claims the aligned region (STP) the unit goes to that one, so that the region's edge fits
   (class B); where both claim the region, or neither does, the unit is contested (class C);
3. aligned regions extend or are merged to fill the areas: the seed's outer edge wins.

The paper leaves thresholds, ties and contiguity unsaid: they are the choices of `Brief`.
"""

import pandas as pd

from coterminosity.atoms import Atoms
from coterminosity.brief import Brief
from coterminosity.errors import BriefError, NameLookupError
from coterminosity.naming import code_of
from coterminosity.overlay import Progress
from coterminosity.plan import Basis, Plan
from coterminosity.proposing.alternatives import (
    claim_of,
    possible_homes,
    weigh_alternatives,
)
from coterminosity.proposing.claims import Claims, find_claims
from coterminosity.proposing.contiguity import (
    Adjacency,
    neighbouring_areas,
    numbered,
    stranded,
)
from coterminosity.proposing.ledger import OPEN, Ledger
from coterminosity.proposing.regions import note_regions
from coterminosity.units import UnitGraph


def reform(
    graph: UnitGraph, atoms: Atoms, brief: Brief, *, progress: Progress | None = None
) -> Plan:
    """Propose areas by the rules of the source paper; see `coterminosity.propose`."""
    claims = find_claims(graph, atoms, brief)
    ledger = Ledger(claims, brief, graph.units["name"])
    adjacency = numbered(graph)
    report = progress or (lambda stage, done, todo: None)
    report("claims", 0, 4)
    contested = _settle(ledger, brief, locks=_locks(graph, claims, brief))
    report("contested units", 1, 4)
    _settle_contested(ledger, adjacency, brief, contested)
    report("contiguity", 2, 4)
    if brief.contiguous:
        _rehome(ledger, adjacency)
    report("alternatives", 3, 4)
    alternatives = weigh_alternatives(ledger, adjacency, contested, rehome=_rehome)
    note_regions(ledger)
    report("proposal", 4, 4)
    names = [ledger.area_name(area) for area in range(len(claims.seed.regions))]
    return Plan(
        units=ledger.units(),
        areas=pd.DataFrame(
            {"seed": list(claims.seed.regions)}, index=pd.Index(names, name="area")
        ).sort_index(),
        decisions=ledger.decisions(),
        alternatives=alternatives,
        brief=brief,
        method="reform",
        basis=Basis(graph=graph, atoms=atoms),
    )


def _locks(graph: UnitGraph, claims: Claims, brief: Brief) -> dict[int, int]:
    locks: dict[int, int] = {}
    for unit, area in brief.locks.items():
        try:
            row = claims.units.index(graph.code_of(unit))
            seed = claims.seed.regions.index(
                code_of(area, claims.seed.names, layer=brief.seed_layer)
            )
        except NameLookupError as error:
            raise NameLookupError(f"locks of the brief: {error}") from error
        if locks.get(row, seed) != seed:
            raise BriefError(f"locks: {graph.units['name'].iloc[row]} is locked to two areas")
        locks[row] = seed
    return locks


def _settle(ledger: Ledger, brief: Brief, *, locks: dict[int, int]) -> list[int]:
    """Assign classes A and B and locks (steps 1 and 2); return the units of class C."""
    claims, contested = ledger.claims, []
    for unit in range(len(claims.units)):
        klass, area, rule, why = _classify(ledger, brief, unit)
        if unit in locks:
            why = f"locked to {ledger.area_name(locks[unit])} by the brief"
            ledger.decide(unit, locks[unit], rule="lock", why=why, klass=klass, flag="locked")
        elif klass == "C":
            ledger.decide(unit, OPEN, rule=rule, why=why, klass=klass, flag="negotiate")
            contested.append(unit)
        else:
            ledger.decide(unit, area, rule=rule, why=why, klass=klass)
    return contested


def _classify(ledger: Ledger, brief: Brief, unit: int) -> tuple[str, int, str, str]:
    """Return class, area, rule and reason for one unit."""
    claims = ledger.claims
    own = claims.claimants[unit]
    if not own:
        return "C", OPEN, "unclaimed", f"no {brief.seed_layer.upper()} claims it"
    if len(own) == 1:
        return (
            "A",
            own[0],
            "seed",
            f"{ledger.area_name(own[0])} alone claims it{_cut(ledger, unit)}",
        )
    fits = {seed: claims.fits(unit, seed, brief.claim_share) for seed in own}
    best = [seed for seed in own if fits[seed] == max(fits.values())]
    shares = _shares(ledger, unit, own)
    if len(best) == 1:
        why = f"{shares}: only {ledger.area_name(best[0])} fits{_cut(ledger, unit)}"
        return "B", best[0], "aligned-edge", why
    word = "both claim it" if fits[best[0]] else "no claimant holds other parts of it"
    return "C", OPEN, "contested", f"{shares}: {word}{_cut(ledger, unit)}"


def _shares(ledger: Ledger, unit: int, seeds: tuple[int, ...]) -> str:
    """Say what share of the unit's aligned regions each claimant holds undisputed."""
    claims, texts = ledger.claims, []
    for layer in claims.aligned:
        region = layer.main_region(unit)
        if region is None:
            continue
        held = [
            f"{claims.exclusive[layer.layer][seed, region]:.1%} of its people live where only "
            f"{ledger.area_name(seed)} claims"
            for seed in seeds
        ]
        name = layer.names.iloc[region]
        texts.append(f"{layer.layer.upper()} {name}: {', '.join(held)}")
    return "; ".join(texts) or "in no aligned region"


def _cut(ledger: Ledger, unit: int) -> str:
    """Say where an aligned layer cuts the unit: its edge moves to that of the unit's area."""
    texts = []
    for layer in ledger.claims.aligned:
        row = layer.full[unit]
        inside = [r for r in row.argsort()[::-1] if row[r] > 0]
        if len(inside) > 1:
            held = [f"{layer.names.iloc[r]} {row[r]:,.0f}" for r in inside]
            texts.append(f"{layer.layer.upper()} edge inside it moves ({', '.join(held)} people)")
    return "; " + "; ".join(texts) if texts else ""


def _settle_contested(
    ledger: Ledger, adjacency: Adjacency, brief: Brief, contested: list[int]
) -> None:
    """Give contested units a provisional home, if the brief says how."""
    if brief.contested == "open":
        return
    for unit in contested:
        # Weighed one after the other, since each home given changes what the next one costs.
        homes = possible_homes(ledger, adjacency, unit)
        if not homes:
            continue
        claims = {seed: claim_of(ledger, unit, seed) for seed in homes}
        lost = {seed: _lost(ledger, adjacency, unit, seed) for seed in homes}

        def order(
            seed: int, claims: dict[int, float] = claims, lost: dict[int, float] = lost
        ) -> tuple[float, float, str]:
            least, strongest = lost[seed], -claims[seed]
            first = (least, strongest) if brief.contested == "least-split" else (strongest, least)
            return (*first, ledger.area_name(seed))

        ranked = sorted(homes, key=order)
        names = ", ".join(ledger.area_name(seed) for seed in ranked)
        why = f"provisional, by {brief.contested} among {names}"
        ledger.decide(unit, ranked[0], rule=brief.contested, why=why, flag="negotiate")


def _lost(ledger: Ledger, adjacency: Adjacency, unit: int, seed: int) -> float:
    """Return the cost of a home for an open unit, with the people it would strand."""
    others = set(ledger.claims.claimants[unit]) | {seed}
    before = {u for part in stranded(ledger, adjacency, others) for u in part}
    ledger.area[unit] = seed
    after = {u for part in stranded(ledger, adjacency, others) for u in part}
    ledger.area[unit] = OPEN
    people = float(ledger.claims.people[sorted(after - before)].sum())
    return ledger.weigh({unit: seed})[0] + people


def _rehome(ledger: Ledger, adjacency: Adjacency) -> None:
    """Give parts that are cut off from their area to the neighbouring area of least cost."""
    everywhere = set(range(len(ledger.claims.seed.regions)))
    # Each round joins a part to another area for good, so that rounds are bounded by units.
    for _ in range(len(ledger.claims.units)):
        parts = [
            part
            for part in stranded(ledger, adjacency, everywhere)
            if neighbouring_areas(ledger, adjacency, part)
            and not all(ledger.flag_of(unit) == "locked" for unit in part)
        ]
        if not parts:
            return
        _rehome_part(ledger, adjacency, parts[0])


def _rehome_part(ledger: Ledger, adjacency: Adjacency, part: list[int]) -> None:
    lost = int(ledger.area[part[0]])
    part = [unit for unit in part if ledger.flag_of(unit) != "locked"]
    before = ledger.cost()
    costs = {
        area: ledger.weigh(dict.fromkeys(part, area))[0] - before
        for area in neighbouring_areas(ledger, adjacency, part)
    }
    home = min(costs, key=lambda area: (costs[area], ledger.area_name(area)))
    options = [f"{ledger.area_name(area)} {cost:+,.0f}" for area, cost in costs.items()]
    why = f"cut off from {ledger.area_name(lost)}; cost in people if given to: "
    why += ", ".join(options) + _bridges(ledger, adjacency, part, before)
    for unit in part:
        flag = "negotiate" if ledger.flag_of(unit) == "negotiate" else "rehomed"
        ledger.decide(unit, home, rule="contiguity", why=why, flag=flag)


def _bridges(ledger: Ledger, adjacency: Adjacency, part: list[int], before: float) -> str:
    """Name the neighbours whose return to the lost area would join the part to it again."""
    lost = int(ledger.area[part[0]])
    own = {int(u) for u in (ledger.area == lost).nonzero()[0]} - set(part)
    texts = []
    for unit in sorted({n for u in part for n in adjacency[u]}):
        claims_it = lost in ledger.claims.claimants[unit]
        if claims_it and ledger.area[unit] != lost and own & set(adjacency[unit]):
            cost = ledger.weigh({unit: lost})[0] - before
            texts.append(f"{ledger.names.iloc[unit]} there {cost:+,.0f}")
    return f"; or keep it and settle {', '.join(texts)}" if texts else ""
