"""England 2017: the embedded data set, ready to use without network or polygon files."""

from dataclasses import dataclass
from functools import cache
from typing import Any

import pandas as pd

from coterminosity.atoms import Atoms
from coterminosity.schematic import schematic_cells
from coterminosity.tables import EnglandTables, read_england_tables
from coterminosity.units import UnitGraph

_SQUARE_METRES = 10_000.0


@dataclass(frozen=True, eq=False, kw_only=True)
class England:
    """The embedded data set.

    Attributes
    ----------
    atoms : Atoms
        405 atoms of eight layers with people (mid-2017) and land (m²), drawn schematically.
    graph : UnitGraph
        326 districts, 826 borders in metres, 8 links over water.
    atom_graph : UnitGraph
        The same for atoms: 1,047 borders, and each link between the atoms of its two districts
        that hold most people.
    names : DataFrame
        ``layer, code, name`` of 692 regions.
    about : dict
        Units, vintages, publisher, licence, attribution and source of the figures.
    """

    atoms: Atoms
    graph: UnitGraph
    atom_graph: UnitGraph
    names: pd.DataFrame
    about: dict[str, Any]

    def __repr__(self) -> str:
        return f"<England 2017: {self.atoms!r}, {self.graph!r}>"


@cache
def england_2017() -> England:
    """Return the embedded data set of England 2017.

    Needs no network and no polygon file. Figures are of mid-2017 (people) and of the layers'
    own dates; maps of it are schematic.

    Examples
    --------
    >>> data = england_2017()
    >>> len(data.atoms), len(data.graph), data.atoms.total("population")
    (405, 326, 55619430.0)
    """
    tables = read_england_tables()
    atoms = _atoms(tables)
    return England(
        atoms=atoms,
        graph=_districts(tables, atoms),
        atom_graph=_atom_graph(tables, atoms),
        names=tables.regions,
        about=tables.about,
    )


def _atoms(tables: EnglandTables) -> Atoms:
    figures = tables.atoms
    measures = figures[["population", "aged_0_15", "aged_16_64", "aged_65_plus"]].astype("float64")
    measures.insert(1, "area_m2", figures["area_ha"].astype("float64") * _SQUARE_METRES)
    return Atoms(
        measures=measures,
        members=tables.members,
        names=tables.regions,
        geometry=schematic_cells(figures[["easting", "northing"]]),
        geometry_kind="schematic",
        vintage=tables.about["vintage"],
        source=tables.about["source"],
    )


def _districts(tables: EnglandTables, atoms: Atoms) -> UnitGraph:
    own = tables.members.loc[tables.members["layer"] == "lad"]
    sums = atoms.measures.loc[own["atom"]].groupby(own["code"].to_numpy()).sum()
    units = atoms.regions("lad").to_frame().join(sums)
    return UnitGraph.from_table(units, _metres(tables.borders), links=tables.links)


def _atom_graph(tables: EnglandTables, atoms: Atoms) -> UnitGraph:
    home = tables.members.loc[tables.members["layer"] == "lad"].set_index("atom")["code"]
    named = home.map(atoms.regions("lad")).rename("name").to_frame().join(atoms.measures)
    links = carried_links(tables.links, home, atoms.measures["population"])
    return UnitGraph.from_table(named, _metres(tables.atom_borders), links=links, layer="atom")


def carried_links(links: pd.DataFrame, home: pd.Series, people: pd.Series) -> pd.DataFrame:
    """Return links between districts as links between those of their atoms with most people.

    Parameters
    ----------
    links : DataFrame
        ``focal, neighbour, kind, reason``, by district.
    home : Series
        District by atom.
    people : Series
        People by atom; of atoms with as many the first counts.

    Returns
    -------
    DataFrame
        The same columns, by atom; without links of districts that have no atom.

    Examples
    --------
    >>> links = pd.DataFrame({"focal": ["x"], "neighbour": ["y"], "kind": ["ferry"],
    ...                       "reason": ["twice a day"]})
    >>> home = pd.Series({"a1": "x", "a2": "x", "a3": "y"})
    >>> carried = carried_links(links, home, pd.Series({"a1": 5, "a2": 9, "a3": 2}))
    >>> carried[["focal", "neighbour"]].values.tolist()
    [['a2', 'a3']]
    """
    ranked = people.reindex(home.index).sort_index().sort_values(ascending=False, kind="stable")
    largest = home.reindex(ranked.index).drop_duplicates()
    by_district = pd.Series(largest.index, index=largest.to_numpy())
    ends = {end: by_district.reindex(links[end]).to_numpy() for end in ("focal", "neighbour")}
    return links.assign(**ends).dropna(subset=["focal", "neighbour"]).reset_index(drop=True)


def _metres(borders: pd.DataFrame) -> pd.DataFrame:
    return borders.assign(metres=borders["border_km"].astype("float64") * 1000.0)
