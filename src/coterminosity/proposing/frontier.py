"""One brief solved at many values of one choice, so that what it trades off can be seen."""

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from coterminosity.atoms import Atoms
from coterminosity.brief import Brief
from coterminosity.errors import BriefError, CoterminosityError, MeasureError, listed
from coterminosity.overlay import Progress
from coterminosity.plan import Basis, Plan
from coterminosity.proposing import SECONDS, Method, areas_of, propose
from coterminosity.proposing.compiled import is_compiled
from coterminosity.proposing.costing import breaches, cost_of
from coterminosity.proposing.judging import plan_of
from coterminosity.proposing.likeness import assignment_of
from coterminosity.proposing.merging import merge
from coterminosity.proposing.problem import Ints, Problem, labels_of
from coterminosity.proposing.search import refine
from coterminosity.proposing.stating import state
from coterminosity.proposing.tradeoffs import table_of
from coterminosity.proposing.varying import Point, points_of
from coterminosity.units import UnitGraph

CRITERIA = ("split_people", "merge_people")
FLOOR_CRITERIA = (*CRITERIA, "-smallest")
_EXACT = 1e-6
_PROPOSALS, _PLAIN_PROPOSALS = 400_000, 10_000
_SEARCHES = ("optimal", "refine")  # methods that begin somewhere


@dataclass(frozen=True, eq=False, kw_only=True)
class Frontier:
    """Hold the plans that solve a brief at each value of one choice.

    Attributes
    ----------
    vary : str
        The choice that varies.
    table : DataFrame
        By value (as text where it is a pair of factors). ``split_people`` and ``merge_people``,
        people cut off from most of their body and people whose area is mainly another body's,
        added over the brief's layers without prices, so that points compare; for each layer
        ``split_people_<layer>``, ``split_share_<layer>``, ``merge_people_<layer>``,
        ``merge_share_<layer>``; ``cost, bound, gap, status`` by the brief of the point; ``areas``;
        ``smallest`` and ``largest`` area (people); ``eta_squared_<indicator>`` where asked for;
        ``moved``, the share of people in another area than in the point before (under the best
        matching of areas); ``efficient``, whether no other point is as good in all criteria and
        better in one; ``note``. NaN where no plan was found.
    plans : tuple of Plan or None
        By point; None where no plan was found.
    criteria : tuple of str
        Columns that ``efficient`` looks at; less is better, or more where ``-`` stands before.
    brief : Brief
        The brief that was varied.
    method : str
        How points were solved.
    interrupted : bool
        Whether it was stopped from the keyboard, so that points are missing.
    """

    vary: str
    table: pd.DataFrame
    plans: tuple[Plan | None, ...]
    criteria: tuple[str, ...]
    brief: Brief
    method: str
    interrupted: bool = False

    def __len__(self) -> int:
        return len(self.plans)

    def __repr__(self) -> str:
        return f"<Frontier: {len(self)} values of {self.vary} by {self.method}>"

    def describe(self) -> str:
        """Return a line for each point, in words."""
        lines = [f"{self.vary}, solved by {self.method} at {len(self)} values:"]
        for value, row in self.table.iterrows():
            if not np.isfinite(row["areas"]):
                lines.append(f"{value}: {row['note'] or 'no plan was found'}")
                continue
            proof = "proved optimal"
            if row["status"] != "optimal":
                known = np.isfinite(row["gap"])
                proof = f"at most {row['gap']:.1%} from the best" if known else "nothing proved"
            text = (
                f"{value}: {row['areas']:.0f} areas of {row['smallest']:,.0f} to "
                f"{row['largest']:,.0f} people; {row['split_people']:,.0f} cut off, "
                f"{row['merge_people']:,.0f} merged; {proof}"
            )
            lines.append(text if row["efficient"] else f"{text}; beaten by another value")
        if self.interrupted:
            lines.append("Interrupted: further values were not solved.")
        return "\n".join(lines)


