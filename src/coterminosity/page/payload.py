"""What a page knows: units, bodies, borders, the base plan, its log and its drawing, as JSON."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, fields
from typing import Any

import numpy as np
import shapely

from coterminosity import __version__
from coterminosity.atoms import ATOM_LAYER, Atoms
from coterminosity.errors import LayerError, ScenarioError, listed
from coterminosity.geometry import Floats
from coterminosity.negotiating.entries import Entry
from coterminosity.negotiating.ground import Ground, GroundLayer
from coterminosity.negotiating.position import Position
from coterminosity.page.drawing import SEA, Drawing, Ints, draw, encode
from coterminosity.page.facts import governance_of, money_of
from coterminosity.page.notes import notes_of
from coterminosity.scenario import Scenario

FORMAT = "coterminosity page 1"
# Letters for the arcs, of the million that a page may have: borders of England to some 130 m.
DRAWING_LETTERS = 160_000
# More units than people can settle by hand, and than a browser draws at once.
MOST_UNITS = 3_000


def payload_of(
    scenario: Scenario,
    *,
    drawn: Atoms | None = None,
    note: str = "",
    letters: int = DRAWING_LETTERS,
) -> str:
    """Return what the page of a scenario is made from, as JSON.

    Parameters
    ----------
    scenario : Scenario
        What the page opens with: base plan and log.
    drawn : Atoms, optional
        Atoms that draw the units, where the scenario's own figures are drawn otherwise.
    note : str
        Who holds the rights in the boundaries; for the foot of the page.
    letters : int
        Letters that the drawing may take.

    Raises
    ------
    LayerError
        Where the atoms have no geometry, lack a unit, or draw one too small to be seen.
    ScenarioError
        Where there are more units than a page can hold.
    """
    ground, atoms = scenario.ground, scenario.basis.atoms if drawn is None else drawn
    if len(ground) > MOST_UNITS:
        raise ScenarioError(
            f"a page holds up to {MOST_UNITS:,} units, got {len(ground):,}; negotiate over "
            "districts or atoms"
        )
    if atoms.geometry is None:
        raise LayerError(
            "a page needs a map, and these atoms have no geometry; give them one with_geometry"
        )
    head = scenario.head
    start: Position = scenario.start
    drawing, groups = _drawn(atoms, ground, letters)
    inner = _inner_points(drawing, groups, len(ground))
    table = {
        "format": FORMAT,
        "version": __version__,
        "name": scenario.name or "Negotiating table",
        "head": head,
        "digest": hashlib.sha256(head.encode()).hexdigest()[:12],
        "who": scenario.who,
        "strict": scenario.strict,
        "units": {
            "code": ground.units,
            "name": ground.names,
            "people": _numbers(ground.people),
            "km2": _numbers(ground.land_m2 / 1e6),
            "x": _numbers(inner[:, 0]),
            "y": _numbers(inner[:, 1]),
        },
        "layers": [_layer(own) for own in ground.layers],
        "edges": _edges(ground),
        "links": _links(scenario),
        "areas": start.areas,
        "area": start.area.tolist(),
        "locks": sorted(start.locked),
        "groups": start.groups,
        "band": [ground.floor, ground.ceiling],
        "rules": asdict(ground.rules),
        "tolerance": ground.tolerance,
        "seedLayer": ground.seed_layer,
        "align": ground.align,
        "need": _need(ground),
        "money": money_of(ground),
        "governance": governance_of(ground),
        "zones": [
            {"key": z.key, "title": z.title, "units": z.units, "claimants": z.claimants,
             "why": z.why}
            for z in scenario.zones
        ],
        "log": [entry_table(entry) for entry in scenario.entries],
        "geometry": _geometry(drawing, atoms, ground, groups),
        "notes": notes_of(scenario.basis.atoms, drawn=atoms, note=note),
    }  # fmt: skip
    return json.dumps(table, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def entry_table(entry: Entry) -> dict[str, Any]:
    """Return an entry of the log as the page writes it: keys in order, empty ones left out."""
    values = {own.name: getattr(entry, own.name) for own in fields(entry)}
    return {
        name: list(value) if isinstance(value, tuple) else value
        for name, value in values.items()
        if value
    }


def _numbers(values: Floats) -> list[int | float | None]:
    """Return numbers as JSON has them: whole ones without a point, missing ones as null."""
    return [
        None if value != value else int(value) if value.is_integer() else value
        for value in values.tolist()
    ]


def _layer(layer: GroundLayer) -> dict[str, Any]:
    shared = {} if np.array_equal(layer.full, layer.shared) else {"shared": _numbers(layer.shared)}
    return {
        "key": layer.key,
        "title": layer.title,
        "plural": _plural(layer.title),
        "cover": bool(shared),
        "codes": layer.codes,
        "names": layer.names,
        "unit": layer.unit.tolist(),
        "region": layer.region.tolist(),
        "full": _numbers(layer.full),
        **shared,
    }


def _plural(title: str) -> str:
    """Return the plural of a title.

    Examples
    --------
    >>> _plural("LEP"), _plural("Combined authority"), _plural("Region")
    ('LEPs', 'Combined authorities', 'Regions')
    """
    return f"{title[:-1]}ies" if title.endswith("y") else f"{title}s"


def _edges(ground: Ground) -> list[list[int]]:
    border = ground.metres > 0
    rows = zip(ground.edge_a[border], ground.edge_b[border], ground.metres[border], strict=True)
    return [[int(a), int(b), round(float(metres))] for a, b, metres in rows]


def _links(scenario: Scenario) -> list[list[Any]]:
    """Return crossings over water with their kind and reason, where the graph gives them."""
    ground = scenario.ground
    declared = {
        (str(row["focal"]), str(row["neighbour"])): row
        for row in scenario.basis.graph.links.to_dict("records")
    }
    more = {
        (str(ground.units[ground.unit_of(own["focal"])]),
         str(ground.units[ground.unit_of(own["neighbour"])])): own
        for own in scenario.plan.brief.links
    }  # fmt: skip
    told: dict[tuple[str, str], Mapping[Any, Any]] = {
        **more, **{(b, a): own for (a, b), own in more.items()}, **declared
    }  # fmt: skip
    found = []
    for k in np.flatnonzero(ground.metres == 0):
        a, b = int(ground.edge_a[k]), int(ground.edge_b[k])
        row = told.get((ground.units[a], ground.units[b]), {})
        found.append([a, b, str(row.get("kind", "")), str(row.get("reason", ""))])
    return found


def _need(ground: Ground) -> list[dict[str, Any]]:
    return [
        {"key": str(name), "title": str(name).replace("_", " "), "better": "",
         "values": _numbers(ground.need[name].to_numpy(dtype=np.float64))}
        for name in ground.need.columns
    ]  # fmt: skip


def _drawn(atoms: Atoms, ground: Ground, letters: int) -> tuple[Drawing, Ints]:
    """Return the drawing of atoms and the unit of each; -1 for an atom in none."""
    own = atoms.as_units() if ground.unit_layer == ATOM_LAYER else atoms
    members = own.members.loc[own.members["layer"] == ground.unit_layer]
    unit = members.set_index("atom")["code"].map(ground.number)
    missing = sorted(set(ground.units) - set(members["code"]))
    if missing:
        raise LayerError(f"the boundaries to draw lack {listed(missing)}; give those of all units")
    own_unit = unit.reindex(atoms.measures.index).fillna(SEA)
    groups = np.asarray(own_unit.to_numpy(), dtype=np.int64)
    assert atoms.geometry is not None
    polygons = np.asarray(atoms.geometry.to_numpy(), dtype=object)
    return draw(polygons, groups, letters=letters, simplify=atoms.geometry_kind == "real"), groups


def _inner_points(drawing: Drawing, groups: Ints, count: int) -> Floats:
    """Return for each unit the middle of the largest circle in its largest part, for its label."""
    shapes = drawing.polygons(groups, count=count)
    parts, owner = shapely.get_parts(shapes, return_index=True)
    order = np.lexsort((-shapely.area(parts), owner))
    largest = parts[order][np.unique(owner[order], return_index=True)[1]]
    width = np.sqrt(shapely.area(largest))
    circles = shapely.maximum_inscribed_circle(largest, tolerance=np.maximum(width / 20, 1.0))
    middles: Floats = shapely.get_coordinates(shapely.get_point(circles, 0))
    return np.rint(middles)


def _geometry(drawing: Drawing, atoms: Atoms, ground: Ground, groups: Ints) -> dict[str, Any]:
    return {
        "kind": atoms.geometry_kind,
        "width": drawing.width,
        "height": drawing.height,
        "metres": drawing.step,
        "tolerance": round(drawing.tolerance),
        "arcs": encode(drawing.arcs),
        "left": drawing.left.tolist(),
        "right": drawing.right.tolist(),
        "unit": groups.tolist(),
        "members": {
            own.key: _members(atoms, own) if own.key in atoms.layers else _by_unit(groups, own)
            for own in ground.layers
            if own.key in atoms.layers or _is_of_whole_units(own)
        },
    }


def _is_of_whole_units(layer: GroundLayer) -> bool:
    """Tell whether no unit is in two regions, so that units draw the layer."""
    return len(np.unique(layer.unit)) == len(layer.unit)


def _by_unit(groups: Ints, layer: GroundLayer) -> list[int | list[int]]:
    """Return by atom the region of the unit that it is part of, or -1."""
    region = dict(zip(layer.unit.tolist(), layer.region.tolist(), strict=True))
    return [region.get(unit, SEA) for unit in groups.tolist()]


def _members(atoms: Atoms, layer: GroundLayer) -> list[int | list[int]]:
    """Return by atom its region of a layer, a list of several, or -1."""
    number = {code: k for k, code in enumerate(layer.codes)}
    place = {atom: k for k, atom in enumerate(atoms.measures.index)}
    found: list[list[int]] = [[] for _ in place]
    own = atoms.members.loc[atoms.members["layer"] == layer.key]
    for atom, code in zip(own["atom"], own["code"], strict=True):
        if code in number:
            found[place[atom]].append(number[code])
    return [sorted(held) if len(held) > 1 else held[0] if held else SEA for held in found]
