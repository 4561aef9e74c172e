"""Solve a labelled model by rounds: an optimum, the cuts it breaks, and once more."""

import time
from dataclasses import replace

import numpy as np

from coterminosity.proposing.costing import cost_of
from coterminosity.proposing.covers import with_covers
from coterminosity.proposing.frame import Frame
from coterminosity.proposing.labelled import Labelled
from coterminosity.proposing.narrowing import Relaxed, columns_of, relaxed
from coterminosity.proposing.problem import Bools, Ints
from coterminosity.proposing.separators import Ground, rows_of
from coterminosity.proposing.solver import Solver, Status
from coterminosity.proposing.standing import Standing

# Gap of the first round, and what the next ones divide it by: cuts are found before it is proved.
FIRST_GAP, SHRINK = 0.01, 5.0
# Rounds of cuts on a linear programme, the rise of its bound below which they stop, and the part of
# the time left that one may take.
CUT_ROUNDS, WORTH_RISE, LINEAR_TIME = 20, 2e-4, 0.35


def raised(
    model: Labelled, near: Bools, search: Standing, *, gap: float, until: float,
    rise: float = WORTH_RISE, stage: str = "linear",
) -> tuple[Labelled, Relaxed | None, Status]:  # fmt: skip
    """Raise the linear bound of a model with cuts, over the pairs that matter.

    Parameters
    ----------
    model : Labelled
        To bound.
    near : array of bool
        By cluster and position: pairs to begin with.
    search : Standing
        Told of plans and bounds.
    gap : float
        At which to stop.
    until : float
        Seconds left in the search at which to stop: they are needed for plans.
    rise : float
        Relative rise of the bound below which rounds stop.
    """
    ground = Ground(model.frame)
    pairs = np.zeros(len(model.programme.cost), dtype=np.bool_)
    pairs[model.x[near & model.frame.allowed]] = True
    best: Relaxed | None = None
    last, rounds = -np.inf, 0
    while rounds < CUT_ROUNDS and search.left > until:
        use = columns_of(model.programme, pairs)
        found = relaxed(model, use, seconds=LINEAR_TIME * search.left, seed=search.seed)
        search.rounds += 1
        if found.values is None:
            if found.status != "infeasible" or pairs[model.x[model.x >= 0]].all():
                return model, best, found.status
            # Too few pairs for any plan: take all.
            pairs[model.x[model.x >= 0]] = True
            continue
        if best is None or found.bound > best.bound:
            best = found
        search.prove(max(found.bound, 0.0))
        search.offer(model.frame.problem, repaired(ground, model.area_of(found.values)))
        search.tell(stage)
        if search.is_done(gap):
            break
        cuts = ground.broken(model.shares(found.values))
        model, covers = with_covers(model, found.values)
        if found.worth.any():
            pairs |= found.worth
        elif not (cuts or covers) or found.bound - last < rise * abs(found.bound):
            break
        else:
            last, rounds = found.bound, rounds + 1
        model = model.with_cuts(cuts)
    return model, best, "optimal"


def settle(
    model: Labelled, ground: Ground, search: Standing, *, seconds: float, gap: float,
    cap: float = np.inf, stage: str = "exact",
) -> tuple[Labelled, Status]:  # fmt: skip
    """Solve a model round by round, offer what is found, and return the model with its cuts.

    Parameters
    ----------
    model : Labelled
        To solve.
    ground : Ground
        Where contiguity is judged: at least all pairs of the model.
    search : Standing
        Told of plans and bounds.
    seconds : float
        Time limit.
    gap : float
        At which to stop.
    cap : float
        The model holds all plans that cost less than this: its bound counts up to there.
    """
    solver = model.programme.load(seed=search.seed)
    until = time.monotonic() + min(seconds, search.left)
    status: Status = "time limit"
    contiguous = model.frame.problem.contiguous
    # Next to a good plan nothing but its proof is missing.
    loose = FIRST_GAP if contiguous and not search.is_done(3 * FIRST_GAP) else 0.0
    try:
        while until - time.monotonic() > 0:
            _give_start(model, solver, search)
            answer = solver.solve(
                seconds=until - time.monotonic(), gap=max(gap * 0.999, loose),
                enough=_enough(search, cap),
                progress=lambda _, bound: _watch(search, min(bound, cap), stage),
            )  # fmt: skip
            search.rounds += 1
            status = answer.status
            search.prove(min(answer.bound, cap))
            if answer.values is None:
                break
            area = model.area_of(answer.values)
            cuts = ground.cuts(area)
            search.offer(model.frame.problem, repaired(ground, area) if cuts else area)
            search.tell(stage)
            if status in ("interrupted", "time limit"):
                # Left because no better plan is in the model, a solve has proved what it could.
                status = "optimal" if answer.reached and search.is_done(gap) else status
                break
            if not cuts and loose <= gap:
                break
            if search.is_done(gap):
                break
            loose = loose / SHRINK if loose / SHRINK > max(gap, 1e-4) else 0.0
            if cuts:
                table, high = rows_of(model.x, cuts, solver.width)
                solver.add_rows(table, lower=-np.inf, upper=high)
                model = replace(model, programme=model.programme.with_rows(table, high))
    finally:
        solver.close()
    return model, status