def frontier(
    graph: UnitGraph,
    atoms: Atoms,
    brief: Brief | None = None,
    *,
    vary: str = "k",
    values: Iterable[Any] | None = None,
    method: Method = "optimal",
    base: Plan | pd.Series | None = None,
    indicators: Sequence[str] = (),
    criteria: Sequence[str] | None = None,
    time_limit: float = SECONDS,
    gap: float = 0.0,
    proposals: int | None = None,
    progress: Progress | None = None,
) -> Frontier:
    """Solve a brief at each of several values of one choice.

    Methods ``optimal`` and ``refine`` start each point from the cheapest of the plans of the points
    before, of the last of them with areas merged until they are few enough, and of
    ``method="merge"``. Where in the end the plan of another point meets a point's brief at less
    cost, it is taken for both.

    Parameters
    ----------
    graph : UnitGraph
        Units, borders and links.
    atoms : Atoms
        With the layers that the brief names.
    brief : Brief, optional
        All other choices.
    vary : str
        ``"k"``, the number of areas; ``"floor"``, the fewest people of an area, which becomes
        hard; ``"weights"``, the price of a person merged over that of one split, or pairs of
        factors for the brief's prices of splits and mergers (its prices of splits stand in for
        mergers without a price); any choice of the brief that is a number, such as
        ``"merge_cost"``; or an entry of a table of numbers, such as ``"need_costs.smoking"``.
    values : iterable, optional
        By default: for ``k`` nine numbers in the brief's range, or from 20 % below to 20 % above
        its number; for ``floor`` 0 to twice the brief's; for ``weights`` ¼ to 4.
    method : {"optimal", "refine", "merge", "reform"}
        How each point is solved.
    base : Plan or Series, optional
        A plan in force, for briefs that price change.
    indicators : sequence of str
        Columns of the units; η² between areas is told for each.
    criteria : sequence of str, optional
        Columns of the table by which points are compared; less is better, or more where ``-``
        stands before. By default people cut off and merged, and of floors ``"-smallest"``.
    time_limit : float
        Seconds for each point.
    gap, proposals, progress
        As in `propose`. Ctrl-C returns the points so far.

    Returns
    -------
    Frontier
        A point whose brief cannot be met is in the table, with the reason as ``note``.

    Raises
    ------
    BriefError
        Where the choice or a value is not one, no default values are known, or units are open.
    MeasureError
        Where an indicator or a criterion is unknown.

    Examples
    --------
    >>> import coterminosity as ct
    >>> from coterminosity.proposing.frontier import frontier
    >>> data = ct.england_2017()
    >>> found = frontier(data.graph, data.atoms, ct.Brief(anchors=[], merge_cost=1.0), vary="k",
    ...                  values=[36, 38, 40], method="merge")
    >>> found.table["areas"].to_list()
    [36, 38, 40]
    """
    brief = brief or Brief()
    unknown = [name for name in indicators if name not in graph.units]
    if unknown:
        raise MeasureError(
            f"indicators: units have no {listed(unknown)}, only {listed(graph.units.columns)}"
        )
    if criteria is None:
        criteria = FLOOR_CRITERIA if vary in ("floor", "size_floor") else CRITERIA
    points = points_of(brief, vary, values, anchors=_anchors(atoms, brief))
    basis = Basis(graph=graph, atoms=atoms, base=areas_of(base))
    solver = _Solver(basis, points, method)
    options = {"time_limit": time_limit, "gap": gap, "proposals": proposals}
    interrupted = False
    for number, point in enumerate(points):
        try:
            interrupted = solver.solve(point, options, _told(progress, point, number, len(points)))
        except KeyboardInterrupt:
            if not number:
                raise
            interrupted = True
        if interrupted:
            break
    if method in _SEARCHES:
        solver.exchange()
    table = table_of(
        basis,
        points,
        solver.plans,
        solver.notes,
        vary=vary,
        indicators=list(indicators),
        criteria=tuple(criteria),
    )
    return Frontier(
        vary=vary, table=table, plans=tuple(solver.plans), criteria=tuple(criteria), brief=brief,
        method=method, interrupted=interrupted,
    )  # fmt: skip


def _anchors(atoms: Atoms, brief: Brief) -> int:
    return sum(len(atoms.regions(layer)) for layer in brief.led_by)


def _told(
    progress: Progress | None, point: Point, number: int, count: int
) -> Callable[[str, int, int], None]:
    def told(stage: str, done: int, todo: int) -> None:
        if progress is not None:
            progress(f"{point.name} ({number + 1} of {count}): {stage}", done, todo)

    return told


