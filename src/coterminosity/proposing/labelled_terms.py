"""Cost and constraints of labelled areas as columns and rows."""

import numpy as np
from scipy import sparse

from coterminosity.proposing.costing import beyond_band, homes_of, own_people
from coterminosity.proposing.frame import ALWAYS, CHOICE, PAIR, PART, Draft, Frame
from coterminosity.proposing.problem import Bodies, Bools, Floats, Ints

NONE = -1


class Choice:
    """Hold the columns that say which cluster has which label, and which labels have units.

    Attributes
    ----------
    x : array of int
        Clusters × positions: the column, -1 where not allowed.
    opened : array of int
        By position: the column that is 1 where the label has units; -1 where it must have.
    """

    def __init__(self, draft: Draft, frame: Frame) -> None:
        self.draft, self.frame = draft, frame
        self.width = len(frame.labels)
        self.x: Ints = np.full(frame.allowed.shape, NONE, dtype=np.int64)
        self.x[frame.allowed] = draft.columns(
            np.zeros(int(frame.allowed.sum())), kind=PAIR, integer=True
        )
        self.opened = np.full(len(frame.labels), NONE, dtype=np.int64)
        for position in range(len(frame.labels)):
            if not frame.must_open(position):
                self.opened[position] = draft.columns(np.zeros(1), kind=ALWAYS, integer=True)[0]

    def of(self, position: int) -> tuple[Ints, Ints]:
        """Return clusters that may have a label, and their columns."""
        own = np.flatnonzero(self.x[:, position] >= 0)
        return own, self.x[own, position]


def add_demands(choice: Choice) -> None:
    """Give each cluster one label, tie labels to what must open, and count the areas."""
    draft, frame = choice.draft, choice.frame
    cluster, position = np.nonzero(choice.x >= 0)
    count = len(choice.x)
    draft.rows(
        np.ones(count), np.ones(count),
        (cluster, choice.x[cluster, position], np.ones(len(cluster))),
    )  # fmt: skip
    for place, opened in enumerate(choice.opened):
        own, columns = choice.of(place)
        leaders = frame.leaders[place]
        roots = own if leaders is None else np.unique(frame.cluster[leaders])
        held = choice.x[roots, place]
        held = held[held >= 0]
        if opened == NONE:
            draft.row(held, 1.0, 1.0, np.inf)
            continue
        draft.at_most(columns, np.full(len(columns), opened))
        draft.row(np.append(held, opened), np.append(np.ones(len(held)), -1.0), 0.0, np.inf)
    _count(choice)
    _part(choice)


def _count(choice: Choice) -> None:
    problem, frame = choice.frame.problem, choice.frame
    given = choice.opened[choice.opened >= 0]
    sure = len(choice.opened) - len(given) + len(frame.open_outside)
    low, high = problem.k_low - sure, problem.k_high - sure
    if low > 0 or high < len(given):
        choice.draft.row(given, 1.0, float(low), float(high))


def _part(choice: Choice) -> None:
    for group in choice.frame.problem.parts:
        inside = choice.frame.cluster[list(group)]
        inside = inside[inside >= 0]
        if len(inside) < 2:
            continue
        for position in range(choice.width):
            columns = choice.x[inside, position]
            columns, times = np.unique(columns[columns >= 0], return_counts=True)
            if times.sum() > 1:
                choice.draft.row(columns, times.astype(np.float64), -np.inf, 1.0)


