"""Who claims what: seeds claim units, and through them regions of the aligned layers."""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from coterminosity.atoms import Atoms
from coterminosity.brief import Brief
from coterminosity.errors import BriefError, listed
from coterminosity.units import UnitGraph

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Weights:
    """Weight of each unit in each region of a layer, as matrices of units × regions.

    ``shared`` counts a person in two regions half in each, ``full`` fully.
    """

    layer: str
    regions: tuple[str, ...]
    names: pd.Series
    shared: Floats
    full: Floats

    def main_region(self, unit: int) -> int | None:
        """Return the region that holds most of a unit; None where none holds any."""
        row = self.full[unit]
        return int(row.argmax()) if row.max() > 0 else None


@dataclass(frozen=True, kw_only=True)
class Claims:
    """Claims of seeds on units and on aligned regions.

    Attributes
    ----------
    units : tuple of str
        Codes, in the order of all matrices' rows.
    seed, aligned : Weights
        Units × regions.
    claimants : tuple of tuples of int
        Seeds that hold at least the tolerated share of each unit.
    exclusive : dict of str to matrix
        By aligned layer: seeds × regions, the share of each region's weight that lies in units
        which no other seed claims.
    """

    units: tuple[str, ...]
    people: Floats
    seed: Weights
    aligned: tuple[Weights, ...]
    claimants: tuple[tuple[int, ...], ...]
    exclusive: dict[str, Floats]

    def fits(self, unit: int, seed: int, claim_share: float) -> int:
        """Count the aligned layers whose region at this unit the seed claims elsewhere too."""
        count = 0
        for layer in self.aligned:
            region = layer.main_region(unit)
            if region is not None:
                count += bool(self.exclusive[layer.layer][seed, region] >= claim_share)
        return count


def find_claims(graph: UnitGraph, atoms: Atoms, brief: Brief) -> Claims:
    """Work out the claims of a brief's seeds.

    Raises
    ------
    BriefError
        Where the graph is of other units than the atoms.
    """
    units = tuple(str(code) for code in graph.units.index)
    own = set(atoms.regions(brief.unit_layer).index)
    if own != set(units):
        strange = sorted(own ^ set(units))
        raise BriefError(
            f"the graph and the atoms have different units of layer {brief.unit_layer!r}: "
            f"{listed(strange)}; use both of one data set"
        )
    total = atoms.overlap(brief.unit_layer, brief.unit_layer, weight=brief.weight)
    people = total.left_totals["weight"].reindex(list(units), fill_value=0.0).to_numpy()
    if not people.sum() > 0:
        raise BriefError(f"all units have a {brief.weight} of 0; give people to at least one")
    seed = _weights(atoms, brief, brief.seed_layer, units)
    aligned = tuple(_weights(atoms, brief, layer, units) for layer in brief.align)
    held = np.divide(
        seed.full, people[:, None], out=np.zeros_like(seed.full), where=people[:, None] > 0
    )
    # Where nobody lives, land or mere membership tells whose a unit is.
    bare = people == 0
    if bare.any():
        held[bare] = _held_without_people(atoms, brief, units, seed.regions)[bare]
    claimants = tuple(
        tuple(int(s) for s in np.flatnonzero((row > 0) & (row >= brief.tolerance))) for row in held
    )
    return Claims(
        units=units,
        people=people,
        seed=seed,
        aligned=aligned,
        claimants=claimants,
        exclusive={
            layer.layer: _exclusive(layer, claimants, len(seed.regions)) for layer in aligned
        },
    )


def _held_without_people(
    atoms: Atoms, brief: Brief, units: tuple[str, ...], seeds: tuple[str, ...]
) -> Floats:
    measures = atoms.measures
    ground = measures["area_m2"] if "area_m2" in measures else measures.iloc[:, 0] * 0.0 + 1.0
    plain = replace(atoms, measures=ground.rename("ground").to_frame())
    overlap = plain.overlap(brief.unit_layer, brief.seed_layer, weight="ground")
    table = overlap.pairs.pivot_table(index="left", columns="right", values="weight", aggfunc="sum")
    held = table.reindex(index=list(units), columns=list(seeds)).fillna(0.0).to_numpy()
    whole = overlap.left_totals["weight"].reindex(list(units), fill_value=0.0).to_numpy()[:, None]
    return np.asarray(np.divide(held, whole, out=np.zeros_like(held), where=whole > 0))


def _weights(atoms: Atoms, brief: Brief, layer: str, units: tuple[str, ...]) -> Weights:
    overlap = atoms.overlap(brief.unit_layer, layer, weight=brief.weight)
    names = atoms.regions(layer)
    # Areas are named by their seeds, so that two of one name carry their codes.
    double = names.duplicated(keep=False)
    names = names.where(~double, names + " (" + names.index.astype("str") + ")")
    regions = tuple(str(code) for code in names.index)
    matrices = {}
    for column in ("shared", "weight"):
        table = overlap.pairs.pivot_table(
            index="left", columns="right", values=column, aggfunc="sum", observed=True
        )
        matrices[column] = (
            table.reindex(index=list(units), columns=list(regions)).fillna(0.0).to_numpy()
        )
    return Weights(
        layer=layer,
        regions=regions,
        names=names,
        shared=matrices["shared"],
        full=matrices["weight"],
    )


def _exclusive(layer: Weights, claimants: tuple[tuple[int, ...], ...], seeds: int) -> Floats:
    alone = np.zeros((seeds, len(layer.regions)))
    for unit, own in enumerate(claimants):
        if len(own) == 1:
            alone[own[0]] += layer.full[unit]
    whole = layer.full.sum(axis=0)
    return np.asarray(np.divide(alone, whole, out=np.zeros_like(alone), where=whole > 0))
