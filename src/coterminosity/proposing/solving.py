"""One way through every method that minimises: state, check, solve, assemble."""

from dataclasses import replace

import numpy as np
import pandas as pd

from coterminosity.atoms import Atoms
from coterminosity.brief import Brief
from coterminosity.certificate import Certificate
from coterminosity.errors import BriefError, CoterminosityError, NameLookupError
from coterminosity.overlay import Progress
from coterminosity.plan import Basis, Plan
from coterminosity.proposing.assembling import assemble
from coterminosity.proposing.costing import breaches, terms_of
from coterminosity.proposing.feasibility import check_feasible
from coterminosity.proposing.links import check_connected
from coterminosity.proposing.methods import Effort, Method, by_merging, by_proof, by_refining
from coterminosity.proposing.problem import Ints, Problem, labels_of
from coterminosity.proposing.reform import reform
from coterminosity.proposing.stating import state
from coterminosity.units import UnitGraph

METHODS: dict[str, Method] = {"optimal": by_proof, "merge": by_merging, "refine": by_refining}


def stated(
    graph: UnitGraph, atoms: Atoms, brief: Brief, *, base: pd.Series | None = None
) -> Problem:
    """Return the problem that a brief states, after checking that a plan may exist."""
    problem = state(graph, atoms, brief, base=base)
    check_connected(problem, atoms)
    check_feasible(problem)
    return problem


def solve_by(
    method: str,
    graph: UnitGraph,
    atoms: Atoms,
    brief: Brief,
    *,
    base: pd.Series | None,
    start: pd.Series | None,
    seconds: float,
    gap: float,
    proposals: int | None,
    progress: Progress | None,
) -> Plan:
    """Propose areas by a method that minimises the brief's cost; see `coterminosity.propose`."""
    report = progress or (lambda stage, done, todo: None)
    effort = Effort(proposals=proposals, seconds=seconds, gap=gap)
    report("stating the problem", 0, 1)
    problem = stated(graph, atoms, brief, base=base)
    basis = Basis(graph=graph, atoms=atoms, base=base)
    begin = None if start is None else _labels(problem, start)
    outcome = METHODS[method](problem, begin, effort, report)
    outcome = replace(
        outcome,
        certificate=replace(
            outcome.certificate, notes=(*outcome.certificate.notes, *oversized(problem))
        ),
    )
    if outcome.area is None:
        return _by_rules(problem, basis, outcome.certificate)
    return assemble(problem, outcome.area, basis, method=method, certificate=outcome.certificate)


def oversized(problem: Problem) -> tuple[str, ...]:
    """Say which bodies that lead areas are above the ceiling by themselves, and what to do."""
    brief, found = problem.brief, []
    if brief.size_rule == "report":
        return ()
    for label, (layer, code) in enumerate(problem.led_by):
        bodies = next((b for b in problem.bodies if b.layer == layer), None)
        if bodies is None:
            continue
        people = float(bodies.totals[bodies.names.index.get_loc(code)])
        ceiling = problem.label_ceiling.get(label, brief.size_ceiling)
        if people > ceiling and layer in brief.led_by:
            by = next(iter(brief.align), "stp")
            found.append(
                f"{problem.labels[label]} has {people:,.0f} people, above the ceiling of "
                f"{ceiling:,.0f}; to divide it along its {by.upper()}s, say "
                f'[divide] "{problem.labels[label]}" = "{by}"'
            )
    return tuple(found)


def _labels(problem: Problem, start: pd.Series) -> Ints:
    strange = sorted(set(map(str, start.index)) - set(problem.units))
    if strange:
        raise BriefError(f"start: the plan is of other units, such as {strange[0]}")
    labels = labels_of(problem, start)
    if (labels < 0).any():
        unit = problem.names[int(np.flatnonzero(labels < 0)[0])]
        raise BriefError(f"start: {unit} has no area; begin with a plan that leaves none open")
    return labels


def _by_rules(problem: Problem, basis: Basis, certificate: Certificate) -> Plan:
    """Return the rule-based plan, since a solver found none, and say so."""
    try:
        plan = reform(basis.graph, basis.atoms, replace(problem.brief, contested="least-split"))
        area = labels_of(problem, plan.assignment)
    except (BriefError, NameLookupError) as error:
        raise CoterminosityError(
            "no plan was found in time, and the rules give none either; give more time, a wider "
            f"band or fewer demands ({error})"
        ) from error
    note = "no plan that meets the brief was found in time; this is the rule-based plan"
    broken = [f"breaks a demand: {what}" for what in breaches(problem, area)[:5]]
    terms = terms_of(problem, area)
    return replace(
        plan,
        basis=basis,
        certificate=replace(
            certificate,
            status="rules",
            cost=float(terms.sum()),
            terms={str(term): float(value) for term, value in terms.items()},
            notes=(note, *broken, *certificate.notes),
        ),
    )