def add_splits(choice: Choice, bodies: Bodies) -> None:
    """Price the people outside the home of their region.

    The home of a region is a choice of one label (or of the best area that is not in play), which
    is the label it leads where that has units; people at home are the smaller of two columns.
    """
    if not bodies.split_cost:
        return
    draft, frame = choice.draft, choice.frame
    cells = frame.weight_of(bodies)
    cluster, region, people = cells.row, cells.col, cells.data * bodies.split_cost
    outside = frame.outside_weight(bodies)
    best = np.asarray(outside.max(axis=1)) * bodies.split_cost
    pinned, lead = _led_home(choice, bodies, outside)
    draft.offset += bodies.split_cost * float(bodies.totals.sum())
    # Home is an area that is not in play and that the region leads.
    elsewhere = np.flatnonzero(pinned == len(frame.labels))
    led = homes_of(bodies, outside)[elsewhere]
    draft.offset -= bodies.split_cost * float(outside[elsewhere, led].sum())
    settled = np.zeros(len(best), dtype=np.bool_)
    settled[elsewhere] = True
    # Home is one label for sure.
    sure = pinned[region]
    home = (sure >= 0) & (sure < len(frame.labels))
    columns = np.full(len(region), NONE, dtype=np.int64)
    columns[home] = choice.x[cluster[home], sure[home]]
    kept = home & (columns >= 0)
    _add_cost(draft, columns[kept], -people[kept])
    settled |= pinned >= 0
    # One cluster alone is always at home.
    alone = (np.bincount(region, minlength=len(best)) == 1) & (best == 0) & (lead == NONE)
    draft.offset -= float(people[alone[region] & ~settled[region]].sum())
    settled |= alone
    loose = ~settled[region]
    stay = np.flatnonzero(~settled & (best > 0))
    _add_homes(
        choice, cluster[loose], region[loose], people[loose],
        lead=lead, stay=stay, best=best[stay],
    )  # fmt: skip


def _led_home(choice: Choice, bodies: Bodies, outside: Floats) -> tuple[Ints, Ints]:
    """Return by region the position that is its home for sure, and that which is if opened.

    One position too many stands for an area that is not in play; -1 for none.
    """
    frame = choice.frame
    place = {int(label): position for position, label in enumerate(frame.labels)}
    pinned = np.full(len(bodies.leads), NONE, dtype=np.int64)
    lead = pinned.copy()
    held = frame.weight_of(bodies)
    for region in np.flatnonzero(bodies.leads >= 0):
        label = int(bodies.leads[region])
        if label not in place:
            if outside[:, label].sum() > 0:
                pinned[region] = len(frame.labels)
        elif frame.is_closed(place[label]):
            own = frame.allowed[:, place[label]]
            if own[held.row].any():
                pinned[region] = place[label]
        elif choice.opened[place[label]] == NONE:
            pinned[region] = place[label]
        else:
            lead[region] = place[label]
    return pinned, lead


def _add_homes(
    choice: Choice, cluster: Ints, region: Ints, people: Floats, *,
    lead: Ints, stay: Ints, best: Floats,
) -> None:  # fmt: skip
    """Add the choice of a home by region, and people at home."""
    draft, width = choice.draft, choice.width
    cell, position = np.nonzero(choice.x[cluster] >= 0)
    key = region[cell] * width + position
    keys, where = np.unique(key, return_inverse=True)
    home = np.full(len(keys), NONE, dtype=np.int64)
    own_region, own_position = keys // width, keys % width
    led = lead[own_region] == own_position
    home[led] = choice.opened[own_position[led]]
    home[~led] = draft.columns(np.zeros(int((~led).sum())), kind=CHOICE, integer=True)
    out = draft.columns(-best, kind=ALWAYS)
    regions = np.unique(np.concatenate([own_region, stay]))
    row = np.searchsorted(regions, own_region)
    entries = [(row, home, np.ones(len(row)))]
    entries.append((np.searchsorted(regions, stay), out, np.ones(len(out))))
    # A lead that has none of the region's people can be home all the same.
    absent = [r for r in regions if lead[r] >= 0 and not (led & (own_region == r)).any()]
    entries.append((
        np.searchsorted(regions, absent).astype(np.int64),
        choice.opened[lead[absent]] if absent else np.zeros(0, dtype=np.int64),
        np.ones(len(absent)),
    ))  # fmt: skip
    draft.rows(np.full(len(regions), -np.inf), np.ones(len(regions)), *entries)
    at_home = draft.columns(-people[cell], kind=PART)
    draft.at_most(at_home, choice.x[cluster[cell], position])
    draft.at_most(at_home, home[where])


