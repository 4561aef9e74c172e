"""The published figures of money, as they stand in the paper and with what they add up to."""

from typing import Literal

import pandas as pd

from coterminosity.errors import MeasureError
from coterminosity.money.shares import share_out
from coterminosity.tables import read_money_tables

Level = Literal["line", "programme", "total"]
Scope = Literal["published", "England"]
LINE_COLUMNS = ["title", "programme", "pounds", "pounds_with_wales", "year", "scope"]
ENGLAND, WALES, JOINT = "England", "Wales", "England and Wales"
_MIXED = "England; in part England and Wales"
_PART = "England, its share by people of a figure for England and Wales"


def lines(*, level: Level = "line", scope: Scope = "published") -> pd.DataFrame:
    """Return the published figures of what commissioning costs in a year.

    Parameters
    ----------
    level : {"line", "programme", "total"}
        Single budgets; health, employment, skills and offender management as published; or the
        one published total. They do not add up to each other: see `published`.
    scope : {"published", "England"}
        As published, or England's share by people of what is published for England and Wales.

    Returns
    -------
    DataFrame
        By ``key``: ``title``; ``programme``; ``pounds``, whole; ``pounds_with_wales``, how many of
        them are of a figure for England and Wales; ``year``; ``scope``, the territory; ``source``
        and ``note``.

    Raises
    ------
    MeasureError
        Where level or scope is none of these.

    References
    ----------
    Reform (2017), *Vive la devolution*, § 2, Figures 7, 9, 12, 14 and 15.

    Examples
    --------
    >>> lines(level="programme")[["pounds", "year", "scope"]]
                               pounds     year              scope
    key
    health               101900000000  2016-17            England
    employment             1530000000  2016-17            England
    skills                 3200000000  2016-17            England
    offender_management    1050000000  2015-16  England and Wales
    """
    if level not in ("line", "programme", "total"):
        raise MeasureError(f"level: wanted line, programme or total, got {level!r}")
    if scope not in ("published", "England"):
        raise MeasureError(f"scope: wanted published or England, got {scope!r}")
    figures = read_money_tables().money
    own = figures.loc[figures["level"] == level].drop(columns="level")
    joint = own["pounds_with_wales"]
    own.insert(5, "scope", ENGLAND)
    own.loc[joint > 0, "scope"] = _MIXED
    own.loc[joint == own["pounds"], "scope"] = JOINT
    return own if scope == "published" else _of_england(own)


def welsh_part(pounds_with_wales: int) -> int:
    """Return Wales's share by people of a figure for England and Wales, in whole pounds.

    Examples
    --------
    >>> welsh_part(1_050_000_000)
    55859152
    """
    people = pd.Series(read_money_tables().people, dtype="float64")
    return int(share_out(pounds_with_wales, people)[WALES])


def _of_england(own: pd.DataFrame) -> pd.DataFrame:
    joint = own["pounds_with_wales"]
    welsh = joint.map(welsh_part)
    scope = own["scope"].where(joint == 0, _PART)
    return own.assign(pounds=own["pounds"] - welsh, pounds_with_wales=0, scope=scope)


def published() -> pd.DataFrame:
    """Return each published total beside what its parts add up to.

    The figures are kept as published, also where they do not add up.

    Returns
    -------
    DataFrame
        For each programme and the ``total``, by ``key``: ``title``, ``programme``; ``pounds`` as
        published; ``parts``, the sum of its lines (of the total: of the programmes as published);
        ``difference`` of the two; ``year``, ``scope``, ``note``.

    Examples
    --------
    >>> published()["difference"].to_dict()["skills"]
    17500000
    """
    single = lines().groupby("programme")["pounds"].sum()
    whole = pd.concat([lines(level="programme"), lines(level="total")])
    parts = whole["programme"].map(single)
    parts["total"] = lines(level="programme")["pounds"].sum()
    table = whole[["title", "programme", "pounds", "year", "scope", "note"]]
    table.insert(3, "parts", parts.astype("int64"))
    table.insert(4, "difference", table["pounds"] - table["parts"])
    return table
