"""Measure how well the boundaries of public bodies coincide, merge their areas and map them.

Examples
--------
>>> import coterminosity as ct
>>> data = ct.england_2017()
>>> overlap = data.atoms.overlap("lep", "stp", weight="population")
>>> round(ct.scores.split_share(overlap), 3)
0.291
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from coterminosity import diagrams as diagrams
    from coterminosity import errors as errors
    from coterminosity import maps as maps
    from coterminosity import money as money
    from coterminosity import need as need
    from coterminosity import page as page
    from coterminosity import scores as scores
    from coterminosity import vintages as vintages
    from coterminosity.atoms import Atoms as Atoms
    from coterminosity.auditing import audit as audit
    from coterminosity.brief import Brief as Brief
    from coterminosity.catalogue import layers as layers
    from coterminosity.certificate import Certificate as Certificate
    from coterminosity.chain import run as run
    from coterminosity.chance import null_model as null_model
    from coterminosity.coincidence import border_distances as border_distances
    from coterminosity.coincidence import borders_in_common as borders_in_common
    from coterminosity.coincidence import boundary_coincidence as boundary_coincidence
    from coterminosity.england import england_2017 as england_2017
    from coterminosity.errors import CoterminosityError as CoterminosityError
    from coterminosity.exploring import explore as explore
    from coterminosity.figures import read_figures as read_figures
    from coterminosity.governing import governance as governance
    from coterminosity.land import land_overlap as land_overlap
    from coterminosity.layer import BoundaryLayer as BoundaryLayer
    from coterminosity.loading import load as load
    from coterminosity.overlap import Overlap as Overlap
    from coterminosity.page import widget as widget
    from coterminosity.page import write_page as write_page
    from coterminosity.plan import Plan as Plan
    from coterminosity.plan_files import read_plan as read_plan
    from coterminosity.plan_files import write_plan as write_plan
    from coterminosity.proposing import propose as propose
    from coterminosity.proposing.assembling import reassign as reassign
    from coterminosity.proposing.ensemble import ensemble as ensemble
    from coterminosity.proposing.ensemble import rank as rank
    from coterminosity.proposing.frontier import frontier as frontier
    from coterminosity.proposing.judging import certify as certify
    from coterminosity.proposing.judging import compare as compare
    from coterminosity.proposing.judging import plan_of as plan_of
    from coterminosity.proposing.judging import prices as prices
    from coterminosity.reporting import report as report
    from coterminosity.scenario import Scenario as Scenario
    from coterminosity.units import UnitGraph as UnitGraph

__version__ = "0.1.0"

# Public name to the module that holds it; a module on the right alone is itself public. Loaded on
# first use, so that importing the package reads no file and loads no matplotlib.
_PUBLIC = {
    "Atoms": "atoms",
    "BoundaryLayer": "layer",
    "Brief": "brief",
    "Certificate": "certificate",
    "CoterminosityError": "errors",
    "Overlap": "overlap",
    "Plan": "plan",
    "Scenario": "scenario",
    "UnitGraph": "units",
    "audit": "auditing",
    "border_distances": "coincidence",
    "borders_in_common": "coincidence",
    "boundary_coincidence": "coincidence",
    "certify": "proposing.judging",
    "compare": "proposing.judging",
    "england_2017": "england",
    "ensemble": "proposing.ensemble",
    "diagrams": "",
    "errors": "",
    "explore": "exploring",
    "frontier": "proposing.frontier",
    "governance": "governing",
    "land_overlap": "land",
    "layers": "catalogue",
    "load": "loading",
    "maps": "",
    "money": "",
    "need": "",
    "null_model": "chance",
    "page": "",
    "plan_of": "proposing.judging",
    "prices": "proposing.judging",
    "propose": "proposing",
    "rank": "proposing.ensemble",
    "read_figures": "figures",
    "reassign": "proposing.assembling",
    "read_plan": "plan_files",
    "report": "reporting",
    "run": "chain",
    "scores": "",
    "vintages": "",
    "widget": "page",
    "write_page": "page",
    "write_plan": "plan_files",
}

__all__ = [*_PUBLIC, "__version__"]


def __getattr__(name: str) -> Any:
    if name not in _PUBLIC:
        raise AttributeError(f"module 'coterminosity' has no attribute {name!r}")
    home = _PUBLIC[name]
    module = import_module(f"coterminosity.{home or name}")
    return getattr(module, name) if home else module


def __dir__() -> list[str]:
    return sorted(__all__)
