"""Classes of pairs and regions: which bodies share a boundary, and which are cut."""

import numpy as np
import pandas as pd

from coterminosity.overlap import Overlap
from coterminosity.scores import formulas
from coterminosity.scores.crosstab import TOLERANCE, Crosstab, Floats, crosstab, ratio
from coterminosity.scores.pairs import pair_table

# Strongest first, each with the plain words of reports.
CLASSES = {
    "one-to-one": "shared boundaries: the same area as one body",
    "nested": "wholly inside one larger body",
    "containing": "holds at least one whole body",
    "straddling": "cut, and cutting others",
    "trace": "only touched",
    "none": "no body there",
}


def pair_classes(overlap: Overlap, *, tolerance: float = TOLERANCE) -> pd.DataFrame:
    """Return every pair of regions with its shares and its class.

    With p = n(i,j)/n(i), q = n(i,j)/n(j) and tolerance e: ``one-to-one`` where p, q ≥ 1−e;
    ``nested`` where only p ≥ 1−e (all of the left region lies in the right one); ``containing``
    where only q ≥ 1−e; ``trace`` where p, q ≤ e; ``straddling`` otherwise.

    Parameters
    ----------
    overlap : Overlap
        Of two layers, by people, land or any measure; covers count fully in each region.
    tolerance : float
        Share e of a region's weight, 0 ≤ e < 0.5; 1 % by default.

    Returns
    -------
    DataFrame
        The columns of `pair_table` and ``class``.

    Raises
    ------
    MeasureError
        Where the tolerance is no share from 0 to 0.5.

    Examples
    --------
    >>> import coterminosity as ct
    >>> overlap = ct.england_2017().atoms.overlap("lad", "stp")
    >>> ct.scores.pair_classes(overlap)["class"].value_counts().to_dict()
    {'nested': 308, 'straddling': 34, 'one-to-one': 1}
    """
    table = crosstab(overlap, "full", tolerance=tolerance)
    return pair_table(overlap).assign(**{"class": _classes(table)})


def _classes(table: Crosstab) -> np.ndarray:
    p, q, e = table.share_of_left, table.share_of_right, table.tolerance
    within, whole = p >= 1 - e, q >= 1 - e
    return np.select(
        [within & whole, within, whole, (p <= e) & (q <= e)],
        ["one-to-one", "nested", "containing", "trace"],
        default="straddling",
    )


def region_table(overlap: Overlap, *, tolerance: float = TOLERANCE) -> pd.DataFrame:
    """Return for each left region its class, its partner and what the right layer makes of it.

    The class is that of its strongest pair: one-to-one, nested, containing, straddling, trace;
    ``none`` where it has no pair, None where it has no weight.

    Parameters
    ----------
    overlap : Overlap
        Of two layers; covers count fully in each region.
    tolerance : float
        Share of a region's weight, 0 ≤ e < 0.5.

    Returns
    -------
    DataFrame
        By code of the left layer: ``weight``; ``class``; ``partner``, the right region of its
        strongest pair (of equals the one with most weight); ``share_of_left, share_of_right,
        jaccard, dice`` of that pair; ``pieces``, how many right regions share more than a trace
        with it; ``partners``, the effective number of them, (Σⱼ n(i,j))² / Σⱼ n(i,j)², from 1;
        ``dominant``, the right region that holds most of it, with ``dominant_share``; ``fit``,
        its MapCurves value, 0 to 1; ``inhomogeneity``, the entropy of right regions in it over
        that of right regions in all, from 0 (lies in one) to 1.

    References
    ----------
    Hargrove, Hoffman & Hessburg (2006), *Mapcurves*; Nowosad & Stepinski (2018), for
    inhomogeneity; Laakso & Taagepera (1979) for the effective number.

    Examples
    --------
    >>> import coterminosity as ct
    >>> table = ct.scores.region_table(ct.england_2017().atoms.overlap("lad", "stp"))
    >>> table.loc["E07000089", "class"]  # Hart
    'straddling'
    """
    table = crosstab(overlap, "full", tolerance=tolerance)
    pairs = pair_classes(overlap, tolerance=tolerance)
    codes = overlap.left_totals.index
    ranked = pairs.assign(rank=pairs["class"].map({name: k for k, name in enumerate(CLASSES)}))
    ranked = ranked.sort_values(
        ["left", "rank", "weight", "right"], ascending=[True, True, False, True]
    )
    strongest = ranked.drop_duplicates("left").set_index("left").reindex(codes)
    heaviest = pairs.sort_values(["left", "weight", "right"], ascending=[True, False, True])
    dominant = heaviest.drop_duplicates("left").set_index("left").reindex(codes)
    known = table.left > 0
    classes = strongest["class"].astype("object").where(strongest["class"].notna(), "none")
    columns = {
        "weight": overlap.left_totals["weight"],
        "class": classes.where(known, None),
        "partner": strongest["right"],
        **{c: strongest[c] for c in ("share_of_left", "share_of_right", "jaccard", "dice")},
        "pieces": formulas.counts(table).astype(np.int64),
        "partners": formulas.partners(table),
        "dominant": dominant["right"],
        "dominant_share": dominant["share_of_left"],
        "fit": formulas.fit(table),
        "inhomogeneity": formulas.inhomogeneity(table),
    }
    return pd.DataFrame(columns, index=codes).rename_axis("left")


def class_table(overlap: Overlap, *, tolerance: float = TOLERANCE) -> pd.DataFrame:
    """Return how many regions and people of both layers are in each class.

    The row ``one-to-one`` is the strict count: bodies that share a boundary.

    Parameters
    ----------
    overlap : Overlap
        Of two layers.
    tolerance : float
        Share of a region's weight, 0 ≤ e < 0.5.

    Returns
    -------
    DataFrame
        By class, strongest first, of the left and of the right layer: ``regions_left``,
        ``share_of_regions_left`` (0 to 1), ``weight_left`` (people or m²; a person in two regions
        counts half in each, so that a layer adds up to its people) and ``share_of_weight_left``;
        the same for the right. Regions without weight are in no class.

    Examples
    --------
    >>> import coterminosity as ct
    >>> table = ct.scores.class_table(ct.england_2017().atoms.overlap("lep", "stp"))
    >>> table["regions_left"].to_dict()
    {'one-to-one': 5, 'nested': 12, 'containing': 14, 'straddling': 7, 'trace': 0, 'none': 0}
    """
    sides: dict[str, object] = {}
    for side, own in (("left", overlap), ("right", overlap.swap())):
        classes = region_table(own, tolerance=tolerance)["class"]
        shared = own.left_totals["shared"]
        regions = classes.value_counts().reindex(list(CLASSES), fill_value=0)
        weight = shared.groupby(classes.to_numpy(dtype=object)).sum()
        weight = weight.reindex(list(CLASSES), fill_value=0.0)
        sides |= {
            f"regions_{side}": regions,
            f"share_of_regions_{side}": _share(regions),
            f"weight_{side}": weight,
            f"share_of_weight_{side}": _share(weight),
        }
    return pd.DataFrame(sides).rename_axis("class")


def _share(column: pd.Series) -> Floats:
    return ratio(column.astype("float64"), float(column.sum()))
