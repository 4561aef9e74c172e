"""Many plans that are nearly as good as the best, and what they agree on."""

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd

from coterminosity.errors import BriefError, MeasureError, listed
from coterminosity.naming import code_of
from coterminosity.overlay import Progress
from coterminosity.plan import Basis, Plan
from coterminosity.proposing.costing import breaches, cost_of
from coterminosity.proposing.judging import plan_of
from coterminosity.proposing.likeness import assignment_of, is_apart, numbered_as
from coterminosity.proposing.problem import Ints, Problem
from coterminosity.proposing.ranking import rank as rank
from coterminosity.proposing.search import recombine, refine

METHOD = "ensemble"
PAIR_COLUMNS = ["focal", "neighbour", "focal_name", "neighbour_name", "share_together"]
_PROPOSALS, _PLAIN_PROPOSALS = 200_000, 10_000
# Tries for each plan wanted; recombinations before a try double from 1, so many times over.
_TRIES, _KICKS = 3, 6
_EXACT = 1e-9
_MOST_NAMED = 8


@dataclass(frozen=True, eq=False, kw_only=True)
class Ensemble:
    """Hold plans that meet one brief, cost little more than the best, and differ from each other.

    They are those that a search found, not all there are, and not drawn evenly: shares are of
    these plans and no probabilities.

    Attributes
    ----------
    plans : array of int
        One row by plan, the best first, then by cost; one column by unit. Areas have the numbers
        of the best plan's areas that they match; areas without a match follow these.
    costs : array
        By plan.
    units : Index
        Codes of the units.
    best : Plan
        Of least cost: the plan that was given, or a better one that was found.
    within : float
        No plan costs more than ``1 + within`` times the best.
    apart : float
        Share of people by which every two plans differ at least.
    tries : int
        Searches made.
    note : str
        What else must be said, such as that fewer plans were found than wanted.
    problem : Problem
        What the plans solve.
    labels : array of int
        The plans as the problem numbers areas.
    """

    plans: npt.NDArray[np.int32]
    costs: npt.NDArray[np.float64]
    units: pd.Index
    best: Plan
    within: float
    apart: float
    tries: int
    note: str
    problem: Problem = field(repr=False)
    labels: npt.NDArray[np.int32] = field(repr=False)

    def __len__(self) -> int:
        return len(self.plans)

    def __repr__(self) -> str:
        noun = "plan" if len(self) == 1 else "plans"
        return (
            f"<Ensemble: {len(self)} {noun} within {self.within:.1%} of cost {self.costs[0]:,.0f}, "
            f"{self.apart:.1%} of people apart>"
        )

    @cached_property
    def _names(self) -> pd.Series:
        return pd.Series(list(self.problem.names), index=self.units)

    def plan(self, number: int) -> Plan:
        """Return one of the plans, 0 for the best, with its log and certificate.

        Raises
        ------
        MeasureError
            Where there is no plan of that number.
        """
        if not 0 <= number < len(self):
            raise MeasureError(f"plan: wanted a number from 0 to {len(self) - 1}, got {number}")
        if number == 0:
            return self.best
        return _assembled(self.problem, self.labels[number].astype(np.int64), self.best)

    def together(self, a: str, b: str) -> float:
        """Return the share of plans in which two units, by name or code, share an area.

        Raises
        ------
        NameLookupError
            Where there is no such unit.
        """
        one, other = (
            self.units.get_loc(code_of(unit, self._names, layer=self.best.brief.unit_layer))
            for unit in (a, b)
        )
        return float((self.plans[:, one] == self.plans[:, other]).mean())

    def pairs(self) -> pd.DataFrame:
        """Return how often units that border each other, or are linked, share an area.

        Returns
        -------
        DataFrame
            Each pair once: ``focal, neighbour`` (codes), ``focal_name, neighbour_name`` and
            ``share_together``, from 0 (a border of areas in every plan) to 1.
        """
        a, b = self.problem.edge_a, self.problem.edge_b
        names = self._names.to_numpy()
        columns = [
            self.units[a], self.units[b], names[a], names[b],
            (self.plans[:, a] == self.plans[:, b]).mean(axis=0),
        ]  # fmt: skip
        return pd.DataFrame(dict(zip(PAIR_COLUMNS, columns, strict=True)))

    def matrix(self) -> pd.DataFrame:
        """Return how often every two units share an area, units × units by code."""
        count = np.zeros((len(self.units), len(self.units)))
        for plan in self.plans:
            count += plan[:, None] == plan[None, :]
        return pd.DataFrame(count / len(self), index=self.units, columns=self.units)

    def certainty(self) -> pd.DataFrame:
        """Return how sure the area of each unit is.

        Returns
        -------
        DataFrame
            By ``code``: ``name``; ``people``; ``area``, the area of the best plan that most plans
            give the unit (areas of other plans are known by the people they have in common with
            those of the best one); ``share`` of plans that give it; ``rival``, the area that most
            of the others give, empty where none of the best plan's; ``certain``, whether all agree;
            ``in_best``, whether the best plan does; ``same_neighbours``, the share of plans in
            which the unit is together with the same bordering units as in the best plan.
        """
        plans, first = self.plans, self.plans[0]
        given = self.best.units["area"].reindex(self.units).to_numpy()
        name_of = dict(zip(first.tolist(), given.tolist(), strict=True))
        numbers = sorted(name_of)
        count = np.array([(plans == number).sum(axis=0) for number in numbers])
        # Of equals the best plan's own area.
        count = count + 0.5 * (first == np.array(numbers)[:, None])
        row = count.argmax(axis=0)
        main = np.array(numbers)[row]
        count[row, np.arange(len(row))] = -1.0
        rival, rivals = np.array(numbers)[count.argmax(axis=0)], count.max(axis=0) >= 1
        a, b = self.problem.edge_a, self.problem.edge_b
        other = (plans[:, a] == plans[:, b]) != (first[a] == first[b])
        changed = np.zeros(plans.shape, dtype=np.bool_)
        for edge in np.flatnonzero(other.any(axis=0)):
            changed[:, a[edge]] |= other[:, edge]
            changed[:, b[edge]] |= other[:, edge]
        return pd.DataFrame(
            {
                "name": self._names.to_numpy(),
                "people": self.problem.people,
                "area": [name_of[int(number)] for number in main],
                "share": (plans == main).mean(axis=0),
                "rival": [
                    name_of[int(n)] if any_ else "" for n, any_ in zip(rival, rivals, strict=True)
                ],
                "certain": (plans == main).all(axis=0),
                "in_best": main == first,
                "same_neighbours": 1.0 - changed.mean(axis=0),
            },
            index=self.units.rename("code"),
        )

    def describe(self) -> str:
        """Return a few lines in words."""
        table = self.certainty()
        certain = table["certain"]
        share = float(table.loc[certain, "people"].sum() / table["people"].sum())
        cost = f"{self.costs[0]:,.0f}"
        lines = [
            f"{len(self):,} plans that cost from {cost} to {self.costs.max():,.0f}; every two "
            f"differ for at least {self.apart:.1%} of people."
            if len(self) > 1
            else f"One plan, of cost {cost}.",
            f"{int(certain.sum()):,} of {len(table):,} units, with {share:.0%} of people, are in "
            f"the same area in every plan; {int((table['same_neighbours'] == 1).sum()):,} have the "
            "same neighbours in it in every plan.",
        ]
        unsure = table.loc[~certain].sort_values(["share", "people"], ascending=[True, False])
        if len(unsure):
            named = [
                f"{row['name']} ({row['area']} in {row['share']:.0%})"
                for _, row in unsure.iterrows()
            ]
            lines.append(f"Least sure: {listed(named, most=_MOST_NAMED)}.")
        lines.append("These are the plans that a search found, not all there are.")
        return "\n".join([*lines, self.note] if self.note else lines)


