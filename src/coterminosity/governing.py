"""Who governs an area: a governance label from combined authorities and the tiers of its councils.

The facts are of November 2017 (table ``governance.csv``) and of the districts' own codes; the rule
looks at people, with a tolerance, and at nothing else.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from coterminosity.atoms import ATOM_LAYER, Atoms
from coterminosity.errors import CodeError, listed
from coterminosity.scores.crosstab import TOLERANCE
from coterminosity.tables import read_money_tables

LABELS = {
    "mayor": "combined authority with mayor",
    "no mayor": "combined authority without mayor",
    "unknown": "combined authority, mayor not known",
    "london": "Greater London Authority",
    "unitary": "unitary",
    "none": "to be formed",
}
# First three letters of a district's code: the tier of its council.
TIERS = {
    "E06": "unitary",
    "E07": "county district",
    "E08": "metropolitan district",
    "E09": "London borough",
}
_SINGLE = (
    "unitary",
    "metropolitan district",
)  # councils with the powers of a county and a district
_LONDON = "London borough"
Unit = Mapping[Any, Any]
UNIT_COLUMNS = ["council", "tier", "authority", "authority_name", "mayor"]
_COLUMNS = [
    "label", "authority", "share_of_area", "share_of_authority", "councils", "tiers", "note",
]  # fmt: skip


def tier_of(code: str) -> str:
    """Return the tier of a district's council by its code, empty where the code does not say.

    The City of London counts as a London borough.

    Examples
    --------
    >>> tier_of("E08000003"), tier_of("E09000001"), tier_of("x")
    ('metropolitan district', 'London borough', '')
    """
    return TIERS.get(str(code)[:3].upper(), "")


def units_governed(
    atoms: Atoms,
    unit_layer: str = "lad",
    *,
    council_layer: str = "lad",
    authority_layer: str = "combined_authority",
    mayors: Mapping[str, bool] | None = None,
) -> pd.DataFrame:
    """Return for each unit its council, the tier of it, and its combined authority.

    Parameters
    ----------
    atoms : Atoms
        With the layers; without combined authorities every unit is in none.
    unit_layer : str
        Units of a plan: ``"lad"``, ``"atom"``, ...
    council_layer, authority_layer : str
        Districts and combined authorities.
    mayors : mapping, optional
        Whether a combined authority has an elected mayor, by code; as of November 2017 by default.

    Returns
    -------
    DataFrame
        By code of unit: ``council``, code of the district with most of its people; ``tier``;
        ``authority`` and ``authority_name`` of the combined authority with more than half of its
        people, else empty; ``mayor``: ``yes``, ``no``, ``unknown``, or empty without authority.

    Examples
    --------
    >>> import coterminosity as ct
    >>> units_governed(ct.england_2017().atoms).loc["E08000003"].to_list()
    ['E08000003', 'metropolitan district', 'E47000001', 'Greater Manchester', 'yes']
    """
    own = atoms.as_units() if unit_layer == ATOM_LAYER else atoms
    codes = own.regions(unit_layer).index
    council = _main(own, unit_layer, council_layer, least=0.0)
    authority = _main(own, unit_layer, authority_layer, least=0.5)
    names = own.regions(authority_layer) if authority_layer in own.layers else pd.Series(dtype=str)
    known = _mayors() if mayors is None else mayors
    words = {code: "yes" if elected else "no" for code, elected in known.items()}
    said = [words.get(code, "unknown") if code else "" for code in authority]
    return pd.DataFrame(
        {
            "council": council,
            "tier": [tier_of(code) for code in council],
            "authority": authority,
            "authority_name": [str(names.get(code, "")) for code in authority],
            "mayor": said,
        },
        index=codes,
    )


def governance_of(
    units: pd.DataFrame,
    people: pd.Series,
    area: pd.Series,
    *,
    tolerance: float = TOLERANCE,
) -> pd.DataFrame:
    """Return the governance label of each area of an assignment.

    With tolerance e (1 %), by people: an area that is the same as a combined authority (at least
    1−e of each in the other) is a *combined authority with mayor* or *without mayor*; one with at
    least 1−e of its people in London boroughs is under the *Greater London Authority*; one with at
    least 1−e in a single council that is a unitary or metropolitan district is *unitary*; any other
    is *to be formed*.

    Parameters
    ----------
    units : DataFrame
        As `units_governed` returns it.
    people : Series
        By unit.
    area : Series
        Area by unit; None or empty where open.
    tolerance : float
        Share of people, 0 ≤ e < 0.5.

    Returns
    -------
    DataFrame
        By ``area``: ``label``; ``authority``, name of the combined authority (or Greater London
        Authority) with most of its people, empty where none has any; ``share_of_area``, the share
        of its people there; ``share_of_authority``, the share of the authority's people that are
        in the area; ``councils``, how many it has; ``tiers`` of them; ``note``, a sentence.

    Raises
    ------
    CodeError
        Where units of the assignment are not in the table.

    Examples
    --------
    >>> import coterminosity as ct
    >>> data = ct.england_2017()
    >>> units = units_governed(data.atoms)
    >>> tees = units["authority_name"].where(units["authority_name"] == "Tees Valley", "Rest")
    >>> governance_of(units, data.graph.units["population"], tees)["label"].to_dict()
    {'Rest': 'to be formed', 'Tees Valley': 'combined authority with mayor'}
    """
    strange = area.index.difference(units.index)
    if len(strange):
        raise CodeError(f"governance: no unit {listed(strange)} in the table of units")
    own = units.reindex(area.index).rename_axis(None)
    own = own.assign(people=people.reindex(area.index).astype("float64"), area=area)
    london = own["tier"] == _LONDON
    label = LABELS["london"]
    own.loc[london, ["authority", "authority_name", "mayor"]] = [label, label, "yes"]
    totals = _added(own.to_dict("records"), "authority")
    placed: dict[str, list[Unit]] = {}
    for unit in own.loc[own["area"].notna() & (own["area"] != "")].to_dict("records"):
        placed.setdefault(str(unit["area"]), []).append(unit)
    rows = {name: _row(placed[name], totals, tolerance) for name in sorted(placed)}
    return pd.DataFrame(list(rows.values()), index=list(rows), columns=_COLUMNS).rename_axis("area")


def governance(
    atoms: Atoms,
    layer: str = "plan",
    *,
    tolerance: float = TOLERANCE,
    mayors: Mapping[str, bool] | None = None,
) -> pd.DataFrame:
    """Return the governance label of each region of a layer, or each area of a plan.

    Parameters
    ----------
    atoms : Atoms
        With the layer: of a plan, ``plan.on(atoms)``.
    layer : str
        ``"plan"``, ``"lep"``, ...
    tolerance, mayors
        See `governance_of` and `units_governed`.

    Returns
    -------
    DataFrame
        As `governance_of`, by code. A cover's regions are looked at one by one.

    Examples
    --------
    >>> import coterminosity as ct
    >>> labels = ct.governance(ct.england_2017().atoms, "lep")
    >>> labels["label"].value_counts().to_dict()["combined authority with mayor"]
    3
    """
    units = units_governed(atoms, ATOM_LAYER, mayors=mayors)
    people = atoms.weights("population")
    members = atoms.members.loc[atoms.members["layer"] == layer]
    tables = []
    for code in atoms.regions(layer).index:
        inside = units.index.isin(members.loc[members["code"] == code, "atom"])
        area = pd.Series(np.where(inside, code, ""), index=units.index)
        tables.append(governance_of(units, people, area, tolerance=tolerance))
    return pd.concat(tables).rename_axis(layer)


def _mayors() -> dict[str, bool]:
    table = read_money_tables().governance
    return {str(code): said == "yes" for code, said in table["mayor"].items()}


def _main(atoms: Atoms, unit_layer: str, layer: str, *, least: float) -> pd.Series:
    """Return the region with most people of each unit, empty where it has ``least`` or less."""
    codes = atoms.regions(unit_layer).index
    if layer not in atoms.layers:
        return pd.Series("", index=codes)
    overlap = atoms.overlap(unit_layer, layer)
    pairs = overlap.pairs.sort_values(["left", "weight", "right"], ascending=[True, False, True])
    first = pairs.drop_duplicates("left").set_index("left")
    total = overlap.left_totals["weight"].reindex(first.index)
    main = first["right"].where(first["weight"] > least * total, "")
    return main.reindex(codes, fill_value="").astype("str")


def _added(units: Iterable[Unit], by: str) -> dict[str, float]:
    """Return people by authority or council."""
    found: dict[str, float] = {}
    for unit in units:
        found[unit[by]] = found.get(unit[by], 0.0) + unit["people"]
    return found


def _most(people: dict[str, float]) -> str:
    """Return the code with most people, of equals the first."""
    return min(people, key=lambda code: (-people[code], code))


def _row(part: list[Unit], totals: dict[str, float], tolerance: float) -> dict[str, object]:
    people = float(sum(unit["people"] for unit in part))
    councils = _added(part, "council")
    row: dict[str, object] = {
        "label": LABELS["none"],
        "authority": "",
        "share_of_area": float("nan") if not people else 0.0,
        "share_of_authority": float("nan"),
        "councils": len(councils),
        "tiers": _tiers(part),
        "note": "in no combined authority",
    }
    inside = _added((unit for unit in part if unit["authority"]), "authority")
    if inside and people:
        first = _most(inside)
        own = next(unit for unit in part if unit["authority"] == first)
        of_area, of_authority = inside[first] / people, inside[first] / totals[first]
        row |= {"authority": own["authority_name"], "share_of_area": of_area,
                "share_of_authority": of_authority}  # fmt: skip
        row["note"] = _note(own, of_area, of_authority, tolerance)
        fits = of_area >= 1 - tolerance and of_authority >= 1 - tolerance
        if own["tier"] == _LONDON and of_area >= 1 - tolerance:
            row["label"] = LABELS["london"]
            return row
        if own["tier"] != _LONDON and fits:
            row["label"] = LABELS[
                {"yes": "mayor", "no": "no mayor"}.get(own["mayor"], "unknown")
            ]  # fmt: skip
            return row
    if people:
        largest = _most(councils)
        single = next(unit for unit in part if unit["council"] == largest)["tier"] in _SINGLE
        if single and councils[largest] / people >= 1 - tolerance:
            row["label"] = LABELS["unitary"]
    return row


def _tiers(part: list[Unit]) -> str:
    """Return how many councils of each tier there are, in words."""
    tiers = Counter({unit["council"]: unit["tier"] for unit in reversed(part)}.values())
    return ", ".join(
        f"{tiers[tier]} {tier}{'s' * (tiers[tier] > 1)}" for tier in TIERS.values() if tiers[tier]
    ).replace("unitarys", "unitaries")


def _note(own: Unit, of_area: float, of_authority: float, tolerance: float) -> str:
    """Say how an area and the authority with most of its people lie to each other."""
    name = own["authority_name"]
    mayor = {"yes": "with mayor", "no": "without mayor"}.get(own["mayor"], "mayor not known")
    called = name if own["tier"] == _LONDON else f"{name} ({mayor})"
    whole, all_of_it = of_area >= 1 - tolerance, of_authority >= 1 - tolerance
    if whole and all_of_it:
        return f"the same people as {called}"
    if whole:
        return f"inside {called}, of whose people it has {of_authority:.1%}"
    if all_of_it:
        return f"holds all of {called}, {of_area:.1%} of its people"
    return f"{of_area:.1%} of its people are in {called}, of which it has {of_authority:.1%}"
