"""Who must agree: the parties to each move, and the bodies whose boundary would have to change."""

import numpy as np
import pandas as pd

from coterminosity.negotiating.standing import LayerStanding
from coterminosity.reporting.case import NOWHERE, Case
from coterminosity.reporting.documents import Column, Grid, Paragraph, Section
from coterminosity.reporting.wording import DASH, named, plural, share

_ROWS = 16


def must_agree(case: Case) -> Section:
    """Return the parties to the moves, and bodies of the main layers that the areas split."""
    blocks = [*_parties(case), *_split(case)]
    return Section(key="agree", title="Who must agree", blocks=tuple(blocks))


def _parties(case: Case) -> list[Grid | Paragraph]:
    if not case.ways:
        return [Paragraph(text="No unit changes area, so nobody has to give or take one.")]
    layers = [*case.main_layers, *(k for k in ("combined_authority",) if k in case.now.by_layer)]
    rows = []
    for came, to, own in case.ways[: case.most(_ROWS)]:
        way = f"{'open ground' if came == NOWHERE else came} to {to}"
        bodies = (named(_bodies_of(case, key, own), most=6) for key in layers)
        rows.append((way, named(_councils(case, own), most=10), *bodies))
    titles = [plural(case.now.by_layer[key].layer.title) for key in layers]
    columns = (
        Column(title="Move", wide=1.8),
        Column(title="Councils", wide=2.0),
        *(Column(title=title, wide=1.6) for title in titles),
    )
    caption = "Parties to each move: those who hold or claim people that change area"
    found: list[Grid | Paragraph] = [Grid(caption=caption, columns=columns, rows=tuple(rows))]
    if len(case.ways) > len(rows):
        found.append(Paragraph(small=True, text=f"And {len(case.ways) - len(rows)} more moves."))
    governed = _governed(case)
    if governed:
        found.append(Paragraph(text=governed))
    return found


def _councils(case: Case, moved: pd.DataFrame) -> list[str]:
    """Return the districts that the units are, or lie in, by name."""
    codes = case.ground.governed["council"].reindex(moved["code"])
    atoms = case.scenario.basis.atoms
    own = atoms.regions("lad") if "lad" in atoms.layers else pd.Series(dtype="str")
    names = own.to_dict() | dict(zip(moved["code"], moved["name"], strict=True))
    return list(dict.fromkeys(str(names.get(code or unit, unit)) for unit, code in codes.items()))


def _bodies_of(case: Case, key: str, moved: pd.DataFrame) -> list[str]:
    """Return the bodies of a layer that hold more than a trace of the people of moving units."""
    layer, people = case.ground.layer(key), case.ground.people
    held: dict[str, float] = {}
    for code in moved["code"]:
        unit = case.ground.number[code]
        for region, count in layer.regions_of(unit):
            if count > case.ground.tolerance * people[unit]:
                held[layer.names[region]] = held.get(layer.names[region], 0.0) + count
    return sorted(held, key=lambda name: (-held[name], name))


def _governed(case: Case) -> str:
    """Say which areas that change are those of an authority, and which have none to sign."""
    table = case.now.governance
    to_form = [name for name in case.touched if table.loc[name, "label"] == "to be formed"]
    signed_by = [
        f"{name} ({table['label'][name]!s})" for name in case.touched if name not in to_form
    ]
    said = []
    if signed_by:
        said.append(f"Areas that change and have a body that could sign: {named(signed_by)}.")
    if to_form:
        verb = "has" if len(to_form) == 1 else "have"
        said.append(f"{named(to_form)} {verb} no body of the same area yet: one would have to be "
                    "formed, or councils sign one by one.")  # fmt: skip
    return " ".join(said)


def _split(case: Case) -> list[Grid | Paragraph]:
    """Return main bodies that the areas split: those with people who move, then all by name."""
    found: list[Grid | Paragraph] = []
    rows, rest = [], []
    for key in case.main_layers:
        own = case.now.by_layer[key]
        cut = np.flatnonzero(own.is_cut).tolist()
        touched = set(_bodies_of(case, key, case.moved)) if len(case.moved) else None
        told = [r for r in cut if touched is None or own.layer.names[r] in touched]
        rows += [(f"{own.layer.title} {own.layer.names[r]}", *_parts(case, own, r)) for r in told]
        others = [own.layer.names[r] for r in cut if r not in told]
        if others:
            rest.append(f"{plural(own.layer.title)}: {named(others, most=30)}")
    if rows:
        whom = "with people who change area" if len(case.moved) else "of the main layers"
        caption = f"Bodies {whom} whose boundary would have to move, since the areas split them"
        columns = (Column(title="Body", wide=1.6), Column(title="Its people are in", wide=3.2),
                   Column(title="Before", wide=3.2))  # fmt: skip
        shown = tuple(rows[: case.most(_ROWS)])
        found.append(Grid(caption=caption, columns=columns, rows=shown))
        if len(rows) > len(shown):
            found.append(Paragraph(small=True, text=f"And {len(rows) - len(shown)} more."))
    if rest:
        text = f"Split as well, though nobody in them changes area: {'. '.join(rest)}."
        found.append(Paragraph(small=True, text=text))
    return found


def _parts(case: Case, own: LayerStanding, region: int) -> tuple[str, str]:
    """Return in which areas a body's people are now, and were before."""
    before = case.before.by_layer[own.layer.key]
    now = _shares(own, region, case.now.areas, case.ground.tolerance)
    had = _shares(before, region, case.before.areas, case.ground.tolerance)
    return now, "the same" if had == now else had or DASH


def _shares(own: LayerStanding, region: int, areas: tuple[str, ...], tolerance: float) -> str:
    total = float(own.layer.total_full[region])
    held = [(float(people) / total, name)
            for people, name in zip(own.full[region], areas, strict=True)]  # fmt: skip
    shown = [f"{name} {share(part)}" for part, name in sorted(held, key=lambda h: (-h[0], h[1]))
             if part > tolerance]  # fmt: skip
    free = 1.0 - sum(part for part, _ in held)
    if free > tolerance:
        shown.append(f"{NOWHERE} {share(free)}")
    return ", ".join(shown)
