"""What is asked of a finished plan: how it differs, what no exchange betters, what demands cost."""

import math
import time
from dataclasses import replace

import pandas as pd

from coterminosity.atoms import Atoms
from coterminosity.brief import Brief
from coterminosity.certificate import Certificate
from coterminosity.errors import BriefError, listed
from coterminosity.overlay import Progress
from coterminosity.plan import Basis, Plan
from coterminosity.proposing import areas_of
from coterminosity.proposing import prices as pricing
from coterminosity.proposing.assembling import assemble
from coterminosity.proposing.comparison import Comparison, compare_assignments
from coterminosity.proposing.costing import breaches, cost_of, terms_of
from coterminosity.proposing.free import resolve, solve_free
from coterminosity.proposing.methods import PROPOSALS, Effort, by_proof
from coterminosity.proposing.pool import Pool
from coterminosity.proposing.problem import labels_of
from coterminosity.proposing.solved import Solved
from coterminosity.proposing.solving import stated
from coterminosity.proposing.stating import state
from coterminosity.proposing.windows import Windows
from coterminosity.proposing.windows import certify as settle_windows
from coterminosity.units import UnitGraph


def compare(one: Plan, other: Plan | pd.Series) -> Comparison:
    """Compare two plans of the same units; their numbers of areas may differ.

    Areas are matched so that as many people as possible stay (Kuhn 1955); costs are by the first
    plan's brief.

    Parameters
    ----------
    one : Plan
        With what it was made of.
    other : Plan or Series
        Another plan, or area by unit code.

    Returns
    -------
    Comparison
        ``areas`` matched, units ``moved``, ``terms`` of cost changed, and the shortest ``script``
        of moves from one to the other that keeps areas in one piece; ``describe()`` in words.

    Raises
    ------
    BriefError
        Where the first plan does not know what it was made of.
    CodeError
        Where the plans are of different units.

    Examples
    --------
    >>> import coterminosity as ct
    >>> data = ct.england_2017()
    >>> rules = ct.propose(data.graph, data.atoms, ct.Brief(contested="least-split"))
    >>> best = ct.propose(data.graph, data.atoms, ct.Brief(), method="optimal", proposals=20_000)
    >>> compared = ct.compare(rules, best)
    >>> compared.units_moved > 0, bool(compared.terms["change"].iloc[-1] < 0)
    (True, True)
    """
    basis = _basis(one)
    problem = state(basis.graph, basis.atoms, one.brief, base=basis.base)
    second = areas_of(other)
    assert second is not None
    return compare_assignments(problem, one.assignment, second)


def certify(
    plan: Plan,
    *,
    size: int = 2,
    improve: bool = False,
    time_limit: float | None = None,
    progress: Progress | None = None,
) -> Windows:
    """Settle every exchange between two (or three) adjacent areas of a plan exactly.

    Parameters
    ----------
    plan : Plan
        One that meets its brief.
    size : int
        Areas of a window: 2 or 3.
    improve : bool
        Make each exchange that saves, until none does.
    time_limit : float, optional
        Seconds.
    progress : callable, optional
        Called with stage, windows done and to do. Ctrl-C returns what is settled so far.

    Returns
    -------
    Windows
        ``statement`` says what is certified; ``table`` has a row for each window.

    Raises
    ------
    BriefError
        Where the plan breaks a demand of its brief, or does not know what it was made of.
    """
    if size not in (2, 3):
        raise BriefError(f"size: wanted windows of 2 or 3 areas, got {size!r}")
    basis = _basis(plan)
    problem = state(basis.graph, basis.atoms, plan.brief, base=basis.base)
    area = labels_of(problem, plan.assignment)
    if (area < 0).any():
        raise BriefError(f"{listed(plan.open_units)} have no area; a plan with open units has no "
                         "cost to better")  # fmt: skip
    return settle_windows(
        problem, area, size=size, improve=improve, seconds=time_limit, seed=plan.brief.seed,
        progress=progress,
    )  # fmt: skip


