"""Units smaller than districts: atoms, or small areas such as LSOAs, with graph and people."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from coterminosity import population as people
from coterminosity.atoms import ATOM_LAYER, Atoms
from coterminosity.catalogue import all_facts, facts_of
from coterminosity.columns import ons_columns
from coterminosity.england import carried_links, england_2017
from coterminosity.errors import (
    BoundaryFileError,
    CodeError,
    ColumnError,
    CoterminosityError,
    listed,
    nearest,
)
from coterminosity.folder import read_folder, read_population
from coterminosity.geometry import Geometries
from coterminosity.gss import is_gss
from coterminosity.layer import BoundaryLayer
from coterminosity.lookup import atom_ids, titles
from coterminosity.overlay import Progress
from coterminosity.reading import read_boundaries, read_table
from coterminosity.regrouping import layers_in_table, read_membership
from coterminosity.tables import known_links
from coterminosity.units import LINK_COLUMNS, UnitGraph, no_links, parts_of

Ints = npt.NDArray[np.intp]
DISTRICTS = "lad"
# Layers that a proposal needs, for which lookups are opened where the boundary file lacks them.
_WANTED = (DISTRICTS, "lep", "stp")
_PEOPLE = ("population", "people", "all ages", "all_ages", "total")
_CENSUS = ("OA", "LSOA", "MSOA")
_FERRY = 2_000.0  # metres: wider water is no bridge
_TOUCHING = 1.0  # metres of a straight line that may lie on the land of others


@dataclass(frozen=True, eq=False, kw_only=True)
class SmallAreas:
    """Small areas as units: a layer with its atoms and graph, and notes on their origin."""

    layer: BoundaryLayer
    atoms: Atoms
    graph: UnitGraph
    people_note: str
    notes: tuple[str, ...]


def needs_boundaries(unit_layer: str) -> CoterminosityError:
    """Return what to say where units are asked for that the embedded figures do not have."""
    known = sorted({DISTRICTS, ATOM_LAYER} | {facts.layer for facts in all_facts()})
    if unit_layer not in known:
        return CoterminosityError(
            f"unit_layer {unit_layer!r}: wanted lad, atom or a layer of small areas such as lsoa"
            f"{nearest(unit_layer, known)}"
        )
    return CoterminosityError(
        f"unit_layer {unit_layer!r} needs --boundaries, a folder with {unit_layer.upper()} "
        f"boundaries (a layer with a column such as {_column(unit_layer)}); the embedded figures "
        "are of lad and atom"
    )


def atom_units(atoms: Atoms) -> tuple[Atoms, UnitGraph]:
    """Return atoms that were cut from polygons as units, with the graph of their borders.

    A declared link between two districts joins those of their atoms with most people.
    """
    if atoms.geometry is None:
        raise CoterminosityError("these atoms have no geometry to measure borders on")
    home = atoms.members.loc[atoms.members["layer"] == DISTRICTS].set_index("atom")["code"]
    home = home[~home.index.duplicated()]
    names = home.map(atoms.regions(DISTRICTS)).reindex(atoms.measures.index)
    frame = atoms.geometry.rename("geometry").to_frame().reset_index(names="code")
    frame.insert(1, "name", names.where(names.notna(), frame["code"].to_numpy()).to_numpy())
    declared = known_links(pd.Index(home.unique()))
    graph = UnitGraph.build(
        BoundaryLayer.from_frame(frame, layer=ATOM_LAYER, code="code", name="name"),
        links=carried_links(declared, home, atoms.weights("population")),
        measures=atoms.measures,
    )
    return atoms.as_units(), graph


def small_areas(
    folder: str | Path,
    unit_layer: str,
    *,
    population: str | Path | None = None,
    progress: Progress | None = None,
) -> SmallAreas:
    """Read small areas with their memberships, people and borders; nothing is overlaid.

    Parameters
    ----------
    folder : path
        Holds a boundary file of the layer. Memberships are read off its columns
        (``LAD17CD, LEP17CD1, LEP17CD2``), or off lookups in the folder where it lacks districts,
        LEPs or STPs.
    unit_layer : str
        Short name of the layer: ``"lsoa"``.
    population : path, optional
        People by code or by small area; by default the column ``population`` of the file.
    progress : callable, optional
        Called with stage, steps done and steps to do.

    Returns
    -------
    SmallAreas
        Each declared link between two districts joins their nearest small areas; where water
        parts a district, a link of kind ``"bridge"`` joins its pieces.

    Raises
    ------
    BoundaryFileError, ColumnError, CodeError, MeasureError
        Where the layer, its memberships or its people are missing or do not fit.
    """
    report = progress or (lambda stage, done, todo: None)
    report(f"reading {unit_layer}", 0, 4)
    found = read_folder(folder, wanted=(unit_layer,), needed=())
    if unit_layer not in found.layers:
        reason = f"; {found.notes[0]}" if found.notes else ""
        raise BoundaryFileError(
            f"unit_layer {unit_layer!r}: {folder} has no boundary file of this layer (with a "
            f"column such as {_column(unit_layer)}); units are lad, atom or a layer with a file "
            f"there{reason}"
        )
    layer = found.layers[unit_layer]
    if layer.kind != "partition":
        raise CodeError(f"unit_layer {unit_layer!r}: its regions overlap, and units must not")
    report("memberships", 1, 4)
    table = _columns_of(layer)
    atoms, origin = _atoms(layer, table, Path(folder), population)
    report("borders", 2, 4)
    numbers = table.select_dtypes("number").drop(columns="name", errors="ignore")
    graph = UnitGraph.build(layer, links=no_links(), measures=numbers)
    report("links over water", 3, 4)
    links, note = _links(layer, graph, atoms)
    return SmallAreas(
        layer=layer,
        atoms=atoms,
        graph=graph.with_links(links),
        people_note=f"People: {origin}.",
        notes=(*found.notes, note),
    )


def _column(layer: str) -> str:
    facts = facts_of(layer)
    stem = facts.stem if facts else layer.upper()
    return f"{stem}{'11' if stem in _CENSUS else '17'}CD"


def _columns_of(layer: BoundaryLayer) -> pd.DataFrame:
    """Return the other columns of a layer's file, by code and in its order."""
    frame = pd.DataFrame(read_boundaries(Path(layer.source), layer=layer.layer))
    frame = frame.drop(columns="geometry", errors="ignore")
    for column in frame.columns:
        codes = frame[column].astype("str").str.strip()
        codes = codes.where(~is_gss(codes), codes.str.upper())
        first = ~codes.duplicated().to_numpy()
        if layer.frame.index.isin(codes).all():
            other = [c for c, (own, _) in _ons(frame).items() if own == layer.layer]
            table = frame.loc[first].set_axis(codes[first].to_numpy(), axis=0)
            return table.drop(columns=other).reindex(layer.frame.index)
    raise ColumnError(f"{layer.source}: no column holds the codes of {layer.layer}")


