"""Whether any exchange between two or three adjacent areas improves a plan, settled exactly."""

import time
from dataclasses import dataclass

import numpy as np
import pandas as pd

from coterminosity.errors import BriefError, listed
from coterminosity.proposing.costing import breaches, cost_of
from coterminosity.proposing.frame import frame_of
from coterminosity.proposing.labelled import labelled
from coterminosity.proposing.lazily import settle
from coterminosity.proposing.problem import Ints, Problem
from coterminosity.proposing.separators import Ground, rows_of
from coterminosity.proposing.solved import Progress
from coterminosity.proposing.standing import Standing, step_of

COLUMNS = ["areas", "units", "cost", "bound", "gain", "proved"]
# Relative gain that is no more than an error of sums.
NOTHING = 1e-8
# Rounds of cuts before a window is an integer programme.
LINEAR_ROUNDS = 4


@dataclass(frozen=True, eq=False, kw_only=True)
class Windows:
    """Hold what every exchange between adjacent areas of a plan comes to.

    Attributes
    ----------
    size : int
        Areas of a window.
    area : array of int
        The plan; the improved one where that was asked for.
    cost : float
        Of that plan.
    count, proved : int
        Windows, and those of which it is proved that none of their exchanges improves the plan.
    gain : float
        Best gain found, 0 where none.
    table : DataFrame
        By window: ``areas, units, cost, bound, gain, proved``; cost and bound of the whole plan.
    steps : int
        Exchanges made.
    seconds : float
        Taken.
    stopped : bool
        Whether time or Ctrl-C left windows unsettled.
    """

    size: int
    area: Ints
    cost: float
    count: int
    proved: int
    gain: float
    table: pd.DataFrame
    steps: int
    seconds: float
    stopped: bool

    @property
    def holds(self) -> bool:
        """Tell whether it is proved that no exchange improves the plan."""
        return self.proved == self.count

    @property
    def statement(self) -> str:
        """What is certified, in a sentence."""
        number = {2: "two", 3: "three"}.get(self.size, str(self.size))
        if self.holds:
            return (
                f"no exchange between any {number} adjacent areas improves this plan "
                f"({self.count} windows, each settled exactly)"
            )
        if self.gain > 0:
            return f"an exchange between {number} adjacent areas gains {self.gain:,.0f}"
        return f"{self.proved} of {self.count} windows of {number} areas are settled, none gains"


def certify(
    problem: Problem,
    area: Ints,
    *,
    size: int = 2,
    improve: bool = False,
    seconds: float | None = None,
    seed: int = 1,
    progress: Progress | None = None,
) -> Windows:
    """Settle every exchange between ``size`` adjacent areas, all others fixed.

    Parameters
    ----------
    problem : Problem
        Prices and constraints.
    area : array of int
        A feasible plan.
    size : int
        Areas of a window, 2 or more.
    improve : bool
        Make each exchange that improves the plan, until none does.
    seconds : float, optional
        Time limit.
    seed : int
        Of the solver.
    progress : callable, optional
        Told windows done and to do.

    Raises
    ------
    BriefError
        Where the plan breaks a demand.
    """
    area = np.asarray(area, dtype=np.int64)
    broken = breaches(problem, area)
    if broken:
        raise BriefError(f"only a feasible plan can be certified, but {listed(broken, most=3)}")
    began = time.monotonic()
    until = np.inf if seconds is None else began + seconds
    cost, steps = cost_of(problem, area), 0
    while True:
        rows, best, stopped = _pass(problem, area, size, improve, until, seed, progress)
        if not improve or best is None:
            break
        area, cost, steps = best, cost_of(problem, best), steps + 1
        if stopped:
            break
    table = pd.DataFrame(rows, columns=COLUMNS)
    return Windows(
        size=size,
        area=area,
        cost=cost,
        count=len(table),
        proved=int(table["proved"].sum()),
        gain=float(table["gain"].max()) if len(table) else 0.0,
        table=table,
        steps=steps,
        seconds=time.monotonic() - began,
        stopped=stopped,
    )


