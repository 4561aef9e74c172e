"""Where an exact search stands: best plan, bound and time, told and handed out in one way."""

import time
from dataclasses import dataclass, field

import numpy as np

from coterminosity.proposing.costing import breaches, cost_of
from coterminosity.proposing.problem import Ints, Problem
from coterminosity.proposing.solved import Progress, Solved
from coterminosity.proposing.solver import Status

# Relative error of sums.
ROUNDING = 1e-9
NEED_NOTE = "need has no part in the bound, which holds because need costs 0 or more"


@dataclass(eq=False, kw_only=True)
class Standing:
    """Keep the best plan, the bound and the time of a search.

    The cost may hold terms of need, which no programme knows; the bound does not. Every cost is a
    multiple of ``step``, if that is not 0, and bounds are rounded up to one.
    """

    seconds: float
    seed: int
    progress: Progress | None = None
    area: Ints | None = None
    cost: float = np.inf
    bound: float = -np.inf
    rounds: int = 0
    step: float = 0.0
    began: float = field(default_factory=time.monotonic)

    @property
    def left(self) -> float:
        """Seconds left."""
        return self.began + self.seconds - time.monotonic()

    def offer(self, problem: Problem, area: Ints) -> bool:
        """Keep a plan if it is feasible and better, and tell whether it is feasible."""
        if breaches(problem, area):
            return False
        cost = cost_of(problem, area)
        if cost < self.cost - 1e-9:
            self.area, self.cost = np.asarray(area).copy(), cost
        return True

    def prove(self, bound: float) -> None:
        """Keep a bound if it is better, rounded up to what a plan can cost."""
        self.bound = max(self.bound, min(self.rounded(bound), self.cost))

    def rounded(self, bound: float) -> float:
        """Return a bound rounded up to what a plan can cost."""
        if self.step and np.isfinite(bound):
            return float(np.ceil(bound / self.step - 1e-6)) * self.step
        return bound

    @property
    def enough(self) -> float:
        """The bound from which on no better plan is left."""
        return self.cost - (1 - 1e-5) * self.step

    def is_done(self, gap: float) -> bool:
        """Tell whether the best plan is proved within a relative gap."""
        if self.area is None:
            return False
        return self.cost - self.bound <= gap * abs(self.cost) + ROUNDING * (1 + abs(self.cost))

    def tell(self, stage: str) -> None:
        """Tell the stage with best cost, bound and gap."""
        if self.progress is None:
            return
        best = f"{self.cost:,.0f}" if np.isfinite(self.cost) else "none yet"
        bound = f"{self.bound:,.0f}" if np.isfinite(self.bound) else "none yet"
        gap = (self.cost - self.bound) / abs(self.cost) if self.cost else 0.0
        share = f", gap {gap:.2%}" if np.isfinite(gap) else ""
        self.progress(f"{stage}: best {best}, bound {bound}{share}", self.rounds, 0)

    def result(self, status: Status, notes: tuple[str, ...]) -> Solved:
        """Return what was found."""
        found = self.area is not None
        return Solved(
            area=self.area,
            cost=self.cost if found else np.nan,
            bound=self.bound if self.bound > -np.inf else np.nan,
            status=status,
            seconds=time.monotonic() - self.began,
            rounds=self.rounds,
            notes=notes,
        )


def step_of(problem: Problem) -> float:
    """Return what every cost is a multiple of; 0 where that is nothing."""
    others = any(b.split_cost or b.merge_cost for b in problem.bodies) or problem.needs
    if others or (np.isfinite(problem.size_price) and problem.size_price > 0):
        return 0.0
    cost = problem.edge_cost[problem.edge_cost > 0]
    if not len(cost) or not np.array_equal(cost, np.round(cost)) or cost.max() > 1e6:
        return 0.0
    return float(np.gcd.reduce(cost.astype(np.int64)))
