"""All measures of two layers at once, and what they would be under other choices."""

from collections.abc import Iterable
from itertools import combinations

import pandas as pd

from coterminosity.atoms import Atoms
from coterminosity.errors import MeasureError
from coterminosity.overlap import Membership, Overlap
from coterminosity.scores.classes import CLASSES, class_table, region_table
from coterminosity.scores.crosstab import TOLERANCE, crosstab, ratio
from coterminosity.scores.measures import evaluate

_AROUND = ("unallocated_left", "unallocated_right", "double_left", "double_right")
TOLERANCES = (0.001, 0.005, 0.01, 0.02, 0.05, 0.1)


def summary(
    overlap: Overlap, *, membership: Membership = "half", tolerance: float = TOLERANCE
) -> pd.Series:
    """Return every measure of two layers.

    Parameters
    ----------
    overlap : Overlap
        Of two layers, by people, land or any measure.
    membership : {"half", "full"}
        How a person in two regions of a layer counts in measures of partitions. Shares, classes,
        Jaccard, Dice, pieces and MapCurves always count fully in each.
    tolerance : float
        Share of a region below which a pair is a trace, 0 ≤ t < 0.5.

    Returns
    -------
    Series
        By measure. From 0 to 1, higher is better: ``coterminosity, containment_left,
        containment_right, one_to_one_left, one_to_one_right, dominant_left, dominant_right,
        best_jaccard, best_dice, matched_share, homogeneity, completeness, v_measure, mapcurves``
        and, from about 0, ``adjusted_rand, adjusted_mutual``. Lower is better: ``split_share,
        merge_share, cut_left, cut_right`` (shares), ``partners_left, partners_right, pieces_left,
        pieces_right`` (numbers, from 1) and ``variation_bits``. Beside them the shares of all
        weight in neither region (``unallocated_left, unallocated_right``) and in two or more
        (``double_left, double_right``). NaN where undefined.

    Raises
    ------
    MeasureError
        Where the membership rule is unknown or the tolerance is no share from 0 to 0.5.

    Examples
    --------
    >>> import coterminosity as ct
    >>> ct.scores.summary(ct.england_2017().atoms.overlap("lad", "stp")).round(3)["split_share"]
    np.float64(0.013)
    """
    asked = crosstab(overlap, membership, tolerance=tolerance)
    values = evaluate(asked, crosstab(overlap, "full", tolerance=tolerance)).iloc[0].to_dict()
    for name in _AROUND:
        values[name] = float(ratio(getattr(overlap, name), overlap.total))
    return pd.Series(values, name=f"{overlap.left}-{overlap.right}", dtype="float64")


def pairwise(
    atoms: Atoms,
    layers: Iterable[str],
    *,
    weight: str = "population",
    membership: Membership = "half",
    tolerance: float = TOLERANCE,
) -> pd.DataFrame:
    """Return every measure of every pair of layers.

    Parameters
    ----------
    atoms : Atoms
        Of these layers.
    layers : iterable of str
        Layers; pairs are in their order.
    weight, membership, tolerance
        As in `Atoms.overlap` and `summary`.

    Returns
    -------
    DataFrame
        Indexed by ``left`` and ``right``, each pair once, with the columns of `summary`.

    Examples
    --------
    >>> import coterminosity as ct
    >>> table = ct.scores.pairwise(ct.england_2017().atoms, ["crc", "pfa", "lep"])
    >>> table["coterminosity"].round(2).to_dict()
    {('crc', 'pfa'): 0.86, ('crc', 'lep'): 0.78, ('pfa', 'lep'): 0.84}
    """
    rows = {
        (left, right): summary(
            atoms.overlap(left, right, weight=weight), membership=membership, tolerance=tolerance
        )
        for left, right in combinations(dict.fromkeys(layers), 2)
    }
    if not rows:
        raise MeasureError("wanted two or more different layers to compare")
    table = pd.DataFrame.from_dict(rows, orient="index")
    table.index = pd.MultiIndex.from_tuples(list(rows), names=["left", "right"])
    return table


