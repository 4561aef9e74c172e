"""Kernels that find the cheapest areas with a given unit, or prove that none is cheap.

Borders, homes and prices of units make a minimum cut; the band is priced (Lagrange), which gives
a bound; branches on single nodes settle the rest.
"""

from coterminosity.proposing.area_cuts import (
    BRANCHES,
    FLOWS,
    FOUND,
    HEAT,
    PROVED,
    ROOT,
    SLACK,
    TOP,
    TRAIL,
    Ground,
    Ledger,
    begin,
    beyond_price,
    cost_of_set,
    cut_at,
    draw_sides,
    is_area,
    people_in,
    reach,
)
from coterminosity.proposing.compiled import kernel

_TRIES = 14


@kernel
def note(g: Ground, b: Ledger, cost: float, every: int) -> None:
    """Keep the set of the last cut if it is an area below the top; then look below it only."""
    if every == 1 or cost >= b.numbers[TOP] or b.counts[FOUND] >= len(b.found_cost):
        return
    for v in range(g.sizes[0]):
        b.cut[v] = b.level[v]
    if is_area(g, b, b.cut):
        count = b.counts[FOUND]
        for v in range(g.sizes[0]):
            b.found[count * g.sizes[0] + v] = 1 if b.cut[v] >= 0 else 0
        b.found_cost[count] = cost
        b.counts[FOUND] = count + 1
        b.numbers[TOP] = cost


@kernel
def cost_of_extreme(g: Ground, b: Ledger, least: int) -> float:
    """Return what the largest set costs that is possible, or the smallest (1); set ``level``."""
    for v in range(g.sizes[1]):
        b.level[v] = 0 if b.side[v] >= least else -1
    return cost_of_set(g, b)


@kernel
def bound_branch(g: Ground, b: Ledger, every: int) -> float:
    """Return a bound of the areas of a branch; ``level`` then is the set of the last cut.

    The price of people, ``heat``, is that of the best bound: more than 0 for the floor, less for
    the ceiling. ``kept`` is the set at that price.
    """
    heat = b.numbers[HEAT]
    best = -1e300
    best_heat = heat
    has_small = False
    has_large = False
    small_cost = 0.0
    small_people = 0.0
    large_cost = 0.0
    large_people = 0.0
    for _ in range(_TRIES):
        goal = g.band[0] if heat >= 0.0 else g.band[1]
        value = cut_at(g, b, heat)
        people = people_in(g, b.level)
        bound = value + heat * goal if heat != 0.0 else value
        cost = value + heat * people
        note(g, b, cost + beyond_price(g, people), every)
        if bound > best:
            best = bound
            best_heat = heat
            for v in range(g.sizes[0]):
                b.kept[v] = b.level[v]
        settled = heat == 0.0 and g.band[0] <= people <= g.band[1]
        if settled or best >= b.numbers[TOP] - b.numbers[SLACK]:
            break
        if has_small and has_large:
            line = small_cost + heat * (goal - small_people)
            if bound >= line - 1e-7 * (1.0 + abs(line)):
                break
        if heat == 0.0:
            goal = g.band[0] if people < g.band[0] else g.band[1]
        if people < goal:
            has_small = True
            small_cost = cost
            small_people = people
        else:
            has_large = True
            large_cost = cost
            large_people = people
        if (heat > 0.0 and not has_small) or (heat < 0.0 and not has_large):
            heat = 0.0
            has_small = False
            has_large = False
            continue
        if not has_large:
            large_cost = cost_of_extreme(g, b, 0)
            large_people = people_in(g, b.level)
            has_large = True
        if not has_small:
            small_cost = cost_of_extreme(g, b, 1)
            small_people = people_in(g, b.level)
            has_small = True
        if large_people - small_people <= 1e-9:
            break
        fresh = (large_cost - small_cost) / (large_people - small_people)
        fresh = max(-g.band[2], min(g.band[2], fresh))
        if abs(fresh - heat) <= 1e-12 * (1.0 + abs(heat)):
            break
        heat = fresh
    b.numbers[HEAT] = best_heat
    return best


