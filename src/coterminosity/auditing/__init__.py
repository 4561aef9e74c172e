"""The audit: what the source papers claim, put to the test, claim by claim."""

import re

import pandas as pd

from coterminosity.atoms import Atoms
from coterminosity.auditing import areas, bodies, needs
from coterminosity.auditing.findings import (
    FAILS,
    HOLDS,
    SOURCES,
    UNTESTED,
    Audit,
    Claim,
    Evidence,
    Finding,
    Result,
)
from coterminosity.brief import Brief
from coterminosity.chance import Progress
from coterminosity.england import england_2017
from coterminosity.errors import CodeError, MeasureError, NameLookupError, listed
from coterminosity.scores import TOLERANCE
from coterminosity.units import UnitGraph

__all__ = ["CLAIMS", "SOURCES", "Audit", "Claim", "Finding", "audit"]

CLAIMS = tuple(
    sorted(
        (*bodies.CLAIMS, *areas.CLAIMS, *needs.CLAIMS),
        key=lambda c: (int(re.sub(r"\D", "", c.id)), c.id),
    )
)


def audit(
    atoms: Atoms | None = None,
    graph: UnitGraph | None = None,
    *,
    borders: pd.DataFrame | None = None,
    indicators: pd.DataFrame | None = None,
    work_programme: pd.Series | None = None,
    brief: Brief | None = None,
    tolerance: float = TOLERANCE,
    n: int = 1000,
    rng: int = 1,
    progress: Progress | None = None,
) -> Audit:
    """Test every claim of the source papers against the data.

    Parameters
    ----------
    atoms, graph : Atoms, UnitGraph, optional
        Of your own layers, named as in the catalogue; the embedded data of 2017 by default.
    borders : DataFrame, optional
        Borders between atoms: ``focal, neighbour, metres``; the embedded ones by default.
    indicators : DataFrame, optional
        Figures by district code; columns that begin with ``employment_rate``,
        ``avoidable_mortality``, ``personal_crime`` and ``life_expectancy`` are used.
    work_programme : Series, optional
        Work Programme area by district code.
    brief : Brief, optional
        Choices of the proposal.
    tolerance : float
        Share of a region's people below which an overlap is a trace.
    n, rng : int
        Random plans for claims about chance, and their seed.
    progress : callable, optional
        Called with stage, steps done and steps to do.

    Returns
    -------
    Audit
        A finding by claim: ``holds``, ``does not hold`` or ``cannot be tested``, with figures,
        reason and table. What is missing for a test is said.

    Raises
    ------
    CodeError
        Where districts of ``work_programme`` are not those of the atoms.
    MeasureError
        Where only one of ``atoms`` and ``graph`` is given.

    Examples
    --------
    >>> import coterminosity as ct
    >>> found = ct.audit()
    >>> found["C11"].verdict, found["C16"].verdict
    ('does not hold', 'cannot be tested')
    """
    if (atoms is None) != (graph is None):
        raise MeasureError("give atoms and graph together, or neither for the embedded data")
    if atoms is None or graph is None:
        data = england_2017()
        atoms, graph = data.atoms, data.graph
        borders = data.atom_graph.borders if borders is None else borders
    if work_programme is not None:
        atoms = _with_work_programme(atoms, work_programme)
    evidence = Evidence(
        atoms=atoms, graph=graph, borders=borders, indicators=indicators,
        brief=brief or Brief(tolerance=tolerance),
        tolerance=tolerance, n=n, rng=rng, progress=progress,
    )  # fmt: skip
    findings = []
    for done, claim in enumerate(CLAIMS):
        if progress is not None:
            progress(f"claim {claim.id}", done, len(CLAIMS))
        findings.append(_test(claim, evidence))
    about = {
        "data": atoms.source or "given by the caller",
        "vintage": atoms.vintage or "not stated",
        "people": f"{atoms.total('population'):,.0f}",
        "tolerance": f"{tolerance:.1%} of a region's people",
    }
    return Audit(findings=tuple(findings), about=about)


def _test(claim: Claim, evidence: Evidence) -> Finding:
    lacking = evidence.lacks(claim)
    if lacking:
        return Finding(
            claim=claim, verdict=UNTESTED, measured="", reason=f"needs {lacking}",
            table=pd.DataFrame(),
        )  # fmt: skip
    try:
        found = claim.test(evidence)
    except (NameLookupError, MeasureError) as error:
        # Other data may lack New Anglia, or figures: that is no verdict on the claim.
        found = Result(holds=None, measured="", reason=str(error))
    return Finding(
        claim=claim,
        verdict=UNTESTED if found.holds is None else HOLDS if found.holds else FAILS,
        measured=found.measured,
        reason=found.reason,
        table=found.table,
    )


def _with_work_programme(atoms: Atoms, areas_by_code: pd.Series) -> Atoms:
    given = areas_by_code.dropna()
    missing = atoms.regions("lad").index.difference(given.index)
    if len(missing):
        raise CodeError(
            f"Work Programme areas: {len(missing)} districts have none ({listed(missing)}); give "
            "one for each"
        )
    own = given.loc[given.index.intersection(atoms.regions("lad").index)]
    return atoms.with_layer("wpcpa", own.astype("str"), of="lad")
