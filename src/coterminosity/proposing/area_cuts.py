"""Kernels for minimum cuts over nodes and regions, and what makes a set of nodes an area."""

from typing import NamedTuple

from coterminosity.proposing.compiled import Real, Whole, kernel


class Ground(NamedTuple):
    """What does not change: arcs of nodes, and then regions, with people of nodes.

    Node u has arcs ``start[u]:start[u + 1]`` with ends in ``to``, their reverse in ``twin`` and
    what they cost where u is inside and the end is not in ``cost``. ``sizes`` is the number of
    nodes and of nodes with regions. ``band`` is the widest floor and ceiling of any area and the
    price of each person beyond, which is great where none may be; ``low`` and ``high`` are those
    that nodes bring along, -1 for none, and last the general ones. Nodes apart from u are
    ``apart[apart_start[u]:apart_start[u + 1]]``. Whether areas are in one piece is judged by
    units: their neighbours are in ``near``, the node of each in ``node``.
    """

    start: Whole
    to: Whole
    twin: Whole
    cost: Real
    weight: Real
    sizes: Whole
    band: Real
    low: Real
    high: Real
    apart_start: Whole
    apart: Whole
    contiguous: Whole
    near_start: Whole
    near: Whole
    node: Whole


class Ledger(NamedTuple):
    """What changes: prices, what is fixed, flows, open branches, and what was found."""

    price: Real
    fixed: Whole
    left: Real
    rest: Real
    level: Whole
    cursor: Whole
    queue: Whole
    path: Whole
    side: Whole
    cut: Whole
    kept: Whole
    seen: Whole
    trail: Whole
    open_node: Whole
    open_trail: Whole
    open_bound: Real
    open_heat: Real
    found: Whole
    found_cost: Real
    numbers: Real
    counts: Whole


# Places in ``numbers``: tiny amounts, heat of the last cut, heat of the branch, least bound of
# what was left, top, and what counts as nothing below the top.
TINY, SET, HEAT, PROVED, TOP, SLACK = 0, 1, 2, 3, 4, 5
# Places in ``counts``: sets found, flows, length of the trail, branches looked at, root.
FOUND, FLOWS, TRAIL, BRANCHES, ROOT = 0, 1, 2, 3, 4


@kernel
def spread(g: Ground, b: Ledger) -> int:
    """Set levels from all that has something to send; return how many have, -1 for no way out.

    What is fixed inside may send, and what is fixed outside may take, any amount.
    """
    size = g.sizes[1]
    tiny = b.numbers[TINY]
    tail = 0
    for v in range(size):
        b.level[v] = -1
        b.cursor[v] = g.start[v]
        if b.side[v] > 0 or (b.side[v] == 0 and b.rest[v] > tiny):
            b.level[v] = 0
            b.queue[tail] = v
            tail += 1
    sources = tail
    head = 0
    goal = size + 1
    while head < tail:
        v = b.queue[head]
        head += 1
        if b.level[v] >= goal:
            return sources
        for i in range(g.start[v], g.start[v + 1]):
            u = g.to[i]
            if b.level[u] < 0 and b.left[i] > tiny:
                b.level[u] = b.level[v] + 1
                b.queue[tail] = u
                tail += 1
                if b.side[u] < 0 or (b.side[u] == 0 and b.rest[u] < -tiny):
                    goal = b.level[u]
    return -1 if goal > size else sources


@kernel
def push_from(g: Ground, b: Ledger, origin: int) -> None:
    """Send what can be sent from a node along levels."""
    tiny = b.numbers[TINY]
    depth = 0
    v = origin
    while b.side[origin] > 0 or b.rest[origin] > tiny:
        if b.side[v] < 0 or (b.side[v] == 0 and b.rest[v] < -tiny):
            amount = 1e300
            if b.side[origin] == 0:
                amount = b.rest[origin]
            if b.side[v] == 0:
                amount = min(amount, -b.rest[v])
            for d in range(depth):
                amount = min(amount, b.left[b.path[d]])
            for d in range(depth):
                b.left[b.path[d]] -= amount
                b.left[g.twin[b.path[d]]] += amount
            b.rest[origin] -= amount
            b.rest[v] += amount
            depth = 0
            v = origin
            continue
        forward = -1
        while b.cursor[v] < g.start[v + 1]:
            i = b.cursor[v]
            if b.left[i] > tiny and b.level[g.to[i]] == b.level[v] + 1:
                forward = i
                break
            b.cursor[v] += 1
        if forward >= 0:
            b.path[depth] = forward
            depth += 1
            v = g.to[forward]
        elif depth > 0:
            depth -= 1
            v = g.to[g.twin[b.path[depth]]]
            b.cursor[v] += 1
        else:
            return