def ensemble(
    plan: Plan,
    *,
    within: float = 0.02,
    apart: float = 0.02,
    n: int = 100,
    rng: int | np.random.Generator | None = None,
    proposals: int | None = None,
    tries: int | None = None,
    progress: Progress | None = None,
) -> Ensemble:
    """Find many plans that meet a plan's brief at nearly its cost and differ from each other.

    Each try takes one of the plans so far, joins and cuts anew a few pairs of its areas at random,
    and refines the result; plans on the way that cost little enough and differ enough are kept.
    A plan better than all others is always kept, and takes the place of those too near to it.

    Parameters
    ----------
    plan : Plan
        Where the search begins; it must meet its brief.
    within : float
        Plans may cost this share more than the best.
    apart : float
        Share of people in units whose area differs, under the best matching of areas, between
        every two plans; 0 for plans that differ at all.
    n : int
        Plans wanted, the best included.
    rng : int, Generator or None
        Seed; the brief's by default. The same number gives the same plans.
    proposals : int, optional
        Changes that each try makes: 200,000 by default, 10,000 without compiled kernels.
    tries : int, optional
        Searches at most; three for each plan wanted by default.
    progress : callable, optional
        Called with stage, plans found and plans wanted. Ctrl-C returns the plans so far.

    Returns
    -------
    Ensemble
        With a note where fewer plans were found, or a better one than the plan given.

    Raises
    ------
    BriefError
        Where the plan has open units, breaks its brief, or does not know what it was made of.
    MeasureError
        Where a number is out of range.

    Examples
    --------
    >>> import coterminosity as ct
    >>> from coterminosity.proposing.ensemble import ensemble
    >>> data = ct.england_2017()
    >>> plan = ct.propose(data.graph, data.atoms, ct.Brief(contested="least-split"))
    >>> found = ensemble(plan, apart=0.005, n=3, rng=1, proposals=5000, tries=4)
    >>> found.together("Leeds", "Leeds")
    1.0
    """
    _check(within=within, apart=apart, n=n, proposals=proposals, tries=tries)
    problem, area, _ = plan._labelled()
    broken = breaches(problem, area)
    if broken:
        raise BriefError(
            f"an ensemble begins with a plan that meets its brief, but {listed(broken, most=3)}; "
            "propose one by another method or relax the brief"
        )
    pool = _Pool(problem, area, within=within, apart=apart, most=n)
    report = progress or (lambda stage, done, todo: None)
    seed = plan.brief.seed if rng is None else rng
    most, done, stopped = tries or _TRIES * n, 0, False
    source = np.random.default_rng(seed)
    while len(pool.areas) < n and done < most and not stopped:
        report(f"plans of nearly the same cost (try {done + 1} of {most})", len(pool.areas), n)
        try:
            stopped = _try(pool, source, done, proposals or _few())
        except KeyboardInterrupt:
            stopped = True
        done += 1
    return _ensemble(pool, plan, within, apart, tries=done, stopped=stopped)


