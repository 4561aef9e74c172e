"""What a scenario changes: in short, unit by unit, body by body and layer by layer."""

import pandas as pd

from coterminosity.reporting.case import Case
from coterminosity.reporting.documents import Column, Grid, Paragraph, Points, Section
from coterminosity.reporting.pictures import drawn
from coterminosity.reporting.wording import (
    DASH,
    counted,
    cut,
    decimals,
    millions,
    named,
    people,
    plural,
    share,
    signed,
)

_WAYS = 24
_EFFECTS = {
    "becomes coterminous": "Becomes the same as an area",
    "no longer coterminous": "Is no longer the same as an area",
    "no longer split": "Is no longer split",
    "newly split": "Is newly split",
}


def in_short(case: Case) -> Section:
    """Return the first section: what changes in a few lines, and a map."""
    points = [_moves(case), _areas(case), *_fit(case), _money(case), *_unsettled(case)]
    return Section(
        key="in-short",
        title="In short",
        blocks=(Points(items=tuple(point for point in points if point)), *drawn(case)),
    )


def _moves(case: Case) -> str:
    steps, moved = len(case.scenario.done), case.moved
    if not steps:
        return "This is the plan as it was proposed: no step has been made yet."
    if not len(moved):
        return f"After {counted(steps, 'step')} every unit is in the area of the base plan."
    total = float(moved["people"].sum())
    verb = "changes" if len(moved) == 1 else "change"
    said = (
        f"{case.units(len(moved))} with {people(total)} people "
        f"({share(total / float(case.ground.people.sum()))} of all) {verb} area"
    )
    had_none = int((moved["from"] == "no area").sum())
    if had_none == len(moved):
        said += "; before, none of them had one" if had_none > 1 else "; before, it had none"
    elif had_none:
        said += f"; before, {had_none} of them had none"
    return f"{said}."


def _areas(case: Case) -> str:
    now, before = case.now, case.before
    band = f"{people(case.ground.floor)} to {people(case.ground.ceiling)} people"
    said = f"Areas: {len(now.areas)} ({len(before.areas)} before)"
    outside = {
        side: [name for name, own in zip(now.areas, now.size_band, strict=True) if own == side]
        for side in ("below", "above")
    }
    within = len(now.areas) - sum(map(len, outside.values()))
    said += f", {within} of them with {band}"
    for side, names in outside.items():
        said += f"; {side} that: {named(names)}" if names else ""
    return f"{said}."


def _fit(case: Case) -> list[str]:
    now, before = case.now.layers, case.before.layers
    titles = {key: plural(case.ground.layer(key).title) for key in case.main_layers}
    said = []
    for key, title in titles.items():
        own, old = now.loc[key], before.loc[key]
        said.append(
            f"{title} whole in one area: {own['whole']} of {own['regions']} ({old['whole']} "
            f"before). The same as an area: {own['same']} ({old['same']} before)."
        )
    change = case.now.cost_people - case.before.cost_people
    if round(change):
        word = "more" if change > 0 else "fewer"
        said.append(
            f"Over {' and '.join(titles.values())} together, {people(abs(change))} {word} people "
            "than before are cut off from the bulk of their body, or live in an area that is "
            "mainly another's."
        )
    return said


def _money(case: Case) -> str:
    purse = case.ground.purse
    years = named(sorted(set(purse.lines["year"])))
    total = f"£{millions(purse.pounds)} million"
    if not len(case.moved):
        return f"The areas share {total} a year of published spending ({years})."
    return (
        f"£{millions(case.pounds_moved)} million a year of published spending ({total} in all, "
        f"{years}) go with the people who change area."
    )


def _unsettled(case: Case) -> list[str]:
    broken = case.scenario.breaches
    parts = broken.loc[broken["kind"].isin(["pieces", "group"]), "what"].to_list()
    more = [f"and {len(parts) - 3} more"] if len(parts) > 3 else []
    said = [f"In pieces or parted: {'; '.join([*parts[:3], *more])}."] if parts else []
    if case.open_names:
        count = len(case.open_names)
        said.append(f"{case.units(count)} without an area: {named(case.open_names)}.")
    return said