def _ons(table: pd.DataFrame) -> dict[str, tuple[str, str]]:
    """Return layer and year of each column of codes or names of the ONS."""
    return ons_columns(table.columns, role="CD") | ons_columns(table.columns, role="NM")


def _atoms(
    layer: BoundaryLayer, table: pd.DataFrame, folder: Path, population: str | Path | None
) -> tuple[Atoms, str]:
    """Return each small area as an atom of its own, and where its people are from."""
    given, origin = _people(layer, table, population)
    ids = pd.Index(atom_ids(len(layer)), name="atom", dtype="str")
    measures = pd.DataFrame(
        {"population": given, "area_m2": shapely.area(np.asarray(layer.geometry.array))}, ids
    )
    for column in england_2017().atoms.measures:
        if column in table and column not in measures:  # people by age
            measures[column] = table[column].to_numpy()
    own = pd.DataFrame({"code": layer.frame.index, "base": layer.frame.index})
    found = {layer.layer: _Bodies(own, layer.names), **_memberships(layer, table, folder)}
    number = pd.Series(ids, index=layer.frame.index)
    members = [
        pd.DataFrame(
            {"layer": name, "code": of.pairs["code"], "atom": number.loc[of.pairs["base"]].array}
        )
        for name, of in found.items()
    ]
    atoms = Atoms(
        measures=measures,
        members=pd.concat(members, ignore_index=True),
        names=titles({name: of.names for name, of in found.items()}),
        geometry=layer.geometry.set_axis(ids),
        geometry_kind="schematic" if layer.geometry_kind == "schematic" else "real",
        vintage=f"{layer.layer} {layer.vintage or 'undated'}",
        source=layer.source,
    )
    return atoms, origin


