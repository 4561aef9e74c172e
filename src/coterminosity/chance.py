"""Skill against chance: what random contiguous plans of the same number of areas would score."""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from coterminosity import need, scores
from coterminosity.atoms import Atoms
from coterminosity.errors import CodeError, MeasureError, listed
from coterminosity.overlap import Membership, Overlap
from coterminosity.recombination import Band, random_plans
from coterminosity.scores.crosstab import TOLERANCE, Crosstab
from coterminosity.scores.measures import evaluate
from coterminosity.scores.skill import against
from coterminosity.units import UnitGraph

Progress = Callable[[str, int, int], None]
Side = Literal["left", "right"]
# Cells of cross tables that are held at once: about 100 MB.
_CELLS = 4_000_000
# A layer may leave this share out and still be one that fills the extent.
_LEFT_OUT = 0.01


@dataclass(frozen=True, eq=False, kw_only=True)
class NullModel:
    """Random contiguous plans, and how they were drawn.

    Attributes
    ----------
    units : Index
        Codes of the units.
    layer : str
        The layer that the units are of, such as ``"lad"``.
    plans : array of int
        One row by plan, one column by unit: the number of its area.
    k : int
        Areas of each plan.
    tolerance : float
        Areas weigh from (1 − tolerance) to (1 + tolerance) times the mean.
    weight : str
        What was balanced.
    steps : int
        Recombinations between two plans.
    seed : str
        Where the plans come from: the same seed gives the same plans.
    """

    units: pd.Index
    layer: str
    plans: npt.NDArray[np.int16]
    k: int
    tolerance: float
    weight: str
    steps: int
    seed: str

    def __repr__(self) -> str:
        return f"<NullModel: {self.describe()}>"

    def __len__(self) -> int:
        return len(self.plans)

    def describe(self) -> str:
        """Return in words how the plans were drawn."""
        return (
            f"{len(self):,} random contiguous plans of {self.k} areas, each within "
            f"{self.tolerance:.0%} of the mean {self.weight}, made of {len(self.units)} units "
            f"({self.layer}) by spanning-tree recombination, {self.steps} steps apart, "
            f"seed {self.seed}"
        )

    def scores(
        self,
        atoms: Atoms,
        other: str,
        *,
        weight: str = "population",
        stands_for: Side = "left",
        membership: Membership = "half",
        tolerance: float = TOLERANCE,
    ) -> pd.DataFrame:
        """Return every measure of each plan against a layer, one row by plan.

        Parameters
        ----------
        atoms : Atoms
            Of the units' layer and the other one.
        other : str
            The layer that stays as it is.
        weight : str
            ``"population"``, ``"area"`` or any measure of the atoms.
        stands_for : {"left", "right"}
            The side on which plans stand; measures such as the split share have sides.
        membership, tolerance
            As in `scores.summary`.
        """
        overlap = atoms.overlap(self.layer, other, weight=weight)
        self._check_units(overlap)
        tables = [
            evaluate(asked, full)
            for asked, full in (
                (a.swapped, f.swapped) if stands_for == "right" else (a, f)
                for a, f in self._tables(overlap, membership, tolerance)
            )
        ]
        return pd.concat(tables, ignore_index=True).rename_axis("plan")

    def _tables(
        self, overlap: Overlap, membership: Membership, tolerance: float
    ) -> Iterator[tuple[Crosstab, Crosstab]]:
        """Yield cross tables of some plans at a time, as asked for and with full membership."""
        column = "shared" if membership == "half" else "weight"
        size = max(1, _CELLS // (self.k * max(len(overlap.right_totals), 1)))
        for first in range(0, len(self.plans), size):
            plans = self.plans[first : first + size]
            full = self._crosstab(plans, overlap, "weight", tolerance)
            yield self._crosstab(plans, overlap, column, tolerance), full

    def _crosstab(
        self, plans: npt.NDArray[np.int16], overlap: Overlap, column: str, tolerance: float
    ) -> Crosstab:
        right = overlap.right_totals[column].to_numpy(dtype=np.float64)
        place = self.units.get_indexer(overlap.left_totals.index)
        offset = np.arange(len(plans))[:, None] * self.k
        area = plans[:, place].astype(np.int64) + offset  # by plan and unit
        unit, region = overlap.places
        cells = area[:, unit] * len(right) + region
        weights = np.broadcast_to(overlap.pairs[column].to_numpy(dtype=np.float64), cells.shape)
        rows = len(plans) * self.k
        n = np.bincount(cells.ravel(), weights.ravel(), rows * len(right))
        kept = np.flatnonzero(n > 0)
        units = overlap.left_totals[column].to_numpy(dtype=np.float64)
        whole = np.broadcast_to(units, area.shape)
        i, j = np.divmod(kept, max(len(right), 1))
        table = i // self.k
        return Crosstab(
            i=i,
            j=j + table * len(right),
            n=np.asarray(n[kept], dtype=np.float64),
            left=np.asarray(np.bincount(area.ravel(), whole.ravel(), rows), dtype=np.float64),
            right=np.tile(right, len(plans)),
            left_of=np.repeat(np.arange(len(plans)), self.k),
            right_of=np.repeat(np.arange(len(plans)), len(right)),
            total=np.full(len(plans), overlap.total),
            tolerance=tolerance,
            counted=overlap.measure == "count",
        )

    def compare(
        self,
        atoms: Atoms,
        left: str,
        right: str,
        *,
        weight: str = "population",
        stands_for: Side = "left",
        membership: Membership = "half",
        tolerance: float = TOLERANCE,
    ) -> pd.DataFrame:
        """Set every measure of two layers against random plans in place of one of them.

        Parameters
        ----------
        atoms : Atoms
            Of both layers and the units'.
        left, right : str
            Layers.
        weight : str
            ``"population"``, ``"area"`` or any measure of the atoms.
        stands_for : {"left", "right"}
            The layer that plans stand in for; the other stays as it is.
        membership, tolerance
            As in `scores.summary`.

        Returns
        -------
        DataFrame
            By measure: ``measured``; ``mean``, ``sd``, ``low`` and ``high`` (the middle 95 %) of
            the plans; ``z`` = (measured − mean)/sd; ``skill`` = (measured − mean)/(best − mean),
            0 for chance, 1 for the same boundaries (best is the other layer against itself, 1 or 0
            where it fills the extent without overlaps), below 0 for worse than chance; ``rank``,
            the share of plans that do worse (of equals half); ``effective``, how many independent
            plans the mean rests on. NaN where undefined, or where chance leaves nothing to win.

        Raises
        ------
        MeasureError
            Where the plans have another number of areas than the layer they stand in for, or that
            layer leaves people out.
        CodeError
            Where the atoms have units that the plans do not hold.
        """
        measured = scores.summary(
            atoms.overlap(left, right, weight=weight), membership=membership, tolerance=tolerance
        )
        other, own = (right, left) if stands_for == "left" else (left, right)
        self._check_areas(atoms.overlap(self.layer, own, weight=weight))
        plans = self.scores(
            atoms, other, weight=weight, stands_for=stands_for, membership=membership,
            tolerance=tolerance,
        )  # fmt: skip
        # Of a layer that overlaps itself or leaves people out, the best is what it is to itself.
        same = scores.summary(
            atoms.overlap(other, other, weight=weight), membership=membership, tolerance=tolerance
        )
        return against(plans, measured.reindex(plans.columns), same.reindex(plans.columns))

    def need(self, indicators: pd.DataFrame, atoms: Atoms, areas: str) -> pd.DataFrame:
        """Set η² of each indicator between some areas against that of random plans.

        Parameters
        ----------
        indicators : DataFrame
            Numbers by code of the units' layer.
        atoms : Atoms
            Of the units and the areas.
        areas : str
            The layer of areas, such as ``"lep"``.

        Returns
        -------
        DataFrame
            By indicator, the columns of `compare`; the best is 1.

        Raises
        ------
        MeasureError
            Where indicators are no numbers by unit, the plans have another number of areas, or
            the areas leave people out.
        CodeError
            Where the atoms have units that the plans do not hold.
        """
        overlap = atoms.overlap(self.layer, areas)
        self._check_areas(overlap)
        measured = need.eta_squared(indicators, overlap)["eta_squared"]
        columns = {}
        for name in indicators.columns:
            spread, _, _ = need.spread_of(indicators[name].astype("float64"), overlap)
            # The same people in the same units; only the lines between them are others.
            own = self.units.get_indexer(overlap.left_totals.index)[spread.unit]
            found = [need.between_and_total(spread, plan[own], self.k) for plan in self.plans]
            columns[str(name)] = [b / t if t > 0 else np.nan for b, t, _, _ in found]
        plans = pd.DataFrame(columns)
        best = pd.Series(1.0, index=plans.columns)
        return against(plans, measured.reindex(plans.columns), best).rename_axis("indicator")

    def _check_units(self, overlap: Overlap) -> None:
        """Refuse atoms that have units which the plans do not hold."""
        strange = overlap.left_totals.index.difference(self.units)
        if len(strange):
            raise CodeError(f"the plans hold no unit {listed(strange)} of layer {self.layer!r}")

    def _check_areas(self, overlap: Overlap) -> None:
        """Refuse areas that random plans are not like: of another number, or not everywhere."""
        self._check_units(overlap)
        regions, layer = len(overlap.right_totals), overlap.right
        if regions != self.k:
            raise MeasureError(
                f"plans of {self.k} areas cannot stand in for {regions} regions of {layer}; draw "
                f"plans with k={regions}"
            )
        left_out = overlap.unallocated_right / overlap.total
        if left_out > _LEFT_OUT:
            raise MeasureError(
                f"plans that fill all units cannot stand in for {layer}, which leaves "
                f"{left_out:.0%} out; let them stand in for the other layer"
            )


def null_model(
    graph: UnitGraph,
    *,
    k: int,
    tolerance: float = 0.5,
    n: int = 1000,
    rng: int | np.random.Generator | None = None,
    weight: str = "population",
    steps: int | None = None,
    progress: Progress | None = None,
) -> NullModel:
    """Draw random contiguous plans of k areas of like weight.

    The first plan divides the units in two, again and again, at edges of random spanning trees;
    each further one is reached by recombination: two neighbouring areas are joined, a spanning
    tree of them is drawn evenly from all, and cut where both parts keep within the tolerance.

    Parameters
    ----------
    graph : UnitGraph
        Units with their weight, borders and links over water; in one piece.
    k : int
        Areas, from 1 to the number of units.
    tolerance : float
        Areas weigh from (1 − tolerance) to (1 + tolerance) times the mean.
    n : int
        Plans.
    rng : int, Generator or None
        Seed; the same number gives the same plans.
    weight : str
        Column of the units to balance.
    steps : int, optional
        Recombinations between two plans; 2·k by default, which leaves little of the last plan.
    progress : callable, optional
        Called with stage, plans done and plans to do.

    Returns
    -------
    NullModel

    Raises
    ------
    MeasureError
        Where a number is out of range, or no plan within the tolerance is found.
    CodeError
        Where the graph is in several pieces.

    References
    ----------
    DeFord, Duchin & Solomon (2021), *Recombination: a family of Markov chains for redistricting*;
    Wilson (1996), *Generating random spanning trees more quickly than the cover time*.

    Examples
    --------
    >>> import coterminosity as ct
    >>> data = ct.england_2017()
    >>> null = ct.null_model(data.graph, k=38, n=20, rng=1)
    >>> null.plans.shape
    (20, 326)
    """
    weights = _weights(graph, weight)
    for name, value, low in (("k", k, 1), ("n", n, 1), ("steps", 1 if steps is None else steps, 1)):
        if not isinstance(value, (int, np.integer)) or value < low:
            raise MeasureError(f"{name}: wanted a whole number of {low} or more, got {value!r}")
    if k > len(graph.units):
        raise MeasureError(f"k: {len(graph.units)} units cannot make {k} areas")
    if not tolerance > 0:
        raise MeasureError(f"tolerance: wanted a share above 0, got {tolerance}")
    pieces = graph.components()
    if len(pieces) > 1:
        raise CodeError(
            f"the graph is in {len(pieces)} pieces (one holds {pieces[1][0]}); declare links over "
            "water, or leave units out"
        )
    seed = str(rng) if isinstance(rng, (int, np.integer)) else "not given"
    source = random.Random(int(np.random.default_rng(rng).integers(2**63)))
    number = {code: place for place, code in enumerate(graph.units.index)}
    near = [[number[c] for c in own] for own in graph.adjacency().values()]
    mean = sum(weights) / k
    band = Band(mean * (1 - tolerance), mean * (1 + tolerance))
    apart = 2 * k if steps is None else steps
    drawn = random_plans(near, weights, k, band, steps=apart, rng=source)
    plans = np.empty((n, len(weights)), dtype=np.int16)
    for row in range(n):
        plans[row] = next(drawn)
        if progress is not None:
            progress("random plans", row + 1, n)
    return NullModel(
        units=graph.units.index, layer=graph.layer, plans=plans, k=k, tolerance=tolerance,
        weight=weight, steps=apart, seed=seed,
    )  # fmt: skip


def _weights(graph: UnitGraph, weight: str) -> list[float]:
    if weight not in graph.units:
        raise MeasureError(
            f"units have no {weight!r} to balance, only {listed(graph.units.columns)}"
        )
    return [float(value) for value in graph.units[weight]]