def what_changes(case: Case) -> Section:
    """Return the units that move, the bodies whose fit changes, and every layer in figures."""
    blocks = [*_ways(case), *_bodies(case), _layers(case)]
    return Section(key="changes", title="What changes", blocks=tuple(blocks))


def _ways(case: Case) -> list[Grid | Paragraph]:
    if not case.ways:
        return [Paragraph(text="No unit changes area.")]
    rows = []
    for came, to, part in case.ways[: case.most(_WAYS)]:
        own = part.assign(mark=case.marks.reindex(part["code"]).to_numpy()).sort_values("mark")
        marks = [f"{mark:.0f}" for mark in own["mark"].dropna().unique()]
        why = "; ".join(dict.fromkeys(text for text in own["why"] if text))
        rows.append(
            (named(own["name"].to_list(), most=12), named(marks) if marks else DASH, came, to,
             people(float(own["people"].sum())), cut(why) or DASH)
        )  # fmt: skip
    columns = (
        Column(title=case.units().capitalize(), wide=2.4), Column(title="On the map", wide=0.9),
        Column(title="From", wide=1.4), Column(title="To", wide=1.4),
        Column(title="People", number=True, wide=0.8), Column(title="Who asked, and why", wide=2.4),
    )  # fmt: skip
    caption = f"{case.units().capitalize()} that change area, against the base plan"
    left = len(case.ways) - len(rows)
    more = [Paragraph(small=True, text=f"{left} more ways of moving are in the scenario file.")]
    return [Grid(caption=caption, columns=columns, rows=tuple(rows)), *(more if left > 0 else [])]


def _bodies(case: Case) -> list[Grid]:
    table = case.compared.bodies
    rows: list[tuple[str, ...]] = []
    groups = []
    for change, words in _EFFECTS.items():
        own = table.loc[table["change"] == change]
        told = [
            (str(layer), str(len(part)), named(part["name"].to_list(), most=10))
            for layer, part in own.groupby("layer", sort=False)
        ]
        rows += told
        groups += [(words, len(told))] if told else []
    if not rows:
        return []
    columns = (Column(title="Layer", wide=1.5), Column(title="Bodies", number=True, wide=0.7),
               Column(title="Which", wide=7.0))  # fmt: skip
    return [Grid(caption="Bodies whose fit to the areas changes", columns=columns,
                 rows=tuple(rows), groups=tuple(groups))]  # fmt: skip


def _layers(case: Case) -> Grid:
    now, before = case.now.layers, case.before.layers
    rows = [_layer_row(before.loc[key], now.loc[key]) for key in now.index]
    columns = (
        Column(title="Layer", wide=1.7), Column(title="Bodies", number=True, wide=0.75),
        Column(title="Whole in one area: before", number=True, wide=1.0),
        Column(title="now", number=True, wide=0.55),
        Column(title="Same as an area: before", number=True, wide=0.9),
        Column(title="now", number=True, wide=0.55),
        Column(title="People cut off now", number=True, wide=1.1),
        Column(title="change", number=True, wide=1.0),
        Column(title="People in another's area now", number=True, wide=1.1),
        Column(title="change", number=True, wide=1.0),
        Column(title="Coterminosity: before", number=True, wide=1.35),
        Column(title="now", number=True, wide=0.65),
    )  # fmt: skip
    return Grid(caption="How each layer of bodies fits the areas, before and now",
                columns=columns, rows=tuple(rows))  # fmt: skip


def _layer_row(before: pd.Series, now: pd.Series) -> tuple[str, ...]:
    return (
        str(now["title"]), str(now["regions"]), str(before["whole"]), str(now["whole"]),
        str(before["same"]), str(now["same"]), people(now["split_people"]),
        signed(now["split_people"] - before["split_people"]), people(now["merge_people"]),
        signed(now["merge_people"] - before["merge_people"]),
        decimals(before["coterminosity"], 3), decimals(now["coterminosity"], 3),
    )  # fmt: skip