def _enough(search: Standing, cap: float) -> float:
    """Return the bound at which a solve may be left: no better plan is in the model."""
    if -np.inf < cap < search.enough:
        return cap
    return search.enough if search.step else np.inf


def _watch(search: Standing, bound: float, stage: str) -> None:
    if np.isfinite(bound):
        search.prove(bound)
    search.tell(stage)


def _give_start(model: Labelled, solver: Solver, search: Standing) -> None:
    """Give the best plan as a start, as far as the model has its pairs."""
    if search.area is None:
        return
    frame = model.frame
    place = {int(label): position for position, label in enumerate(frame.labels)}
    first = np.array([own[0] for own in frame.members], dtype=np.int64)
    position = np.array([place.get(int(a), -1) for a in search.area[first]], dtype=np.int64)
    column = model.x[np.arange(len(first)), position]
    if (column < 0).any() or (position < 0).any():
        return
    values = np.zeros(solver.width)
    values[column] = 1.0
    used = np.zeros(len(model.opened), dtype=np.bool_)
    used[position] = True
    known = model.opened[model.opened >= 0]
    values[known] = used[model.opened >= 0]
    pairs = model.x[model.x >= 0]
    solver.start_at(np.concatenate([pairs, known]), values[np.concatenate([pairs, known])])


def repaired(ground: Ground, area: Ints) -> Ints:
    """Return an assignment whose stray pieces join the neighbouring area that costs least."""
    if not ground.frame.problem.contiguous:
        return area
    frame, area = ground.frame, area.copy()
    problem = frame.problem
    for _ in range(len(problem)):
        stray = _strays(ground, area)
        if not stray:
            break
        best: tuple[float, Ints] | None = None
        for piece in stray:
            near = {int(area[n]) for u in piece for n in ground.near[u]}
            for label in sorted(near - {int(area[min(piece)])}):
                trial = _moved(frame, area, piece, label)
                if trial is not None:
                    cost = cost_of(problem, trial)
                    if best is None or cost < best[0]:
                        best = (cost, trial)
            if best is not None:
                break
        if best is None:
            break
        area = best[1]
    return area


def _strays(ground: Ground, area: Ints) -> list[set[int]]:
    """Return the pieces that are not the main one of their area, the smallest first."""
    found: list[set[int]] = []
    for position, label in enumerate(ground.frame.labels):
        own = np.flatnonzero((area == label) & (ground.frame.cluster >= 0))
        pieces = ground.pieces(own.tolist())
        if len(pieces) > 1:
            leaders = ground.frame.leaders[position]
            roots = set() if leaders is None else set(leaders.tolist())
            main = next((p for p in pieces if p & roots), pieces[0])
            found += [p for p in pieces if p is not main]
    return sorted(found, key=lambda own: (len(own), min(own)))


def _moved(frame: Frame, area: Ints, piece: set[int], label: int) -> Ints | None:
    """Return the assignment with a piece, and what is joined to it, in another area."""
    at = np.flatnonzero(frame.labels == label)
    if not len(at):
        return None
    clusters = np.unique(frame.cluster[sorted(piece)])
    if not frame.allowed[clusters, at[0]].all():
        return None
    trial = area.copy()
    trial[np.isin(frame.cluster, clusters)] = label
    return trial
