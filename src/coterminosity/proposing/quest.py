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
    """Keep a pool as well."""

    problem: Problem
    pool: Pool
    gap: float = 0.0
    stopped: bool = False
    notes: tuple[str, ...] = ()

    @property
    def room(self) -> float:
        """How far above the bound a better plan can cost, at most."""
        return self.cost - self.step - self.bound

    @property
    def done(self) -> bool:
        """Whether the best plan is proved within the gap."""
        return self.is_done(self.gap)

    def solved(self, status: Status) -> Solved:
        """Return what was found."""
        notes = (*self.notes, NEED_NOTE) if self.problem.needs else self.notes
        if self.bound == np.inf:
            return self.result("infeasible", notes)
        return self.result(status, notes if self.area is not None else (*notes, NO_PLAN))


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