def sensitivity(
    atoms: Atoms,
    left: str,
    right: str,
    *,
    tolerances: Iterable[float] = TOLERANCES,
    weights: Iterable[str] = ("population", "area"),
) -> pd.DataFrame:
    """Return what the answer would be at other tolerances, and for land instead of people.

    Parameters
    ----------
    atoms : Atoms
        Of both layers.
    left, right : str
        Layers.
    tolerances : iterable of float
        Shares of a region below which an overlap is a trace.
    weights : iterable of str
        Measures of the atoms.

    Returns
    -------
    DataFrame
        Indexed by ``weight`` and ``tolerance``: how many left regions are in each class (see
        `class_table`), ``one_to_one`` as a share of them, and ``coterminosity``, which has no
        tolerance.

    Examples
    --------
    >>> import coterminosity as ct
    >>> atoms = ct.england_2017().atoms
    >>> table = ct.scores.sensitivity(atoms, "lep", "stp", tolerances=[0.001, 0.05])
    >>> table["one-to-one"].to_dict()
    {('population', 0.001): 5, ('population', 0.05): 7, ('area', 0.001): 5, ('area', 0.05): 5}
    """
    shares, rows = list(tolerances), {}
    for weight in weights:
        overlap = atoms.overlap(left, right, weight=weight)
        fit = summary(overlap)["coterminosity"]
        for tolerance in shares:
            table = class_table(overlap, tolerance=tolerance)
            rows[weight, tolerance] = {
                **table["regions_left"].to_dict(),
                "one_to_one": table.loc["one-to-one", "share_of_regions_left"],
                "coterminosity": fit,
            }
    if not rows:
        raise MeasureError("wanted one or more tolerances and weights, got none")
    found = pd.DataFrame.from_dict(rows, orient="index")
    found.index = pd.MultiIndex.from_tuples(list(rows), names=["weight", "tolerance"])
    return found.astype(dict.fromkeys(CLASSES, "int64"))


def disputed(
    atoms: Atoms,
    left: str,
    right: str,
    *,
    tolerance: float = TOLERANCE,
    weights: tuple[str, str] = ("population", "area"),
) -> pd.DataFrame:
    """Return left regions of which people and land give different answers.

    A region is disputed where its class differs, or the right region that holds most of it.

    Parameters
    ----------
    atoms : Atoms
        Of both layers.
    left, right : str
        Layers.
    tolerance : float
        Share of a region's weight, 0 ≤ t < 0.5.
    weights : (str, str)
        The two measures to compare.

    Returns
    -------
    DataFrame
        By code: ``name``; ``class``, ``dominant`` and ``dominant_share`` by each weight, such as
        ``class_population``; and ``same_dominant``, False where most people live in another
        right region than most land lies in. Of those first.

    Examples
    --------
    Hart has most of its people in one STP and most of its land in another:

    >>> import coterminosity as ct
    >>> found = ct.scores.disputed(ct.england_2017().atoms, "lad", "stp")
    >>> hart = found.loc["E07000089"]
    >>> float(hart["dominant_share_population"].round(2)), bool(hart["same_dominant"])
    (0.75, False)
    """
    columns = ["class", "dominant", "dominant_share"]
    one, other = (
        region_table(atoms.overlap(left, right, weight=weight), tolerance=tolerance)[columns]
        for weight in weights
    )
    both = one.add_suffix(f"_{weights[0]}").join(other.add_suffix(f"_{weights[1]}"))
    same = (one["dominant"] == other["dominant"]) | (
        one["dominant"].isna() & other["dominant"].isna()
    )
    both.insert(0, "same_dominant", same)
    both.insert(0, "name", atoms.regions(left).reindex(both.index))
    differs = ~same | (one["class"].fillna("") != other["class"].fillna(""))
    return both.loc[differs].sort_values(["same_dominant", "name"])
