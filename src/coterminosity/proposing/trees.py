"""Kernels that draw random spanning trees of areas, and cut them."""

from coterminosity.proposing.compiled import Real, Whole, kernel
from coterminosity.proposing.kernels import carry_over, draw
from coterminosity.proposing.layout import (
    AREA,
    BELOW,
    BELOW_CUT,
    BELOW_OWN,
    BELOW_PINS,
    DEPTH,
    FITTING,
    HEAD,
    MARK,
    NEAR,
    NEAR_COST,
    NEAR_START,
    NODES,
    ORDER,
    PARENT,
    PEOPLE,
    PINNED,
    QUEUE,
    SIZE,
    STAMP,
)


@kernel
def collect(w: Whole, x: Real, one: int, other: int) -> int:
    """List the units of two areas in the queue, marked; return 0 where they are in pieces."""
    stamp = w[STAMP] + 2
    w[STAMP] = stamp
    area = w[AREA]
    mark = w[MARK]
    queue = w[QUEUE]
    first = w[w[HEAD] + one]
    w[mark + first] = stamp - 1
    w[queue + 0] = first
    read = 0
    end = 1
    while read < end:
        here = w[queue + read]
        read += 1
        for slot in range(w[w[NEAR_START] + here], w[w[NEAR_START] + here + 1]):
            near = w[w[NEAR] + slot]
            own = w[area + near]
            if own in (one, other) and w[mark + near] != stamp - 1:
                w[mark + near] = stamp - 1
                w[queue + end] = near
                end += 1
    wanted = w[w[SIZE] + one]
    if one != other:
        wanted += w[w[SIZE] + other]
    return end if end == wanted else 0


@kernel
def draw_tree(w: Whole, x: Real, count: int) -> None:
    """Draw a spanning tree of the units in the queue evenly from all; parents come first.

    Wilson's (1996) walks: from each unit walk at random until the tree is met, without loops.
    """
    mark = w[MARK]
    parent = w[PARENT]
    order = w[ORDER]
    inside = w[STAMP] - 1
    joined = w[STAMP]
    root = w[w[QUEUE] + draw(w, count)]
    w[mark + root] = joined
    w[parent + root] = -1
    w[order + 0] = root
    size = 1
    for i in range(count):
        unit = w[w[QUEUE] + i]
        while w[mark + unit] != joined:
            first = w[w[NEAR_START] + unit]
            degree = w[w[NEAR_START] + unit + 1] - first
            other = w[w[NEAR] + first + draw(w, degree)]
            while w[mark + other] != inside and w[mark + other] != joined:
                other = w[w[NEAR] + first + draw(w, degree)]
            w[parent + unit] = other
            unit = other
        unit = w[w[QUEUE] + i]
        low = size
        while w[mark + unit] != joined:
            w[mark + unit] = joined
            w[order + size] = unit
            size += 1
            unit = w[parent + unit]
        high = size - 1
        while low < high:
            unit = w[order + low]
            w[order + low] = w[order + high]
            w[order + high] = unit
            low += 1
            high -= 1


@kernel
def sum_tree(w: Whole, x: Real, count: int, one: int) -> None:
    """Add up, below each unit of the tree: people, units (and those of ``one``), and pins.

    Counts of two kinds share a number: units of ``one`` and all; pins of ``one`` and of others.
    """
    base = w[NODES] + 1
    for i in range(count):
        unit = w[w[ORDER] + i]
        x[w[BELOW] + unit] = x[w[PEOPLE] + unit]
        w[w[BELOW_OWN] + unit] = 1 + (base if w[w[AREA] + unit] == one else 0)
        w[w[BELOW_PINS] + unit] = 0
        if w[w[PINNED] + unit] >= 0:
            w[w[BELOW_PINS] + unit] = base if w[w[PINNED] + unit] == one else 1
    for i in range(count - 1, 0, -1):
        unit = w[w[ORDER] + i]
        above = w[w[PARENT] + unit]
        x[w[BELOW] + above] += x[w[BELOW] + unit]
        w[w[BELOW_OWN] + above] += w[w[BELOW_OWN] + unit]
        w[w[BELOW_PINS] + above] += w[w[BELOW_PINS] + unit]