def _check(
    *, within: float, apart: float, n: int, proposals: int | None, tries: int | None
) -> None:
    if not 0 <= within < np.inf:
        raise MeasureError(f"within: wanted a share of the cost of 0 or more, got {within}")
    if not 0 <= apart < 1:
        raise MeasureError(f"apart: wanted a share of people from 0 to 1, got {apart}")
    for name, value in (("n", n), ("proposals", proposals), ("tries", tries)):
        if value is not None and value < 1:
            raise MeasureError(f"{name}: wanted a whole number of 1 or more, got {value}")


def _few() -> int:
    from coterminosity.proposing.compiled import is_compiled

    return _PROPOSALS if is_compiled() else _PLAIN_PROPOSALS


class _Pool:
    """Plans kept so far; the best is always among them."""

    def __init__(
        self, problem: Problem, area: Ints, *, within: float, apart: float, most: int
    ) -> None:
        self.problem, self.within, self.apart, self.most = problem, within, apart, most
        self.areas, self.costs = [area], [cost_of(problem, area)]

    @property
    def best(self) -> float:
        return min(self.costs)

    def offer(self, area: Ints) -> None:
        """Keep a plan if it costs little enough and differs enough; a new best in any case."""
        cost, best = cost_of(self.problem, area), self.best
        better = cost < best - _EXACT * (1 + abs(best))
        if not better and (len(self.areas) >= self.most or cost > self._limit(best)):
            return
        people = self.problem.people
        far = [is_apart(people, area, other, self.apart) for other in reversed(self.areas)][::-1]
        if (not better and not all(far)) or breaches(self.problem, area):
            return
        if better:
            limit = self._limit(cost)
            kept = [k for k, own in enumerate(far) if own and self.costs[k] <= limit]
            self.areas = [self.areas[k] for k in kept]
            self.costs = [self.costs[k] for k in kept]
        self.areas.append(np.asarray(area, dtype=np.int64).copy())
        self.costs.append(cost)

    def _limit(self, best: float) -> float:
        return (1 + self.within) * best + _EXACT * (1 + abs(best))


