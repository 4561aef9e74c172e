"""The master programme: which areas of a pool cover every unit once, at least cost."""

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from coterminosity.proposing.nodes import Duals
from coterminosity.proposing.pool import Pool, area_cost, constant_cost
from coterminosity.proposing.problem import Bodies, Floats, Ints
from coterminosity.proposing.solver import Solver


@dataclass(frozen=True, eq=False)
class Relaxed:
    """An optimum of the master over fractions of areas.

    ``artificial`` is how many units or areas are wanting; above 0 there is no plan yet, and
    ``cost`` means nothing. ``scraps`` is how many pieces are left over.
    """

    cost: float
    duals: Duals
    share: Floats
    artificial: float
    scraps: float


class Master:
    """Hold the linear master over some columns of a pool; it grows and stays warm.

    Rows are units (covered once), the number of areas, and regions (at home in one area at most).
    A unit may stay uncovered at a price above what it could ever cost, so that there is always a
    solution.
    """

    def __init__(self, pool: Pool, *, seed: int = 1) -> None:
        problem = self.problem = pool.problem
        self.pool, self.chosen = pool, np.zeros(0, dtype=np.int64)
        self.offset = constant_cost(problem)
        self._split = [i for i, b in enumerate(problem.bodies) if b.split_cost > 0]
        counts = [len(problem.bodies[i].totals) for i in self._split]
        self._first = np.r_[0, np.cumsum(counts)] + len(problem) + 1
        self._place = dict(zip(self._split, self._first[:-1].tolist(), strict=True))
        height = int(self._first[-1])
        self.solver = Solver(seed=seed)
        units = len(problem)
        lower = np.r_[np.ones(units), problem.k_low, np.full(height - units - 1, -np.inf)]
        upper = np.r_[np.ones(units), problem.k_high, np.ones(height - units - 1)]
        self.solver.add_rows(sparse.csr_array((height, 0)), lower=lower, upper=upper)
        eye = sparse.vstack([sparse.identity(units), sparse.csr_array((height - units, units))])
        self._units = self.solver.add_columns(self._penalty(), matrix=sparse.csc_array(eye))
        count = sparse.coo_array(([1.0, -1.0], ([units, units], [0, 1])), shape=(height, 2))
        self._counts = self.solver.add_columns(self._short(), matrix=sparse.csc_array(count))
        self._columns = np.zeros(0, dtype=np.int64)
        self._scraps, self._scrap_cost = np.zeros(0, dtype=np.int64), np.zeros(0)

    def _penalty(self) -> Floats:
        problem = self.problem
        near = np.bincount(problem.edge_a, problem.edge_cost, len(problem))
        near += np.bincount(problem.edge_b, problem.edge_cost, len(problem))
        bodies = sum(
            ((b.split_cost + b.merge_cost) * b.by_unit for b in problem.bodies),
            start=np.zeros(len(problem)),
        )
        return np.asarray(10.0 * (near + bodies).mean() + near + bodies + 1.0)

    def _short(self) -> Floats:
        return np.full(2, 5.0 * float(self._penalty().max(initial=1.0)))

    def press(self, times: float) -> None:
        """Let what no area covers cost so many times what it did at first."""
        self.solver.set_cost(self._units, times * self._penalty())
        self.solver.set_cost(self._counts, times * self._short())

    def add(self, numbers: Ints) -> None:
        """Add columns of the pool."""
        new = np.setdiff1d(numbers, self.chosen)
        if len(new):
            columns = [self.pool.columns[int(j)] for j in new]
            own = self.solver.add_columns(
                np.array([c.net for c in columns]), matrix=self._table(new).tocsc()
            )
            self._columns = np.concatenate([self._columns, own])
            self.chosen = np.concatenate([self.chosen, new])

    def add_scraps(self, scraps: list[Ints], *, price: float) -> None:
        """Let units stay over, in pieces below the floor that are no area of their own.

        No good plan does so; but prices then are such that pieces that nothing joins to the rest
        of an area do not pay, and bounds are found sooner. The price is to rise until none is used.
        """
        if scraps:
            self._scrap_cost = np.array([area_cost(self.problem, own) for own in scraps])
            rows = np.concatenate(scraps)
            starts = np.r_[0, np.cumsum([len(own) for own in scraps])]
            shape = (self.solver.height, len(scraps))
            table = sparse.csc_array((np.ones(len(rows)), rows, starts), shape=shape)
            self._scraps = self.solver.add_columns(self._scrap_cost + price, matrix=table)

    def price_scraps(self, price: float) -> None:
        """Let each scrap cost that much more than its borders."""
        self.solver.set_cost(self._scraps, self._scrap_cost + price)

    def _table(self, numbers: Ints) -> sparse.csc_array:
        units = self.pool.matrix(numbers).T
        count = sparse.csr_array(np.ones((1, len(numbers))))
        row, column = [], []
        for place, j in enumerate(numbers):
            for layer, region in self.pool.columns[int(j)].homes:
                row.append(self._place[layer] + region - len(self.problem) - 1)
                column.append(place)
        shape = (self.solver.height - len(self.problem) - 1, len(numbers))
        homes = sparse.coo_array((np.ones(len(row)), (row, column)), shape=shape)
        return sparse.csc_array(sparse.vstack([units, count, homes]))

    def relax(self, *, seconds: float = np.inf) -> Relaxed:
        """Solve over fractions of areas."""
        answer = self.solver.solve(seconds=seconds, watched=False)
        if answer.duals is None or answer.values is None:
            raise TimeoutError
        problem, duals = self.problem, answer.duals
        homes = []
        for number, bodies in enumerate(problem.bodies):
            price = np.zeros(len(bodies.totals))
            if number in self._place:
                first = self._place[number]
                price = np.maximum(-duals[first : first + len(price)], 0.0)
            homes.append(price)
        units = len(problem)
        return Relaxed(
            cost=answer.cost + self.offset,
            duals=Duals(duals[:units], float(duals[units]), tuple(homes)),
            share=answer.values[self._columns],
            artificial=float(answer.values[np.r_[self._units, self._counts]].sum()),
            scraps=float(answer.values[self._scraps].sum()),
        )

    def close(self) -> None:
        """Give its memory back."""
        self.solver.close()

    def best_plan(
        self, numbers: Ints, *, start: Ints | None, seconds: float, gap: float, seed: int
    ) -> tuple[Ints | None, float]:  # fmt: skip
        """Choose whole areas among some columns; return units' areas and a bound over these.

        Every region may be at home in any area that is chosen, whatever its column says.

        Parameters
        ----------
        numbers : array of int
            Columns of the pool.
        start : array of int, optional
            A plan to begin with, by unit.
        seconds, gap, seed
            Limits, and where the solver's choices start.
        """
        if not len(numbers):
            return None, np.inf
        numbers = self._distinct(numbers)
        problem, units, count = self.problem, len(self.problem), len(numbers)
        table = self.pool.matrix(numbers)
        solver = Solver(seed=seed, offset=self.offset)
        cost = np.array([self.pool.columns[int(j)].cost for j in numbers])
        solver.add_columns(cost, upper=1.0, integer=True)
        rows = sparse.vstack([table.T, sparse.csr_array(np.ones((1, count)))])
        solver.add_rows(
            rows.tocsr(),
            lower=np.r_[np.ones(units), problem.k_low],
            upper=np.r_[np.ones(units), problem.k_high],
        )
        for number in self._split:
            _add_homes(solver, problem.bodies[number], table)
        if start is not None:
            own = {np.flatnonzero(start == label).tobytes() for label in np.unique(start)}
            keys = [self.pool.columns[int(j)].members.tobytes() in own for j in numbers]
            solver.start_at(np.arange(count), np.array(keys, dtype=np.float64))
        answer = solver.solve(seconds=seconds, gap=gap)
        solver.close()
        if answer.status == "interrupted":
            raise KeyboardInterrupt
        if answer.values is None:
            return None, answer.bound
        return self.area_of(numbers[answer.values[:count] > 0.5]), answer.bound

    def _distinct(self, numbers: Ints) -> Ints:
        """Return one column for each set of units."""
        first: dict[bytes, int] = {}
        for j in numbers.tolist():
            first.setdefault(self.pool.columns[j].members.tobytes(), j)
        return np.array(list(first.values()), dtype=np.int64)

    def area_of(self, numbers: Ints) -> Ints:
        """Return the plan that some columns make: areas that must exist keep their labels."""
        problem, label = self.problem, len(self.problem.labels)
        area = np.full(len(problem), -1, dtype=np.int64)
        for j in numbers:
            members = self.pool.columns[int(j)].members
            pinned = int(problem.pinned[members[0]])
            area[members] = label if pinned < 0 else pinned
            label += pinned < 0
        return area


