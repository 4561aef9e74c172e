"""The optimal plan of free areas: a pool of areas, a master that chooses, and prices that prove."""

import time

from coterminosity.proposing.closing import price
from coterminosity.proposing.pool import Pool
from coterminosity.proposing.problem import Ints, Problem
from coterminosity.proposing.quest import Quest
from coterminosity.proposing.solved import Progress, Solved
from coterminosity.proposing.solver import Status
from coterminosity.proposing.standing import step_of
from coterminosity.proposing.triangles import bound_of_layers

# The part of the time that searches may take where prices follow, and units up to which they do:
# every unit is a root of its own, with minimum cuts over all others.
SEARCH_TIME, MOST_UNITS = 0.4, 5_000


def solve_free(
    problem: Problem,
    *,
    start: Ints | None = None,
    seconds: float,
    gap: float = 0.0,
    seed: int,
    proposals: int = 2_000_000,
    runs: int = 8,
    pool: Pool | None = None,
    progress: Progress | None = None,
) -> tuple[Solved, Pool]:
    """Return the best plan of areas that may lie anywhere, a bound, and the pool of areas.

    Searches fill a pool of areas; a linear master over these prices units; areas that would pay
    at these prices join the pool, until it is proved that there are none. An integer master
    chooses the plan.

    Parameters
    ----------
    problem : Problem
        With free areas.
    start : array of int, optional
        A plan to start from; one that breaks a demand is mended or not used.
    seconds : float
        Time limit.
    gap : float
        Relative gap at which to stop.
    seed : int
        The same seed gives the same plan, if no time limit interferes.
    proposals, runs : int
        Of the searches that fill the pool.
    pool : Pool, optional
        Areas known from before.
    progress : callable, optional
        Told the stage with best cost, bound and gap, and the number of programmes solved.
    """
    pool = Pool(problem) if pool is None else pool.within(problem)
    quest = Quest(
        problem=problem, pool=pool, seconds=seconds, gap=gap, seed=seed, progress=progress,
        step=step_of(problem),
    )  # fmt: skip
    quest.prove(bound_of_layers(problem))
    few = len(problem) <= MOST_UNITS
    if not few:
        quest.notes += (
            f"no more is proved for over {MOST_UNITS:,} units: the plan is the best that random "
            "changes found",
        )
    try:
        _search(quest, start, proposals, runs, share=SEARCH_TIME if few else 1.0)
        if few and not quest.stopped:
            price(quest)
    except KeyboardInterrupt:
        quest.stopped = True
    return quest.solved(_status(quest)), pool


def _search(
    quest: Quest, start: Ints | None, proposals: int, runs: int, *, share: float = SEARCH_TIME
) -> None:
    """Fill the pool with areas of plans that searches find, in a share of the time."""
    from coterminosity.proposing.search import first_plan, refine

    problem, deadline = quest.problem, quest.began + share * quest.seconds
    for run in range(runs):
        seed = quest.seed + run
        first = start if run == 0 and start is not None else first_plan(problem, seed=seed)
        found = refine(
            problem, first, proposals=proposals, seed=seed, deadline=deadline,
            harvest=quest.pool.add_plan,
        )  # fmt: skip
        if found.feasible:
            quest.offer(problem, found.area)
            quest.pool.add_plan(found.area)
        quest.tell(f"search {run + 1} of {runs}")
        if found.interrupted:
            quest.stopped = True
        if quest.stopped or time.monotonic() > deadline:
            break


def resolve(problem: Problem, pool: Pool, *, seconds: float, seed: int) -> Solved:
    """Return a plan that keeps more demands, chosen mainly from a pool made without them.

    Parameters
    ----------
    problem : Problem
        That of the pool with more demands.
    pool : Pool
        Of an earlier solve.
    seconds : float
        Time limit.
    seed : int
        Of the short search that adds areas with the demands.
    """
    quest = Quest(
        problem=problem, pool=pool.within(problem), seconds=seconds, seed=seed,
        step=step_of(problem),
    )  # fmt: skip
    quest.prove(bound_of_layers(problem))
    try:
        _search(quest, None, 400_000, 2)
        if not quest.stopped:
            price(quest)
    except KeyboardInterrupt:
        quest.stopped = True
    return quest.solved(_status(quest))


def _status(quest: Quest) -> Status:
    if quest.stopped:
        return "interrupted"
    return "optimal" if quest.done else "time limit"
