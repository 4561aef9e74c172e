"""The graph of units: borders in metres, and the crossings over water that count."""

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Self, TypeVar

import networkx as nx
import numpy as np
import pandas as pd

from coterminosity.adjacency import border_lengths
from coterminosity.errors import CodeError, MeasureError, listed
from coterminosity.layer import BoundaryLayer
from coterminosity.naming import code_of
from coterminosity.tables import known_links

Unit = TypeVar("Unit", str, int)

LINK_COLUMNS = ("focal", "neighbour", "kind", "reason")


def no_links() -> pd.DataFrame:
    """Return an empty table of links."""
    return pd.DataFrame({column: pd.Series(dtype="str") for column in LINK_COLUMNS})


@dataclass(frozen=True, eq=False, kw_only=True)
class UnitGraph:
    """Hold units, the borders they share, and declared links over water.

    Parameters
    ----------
    units : DataFrame
        By ``code`` (text, unique, sorted), with ``name`` and any measures.
    borders : DataFrame
        ``focal, neighbour, metres`` (> 0). Either direction or both may be given; both are kept.
    links : DataFrame
        ``focal, neighbour, kind, reason``: bridges, tunnels and ferries that join units that
        share no border. Every link has a reason. Either direction; both are kept.
    layer : str
        Layer whose regions the units are, such as ``"lad"``.

    Raises
    ------
    CodeError
        Where codes are double, unsorted, unknown, or a unit borders itself.
    MeasureError
        Where a length is not above 0, or differs between the two directions of a border.
    """

    units: pd.DataFrame
    borders: pd.DataFrame
    links: pd.DataFrame
    layer: str = "lad"

    def __post_init__(self) -> None:
        units = self.units
        if not units.index.is_unique or not units.index.is_monotonic_increasing:
            raise CodeError("units: codes must be unique and sorted")
        if "name" not in units:
            raise CodeError(f"units: wanted a column name, got {listed(units.columns)}")
        both = _symmetric(self.borders, units.index, what="borders")
        if not (both["metres"] > 0).all():
            raise MeasureError("borders: every border must be longer than 0 metres")
        if both.duplicated(["focal", "neighbour"]).any():
            raise MeasureError("borders: a border has two lengths; give each border once")
        links = _symmetric(self.links, units.index, what="links")
        blank = links["reason"].isna() | (links["reason"].astype("str").str.strip() == "")
        silent = links.loc[blank]
        if len(silent):
            first = silent.iloc[0]
            raise CodeError(f"links: {first.focal}–{first.neighbour} has no reason; give one")
        object.__setattr__(self, "borders", both)
        object.__setattr__(self, "links", links)

    def __repr__(self) -> str:
        return (
            f"<UnitGraph {self.layer}: {len(self.units)} units, {len(self.borders) // 2} borders, "
            f"{len(self.links) // 2} links>"
        )

    def __len__(self) -> int:
        return len(self.units)

    @classmethod
    def build(
        cls,
        layer: BoundaryLayer,
        *,
        links: pd.DataFrame | None = None,
        measures: pd.DataFrame | None = None,
    ) -> Self:
        """Measure the borders of a layer of boundaries.

        Parameters
        ----------
        layer : BoundaryLayer
            A partition; borders are measured in metres on its polygons.
        links : DataFrame, optional
            ``focal, neighbour, kind, reason``; codes or names. By default the declared crossings
            of England (``boundaries/england-2017/links.csv``) whose ends are both regions of
            the layer; `no_links` for none.
        measures : DataFrame, optional
            Figures by code to carry with the units.
        """
        units = pd.DataFrame({"name": layer.names})
        if measures is not None:
            units = units.join(measures)
        return cls(
            units=units,
            borders=border_lengths(layer),
            links=_coded(
                known_links(layer.frame.index) if links is None else links,
                layer.names,
                layer.layer,
            ),
            layer=layer.layer,
        )

    @classmethod
    def from_table(
        cls,
        units: pd.DataFrame,
        borders: pd.DataFrame,
        *,
        links: pd.DataFrame | None = None,
        layer: str = "lad",
    ) -> Self:
        """Make a graph of tables; units are sorted by code.

        Examples
        --------
        >>> units = pd.DataFrame({"name": ["Left", "Right"]}, index=["a", "b"])
        >>> borders = pd.DataFrame({"focal": ["a"], "neighbour": ["b"], "metres": [1200.0]})
        >>> UnitGraph.from_table(units, borders).neighbours("Left").to_dict()
        {'b': 1200.0}
        """
        ordered = units.sort_index().rename_axis("code")
        return cls(
            units=ordered,
            borders=borders[["focal", "neighbour", "metres"]],
            links=_coded(links, ordered["name"], layer),
            layer=layer,
        )

    @classmethod
    def from_networkx(cls, graph: nx.Graph, *, layer: str = "lad") -> Self:
        """Make a graph of a networkx graph.

        Edges carry ``metres`` (a border) or ``reason`` and ``kind`` (a link over water).
        """
        nodes = {str(node): values for node, values in graph.nodes(data=True)}
        units = pd.DataFrame.from_dict(nodes, orient="index").sort_index()
        if "name" not in units:
            units.insert(0, "name", units.index)
        borders, links = [], []
        for a, b, values in graph.edges(data=True):
            if "metres" in values:
                borders.append((str(a), str(b), float(values["metres"])))
            else:
                links.append((str(a), str(b), values.get("kind", ""), values.get("reason", "")))
        return cls.from_table(
            units,
            pd.DataFrame(borders, columns=["focal", "neighbour", "metres"]),
            links=pd.DataFrame(links, columns=list(LINK_COLUMNS)),
            layer=layer,
        )

    def to_networkx(self, *, links: bool = True) -> "nx.Graph[str]":
        """Return a networkx graph: nodes carry the units' columns, edges metres or a reason."""
        graph: nx.Graph[str] = nx.Graph()
        graph.add_nodes_from((code, dict(row)) for code, row in self.units.iterrows())
        if links:
            graph.add_edges_from(
                (row["focal"], row["neighbour"], {"kind": row["kind"], "reason": row["reason"]})
                for row in self.links.to_dict("records")
            )
        graph.add_edges_from(
            (row["focal"], row["neighbour"], {"metres": row["metres"]})
            for row in self.borders.to_dict("records")
        )
        return graph

    def code_of(self, name_or_code: str) -> str:
        """Return the code of a unit given by name or code; see `naming.code_of`."""
        return code_of(name_or_code, self.units["name"], layer=self.layer)

    def neighbours(self, unit: str, *, links: bool = True) -> pd.Series:
        """Return border lengths in metres by neighbouring code; 0 for a link over water."""
        code = self.code_of(unit)
        own = self.borders.loc[self.borders["focal"] == code].set_index("neighbour")["metres"]
        if links:
            over = self.links.loc[self.links["focal"] == code, "neighbour"]
            water = pd.Series(0.0, index=pd.Index(over.unique())).drop(own.index, errors="ignore")
            own = pd.concat([own, water]) if len(water) else own
        return own.sort_index().rename_axis("neighbour")

    def isolates(self, *, links: bool = False) -> pd.Series:
        """Return the names of units that border no other, by code."""
        joined = set(self.borders["focal"]) | (set(self.links["focal"]) if links else set())
        return self.units.loc[~self.units.index.isin(joined), "name"]

    def components(self, *, links: bool = True) -> list[list[str]]:
        """Return the codes of each connected part, largest first."""
        parts = nx.connected_components(self.to_networkx(links=links))
        return sorted((sorted(part) for part in parts), key=lambda part: (-len(part), part[0]))

    def report(self) -> pd.DataFrame:
        """Say how connected the graph is, with and without links over water.

        Returns
        -------
        DataFrame
            Two rows, ``land`` and ``land and links``: ``borders, border_km, links, components,
            isolates`` (names).
        """
        rows = {}
        for row, links in (("land", False), ("land and links", True)):
            rows[row] = {
                "borders": len(self.borders) // 2,
                "border_km": self.borders["metres"].sum() / 2000.0,
                "links": len(self.links) // 2 if links else 0,
                "components": len(self.components(links=links)),
                "isolates": ", ".join(self.isolates(links=links)),
            }
        return pd.DataFrame.from_dict(rows, orient="index")

    def adjacency(self) -> dict[str, tuple[str, ...]]:
        """Return neighbours by code over borders and links, sorted: the form algorithms use."""
        edges = pd.concat(
            [self.borders[["focal", "neighbour"]], self.links[["focal", "neighbour"]]]
        ).drop_duplicates()
        near: dict[str, list[str]] = {str(code): [] for code in self.units.index}
        for focal, neighbour in edges.to_numpy():
            near[focal].append(neighbour)
        return {code: tuple(sorted(codes)) for code, codes in near.items()}

    def with_figures(self, figures: pd.DataFrame) -> Self:
        """Return the graph with more figures by unit; NaN where a unit has none.

        Raises
        ------
        CodeError
            Where no unit has a figure: the table is of other units.
        """
        if not figures.index.isin(self.units.index).any():
            raise CodeError(
                f"figures are of none of the {len(self)} units of layer {self.layer!r}, such as "
                f"{self.units.index[0]}; they are of {listed(figures.index, most=3)}"
            )
        own = self.units.drop(columns=figures.columns.intersection(self.units.columns))
        return replace(self, units=own.join(figures))

    def with_links(self, links: pd.DataFrame) -> Self:
        """Return the graph with these links instead of its own."""
        return replace(self, links=_coded(links, self.units["name"], self.layer))


