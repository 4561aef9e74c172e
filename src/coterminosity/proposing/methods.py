"""The methods that minimise a brief's cost, each from the same problem to labels and a proof."""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from coterminosity.certificate import Certificate, Status
from coterminosity.errors import BriefError
from coterminosity.overlay import Progress
from coterminosity.proposing.anchored import solve_anchored
from coterminosity.proposing.costing import breaches, cost_of, terms_of
from coterminosity.proposing.feasibility import smallest_clash
from coterminosity.proposing.free import solve_free
from coterminosity.proposing.merging import merge
from coterminosity.proposing.problem import Ints, Problem
from coterminosity.proposing.search import Found, first_plan, refine

PROPOSALS = 2_000_000
# Changes for each unit that mend what mergers could not meet.
_CHANGES_OF_UNIT = 60
_CLASH_SECONDS, _CLASH_PROPOSALS = 5.0, 20_000


@dataclass(frozen=True, kw_only=True)
class Effort:
    """How hard a method tries.

    ``proposals`` are changes tried by a search, 2 million where none is given: seconds with
    compiled kernels, a minute or two without. ``seconds`` is a limit: what was found by then is
    returned. A plan is the same for the same seed and proposals where the limit did not bind.
    """

    seconds: float
    proposals: int | None = None
    gap: float = 0.0

    def __post_init__(self) -> None:
        if self.proposals is not None and self.proposals < 1:
            raise BriefError(f"proposals: wanted 1 or more, got {self.proposals}")
        if not self.seconds > 0:
            raise BriefError(f"time_limit: wanted seconds above 0, got {self.seconds}")
        if not 0 <= self.gap < 1:
            raise BriefError(f"gap: wanted a share from 0 to 1, got {self.gap}")


@dataclass(frozen=True, eq=False, kw_only=True)
class Outcome:
    """Labels with their certificate; None where no plan was found."""

    area: Ints | None
    certificate: Certificate


Method = Callable[[Problem, Ints | None, Effort, Progress], Outcome]