def _try(pool: _Pool, source: np.random.Generator, number: int, proposals: int) -> bool:
    """Search once from one of the plans so far; tell whether the search was interrupted."""
    begin = pool.areas[int(source.integers(len(pool.areas)))]
    kick, search = (int(seed) for seed in source.integers(2**31, size=2))
    steps = 2 ** (number % _KICKS) // 2  # 0, 1, 2, 4, 8, 16
    if steps:
        begin = recombine(pool.problem, begin, steps=steps, seed=kick)
    found = refine(pool.problem, begin, proposals=proposals, seed=search, harvest=pool.offer)
    if found.feasible:
        pool.offer(found.area)
    return found.interrupted


def _ensemble(
    pool: _Pool, plan: Plan, within: float, apart: float, *, tries: int, stopped: bool
) -> Ensemble:
    problem = pool.problem
    given, order = pool.areas, np.argsort(np.array(pool.costs), kind="stable")
    labels = np.array([given[k] for k in order], dtype=np.int32)
    costs = np.array(pool.costs)[order]
    began = cost_of(problem, plan._labelled()[1])
    better = bool(costs[0] < began - _EXACT * (1 + abs(began)))
    best = _assembled(problem, given[order[0]], plan) if better else plan
    first = np.unique(labels[0], return_inverse=True)[1]
    aligned = [numbered_as(problem.people, own.astype(np.int64), first) for own in labels]
    notes = []
    if better:
        notes.append(
            f"The search found a better plan than the one given: {costs[0]:,.0f} instead of "
            f"{began:,.0f}."
        )
    if len(labels) < pool.most:
        notes.append(
            f"{len(labels):,} of the {pool.most:,} plans wanted were found in {tries:,} tries"
            f"{', then the search was interrupted' if stopped else ''}; allow a higher cost "
            "(within), smaller differences (apart) or more tries."
        )
    return Ensemble(
        plans=np.array(aligned, dtype=np.int32), costs=costs, units=pd.Index(list(problem.units)),
        best=best, within=within, apart=apart, tries=tries, note=" ".join(notes), problem=problem,
        labels=labels,
    )  # fmt: skip


def _assembled(problem: Problem, area: Ints, plan: Plan) -> Plan:
    """Return a plan of these labels, with what is proved of the brief."""
    basis, bound = plan.basis, plan.certificate.bound if plan.certificate else np.nan
    assert isinstance(basis, Basis)  # as _labelled has found
    return plan_of(
        assignment_of(problem, area), basis.graph, basis.atoms, plan.brief, method=METHOD,
        base=basis.base, bound=bound, notes=("found among plans of nearly the same cost",),
    )  # fmt: skip