def parts_of(codes: Iterable[Unit], adjacency: Mapping[Unit, tuple[Unit, ...]]) -> list[list[Unit]]:
    """Return the connected parts of some units, in the order of their first codes."""
    left, parts = set(codes), []
    for start in sorted(left):
        if start not in left:
            continue
        part, edge = {start}, [start]
        while edge:
            reached = {n for n in adjacency[edge.pop()] if n in left} - part
            part |= reached
            edge += reached
        left -= part
        parts.append(sorted(part))
    return parts


def _coded(links: pd.DataFrame | None, names: pd.Series, layer: str) -> pd.DataFrame:
    if links is None:
        return no_links()
    missing = [column for column in LINK_COLUMNS if column not in links]
    if missing:
        raise CodeError(f"links: no column {listed(missing)}; it has {listed(links.columns)}")
    table = links[list(LINK_COLUMNS)].copy()
    for end in ("focal", "neighbour"):
        table[end] = [code_of(str(value), names, layer=layer) for value in table[end]]
    return table


def _symmetric(table: pd.DataFrame, codes: pd.Index, *, what: str) -> pd.DataFrame:
    """Return both directions of every row, sorted, after checking the codes."""
    named: set[Hashable] = set(table["focal"]) | set(table["neighbour"])
    unknown = sorted(map(str, named - set(codes)))
    if unknown:
        raise CodeError(f"{what}: unknown units {listed(unknown)}")
    loops = table.loc[(table["focal"] == table["neighbour"]).to_numpy(dtype=np.bool_), "focal"]
    if len(loops):
        raise CodeError(f"{what}: {listed(loops)} cannot border itself")
    turned = table.rename(columns={"focal": "neighbour", "neighbour": "focal"})
    both = pd.concat([table, turned[list(table.columns)]], ignore_index=True).drop_duplicates()
    return both.sort_values(["focal", "neighbour"], ignore_index=True)
