"""Proposals: merged areas by several methods, all from one brief."""

from typing import Literal

from coterminosity.atoms import Atoms
from coterminosity.brief import Brief
from coterminosity.errors import BriefError
from coterminosity.overlay import Progress
from coterminosity.plan import Plan
from coterminosity.proposing.reform import reform
from coterminosity.units import UnitGraph

Method = Literal["reform"]


def propose(
    graph: UnitGraph,
    atoms: Atoms,
    brief: Brief | None = None,
    *,
    method: Method = "reform",
    progress: Progress | None = None,
) -> Plan:
    """Propose merged commissioning areas.

    ``method="reform"`` follows the source paper's rules: each seed (LEP) leads an area; units
    that one seed claims go to it (class A); overlaps go to the seed that the aligned layer (STP)
    follows (class B); where it follows both or neither the unit is contested (class C) and stays
    open unless ``brief.contested`` names a policy. Units that are then cut off from their area
    are rehomed at least cost. The method is deterministic.

    Parameters
    ----------
    graph : UnitGraph
        Units, borders and links over water.
    atoms : Atoms
        With the layers that the brief names and its measure.
    brief : Brief, optional
        The choices; those of the source paper by default.
    method : {"reform"}
        The rules of the source paper.
    progress : callable, optional
        Called with stage, steps done and steps to do.

    Returns
    -------
    Plan
        With log, classes and the alternatives of contested units.

    Raises
    ------
    BriefError
        Where the brief does not fit the graph or the atoms, or the method is unknown.
    NameLookupError
        Where a layer or a locked unit or area does not exist.

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
    """
    if brief is not None and not isinstance(brief, Brief):
        raise BriefError(f"brief: wanted a Brief, such as Brief(seed_layer='lep'), got {brief!r}")
    if method != "reform":
        raise BriefError(f"method: wanted 'reform', got {method!r}")
    return reform(graph, atoms, brief or Brief(), progress=progress)
