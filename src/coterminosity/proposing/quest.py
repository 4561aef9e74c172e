"""What a search for free areas keeps: its pool, best plan, bound and time."""

from dataclasses import dataclass

import numpy as np

from coterminosity.proposing.pool import Pool
from coterminosity.proposing.problem import Problem
from coterminosity.proposing.solved import Solved
from coterminosity.proposing.solver import Status
from coterminosity.proposing.standing import NEED_NOTE, Standing

NO_PLAN = "no feasible plan was found; that is no proof that there is none"


@dataclass(eq=False, kw_only=True)
class Quest(Standing):
    """Keep a pool as well, and round bounds up to what a plan can cost."""

    problem: Problem
    pool: Pool
    gap: float = 0.0
    stopped: bool = False

    def prove(self, bound: float) -> None:
        """Keep a bound if it is better, rounded up to what a plan can cost."""
        super().prove(self.rounded(bound))

    def rounded(self, bound: float) -> float:
        """Return a bound rounded up to what a plan can cost."""
        step = step_of(self.problem)
        if step and np.isfinite(bound):
            return float(np.ceil(bound / step - 1e-6)) * step
        return bound

    @property
    def room(self) -> float:
        """How far above the bound a better plan can cost, at most."""
        return self.cost - step_of(self.problem) - self.bound

    @property
    def done(self) -> bool:
        """Whether the best plan is proved within the gap."""
        return self.is_done(self.gap)

    def solved(self, status: Status) -> Solved:
        """Return what was found."""
        notes = (NEED_NOTE,) if self.problem.needs else ()
        if self.bound == np.inf:
            return self.result("infeasible", notes)
        return self.result(status, notes if self.area is not None else (*notes, NO_PLAN))


def step_of(problem: Problem) -> float:
    """Return what every cost is a multiple of; 0 where that is nothing."""
    others = any(b.split_cost or b.merge_cost for b in problem.bodies) or problem.needs
    if others or (np.isfinite(problem.size_price) and problem.size_price > 0):
        return 0.0
    cost = problem.edge_cost[problem.edge_cost > 0]
    if not len(cost) or not np.array_equal(cost, np.round(cost)) or cost.max() > 1e6:
        return 0.0
    return float(np.gcd.reduce(cost.astype(np.int64)))


def most_cost(problem: Problem) -> float:
    """Return a cost that no plan exceeds."""
    total = float(problem.edge_cost.sum())
    for bodies in problem.bodies:
        total += (bodies.split_cost + bodies.merge_cost) * float(bodies.totals.sum())
    for need in problem.needs:
        total += need.price * float((need.weight * need.value**2).sum())
    if np.isfinite(problem.size_price):
        low = max([problem.floor, *problem.unit_floor.values()])
        total += problem.size_price * (problem.k_high * low + float(problem.people.sum()))
    return total