@kernel
def weigh_cuts(w: Whole, x: Real, count: int) -> None:
    """Find, below each unit of the tree, what borders to the rest cost."""
    joined = w[STAMP]
    depth = w[DEPTH]
    parent = w[PARENT]
    w[depth + w[w[ORDER] + 0]] = 0
    for i in range(count):
        unit = w[w[ORDER] + i]
        x[w[BELOW_CUT] + unit] = 0.0
        if i > 0:
            w[depth + unit] = w[depth + w[parent + unit]] + 1
    for i in range(count):
        unit = w[w[ORDER] + i]
        for slot in range(w[w[NEAR_START] + unit], w[w[NEAR_START] + unit + 1]):
            other = w[w[NEAR] + slot]
            if w[w[MARK] + other] == joined:
                cost = x[w[NEAR_COST] + slot]
                x[w[BELOW_CUT] + unit] += cost
                if other < unit and cost > 0.0:
                    one = unit
                    while one != other:
                        if w[depth + one] >= w[depth + other]:
                            one = w[parent + one]
                        else:
                            other = w[parent + other]
                    x[w[BELOW_CUT] + one] -= 2.0 * cost
    for i in range(count - 1, 0, -1):
        unit = w[w[ORDER] + i]
        x[w[BELOW_CUT] + w[parent + unit]] += x[w[BELOW_CUT] + unit]


@kernel
def outside(people: float, low: float, high: float) -> float:
    """Return people short of or over a band."""
    if people < low:
        return low - people
    if people > high:
        return people - high
    return 0.0


@kernel
def choose_cut(
    w: Whole, x: Real, count: int, bands: tuple[float, float, float, float], how: int
) -> int:
    """Return twice the unit below which the tree is cut, plus 1 to swap labels; -1 for none.

    ``bands``: floor and ceiling of the area ``one`` that `sum_tree` was told, and of the other.
    ``how``: 0 a random cut that fits, 1 the cheapest, 2 that nearest to fit where none does.
    """
    base = w[NODES] + 1
    root = w[w[ORDER] + 0]
    total = x[w[BELOW] + root]
    ones = w[w[BELOW_OWN] + root] // base
    others = count - ones
    pins = w[w[BELOW_PINS] + root]
    fitting = 0
    nearest = -1
    least = 1e300
    for i in range(1, count):
        unit = w[w[ORDER] + i]
        people = x[w[BELOW] + unit]
        straight = outside(people, bands[0], bands[1])
        straight += outside(total - people, bands[2], bands[3])
        swapped = outside(people, bands[2], bands[3])
        swapped += outside(total - people, bands[0], bands[1])
        if pins > 0:
            own = w[w[BELOW_PINS] + unit]
            if own % base > 0 or pins // base > own // base:
                straight = 1e299
            if own // base > 0 or pins % base > own % base:
                swapped = 1e299
        mine = w[w[BELOW_OWN] + unit] // base
        size = w[w[BELOW_OWN] + unit] % base
        # Fewer units move where the part keeps the label that more of it has.
        turn = 1 if 2 * mine + others < size + ones else 0
        if (turn == 0 and straight > swapped) or (turn == 1 and swapped > straight):
            turn = 1 - turn
        beyond = swapped if turn == 1 else straight
        if beyond <= 1e-6:
            w[w[FITTING] + fitting] = 2 * unit + turn
            fitting += 1
        elif beyond < least and beyond < 1e298:
            least = beyond
            nearest = 2 * unit + turn
    if fitting == 0:
        return nearest if how == 2 else -1
    if how == 1:
        return cheapest(w, x, fitting)
    return w[w[FITTING] + draw(w, fitting)]


@kernel
def cheapest(w: Whole, x: Real, fitting: int) -> int:
    """Return the fitting cut that costs least; of several a random one."""
    found = w[w[FITTING] + 0]
    ties = 1
    for i in range(1, fitting):
        own = x[w[BELOW_CUT] + w[w[FITTING] + i] // 2]
        least = x[w[BELOW_CUT] + found // 2]
        if own < least:
            found = w[w[FITTING] + i]
            ties = 1
        elif own == least:
            ties += 1
            if draw(w, ties) == 0:
                found = w[w[FITTING] + i]
    return found


@kernel
def apply_cut(w: Whole, x: Real, count: int, cut: int, one: int, other: int) -> None:
    """Give the part below a cut one label and the rest the other, to be taken back if need be."""
    top = cut // 2
    below = one
    above = other
    if cut % 2 == 1:
        below = other
        above = one
    inside = w[FITTING]
    for i in range(count):
        unit = w[w[ORDER] + i]
        if unit == top or (i > 0 and w[inside + w[w[PARENT] + unit]] == 1):
            w[inside + unit] = 1
            label = below
        else:
            w[inside + unit] = 0
            label = above
        if w[w[AREA] + unit] != label:
            carry_over(w, x, unit, label)


@kernel
def inner_cost(w: Whole, x: Real, count: int) -> float:
    """Return what the borders cost that are cut between the units in the queue."""
    area = w[AREA]
    near = w[NEAR]
    mark = w[MARK]
    inside = w[STAMP] - 1
    cost = 0.0
    for i in range(count):
        unit = w[w[QUEUE] + i]
        own = w[area + unit]
        for slot in range(w[w[NEAR_START] + unit], w[w[NEAR_START] + unit + 1]):
            other = w[near + slot]
            if other < unit and w[mark + other] == inside and w[area + other] != own:
                cost += x[w[NEAR_COST] + slot]
    return cost
