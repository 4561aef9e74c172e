"""Several layers at once: how far they agree, and where."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from coterminosity.atoms import Atoms
from coterminosity.errors import MeasureError
from coterminosity.scores.crosstab import Floats, quotient, ratio, surprise


@dataclass(frozen=True, eq=False, kw_only=True)
class Alignment:
    """How far several layers agree.

    Attributes
    ----------
    layers : tuple of str
        The layers.
    total_correlation : float
        Σ H(layer) − H(all), in bits: what the layers have in common, from 0 (independent).
    alignment : float
        That over the most it could be, Σ H(layer) − max H(layer): 1 where each layer follows
        from the one with most regions (nested), 0 where they are independent.
    agreement : float
        Share of people who live where all layers agree: in a core.
    cores : DataFrame
        One row by core: a set of regions, one of each layer, that have more than half of each
        region in common. A column by layer (codes), ``weight``, and ``least_share``, the lowest
        share that the core is of one of its regions. Heaviest first.
    """

    layers: tuple[str, ...]
    total_correlation: float
    alignment: float
    agreement: float
    cores: pd.DataFrame


def alignment(atoms: Atoms, layers: Sequence[str], *, weight: str = "population") -> Alignment:
    """Measure how far k layers agree, and find the cores in which all of them do.

    People in two regions of a cover count half in each. Total correlation and its share are
    counted over people in all k layers, agreement over all people.

    Parameters
    ----------
    atoms : Atoms
        Of these layers.
    layers : sequence of str
        Two or more.
    weight : str
        ``"population"``, ``"area"`` or any measure of the atoms.

    Raises
    ------
    MeasureError
        Where fewer than two different layers are given, or nobody lives in all of them.

    References
    ----------
    Watanabe (1960), *Information theoretical analysis of multivariate correlation*.

    Examples
    --------
    >>> import coterminosity as ct
    >>> found = ct.scores.alignment(ct.england_2017().atoms, ["lep", "stp", "pfa"])
    >>> len(found.cores), round(found.agreement, 2)
    (23, 0.45)
    """
    names = tuple(dict.fromkeys(layers))
    if len(names) < 2:
        raise MeasureError(f"wanted two or more different layers to align, got {list(layers)}")
    weights = atoms.weights(weight)
    cells = _cells(atoms, names, weights)
    inside = float(cells["weight"].sum())
    if not inside > 0:
        raise MeasureError(f"nothing lies in all of {', '.join(names)}; nothing can be aligned")
    joint = cells.groupby(list(names))["weight"].sum()
    single = [_entropy(joint.groupby(name).sum()) for name in names]
    common = max(sum(single) - _entropy(joint), 0.0)
    most = sum(single) - max(single)
    cores = _cores(atoms, names, joint, weight)
    agreed = float(ratio(cores["weight"].sum(), float(weights.sum())))
    return Alignment(
        layers=names,
        total_correlation=common,
        alignment=min(common / most, 1.0) if most > 0 else float("nan"),
        agreement=agreed,
        cores=cores,
    )


def _cells(atoms: Atoms, names: tuple[str, ...], weights: pd.Series) -> pd.DataFrame:
    """Return each atom in each combination of its regions, with an even share of its weight."""
    table = pd.DataFrame({"atom": weights.index.to_numpy(), "weight": weights.to_numpy()})
    for name in names:
        own = atoms.members.loc[atoms.members["layer"] == name, ["atom", "code"]]
        table = table.merge(own.rename(columns={"code": name}), on="atom")
    ways = table.groupby("atom")["weight"].transform("size")
    return table.assign(weight=table["weight"] / ways).loc[table["weight"] > 0]


def _cores(atoms: Atoms, names: tuple[str, ...], joint: pd.Series, weight: str) -> pd.DataFrame:
    cores = joint.rename("weight").reset_index()
    shares: list[Floats] = []
    for name in names:
        whole = atoms.overlap(name, name, weight=weight).left_totals["shared"]
        shares.append(quotient(cores["weight"], whole.reindex(cores[name]).to_numpy()))
    cores["least_share"] = np.min(shares, axis=0)
    cores = cores.loc[cores["least_share"] > 0.5]
    return cores.sort_values(["weight", *names], ascending=[False, *[True] * len(names)],
                             ignore_index=True)  # fmt: skip


def _entropy(weights: pd.Series) -> float:
    return float(surprise(ratio(weights, float(weights.sum()))).sum())
