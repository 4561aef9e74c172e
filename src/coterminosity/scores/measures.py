"""Every measure of two layers by name: its formula, plain words, best value and membership."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import pandas as pd

from coterminosity.scores import formulas as f
from coterminosity.scores.crosstab import Crosstab, Floats


@dataclass(frozen=True, kw_only=True)
class Measure:
    """One measure of two layers.

    Parameters
    ----------
    name : str
        Column of tables.
    words : str
        What it says, in plain words; ``{left}``, ``{lefts}``, ``{right}``, ``{rights}`` and
        ``{what}`` are filled in.
    term : str
        What it is called in the field.
    best : float
        Value of two layers that are the same.
    counts : {"asked", "full"}
        Whether a person in two regions of a layer counts as asked for, or always fully in each.
    formula : callable
        Of a `Crosstab`.
    """

    name: str
    words: str
    term: str
    formula: Callable[[Crosstab], Floats]
    best: float = 1.0
    counts: Literal["asked", "full"] = "asked"


def _other(formula: Callable[[Crosstab], Floats]) -> Callable[[Crosstab], Floats]:
    return lambda c: formula(c.swapped)


MEASURES = (
    Measure(name="coterminosity", formula=f.coterminosity,
            words="overall fit: the mean of the next two shares",
            term="coterminosity, 1 − van Dongen distance"),
    Measure(name="containment_left", formula=f.containment,
            words="{what} kept together, in the {right} that holds most of the {left}",
            term="containment of {lefts}"),
    Measure(name="containment_right", formula=_other(f.containment),
            words="{what} kept together, in the {left} that holds most of the {right}",
            term="containment of {rights}"),
    Measure(name="split_share", formula=f.split, best=0.0,
            words="{what} cut off from most of the {left} by borders of {rights}",
            term="split share"),
    Measure(name="merge_share", formula=_other(f.split), best=0.0,
            words="{what} cut off from most of the {right} by borders of {lefts}",
            term="merge share"),
    Measure(name="one_to_one_left", formula=f.one_to_one, counts="full",
            words="shared boundaries: {lefts} that are one {right}",
            term="one-to-one share of {lefts}"),
    Measure(name="one_to_one_right", formula=_other(f.one_to_one), counts="full",
            words="shared boundaries: {rights} that are one {left}",
            term="one-to-one share of {rights}"),
    Measure(name="dominant_left", formula=f.dominance, counts="full",
            words="the average {left} has this share in one {right}",
            term="dominant share of {lefts}"),
    Measure(name="dominant_right", formula=_other(f.dominance), counts="full",
            words="the average {right} has this share in one {left}",
            term="dominant share of {rights}"),
    Measure(name="partners_left", formula=f.effective_partners,
            words="how many {rights} one {left} has to work with, if any",
            term="effective partners, inverse Simpson"),
    Measure(name="partners_right", formula=_other(f.effective_partners),
            words="how many {lefts} one {right} has to work with, if any",
            term="effective partners, inverse Simpson"),
    Measure(name="pieces_left", formula=f.pieces, counts="full",
            words="how many {rights} share more than a trace with one {left}, if any",
            term="pieces"),
    Measure(name="pieces_right", formula=_other(f.pieces), counts="full",
            words="how many {lefts} share more than a trace with one {right}, if any",
            term="pieces"),
    Measure(name="cut_left", formula=f.splits, best=0.0, counts="full",
            words="{lefts} of which one {right} holds a part, not all",
            term="splits of {lefts}"),
    Measure(name="cut_right", formula=_other(f.splits), best=0.0, counts="full",
            words="{rights} of which one {left} holds a part, not all",
            term="splits of {rights}"),
    Measure(name="best_jaccard", formula=f.best_jaccard, counts="full",
            words="how far one {left} and its best {right} are the same",
            term="best Jaccard"),
    Measure(name="best_dice", formula=f.best_dice, counts="full",
            words="the same, counting what they share twice",
            term="best Dice"),
    Measure(name="matched_share", formula=f.matched,
            words="{what} in pairs, if each {left} teams up with one {right} at most",
            term="one-to-one matching, Hungarian"),
    Measure(name="homogeneity", formula=f.homogeneity,
            words="how far knowing the {right} tells the {left}",
            term="homogeneity, I/H({left})"),
    Measure(name="completeness", formula=_other(f.homogeneity),
            words="how far knowing the {left} tells the {right}",
            term="completeness, I/H({right})"),
    Measure(name="v_measure", formula=f.v_measure,
            words="how far each tells the other (many small regions score high by chance)",
            term="V-measure"),
    Measure(name="variation_bits", formula=f.variation, best=0.0,
            words="yes-or-no questions that one layer leaves open about the other",
            term="variation of information, bits"),
    Measure(name="mapcurves", formula=f.mapcurves, counts="full",
            words="average fit of the regions of the layer that fits better",
            term="MapCurves goodness of fit"),
    Measure(name="adjusted_rand", formula=f.adjusted_rand,
            words="whether who shares a {left} shares a {right} too, over shuffling",
            term="adjusted Rand index"),
    Measure(name="adjusted_mutual", formula=f.adjusted_mutual,
            words="how far one layer tells the other, over shuffling",
            term="adjusted mutual information"),
)  # fmt: skip
NAMES = tuple(measure.name for measure in MEASURES)


def evaluate(asked: Crosstab, full: Crosstab) -> pd.DataFrame:
    """Return every measure of some cross tables, one row by table.

    ``asked`` counts people of covers as asked for, ``full`` fully in each region.
    """
    columns = {m.name: m.formula(full if m.counts == "full" else asked) for m in MEASURES}
    return pd.DataFrame(columns, dtype="float64")


def worded(left: tuple[str, str], right: tuple[str, str], what: str) -> pd.DataFrame:
    """Return ``words`` and ``term`` by measure, filled in with what regions are called.

    ``left`` and ``right`` are the words for one region and for several.
    """
    names = {"left": left[0], "lefts": left[1], "right": right[0], "rights": right[1]}
    names["what"] = what
    rows = {m.name: (m.words.format(**names), m.term.format(**names)) for m in MEASURES}
    return pd.DataFrame.from_dict(rows, orient="index", columns=["words", "term"])
