"""Money and need: what moves with people, and how alike people's needs are inside areas."""

import numpy as np
import pandas as pd

from coterminosity.money import NO_AREA, Apportionment, in_words, published
from coterminosity.reporting.case import Case
from coterminosity.reporting.documents import Column, Grid, Paragraph, Section
from coterminosity.reporting.wording import decimals, signed

_MOST = 14


def money(case: Case) -> Section:
    """Return the published figures, and what each area that changes had and has of them."""
    now = case.money
    if now is None:
        blocks = (Paragraph(text="No area has units yet, so no money is spread."),)
        return Section(key="money", title="Money", blocks=blocks)
    return Section(
        key="money",
        title="Money",
        blocks=(_published(case), *_changes(case, now), Paragraph(small=True, text=now.caption)),
    )


def _published(case: Case) -> Grid:
    table = published()
    rows = [
        (
            str(row["title"]), in_words(int(row["pounds"])), str(row["year"]), str(row["scope"]),
            in_words(int(row["parts"])),
            in_words(abs(int(row["difference"]))) if row["difference"] else "none",
        )
        for row in table.to_dict("records")
    ]  # fmt: skip
    columns = (
        Column(title="Programme", wide=1.5), Column(title="Published", number=True),
        Column(title="Year"), Column(title="Territory", wide=2.4),
        Column(title="Its parts add up to", number=True, wide=1.2),
        Column(title="Difference", number=True),
    )  # fmt: skip
    return Grid(caption="Published spending, pounds a year, as published", columns=columns,
                rows=tuple(rows))  # fmt: skip


def _changes(case: Case, now: Apportionment) -> list[Grid | Paragraph]:
    before = case.money_before
    names = [name for name in case.touched if name in now.parts.index]
    if NO_AREA in now.parts.index or (before is not None and NO_AREA in before.parts.index):
        names.append(NO_AREA)
    if not len(case.moved) or before is None:
        return []
    parts, had = now.by_programme / 1e6, before.by_programme / 1e6
    rows = []
    for name in names[: case.most(_MOST)]:
        own = _row_of(parts, name)
        old = _row_of(had, case.was.get(name, name))
        rows.append(
            (name, *(decimals(float(value), 1) for value in own), decimals(float(own.sum()), 1),
             signed(float(own.sum() - old.sum()), digits=1))
        )  # fmt: skip
    columns = (
        Column(title="Area", wide=3.0),
        *(Column(title=str(programme).capitalize(), number=True) for programme in parts.columns),
        Column(title="All", number=True), Column(title="Change", number=True),
    )  # fmt: skip
    caption = "Areas that change: £ million a year now, and the change against the base plan"
    found: list[Grid | Paragraph] = [Grid(caption=caption, columns=columns, rows=tuple(rows))]
    if len(names) > len(rows):
        found.append(Paragraph(small=True, text=f"And {len(names) - len(rows)} more areas."))
    return found


def _row_of(table: pd.DataFrame, name: str) -> pd.Series:
    return table.T[name] if name in table.index else pd.Series(0.0, index=table.columns)


def need(case: Case) -> Section:
    """Return how much of each indicator's spread lies between areas, before and now."""
    now, before = case.now.eta_squared, case.before.eta_squared
    if not len(now):
        blocks = (Paragraph(text="No indicators of need were given, so none are compared. With a "
                            "table of indicators by unit this section says how alike people's "
                            "needs are inside the areas."),)  # fmt: skip
        return Section(key="need", title="Need", blocks=blocks)
    rows = [_need_row(case, str(name), float(before[name]), float(now[name])) for name in now.index]
    columns = (
        Column(title="Indicator", wide=2.0), Column(title="Between areas: before", number=True),
        Column(title="now", number=True), Column(title="change", number=True),
        Column(title="Lowest area", wide=2.8), Column(title="Highest area", wide=2.8),
    )  # fmt: skip
    text = (
        "Areas are coterminous with need where people inside each have similar needs: the nearer "
        "the share of an indicator's spread that lies between areas is to 1, the more alike people "
        "are inside them (η²). More areas score higher by chance."
    )
    grid = Grid(caption="Share of the spread between areas, 0 to 1, and the areas at both ends",
                columns=columns, rows=tuple(rows))  # fmt: skip
    return Section(key="need", title="Need", blocks=(Paragraph(text=text), grid))


def _need_row(case: Case, name: str, before: float, now: float) -> tuple[str, ...]:
    means = case.now.means(name)
    known = np.flatnonzero(~np.isnan(means))
    ends = ["", ""]
    if len(known):
        low, high = known[means[known].argmin()], known[means[known].argmax()]
        ends = [f"{case.now.areas[k]} ({decimals(float(means[k]), 1)})" for k in (low, high)]
    return (name.replace("_", " "), decimals(before, 3), decimals(now, 3),
            signed(now - before, digits=3), *ends)  # fmt: skip
