"""What an assignment costs and which constraints it breaks, counted from scratch.

Every method keeps its own books while it searches; what it hands out is counted again here.
"""

import numpy as np
import pandas as pd

from coterminosity.proposing.problem import Bodies, Floats, Ints, Problem


def terms_of(problem: Problem, area: Ints) -> pd.Series:
    """Return the cost of an assignment by term.

    Parameters
    ----------
    problem : Problem
        Prices.
    area : array of int
        By unit: the label of its area, 0 or more.

    Returns
    -------
    Series
        ``split <layer>``, ``merge <layer>``, ``cut``, ``need <indicator>`` and ``size``, each
        price times quantity, 0 or more; in people, or in what borders cost. Terms without a
        price are left out.
    """
    area = np.asarray(area)
    parts: dict[str, float] = {}
    for bodies in problem.bodies:
        common = common_weight(bodies, area)
        if bodies.split_cost:
            parts[f"split {bodies.layer}"] = bodies.split_cost * float(
                (bodies.totals - at_home(bodies, common)).sum()
            )
        if bodies.merge_cost:
            parts[f"merge {bodies.layer}"] = bodies.merge_cost * float(
                common.sum() - own_people(bodies, common).sum()
            )
    if problem.edge_cost.any():
        cut = area[problem.edge_a] != area[problem.edge_b]
        parts["cut"] = float(problem.edge_cost[cut].sum())
    for need in problem.needs:
        parts[f"need {need.indicator}"] = need.price * _within(need.value, need.weight, area)
    if np.isfinite(problem.size_price) and problem.size_price > 0:
        parts["size"] = problem.size_price * sum(beyond for _, beyond in beyond_band(problem, area))
    return pd.Series(parts, dtype="float64").rename_axis("term")


def cost_of(problem: Problem, area: Ints) -> float:
    """Return the cost of an assignment."""
    return float(terms_of(problem, area).sum())


def common_weight(bodies: Bodies, area: Ints) -> Floats:
    """Return people by region and label."""
    table = bodies.weight.tocoo()
    width = int(area.max()) + 1
    width = max(width, int(bodies.leads.max(initial=-1)) + 1)
    cells = table.col.astype(np.int64) * width + area[table.row]
    count = len(bodies.totals) * width
    people = np.bincount(cells, table.data, count).reshape(len(bodies.totals), width)
    return np.asarray(people, dtype=np.float64)


def homes_of(bodies: Bodies, common: Floats) -> Ints:
    """Return the label that is home to each region: the area it leads if that exists, else most."""
    opened = common.sum(axis=0) > 0
    leads = bodies.leads
    led = (leads >= 0) & opened[np.maximum(leads, 0)]
    return np.where(led, leads, common.argmax(axis=1))


def at_home(bodies: Bodies, common: Floats) -> Floats:
    """Return by region the people in its home."""
    return np.asarray(common[np.arange(len(common)), homes_of(bodies, common)])


def own_people(bodies: Bodies, common: Floats) -> Floats:
    """Return by label the people of the body that the area is mainly of, or that leads it."""
    main = common.max(axis=0)
    for region in np.flatnonzero(bodies.leads >= 0):
        main[bodies.leads[region]] = common[region, bodies.leads[region]]
    return np.asarray(main)


def _within(value: Floats, weight: Floats, area: Ints) -> float:
    """Return the sum of squares within areas."""
    width = int(area.max()) + 1
    people = np.bincount(area, weight, width)
    mean = np.divide(
        np.bincount(area, weight * value, width), people, out=np.zeros(width), where=people > 0
    )
    return float((weight * (value - mean[area]) ** 2).sum())


def beyond_band(problem: Problem, area: Ints) -> list[tuple[int, float]]:
    """Return label and people short of the floor or over the ceiling, of areas outside the band."""
    found = []
    for label in np.unique(area):
        members = np.flatnonzero(area == label)
        low, high = problem.band_of(members, int(label))
        people = float(problem.people[members].sum())
        beyond = max(low - people, people - high, 0.0)
        if beyond > 0:
            found.append((int(label), beyond))
    return found


def breaches(problem: Problem, area: Ints) -> list[str]:
    """Return the constraints that an assignment breaks, in words; none for a feasible plan."""
    area, found = np.asarray(area), []
    given = np.unique(area)
    if not problem.k_low <= len(given) <= problem.k_high:
        found.append(f"{len(given)} areas where {problem.wanted} are wanted")
    if not problem.free and len(given) and given.max() >= len(problem.labels):
        found.append("an area that no anchor leads")
    if problem.contiguous:
        found += [
            f"{_title(problem, label)} is in pieces"
            for label in given
            if not problem.is_connected(np.flatnonzero(area == label))
        ]
    if not np.isfinite(problem.size_price):
        found += [
            f"{_title(problem, label)} is {people:,.0f} people outside its band"
            for label, people in beyond_band(problem, area)
        ]
    return found + _broken_demands(problem, area, given)


def _broken_demands(problem: Problem, area: Ints, given: Ints) -> list[str]:
    found, names = [], problem.names
    moved = np.flatnonzero((problem.pinned >= 0) & (area != problem.pinned))
    found += [f"{names[u]} is not in {problem.labels[problem.pinned[u]]}" for u in moved]
    for label in np.flatnonzero(problem.closed):
        strange = np.flatnonzero((area == label) & (problem.pinned != label))
        found += [f"{names[u]} is in {problem.labels[label]}" for u in strange]
    found += [
        f"{problem.labels[a]} has no units"
        for a in np.flatnonzero(problem.must_open)
        if a not in given
    ]
    for led, (layer, code) in enumerate(problem.led_by):
        if layer and led in given and not problem.closed[led]:
            own = leading_units(problem, layer, code)
            if not (area[own] == led).any():
                found.append(f"{problem.labels[led]} holds nothing of what leads it")
    for group in problem.joins:
        if len({int(area[u]) for u in group}) > 1:
            found.append(f"{', '.join(names[u] for u in group)} are not together")
    for group in problem.parts:
        if len({int(area[u]) for u in group}) < len(group):
            found.append(f"{', '.join(names[u] for u in group)} are not apart")
    return found


def leading_units(problem: Problem, layer: str, code: str) -> Ints:
    """Return the units in which the region that leads an area has people."""
    for bodies in problem.bodies:
        if bodies.layer == layer:
            column = bodies.weight[:, [bodies.names.index.get_loc(code)]]
            return np.asarray(np.unique(column.tocoo().row), dtype=np.int64)
    raise KeyError(layer)


def _title(problem: Problem, label: int) -> str:
    return problem.labels[label] if label < len(problem.labels) else f"area {label + 1}"