class _Solver:
    """Points solved so far."""

    def __init__(self, basis: Basis, points: Sequence[Point], method: Method) -> None:
        self.basis, self.method, self.points = basis, method, points
        self.plans: list[Plan | None] = []
        self.notes: list[str] = []
        self.problems: list[Problem | None] = []

    def solve(self, point: Point, options: dict[str, Any], told: Progress) -> bool:
        """Solve one more point; tell whether it was interrupted."""
        graph, atoms, base = self.basis.graph, self.basis.atoms, self.basis.base
        plan, problem, note = None, None, point.note
        try:
            problem = state(graph, atoms, point.brief, base=base)
            plan = propose(
                graph, atoms, point.brief, method=self.method, base=base,
                start=self._start(problem, options), progress=told, **options,
            )  # fmt: skip
        except CoterminosityError as error:
            note = str(error)
            if problem is None and not self.plans and len(self.points) == 1:
                raise
        if plan is not None and len(plan.open_units):
            raise BriefError(
                f"{listed(plan.open_units)} have no area; name a policy with contested= first"
            )
        self.plans.append(plan)
        self.problems.append(problem)
        self.notes.append(note)
        stopped = plan.certificate.stopped if plan is not None and plan.certificate else ""
        return stopped == "interrupted"

    def _start(self, problem: Problem, options: dict[str, Any]) -> pd.Series | None:
        """Return the cheapest of the plans so far and of mergers that meets the brief."""
        if self.method not in _SEARCHES:
            return None
        known = [labels_of(problem, own.assignment) for own in self.plans if own is not None]
        known += [_fewer(problem, known[-1])] if known else []
        # Methods that are given a start do not look for one.
        found = [area for area in (*known, merge(problem).area) if not breaches(problem, area)]
        if not found:
            return None
        best = min(found, key=lambda area: cost_of(problem, area))
        if self.method == "optimal":
            best = _refined(problem, best, options)
        return assignment_of(problem, best)

    def exchange(self) -> None:
        """Give each point the cheapest plan of any that meets its brief."""
        given = list(self.plans)
        for number, (plan, problem) in enumerate(zip(given, self.problems, strict=True)):
            if plan is None or problem is None or plan.certificate is None:
                continue
            least = plan.certificate.cost
            for other, value in zip(given, self.points, strict=False):
                if other is None or other is plan:
                    continue
                area = labels_of(problem, other.assignment)
                cost = cost_of(problem, area)
                if cost < least - _EXACT * max(1.0, abs(cost)) and not breaches(problem, area):
                    least = cost
                    note = f"the plan of {value.name} costs less here than the one found first"
                    self.plans[number] = _taken(problem, area, self.basis, plan, note)
                    self.notes[number] = "; ".join(filter(None, [self.points[number].note, note]))


def _refined(problem: Problem, area: Ints, options: dict[str, Any]) -> Ints:
    """Return a plan improved by a short search, for an exact method to begin with."""
    few = options["proposals"] or (_PROPOSALS if is_compiled() else _PLAIN_PROPOSALS)
    found = refine(
        problem, area, proposals=few, seed=problem.brief.seed,
        deadline=time.monotonic() + 0.1 * options["time_limit"],
    )  # fmt: skip
    if found.interrupted:
        raise KeyboardInterrupt
    return found.area if found.feasible else area


def _fewer(problem: Problem, area: Ints) -> Ints:
    """Return a plan with neighbouring free areas merged, at least cost each, until they are few."""
    area, named = area.copy(), len(problem.labels)
    while problem.free and len(np.unique(area)) > problem.k_high:
        people = np.bincount(area, problem.people)
        one, other = area[problem.edge_a], area[problem.edge_b]
        low, high = np.minimum(one, other), np.maximum(one, other)
        # A named area keeps its name.
        wanted = (low < high) & (high >= named) & (people[low] + people[high] <= problem.ceiling)
        pairs = sorted(set(zip(low[wanted].tolist(), high[wanted].tolist(), strict=True)))
        if not pairs:
            break
        area = min(
            (np.where(area == b, a, area) for a, b in pairs), key=lambda own: cost_of(problem, own)
        )
    return area


def _taken(problem: Problem, area: Ints, basis: Basis, plan: Plan, note: str) -> Plan:
    """Return another point's plan with what is proved of this one."""
    own = plan.certificate
    assert own is not None
    taken = plan_of(
        assignment_of(problem, area), basis.graph, basis.atoms, plan.brief, method=plan.method,
        base=basis.base, bound=own.bound, notes=(*own.notes, note),
    )  # fmt: skip
    assert taken.certificate is not None
    stopped = "" if taken.certificate.status == "optimal" else own.stopped
    certificate = replace(taken.certificate, seconds=own.seconds, stopped=stopped)
    return replace(taken, certificate=certificate)
