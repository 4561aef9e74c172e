"""Spreading published figures over areas so that the parts add up to them in whole pounds."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from coterminosity.atoms import Atoms
from coterminosity.errors import MeasureError, listed
from coterminosity.money.bases import Basis, basis
from coterminosity.money.lines import LINE_COLUMNS, WALES, Level, lines, published, welsh_part
from coterminosity.money.shares import share_out
from coterminosity.tables import read_money_tables

Wales = Literal["apart", "within"]
NO_AREA = "no area"


@dataclass(frozen=True, eq=False, kw_only=True)
class Apportionment:
    """Published figures spread over areas.

    Parameters
    ----------
    parts : DataFrame
        By area, a column of whole pounds for each line.
    lines : DataFrame
        The figures spread, by key: ``title, programme, pounds, year, scope``.
    weights : Series
        By area, what the money was spread by; NaN of Wales.
    people : Series
        By area; a person in two areas counts half in each.
    caption : str
        What was spread, of which year and territory, and how.

    Raises
    ------
    MeasureError
        Where parts do not add up to the figures, or a part is negative.
    """

    parts: pd.DataFrame
    lines: pd.DataFrame
    weights: pd.Series
    people: pd.Series
    caption: str

    def __post_init__(self) -> None:
        wrong = self.lines.index[self.parts.sum() != self.lines["pounds"]]
        if len(wrong) or (self.parts.to_numpy() < 0).any():
            raise MeasureError(f"the parts of {listed(wrong)} do not add up to the whole figure")

    @property
    def table(self) -> pd.DataFrame:
        """By area: ``people``, ``share`` of the weights, each line, ``total`` and ``per_head``.

        Pounds are whole, ``per_head`` is pounds a person (NaN where nobody lives).
        """
        total = self.parts.sum(axis=1)
        heads = self.people.where(self.people > 0)
        table = self.parts.copy()
        table.insert(0, "people", self.people)
        table.insert(1, "share", self.weights / self.weights.sum())
        return table.assign(total=total, per_head=total / heads)

    @property
    def by_programme(self) -> pd.DataFrame:
        """Whole pounds by area and programme: the sums of the lines that were spread."""
        groups = self.lines["programme"].where(self.lines["programme"] != "", "all programmes")
        order = list(dict.fromkeys(groups))
        return self.parts.T.groupby(groups.to_numpy()).sum().reindex(order).T

    def long(self) -> pd.DataFrame:
        """Return one row per area and line: ``area, line, title, programme, pounds, year, scope``.

        For a spreadsheet; every row carries the year and the territory of its figure.
        """
        rows = (
            self.parts.rename_axis("area")
            .reset_index()
            .melt(id_vars="area", var_name="line", value_name="pounds")
        )
        about = self.lines[["title", "programme", "year", "scope"]]
        joined = rows.join(about, on="line").sort_values(["area", "line"], ignore_index=True)
        return joined[["area", "line", "title", "programme", "pounds", "year", "scope"]]


def apportion(
    atoms: Atoms,
    layer: str = "plan",
    *,
    by: str | Basis = "people",
    level: Level = "programme",
    figures: pd.DataFrame | None = None,
    wales: Wales = "apart",
    nearest: int = 1,
    age_weights: Mapping[str, float] | None = None,
    indicators: pd.DataFrame | None = None,
    allocation: pd.Series | None = None,
    unit_layer: str = "lad",
) -> Apportionment:
    """Spread the published figures over the regions of a layer, or the areas of a plan.

    The parts add up to each published figure exactly, whatever the areas: a person in two areas
    counts half in each, and people in no area get a row ``no area``.

    Parameters
    ----------
    atoms : Atoms
        With the layer: of a plan, ``plan.on(atoms)``.
    layer : str
        ``"plan"``, ``"lep"``, ...
    by : str or Basis
        ``"people"``, ``"age"``, ``"allocation"`` or an indicator; see `basis`. Never land.
    level : {"line", "programme", "total"}
        Which published figures are spread.
    figures : DataFrame, optional
        Others in their stead: columns of `lines`; ``pounds`` are whole numbers.
    wales : {"apart", "within"}
        Of a figure for England and Wales (offender management), the share of Wales by people
        (mid-2017) is a row of its own, ``Wales``; or all of it is spread over the areas, and the
        caption says that Wales's money is in it.
    nearest : int
        Parts are multiples of so many pounds: 100,000 for tables in millions with one decimal.
    age_weights, indicators, allocation, unit_layer
        See `basis`.

    Returns
    -------
    Apportionment
        Parts, weights, people and caption.

    Raises
    ------
    MeasureError, CodeError
        Where the basis does not serve (see `basis`), figures are no whole pounds, or an area is
        called ``no area`` or ``Wales``.

    Examples
    --------
    >>> import coterminosity as ct
    >>> money = ct.money.apportion(ct.england_2017().atoms, "stp")
    >>> money.parts.sum().to_dict()["health"], money.parts.loc["Wales"].to_dict()["health"]
    (101900000000, 0)
    >>> int(money.parts.loc["Wales", "offender_management"])
    55859152
    """
    chosen = by if isinstance(by, Basis) else basis(
        atoms, by, age_weights=age_weights, indicators=indicators, allocation=allocation,
        unit_layer=unit_layer,
    )  # fmt: skip
    spread_over = _by_area(atoms, layer, chosen.weights)
    people = _by_area(atoms, layer, atoms.weights("population")).reindex(spread_over.index)
    twice = atoms.kind(layer) == "cover"
    return spread(
        spread_over, people=people.fillna(0.0), words=chosen.words, missing=chosen.missing,
        level=level, figures=figures, wales=wales, nearest=nearest, overlapping=twice,
    )  # fmt: skip


def spread(
    weights: pd.Series,
    *,
    people: pd.Series | None = None,
    words: str = "by people: everybody counts as one",
    missing: tuple[str, ...] = (),
    level: Level = "programme",
    figures: pd.DataFrame | None = None,
    wales: Wales = "apart",
    nearest: int = 1,
    overlapping: bool = False,
) -> Apportionment:
    """Spread the published figures over areas whose weights are at hand; see `apportion`.

    Parameters
    ----------
    weights : Series
        By area; of people in none, under ``no area``.
    people : Series, optional
        By area; the weights by default.
    words : str
        What the weights are, for the caption.
    missing : tuple of str
        Names of regions without a figure, for the caption.
    level, figures, wales, nearest
        See `apportion`.
    overlapping : bool
        Whether areas overlap, for the caption.

    Examples
    --------
    >>> spread(pd.Series({"North": 3e6, "South": 1e6}), level="total").parts["total"].to_dict()
    {'North': 80733105636, 'South': 26911035212, 'Wales': 55859152}
    """
    own = _checked(lines(level=level) if figures is None else figures)
    if wales not in ("apart", "within"):
        raise MeasureError(f"wales: wanted apart or within, got {wales!r}")
    if people is not None and not people.index.equals(weights.index):
        raise MeasureError("people: wanted the same areas in the same order as the weights")
    if WALES in weights.index or not weights.index.is_unique:
        raise MeasureError(
            f"areas must differ and none be called {WALES!r}, which is the name of a row of the "
            "result; rename it"
        )
    welsh = own["pounds_with_wales"].map(welsh_part) if wales == "apart" else 0 * own["pounds"]
    welsh = welsh // nearest * nearest
    of_areas = own["pounds"] - welsh
    parts = {
        str(key): share_out(int(pounds), weights, nearest=nearest)
        for key, pounds in zip(own.index, of_areas, strict=True)
    }
    table = pd.DataFrame(parts)
    counted = (weights if people is None else people).astype("float64")
    known = weights.astype("float64")
    if (welsh > 0).any():
        table.loc[WALES] = welsh.astype("int64")
        counted[WALES], known[WALES] = float(read_money_tables().people[WALES]), np.nan
    return Apportionment(
        parts=table.astype("int64"),
        lines=own,
        weights=known.rename("weight"),
        people=counted.rename("people"),
        caption=_caption(own, words, missing, wales, nearest, overlapping, table.index),
    )


def _by_area(atoms: Atoms, layer: str, weights: pd.Series) -> pd.Series:
    """Return weights of atoms by region, divided among overlapping ones, and of those in none."""
    own = atoms.members.loc[atoms.members["layer"] == layer]
    codes = atoms.regions(layer).index
    if NO_AREA in codes:
        raise MeasureError(f"layer {layer!r} has a region {NO_AREA!r}; rename it")
    ways = own.groupby("atom")["code"].size().reindex(weights.index, fill_value=0)
    each = weights / ways.where(ways > 0)
    summed = each.reindex(own["atom"]).groupby(own["code"].to_numpy()).sum()
    by_area = summed.reindex(codes, fill_value=0.0)
    if (left := float(weights[ways == 0].sum())) > 0:
        by_area[NO_AREA] = left
    return by_area.rename_axis("area")


def _checked(figures: pd.DataFrame) -> pd.DataFrame:
    lacking = [name for name in LINE_COLUMNS if name not in figures.columns]
    if lacking or not len(figures):
        raise MeasureError(f"figures: wanted rows with columns {listed(LINE_COLUMNS)}; they lack "
                           f"{listed(lacking) or 'rows'}; see `money.lines`")  # fmt: skip
    pounds = figures[["pounds", "pounds_with_wales"]].to_numpy(dtype=np.float64)
    if not (np.isfinite(pounds) & (pounds >= 0) & (pounds % 1 == 0)).all():
        raise MeasureError("figures: pounds must be whole numbers of 0 or more")
    if (pounds[:, 1] > pounds[:, 0]).any():
        raise MeasureError("figures: pounds_with_wales are part of pounds and cannot exceed them")
    return figures.astype({"pounds": "int64", "pounds_with_wales": "int64"})


def _caption(
    own: pd.DataFrame, words: str, missing: tuple[str, ...], wales: Wales, nearest: int,
    overlapping: bool, areas: pd.Index,
) -> str:  # fmt: skip
    """Say what was spread, of which year and territory, how, and what to beware of."""
    named = own["title"] + " " + own["pounds"].map(in_words)
    each = "; ".join(
        f"{', '.join(named[rows.index])} ({year}, {scope})"
        for (year, scope), rows in own.groupby(["year", "scope"], sort=False)
    )
    said = [f"Published figures, pounds a year: {each}.", f"Spread {words}."]
    if missing:
        said.append(
            f"Without a figure: {listed(missing)}; they get the share of their people, and the "
            "others divide the rest."
        )
    if overlapping:
        said.append("A person in two areas counts half in each.")
    if NO_AREA in areas:
        said.append(f"People without an area stand under {NO_AREA!r}.")
    joint = ", ".join(own.loc[own["pounds_with_wales"] > 0, "title"])
    if joint and wales == "apart":
        said.append(f"{joint}: Wales's share by people (mid-2017) stands apart.")
    elif joint:
        said.append(f"{joint}: the figure includes Wales, and all of it is spread over the areas.")
    said += _differences(own)
    unit = "whole pounds" if nearest == 1 else f"multiples of £{nearest:,}"
    said.append(f"The parts are {unit} and add up to each published figure.")
    return " ".join(said)


def _differences(own: pd.DataFrame) -> list[str]:
    """Say of published totals that were spread where their parts add up to something else."""
    known = published()
    programmes = known.index.drop("total")
    whole = set(known["programme"]) - {""} <= set(own["programme"])
    told = known["programme"].isin(own["programme"]) & known.index.isin(programmes)
    told |= known.index.isin(own.index) | ((known.index == "total") & whole)
    odd = known.loc[told & (known["difference"] != 0)]
    return [
        f"{row['title']} is published as {in_words(row['pounds'])}; its parts add up to "
        f"{in_words(row['parts'])}."
        for row in odd.to_dict("records")
    ]


def in_words(pounds: int) -> str:
    """Return pounds as they are read: billions or millions, all digits kept.

    Examples
    --------
    >>> in_words(101_900_000_000), in_words(3_500_000), in_words(1234)
    ('£101.9bn', '£3.5m', '£1,234')
    """
    for size, letters in ((1_000_000_000, "bn"), (1_000_000, "m")):
        if pounds >= size and pounds % (size // 10_000) == 0:
            return f"£{f'{pounds / size:.4f}'.rstrip('0').rstrip('.')}{letters}"
    return f"£{pounds:,}"
