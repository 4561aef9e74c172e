"""The purse of a negotiation: published figures, and what each unit weighs in spreading them."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from coterminosity.errors import MeasureError
from coterminosity.money import lines, spread
from coterminosity.tables import read_money_tables

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False, kw_only=True)
class Purse:
    """What there is to spend on England's people, and how it is spread over areas.

    Areas show their share of each figure, not rounded; `Scenario.money` gives parts in whole
    pounds that add up.

    Parameters
    ----------
    basis : str
        What the money is spread by, in words.
    weights : array
        By unit.
    lines : DataFrame
        Figures for England: ``title, programme, pounds, year, scope`` by key.
    contracts : float
        Healthcare contracts in England.
    caption : str
        What is spread, of which year and territory.

    Raises
    ------
    MeasureError
        Where a weight is negative or missing, or all are 0.
    """

    basis: str
    weights: Floats
    lines: pd.DataFrame
    contracts: float
    caption: str

    def __post_init__(self) -> None:
        if not (np.isfinite(self.weights) & (self.weights >= 0)).all() or not self.weights.any():
            raise MeasureError("money: wanted a weight of 0 or more by unit, and not all 0")

    @property
    def pounds(self) -> float:
        """All figures together, in pounds a year."""
        return float(self.lines["pounds"].sum())


def purse_of(units: tuple[str, ...], weights: Floats, *, basis: str = "people") -> Purse:
    """Return the purse of units that weigh so much.

    Parameters
    ----------
    units : tuple of str
        Codes.
    weights : array
        By unit: people, or what stands for their need.
    basis : str
        What they are, in words.
    """
    own = lines(level="programme", scope="England")
    whole = spread(
        pd.Series(weights, index=list(units)), figures=own, words=f"by {basis}"
    )  # for its caption, which names years and territories
    return Purse(
        basis=basis,
        weights=weights,
        lines=own,
        contracts=float(read_money_tables().contracts["value"].astype("float64")["contracts"]),
        caption=whole.caption,
    )