def add_merges(choice: Choice, bodies: Bodies) -> None:
    """Price the people whose area is mainly another body's, or led by another."""
    if not bodies.merge_cost:
        return
    draft, frame, width = choice.draft, choice.frame, choice.width
    cells = frame.weight_of(bodies)
    cluster, region, people = cells.row, cells.col, cells.data * bodies.merge_cost
    outside = frame.outside_weight(bodies)
    own = own_people(bodies, outside)[frame.open_outside].sum()
    draft.offset += bodies.merge_cost * float(bodies.totals.sum() - own)
    leader = np.full(width, NONE, dtype=np.int64)
    for position, label in enumerate(frame.labels):
        led = np.flatnonzero(bodies.leads == label)
        if len(led):
            leader[position] = led[-1]
    cell, place = np.nonzero(choice.x[cluster] >= 0)
    columns = choice.x[cluster[cell], place]
    named = leader[place] == region[cell]
    _add_cost(draft, columns[named], -people[cell[named]])
    loose = leader[place] == NONE
    cell, place, columns = cell[loose], place[loose], columns[loose]
    count = len(bodies.totals)
    keys, where = np.unique(place * count + region[cell], return_inverse=True)
    main = draft.columns(np.zeros(len(keys)), kind=CHOICE, integer=True)
    places, row = np.unique(keys // count, return_inverse=True)
    draft.rows(np.full(len(places), -np.inf), np.ones(len(places)), (row, main, np.ones(len(row))))
    mainly = draft.columns(-people[cell], kind=PART)
    draft.at_most(mainly, columns)
    draft.at_most(mainly, main[where])


def add_cuts(choice: Choice) -> None:
    """Price the borders between areas."""
    problem, frame, draft = choice.frame.problem, choice.frame, choice.draft
    priced = problem.edge_cost > 0
    a, b, cost = problem.edge_a[priced], problem.edge_b[priced], problem.edge_cost[priced]
    one, other = frame.cluster[a], frame.cluster[b]
    outside = (one < 0) & (other < 0)
    draft.offset += float(cost[outside & (frame.area[a] != frame.area[b])].sum())
    draft.offset += float(cost[~outside & (one != other)].sum())
    inner = (one >= 0) & (other >= 0) & (one != other)
    one, other, cost = one[inner], other[inner], cost[inner]
    edge, position = np.nonzero((choice.x[one] >= 0) & (choice.x[other] >= 0))
    together = draft.columns(-cost[edge], kind=PART)
    draft.at_most(together, choice.x[one[edge], position])
    draft.at_most(together, choice.x[other[edge], position])


def add_band(choice: Choice) -> None:
    """Keep people of areas in the band, or price those short and over."""
    problem, frame, draft = choice.frame.problem, choice.frame, choice.draft
    priced = bool(np.isfinite(problem.size_price))
    if priced and problem.size_price <= 0:
        return
    if priced and len(frame.open_outside):
        fixed = np.where(frame.area >= 0, frame.area, -1)
        out = [people for label, people in beyond_band(problem, fixed) if label >= 0]
        draft.offset += problem.size_price * float(sum(out))
    for position, label in enumerate(frame.labels):
        own, columns = choice.of(position)
        beyond = (
            draft.columns(np.full(1, problem.size_price), kind=ALWAYS, upper=np.inf)
            if priced
            else None
        )
        band = _Band(choice, position, own, columns, frame.people[own], beyond)
        named = problem.label_floor.get(int(label)) if frame.is_named(label) else None
        band.floor(problem.floor if named is None else named, general=named is None)
        named = problem.label_ceiling.get(int(label)) if frame.is_named(label) else None
        band.ceiling(problem.ceiling if named is None else named, general=named is None)
        band.units()


class _Band:
    """Write the band of one label: people, plus those short, minus those over."""

    def __init__(
        self, choice: Choice, position: int, own: Ints, columns: Ints, people: Floats,
        beyond: Ints | None,
    ) -> None:  # fmt: skip
        self.draft, self.problem = choice.draft, choice.frame.problem
        self.columns, self.people, self.beyond = columns, people, beyond
        self.opened = int(choice.opened[position])
        self.place = {int(cluster): number for number, cluster in enumerate(own)}
        self.cluster = choice.frame.cluster
        self.most = float(people.sum())

    def _of_unit(self, unit: int) -> int | None:
        return self.place.get(int(self.cluster[unit]))

    def _write(self, values: Floats, lower: float, upper: float, opened: float = 0.0) -> None:
        """Write a row; ``opened`` is taken from the side where the label must have units."""
        columns = self.columns
        if self.opened == NONE:
            lower, upper = lower - opened, upper - opened
        elif opened:
            columns, values = np.append(columns, self.opened), np.append(values, opened)
        if self.beyond is not None:
            sign = 1.0 if np.isfinite(lower) else -1.0
            columns, values = np.append(columns, self.beyond), np.append(values, sign)
        self.draft.row(columns, values, lower, upper)

    def floor(self, people: float, *, general: bool) -> None:
        """Ask for people where the label has units; a unit with a floor of its own lowers it."""
        if people <= 0:
            return
        values = self.people.copy()
        for unit, own in self.problem.unit_floor.items() if general else ():
            place = self._of_unit(unit)
            if place is not None:
                values[place] += max(0.0, people - own)
        self._write(values, 0.0, np.inf, opened=-people)

    def ceiling(self, people: float, *, general: bool) -> None:
        """Forbid more people; a unit with a ceiling of its own raises it."""
        if people >= self.most:
            return
        values = self.people.copy()
        for unit, own in self.problem.unit_ceiling.items() if general else ():
            place = self._of_unit(unit)
            if place is not None:
                values[place] -= max(0.0, min(own, self.most) - people)
        self._write(values, -np.inf, 0.0, opened=-people)

    def units(self) -> None:
        """Ask for the floors and ceilings of the units that are held."""
        for unit, own in self.problem.unit_floor.items():
            place = self._of_unit(unit)
            if place is not None and own > 0:
                values = self.people.copy()
                values[place] -= own
                self._write(values, 0.0, np.inf)
        for unit, own in self.problem.unit_ceiling.items():
            place = self._of_unit(unit)
            if place is not None and own < self.most:
                values = self.people.copy()
                values[place] += self.most - own
                self._write(values, -np.inf, self.most)


def _add_cost(draft: Draft, columns: Ints, cost: Floats) -> None:
    """Add to the cost of columns that are there."""
    first = 0
    for own in draft.cost:
        inside = (columns >= first) & (columns < first + len(own))
        np.add.at(own, columns[inside] - first, cost[inside])
        first += len(own)
        if first > columns.max(initial=-1):
            return


def add_alike(choice: Choice, alike: Bools) -> None:
    """Let labels that can be exchanged appear in their order, over clusters far from each other."""
    positions = np.flatnonzero(alike)
    order = _spread(choice.frame)
    for number, position in enumerate(positions):
        columns = choice.x[order, position]
        if number == 0:
            continue
        before = choice.x[order, positions[number - 1]]
        for place, column in enumerate(columns.tolist()):
            if column == NONE:
                continue
            earlier = before[:place]
            earlier = earlier[earlier >= 0]
            values = np.append(np.full(len(earlier), -1.0), 1.0)
            choice.draft.row(np.append(earlier, column), values, -np.inf, 0.0)


def _spread(frame: Frame) -> Ints:
    """Return clusters from the dearest to cut off on, each far from those before it.

    The first ones are then hardly in one area, which settles early what is where.
    """
    problem, count = frame.problem, len(frame.allowed)
    one, other = frame.cluster[problem.edge_a], frame.cluster[problem.edge_b]
    inner = (one >= 0) & (other >= 0) & (one != other)
    one, other, cost = one[inner], other[inner], problem.edge_cost[inner]
    ends, costs = np.concatenate([one, other]), np.concatenate([cost, cost])
    dear = np.bincount(ends, costs, count).astype(np.float64)
    weight = dear if dear.any() else frame.people
    shape, links = (count, count), np.ones(len(one))
    near = sparse.csr_array(sparse.coo_array((links, (one, other)), shape=shape))
    steps = sparse.csgraph.shortest_path(near, directed=False, unweighted=True)
    steps = np.minimum(steps, count)
    order = [int(weight.argmax())]
    least = steps[order[0]].copy()
    while len(order) < count:
        worth = least * weight
        worth[order] = -1.0
        order.append(int(worth.argmax()))
        least = np.minimum(least, steps[order[-1]])
    return np.array(order, dtype=np.int64)
