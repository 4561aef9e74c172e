"""What a search for free areas keeps: its pool, best plan, bound and time."""

import time
from dataclasses import dataclass, field

import numpy as np

from coterminosity.proposing.costing import breaches, cost_of
from coterminosity.proposing.pool import Pool
from coterminosity.proposing.problem import Ints, Problem
from coterminosity.proposing.solved import Progress, Solved
from coterminosity.proposing.solver import Status

# Relative error of sums.
ROUNDING = 1e-9
NEED_NOTE = "need has no part in the bound, which holds because need costs 0 or more"
NO_PLAN = "no feasible plan was found; that is no proof that there is none"


@dataclass(eq=False)
class Quest:
    """Keep pool, best plan, bound and time."""

    problem: Problem
    pool: Pool
    seconds: float
    gap: float
    seed: int
    progress: Progress | None
    area: Ints | None = None
    cost: float = np.inf
    bound: float = -np.inf
    rounds: int = 0
    stopped: bool = False
    began: float = field(default_factory=time.monotonic)

    @property
    def left(self) -> float:
        """Seconds left."""
        return self.began + self.seconds - time.monotonic()

    def offer(self, area: Ints) -> None:
        """Keep a plan if it is feasible and better."""
        if not breaches(self.problem, area):
            cost = cost_of(self.problem, area)
            if cost < self.cost - 1e-9:
                self.area, self.cost = np.asarray(area).copy(), cost

    def prove(self, bound: float) -> None:
        """Keep a bound if it is better, rounded up to what a plan can cost."""
        self.bound = max(self.bound, min(self.rounded(bound), self.cost))

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
        room = self.gap * abs(self.cost) + ROUNDING * (1 + abs(self.cost))
        return self.area is not None and self.cost - self.bound <= room

    def tell(self, stage: str) -> None:
        """Tell the stage with best cost, bound and gap."""
        if self.progress is None:
            return
        best = f"{self.cost:,.0f}" if np.isfinite(self.cost) else "none yet"
        bound = f"{self.bound:,.0f}" if np.isfinite(self.bound) else "none yet"
        gap = (self.cost - self.bound) / abs(self.cost) if self.cost else 0.0
        share = f", gap {gap:.2%}" if np.isfinite(gap) else ""
        self.progress(f"{stage}: best {best}, bound {bound}{share}", self.rounds, 0)

    def solved(self, status: Status) -> Solved:
        """Return what was found."""
        notes = [NEED_NOTE] if self.problem.needs else []
        if self.bound == np.inf:
            status = "infeasible"
        elif self.area is None:
            notes.append(NO_PLAN)
        return Solved(
            area=self.area,
            cost=self.cost if self.area is not None else np.nan,
            bound=self.bound if self.bound > -np.inf else np.nan,
            status=status,
            seconds=time.monotonic() - self.began,
            rounds=self.rounds,
            notes=tuple(notes),
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
