"""Contested ground: connected units that the same bodies claim, and where those are at home."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from coterminosity.errors import NameLookupError, listed
from coterminosity.negotiating.ground import Ground, Ints
from coterminosity.negotiating.position import OPEN


@dataclass(frozen=True, kw_only=True)
class Zone:
    """Hold neighbouring units that the same regions of the seed layer claim.

    Attributes
    ----------
    key : str
        ``z1``, ``z2``, ... in the order of titles.
    title : str
        Names of the claimants, and of units where several zones have the same.
    units : tuple of int
        Numbers of units.
    claimants : tuple of int
        Regions of the seed layer; empty where none claims the units.
    why : str
        In words.
    """

    key: str
    title: str
    units: tuple[int, ...]
    claimants: tuple[int, ...]
    why: str


@lru_cache(maxsize=32)
def claims_of(ground: Ground) -> tuple[tuple[int, ...], ...]:
    """Return by unit the regions of the seed layer that hold more than a trace of its people."""
    seed = ground.layer(ground.seed_layer)
    found: list[list[int]] = [[] for _ in ground.units]
    share = np.divide(
        seed.full, ground.people[seed.unit], out=np.zeros(len(seed.full)),
        where=ground.people[seed.unit] > 0,
    )  # fmt: skip
    for unit, region in zip(seed.unit[share > ground.tolerance],
                            seed.region[share > ground.tolerance], strict=True):  # fmt: skip
        found[int(unit)].append(int(region))
    return tuple(tuple(own) for own in found)


def home_of(ground: Ground, area: Ints, region: int) -> int:
    """Return the area at whose heart a region of the seed layer is; -1 for none.

    The area with most people of units that this region alone claims; of the whole region where
    it claims none alone. Of equals the first.
    """
    claims = claims_of(ground)
    alone = [u for u, own in enumerate(claims) if own == (region,) and area[u] != OPEN]
    if not alone:
        alone = [u for u, own in enumerate(claims) if region in own and area[u] != OPEN]
    if not alone:
        return OPEN
    held = np.bincount(area[alone], ground.people[alone])
    return int(held.argmax())


def zones_of(ground: Ground, *, flagged: Iterable[int] = ()) -> tuple[Zone, ...]:
    """Return the contested zones: units with several claimants, and those flagged for negotiation.

    Parameters
    ----------
    ground : Ground
        Units and bodies.
    flagged : iterable of int
        Units that a plan leaves to negotiation, contested whoever claims them.
    """
    claims = claims_of(ground)
    contested = {u for u, own in enumerate(claims) if len(own) > 1} | set(flagged)
    groups: dict[tuple[int, ...], set[int]] = {}
    for unit in contested:
        groups.setdefault(claims[unit], set()).add(unit)
    parts = [
        (claimants, tuple(part))
        for claimants, units in groups.items()
        for part in _parts(ground, units)
    ]
    titles = [_title(ground, claimants) for claimants, _ in parts]
    full = [
        f"{title}: {listed([ground.names[u] for u in part], most=2)}"
        if titles.count(title) > 1 else title
        for title, (_, part) in zip(titles, parts, strict=True)
    ]  # fmt: skip
    order = sorted(range(len(parts)), key=lambda k: (full[k], parts[k][1]))
    return tuple(
        Zone(
            key=f"z{place}", title=full[k], units=parts[k][1], claimants=parts[k][0],
            why=_why(ground, *parts[k]),
        )
        for place, k in enumerate(order, start=1)
    )  # fmt: skip


def zones_named(ground: Ground, zones: tuple[Zone, ...], name: str) -> tuple[Zone, ...]:
    """Return zones by key, by a part of their title, or by the name or code of a unit in them.

    Raises
    ------
    NameLookupError
        Where none fits; what there is is listed.
    """
    wanted = name.strip().casefold()
    codes = [{ground.units[u].casefold() for u in zone.units} for zone in zones]
    units = [{ground.names[u].casefold() for u in zone.units} for zone in zones]
    exact = [k for k, zone in enumerate(zones) if wanted in (zone.key, zone.title.casefold())]
    holding = [k for k in range(len(zones)) if wanted in units[k] or wanted in codes[k]]
    claiming = [k for k, zone in enumerate(zones) if wanted and wanted in zone.title.casefold()]
    for found in (exact, holding, claiming):
        if found:
            return tuple(zones[k] for k in found)
    titles = [f"{zone.key} ({zone.title})" for zone in zones]
    raise NameLookupError(
        f"no contested zone is called {name!r}; there are {listed(titles, most=40) or 'none'}"
    )


def _parts(ground: Ground, units: set[int]) -> list[list[int]]:
    """Return the connected parts of some units, each sorted."""
    left, parts = set(units), []
    while left:
        part, edge = set(), [min(left)]
        while edge:
            unit = edge.pop()
            part.add(unit)
            edge += [n for n in ground.neighbours[unit] if n in left and n not in part]
        left -= part
        parts.append(sorted(part))
    return parts


def _title(ground: Ground, claimants: tuple[int, ...]) -> str:
    seed = ground.layer(ground.seed_layer)
    return " / ".join(sorted(seed.names[r] for r in claimants)) or "Unclaimed"


def _why(ground: Ground, claimants: tuple[int, ...], units: tuple[int, ...]) -> str:
    seed = ground.layer(ground.seed_layer)
    names = listed([ground.names[u] for u in units], most=len(units))
    people = float(ground.people[list(units)].sum())
    if len(claimants) > 1:
        own = " and ".join(sorted(seed.names[r] for r in claimants))
        return f"{own} both claim {names} ({people:,.0f} people)" if len(claimants) == 2 else (
            f"{own} all claim {names} ({people:,.0f} people)")  # fmt: skip
    if claimants:
        return f"{names} ({people:,.0f} people): left to negotiation by the plan"
    return f"no {seed.title} claims {names} ({people:,.0f} people)"
