"""Claims about need: C16 and C17."""

import numpy as np
import pandas as pd
from scipy.stats import spearmanr

from coterminosity.auditing.findings import Claim, Evidence, Result

# A LEP map is homogeneous if it does better than all but one in twenty random plans.
_BETTER = 0.95


def _employment(evidence: Evidence) -> Result:
    column = evidence.indicator("employment_rate")
    found = evidence.null.need(column.to_frame(), evidence.atoms, "lep")
    row = found.iloc[0]
    return Result(
        holds=bool(row["rank"] > _BETTER),
        measured=(
            f"{row['measured']:.1%} of the spread of employment rates lies between LEPs; random "
            f"plans have {row['mean']:.1%} in the mean ({row['low']:.1%} to {row['high']:.1%}); "
            f"LEPs do better than {row['rank']:.0%} of them"
        ),
        reason=evidence.null.describe(),
        table=found.reset_index(),
    )


# Indicator, its plain name, and the sign that its correlation with employment should have.
_SIGNS = (
    ("avoidable_mortality", "preventable mortality", -1),
    ("personal_crime", "violent crime", -1),
    ("life_expectancy", "life expectancy", 1),
)


def _correlations(evidence: Evidence) -> Result:
    employment, rows = evidence.indicator("employment_rate"), []
    for word, title, sign in _SIGNS:
        both = pd.concat([employment, evidence.indicator(word)], axis=1).dropna()
        rho, p = spearmanr(both.iloc[:, 0], both.iloc[:, 1])
        rows.append((title, "higher" if sign > 0 else "lower", float(rho), float(p), len(both)))
    table = pd.DataFrame(
        rows, columns=["indicator", "expected where employment is higher", "rank_correlation",
                       "p_value", "districts"],
    )  # fmt: skip
    right = np.sign(table["rank_correlation"]) == [sign for *_, sign in _SIGNS]
    sure = table["p_value"] < 0.05
    return Result(
        holds=bool((right & sure).all()),
        measured="; ".join(f"{row[0]} {row[2]:+.2f}" for row in rows)
        + f" ({rows[0][4]} districts)",
        reason="rank correlations between districts, each counting once; personal crime stands "
        "for violent crime",
        table=table,
    )


CLAIMS = (
    Claim(id="C16", words="Employment rates are much the same within a LEP", source="R §3.2.2",
          how="share of the spread of employment rates between LEPs (η²), against random plans",
          expected="more than 95 % of random plans have", test=_employment, layers=("lad", "lep"),
          indicators=("employment_rate",)),
    Claim(id="C17", words="Where employment is higher, preventable mortality and violent crime are "
          "lower and life expectancy is higher", source="R §3.2.2",
          how="rank correlations between districts",
          expected="below 0, below 0, above 0, each beyond chance (p < 0.05)",
          test=_correlations, layers=("lad",),
          indicators=("employment_rate", *(word for word, *_ in _SIGNS))),
)  # fmt: skip