@kernel
def next_node(g: Ground, b: Ledger) -> int:
    """Return the node to branch on: next to what is fixed, best of the last cut; -1 for none."""
    root = b.counts[ROOT]
    chosen = -1
    best = -1e300
    if root < 0 or g.contiguous[0] == 0:
        for v in range(g.sizes[0]):
            if b.side[v] == 0:
                worth = g.weight[v] + (1e15 if b.kept[v] >= 0 else 0.0)
                if worth > best:
                    best = worth
                    chosen = v
        return chosen
    for v in range(g.sizes[0]):
        b.cut[v] = 0 if b.side[v] > 0 else -1
    heat = b.numbers[HEAT]
    for n in range(reach(g, b, b.cut, root)):
        u = b.queue[n]
        for i in range(g.near_start[u], g.near_start[u + 1]):
            v = g.node[g.near[i]]
            if v >= 0 and b.side[v] == 0:
                worth = abs(heat) * g.weight[v] - b.price[v]
                if b.kept[v] >= 0:
                    worth = 1e15 + g.weight[v]
                if worth > best:
                    best = worth
                    chosen = v
    return chosen


@kernel
def fix(g: Ground, b: Ledger, node: int, side: int) -> bool:
    """Fix a node inside (1) or outside (-1); False where that cannot be."""
    b.fixed[node] = side
    b.trail[b.counts[TRAIL]] = node
    b.counts[TRAIL] += 1
    if side > 0:
        for i in range(g.apart_start[node], g.apart_start[node + 1]):
            other = g.apart[i]
            if b.fixed[other] > 0:
                return False
            if b.fixed[other] == 0:
                b.fixed[other] = -1
                b.trail[b.counts[TRAIL]] = other
                b.counts[TRAIL] += 1
    return True


@kernel
def keep_leaf(g: Ground, b: Ledger, bound: float, every: int) -> bool:
    """Tell whether what is fixed inside is an area; keep it where all below the top are wanted."""
    for v in range(g.sizes[0]):
        b.cut[v] = 0 if b.side[v] > 0 else -1
    if not is_area(g, b, b.cut):
        return False
    if every == 1:
        count = b.counts[FOUND]
        for v in range(g.sizes[0]):
            b.found[count * g.sizes[0] + v] = 1 if b.cut[v] >= 0 else 0
        b.found_cost[count] = bound
        b.counts[FOUND] = count + 1
    return True


@kernel
def search_root(g: Ground, b: Ledger, top: float, budget: int, every: int) -> bool:
    """Find the cheapest area with the root below the top, or every one; tell whether all is done.

    ``numbers[PROVED]`` becomes a bound of all areas with the root that are not ``found`` (with
    ``every`` 0: of all).
    """
    b.numbers[PROVED] = 1e300
    b.numbers[TOP] = top
    b.numbers[HEAT] = 0.0
    begin(g, b)
    b.counts[FOUND] = 0
    b.counts[TRAIL] = 0
    last = b.counts[FLOWS] + budget
    depth = 0
    possible = True
    if b.counts[ROOT] >= 0:
        possible = b.fixed[b.counts[ROOT]] == 0 and fix(g, b, b.counts[ROOT], 1)
    while True:
        b.counts[BRANCHES] += 1
        if possible and draw_sides(g, b):
            bound = bound_branch(g, b, every)
            node = -1
            if bound < b.numbers[TOP] - b.numbers[SLACK]:
                node = next_node(g, b)
                if node < 0 and not keep_leaf(g, b, bound, every):
                    bound = 1e300
            if node < 0:
                b.numbers[PROVED] = min(b.numbers[PROVED], bound)
            else:
                b.open_node[depth] = node
                b.open_trail[depth] = b.counts[TRAIL]
                b.open_bound[depth] = bound
                b.open_heat[depth] = b.numbers[HEAT]
                depth += 1
                possible = fix(g, b, node, 1)
                if b.counts[FLOWS] < last and b.counts[FOUND] < len(b.found_cost):
                    continue
                b.numbers[PROVED] = min(b.numbers[PROVED], bound)
        if b.counts[FLOWS] >= last or b.counts[FOUND] >= len(b.found_cost):
            for d in range(depth):
                b.numbers[PROVED] = min(b.numbers[PROVED], b.open_bound[d])
            undo(b, 0)
            return False
        possible = False
        while depth > 0 and not possible:
            depth -= 1
            undo(b, b.open_trail[depth])
            b.numbers[HEAT] = b.open_heat[depth]
            if b.open_bound[depth] < b.numbers[TOP] - b.numbers[SLACK]:
                possible = fix(g, b, b.open_node[depth], -1)
            else:
                b.numbers[PROVED] = min(b.numbers[PROVED], b.open_bound[depth])
        if not possible:
            undo(b, 0)
            return True


@kernel
def undo(b: Ledger, length: int) -> None:
    """Let go of what was fixed since the trail had a length."""
    while b.counts[TRAIL] > length:
        b.counts[TRAIL] -= 1
        b.fixed[b.trail[b.counts[TRAIL]]] = 0