def by_merging(problem: Problem, start: Ints | None, effort: Effort, progress: Progress) -> Outcome:
    """Merge units until the number of areas and the band are met; mend what mergers cannot meet."""
    began = time.monotonic()
    progress("merging", 0, 1)
    merged = merge(problem)
    notes = (merged.note,) if merged.note else ()
    if not breaches(problem, merged.area):
        return _outcome(problem, merged.area, seconds=time.monotonic() - began, notes=notes)
    # Mergers alone cannot meet a tight band, since what is too large is never divided again.
    progress("mending mergers", 0, 1)
    changes = max(PROPOSALS // 4, min(PROPOSALS, _CHANGES_OF_UNIT * len(problem)))
    found = refine(
        problem, merged.area, proposals=effort.proposals or changes,
        seed=problem.brief.seed, deadline=began + effort.seconds,
    )  # fmt: skip
    why = f" ({merged.note})" if merged.note else ""
    mended = "mended by" if found.feasible else "not mended by"
    return _outcome(
        problem, found.area, seconds=time.monotonic() - began,
        notes=(f"mergers alone did not meet the brief{why}: {mended} {found.proposals:,} changes",),
        stopped=_stopped(found, effort.proposals or changes),
    )  # fmt: skip


def by_refining(
    problem: Problem, start: Ints | None, effort: Effort, progress: Progress
) -> Outcome:
    """Improve a plan by local search; without one, that of the mergers or a random one."""
    began = time.monotonic()
    area = _start(problem, start, progress)
    proposals = effort.proposals or PROPOSALS

    def told(done: int, cost: float) -> None:
        best = f" (best {cost:,.0f})" if cost < 1e100 else ""
        progress(f"refining{best}", min(done, proposals), proposals)

    found = refine(
        problem, area, proposals=proposals, seed=problem.brief.seed, progress=told,
        deadline=began + effort.seconds,
    )  # fmt: skip
    return _outcome(
        problem, found.area, seconds=time.monotonic() - began, stopped=_stopped(found, proposals),
        notes=(f"{found.proposals:,} changes tried",),
    )  # fmt: skip


def _stopped(found: Found, proposals: int) -> str:
    if found.interrupted:
        return "interrupted"
    return "time limit" if found.proposals < proposals else ""


def by_proof(problem: Problem, start: Ints | None, effort: Effort, progress: Progress) -> Outcome:
    """Find the best plan, or a good one and what no plan can cost less than."""
    began = time.monotonic()
    given = start if start is not None and not breaches(problem, start) else None
    if problem.free:
        solved, _ = solve_free(
            problem, start=given, seconds=effort.seconds, gap=effort.gap,
            seed=problem.brief.seed, progress=progress,
            proposals=effort.proposals or PROPOSALS,
        )  # fmt: skip
    else:
        solved = solve_anchored(
            problem, start=given, seconds=effort.seconds, gap=effort.gap,
            seed=problem.brief.seed, progress=progress,
        )  # fmt: skip
    if solved.area is None and solved.status == "infeasible":
        raise BriefError(_explained(problem))
    seconds = time.monotonic() - began
    # A solver that has tried all it can without a proof was not stopped by the clock.
    late = solved.status == "time limit" and seconds >= 0.8 * effort.seconds
    stopped = solved.status if late or solved.status == "interrupted" else ""
    if solved.area is None:
        return Outcome(
            area=None,
            certificate=Certificate(
                cost=math.nan, bound=solved.bound, status="rules", seconds=seconds,
                stopped=stopped, seed=problem.brief.seed, notes=solved.notes,
            ),
        )  # fmt: skip
    return _outcome(
        problem, solved.area, seconds=seconds, bound=solved.bound, stopped=stopped,
        notes=solved.notes,
    )  # fmt: skip


def _start(problem: Problem, start: Ints | None, progress: Progress) -> Ints:
    """Return a plan to begin with: the one given, else the better of a merged and a random one."""
    if start is not None:
        return start
    progress("first plan", 0, 1)
    merged = merge(problem).area
    if not breaches(problem, merged):
        return merged
    first = first_plan(problem, seed=problem.brief.seed)
    return merged if len(breaches(problem, first)) > len(breaches(problem, merged)) else first


def _outcome(
    problem: Problem,
    area: Ints,
    *,
    seconds: float,
    bound: float = math.nan,
    stopped: str = "",
    notes: tuple[str, ...] = (),
) -> Outcome:
    cost = cost_of(problem, area)
    broken = breaches(problem, area)
    if math.isfinite(bound):
        bound = max(bound, 0.0)  # every term is 0 or more
    status: Status = "infeasible" if broken else "feasible"
    if not broken and cost - bound <= 1e-6 * max(1.0, abs(cost)):
        status = "optimal"
    if broken:
        # A bound is one on plans that meet every demand; this one costs what it costs.
        bound = math.nan
        notes = (*notes, *(f"breaks a demand: {what}" for what in broken[:5]))
    return Outcome(
        area=np.asarray(area),
        certificate=Certificate(
            cost=cost,
            bound=bound,
            status=status,
            terms={str(term): float(value) for term, value in terms_of(problem, area).items()},
            stopped="" if status == "optimal" else stopped,
            seconds=seconds,
            seed=problem.brief.seed,
            notes=notes,
        ),
    )


def _explained(problem: Problem) -> str:
    """Say which demands cannot all be met, after a solver proved that some cannot."""

    def impossible(other: Problem) -> bool:
        if other.free:
            solved, _ = solve_free(
                other, seconds=_CLASH_SECONDS, gap=0.99, seed=other.brief.seed,
                proposals=_CLASH_PROPOSALS, runs=1,
            )  # fmt: skip
        else:
            solved = solve_anchored(other, seconds=_CLASH_SECONDS, gap=0.99, seed=other.brief.seed)
        return solved.status == "infeasible"

    names = smallest_clash(problem, impossible)
    return (
        f"no plan can meet the brief: {' and '.join(names)} clash, proved by trying each without "
        "the others; change one of them"
    )