def prices(
    plan: Plan,
    *,
    time_limit: float = 60.0,
    proposals: int | None = None,
    progress: Progress | None = None,
) -> pd.DataFrame:
    """Return the price of each demand of a plan's brief: what the best plan saves without it.

    Parameters
    ----------
    plan : Plan
        Its brief's locks, joins, parts, areas that must exist and band are priced.
    time_limit : float
        Seconds for each solve.
    proposals : int, optional
        Changes that searches try.
    progress : callable, optional
        Called with stage, demands done and to do.

    Returns
    -------
    DataFrame
        ``kind, what, cost_with, cost_without, price_low, price_high``; the price lies between the
        last two, which are equal where both solves are proved.

    Raises
    ------
    BriefError
        Where the plan does not know what it was made of.
    """
    basis, pools = _basis(plan), list[Pool]()

    def solve(brief: Brief) -> Solved:
        problem = stated(basis.graph, basis.atoms, brief, base=basis.base)
        if not problem.free:
            effort = Effort(seconds=time_limit, proposals=proposals)
            outcome = by_proof(problem, None, effort, lambda stage, done, todo: None)
            proof = outcome.certificate
            return Solved(
                area=outcome.area, cost=proof.cost, bound=proof.bound,
                status="optimal" if proof.status == "optimal" else "time limit",
                seconds=proof.seconds, rounds=0, notes=proof.notes,
            )  # fmt: skip
        if pools and len(pools[0].problem) == len(problem) and _same_terms(pools[0], brief):
            return resolve(problem, pools[0], seconds=time_limit, seed=brief.seed)
        solved, pool = solve_free(
            problem, seconds=time_limit, seed=brief.seed, proposals=proposals or PROPOSALS
        )
        pools.append(pool)
        return solved

    return pricing.prices(
        basis.graph, basis.atoms, plan.brief, solve, base=basis.base, progress=progress
    )


def _same_terms(pool: Pool, brief: Brief) -> bool:
    """Tell whether areas of a pool cost the same by another brief, and may be in its plans."""
    own = pool.problem.brief
    return (
        replace(own, must_join=brief.must_join, must_part=brief.must_part, locks=brief.locks)
        == brief
    )


def plan_of(
    assignment: pd.Series,
    graph: UnitGraph,
    atoms: Atoms,
    brief: Brief,
    *,
    method: str = "given",
    base: pd.Series | None = None,
    bound: float = math.nan,
    notes: tuple[str, ...] = (),
) -> Plan:
    """Return a plan of areas that someone gives, priced by a brief.

    Parameters
    ----------
    assignment : Series
        Area by unit code; every unit has one.
    graph : UnitGraph
        Units, borders and links.
    atoms : Atoms
        With the layers that the brief names.
    brief : Brief
        What it costs and must meet; what it breaks is in the certificate's notes.
    method : str
        How it was made.
    base : Series, optional
        A plan in force.
    bound : float
        What is proved, by who made it.
    notes : tuple of str
        For the certificate.

    Raises
    ------
    BriefError
        Where units have no area.
    """
    began = time.monotonic()
    problem = state(graph, atoms, brief, base=base)
    area = labels_of(problem, assignment)
    if (area < 0).any():
        names = [name for name, label in zip(problem.names, area, strict=True) if label < 0]
        raise BriefError(f"{listed(names)} have no area; give every unit one first")
    broken, cost = breaches(problem, area), cost_of(problem, area)
    proved = not broken and cost - bound <= 1e-6 * max(1.0, abs(cost))
    certificate = Certificate(
        cost=cost,
        bound=math.nan if broken else bound,
        status="infeasible" if broken else "optimal" if proved else "feasible",
        terms={str(t): float(v) for t, v in terms_of(problem, area).items()},
        seconds=time.monotonic() - began,
        seed=brief.seed,
        notes=(*notes, *(f"breaks a demand: {what}" for what in broken[:5])),
    )
    basis = Basis(graph=graph, atoms=atoms, base=base)
    return assemble(problem, area, basis, method=method, certificate=certificate)


def _basis(plan: Plan) -> Basis:
    if plan.basis is None:
        raise BriefError("this plan does not know its graph and atoms; propose it anew")
    return plan.basis
