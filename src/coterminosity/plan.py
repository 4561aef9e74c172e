"""A plan: which unit goes to which area, with every decision that led there."""

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from coterminosity.atoms import Atoms
from coterminosity.brief import Brief
from coterminosity.certificate import Certificate
from coterminosity.errors import BriefError, CodeError, LayerError, listed
from coterminosity.layer import BoundaryLayer
from coterminosity.naming import code_of
from coterminosity.units import UnitGraph, parts_of

if TYPE_CHECKING:
    from coterminosity.proposing.problem import Problem
    from coterminosity.proposing.reasons import Reasons

UNIT_COLUMNS = ["name", "area", "class", "flag"]
DECISION_COLUMNS = [
    "step",
    "layer",
    "unit",
    "name",
    "class",
    "from",
    "to",
    "rule",
    "why",
    "score_before",
    "score_after",
    "flag",
]
PLAN_LAYER = "plan"


@dataclass(frozen=True, eq=False, kw_only=True)
class Basis:
    """What a plan was made of: units with borders, atoms, and a base plan where there is one."""

    graph: UnitGraph
    atoms: Atoms
    base: pd.Series | None = None


@dataclass(frozen=True, eq=False, kw_only=True)
class Plan:
    """Hold a partition of units into areas and the log of decisions that made it.

    Parameters
    ----------
    units : DataFrame
        By ``code``: ``name``, ``area`` (empty where open), ``class`` (``A`` no conflict, ``B``
        settled by the aligned layer, ``C`` contested) and ``flag`` (``negotiate``, ``rehomed``,
        ``locked`` or empty).
    areas : DataFrame
        By ``area`` (name): ``seed``, the code of the region that leads it.
    decisions : DataFrame
        In order: ``step, layer, unit, name, class, from, to, rule, why, score_before,
        score_after, flag``. Rows of the unit layer replay to ``units``; rows of aligned layers
        say what becomes of their regions.
    alternatives : DataFrame
        For every unit flagged ``negotiate``, one row per possible home with what it changes.
    brief : Brief
        The choices made.
    method : str
        How the plan was made.
    certificate : Certificate, optional
        Cost and bound; the rules of the source paper have none.
    basis : Basis, optional
        What it was made of, to say why.

    Raises
    ------
    CodeError
        Where a unit has neither an area nor the flag ``negotiate``, an area is unknown, or the
        log does not replay to the assignment.
    """

    units: pd.DataFrame
    areas: pd.DataFrame
    decisions: pd.DataFrame
    alternatives: pd.DataFrame
    brief: Brief
    method: str
    certificate: Certificate | None = None
    basis: Basis | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        if list(self.units.columns) != UNIT_COLUMNS or not self.units.index.is_unique:
            raise CodeError(f"plan: wanted units once each with columns {listed(UNIT_COLUMNS)}")
        if list(self.decisions.columns) != DECISION_COLUMNS:
            raise CodeError(
                f"plan: wanted decisions with columns {listed(DECISION_COLUMNS, most=20)}"
            )
        given = self.units["area"]
        strange = sorted(set(given) - set(self.areas.index) - {""})
        if strange:
            raise CodeError(f"plan: units are in areas that do not exist: {listed(strange)}")
        silent = self.units.loc[(given == "") & (self.units["flag"] != "negotiate"), "name"]
        if len(silent):
            raise CodeError(f"plan: {listed(silent)} have neither an area nor a flag")
        replayed = replay(self.decisions, layer=self.brief.unit_layer).reindex(given.index)
        wrong = self.units.loc[(replayed != given).to_numpy(), "name"]
        if len(wrong):
            raise CodeError(f"plan: the log does not lead to the areas of {listed(wrong)}")

    def __repr__(self) -> str:
        proof = f"; {self.certificate.describe()}" if self.certificate else ""
        return (
            f"<Plan by {self.method}: {len(self.units)} units in {self.count} areas, "
            f"{len(self.open_units)} open{proof}>"
        )

    @property
    def count(self) -> int:
        """How many areas have units."""
        return int(self.assignment.nunique())

    @cached_property
    def assignment(self) -> pd.Series:
        """Area by unit code; None where open."""
        area = self.units["area"].astype("object")
        return area.where(area != "", None)

    @property
    def open_units(self) -> pd.Series:
        """Names by code of units without an area."""
        return self.units.loc[self.units["area"] == "", "name"]

    @property
    def contested(self) -> pd.DataFrame:
        """Units to negotiate, open or with a provisional home; locked ones are settled."""
        return self.units.loc[self.units["flag"] == "negotiate"]

    def area_of(self, unit: str) -> str | None:
        """Return the area of a unit given by name or code; None where it is open."""
        code = code_of(unit, self.units["name"], layer=self.brief.unit_layer)
        return str(self.units["area"][code]) or None

    def why(self, unit: str) -> "Reasons":
        """Tell why a unit is in its area, and what it would take to move it.

        Parameters
        ----------
        unit : str
            Name or code.

        Returns
        -------
        Reasons
            ``table`` has a row for each neighbouring area: what the move would cost by term, which
            body would be split or made whole, what blocks it, and what would have to change for
            the answer to change. ``describe()`` says it in words.

        Raises
        ------
        NameLookupError
            Where there is no such unit.
        BriefError
            Where units are open, or the plan does not know what it was made of.

        Examples
        --------
        >>> import coterminosity as ct
        >>> data = ct.england_2017()
        >>> plan = ct.propose(data.graph, data.atoms, ct.Brief(contested="least-split"))
        >>> plan.why("Croydon").table["area"].to_list()
        ['Coast to Capital']
        """
        from coterminosity.proposing.reasons import why

        problem, area, names = self._labelled()
        code = code_of(unit, self.units["name"], layer=self.brief.unit_layer)
        return why(problem, area, problem.units.index(code), area_names=names)

    def contestable(self, most: int = 5) -> pd.DataFrame:
        """Return the units nearest to moving, with what the move would cost and why.

        Returns
        -------
        DataFrame
            ``unit, name, from, to, people, delta`` (cost of the move; below 0 where it saves),
            ``with_units`` (that must come along) and ``reason``, cheapest first.

        Raises
        ------
        BriefError
            Where units are open, or the plan does not know what it was made of.
        """
        from coterminosity.proposing.contestable import contestable

        problem, area, names = self._labelled()
        return contestable(problem, area, area_names=names, most=most)

    def _labelled(self) -> "tuple[Problem, npt.NDArray[np.int64], list[str]]":
        """Return the problem, the label of each unit and the name of each label."""
        from coterminosity.proposing.problem import labels_of
        from coterminosity.proposing.stating import state

        if self.basis is None:
            raise BriefError("this plan does not know its graph and atoms; propose it anew")
        if len(self.open_units):
            raise BriefError(
                f"{listed(self.open_units)} have no area yet; name a policy with contested= first"
            )
        problem = state(self.basis.graph, self.basis.atoms, self.brief, base=self.basis.base)
        area = labels_of(problem, self.assignment)
        given = self.units["area"].reindex(list(problem.units)).to_numpy()
        names = dict(zip(area.tolist(), given.tolist(), strict=True))
        top = int(area.max()) + 1
        spare = [*problem.labels, *[""] * top]
        return problem, area, [names.get(label, spare[label]) for label in range(top)]

    def on(self, atoms: Atoms) -> Atoms:
        """Return the atoms with the areas of the plan as one more layer, ``"plan"``.

        So that a proposal is scored by the same functions as today's layers.

        Examples
        --------
        >>> import coterminosity as ct
        >>> data = ct.england_2017()
        >>> plan = ct.propose(data.graph, data.atoms, ct.Brief(contested="least-split"))
        >>> overlap = plan.on(data.atoms).overlap("plan", "lad")
        >>> ct.scores.relation(overlap).isin(["union", "identical"]).all()
        np.True_
        """
        if not self.count:
            raise LayerError(
                "the plan has no area with units: every unit is to negotiate; name a policy with "
                "contested="
            )
        return atoms.with_layer(PLAN_LAYER, self.assignment, of=self.brief.unit_layer)

    def dissolve(self, layer: BoundaryLayer) -> BoundaryLayer:
        """Return the areas drawn by the units' own boundaries; open units are left out."""
        return layer.dissolve(self.assignment, layer=PLAN_LAYER)

    def no_conflict(self, atoms: Atoms) -> pd.Series:
        """Return the share of class A by people, land and units.

        Returns
        -------
        Series
            ``people, land, units`` from 0 to 1. Class A: one seed alone claims the whole unit. It
            is a fact of the layers, whatever the plan then does with the unit.
        """
        plain = self.units.index[self.units["class"] == "A"]
        own_layer = self.brief.unit_layer
        own = atoms.members.loc[atoms.members["layer"] == own_layer]
        inside = own.loc[own["code"].isin(plain), "atom"]
        shares = {
            name: float(
                atoms.weights(weight).loc[inside].sum() / atoms.total(weight, layer=own_layer)
            )
            for name, weight in (("people", "population"), ("land", "area"))
        }
        shares["units"] = len(plain) / len(self.units)
        return pd.Series(shares, name="no_conflict")

    def pieces(self, graph: UnitGraph) -> pd.Series:
        """Return into how many connected parts each area falls, over borders and links.

        An area whose parts are joined only by open units counts as in pieces until these are
        settled.
        """
        adjacency = graph.adjacency()
        groups = self.assignment.dropna().groupby(self.assignment.dropna()).groups
        count = {str(area): len(parts_of(list(codes), adjacency)) for area, codes in groups.items()}
        return pd.Series(count, name="pieces", dtype="int64").rename_axis("area")

    def area_table(self, atoms: Atoms) -> pd.DataFrame:
        """Return one row per area with units.

        Returns
        -------
        DataFrame
            By ``area``: ``population`` (people, without open units), ``area_km2``, ``districts``
            (units), ``number`` (on the map), ``seed`` (code of the region that leads it),
            ``open_claims`` (open units that the seed claims; each counts for every claimant),
            one column per aligned layer with the names of the regions that lie mainly here, and
            ``size_band`` (``below``, ``within`` or ``above`` the brief's floor and ceiling).
        """
        brief = self.brief
        planned = self.on(atoms)
        overlap = planned.overlap(PLAN_LAYER, brief.unit_layer)
        people = overlap.left_totals["weight"]
        land = planned.overlap(PLAN_LAYER, brief.unit_layer, weight="area").left_totals["weight"]
        areas = self.areas.loc[self.areas.index.isin(people.index)].sort_index()
        claims = self.alternatives.loc[self.alternatives["unit"].isin(self.open_units.index)]
        figures = {
            "population": people,
            "area_km2": land / 1e6,
            "districts": self.units["area"].value_counts(),
        }
        table = pd.DataFrame(figures).reindex(areas.index)
        table["number"] = range(1, len(table) + 1)
        table["seed"] = areas["seed"]
        table["open_claims"] = claims.groupby("area")["unit"].nunique()
        table["open_claims"] = table["open_claims"].fillna(0).astype("int64")
        for layer in brief.align:
            main = _main_regions(planned, layer, brief.weight)
            table[layer] = main.reindex(table.index).fillna("").astype("str")
        table["size_band"] = np.select(
            [table["population"] < brief.size_floor, table["population"] > brief.size_ceiling],
            ["below", "above"],
            default="within",
        )
        return table


def _main_regions(planned: Atoms, layer: str, weight: str) -> pd.Series:
    """Return by area the names of the regions of a layer that lie mainly in it."""
    pairs = planned.overlap(layer, PLAN_LAYER, weight=weight).pairs
    ranked = pairs.sort_values(["left", "weight", "right"], ascending=[True, False, True])
    home = ranked.drop_duplicates("left")
    names = planned.regions(layer).reindex(home["left"]).to_numpy()
    return pd.Series(names, index=home["right"].to_numpy()).groupby(level=0).agg("; ".join)


def replay(decisions: pd.DataFrame, *, layer: str) -> pd.Series:
    """Return the area by unit that a log of decisions leads to; empty where open."""
    own = decisions.loc[decisions["layer"] == layer]
    return own.drop_duplicates("unit", keep="last").set_index("unit")["to"].sort_index()
