"""Search by random changes: first plans, refinement by annealing, and random recombination."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import ModuleType

import numpy as np

from coterminosity.proposing import costing
from coterminosity.proposing import layout as at
from coterminosity.proposing.compiled import whole
from coterminosity.proposing.problem import NO_AREA, Ints, Problem
from coterminosity.proposing.sowing import Field, mended, sown, wanted_areas
from coterminosity.proposing.tableau import Tableau, tableau_of

# Proposals between two looks at the clock and the heat; a part of what a seed means.
BATCH = 4096
Harvest = Callable[[Ints], object]
Progress = Callable[[int, float], object]
# Heats of a round by what a random move changes, and of how many proposals 1,024 are large ones.
_HOT, _COLD, _COOLER, _LARGE = 0.35, 0.04, 1.0, 16
_ROUND = 1200
_HARVEST, _REPAIRS = 4, 40


@dataclass(frozen=True, eq=False)
class Found:
    """What a search found.

    Attributes
    ----------
    area : array of int
        By unit: the label of its area.
    cost : float
        As `costing.cost_of` counts it.
    feasible : bool
        Whether no constraint is broken; else this is the plan that broke least.
    proposals, accepted : int
        Changes tried and made.
    interrupted : bool
        Whether the search was stopped from the keyboard.
    """

    area: Ints
    cost: float
    feasible: bool
    proposals: int
    accepted: int
    interrupted: bool = False


def _kernels() -> tuple[ModuleType, ModuleType, ModuleType]:
    """Import the kernels, which compiles them where numba is there; so not before a search."""
    from coterminosity.proposing import cutting, reckoning, steps

    return steps, cutting, reckoning


class _Run:
    """A search in the making: its rows and how far it has come."""

    def __init__(self, tableau: Tableau, seed: int) -> None:
        self.tableau = tableau
        self.w, self.x = tableau.rows(seed)
        self.steps, self.cutting, self.reckoning = _kernels()

    def begin(self, nodes: Ints) -> None:
        """Open the books of an assignment of nodes."""
        start = self.w[at.AREA]
        self.w[start : start + len(nodes)] = whole(nodes)
        mean = float(self.tableau.problem.people.sum()) / max(1, wanted_areas(self.tableau))
        self.x[at.BAD_BEYOND], self.x[at.BAD_BROKEN] = 1.0 / mean, 10.0
        self.reckoning.rebuild(self.w, self.x)
        self.steps.note_best(self.w, self.x)

    def scale(self, cost: float, beyond: float, broken: float) -> None:
        """Say what counts how much in the search."""
        self.x[at.SCALE_COST] = cost
        self.x[at.SCALE_BEYOND] = beyond
        self.x[at.SCALE_BROKEN] = broken

    @property
    def best(self) -> Ints:
        """The best assignment so far, by unit."""
        return self.tableau.units_of(self.tableau.row(self.w, at.BEST))

    @property
    def current(self) -> Ints:
        """The assignment as it is, by unit."""
        return self.tableau.units_of(self.tableau.row(self.w, at.AREA))

    @property
    def feasible(self) -> bool:
        """Whether the best assignment so far breaks nothing, by the books."""
        return bool(self.x[at.BAD] <= 0.0)

    def explore(self, heat: float, large: int, count: int = BATCH) -> int:
        """Try a batch of proposals; return how often a new best was found."""
        found: int = self.steps.explore(self.w, self.x, count, float(heat), large)
        return found

    def found(self, *, interrupted: bool = False) -> Found:
        """Return the best so far, counted from scratch."""
        area = self.best
        return Found(
            area=area,
            cost=costing.cost_of(self.tableau.problem, area),
            feasible=not costing.breaches(self.tableau.problem, area),
            proposals=int(self.w[at.TRIED]),
            accepted=int(self.w[at.TAKEN]),
            interrupted=interrupted,
        )


def first_plan(problem: Problem, *, seed: int, attempts: int = 8) -> Ints:
    """Return a first plan: areas in one piece, within the band and the demands if at all possible.

    Free areas are divided in two at random spanning trees, again and again; led areas grow from
    their leaders. Then units move and areas recombine until no constraint is broken.

    Parameters
    ----------
    problem : Problem
        What must hold.
    seed : int
        Where random choices start.
    attempts : int
        New starts before the least infeasible plan is returned.

    Returns
    -------
    array of int
        Label by unit. `costing.breaches` says what it breaks, if anything.
    """
    tableau = tableau_of(problem)
    run = _Run(tableau, seed)
    rng = np.random.default_rng(seed)
    best, least = None, np.inf
    for _ in range(attempts):
        if problem.free:
            _divide(run)
        else:
            run.begin(sown(tableau, rng))
        _repair(run)
        if best is None or run.x[at.BAD] < least:
            best, least = run.best, float(run.x[at.BAD])
        if run.feasible:
            break
    assert best is not None
    return best


def _divide(run: _Run) -> None:
    """Divide what is free into areas of like weight."""
    tableau, problem = run.tableau, run.tableau.problem
    field = Field(tableau, np.asarray(tableau.fixed[at.PINNED]).copy())
    loose = [node for node, label in enumerate(field.label) if label < 0]
    named = len(problem.labels)
    spare = list(range(named, tableau.counts[at.LABELS] - 1))
    parts = field.pieces(loose) if problem.contiguous else [loose] if loose else []
    weights = [sum(field.people[u] for u in part) for part in parts]
    kept = len({label for label in field.label if label >= 0})
    shares = _shares(weights, max(wanted_areas(tableau) - kept, len(parts)))
    todo = []
    for part, share in zip(parts, shares, strict=True):
        label = spare.pop(0) if spare else NO_AREA
        for node in part:
            field.label[node] = max(label, 0)
        todo.append((label, share))
    run.begin(np.array(field.label, dtype=np.int64))
    while todo:
        label, share = todo.pop()
        if share < 2 or not spare or label < 0:
            continue
        half = share // 2
        other = spare.pop(0)
        if run.cutting.halve(run.w, run.x, label, other, _halves(run, label, half, share), 12):
            todo += [(label, half), (other, share - half)]


def _shares(weights: list[float], k: int) -> list[int]:
    """Return how many of k areas each part is given: at least one, and else by weight."""
    shares = [1] * len(weights)
    for _ in range(k - len(weights)):
        most = max(range(len(weights)), key=lambda i: (weights[i] / shares[i], -i))
        shares[most] += 1
    return shares


def _halves(run: _Run, label: int, half: int, share: int) -> tuple[float, float, float, float]:
    """Return the bands of the two parts of an area that is to become several."""
    problem = run.tableau.problem
    people = float(run.x[run.w[at.WEIGHT] + label])
    low, high = problem.floor, min(problem.ceiling, 1e300)
    if np.isfinite(problem.size_price) or not low * share <= people <= high * share:
        low, high = 0.0, 1e300
    mean, rest = people / share, share - half
    # Parts that are to be divided again stay nearer to the mean, so that they can be.
    low, high = max(low, 0.5 * mean), min(high, 1.5 * mean)
    near, far = (1 - 0.5 / half**0.5), (1 + 0.5 / half**0.5)
    low_one = max(low * half, mean * half * near) if half > 1 else low
    high_one = min(high * half, mean * half * far) if half > 1 else high
    return float(low_one), float(high_one), float(low * rest), float(high * rest)


def _repair(run: _Run) -> None:
    """Move units and recombine areas until no constraint is broken."""
    x, problem = run.x, run.tableau.problem
    mean = float(problem.people.sum()) / max(1, wanted_areas(run.tableau))
    run.scale(0.0, 100.0 / mean, 10.0)
    x[at.BAD] = 1e300
    run.steps.note_best(run.w, run.x)
    size = max(64, min(BATCH, 8 * len(problem)))
    for batch in range(_REPAIRS):
        if run.feasible:
            return
        run.explore(3.0 * (1 - batch / _REPAIRS) ** 2, 128, size)


def refine(
    problem: Problem,
    start: Ints,
    *,
    proposals: int,
    seed: int,
    harvest: Harvest | None = None,
    progress: Progress | None = None,
    deadline: float | None = None,
) -> Found:
    """Improve a plan by random changes, worse ones taken more rarely as the search cools.

    Units move alone, with what their leaving would cut off, or in chains (a swap is one of two);
    two areas are joined and cut anew; areas merge while others divide. Areas stay in one piece,
    pinned units stay where they are. After each round the search goes back to the best plan.

    Parameters
    ----------
    problem : Problem
        What is minimised and what must hold.
    start : array of int
        Label by unit.
    proposals : int
        Changes to try; the search is the same for the same seed and number.
    seed : int
        Where random choices start.
    harvest : callable, optional
        Is given feasible plans of low cost as they are found, label by unit.
    progress : callable, optional
        Is given proposals tried and the cost of the best plan, from time to time.
    deadline : float, optional
        Value of ``time.monotonic()`` after which no further batch is tried.

    Returns
    -------
    Found
        The feasible plan of least cost, or the least infeasible if none was found. If stopped from
        the keyboard, what was found so far, where that is feasible.
    """
    run = _Run(tableau_of(problem), seed)
    run.begin(mended(run.tableau, np.asarray(start, dtype=np.int64)))
    batches = -(-proposals // BATCH)
    # Large proposals cost time as areas are large.
    members = len(problem) // max(1, int(run.w[at.OPEN]))
    large = max(1, min(_LARGE, _LARGE * 60 // max(1, members)))
    try:
        for batch, heat in enumerate(_heats(run, batches)):
            better = run.explore(heat, large)
            _tighten(run)
            if harvest is not None:
                _hand_out(run, harvest, batch, better)
            if progress is not None and batch % 16 == 15:
                progress(int(run.w[at.TRIED]), float(run.x[at.BEST_COST]))
            if deadline is not None and time.monotonic() > deadline:
                break
    except KeyboardInterrupt:
        if not run.feasible:
            raise
        return run.found(interrupted=True)
    return run.found()


def _heats(run: _Run, batches: int) -> Iterator[float]:
    """Yield the heat of each batch; at the start of a round go back to the best plan."""
    typical = float(run.steps.typical_change(run.w, run.x, 512)) or 1.0
    mean = float(run.tableau.problem.people.mean())
    run.scale(1.0, 10.0 * typical / mean, 20.0 * typical)
    rounds = max(1, round(batches / _ROUND))
    hot = _HOT * typical
    done = 0
    for lap in range(rounds):
        length = batches * (lap + 1) // rounds - done
        if lap:
            run.steps.return_to_best(run.w, run.x)
            hot = max(hot * _COOLER, 3 * _COLD * typical)
        for batch in range(length):
            yield hot * (_COLD * typical / hot) ** (batch / length)
        done += length


def _tighten(run: _Run) -> None:
    """Let people outside the band count more while there are any, and less while there are none."""
    beyond = run.x[at.BEYOND] > 1e-5
    run.x[at.SCALE_BEYOND] *= 1.03 if beyond else 0.98


def _hand_out(run: _Run, harvest: Harvest, batch: int, better: int) -> None:
    """Hand out the best plan where it is new, and now and then the one that is."""
    if better and run.feasible:
        harvest(run.best)
    feasible = run.x[at.BEYOND] <= 1e-5 and run.x[at.BROKEN] <= 0.0
    if feasible and batch % _HARVEST == 0:
        harvest(run.current)


def recombine(problem: Problem, start: Ints, *, steps: int, seed: int) -> Ints:
    """Return a random plan: pairs of areas are joined and cut anew within the band, at any cost.

    Parameters
    ----------
    problem : Problem
        The band and the borders; costs do not count.
    start : array of int
        Label by unit, in one piece and within the band.
    steps : int
        Recombinations to try.
    seed : int
        Where random choices start.
    """
    run = _Run(tableau_of(problem), seed)
    run.begin(mended(run.tableau, np.asarray(start, dtype=np.int64)))
    run.scale(0.0, 1.0, 1.0)
    while steps > 0:
        run.steps.wander(run.w, run.x, min(steps, BATCH))
        steps -= BATCH
    return run.current