def windows_of(problem: Problem, area: Ints, size: int) -> list[tuple[int, ...]]:
    """Return sets of labels whose areas hang together, by borders and links."""
    one, other = area[problem.edge_a], area[problem.edge_b]
    closed = {int(label) for label in np.flatnonzero(problem.closed)}
    near: dict[int, set[int]] = {}
    for a, b in zip(one.tolist(), other.tolist(), strict=True):
        if a != b and not closed & {a, b}:
            near.setdefault(a, set()).add(b)
            near.setdefault(b, set()).add(a)
    found = {frozenset((label,)) for label in near}
    for _ in range(size - 1):
        found = {own | {n} for own in found for label in own for n in near[label] - own}
    return sorted(tuple(sorted(own)) for own in found)


def _pass(
    problem: Problem, area: Ints, size: int, improve: bool, until: float, seed: int,
    progress: Progress | None,
) -> tuple[list[list[object]], Ints | None, bool]:  # fmt: skip
    """Settle every window; return rows, the plan with all exchanges made, and whether it stopped.

    Where exchanges are made, later windows start from the plan so far.
    """
    todo, rows = windows_of(problem, area, size), []
    better: Ints | None = None
    for number, labels in enumerate(todo):
        now = area if better is None or not improve else better
        cost, left = cost_of(problem, now), until - time.monotonic()
        if progress is not None:
            progress(f"windows of {size}: best {cost:,.0f}", number, len(todo))
        search = Standing(seconds=left, seed=seed, area=now, cost=cost, step=step_of(problem))
        stopped = left <= 0 or _settled(problem, search, labels) == "interrupted"
        gain = max(0.0, cost - search.cost)
        gain = gain if gain > NOTHING * (1 + abs(cost)) else 0.0
        proved = gain == 0 and search.bound >= cost - NOTHING * (1 + abs(cost))
        names = tuple(_title(problem, label) for label in labels)
        units = int(np.isin(now, labels).sum())
        rows.append([names, units, search.cost, search.bound, gain, proved])
        if gain > 0 and improve:
            better = search.area
        if stopped:
            rows += [_open(problem, area, own) for own in todo[number + 1 :]]
            return rows, better, True
    return rows, better, False


def _settled(problem: Problem, search: Standing, labels: tuple[int, ...]) -> str:
    """Settle one window: by its linear bound if that is enough, else round by round."""
    assert search.area is not None
    before, area = search.cost, search.area
    frame = frame_of(problem, np.array(labels, dtype=np.int64), area)
    alike = frame.labels >= len(problem.labels)
    model = labelled(frame, alike=alike if alike.sum() > 1 else None)
    fixed = _need_outside(problem, frame.area)
    solver = model.programme.load(seed=search.seed, relaxed=True)
    ground = Ground(frame)
    for _ in range(LINEAR_ROUNDS):
        answer = solver.solve(watched=False)
        search.prove(answer.bound + fixed)
        if answer.values is None or search.bound >= before - NOTHING * (1 + abs(before)):
            solver.close()
            return "optimal"
        cuts = ground.broken(model.shares(answer.values))
        if not cuts:
            break
        table, high = rows_of(model.x, cuts, solver.width)
        solver.add_rows(table, lower=-np.inf, upper=high)
        model = model.with_rows(table, high)
    solver.close()
    search.bound -= fixed
    _, status = settle(model, ground, search, seconds=search.left, gap=0.0)
    search.bound = min(search.bound + fixed, search.cost)
    return status


def _need_outside(problem: Problem, area: Ints) -> float:
    """Return the need term of the areas that are not in play, which the model does not know."""
    total = 0.0
    for need in problem.needs:
        for label in np.unique(area[area >= 0]):
            own = area == label
            weight, value = need.weight[own], need.value[own]
            if weight.sum() > 0:
                mean = (weight * value).sum() / weight.sum()
                total += need.price * float((weight * (value - mean) ** 2).sum())
    return total


def _open(problem: Problem, area: Ints, labels: tuple[int, ...]) -> list[object]:
    names = tuple(_title(problem, label) for label in labels)
    return [names, int(np.isin(area, labels).sum()), cost_of(problem, area), -np.inf, 0.0, False]


def _title(problem: Problem, label: int) -> str:
    return problem.labels[label] if label < len(problem.labels) else f"area {label + 1}"
