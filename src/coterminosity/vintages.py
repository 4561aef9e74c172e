"""Layers and figures of different years: what changed, what fits, and bringing the old forward.

English districts were merged and re-coded between 2012 and 2023; the table of these changes is
``boundaries/district_changes.csv``. Each is of whole districts, so that people and land are
brought forward whole. (Some re-codings came with the move of a few houses or fields, which no
table of districts can show.) A merger cannot be undone.
"""

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Protocol

import numpy as np
import pandas as pd

from coterminosity.catalogue import boundaries_root, record_of
from coterminosity.errors import CodeError, ColumnError, MeasureError, listed
from coterminosity.gss import is_gss, layers_of

CHANGE_COLUMNS = ("date", "kind", "old_code", "old_name", "new_code", "new_name", "share")
# The table of changes is known to be complete up to this year.
KNOWN_TO = 2024
_ROUNDING = 1e-9
_DATE = r"\d{4}-\d{2}-\d{2}"


class Dated(Protocol):
    """A layer with a vintage: what `disagreement` needs to know of it."""

    @property
    def layer(self) -> str:
        """Short name."""

    @property
    def vintage(self) -> str:
        """Such as ``Dec 2017``."""


@cache
def _district_changes() -> pd.DataFrame:
    texts = dict.fromkeys(CHANGE_COLUMNS[:-1], "str") | {"share": "float64"}
    return pd.read_csv(boundaries_root() / "district_changes.csv", dtype=texts)


def district_changes() -> pd.DataFrame:
    """Return the mergers and re-codings of districts since 2012.

    Returns
    -------
    DataFrame
        ``date`` (from which the new code stands), ``kind`` (``re-coding``, ``merger``,
        ``new unitary``), ``old_code, old_name, new_code, new_name`` and ``share`` (of the old
        district's people that the new one takes, 0 to 1).

    Examples
    --------
    >>> changes = district_changes().set_index("old_code")
    >>> changes.loc["E06000048", ["date", "new_code", "new_name"]].to_list()
    ['2013-04-01', 'E06000057', 'Northumberland']
    """
    return _district_changes().copy()


