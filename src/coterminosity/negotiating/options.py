"""Options for contested ground: what each claimant's case would change, ranked, not decided."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from coterminosity.negotiating.entries import Entry
from coterminosity.negotiating.flags import flags_of
from coterminosity.negotiating.ground import Ground
from coterminosity.negotiating.position import OPEN, Position, assign
from coterminosity.negotiating.standing import LayerStanding, Standing
from coterminosity.negotiating.zones import Zone, home_of

LEAVE_ALONE = "Leave alone"
NO_TIME = "1970-01-01T00:00:00Z"


@dataclass(frozen=True, eq=False, kw_only=True)
class Option:
    """What one way to settle a zone would change.

    Attributes
    ----------
    zone : str
        Key of the zone.
    title : str
        ``All to ...`` or ``Leave alone``.
    to : str
        The area; empty for leaving alone.
    moves : dict of str to str
        Area by code, of units that would move.
    people, pounds, contracts : float
        What would change area.
    cost_change : float
        People split or merged over the seed and the aligned layers, more (+) or fewer (-).
    split_change, merge_change : dict of str to float
        People by layer.
    becomes_same, stops_same, becomes_whole, becomes_cut : tuple of str
        Bodies by name, with their layer.
    could_merge : tuple of str
        Bodies of aligned layers wholly inside the receiving area, where there are several.
    left : DataFrame
        By area that gives or takes: ``people_before, people, pounds, contracts, size_band,
        pieces``.
    need_change : Series
        Change of η² by indicator.
    flags : tuple of str
        What it would break.
    """

    zone: str
    title: str
    to: str
    moves: dict[str, str]
    people: float
    pounds: float
    contracts: float
    cost_change: float
    split_change: dict[str, float]
    merge_change: dict[str, float]
    becomes_same: tuple[str, ...] = ()
    stops_same: tuple[str, ...] = ()
    becomes_whole: tuple[str, ...] = ()
    becomes_cut: tuple[str, ...] = ()
    could_merge: tuple[str, ...] = ()
    left: pd.DataFrame = field(default_factory=pd.DataFrame)
    need_change: pd.Series = field(default_factory=lambda: pd.Series(dtype="float64"))
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Options:
    """Ways to settle contested ground, zone by zone; ranked, not decided.

    Parameters
    ----------
    options : tuple of Option
        Of each zone those that cut or merge fewest people first.
    zones : tuple of Zone
        What they are of.
    """

    options: tuple[Option, ...]
    zones: tuple[Zone, ...]

    def __len__(self) -> int:
        return len(self.options)

    def __iter__(self) -> Iterator[Option]:
        return iter(self.options)

    @property
    def table(self) -> pd.DataFrame:
        """One row per option: what it changes, in figures and names."""
        titles = {zone.key: zone.title for zone in self.zones}
        rows = [
            {
                "zone": own.zone, "title": titles[own.zone], "option": own.title, "to": own.to,
                "units": len(own.moves), "people": own.people, "pounds": own.pounds,
                "contracts": own.contracts, "cost_change": own.cost_change,
                **{f"{key}_split_change": v for key, v in own.split_change.items()},
                **{f"{key}_merge_change": v for key, v in own.merge_change.items()},
                "becomes_same": "; ".join(own.becomes_same),
                "stops_same": "; ".join(own.stops_same),
                "becomes_whole": "; ".join(own.becomes_whole),
                "becomes_cut": "; ".join(own.becomes_cut),
                "could_merge": "; ".join(own.could_merge), "leaves": "; ".join(_losses(own)),
                **{f"{key}_eta_squared_change": v for key, v in own.need_change.items()},
                "flags": "; ".join(own.flags),
            }
            for own in self.options
        ]  # fmt: skip
        return pd.DataFrame(rows)

    def describe(self) -> str:
        """Return the options as text for those who decide, a paragraph for each zone."""
        paragraphs = []
        for zone in self.zones:
            lines = [f"{zone.key}: {zone.title}. {zone.why[:1].upper()}{zone.why[1:]}."]
            lines += [f"  {_in_words(own)}" for own in self.options if own.zone == zone.key]
            paragraphs.append("\n".join(lines))
        return "\n\n".join(paragraphs)


def _in_words(own: Option) -> str:
    if not own.moves:
        return f"{own.title}: nothing moves."
    change = own.cost_change
    word = "more" if change > 0 else "fewer"
    effect = f"{abs(change):,.0f} people {word} split or merged"
    if round(change) == 0:
        effect = "as many people split or merged as now"
    parts = [
        f"{own.title}: {own.people:,.0f} people change area; {effect}.",
        f"With them go £{own.pounds / 1e6:,.1f} million a year and {own.contracts:.1f} contracts.",
    ]
    for words, names in (
        ("Becomes coterminous", own.becomes_same),
        ("No longer coterminous", own.stops_same),
        ("No longer split", own.becomes_whole),
        ("Newly split", own.becomes_cut),
        ("Could merge, being whole in one area", own.could_merge),
        ("Leaves", _losses(own)),
        ("Share of the spread of need that lies between areas", _needs(own)),
        ("Breaks", own.flags),
    ):
        parts += [f"{words}: {'; '.join(names)}."] if names else []
    return " ".join(parts)


def _losses(own: Option) -> tuple[str, ...]:
    """Say what is left of each area that gives people away."""
    found = []
    for row in own.left.reset_index().to_dict("records"):
        if row["people"] < row["people_before"]:
            band = (
                "" if row["size_band"] in ("within", "gone") else f", {row['size_band']} the band"
            )
            pieces = f", in {row['pieces']} pieces" if row["pieces"] > 1 else ""
            found.append(f"{row['area']} with {row['people']:,.0f} people{band}{pieces}")
    return tuple(found)


def _needs(own: Option) -> tuple[str, ...]:
    """Say how much more or less of each indicator's spread lies between areas."""
    return tuple(
        f"{name} {change:+.3f}" for name, change in own.need_change.items() if abs(change) >= 5e-4
    )


