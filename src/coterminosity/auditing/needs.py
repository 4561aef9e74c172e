"""Claims about need: C16 and C17."""

import numpy as np
import pandas as pd
from scipy.stats import spearmanr

from coterminosity.atoms import Atoms
from coterminosity.auditing.findings import Claim, Evidence, Result

# A LEP map is homogeneous if it does better than all but one in twenty random plans.
_BETTER = 0.95


def _employment(evidence: Evidence) -> Result:
    column = evidence.indicator("employment_rate").to_frame()
    atoms = evidence.atoms.with_layer("one_lep", _one_lep(evidence.atoms), of="lad")
    ways = {"half in each of two LEPs": "lep", "in one LEP only": "one_lep"}
    found = {way: evidence.null.need(column, atoms, layer).iloc[0] for way, layer in ways.items()}
    table = pd.DataFrame(found).T.rename_axis("districts in two LEPs count").reset_index()
    half, one = found.values()
    better = [bool(row["rank"] > _BETTER) for row in (half, one)]
    return Result(
        holds=better[0] if better[0] == better[1] else None,
        measured=(
            f"between random areas lies {one['mean']:.1%} of the spread of employment rates "
            f"({one['low']:.1%} to {one['high']:.1%}); between LEPs {one['measured']:.1%}, more "
            f"than in {one['rank']:.0%} of plans, with each district in one LEP, and "
            f"{half['measured']:.1%}, more than in {half['rank']:.0%}, with districts in two LEPs "
            "half in each"
        ),
        reason="layers that overlap, and areas of uneven size as LEPs are, score a little lower by "
        f"construction; {len(column)} districts have a figure; {evidence.null.describe()}",
        table=table,
    )


def _one_lep(atoms: Atoms) -> pd.Series:
    """Return for each district the LEP that holds most of it; of equals the smaller LEP."""
    overlap = atoms.overlap("lad", "lep")
    size = overlap.right_totals["weight"]
    pairs = overlap.pairs.assign(size=overlap.pairs["right"].map(size))
    ranked = pairs.sort_values(["left", "weight", "size", "right"],
                               ascending=[True, False, True, True])  # fmt: skip
    return ranked.drop_duplicates("left").set_index("left")["right"]


# Indicator, its plain name, and the sign that its correlation with employment should have.
_SIGNS = (
    ("avoidable_mortality", "avoidable mortality", -1),
    ("personal_crime", "personal crime", -1),
    ("life_expectancy", "life expectancy", 1),
)


def _correlations(evidence: Evidence) -> Result:
    employment, rows = evidence.indicator("employment_rate"), []
    for word, title, sign in _SIGNS:
        other = evidence.indicator(word)
        both = pd.concat([employment, other], axis=1, join="inner")
        rho = float(spearmanr(both.iloc[:, 0], both.iloc[:, 1]).statistic)
        expected = "higher" if sign > 0 else "lower"
        rows.append((title, str(other.name), expected, rho, len(both)))
    table = pd.DataFrame(
        rows, columns=["indicator", "column", "expected where employment is higher",
                       "rank_correlation", "districts"],
    )  # fmt: skip
    right = np.sign(table["rank_correlation"]) == [sign for *_, sign in _SIGNS]
    return Result(
        holds=bool(right.all()),
        measured="; ".join(f"{row[0]} {row[3]:+.2f}" for row in rows)
        + f" ({rows[0][4]} districts)",
        reason="rank correlations, each district counting once; avoidable mortality stands for "
        f"preventable and personal for violent crime; employment is {employment.name}",
        table=table,
    )


CLAIMS = (
    Claim(id="C16", words="Employment rates are much the same within a LEP", source="R §3.2.2",
          how="share of the spread of employment rates between LEPs (η²), against random plans",
          expected="more than in 95 % of random plans", test=_employment, layers=("lad", "lep"),
          indicators=("employment_rate",)),
    Claim(id="C17", words="Where employment is higher, preventable mortality and violent crime are "
          "lower and life expectancy is higher", source="R §3.2.2",
          how="rank correlations between districts",
          expected="below 0, below 0, above 0",
          test=_correlations, layers=("lad",),
          indicators=("employment_rate", *(word for word, *_ in _SIGNS))),
)  # fmt: skip