@dataclass(frozen=True)
class _Bodies:
    """Regions of a layer: ``base, code`` of the small areas in them, and names by code."""

    pairs: pd.DataFrame
    names: pd.Series


def _memberships(layer: BoundaryLayer, table: pd.DataFrame, folder: Path) -> dict[str, _Bodies]:
    """Return in which regions of other layers the small areas lie, by layer."""
    unit = layer.layer
    found = {own: _in_columns(table, own, layer) for own in _others(table, unit)}
    if not set(_WANTED) <= set(found):
        for path, rows in _lookups(folder, unit):
            for own in [own for own in _others(rows, unit) if own not in found]:
                read = read_membership(path, base=layer.names, base_layer=unit, layer=own)
                codes = pd.Index(read.pairs["code"].unique())
                found[own] = _Bodies(read.pairs, read.names.reindex(codes).dropna())
    if not found:
        raise ColumnError(
            f"{layer.source}: no columns of other layers (such as LAD17CD), and {folder} has no "
            f"lookup of {unit}; give one of them, so that {unit} can be put to districts and bodies"
        )
    return found


def _in_columns(table: pd.DataFrame, own: str, layer: BoundaryLayer) -> _Bodies:
    """Read the memberships of a layer off the columns of the small areas' own file."""
    by_year = {year: cs for (of, year), cs in layers_in_table(table.columns).items() if of == own}
    if len(by_year) > 1:
        raise ColumnError(
            f"{layer.source}: columns of layer {own!r} of several years ({listed(by_year)}); "
            "remove those that are not meant"
        )
    ((year, columns),) = by_year.items()
    titled = ons_columns(table.columns, role="NM")
    twins = sorted(c for c, of in titled.items() if of == (own, year))
    twins = twins if len(twins) == len(columns) else columns
    rows = [
        pd.DataFrame(
            {
                "base": table.index,
                "code": table[column].astype("str").str.strip().where(table[column].notna(), ""),
                "name": table[twin].astype("str"),
            }
        )
        for column, twin in zip(columns, twins, strict=True)
    ]
    whole = pd.concat(rows, ignore_index=True)
    whole = whole.loc[whole["code"] != ""].drop_duplicates(["base", "code"])
    homeless = table.index.difference(pd.Index(whole["base"]))
    facts = facts_of(own)
    if len(homeless) and facts is not None and facts.complete:
        raise CodeError(
            f"{layer.source}: {listed(homeless)} lie in no region of {own} (column {columns[0]} "
            "is blank); complete these rows"
        )
    names = whole.drop_duplicates("code").set_index("code")["name"]
    return _Bodies(whole[["base", "code"]].reset_index(drop=True), names)


def _others(table: pd.DataFrame, unit: str) -> list[str]:
    found = layers_in_table(table.columns)
    return list(dict.fromkeys(own for own, _ in found if own != unit))


def _lookups(folder: Path, unit: str) -> list[tuple[Path, pd.DataFrame]]:
    """Return the lookup tables of a folder that name small areas of this layer."""
    found = []
    for path in sorted(folder.iterdir()):
        if not path.is_file() or not path.name.lower().endswith((".csv", ".csv.gz", ".xlsx")):
            continue
        try:
            rows = read_table(path)
        except CoterminosityError:
            continue  # a table of something else
        if any(own == unit for own, _ in layers_in_table(rows.columns)):
            found.append((path, rows))
    return found


def _people(
    layer: BoundaryLayer, table: pd.DataFrame, population: str | Path | None
) -> tuple[np.ndarray, str]:
    """Return people by small area, and where they are from."""
    if population is not None:
        drawn = np.asarray(layer.geometry.array)
        members = [{(layer.layer, str(code))} for code in layer.frame.index]
        given = people.give(
            read_population(population), members, drawn, [layer.layer], crs=layer.frame.crs
        )
        return given.to_numpy(), Path(population).name
    named = {str(c).strip().lower(): c for c in table.columns}
    column = next((named[name] for name in _PEOPLE if name in named), None)
    if column is None:
        raise ColumnError(
            f"{layer.source}: no column of people (population, people, all ages or total); give "
            "people by code with --population"
        )
    return table[column].to_numpy(), Path(layer.source).name