def _add_homes(solver: Solver, bodies: Bodies, table: sparse.csr_array) -> None:
    """Let each region be at home in one of the areas that are chosen."""
    held = sparse.coo_array(table @ bodies.weight)
    keep = held.data > 0
    area, region, people = held.row[keep], held.col[keep], held.data[keep]
    pairs, regions = len(people), len(bodies.totals)
    home = solver.add_columns(-bodies.split_cost * people, upper=1.0)
    place = np.arange(pairs)
    one = sparse.coo_array((np.ones(pairs), (region, home)), shape=(regions, solver.width))
    ties = sparse.coo_array(
        (np.r_[np.ones(pairs), -np.ones(pairs)], (np.r_[place, place], np.r_[home, area])),
        shape=(pairs, solver.width),
    )
    rows = sparse.vstack([one, ties]).tocsr()
    solver.add_rows(rows, lower=-np.inf, upper=np.r_[np.ones(regions), np.zeros(pairs)])


def reduced_costs(pool: Pool, numbers: Ints, duals: Duals) -> Floats:
    """Return the reduced cost of columns of a pool."""
    columns = [pool.columns[int(j)] for j in numbers]
    net = np.array([c.net for c in columns])
    homes = np.array([sum(duals.homes[i][r] for i, r in c.homes) for c in columns])
    return np.asarray(net - pool.matrix(numbers) @ duals.units - duals.count + homes)
