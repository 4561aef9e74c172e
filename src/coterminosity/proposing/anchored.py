"""The optimal plan of labelled areas, or the best one with a bound that no plan beats."""

import time

import numpy as np

from coterminosity.proposing.costing import breaches
from coterminosity.proposing.frame import Frame, frame_of
from coterminosity.proposing.grouping import grouped
from coterminosity.proposing.homewise import divided
from coterminosity.proposing.labelled import labelled
from coterminosity.proposing.lazily import raised, repaired, settle
from coterminosity.proposing.narrowing import (
    excluded,
    narrowed,
    near_pairs,
)
from coterminosity.proposing.problem import Bools, Ints, Problem
from coterminosity.proposing.search import first_plan, refine
from coterminosity.proposing.separators import Ground
from coterminosity.proposing.solved import Progress, Solved
from coterminosity.proposing.solver import Status
from coterminosity.proposing.standing import NEED_NOTE, Standing, step_of
from coterminosity.proposing.triangles import bound_of_layers

# Shares above the linear bound below which a plan is looked for: few pairs are in such plans, and
# where there is none, that is a better bound. The part of the time left that one try may take.
GUESSES = (0.01, 0.018, 0.025, 0.04, 0.08, 0.16)
TRY_TIME = 0.4
# A linear bound below this share of the best cost leaves nothing out.
USEFUL, NEAR_TIME = 0.5, 0.7
# Random changes by unit before anything is proved, and later where much is left to prove; the part
# of the time left that they and the cut of bodies may take.
CHANGES, MORE_CHANGES, FIRST_TIME = 600, 2000, 0.1
WIDE = 0.02


def solve_anchored(
    problem: Problem,
    *,
    start: Ints | None = None,
    seconds: float,
    gap: float = 0.0,
    seed: int,
    progress: Progress | None = None,
) -> Solved:
    """Return the plan of least cost whose areas have the labels of the problem.

    The cheapest cut of bodies into groups is a first bound, and often a first plan, which random
    changes improve. A linear programme with cuts for contiguity bounds the cost from below; what
    no better plan can have is left out; an integer programme settles the rest, cut by cut.

    Parameters
    ----------
    problem : Problem
        With named areas only.
    start : array of int, optional
        A plan to start from; one that breaks a demand is not used.
    seconds : float
        Time limit.
    gap : float
        Relative gap at which to stop.
    seed : int
        Of the solver: the same seed gives the same plan, if no time limit interferes.
    progress : callable, optional
        Told the stage with best cost, bound and gap.
    """
    search = Standing(seconds=seconds, seed=seed, progress=progress, step=step_of(problem))
    search.prove(bound_of_layers(problem))
    frame = frame_of(problem, np.arange(len(problem.labels), dtype=np.int64))
    if not frame.allowed.any(axis=1).all():
        return _solved(search, "infeasible", problem)
    if start is not None:
        search.offer(frame.problem, np.asarray(start, dtype=np.int64))
    stopped = _sown(frame, search, gap)
    if search.is_done(gap):
        return _solved(search, "optimal", problem)
    if stopped:
        return _solved(search, "interrupted", problem)
    return _solved(search, _searched(frame, search, gap), problem)


def _sown(frame: Frame, search: Standing, gap: float) -> bool:
    """Look for a first bound and good plans; return whether Ctrl-C was pressed."""
    problem, seeds = frame.problem, []
    if search.left <= 0:
        return False
    cut = grouped(problem, seconds=FIRST_TIME * search.left, seed=search.seed)
    search.rounds += 1
    if cut is not None:
        search.prove(cut.bound)
        if cut.area is not None:
            search.offer(frame.problem, repaired(Ground(frame), cut.area))
            seeds.append(cut.area)
        search.tell("groups of bodies")
    if search.is_done(gap):
        return False
    if search.area is not None:
        seeds = [search.area]
    elif not seeds:
        seeds = [first_plan(problem, seed=search.seed)]
    stopped = _changed(frame, search, seeds, CHANGES)
    if search.area is None and not stopped:
        other = first_plan(problem, seed=search.seed)
        return _changed(frame, search, [other], CHANGES)
    return stopped


def _changed(frame: Frame, search: Standing, seeds: list[Ints], changes: int) -> bool:
    """Improve plans by random changes; return whether Ctrl-C was pressed."""
    until = time.monotonic() + FIRST_TIME * search.left
    stopped = False
    for area in seeds:
        found = refine(
            frame.problem, area, proposals=changes * len(frame.problem),
            seed=search.seed + search.rounds, deadline=until,
        )  # fmt: skip
        search.offer(frame.problem, found.area)
        stopped |= found.interrupted
    search.tell("random changes")
    return stopped


def _searched(frame: Frame, search: Standing, gap: float) -> Status:
    """Search, and return how it ended."""
    model, ground = labelled(frame), Ground(frame)
    near = near_pairs(frame, 1) | _pairs_of(frame, search.area)
    model, found, status = raised(model, near, search, gap=gap, until=search.left / 2)
    if status in ("infeasible", "interrupted") or search.is_done(gap):
        return "optimal" if search.is_done(gap) else status
    if found is None or found.bound < USEFUL * search.cost < np.inf:
        # No bound to leave pairs out by: a good plan among those near their leaders comes first.
        keep = near_pairs(frame, 2) | _pairs_of(frame, search.area)
        small, inner, _ = narrowed(model, keep)
        small = small.with_cuts(inner.first_cuts())
        _, status = settle(
            small, inner, search, seconds=NEAR_TIME * search.left, gap=gap, cap=-np.inf,
            stage="plans near the leaders",
        )  # fmt: skip
        if status == "interrupted":
            return status
        found = None
    if found is not None and search.area is not None:
        wide = search.bound < search.cost * (1 - WIDE)
        if wide and _changed(frame, search, [search.area], MORE_CHANGES):
            return "interrupted"
        return divided(model, found, search, gap)
    for share in GUESSES if found is not None else ():
        assert found is not None
        guess = min(search.cost, found.bound + share * abs(found.bound))
        small, inner, _ = narrowed(model, ~excluded(model, found, guess))
        small = small.with_cuts(inner.first_cuts())
        last = guess == search.cost
        _, status = settle(
            small, inner, search, seconds=search.left * (1.0 if last else TRY_TIME), gap=gap,
            cap=guess, stage=f"plans below {guess:,.0f}",
        )  # fmt: skip
        if search.is_done(gap):
            return "optimal"
        if last or status == "interrupted":
            return "interrupted" if status == "interrupted" else "time limit"
    _, status = settle(model, ground, search, seconds=search.left, gap=gap, stage="all plans")
    if search.is_done(gap):
        return "optimal"
    return status if status != "optimal" else "time limit"


def _pairs_of(frame: Frame, area: Ints | None) -> Bools:
    """Tell the pairs of a plan by cluster and position."""
    if area is None:
        return np.zeros_like(frame.allowed)
    first = np.array([own[0] for own in frame.members], dtype=np.int64)
    return np.asarray(area[first][:, None] == frame.labels[None, :])


def _solved(search: Standing, status: Status, problem: Problem) -> Solved:
    if status == "infeasible" and search.area is None:
        search.bound = np.inf
    if search.area is not None and breaches(problem, search.area):
        raise AssertionError("a plan that breaks a demand was kept")
    return search.result(status, (NEED_NOTE,) if problem.needs else ())
