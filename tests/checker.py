"""A second opinion on plans: slow, plain, and sharing no code with what makes them.

Everything is counted from the rows of the atoms, the borders and the brief, one at a time; what
the words mean is in the docstring of `coterminosity.Brief` and in `docs/conventions.md`.
"""

import itertools
import math
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pandas as pd

from coterminosity.atoms import Atoms
from coterminosity.brief import Brief
from coterminosity.units import UnitGraph

Areas = Mapping[str, str]  # area by unit code


@dataclass(frozen=True)
class Named:
    """An area that has a name before anything is solved."""

    name: str
    layer: str = ""
    code: str = ""
    members: frozenset[str] = frozenset()  # of an area that must exist just so
    closed: bool = False
    must: bool = False


class Checker:
    """Count what plans cost, and what they break, for one brief on one country."""

    def __init__(
        self, graph: UnitGraph, atoms: Atoms, brief: Brief, base: pd.Series | None = None
    ) -> None:
        self.graph, self.atoms, self.brief = graph, atoms, brief
        self.units = [str(code) for code in graph.units.index]
        self.called = dict(zip(self.units, graph.units["name"], strict=True))
        self.weight = {atom: float(w) for atom, w in atoms.measures[brief.weight].items()}
        self.within = defaultdict(lambda: defaultdict(list))  # layer, region: atoms
        self.ways = defaultdict(lambda: defaultdict(int))  # layer, atom: how many regions
        for layer, code, atom in atoms.members[["layer", "code", "atom"]].itertuples(index=False):
            self.within[layer][code].append(atom)
            self.ways[layer][atom] += 1
        if brief.unit_layer == "atom":
            self.unit_of = {atom: atom for atom in self.weight}
        else:
            self.unit_of = {
                atom: unit for unit, own in self.within[brief.unit_layer].items() for atom in own
            }
        self.people = dict.fromkeys(self.units, 0.0)
        for atom, unit in self.unit_of.items():
            self.people[unit] += self.weight[atom]
        self.base = {} if base is None else {u: a for u, a in base.items() if isinstance(a, str)}
        self.shares = {layer: self._people(layer, half=True) for layer in list(self.within)}
        self.wholes = {layer: self._people(layer, half=False) for layer in list(self.within)}
        self.edges = self._edges()
        self.named = {own.name: own for own in self._named()}
        self.joins, self.parts = self._demands()
        self.bands = self._bands()
        self._pieces: dict[frozenset[str], bool] = {}

    # Reading

    def unit(self, name: str) -> str:
        """Return the code of a unit given by code or full name."""
        if name in self.people:
            return name
        (code,) = [c for c, own in self.called.items() if own.casefold() == name.casefold()]
        return code

    def titles(self, layer: str) -> dict[str, str]:
        """Return the names of a layer's regions by code."""
        known = {
            code: name
            for own, code, name in self.atoms.names[["layer", "code", "name"]].itertuples(
                index=False
            )
            if own == layer
        }
        return {code: known.get(code, code) for code in sorted(self.within[layer])}

    def _people(self, layer: str, *, half: bool) -> dict[str, dict[str, float]]:
        """Return people by region and unit; in two regions half in each, or full."""
        found: dict[str, dict[str, float]] = {}
        for code in sorted(self.within[layer]):
            found[code] = defaultdict(float)
            for atom in self.within[layer][code]:
                ways = self.ways[layer][atom] if half else 1
                if self.weight[atom] > 0 and atom in self.unit_of:
                    found[code][self.unit_of[atom]] += self.weight[atom] / ways
        return found

    def main(self, layer: str, unit: str) -> str | None:
        """Return the region that holds most people of a unit; of two the first, or none."""
        best, most = None, 0.0
        for code, own in self.wholes[layer].items():
            if own.get(unit, 0.0) > most:
                best, most = code, own[unit]
        return best

    def _edges(self) -> dict[tuple[str, str], float]:
        brief = self.brief
        metres: dict[tuple[str, str], float] = {}
        shut = {self._pair(*own) for own in brief.barriers}
        off = {self._pair(*own) for own in brief.links_off}
        for one, other, long in self.graph.borders[["focal", "neighbour", "metres"]].itertuples(
            index=False
        ):
            if self._pair(one, other) not in shut:
                metres[self._pair(one, other)] = float(long)
        for one, other in self.graph.links[["focal", "neighbour"]].itertuples(index=False):
            if self._pair(one, other) not in off:
                metres.setdefault(self._pair(one, other), 0.0)
        for link in brief.links:
            metres.setdefault(self._pair(link["focal"], link["neighbour"]), 0.0)
        return {edge: self._edge_cost(*edge, long) for edge, long in metres.items()}

    def _pair(self, one: str, other: str) -> tuple[str, str]:
        low, high = sorted((self.unit(one), self.unit(other)))
        return low, high

    def _edge_cost(self, one: str, other: str, metres: float) -> float:
        brief = self.brief
        cost = brief.border_cost + brief.border_km_cost * metres / 1000
        for layer, price in brief.border_shared_costs.items():
            if any(
                all(
                    own.get(u, 0.0) > 0 and own[u] >= brief.tolerance * self.people[u]
                    for u in (one, other)
                )
                for own in self.wholes[layer].values()
            ):
                cost += price
        for layer, price in brief.border_main_costs.items():
            if self.main(layer, one) is not None and self.main(layer, one) == self.main(
                layer, other
            ):
                cost += price
        return cost

    def _anchors(self) -> list[tuple[str, str, str]]:
        found = []
        for layer in self.brief.led_by:
            for code, name in self.titles(layer).items():
                by = self.brief.divide.get(code, self.brief.divide.get(name))
                if by is None:
                    if any(own > 0 for own in self.wholes[layer][code].values()):
                        found.append((layer, code, name))
                    continue
                inside = set(self.within[layer][code])
                for inner, title in self.titles(by).items():
                    own = self.within[by][inner]
                    held = sum(self.weight[atom] for atom in own if atom in inside)
                    if held > sum(self.weight[atom] for atom in own) / 2:
                        found.append((by, inner, title))
        return list(dict.fromkeys(found))

    def _named(self) -> list[Named]:
        brief, found = self.brief, []
        exist = {
            name: frozenset(self.unit(own) for own in members)
            for name, members in brief.must_exist.items()
        }
        for name in brief.frozen:
            exist[name] = frozenset(u for u, area in self.base.items() if area == name)
        anchors = self._anchors()
        names = [name for _, _, name in anchors]
        must = len(brief.led_by) == 1 and brief.k is None
        for layer, code, name in anchors:
            title = name if names.count(name) == 1 else f"{name} ({layer.upper()} {code})"
            closed = title in exist
            found.append(
                Named(title, layer, code, exist.pop(title, frozenset()), closed, must or closed)
            )
        return found + [Named(n, members=own, closed=True, must=True) for n, own in exist.items()]

    def _demands(self) -> tuple[list[set[str]], list[set[str]]]:
        brief = self.brief
        joins = [{self.unit(u) for u in own} for own in brief.must_join]
        parts = [{self.unit(u) for u in own} for own in brief.must_part]
        for layer in brief.keep_whole:
            joins += [
                {u for u in self.units if self.main(layer, u) == code}
                for code in self.titles(layer)
            ]
        if not brief.led_by and brief.locks:
            held = defaultdict(set)
            for unit, area in brief.locks.items():
                held[area].add(self.unit(unit))
            joins += held.values()
            # Two areas are apart where one unit of each is: those of one area are together.
            parts.append({min(own) for own in held.values()})
        return joins, parts

    def _bands(self) -> dict[str, tuple[str, float, float]]:
        """Return floor and ceiling by what the brief names: an area, or a unit that it holds."""
        found = {}
        floors, ceilings = self.brief.area_floors, self.brief.area_ceilings
        for name in {**floors, **ceilings}:
            band = floors.get(name, -math.inf), ceilings.get(name, math.inf)
            area = [n for n, own in self.named.items() if name in (n, own.code)]
            found[name] = (("area", area[0]) if area else ("unit", self.unit(name)), *band)
        return found

    # Cost

    def terms(self, areas: Areas) -> dict[str, float]:
        """Return the cost of a plan by term."""
        brief, found = self.brief, {}
        for layer, price in self._prices(brief.split_cost).items():
            found[f"split {layer}"] = price * self._split(layer, areas)
        for layer, price in self._prices(brief.merge_cost).items():
            found[f"merge {layer}"] = price * self._merged(layer, areas)
        found["cut"] = sum(
            cost for (one, other), cost in self.edges.items() if areas[one] != areas[other]
        )
        for indicator, price in brief.need_costs.items():
            found[f"need {indicator}"] = price * self._need(indicator, areas)
        if brief.status_quo_cost:
            half = brief.status_quo_cost / 2
            found["split status_quo"] = half * self._moved(areas, self.base)
            old = {u: areas[u] for u in self.base}
            found["merge status_quo"] = half * self._moved(self.base, old)
        if brief.size_rule == "priced":
            found["size"] = brief.size_cost * sum(self._beyond(areas).values())
        return found

    def cost(self, areas: Areas) -> float:
        """Return the cost of a plan."""
        return sum(self.terms(areas).values())

    def _prices(self, price: float | Mapping[str, float]) -> dict[str, float]:
        if isinstance(price, Mapping):
            return dict(price)
        return dict.fromkeys((self.brief.seed_layer, *self.brief.align), price)

    def _split(self, layer: str, areas: Areas) -> float:
        away = 0.0
        leads = {own.code: own.name for own in self.named.values() if own.layer == layer}
        exist = set(areas.values())
        for code, own in self.shares[layer].items():
            by_area = _sums(own, areas)
            home = leads.get(code)
            at_home = (
                by_area.get(home, 0.0) if home in exist else max(by_area.values(), default=0.0)
            )
            away += sum(own.values()) - at_home
        return away

    def _merged(self, layer: str, areas: Areas) -> float:
        leader = {own.name: own.code for own in self.named.values() if own.layer == layer}
        beyond = 0.0
        for area in set(areas.values()):
            people = {
                code: sum(w for u, w in own.items() if areas[u] == area)
                for code, own in self.shares[layer].items()
            }
            own = people[leader[area]] if area in leader else max(people.values())
            beyond += sum(people.values()) - own
        return beyond

    def _moved(self, areas: Areas, bodies: Areas) -> float:
        """Return the people outside the area that holds most of their body."""
        moved = 0.0
        for body in set(bodies.values()):
            own = {u: self.people[u] for u, name in bodies.items() if name == body}
            moved += sum(own.values()) - max(_sums(own, areas).values())
        return moved

    def _need(self, indicator: str, areas: Areas) -> float:
        value = {u: float(v) for u, v in self.graph.units[indicator].items() if not math.isnan(v)}
        people = {u: self.people[u] for u in value}
        total = _spread(people, value)
        within = sum(
            _spread({u: w for u, w in people.items() if areas[u] == area}, value)
            for area in set(areas.values())
        )
        return sum(people.values()) * within / total

    def _beyond(self, areas: Areas) -> dict[str, float]:
        """Return by area the people short of its floor or over its ceiling."""
        found = {}
        for area, people in _sums(self.people, areas).items():
            bands = [
                (low, high)
                for (kind, what), low, high in self.bands.values()
                if (area == what if kind == "area" else areas[what] == area)
            ]
            low = max([low for low, _ in bands if low > -math.inf], default=self.brief.size_floor)
            high = min(
                [high for _, high in bands if high < math.inf], default=self.brief.size_ceiling
            )
            if people < low:
                found[area] = low - people
            elif people > high:
                found[area] = people - high
        return found

    # Constraints

    def broken(self, areas: Areas) -> list[str]:
        """Return what a plan breaks; nothing where it meets the brief."""
        return list(self._broken(areas))

    def _broken(self, areas: Areas) -> Iterator[str]:
        brief = self.brief
        held = defaultdict(set)
        for unit in self.units:
            held[areas[unit]].add(unit)
        yield from self._wrong_count(held)
        for area, own in held.items():
            if brief.contiguous and not self.in_one_piece(frozenset(own)):
                yield f"{area} is in pieces"
        if brief.size_rule == "hard":
            for area, people in self._beyond(areas).items():
                yield f"{area} is {people} people out of its band"
        for own in self.joins:
            if len({areas[u] for u in own}) > 1:
                yield f"{sorted(own)} are not together"
        for own in self.parts:
            if len({areas[u] for u in own}) < len(own):
                yield f"{sorted(own)} are not apart"
        if brief.led_by:
            for unit, area in brief.locks.items():
                if area not in (areas[self.unit(unit)], self.code_of(areas[self.unit(unit)])):
                    yield f"{unit} is not in {area}"
        for name, own in self.named.items():
            if own.must and name not in held:
                yield f"{name} does not exist"
            if own.closed and held.get(name) != own.members:
                yield f"{name} is not just as it must be"
            if own.code and not own.closed and name in held:
                leader = self.wholes[own.layer][own.code]
                if not any(leader.get(u, 0.0) > 0 for u in held[name]):
                    yield f"{name} holds nobody of what leads it"

    def _wrong_count(self, held: Mapping[str, set[str]]) -> Iterator[str]:
        k, named = self.brief.k, set(self.named)
        if k is not None:
            low, high = (k, k) if isinstance(k, int) else k
            if not low <= len(held) <= high:
                yield f"{len(held)} areas"
        if self.brief.led_by and not set(held) <= named:
            yield f"nothing leads {set(held) - named}"

    def code_of(self, area: str) -> str:
        """Return the code of the region that leads an area; empty for none."""
        return self.named[area].code if area in self.named else ""

    def in_one_piece(self, units: frozenset[str]) -> bool:
        """Tell whether units are joined by borders and links among them."""
        if units not in self._pieces:
            reached = {min(units)}
            while True:
                more = {
                    far
                    for edge in self.edges
                    for near, far in (edge, edge[::-1])
                    if near in reached and far in units
                }
                if more <= reached:
                    break
                reached |= more
            self._pieces[units] = reached == units
        return self._pieces[units]

    # Brute force

    def assignments(self) -> Iterator[dict[str, str]]:
        """Return every plan: all labels of named areas, or all ways to group units freely.

        Of named areas that must exist just so no others than these are tried.
        """
        if self.brief.led_by:
            shut = {u: own.name for own in self.named.values() for u in own.members}
            open_ = [name for name, own in self.named.items() if not own.closed]
            choices = [[shut[u]] if u in shut else open_ for u in self.units]
            for own in itertools.product(*choices):
                yield dict(zip(self.units, own, strict=True))
            return
        exist = {own.members: own.name for own in self.named.values()}
        for labels in all_partitions(len(self.units)):
            held = defaultdict(set)
            for unit, label in zip(self.units, labels, strict=True):
                held[label].add(unit)
            title = {n: exist.get(frozenset(own), f"area {n}") for n, own in held.items()}
            yield {u: title[n] for u, n in zip(self.units, labels, strict=True)}

    def best(self) -> float:
        """Return the cost of the best plan that meets the brief; infinite where there is none."""
        least = math.inf
        for areas in self.assignments():
            if next(self._broken(areas), None) is None:
                least = min(least, self.cost(areas))
        return least


def all_partitions(n: int) -> Iterator[tuple[int, ...]]:
    """Return every way to group n things, each once: the group of each thing.

    >>> list(all_partitions(3))
    [(0, 0, 0), (0, 0, 1), (0, 1, 0), (0, 1, 1), (0, 1, 2)]
    """
    if n == 0:
        yield ()
        return
    for rest in all_partitions(n - 1):
        for group in range(max(rest, default=-1) + 2):
            yield (*rest, group)


def _sums(people: Mapping[str, float], areas: Areas) -> dict[str, float]:
    found: dict[str, float] = defaultdict(float)
    for unit, own in people.items():
        found[areas[unit]] += own
    return found


def _spread(people: Mapping[str, float], value: Mapping[str, float]) -> float:
    """Return the sum of squares about the mean over people."""
    count = sum(people.values())
    if not count:
        return 0.0
    mean = sum(own * value[u] for u, own in people.items()) / count
    return sum(own * (value[u] - mean) ** 2 for u, own in people.items())