@kernel
def begin(g: Ground, b: Ledger) -> None:
    """Let nothing have been sent."""
    for i in range(len(g.cost)):
        b.left[i] = g.cost[i]
    for v in range(g.sizes[1]):
        b.rest[v] = -b.price[v]
    b.numbers[SET] = 0.0


@kernel
def cut_at(g: Ground, b: Ledger, heat: float) -> float:
    """Return the least cost of a set less heat times people; ``level`` then tells the set.

    What was sent before stays: it only says the same costs in other words, for any set.
    """
    b.counts[FLOWS] += 1
    more = heat - b.numbers[SET]
    b.numbers[SET] = heat
    for v in range(g.sizes[0]):
        b.rest[v] += more * g.weight[v]
    sources = spread(g, b)
    while sources >= 0:
        for s in range(sources):
            push_from(g, b, b.queue[s])
        sources = spread(g, b)
    value = 0.0
    for v in range(g.sizes[1]):
        if b.side[v] > 0 or (b.side[v] == 0 and b.rest[v] > 0.0):
            value -= b.rest[v]
    return value


@kernel
def people_in(g: Ground, level: Whole) -> float:
    """Return people of a set."""
    people = 0.0
    for v in range(g.sizes[0]):
        if level[v] >= 0:
            people += g.weight[v]
    return people


@kernel
def reach(g: Ground, b: Ledger, inside: Whole, root: int) -> int:
    """Mark in ``seen`` the units that the root's units reach within a set; return how many."""
    units = len(g.node)
    tail = 0
    for u in range(units):
        b.seen[u] = 0
        if tail == 0 and g.node[u] == root:
            b.seen[u] = 1
            b.queue[0] = u
            tail = 1
    head = 0
    while head < tail:
        u = b.queue[head]
        head += 1
        for i in range(g.near_start[u], g.near_start[u + 1]):
            v = g.near[i]
            if b.seen[v] == 0 and g.node[v] >= 0 and inside[g.node[v]] >= 0:
                b.seen[v] = 1
                b.queue[tail] = v
                tail += 1
    return tail


@kernel
def draw_sides(g: Ground, b: Ledger) -> bool:
    """Set ``side`` from what is fixed, and leave out what cannot be; False where nothing can."""
    people = 0.0
    for v in range(g.sizes[1]):
        b.side[v] = b.fixed[v]
        if v < g.sizes[0] and b.fixed[v] > 0:
            people += g.weight[v]
    hard = g.band[2] >= 1e300
    if hard and people > g.band[1]:
        return False
    for v in range(g.sizes[0]):
        if hard and b.fixed[v] == 0 and people + g.weight[v] > g.band[1]:
            b.side[v] = -1
    root = b.counts[ROOT]
    if g.contiguous[0] == 1 and root >= 0:
        reach(g, b, b.side, root)
        for u in range(len(g.node)):
            v = g.node[u]
            if v >= 0 and b.seen[u] == 0:
                if b.fixed[v] > 0:
                    return False
                b.side[v] = -1
    return not hard or people_in(g, b.side) >= g.band[0]


@kernel
def is_area(g: Ground, b: Ledger, inside: Whole) -> bool:
    """Tell whether a set is within its band, keeps apart what must be, and is in one piece."""
    low = -1.0
    high = -1.0
    people = 0.0
    first = -1
    for v in range(g.sizes[0]):
        if inside[v] >= 0:
            first = v
            people += g.weight[v]
            low = max(low, g.low[v])
            if g.high[v] >= 0.0 and (high < 0.0 or g.high[v] < high):
                high = g.high[v]
            for i in range(g.apart_start[v], g.apart_start[v + 1]):
                if inside[g.apart[i]] >= 0:
                    return False
    low = low if low >= 0.0 else g.low[g.sizes[0]]
    high = high if high >= 0.0 else g.high[g.sizes[0]]
    if first < 0:
        return False
    if g.band[2] >= 1e300 and (people < low - 1e-6 or people > high + 1e-6):
        return False
    if g.contiguous[0] == 0:
        return True
    count = 0
    for u in range(len(g.node)):
        if g.node[u] >= 0 and inside[g.node[u]] >= 0:
            count += 1
    return reach(g, b, inside, first) == count


@kernel
def beyond_price(g: Ground, people: float) -> float:
    """Return the price of being outside the widest band; 0 where that is forbidden."""
    if g.band[2] >= 1e300:
        return 0.0
    return g.band[2] * max(g.band[0] - people, people - g.band[1], 0.0)


@kernel
def cost_of_set(g: Ground, b: Ledger) -> float:
    """Return what the set in ``level`` costs."""
    cost = 0.0
    for v in range(g.sizes[1]):
        if b.level[v] >= 0:
            cost += b.price[v]
            for i in range(g.start[v], g.start[v + 1]):
                if b.level[g.to[i]] < 0:
                    cost += g.cost[i]
    return cost
