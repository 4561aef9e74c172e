"""What an exact method found, and what it proved."""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from coterminosity.proposing.problem import Ints
from coterminosity.proposing.solver import Status

# Told the stage in words, how much is done, and how much there is to do (0: not known).
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, eq=False, kw_only=True)
class Solved:
    """Hold the best plan found and a bound that no plan beats.

    Attributes
    ----------
    area : array of int or None
        By unit: label; None where no feasible plan was found.
    cost : float
        As `costing.cost_of` counts it; NaN without a plan.
    bound : float
        No feasible plan costs less; NaN where nothing is proved, inf where none exists.
    status : {"optimal", "time limit", "infeasible", "interrupted"}
        ``optimal``: proved within the gap that was asked for.
    seconds : float
        Taken.
    rounds : int
        Programmes solved.
    notes : tuple of str
        What a reader of the result must know.
    """

    area: Ints | None
    cost: float
    bound: float
    status: Status
    seconds: float
    rounds: int
    notes: tuple[str, ...] = field(default=())

    @property
    def gap(self) -> float:
        """Relative distance of bound and cost; NaN where one is unknown."""
        if not np.isfinite(self.cost) or not np.isfinite(self.bound):
            return float("nan")
        return max(0.0, self.cost - self.bound) / max(abs(self.cost), 1e-9)