def shares_to(
    codes: Iterable[str], year: int, *, changes: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Return which district of a later year takes which share of each given district.

    Parameters
    ----------
    codes : iterable of str
        All districts of one layer or table.
    year : int
        The codes are brought to those of December of this year.
    changes : DataFrame, optional
        With the columns of `district_changes`, which it replaces; shares of one old code add up
        to 1.

    Returns
    -------
    DataFrame
        ``old_code, new_code, new_name, share``; ``new_name`` is empty where nothing changed.

    Raises
    ------
    CodeError
        Where a code did not exist yet in that year, codes of two vintages are mixed, or some of
        the districts of a merger are missing.
    """
    if not isinstance(year, (int, np.integer)):
        raise CodeError(f"wanted a year such as 2021, got {year!r}; give a whole number")
    own = list(dict.fromkeys(str(code).strip() for code in codes))
    if changes is None:
        _refuse_unknown(own, year)
    table = _checked(_district_changes() if changes is None else changes)
    _refuse_later(own, year, table)
    held = pd.DataFrame({"old_code": own, "new_code": own, "new_name": "", "share": 1.0})
    for date, step in table.loc[table["date"].str[:4].astype(int) <= year].groupby("date"):
        present = set(held["new_code"])
        for new, parts in step.groupby("new_code"):
            _refuse_half(str(new), parts, present, str(date))
        held = _take_step(held, step)
    return held.reset_index(drop=True)


def bring_forward(
    figures: pd.Series, year: int, *, changes: pd.DataFrame | None = None
) -> pd.Series:
    """Bring counts by district, such as people, to the districts of a later year.

    Parameters
    ----------
    figures : Series
        Counts by district code; a missing value makes its new district missing. Rates, such as
        life expectancy, cannot be added up: bring their numerators and denominators forward.
    year, changes
        See `shares_to`.

    Returns
    -------
    Series
        By new code, sorted. The total is that of ``figures``: no person is lost.

    Raises
    ------
    CodeError
        See `shares_to`; also where a code is double.

    Examples
    --------
    >>> people = pd.Series({"E07000205": 129_000, "E07000206": 118_000, "E06000001": 93_000})
    >>> bring_forward(people, 2021).astype(int).to_dict()
    {'E06000001': 93000, 'E07000244': 247000}
    """
    if not isinstance(figures, pd.Series):
        raise MeasureError(
            f"wanted one column of counts (a Series by code), got a {type(figures).__name__}; "
            "bring its columns forward one by one, and no rates"
        )
    codes = figures.index.astype("str").str.strip()
    codes = codes.where(~is_gss(codes), codes.str.upper())
    numbers = pd.to_numeric(pd.Series(figures.to_numpy()), errors="coerce").to_numpy(np.float64)
    wrong = np.isnan(numbers) & figures.notna().to_numpy()
    if wrong.any():
        raise MeasureError(
            f"wanted numbers to bring forward, got {figures[wrong].iloc[0]!r} for "
            f"{codes[wrong][0]}; write them without marks"
        )
    given = pd.Series(numbers, index=codes)
    if not given.index.is_unique:
        double = given.index[given.index.duplicated()].unique()
        raise CodeError(f"two figures for {listed(double)}; keep one per district")
    shares = shares_to(given.index, year, changes=changes)
    parts = given.reindex(shares["old_code"]).to_numpy() * shares["share"].to_numpy()
    whole = pd.Series(parts).groupby(shares["new_code"].to_numpy()).sum(min_count=1)
    known = pd.Series(np.isnan(parts)).groupby(shares["new_code"].to_numpy()).any()
    whole = whole.where(~known)
    if not known.any() and not np.isclose(whole.sum(), given.sum(), rtol=_ROUNDING):
        raise MeasureError(
            f"bringing figures to {year} would turn {given.sum():,.0f} into {whole.sum():,.0f}; "
            "check the shares of the table of changes"
        )
    brought = pd.Series(whole, name=figures.name)
    brought.index.name = figures.index.name
    return brought


def year_of(vintage: str) -> int | None:
    """Return the year of a vintage such as ``Dec 2017``, None where it has none.

    Examples
    --------
    >>> year_of("Dec 2017"), year_of("2011"), year_of("")
    (2017, 2011, None)
    """
    last = vintage.strip()[-4:]
    return int(last) if last.isdigit() and len(last) == 4 else None


def years_of_districts(codes: Iterable[str]) -> tuple[int, int | None]:
    """Return the first and last year in which all of the district codes stood together.

    The last is None where they still stand after the last change known. A first year after the
    last one says that codes of different vintages are mixed.

    Examples
    --------
    >>> years_of_districts(["E07000246", "E06000001"])
    (2019, 2022)
    """
    table, own = _district_changes(), set(codes)
    made = table.loc[table["new_code"].isin(own), "date"].str[:4].astype(int)
    ended = table.loc[table["old_code"].isin(own), "date"].str[:4].astype(int) - 1
    return int(made.max()) if len(made) else 2009, int(ended.min()) if len(ended) else None


def stood(layer: str, vintage: str) -> tuple[int, int] | None:
    """Return the first and last year in which boundaries of a vintage are known to have stood.

    Examples
    --------
    >>> stood("crc", "2014"), stood("lad", "Dec 2019"), stood("lep", "")
    ((2014, 2021), (2019, 2019), None)
    """
    year = year_of(vintage)
    if year is None:
        return None
    known = record_of(layer, year=year)
    if layer == "lad":
        own = _district_changes()
        changed = own.loc[own["old_code"].str.startswith("E"), "date"].str[:4].astype(int)
        before, after = changed[changed <= year], changed[changed > year]
        first = int(before.max()) if len(before) else year
        return first, int(after.min()) - 1 if len(after) else year
    return year, (known.until or year) if known else year


def disagreement(layers: Iterable[Dated]) -> str | None:
    """Return a sentence on layers of which no year is common to two, None where all agree."""
    spans = [(one, stood(one.layer, one.vintage)) for one in layers]
    dated = [(one, span) for one, span in spans if span is not None]
    for k, (one, own) in enumerate(dated):
        for other, its in dated[k + 1 :]:
            if own[1] < its[0] or its[1] < own[0]:
                older, newer = (one, other) if own < its else (other, one)
                return (
                    f"layers of different vintages: {older.layer} of {older.vintage} and "
                    f"{newer.layer} of {newer.vintage}; where boundaries changed in between the "
                    "scores mix the change with the difference (districts can be brought forward "
                    "with to_vintage)"
                )
    return None


def _refuse_unknown(own: list[str], year: int) -> None:
    """Refuse years beyond the table, and codes that are of no district."""
    if year > KNOWN_TO:
        raise CodeError(
            f"changes of districts are known up to {KNOWN_TO}, not to {year}; give a table of "
            "later ones with changes=, or ask for an earlier year"
        )
    others = [code for code in own if layers_of([code]) != ("lad",)]
    if others:
        raise CodeError(
            f"{listed(others)} are no codes of districts (E06000057 and the like); remove these "
            "rows"
        )


def _checked(changes: pd.DataFrame) -> pd.DataFrame:
    missing = [c for c in ("date", "old_code", "new_code") if c not in changes.columns]
    if missing:
        raise ColumnError(
            f"the table of changes has no column {listed(missing)}; it has "
            f"{listed(changes.columns, most=12)}"
        )
    whole = changes.assign(date=changes["date"].astype("str"))
    odd = whole.loc[~whole["date"].str.fullmatch(_DATE), "date"]
    if len(odd):
        raise MeasureError(
            f"the table of changes: wanted dates such as 2019-04-01, got {listed(odd.unique())}"
        )
    share = pd.to_numeric(whole["share"], errors="coerce") if "share" in whole else 1.0
    whole = whole.assign(share=share)
    whole = whole if "new_name" in whole else whole.assign(new_name=whole["new_code"])
    added = whole.groupby(["date", "old_code"])["share"].sum().reset_index()
    wrong = added.loc[~np.isclose(added["share"], 1.0, rtol=1e-6)]
    if len(wrong) or (whole["share"] < 0).any():
        named = [f"{row['old_code']} ({row['share']:g})" for row in wrong.to_dict("records")]
        raise MeasureError(
            "the shares of each old district must be 0 or more and add up to 1; got "
            f"{listed(named)}"
        )
    return whole.sort_values(["date", "new_code", "old_code"], ignore_index=True)


def _refuse_later(own: list[str], year: int, table: pd.DataFrame) -> None:
    later = table.loc[table["new_code"].isin(own) & (table["date"].str[:4].astype(int) > year)]
    if len(later):
        named = [
            f"{row['new_code']} ({row['new_name']}, {row['date']})"
            for row in later.drop_duplicates("new_code").to_dict("records")
        ]
        raise CodeError(
            f"districts made after {year} cannot be taken back to it: {listed(named)}; a merger "
            f"cannot be undone, use boundaries of {year} or earlier"
        )


def _refuse_half(new: str, parts: pd.DataFrame, present: set[str], date: str) -> None:
    """Refuse a merger of which some districts are missing, or that is there already."""
    old = set(parts["old_code"])
    missing = sorted(old - present)
    taken = new in present and new not in old
    if not old & present or (not missing and not taken):
        return
    if taken:
        raise CodeError(
            f"{new} and {listed(sorted(old & present))}, of which it was made on {date}, are both "
            "there; codes of two vintages are mixed: use one"
        )
    raise CodeError(
        f"{new} was made on {date} of {listed(sorted(old))}, of which {listed(missing)} are "
        "missing; complete the districts before they are brought forward"
    )


def _take_step(held: pd.DataFrame, step: pd.DataFrame) -> pd.DataFrame:
    new = step[["old_code", "new_code", "new_name", "share"]]
    new = new.rename(columns={"old_code": "now", "new_code": "then", "new_name": "called"})
    joined = held.merge(new.rename(columns={"share": "part"}), left_on="new_code", right_on="now",
                        how="left")  # fmt: skip
    changed = joined["then"].notna()
    joined["new_code"] = joined["then"].where(changed, joined["new_code"])
    joined["new_name"] = joined["called"].where(changed, joined["new_name"])
    joined["share"] = joined["share"] * joined["part"].where(changed, 1.0)
    return joined[["old_code", "new_code", "new_name", "share"]]


def names_of(shares: pd.DataFrame, names: Mapping[str, str] | pd.Series) -> dict[str, str]:
    """Return the name of each new district: its own, or that of the district it was."""
    return {
        row["new_code"]: row["new_name"] or str(names[row["old_code"]])
        for row in shares.to_dict("records")
    }
