"""Need coterminosity: whether people inside an area have similar needs.

Indicators are known by unit (a district); people carry them into areas, so that a district in two
areas counts in each by its people there. Units without a figure are left out of that indicator and
listed, never filled in.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from coterminosity.errors import MeasureError, listed
from coterminosity.overlap import Overlap

Floats = npt.NDArray[np.float64]
Better = Literal["high", "low"]
COLOURS = ("red", "amber", "green")


@dataclass(frozen=True, eq=False)
class Spread:
    """One indicator on the pairs of units and areas that have people and a figure.

    Attributes
    ----------
    unit, area : array of int
        Of each pair.
    people, value : array
        Of each pair.
    """

    unit: npt.NDArray[np.intp]
    area: npt.NDArray[np.intp]
    people: Floats
    value: Floats


def eta_squared(indicators: pd.DataFrame, overlap: Overlap) -> pd.DataFrame:
    """Return by indicator the share of its spread that lies between areas.

    η² = Σₐ Wₐ (x̄ₐ − x̄)² / Σ w (x − x̄)², over people w of units with a figure x; x̄ₐ is the mean of
    area a, Wₐ its people. From 0 (areas are alike, each as mixed as the whole) to 1 (everybody in
    an area lives in units with the same figure): higher is more need coterminosity. More areas
    score higher by chance; see `NullModel.need`.

    Parameters
    ----------
    indicators : DataFrame
        Numbers by code of the left layer of ``overlap``, a column each; blanks are missing.
    overlap : Overlap
        Of units (left) with areas (right), by people.

    Returns
    -------
    DataFrame
        By indicator: ``eta_squared``; ``mean`` and ``sd`` over people in areas; ``sd_within``, the
        spread left inside areas; ``areas`` and ``units`` that count; ``missing``, codes of units
        with people in areas but no figure, and ``people_missing``, the share of people in them.
        NaN where all units have one figure or none.

    Raises
    ------
    MeasureError
        Where indicators are no numbers, or their codes are not those of the units.

    References
    ----------
    Fisher (1925), *Statistical methods for research workers*, for the correlation ratio.

    Examples
    --------
    >>> import coterminosity as ct
    >>> table = pd.DataFrame({"LAD": ["a", "b", "c", "d"], "STP": ["x", "x", "y", "y"],
    ...                       "population": [10, 10, 10, 10]})
    >>> atoms = ct.Atoms.from_lookup(
    ...     table, layers={"lad": "LAD", "stp": "STP"}, measures=["population"]
    ... )
    >>> smoking = pd.DataFrame({"smoking": [10, 12, 20, 22]}, index=["a", "b", "c", "d"])
    >>> found = ct.need.eta_squared(smoking, atoms.overlap("lad", "stp"))
    >>> float(found.loc["smoking", "eta_squared"].round(3))
    0.962
    """
    rows = {}
    for name, column in _figures(indicators, overlap).items():
        spread, missing, lost = spread_of(column, overlap)
        count = len(overlap.right_totals)
        between, total, mean, people = between_and_total(spread, spread.area, count)
        rows[str(name)] = {
            "eta_squared": _ratio(between, total),
            "mean": mean,
            "sd": np.sqrt(_ratio(total, people)),
            "sd_within": np.sqrt(_ratio(max(total - between, 0.0), people)),
            "areas": len(np.unique(spread.area)),
            "units": len(np.unique(spread.unit)),
            "missing": ", ".join(missing),
            "people_missing": lost,
        }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("indicator")


def profile(indicators: pd.DataFrame, overlap: Overlap) -> pd.DataFrame:
    """Return each indicator in each area: its mean and its spread inside.

    Parameters
    ----------
    indicators : DataFrame
        Numbers by code of the left layer of ``overlap``.
    overlap : Overlap
        Of units (left) with areas (right), by people.

    Returns
    -------
    DataFrame
        Indexed by ``area`` and ``indicator``: ``mean`` and ``sd`` over people, ``lowest`` and
        ``highest`` unit, ``units`` that count, ``people`` in them, ``missing`` units. NaN where
        an area has no unit with a figure.
    """
    rows = {}
    codes = overlap.right_totals.index
    pairs = overlap.pairs
    for name, column in _figures(indicators, overlap).items():
        by_unit = pairs["left"].map(column)
        own = pairs.assign(value=by_unit.to_numpy(dtype=np.float64))
        for area, part in own.groupby("right"):
            known = part.loc[part["value"].notna()]
            people = float(known["shared"].sum())
            mean = _ratio(float((known["shared"] * known["value"]).sum()), people)
            squares = float((known["shared"] * (known["value"] - mean) ** 2).sum())
            rows[str(area), str(name)] = {
                "mean": mean,
                "sd": np.sqrt(_ratio(squares, people)),
                "lowest": known["value"].min(),
                "highest": known["value"].max(),
                "units": len(known),
                "people": people,
                "missing": ", ".join(sorted(part.loc[part["value"].isna(), "left"])),
            }
    index = pd.MultiIndex.from_product(
        [codes, list(indicators.columns)], names=["area", "indicator"]
    )
    columns = ["mean", "sd", "lowest", "highest", "units", "people", "missing"]
    table = pd.DataFrame(list(rows.values()), columns=columns)
    table.index = pd.MultiIndex.from_tuples(list(rows), names=index.names)
    return table.reindex(index)


def red_amber_green(values: pd.DataFrame, *, better: Mapping[str, Better]) -> pd.DataFrame:
    """Return red, amber or green for each value: equal thirds of its column's range.

    Parameters
    ----------
    values : DataFrame
        By area, a column by indicator.
    better : mapping
        Of each column, whether ``"high"`` or ``"low"`` is better.

    Returns
    -------
    DataFrame
        Text of the same shape: green for the better third. None where a value is missing or the
        column has one value only. A value on a line between thirds gets the better colour.

    Raises
    ------
    MeasureError
        Where it is not said of a column what is better.

    References
    ----------
    Reform (2017), *Faulty by design*, Figure 17.

    Examples
    --------
    >>> smoking = pd.DataFrame({"smoking": [10.0, 15.0, 22.0, 16.0]}, index=["a", "b", "c", "d"])
    >>> red_amber_green(smoking, better={"smoking": "low"})["smoking"].to_list()
    ['green', 'amber', 'red', 'amber']
    """
    unsaid = [str(c) for c in values.columns if better.get(str(c)) not in ("high", "low")]
    if unsaid:
        raise MeasureError(f"better: say 'high' or 'low' of {listed(unsaid)}")
    texts = [str(c) for c in values.columns if values[c].dtype.kind not in "biuf"]
    if texts:
        raise MeasureError(
            f"wanted columns of numbers by area, got {listed(texts)}; of a `profile` take "
            '["mean"].unstack()'
        )
    colours = {}
    for name in values.columns:
        column = values[name].astype("float64")
        spread = float(column.max() - column.min())
        if not spread > 0:
            colours[name] = pd.Series(None, index=values.index, dtype="object")
            continue
        good = (column - column.min()) if better[str(name)] == "high" else (column.max() - column)
        third = (3 * good / spread).round(9).floordiv(1).clip(upper=2)
        colours[name] = third.map(dict(enumerate(COLOURS))).astype("object").where(
            column.notna(), None
        )  # fmt: skip
    return pd.DataFrame(colours, index=values.index)


def spread_of(column: pd.Series, overlap: Overlap) -> tuple[Spread, list[str], float]:
    """Return an indicator on pairs of units and areas, codes without it, and their people."""
    unit, area = overlap.places
    people = overlap.pairs["shared"].to_numpy(dtype=np.float64)
    value = column.reindex(overlap.left_totals.index).to_numpy(dtype=np.float64)[unit]
    known = ~np.isnan(value)
    codes = overlap.left_totals.index[np.unique(unit[~known])]
    lost = _ratio(float(people[~known].sum()), float(people.sum()))
    spread = Spread(unit[known], area[known], people[known], value[known])
    return spread, [str(code) for code in codes], lost


def between_and_total(
    spread: Spread, area: npt.NDArray[np.intp], count: int
) -> tuple[float, float, float, float]:
    """Return the spread between areas, all spread, the mean, and people."""
    people = float(spread.people.sum())
    if not people > 0:
        return float("nan"), float("nan"), float("nan"), 0.0
    mean = float(spread.people @ spread.value) / people
    apart = spread.value - mean
    weight = np.bincount(area, spread.people, count)
    sums = np.bincount(area, spread.people * apart, count)
    between = float(np.sum(np.divide(sums**2, weight, out=np.zeros(count), where=weight > 0)))
    total = float(spread.people @ apart**2)
    if np.ptp(spread.value) == 0:  # rounding of one figure for all must not pass for spread
        total = between = 0.0
    return between, total, mean, people


def _figures(indicators: pd.DataFrame, overlap: Overlap) -> pd.DataFrame:
    return checked_figures(indicators, overlap.left_totals.index, layer=overlap.left)


def checked_figures(indicators: pd.DataFrame, codes: pd.Index, *, layer: str) -> pd.DataFrame:
    """Return indicators as numbers, after a look whether they are figures of these units.

    Parameters
    ----------
    indicators : DataFrame
        Numbers by code, a column each; blanks are missing.
    codes : Index
        Of the units, some of which must have a row.
    layer : str
        Theirs, for messages.

    Raises
    ------
    MeasureError
        Where they are no table of finite numbers, a code or a column stands twice, or no row is
        of these units.

    Examples
    --------
    >>> smoking = pd.DataFrame({"smoking": [12, 30]}, index=["E1", "E2"])
    >>> checked_figures(smoking, pd.Index(["E1", "E3"]), layer="lad")["smoking"].to_list()
    [12.0, 30.0]
    """
    if not isinstance(indicators, pd.DataFrame):
        raise MeasureError(
            f"indicators: wanted a table, got {type(indicators).__name__}; `read_figures` reads a "
            "file"
        )
    if not indicators.columns.is_unique:
        double = indicators.columns[indicators.columns.duplicated()].unique()
        raise MeasureError(f"indicators: two columns are called {listed(double)}; rename one")
    texts = [str(c) for c in indicators.columns if indicators[c].dtype.kind not in "biuf"]
    if texts or not len(indicators.columns):
        raise MeasureError(
            f"indicators: wanted columns of numbers by code, got {listed(texts) or 'none'}; "
            "`read_figures` reads a file so"
        )
    if not indicators.index.is_unique:
        double = indicators.index[indicators.index.duplicated()].unique()
        raise MeasureError(f"indicators: two rows for {listed(double)}; keep one by unit")
    if not indicators.index.isin(codes).any():
        raise MeasureError(
            f"indicators: no row has a code of layer {layer!r}; the first is "
            f"{indicators.index[0] if len(indicators) else 'missing'}"
        )
    infinite = [str(c) for c in indicators if np.isinf(indicators[c].to_numpy(float)).any()]
    if infinite:
        raise MeasureError(f"indicators: {listed(infinite)} holds figures that are infinite")
    return indicators.astype("float64")


def _ratio(part: float, whole: float) -> float:
    return part / whole if whole > 0 else float("nan")
