"""What money is spread by: people, people weighted by age, people × an indicator, allocations."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from coterminosity.atoms import Atoms
from coterminosity.errors import CodeError, MeasureError, listed, nearest

# A person of 65 or over counts as three: the ratio of a 70-year-old's health spending to a
# 30-year-old's in the figures of IFS (2017). That children count as one is plain assumption.
AGE_WEIGHTS: Mapping[str, float] = {"aged_0_15": 1.0, "aged_16_64": 1.0, "aged_65_plus": 3.0}
_AGES = {"aged_0_15": "under 16", "aged_16_64": "of 16 to 64", "aged_65_plus": "of 65 and over"}
_LAND = ("area", "land", "area_m2", "area_ha", "area_km2", "count")


@dataclass(frozen=True, eq=False, kw_only=True)
class Basis:
    """What money is spread by, for each atom.

    Parameters
    ----------
    by : str
        ``people``, ``age``, ``allocation`` or the name of an indicator.
    weights : Series
        By atom, finite and not negative, not all 0.
    words : str
        For captions.
    missing : tuple of str
        Names of regions without a figure, which get their people's share.

    Raises
    ------
    MeasureError
        Where a weight is negative, infinite or missing, or all are 0.
    """

    by: str
    weights: pd.Series
    words: str
    missing: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        values = self.weights.to_numpy(dtype=np.float64)
        if not (np.isfinite(values) & (values >= 0)).all() or not values.sum() > 0:
            raise MeasureError(
                f"by={self.by!r}: weights must be numbers of 0 or more and not all 0"
            )


def basis(
    atoms: Atoms,
    by: str = "people",
    *,
    age_weights: Mapping[str, float] | None = None,
    indicators: pd.DataFrame | None = None,
    allocation: pd.Series | None = None,
    unit_layer: str = "lad",
    allocation_layer: str = "ccg",
) -> Basis:
    """Return what money is spread by, for each atom.

    Parameters
    ----------
    atoms : Atoms
        With people.
    by : str
        ``"people"``: everybody counts as one. ``"age"``: people weighted by age. ``"allocation"``:
        what each CCG is given, spread inside it by people. Else the name of a column of
        ``indicators``: people × indicator, so that areas where it is higher get more. Never land.
    age_weights : mapping, optional
        What one person counts as, by ``aged_0_15``, ``aged_16_64`` and ``aged_65_plus``. The
        default (1, 1, 3) is an assumption of this library, and captions say so.
    indicators : DataFrame
        Numbers of 0 or more by code of ``unit_layer``; blanks are missing.
    allocation : Series
        Pounds, or any unit of them, by code of ``allocation_layer``; blanks are missing.
    unit_layer, allocation_layer : str
        Partitions whose codes the figures have.

    Returns
    -------
    Basis
        Regions without a figure (and people in none) are named and get their people's share of
        the money; the others divide the rest by their figures. No figure is made up for them.

    Raises
    ------
    MeasureError
        Where money is to be spread by land, the basis is unknown, or figures are negative or
        missing altogether.
    CodeError
        Where figures have codes that the layer lacks, or two for one code.

    References
    ----------
    IFS (2017), *Inevitable trade-offs ahead: long-run public spending pressures*: average health
    spending on a 70-year-old is three times that on a 30-year-old.

    Examples
    --------
    >>> import coterminosity as ct
    >>> basis(ct.england_2017().atoms, "age").weights.sum()
    np.float64(75680452.0)
    """
    people = atoms.weights("population")
    if by in _LAND:
        raise MeasureError(
            f"by={by!r}: services are for people, so money is never spread by land; take people, "
            "age, allocation or an indicator"
        )
    if by in ("people", "population"):
        return Basis(by="people", weights=people, words="by people: everybody counts as one")
    if by == "age":
        return _by_age(atoms, age_weights)
    if by == "allocation":
        if allocation is None:
            raise MeasureError(
                "by='allocation' wants allocation=, a figure by CCG; `read_figures(file, "
                'layer="ccg")` reads a file'
            )
        per_region, missing = _figures(atoms, allocation, allocation_layer, "allocation")
        words = f"by what each {allocation_layer.upper()} is given, inside it by people"
        return _by_figures(atoms, by, per_region, allocation_layer, missing, words, shared=True)
    names = [] if indicators is None else [str(c) for c in indicators.columns]
    if indicators is None or by not in names:
        raise MeasureError(
            f"by={by!r}: wanted people, age, allocation or a column of indicators= (got "
            f"{listed(names) or 'none'}){nearest(by, [*names, 'people', 'age', 'allocation'])}"
        )
    per_region, missing = _figures(atoms, indicators[by], unit_layer, by)
    words = f"by people × {by}: the higher the figure, the more a person counts"
    return _by_figures(atoms, by, per_region, unit_layer, missing, words, shared=False)


def _by_age(atoms: Atoms, age_weights: Mapping[str, float] | None) -> Basis:
    given = AGE_WEIGHTS if age_weights is None else age_weights
    if set(given) != set(_AGES):
        raise MeasureError(f"age_weights: wanted {listed(_AGES)}, got {listed(given) or 'none'}")
    weighed = [float(given[name]) for name in _AGES]
    if not all(0 <= weight < np.inf for weight in weighed):
        raise MeasureError(f"age_weights: wanted numbers of 0 or more, got {listed(weighed)}")
    lacking = [name for name in _AGES if name not in atoms.measures]
    if lacking:
        raise MeasureError(f"by='age': the atoms have no {listed(lacking)}; take by='people'")
    weights = sum(atoms.weights(name) * float(given[name]) for name in _AGES)
    each = ", ".join(f"{text} as {float(given[name]):g}" for name, text in _AGES.items())
    whose = "an assumption of the library" if age_weights is None else "as given by the user"
    words = f"by people weighted by age: a person {each}, {whose}"
    return Basis(by="age", weights=pd.Series(weights, name="age"), words=words)


def _figures(
    atoms: Atoms, given: pd.Series, layer: str, what: str
) -> tuple[pd.Series, tuple[str, ...]]:
    """Return a figure for each region of a layer and the names of regions without one."""
    names = atoms.regions(layer)
    if atoms.kind(layer) == "cover":
        raise MeasureError(f"{what}: layer {layer!r} overlaps; figures must be of a partition")
    if not given.index.is_unique:
        raise CodeError(
            f"{what}: two rows for {listed(given.index[given.index.duplicated()].unique())}"
        )
    strange = given.index.difference(names.index)
    if len(strange):
        raise CodeError(f"{what}: layer {layer!r} has no {listed(strange)}; check the codes")
    figures = given.astype("float64").reindex(names.index)
    bad = figures.index[(figures < 0) | np.isinf(figures)]
    if len(bad):
        raise MeasureError(
            f"{what}: wanted numbers of 0 or more, got {figures[bad[0]]:g} for {listed(bad)}"
        )
    if not figures.sum() > 0:
        raise MeasureError(f"{what}: no region of layer {layer!r} has a figure above 0")
    missing = tuple(str(name) for name in names[figures.isna()])
    return figures, missing


def _by_figures(
    atoms: Atoms,
    by: str,
    figures: pd.Series,
    layer: str,
    missing: tuple[str, ...],
    words: str,
    *,
    shared: bool,
) -> Basis:
    """Return people × figure, or with ``shared`` a figure divided among the people of its region.

    Atoms without a figure weigh their people times the mean of the others, which is the same as
    taking out their people's share first.
    """
    people = atoms.weights("population")
    own = atoms.members.loc[atoms.members["layer"] == layer].set_index("atom")["code"]
    home = own.reindex(people.index)
    if shared:
        counted = people.groupby(home).sum()
        empty = counted.index[(counted == 0) & (figures.reindex(counted.index) > 0)]
        if len(empty):
            raise MeasureError(f"{by}: nobody lives in {listed(empty)}, so its figure has no place")
        figures = figures / counted.reindex(figures.index)
    each = home.map(figures).astype("float64")
    known = each.notna()
    weights = people * each
    if not weights[known].sum() > 0:
        raise MeasureError(f"{by}: nobody lives in the regions that have a figure above 0")
    mean = float(weights[known].sum()) / float(people[known].sum())
    filled = weights.where(known, people * mean)
    return Basis(by=by, weights=filled, words=words, missing=missing)
