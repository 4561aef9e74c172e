"""Proposals: merged areas by several methods, all from one brief."""

from typing import Literal, get_args

import pandas as pd

from coterminosity.atoms import Atoms
from coterminosity.brief import Brief
from coterminosity.errors import BriefError, CoterminosityError, listed, nearest
from coterminosity.overlay import Progress
from coterminosity.plan import Plan
from coterminosity.proposing.reform import reform
from coterminosity.units import UnitGraph

Method = Literal["reform", "optimal", "merge", "refine"]
SECONDS = 180.0


def propose(
    graph: UnitGraph,
    atoms: Atoms,
    brief: Brief | None = None,
    *,
    method: Method = "reform",
    base: Plan | pd.Series | None = None,
    start: Plan | pd.Series | None = None,
    time_limit: float = SECONDS,
    gap: float = 0.0,
    proposals: int | None = None,
    progress: Progress | None = None,
) -> Plan:
    """Propose merged commissioning areas.

    ``reform`` follows the source paper's rules: each seed (LEP) leads an area; units that one
    seed claims go to it (class A); overlaps go to the seed that the aligned layer (STP) follows
    (class B); where it follows both or neither the unit is contested (class C) and stays open
    unless ``brief.contested`` names a policy. Units that are then cut off from their area are
    rehomed at least cost.

    The other methods minimise the brief's cost under its constraints (``docs/conventions.md``)
    and return a certificate. ``optimal`` proves how good its plan is, and says *optimal* only
    where that is proved. ``merge`` joins areas that share most until the number and the band are
    met. ``refine`` improves a plan by local search.

    Parameters
    ----------
    graph : UnitGraph
        Units, borders and links over water.
    atoms : Atoms
        With the layers that the brief names and its measure.
    brief : Brief, optional
        The choices; those of the source paper by default.
    method : {"reform", "optimal", "merge", "refine"}
        How.
    base : Plan or Series, optional
        A plan in force (area by unit code), for ``status_quo_cost`` and ``frozen``.
    start : Plan or Series, optional
        Where ``optimal`` and ``refine`` begin; what breaks a demand is mended or not used.
    time_limit : float
        Seconds, after which the best plan so far is returned and says so.
    gap : float
        Share of the cost at which ``optimal`` is content.
    proposals : int, optional
        Changes that a search tries; the same number and seed give the same plan.
    progress : callable, optional
        Called with stage, steps done and steps to do. Ctrl-C returns the best plan so far, flagged
        ``interrupted``.

    Returns
    -------
    Plan
        With log, and a certificate or, by the rules, classes and alternatives of contested units.

    Raises
    ------
    BriefError
        Where the brief does not fit the graph or the atoms, cannot be met (the demands that clash
        are named), or the method is unknown.
    NameLookupError
        Where a layer, a unit or an area does not exist.
    CodeError
        Where nothing joins some units; they are named, with the nearest candidates.
    MeasureError
        Where people or figures are missing.

    References
    ----------
    Reform (2017), *Vive la devolution*, § 3.2.2.1.

    Examples
    --------
    >>> import coterminosity as ct
    >>> data = ct.england_2017()
    >>> plan = ct.propose(data.graph, data.atoms, ct.Brief(seed_layer="lep"))
    >>> plan.count, plan.units["class"].value_counts().to_dict()
    (38, {'A': 291, 'B': 29, 'C': 6})
    >>> best = ct.propose(data.graph, data.atoms, ct.Brief(), method="optimal", proposals=20_000)
    >>> best.certificate.status, round(best.certificate.cost)
    ('optimal', 7694295)
    """
    if brief is not None and not isinstance(brief, Brief):
        raise BriefError(f"brief: wanted a Brief, such as Brief(seed_layer='lep'), got {brief!r}")
    if method not in get_args(Method):
        raise BriefError(
            f"method: wanted {listed(map(repr, get_args(Method)))}, got {method!r}"
            f"{nearest(str(method), get_args(Method))}"
        )
    brief = brief or Brief()
    if method == "reform":
        return reform(graph, atoms, brief, progress=progress)
    # Solvers and kernels are loaded only where they are needed.
    from coterminosity.proposing.solving import solve_by

    return solve_by(
        method, graph, atoms, brief, base=areas_of(base), start=areas_of(start),
        seconds=time_limit, gap=gap, proposals=proposals, progress=progress,
    )  # fmt: skip


def areas_of(plan: Plan | pd.Series | None) -> pd.Series | None:
    """Return the area by unit code of a plan, or of what stands for one."""
    if plan is None or isinstance(plan, pd.Series):
        return plan
    if isinstance(plan, Plan):
        return plan.assignment
    raise CoterminosityError(f"wanted a Plan, or a Series of area by unit code, got {plan!r}")
