"""What differs between two plans, as maps need it: units that move, and areas that match."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import geopandas as gpd
import numpy as np
import pandas as pd

from coterminosity.errors import LayerError
from coterminosity.layer import BoundaryLayer, GeometryKind
from coterminosity.maps.assigned import Areas, Drawing, draw_plan, people_of
from coterminosity.maps.geometries import middles
from coterminosity.proposing.comparison import matched_areas

MOVE_COLUMNS = ["name", "from", "to", "people", "mark"]
NO_AREA = "no area"
# More moves than these share a mark by where they come from and go to.
_MOST_MARKS = 24


@dataclass(frozen=True, eq=False)
class Moves:
    """Hold two plans of the same units, drawn, and what moves between them.

    Parameters
    ----------
    before, after : Drawing
        The two plans.
    people : Series, optional
        People by unit.
    """

    before: Drawing
    after: Drawing
    people: pd.Series | None = None

    def __post_init__(self) -> None:
        if not self.before.areas.index.equals(self.after.areas.index):
            strange = self.before.areas.index.symmetric_difference(self.after.areas.index)
            raise LayerError(
                f"the two plans are of different units ({len(strange)} are in one alone, such as "
                f"{strange[0]}); compare plans of the same units"
            )

    @cached_property
    def match(self) -> dict[str, str]:
        """The area of the second plan that each area of the first has become.

        An area of the same name is the same area; the others are matched by the people that stay.
        """
        one, other = self.before.areas, self.after.areas
        same = {name: name for name in set(self.before.names) & set(self.after.names)}
        rest = one.where(~one.isin(same), None), other.where(~other.isin(same), None)
        counted = pd.Series(1.0, index=one.index) if self.people is None else self.people
        return same | matched_areas(*rest, counted)

    @cached_property
    def table(self) -> pd.DataFrame:
        """Units that move by code: ``name, from, to, people, mark`` (its number on the map).

        ``people`` is NaN where unknown. Where there are many moves, those between the same two
        areas share a number.
        """
        one, other = self.before.areas, self.after.areas
        became = one.map(self.match).where(one.notna(), None)
        same = (became == other) | (became.isna() & one.isna() & other.isna())
        moved = one.index[~same.to_numpy(dtype=np.bool_)]
        names = self.before.layer.names
        people = pd.Series(np.nan, index=moved) if self.people is None else self.people
        table = pd.DataFrame(
            {
                "name": names.reindex(moved).to_numpy(),
                "from": one.reindex(moved).fillna(NO_AREA).to_numpy(),
                "to": other.reindex(moved).fillna(NO_AREA).to_numpy(),
                "people": people.reindex(moved).to_numpy(dtype=np.float64),
            },
            index=moved,
        )
        table = table.sort_values(["from", "to", "name"], kind="stable")
        pairs = table["from"] + "\0" + table["to"]
        many = len(table) > _MOST_MARKS
        table["mark"] = pd.factorize(pairs)[0] + 1 if many else np.arange(1, len(table) + 1)
        return table

    @property
    def involved(self) -> set[str]:
        """Names that areas have in either plan which units leave or enter."""
        return (set(self.table["from"]) | set(self.table["to"])) - {NO_AREA}

    @cached_property
    def marks(self) -> gpd.GeoSeries:
        """A point for each piece of land that moves as one, by its mark."""
        own = self.table["mark"].astype("str")
        return middles(self.after.shapes_of(own)) if len(own) else gpd.GeoSeries([])

    def colours(
        self, like: Areas | Mapping[str, str] | None = None
    ) -> tuple[dict[str, str], dict[str, str]]:
        """Return the colours of the two plans: an area has one under either name.

        Areas that are neighbours in either plan differ, so that none need change its colour.
        """
        was = {name: before for before, name in self.match.items()}
        later = [(was[a], was[b]) for a, b in self.after.neighbours if a in was and b in was]
        first = self.before.colours(like=like, also=later)
        kept = {self.match[name]: colour for name, colour in first.items() if name in self.match}
        return first, self.after.colours(like=kept)

    def lines(self) -> list[tuple[str, str]]:
        """Return mark and words for each move, or for each pair of areas where there are many."""
        found = []
        for mark, own in self.table.groupby("mark", sort=True):
            way = f"{own['from'].iloc[0]} → {own['to'].iloc[0]}"
            who = own["name"].iloc[0] if len(own) == 1 else f"{len(own)} districts"
            people = own["people"].sum(min_count=1)
            count = "" if np.isnan(people) else f" ({people:,.0f})"
            found.append((str(mark), f"{who}{count}: {way}"))
        return found

    def renamed(self) -> list[str]:
        """Return in words which areas have another name, are new or are gone."""
        said = [f"{a} is now {b}" for a, b in sorted(self.match.items()) if a != b]
        said += [f"{a} is gone" for a in self.before.names if a not in self.match]
        new = set(self.after.names) - set(self.match.values())
        return said + [f"{b} is new" for b in sorted(new)]

    def headline(self) -> str:
        """Return how many units and people move."""
        count = len(self.table)
        if not count:
            return "nothing moves"
        noun = "district" if self.before.layer.layer == "lad" else "unit"
        verb = "moves" if count == 1 else "move"
        people = self.table["people"].sum(min_count=1)
        crowd = "" if np.isnan(people) else f" with {people:,.0f} people"
        return f"{count:,} {noun}{'' if count == 1 else 's'}{crowd} {verb}"


def moves_of(
    before: Areas,
    after: Areas,
    layer: BoundaryLayer,
    *,
    people: pd.Series | None = None,
    geometry: GeometryKind | None = None,
) -> Moves:
    """Return what moves between two plans of the units of a layer.

    Parameters
    ----------
    before, after : plan, scenario or Series
        Area by unit code, or whatever has an ``assignment``.
    layer : BoundaryLayer
        Boundaries of the units.
    people : Series, optional
        People by unit; by default those that the first plan was made of.
    geometry : {"real", "schematic", "hex"}, optional
        See `drawn_as`.

    Examples
    --------
    >>> import coterminosity as ct
    >>> data = ct.england_2017()
    >>> plan = ct.propose(data.graph, data.atoms)
    >>> after = plan.assignment.copy()
    >>> after["E09000008"] = "Coast to Capital"
    >>> moves = moves_of(plan, after, data.atoms.dissolve("lad"))
    >>> moves.headline()
    '1 district with 384,837 people moves'
    """
    counted = people_of(before, people)
    counted = people_of(after, None) if counted is None else counted
    return Moves(
        draw_plan(before, layer, geometry=geometry, of="the first plan"),
        draw_plan(after, layer, geometry=geometry, of="the second plan"),
        counted,
    )
