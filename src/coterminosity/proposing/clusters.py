"""Clusters of units that only ever merge, with the cost of the whole kept up to date."""

from itertools import combinations, pairwise

from coterminosity.proposing.problem import NO_AREA, Bodies, Problem

Held = dict[int, float]


class Clusters:
    """Keep people, bodies, borders and constraints of clusters while they merge.

    A cluster is called by its lowest unit. What it costs to merge two of them depends on these
    two alone, apart from which area is home to a body; that only ever grows.

    Parameters
    ----------
    problem : Problem
        Units, prices and constraints.
    label : list of int
        By unit: the named area that its cluster is, -1 for none. No other cluster may have it.
    """

    def __init__(self, problem: Problem, label: list[int]) -> None:
        self.problem = problem
        self.label = label
        self.people: list[float] = problem.people.tolist()
        self.count = [1] * len(problem)
        self.alive = [True] * len(problem)
        self.version = [0] * len(problem)
        self.left = len(problem)
        self.unnamed = sum(own == NO_AREA for own in label)
        self._borders(problem)
        self._bands(problem)
        self._hold(problem)
        self.apart: list[frozenset[int]] = [frozenset()] * len(problem)
        for group, members in enumerate(problem.parts):
            for unit in members:
                self.apart[unit] |= {group}
        self._closed = [bool(own) for own in problem.closed]
        self.cost = self._cost_of_units()
        self.short = sum(self.shortage(unit) for unit in range(len(problem)))

    def _borders(self, problem: Problem) -> None:
        self.near: list[dict[int, float]] = [{} for _ in self.people]
        self.touch: list[dict[int, float]] = [{} for _ in self.people]
        for a, b, cost in zip(
            problem.edge_a.tolist(),
            problem.edge_b.tolist(),
            problem.edge_cost.tolist(),
            strict=True,
        ):
            self.near[a][b] = self.near[b][a] = cost
            self.touch[a][b] = self.touch[b][a] = 1.0
        self.outer = [len(own) for own in self.near]

    def _bands(self, problem: Problem) -> None:
        hard = problem.size_price == float("inf")
        self._price = 0.0 if hard else problem.size_price
        self._own_floor: dict[int, float] = dict(problem.unit_floor)
        self._own_ceiling: dict[int, float] = dict(problem.unit_ceiling)
        own = (self._own_floor, self._own_ceiling, problem.label_floor, problem.label_ceiling)
        self._one_band = not any(own)
        self._bounded = hard and (problem.ceiling < float("inf") or not self._one_band)

    def _hold(self, problem: Problem) -> None:
        """Read who holds people of which body, and the sums from which variance follows."""
        named = {own for own in self.label if own != NO_AREA}
        self._layers: list[tuple[Bodies, list[float], dict[int, int], dict[int, int]]] = []
        self.held: list[list[Held]] = []
        self._most: list[list[float]] = []
        self._anchor: dict[int, tuple[int, int]] = {}
        for bodies in problem.bodies:
            if not (bodies.split_cost or bodies.merge_cost or (bodies.leads >= 0).any()):
                continue
            table = bodies.weight.tocsr()
            start, column, weight = (
                part.tolist() for part in (table.indptr, table.indices, table.data)
            )
            held = [
                {r: w for r, w in zip(column[i:j], weight[i:j], strict=True) if w > 0}
                for i, j in pairwise(start)
            ]
            most = [0.0] * len(bodies.totals)
            for own in held:
                for region, people in own.items():
                    most[region] = max(most[region], people)
            for region in (bodies.leads >= 0).nonzero()[0].tolist():
                self._anchor[int(bodies.leads[region])] = (len(self._layers), region)
            leader = {r: int(a) for r, a in enumerate(bodies.leads) if int(a) in named}
            led = {label: region for region, label in leader.items()}
            self._layers.append((bodies, bodies.totals.tolist(), leader, led))
            self.held.append(held)
            self._most.append(most)
        self._needs = [
            (need.price, need.weight.tolist(), (need.weight * need.value).tolist())
            for need in problem.needs
        ]

    def band(self, cluster: int, *others: int) -> tuple[float, float]:
        """Return floor and ceiling of an area of these clusters."""
        problem = self.problem
        if self._one_band:
            return problem.floor, problem.ceiling
        whole = (cluster, *others)
        floors = [self._own_floor[c] for c in whole if c in self._own_floor]
        ceilings = [self._own_ceiling[c] for c in whole if c in self._own_ceiling]
        if problem.label_floor or problem.label_ceiling:
            named = [self.label[c] for c in whole]
            floors += [problem.label_floor[own] for own in named if own in problem.label_floor]
            ceilings += [
                problem.label_ceiling[own] for own in named if own in problem.label_ceiling
            ]
        return max(floors, default=problem.floor), min(ceilings, default=problem.ceiling)

    def shortage(self, *clusters: int) -> float:
        """Return people short of the floor of an area of these clusters."""
        floor = self.problem.floor if self._one_band else self.band(*clusters)[0]
        return max(0.0, floor - sum([self.people[c] for c in clusters]))

    def allowed(self, a: int, b: int) -> bool:
        """Tell whether two clusters may be one area."""
        one, other = self.label[a], self.label[b]
        if one != NO_AREA and other != NO_AREA:
            return False
        if (one != NO_AREA and self._closed[one]) or (other != NO_AREA and self._closed[other]):
            return False
        if self.apart[a] and not self.apart[a].isdisjoint(self.apart[b]):
            return False
        return not self._bounded or self.people[a] + self.people[b] <= self.band(a, b)[1]

    def change(self, a: int, b: int, *, likely: bool) -> float:
        """Return what a merger would add to the cost; below 0 where it saves.

        Parameters
        ----------
        a, b : int
            Clusters.
        likely : bool
            False for the exact change of the whole cost. True for what to expect once areas are
            grown: of a body with n people, of which the clusters hold x and y, 2xy/n come
            together. That sums to nearly n over the mergers that make a body whole, whereas the
            exact saving is nothing until a cluster outgrows the home of the body.
        """
        change = -self.near[a].get(b, 0.0)
        for layer in range(len(self._layers)):
            change += self._change_of_bodies(layer, a, b, likely)
        for price, weight, moment in self._needs:
            if weight[a] > 0 and weight[b] > 0:
                apart = moment[a] / weight[a] - moment[b] / weight[b]
                change += price * weight[a] * weight[b] / (weight[a] + weight[b]) * apart**2
        if self._price:
            change += self._price * (self._beyond(a, b) - self._beyond(a) - self._beyond(b))
        return change

    def _beyond(self, *clusters: int) -> float:
        low, high = self.band(*clusters)
        people = sum(self.people[c] for c in clusters)
        return max(low - people, people - high, 0.0)

    def _change_of_bodies(self, layer: int, a: int, b: int, likely: bool) -> float:
        bodies, totals, leader, led = self._layers[layer]
        held, most, saved = self.held[layer], self._most[layer], 0.0
        if bodies.split_cost:
            few, many = held[a], held[b]
            if len(few) > len(many):
                few, many = many, few
            one, other = self.label[a], self.label[b]
            unnamed = one == other == NO_AREA
            for region, x in few.items():
                y = many.get(region)
                if y is None:
                    continue
                if likely:
                    if unnamed or region not in leader:
                        saved += 2 * x * y / totals[region]
                elif x + y > most[region] and region not in leader:
                    saved += x + y - most[region]
            if not unnamed:
                if one in led:
                    saved += held[b].get(led[one], 0.0)
                if other in led:
                    saved += held[a].get(led[other], 0.0)
        change = -bodies.split_cost * saved
        if bodies.merge_cost:
            mains = self._main(layer, a) + self._main(layer, b) - self._main(layer, a, b)
            change += bodies.merge_cost * mains
        return change

    def _main(self, layer: int, *clusters: int) -> float:
        """Return the people of the body that an area of these clusters is mainly of."""
        held = [self.held[layer][c] for c in clusters]
        led = self._layers[layer][3]
        for cluster in clusters:
            if self.label[cluster] in led:
                region = led[self.label[cluster]]
                return sum(own.get(region, 0.0) for own in held)
        if len(held) == 1:
            return max(held[0].values(), default=0.0)
        one, other = held
        return max(
            max((people + other.get(r, 0.0) for r, people in one.items()), default=0.0),
            max(other.values(), default=0.0),
        )

    def dearer_as(self, cluster: int, label: int) -> float | None:
        """Return what it adds to the cost if an anchor leads a cluster; None where it cannot.

        The cluster is then home to the anchor's body, though another may hold more of it.
        """
        layer, region = self._anchor[label]
        bodies, people = self._layers[layer][0], self.held[layer][cluster].get(region, 0.0)
        if not people > 0:
            return None
        split = bodies.split_cost * (self._most[layer][region] - people)
        if not bodies.merge_cost:
            return split
        return split + bodies.merge_cost * (self._main(layer, cluster) - people)

    def merge(self, one: int, other: int) -> int:
        """Merge two clusters and return which of them it is now called by."""
        a, b = min(one, other), max(one, other)
        self.cost += self.change(a, b, likely=False)
        self.short += self.shortage(a, b) - self.shortage(a) - self.shortage(b)
        self.left -= 1
        self.unnamed -= self.label[a] == NO_AREA or self.label[b] == NO_AREA
        floor, ceiling = self._own_floor, self._own_ceiling
        if b in floor:
            floor[a] = max(floor[b], floor.get(a, 0.0))
        if b in ceiling:
            ceiling[a] = min(ceiling[b], ceiling.get(a, float("inf")))
        self.label[a] = max(self.label[a], self.label[b])
        self.people[a] += self.people[b]
        self.count[a] += self.count[b]
        self.apart[a] |= self.apart[b]
        self.alive[b] = False
        self.version[a] += 1
        for layer, held in enumerate(self.held):
            self._pour(layer, held, a, b)
        for _, weight, moment in self._needs:
            weight[a] += weight[b]
            moment[a] += moment[b]
        self._join_borders(a, b)
        return a

    def _pour(self, layer: int, held: list[Held], a: int, b: int) -> None:
        few, many = held[a], held[b]
        if len(few) > len(many):
            few, many = many, few
        most = self._most[layer]
        for region, people in few.items():
            own = many.get(region, 0.0) + people
            many[region] = own
            most[region] = max(most[region], own)
        held[a], held[b] = many, {}

    def _join_borders(self, a: int, b: int) -> None:
        self.outer[a] += self.outer[b] - 2 * int(self.touch[a].get(b, 0))
        for table in (self.near, self.touch):
            own, gone = table[a], table[b]
            own.pop(b, None)
            gone.pop(a, None)
            for n, amount in gone.items():
                theirs = table[n]
                del theirs[b]
                own[n] = theirs[a] = own.get(n, 0.0) + amount
            table[b] = {}

    def _cost_of_units(self) -> float:
        """Return the cost where every unit is an area of its own."""
        cost = float(self.problem.edge_cost.sum())
        for layer, (bodies, totals, leader, _) in enumerate(self._layers):
            held, home = self.held[layer], list(self._most[layer])
            units = {own: unit for unit, own in enumerate(self.label) if own != NO_AREA}
            for region, label in leader.items():
                home[region] = held[units[label]].get(region, 0.0)
            cost += bodies.split_cost * (sum(totals) - sum(home))
            if bodies.merge_cost:
                mains = sum(self._main(layer, unit) for unit in range(len(held)))
                cost += bodies.merge_cost * (sum(totals) - mains)
        if self._price:
            cost += self._price * sum(self._beyond(unit) for unit in range(len(self.people)))
        return cost

    def pairs(self) -> list[tuple[int, int]]:
        """Return every pair of clusters that share a border, the lower first.

        Where areas need not be in one piece and no borders are left, every pair.
        """
        own = [c for c, alive in enumerate(self.alive) if alive]
        found = [(a, b) for a in own for b in sorted(self.near[a]) if a < b]
        if found or self.problem.contiguous:
            return found
        return list(combinations(own, 2))