def _links(layer: BoundaryLayer, graph: UnitGraph, atoms: Atoms) -> tuple[pd.DataFrame, str]:
    """Return the declared links carried to small areas and those within districts, with a note."""
    if DISTRICTS not in atoms.layers:
        return no_links(), f"{layer.layer}: without districts, so that no link over water is known"
    code = atoms.members.loc[atoms.members["layer"] == layer.layer].set_index("atom")["code"]
    own = atoms.members.loc[atoms.members["layer"] == DISTRICTS]
    home = own["code"].set_axis(code.loc[own["atom"]].to_numpy()).sort_index()
    water = _Water(layer)
    rows = []
    for link in known_links(pd.Index(home.unique())).to_dict("records"):
        ends = [layer.frame.index.get_indexer(home.index[home == link[end]])
                for end in ("focal", "neighbour")]  # fmt: skip
        one, other, _ = next(water.crossings(*ends))
        rows.append((one, other, link["kind"], link["reason"]))
    carried, near, names = len(rows), graph.adjacency(), atoms.regions(DISTRICTS)
    joined = []
    for district, own_home in home.groupby(home):
        parts = parts_of([str(code) for code in own_home.index], near)
        if len(parts) == 1:
            continue
        name = str(names[district])
        for one, other, metres in water.bridges(parts):
            kind = "bridge" if metres <= _FERRY else "ferry"
            rows.append((one, other, kind, f"within {name}: {max(metres, 1):,.0f} m of water"))
            joined.append(name)
    links = pd.DataFrame(rows, columns=list(LINK_COLUMNS))
    within = (
        f"; {len(joined)} join pieces of one district ({listed(dict.fromkeys(joined), most=20)})"
    )
    return links, (
        f"{layer.layer}: {carried} declared links over water join the nearest two of their "
        f"districts{within if joined else ''}"
    )


class _Water:
    """What lies between small areas: the shortest ways across, and whether they touch land."""

    def __init__(self, layer: BoundaryLayer) -> None:
        self.codes = layer.frame.index
        self.polygons: Geometries = np.asarray(layer.geometry.array)
        self.tree = shapely.STRtree(self.polygons)

    def crossings(self, one: Ints, other: Ints) -> Iterator[tuple[str, str, float]]:
        """Yield a pair of codes for each of the other areas, nearest first, with the metres."""
        ways = shapely.STRtree(self.polygons[one]).query_nearest(
            self.polygons[other], return_distance=True, all_matches=False
        )
        (there, here), metres = ways
        for k in np.lexsort((other[there], metres)):
            yield (
                str(self.codes[one[here[k]]]), str(self.codes[other[there[k]]]), float(metres[k])
            )  # fmt: skip

    def bridges(self, parts: list[list[str]]) -> Iterator[tuple[str, str, float]]:
        """Yield the shortest ways over water that join parts, largest first; none over land."""
        places = [self.codes.get_indexer(pd.Index(part)) for part in parts]
        rest = sorted(places, key=lambda part: (-len(part), int(part[0])))
        joined = rest.pop(0)
        while rest:
            ways = self.crossings(joined, np.concatenate(rest))
            found = next((way for way in ways if self._is_free(way[0], way[1])), None)
            if found is None:
                return  # the land of other districts lies between
            yield found
            end = self.codes.get_loc(found[1])
            reached = next(k for k, part in enumerate(rest) if end in part)
            joined = np.concatenate([joined, rest.pop(reached)])

    def _is_free(self, one: str, other: str) -> bool:
        """Tell whether the shortest way between two areas touches no land of others."""
        ends = [self.codes.get_loc(code) for code in (one, other)]
        way = shapely.shortest_line(*self.polygons[ends])
        met = np.setdiff1d(self.tree.query(way, predicate="intersects"), ends)
        on_land = shapely.length(shapely.intersection(self.polygons[met], way)).sum()
        return bool(on_land <= _TOUCHING)
