"""The areas of a scenario: people, size, governance, money and contracts."""

from coterminosity.money import in_words
from coterminosity.negotiating.standing import Standing
from coterminosity.reporting.case import NOWHERE, Case
from coterminosity.reporting.documents import Column, Grid, Paragraph, Section
from coterminosity.reporting.pictures import numbered
from coterminosity.reporting.wording import decimals, millions, people, share, signed
from coterminosity.tables import read_money_tables

_MOST = 50


def areas(case: Case) -> Section:
    """Return the table of areas as they are now."""
    now = case.now
    shown = _chosen(case)
    rows = [_row(case, name) for name in shown]
    left = len(now.areas) - len(shown)
    rows += _rest(case, shown) if left else []
    rows += _open(case)
    total = _total(case)
    columns = (
        Column(title="Area", wide=3.9),
        Column(title=case.units().capitalize(), number=True, wide=1.0),
        Column(title="People", number=True, wide=1.15), Column(title="Change", number=True),
        Column(title="Size", wide=1.15), Column(title="Governance", wide=3.9),
        Column(title="£ million a year", number=True, wide=1.25),
        Column(title="Contracts", number=True, wide=1.05),
    )  # fmt: skip
    caption = "Areas as they are now"
    grid = Grid(caption=caption, columns=columns, rows=(*rows, total), total=True)
    return Section(key="areas", title="The areas", blocks=(*numbered(case), grid, _remark(case)))


def _chosen(case: Case) -> list[str]:
    """Return the areas that are shown: all, or those touched and the largest where many."""
    names = list(case.now.areas)
    if len(names) <= _MOST:
        return names
    size = dict(zip(names, case.now.people.tolist(), strict=True))
    touched = set(case.touched)
    ranked = sorted(names, key=lambda name: (name not in touched, -size[name], name))
    return sorted(ranked[:_MOST])


def _row(case: Case, name: str) -> tuple[str, ...]:
    now = case.now
    place = now.areas.index(name)
    had = dict(zip(case.before.areas, case.before.people.tolist(), strict=True))
    before, own = had.get(case.was.get(name, ""), 0.0), float(now.people[place])
    pounds = float(now.pounds[place])
    old = case.was.get(name)
    title = name if old == name else f"{name} (was {old})" if old else f"{name} (new)"
    in_pieces = f", {now.pieces[place]} pieces" if now.pieces[place] > 1 else ""
    return (
        f"{place + 1}. {title}", str(now.units[place]), people(own), signed(own - before),
        f"{now.size_band[place]}{in_pieces}", _governed(now, name), millions(pounds),
        decimals(float(now.contracts[place]), 1),
    )  # fmt: skip


def _governed(now: Standing, name: str) -> str:
    table = now.governance
    label, authority = str(table["label"][name]), str(table["authority"][name])
    held = float(table["share_of_area"][name])
    if label in ("to be formed", "unitary") and authority and held > 0:
        return f"{label} ({share(held)} in {authority})"
    return label


def _rest(case: Case, shown: list[str]) -> list[tuple[str, ...]]:
    now = case.now
    own = [k for k, name in enumerate(now.areas) if name not in set(shown)]
    crowd, pounds = float(now.people[own].sum()), float(now.pounds[own].sum())
    return [(f"{len(own)} other areas", str(int(now.units[own].sum())), people(crowd), "", "", "",
             millions(pounds), decimals(float(now.contracts[own].sum()), 1))]  # fmt: skip


def _open(case: Case) -> list[tuple[str, ...]]:
    """Return a row of people without an area, now or before."""
    now, ground = case.now.area < 0, case.ground
    crowd, had = float(ground.people[now].sum()), float(ground.people[case.before.area < 0].sum())
    if not crowd and not had:
        return []
    purse = ground.purse
    pounds = float(purse.weights[now].sum() / purse.weights.sum() * purse.pounds)
    contracts = crowd / float(ground.people.sum()) * purse.contracts
    return [(NOWHERE, str(int(now.sum())), people(crowd), signed(crowd - had), "", "",
             millions(pounds), decimals(contracts, 1))]  # fmt: skip


def _total(case: Case) -> tuple[str, ...]:
    ground = case.ground
    whole, pounds = float(ground.people.sum()), ground.purse.pounds
    return ("All", str(len(ground)), people(whole), "", "", "", millions(pounds),
            decimals(ground.purse.contracts, 1))  # fmt: skip


def _remark(case: Case) -> Paragraph:
    ground, figure = case.ground, read_money_tables().contracts["value"].astype("int64")
    limits = (*ground.rules.floors, *ground.rules.ceilings)
    own = ", except where the brief gives an area a limit of its own" if limits else ""
    return Paragraph(
        small=True,
        text=(
            f"Size: within is {people(ground.floor)} to {people(ground.ceiling)} people{own}. "
            "Governance: of November 2017; in brackets, the share of the area's people who live in "
            "the authority that holds most of them. Money: published figures for England spread "
            f"by {ground.purse.basis}, each rounded by itself. Contracts: of {figure['contracts']} "
            f"healthcare contracts in England, each worth about {in_words(figure['pounds_each'])} "
            f"a year and held by one acute trust with about {figure['practices_each']} GP "
            "practices, by people."
        ),
    )
