"""Measured values against those of random plans: z, skill and rank."""

import numpy as np
import pandas as pd

# Values nearer than this are the same, computed in another order.
_TIE = 1e-9


def against(plans: pd.DataFrame, measured: pd.Series, best: pd.Series) -> pd.DataFrame:
    """Set measured values against those of random plans; see `NullModel.compare`."""
    mean, sd = plans.mean(), plans.std(ddof=1)
    room = best - mean
    better = plans.sub(measured, axis=1).mul(np.sign(room.where(room != 0, 1.0)), axis=1)
    known = better.notna()
    worse = ((better < -_TIE) + 0.5 * (better.abs() <= _TIE)).where(known).mean()
    table = pd.DataFrame(
        {
            "measured": measured,
            "mean": mean,
            "sd": sd,
            "low": plans.quantile(0.025),
            "high": plans.quantile(0.975),
            "z": (measured - mean) / sd.where(sd > _TIE),
            "skill": (measured - mean) / room.where(room.abs() > _TIE),
            "rank": worse,
            "effective": plans.apply(_effective),
        }
    )
    return table.rename_axis("measure")


def _effective(values: pd.Series) -> float:
    """Return n (1 − r)/(1 + r): independent plans that n plans of autocorrelation r are worth."""
    own = values.dropna().to_numpy(dtype=np.float64)
    if len(own) < 3 or np.ptp(own) < 1e-12:
        return float("nan")
    apart = own - own.mean()
    r = float(apart[1:] @ apart[:-1] / (apart @ apart))
    return float(len(own) * min((1 - r) / (1 + r), 1.0))