def options_of(
    ground: Ground, zone: Zone, position: Position, standing: Standing
) -> tuple[Option, ...]:
    """Return the options of a zone, those that cut or merge fewest people first.

    One for the area of each claimant, or of each neighbour where none claims it, and *leave
    alone*. Equals are in the order of their titles.
    """
    found = [
        _option(ground, zone, position, standing, to)
        for to in (*_candidates(ground, zone, position), "")
    ]
    return tuple(sorted(found, key=lambda own: (round(own.cost_change, 6), own.title)))


def _candidates(ground: Ground, zone: Zone, position: Position) -> list[str]:
    if zone.claimants:
        homes = {home_of(ground, position.area, region) for region in zone.claimants}
    else:
        near = {n for unit in zone.units for n in ground.neighbours[unit]} - set(zone.units)
        homes = {int(position.area[n]) for n in near}
    if len(zone.claimants) == 1:
        near = {n for unit in zone.units for n in ground.neighbours[unit]} - set(zone.units)
        homes |= {int(position.area[n]) for n in near}
    return sorted(position.areas[home] for home in homes - {OPEN})


def _option(ground: Ground, zone: Zone, position: Position, standing: Standing, to: str) -> Option:
    moving = [u for u in zone.units if to and position.area_of(u) != to]
    title = f"All to {to}" if to else LEAVE_ALONE
    moves = {ground.units[u]: to for u in moving}
    if not moving:
        keys = [layer.key for layer in ground.layers]
        return Option(
            zone=zone.key, title=title, to=to, moves=moves, people=0.0, pounds=0.0,
            contracts=0.0, cost_change=0.0,
            split_change=dict.fromkeys(keys, 0.0), merge_change=dict.fromkeys(keys, 0.0),
            could_merge=_could_merge(ground, standing, to),
            left=_left(standing, standing, sorted({position.area_of(u) for u in zone.units})),
            need_change=standing.eta_squared - standing.eta_squared,
        )  # fmt: skip
    new = assign(position, dict.fromkeys(moving, to))
    then = Standing(ground, new.areas, new.area)
    entry = Entry(action="move", time=NO_TIME, units=tuple(moves), to=tuple(moves.values()))
    pairs = [(own, then.by_layer[key]) for key, own in standing.by_layer.items()]
    people, purse = float(ground.people[moving].sum()), ground.purse
    touched = sorted({to, *(position.area_of(u) for u in moving)})
    return Option(
        zone=zone.key,
        title=title,
        to=to,
        moves=moves,
        people=people,
        pounds=float(purse.weights[moving].sum() / purse.weights.sum() * purse.pounds),
        contracts=people / float(ground.people.sum()) * purse.contracts,
        cost_change=then.cost_people - standing.cost_people,
        split_change={b.layer.key: b.split_people - a.split_people for a, b in pairs},
        merge_change={b.layer.key: b.merge_people - a.merge_people for a, b in pairs},
        becomes_same=_named(pairs, lambda a, b: b.is_same & ~a.is_same),
        stops_same=_named(pairs, lambda a, b: a.is_same & ~b.is_same),
        becomes_whole=_named(pairs, lambda a, b: a.is_cut & ~b.is_cut),
        becomes_cut=_named(pairs, lambda a, b: b.is_cut & ~a.is_cut),
        could_merge=_could_merge(ground, then, to),
        left=_left(standing, then, touched),
        need_change=then.eta_squared - standing.eta_squared,
        flags=flags_of(ground, entry, before=(position, standing), after=(new, then)),
    )


def _named(
    pairs: list[tuple[LayerStanding, LayerStanding]],
    chosen: Callable[[LayerStanding, LayerStanding], np.ndarray],
) -> tuple[str, ...]:
    """Return the bodies that a rule chooses, layer by layer."""
    return tuple(
        f"{after.layer.title} {name}"
        for before, after in pairs
        for name, hit in zip(after.layer.names, chosen(before, after).tolist(), strict=True)
        if hit
    )


def _could_merge(ground: Ground, standing: Standing, to: str) -> tuple[str, ...]:
    """Name aligned bodies wholly inside an area, where several are: merging these cuts nobody."""
    if to not in standing.areas:
        return ()
    column = standing.areas.index(to)
    found = []
    for key in ground.align:
        own = standing.by_layer[key]
        whole = own.full[:, column] >= (1 - ground.tolerance) * own.layer.total_full
        whole &= own.layer.total_full > 0
        names = [own.layer.names[r] for r in whole.nonzero()[0]]
        found += [f"{own.layer.title} {name}" for name in names] if len(names) > 1 else []
    return tuple(found)


def _left(before: Standing, after: Standing, areas: list[str]) -> pd.DataFrame:
    """Return what areas had and have; an area that is gone has nobody."""
    had = dict(zip(before.areas, before.people.tolist(), strict=True))
    rows = {name: _one_left(after, name, had.get(name, 0.0)) for name in areas if name}
    columns = ["people_before", "people", "pounds", "contracts", "size_band", "pieces"]
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns).rename_axis("area")


def _one_left(after: Standing, name: str, had: float) -> tuple[object, ...]:
    if name not in after.areas:
        return had, 0.0, 0.0, 0.0, "gone", 0
    own = after.areas.index(name)
    return (
        had, float(after.people[own]), float(after.pounds[own]), float(after.contracts[own]),
        str(after.size_band[own]), int(after.pieces[own]),
    )  # fmt: skip
