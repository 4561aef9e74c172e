"""The overlap of two layers: how many people, or how much land, each pair of regions shares."""

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse

from coterminosity.errors import MeasureError

Membership = Literal["half", "full"]
Floats = npt.NDArray[np.float64]


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
        slack = 1e-9 * max(self.total, 1.0)
        for side, totals, home in zip(
            ("left", "right"), (self.left_totals, self.right_totals), self.places, strict=True
        ):
            if (home < 0).any():
                raise MeasureError(f"{where}: a pair names a {side} region without a total")
            if not (numbers[:, 0] <= totals["weight"].to_numpy()[home] + slack).all():
                raise MeasureError(f"{where}: a pair weighs more than its {side} region")

    def __repr__(self) -> str:
        return (
            f"<Overlap {self.left} ({len(self.left_totals)}) with {self.right} "
            f"({len(self.right_totals)}): {len(self.pairs)} pairs by {self.measure}>"
        )

    @cached_property
    def places(self) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
        """Where the left and the right region of each pair stand among the totals."""
        left = self.left_totals.index.get_indexer(pd.Index(self.pairs["left"]))
        return left, self.right_totals.index.get_indexer(pd.Index(self.pairs["right"]))

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


@dataclass(frozen=True, eq=False)
class Incidence:
    """Which atoms lie in which regions of a layer: a sparse matrix of regions × atoms."""

    layer: str
    codes: pd.Index
    matrix: sparse.csr_array

    @cached_property
    def ways(self) -> Floats:
        """How many regions of the layer each atom lies in."""
        return np.asarray(self.matrix.sum(axis=0), dtype=np.float64)


def incidence(layer: str, codes: pd.Series, atoms: pd.Series, *, index: pd.Index) -> Incidence:
    """Return the incidence of a layer's regions on the atoms of an index."""
    regions = pd.Index(np.unique(codes.to_numpy(dtype=object)), name="code", dtype="str")
    rows, columns = regions.get_indexer(pd.Index(codes)), index.get_indexer(pd.Index(atoms))
    shape = (len(regions), len(index))
    matrix = sparse.csr_array((np.ones(len(rows)), (rows, columns)), shape=shape)
    return Incidence(layer=layer, codes=regions, matrix=matrix)


def build_overlap(left: Incidence, right: Incidence, weights: Floats, *, measure: str) -> Overlap:
    """Add up the weights of atoms by pair of regions.

    Parameters
    ----------
    left, right : Incidence
        Of two layers, or twice of one, on the same atoms.
    weights : array
        Finite, not negative, by atom.
    measure : str
        What the weights count.
    """
    ways_left, ways_right = left.ways, right.ways
    each = np.divide(1.0, ways_left * ways_right, where=ways_left * ways_right > 0,
                     out=np.zeros(len(weights)))  # fmt: skip
    full = _common(left, right, weights)
    shared = _common(left, right, weights * each)
    # Both have the pattern of the incidences alone, so that their entries stand in one order.
    kept = full.data > 0
    pairs = pd.DataFrame(
        {
            "left": left.codes.take(full.row[kept]),
            "right": right.codes.take(full.col[kept]),
            "weight": full.data[kept],
            "shared": shared.data[kept],
        }
    )
    return Overlap(
        left=left.layer,
        right=right.layer,
        measure=measure,
        pairs=pairs,
        left_totals=_totals(left, weights),
        right_totals=_totals(right, weights),
        total=float(weights.sum()),
        unallocated_left=float(weights[ways_left == 0].sum()),
        unallocated_right=float(weights[ways_right == 0].sum()),
        double_left=float(weights[ways_left > 1].sum()),
        double_right=float(weights[ways_right > 1].sum()),
    )


def _common(left: Incidence, right: Incidence, weights: Floats) -> sparse.coo_array:
    weighted = left.matrix.copy()
    weighted.data = weights[weighted.indices]
    product = (weighted @ right.matrix.T).tocsr()
    product.sort_indices()
    return product.tocoo()


def _totals(own: Incidence, weights: Floats) -> pd.DataFrame:
    ways = own.ways
    once = np.divide(weights, ways, where=ways > 0, out=np.zeros(len(weights)))
    return pd.DataFrame({"weight": own.matrix @ weights, "shared": own.matrix @ once}, own.codes)
