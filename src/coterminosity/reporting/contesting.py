"""Contested ground: each zone with its options, ranked and not decided."""

from coterminosity.negotiating.options import LEAVE_ALONE, Option, Options
from coterminosity.negotiating.zones import Zone
from coterminosity.reporting.case import NOWHERE, Case
from coterminosity.reporting.documents import Column, Grid, Paragraph, Section
from coterminosity.reporting.wording import DASH, counted, millions, named, people, signed

_FULL = 10  # zones with all their options; of the others the option that costs least is told


def contested(case: Case) -> Section:
    """Return the contested zones: those touched or still open first, then where most is to gain."""
    options = case.scenario.options()
    if not options.zones:
        text = "No ground is contested: every unit is claimed by one body alone."
        return Section(key="contested", title="Contested ground", blocks=(Paragraph(text=text),))
    ranked = _ranked(case, options)
    full = sorted(ranked[: case.most(_FULL)], key=lambda zone: zone.title)
    groups = [(_title(case, zone), _rows(case, zone, options)) for zone in full]
    columns = (
        Column(title="Option", wide=2.4), Column(title="People who change area", number=True),
        Column(title="People split or merged", number=True),
        Column(title="£ million a year", number=True), Column(title="What it does", wide=6.0),
    )  # fmt: skip
    text = (
        f"{counted(len(options.zones), 'zone')} {'is' if len(options.zones) == 1 else 'are'} "
        f"claimed by more than one {_seed(case)}, or left to negotiation by the base plan. The "
        "options of each are ranked by how many people they cut off from, or put into an area of, "
        "another body; they are not decided here. Leaving things as they are is always one of them."
    )
    grid = Grid(caption="Contested zones and their options, each against how things stand now",
                columns=columns, rows=tuple(row for _, rows in groups for row in rows),
                groups=tuple((title, len(rows)) for title, rows in groups))  # fmt: skip
    return Section(
        key="contested",
        title="Contested ground",
        blocks=(Paragraph(text=text), grid, *_others(case, ranked[case.most(_FULL) :], options)),
    )


def _seed(case: Case) -> str:
    return case.ground.layer(case.ground.seed_layer).title


def _ranked(case: Case, options: Options) -> list[Zone]:
    moved = set(case.moved["code"])
    left = {entry.note for entry in case.scenario.done if entry.action == "leave"}

    def rank(zone: Zone) -> tuple[bool, bool, float, str]:
        codes = {case.ground.units[u] for u in zone.units}
        is_open = any(case.now.area[u] < 0 for u in zone.units)
        spoken = bool(codes & moved) or any(zone.title in note for note in left)
        costs = [own.cost_change for own in options if own.zone == zone.key and own.moves]
        return (not is_open, not spoken, min(costs, default=float("inf")), zone.title)

    return sorted(options.zones, key=rank)


def _title(case: Case, zone: Zone) -> str:
    crowd = float(case.ground.people[list(zone.units)].sum())
    names = named([case.ground.names[u] for u in zone.units])
    return f"{zone.title}: {names} ({people(crowd)} people)"


def _rows(case: Case, zone: Zone, options: Options) -> list[tuple[str, ...]]:
    own = [option for option in options if option.zone == zone.key]
    return [
        _cells(case, zone, option) for option in own if option.moves or option.title == LEAVE_ALONE
    ]


def _cells(case: Case, zone: Zone, option: Option) -> tuple[str, ...]:
    if not option.moves:
        return (option.title, DASH, DASH, DASH, f"Stays as it is: {_now(case, zone)}.")
    return (option.title, people(option.people), signed(option.cost_change),
            millions(option.pounds), _effect(case, option))  # fmt: skip


def _now(case: Case, zone: Zone) -> str:
    held: dict[str, list[str]] = {}
    for unit in zone.units:
        area = case.scenario.position.area_of(unit) or NOWHERE
        held.setdefault(area, []).append(case.ground.names[unit])
    if len(held) == 1:
        (area,) = held
        return f"in {area}" if area != NOWHERE else NOWHERE
    return "; ".join(f"{named(names)} in {area}" for area, names in sorted(held.items()))


def _effect(case: Case, option: Option) -> str:
    """Say in sentences what an option does to bodies and areas."""
    said = []
    for words, names in (
        ("Becomes the same as an area", option.becomes_same),
        ("No longer the same", option.stops_same),
        ("No longer split", option.becomes_whole),
        ("Newly split", option.becomes_cut),
        ("Breaks", option.flags),
    ):
        said += [f"{words}: {named(names, most=3)}."] if names else []
    losers = option.left.loc[option.left["people"] < option.left["people_before"]]
    for row in losers.reset_index().to_dict("records"):
        if row["size_band"] != "within":
            said.append(f"Leaves {row['area']} with {people(row['people'])} people "
                        f"({row['size_band']}).")  # fmt: skip
    return " ".join(said) or "No body is newly split, made whole, or made the same as an area."


def _others(case: Case, zones: list[Zone], options: Options) -> list[Paragraph]:
    """Say of zones without a place in the table how they stand, and what would move least."""
    if not zones:
        return []
    said = []
    for zone in sorted(zones, key=lambda own: own.title):
        own = [option for option in options if option.zone == zone.key and option.moves]
        names = named([case.ground.names[u] for u in zone.units], most=4)
        text = f"{zone.title} ({names}): {_now(case, zone)}"
        if own:
            change = own[0].cost_change
            effect = f"{signed(change)} people" if round(change) else "as many people"
            text += f"; {own[0].title[:1].lower()}{own[0].title[1:]}: {effect} split or merged"
        said.append(text)
    text = f"The other zones, with the move of each that costs least: {'. '.join(said)}."
    return [Paragraph(small=True, text=text)]
