"""The overlap of two layers: how many people, or how much land, each pair of regions shares."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from coterminosity.errors import MeasureError

Membership = Literal["half", "full"]


@dataclass(frozen=True, eq=False, kw_only=True)
class Overlap:
    """Hold the weight that each pair of regions of two layers has in common.

    Parameters
    ----------
    left, right : str
        Short names of the layers.
    measure : str
        What is counted, such as ``"population"`` (people) or ``"area_m2"`` (square metres).
    pairs : DataFrame
        ``left, right, weight, shared``, one row per pair with weight, sorted. ``weight`` counts
        an atom fully in each of its regions; ``shared`` divides it among the regions of a cover
        (a person in two LEPs counts half in each), so that ``shared`` adds up to people.
    left_totals, right_totals : DataFrame
        ``weight, shared`` by code: all of each region, inside the other layer or not. They are
        carried because the margins of ``pairs`` do not equal them where the other layer is a
        cover or partial.
    total : float
        Weight of all atoms, in either layer or not.
    unallocated_left, unallocated_right : float
        Weight of atoms in no region of the layer.
    double_left, double_right : float
        Weight of atoms in two or more regions of the layer, counted once.

    Raises
    ------
    MeasureError
        Where weights are negative, infinite or missing, or a pair exceeds its region.
    """

    left: str
    right: str
    measure: str
    pairs: pd.DataFrame
    left_totals: pd.DataFrame
    right_totals: pd.DataFrame
    total: float
    unallocated_left: float = 0.0
    unallocated_right: float = 0.0
    double_left: float = 0.0
    double_right: float = 0.0

    def __post_init__(self) -> None:
        where = f"overlap of {self.left} and {self.right}"
        if list(self.pairs.columns) != ["left", "right", "weight", "shared"]:
            raise MeasureError(
                f"{where}: wanted columns left, right, weight, shared; got "
                f"{', '.join(map(str, self.pairs.columns))}"
            )
        numbers = self.pairs[["weight", "shared"]].to_numpy(dtype=np.float64)
        if not np.isfinite(numbers).all() or (numbers < 0).any():
            raise MeasureError(f"{where}: weights must be finite and not negative")
        for side, totals in (("left", self.left_totals), ("right", self.right_totals)):
            whole = totals["weight"].reindex(self.pairs[side]).to_numpy()
            slack = 1e-9 * max(self.total, 1.0)
            if not (self.pairs["weight"].to_numpy() <= whole + slack).all():
                raise MeasureError(f"{where}: a pair weighs more than its {side} region")

    def __repr__(self) -> str:
        return (
            f"<Overlap {self.left} ({len(self.left_totals)}) with {self.right} "
            f"({len(self.right_totals)}): {len(self.pairs)} pairs by {self.measure}>"
        )

    def swap(self) -> "Overlap":
        """Return the same overlap seen from the other layer."""
        pairs = self.pairs.rename(columns={"left": "right", "right": "left"})
        pairs = pairs[["left", "right", "weight", "shared"]].sort_values(["left", "right"])
        return Overlap(
            left=self.right,
            right=self.left,
            measure=self.measure,
            pairs=pairs.reset_index(drop=True),
            left_totals=self.right_totals,
            right_totals=self.left_totals,
            total=self.total,
            unallocated_left=self.unallocated_right,
            unallocated_right=self.unallocated_left,
            double_left=self.double_right,
            double_right=self.double_left,
        )


def build_overlap(members: pd.DataFrame, weights: pd.Series, *, left: str, right: str) -> Overlap:
    """Add up the weights of atoms by pair of regions.

    Parameters
    ----------
    members : DataFrame
        ``layer, code, atom``.
    weights : Series
        Finite, not negative, by atom; its name is that of the measure.
    left, right : str
        Layers; they may be the same.
    """
    sides = {}
    counts = {}
    for side, layer in (("left", left), ("right", right)):
        own = members.loc[members["layer"] == layer, ["code", "atom"]]
        counts[side] = own.groupby("atom").size().reindex(weights.index, fill_value=0)
        sides[side] = own.rename(columns={"code": side})
    joined = sides["left"].merge(sides["right"], on="atom")
    atom = joined["atom"]
    joined["weight"] = weights.reindex(atom).to_numpy(dtype=np.float64)
    ways = counts["left"].reindex(atom).to_numpy() * counts["right"].reindex(atom).to_numpy()
    joined["shared"] = joined["weight"] / ways
    pairs = joined.groupby(["left", "right"], as_index=False)[["weight", "shared"]].sum()
    return Overlap(
        left=left,
        right=right,
        measure=str(weights.name),
        pairs=pairs.loc[pairs["weight"] > 0].reset_index(drop=True),
        left_totals=_totals(sides["left"], "left", weights, counts["left"]),
        right_totals=_totals(sides["right"], "right", weights, counts["right"]),
        total=float(weights.sum()),
        unallocated_left=float(weights[counts["left"] == 0].sum()),
        unallocated_right=float(weights[counts["right"] == 0].sum()),
        double_left=float(weights[counts["left"] > 1].sum()),
        double_right=float(weights[counts["right"] > 1].sum()),
    )


def _totals(own: pd.DataFrame, side: str, weights: pd.Series, counts: pd.Series) -> pd.DataFrame:
    table = own.assign(weight=weights.reindex(own["atom"]).to_numpy(dtype=np.float64))
    table["shared"] = table["weight"] / counts.reindex(own["atom"]).to_numpy()
    return table.groupby(side)[["weight", "shared"]].sum().rename_axis("code")
