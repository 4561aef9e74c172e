"""Kernels that keep the books of a search: what a move changes, and whether areas stay whole.

One subset of Python for both: flat rows, single indices, whole and real numbers. Compiled or
not, the operations and their order are the same, and so are the results, to the last bit.
"""

from coterminosity.proposing.compiled import Real, Whole, kernel
from coterminosity.proposing.homing import carry
from coterminosity.proposing.layout import (
    AFTER,
    AREA,
    BAD_BEYOND,
    BAD_BROKEN,
    BEFORE,
    BEYOND,
    BROKEN,
    COST,
    CUT_COUNT,
    CUT_PLACE,
    CUTS,
    DICE,
    HEAD,
    JOURNAL,
    JOURNAL_LENGTH,
    JOURNAL_MARK,
    K_HIGH,
    K_LOW,
    LABEL_HIGH,
    LABEL_LED,
    LABEL_LOW,
    LABEL_MUST,
    LABEL_OWN_HIGH,
    LABEL_OWN_LOW,
    LABELS,
    LEAD,
    LEAD_START,
    LEADERS,
    NEAR,
    NEAR_COST,
    NEAR_START,
    NEAR_TWIN,
    NEED_PRICE,
    NEED_SUM,
    NEED_WEIGHT,
    NEEDS,
    NODES,
    OPEN,
    OTHER_DICE,
    PAIR,
    PAIR_KIND,
    PAIR_START,
    PEOPLE,
    REGIONS,
    SCALE_BEYOND,
    SCALE_BROKEN,
    SCALE_COST,
    SIZE,
    SIZE_PRICE,
    SPECIAL,
    SPECIAL_HIGH,
    SPECIAL_LOW,
    SPECIALS,
    SUM_VALUE,
    SUM_WEIGHT,
    TRAIL,
    TRAIL_AREA,
    TRAIL_LENGTH,
    WEIGHT,
)

_SLACK = 1e-6


@kernel
def draw(w: Whole, below: int) -> int:
    """Draw a whole number from 0; L'Ecuyer's (1988) pair of Lehmer generators."""
    one = w[DICE] * 40014 % 2147483563
    two = w[OTHER_DICE] * 40692 % 2147483399
    w[DICE] = one
    w[OTHER_DICE] = two
    mixed = one - two
    if mixed < 1:
        mixed += 2147483562
    return (mixed - 1) * below // 2147483562


@kernel
def beyond_of(w: Whole, x: Real, label: int, people: float, size: int, unit: int) -> float:
    """Return people beyond the band of an area with one unit more or less, or as it is (-1)."""
    if size == 0:
        return 0.0
    low = x[w[LABEL_LOW] + label]
    high = x[w[LABEL_HIGH] + label]
    count = w[SPECIALS]
    if count > 0:
        own_low = w[w[LABEL_OWN_LOW] + label]
        own_high = w[w[LABEL_OWN_HIGH] + label]
        for i in range(count):
            node = w[w[SPECIAL] + i]
            inside = w[w[AREA] + node] == label
            if node == unit:
                inside = not inside
            if inside:
                floor = x[w[SPECIAL_LOW] + i]
                if floor >= 0.0 and (own_low == 0 or floor > low):
                    low = floor
                    own_low = 1
                ceiling = x[w[SPECIAL_HIGH] + i]
                if ceiling < 1e299 and (own_high == 0 or ceiling < high):
                    high = ceiling
                    own_high = 1
    if people < low - _SLACK:
        return low - people
    if people > high + _SLACK:
        return people - high
    return 0.0


@kernel
def leads(w: Whole, unit: int, label: int) -> int:
    """Return 1 if a unit is of what leads an area."""
    for i in range(w[w[LEAD_START] + unit], w[w[LEAD_START] + unit + 1]):
        if w[w[LEAD] + i] == label:
            return 1
    return 0


@kernel
def count_broken(w: Whole, opened: int) -> int:
    """Return how many areas there are too many or too few."""
    if opened < w[K_LOW]:
        return w[K_LOW] - opened
    if opened > w[K_HIGH]:
        return opened - w[K_HIGH]
    return 0


@kernel
def cut_change(w: Whole, x: Real, unit: int, label: int) -> float:
    """Return what a move changes in the cost of cut borders."""
    area = w[AREA]
    near = w[NEAR]
    cost = w[NEAR_COST]
    own = w[area + unit]
    change = 0.0
    for slot in range(w[w[NEAR_START] + unit], w[w[NEAR_START] + unit + 1]):
        other = w[area + w[near + slot]]
        if other == own:
            change += x[cost + slot]
        elif other == label:
            change -= x[cost + slot]
    return change


@kernel
def broken_change(w: Whole, x: Real, unit: int, label: int) -> int:
    """Return what a move changes in the number of demands broken."""
    own = w[w[AREA] + unit]
    change = 0
    for i in range(w[w[PAIR_START] + unit], w[w[PAIR_START] + unit + 1]):
        other = w[w[AREA] + w[w[PAIR] + i]]
        if other == own:
            change += w[w[PAIR_KIND] + i]
        elif other == label:
            change -= w[w[PAIR_KIND] + i]
    opened = w[OPEN]
    after = opened
    if w[w[SIZE] + own] == 1:
        after -= 1
        change += w[w[LABEL_MUST] + own]
    if w[w[SIZE] + label] == 0:
        after += 1
        change -= w[w[LABEL_MUST] + label]
    if after != opened:
        change += count_broken(w, after) - count_broken(w, opened)
    if w[w[LABEL_LED] + own] == 1:
        had = w[w[LEADERS] + own]
        has = had - leads(w, unit, own)
        change -= 1 if had == 0 else 0
        change += 1 if has == 0 and w[w[SIZE] + own] > 1 else 0
    if w[w[LABEL_LED] + label] == 1:
        had = w[w[LEADERS] + label]
        has = had + leads(w, unit, label)
        change -= 1 if had == 0 and w[w[SIZE] + label] > 0 else 0
        change += 1 if has == 0 else 0
    return change


@kernel
def need_change(w: Whole, x: Real, unit: int, label: int) -> float:
    """Return what a move changes in the cost of variance within areas."""
    own = w[w[AREA] + unit]
    change = 0.0
    for need in range(w[NEEDS]):
        weight = x[w[NEED_WEIGHT] + need * w[NODES] + unit]
        value = x[w[NEED_SUM] + need * w[NODES] + unit]
        if weight > 0.0:
            here = need * w[LABELS] + own
            there = need * w[LABELS] + label
            within = square(x[w[SUM_WEIGHT] + here], x[w[SUM_VALUE] + here])
            within += square(x[w[SUM_WEIGHT] + there], x[w[SUM_VALUE] + there])
            within -= square(x[w[SUM_WEIGHT] + here] - weight, x[w[SUM_VALUE] + here] - value)
            within -= square(x[w[SUM_WEIGHT] + there] + weight, x[w[SUM_VALUE] + there] + value)
            change += x[w[NEED_PRICE] + need] * within
    return change


@kernel
def square(weight: float, value: float) -> float:
    """Return the square of a sum by its weight; 0 without weight."""
    if weight > 1e-6:
        return value * value / weight
    return 0.0


@kernel
def beyond_change(w: Whole, x: Real, unit: int, label: int) -> float:
    """Return what a move changes in people outside the band."""
    own = w[w[AREA] + unit]
    people = x[w[PEOPLE] + unit]
    left = x[w[WEIGHT] + own]
    right = x[w[WEIGHT] + label]
    few = w[w[SIZE] + own]
    many = w[w[SIZE] + label]
    if w[SPECIALS] == 0 and few > 1 and many > 0:
        # Both stay well within, as most do.
        low = x[w[LABEL_LOW] + own]
        high = x[w[LABEL_HIGH] + label]
        one = left - people >= low and left <= x[w[LABEL_HIGH] + own]
        if one and right + people <= high and right >= x[w[LABEL_LOW] + label]:
            return 0.0
    after = beyond_of(w, x, own, left - people, few - 1, unit)
    after += beyond_of(w, x, label, right + people, many + 1, unit)
    before = beyond_of(w, x, own, left, few, -1)
    before += beyond_of(w, x, label, right, many, -1)
    return after - before


@kernel
def link_cuts(w: Whole, x: Real, unit: int, own: int, label: int) -> None:
    """Bring the list of cut borders up to date with a move."""
    area = w[AREA]
    cuts = w[CUTS]
    place = w[CUT_PLACE]
    count = w[CUT_COUNT]
    for slot in range(w[w[NEAR_START] + unit], w[w[NEAR_START] + unit + 1]):
        other = w[area + w[w[NEAR] + slot]]
        twin = w[w[NEAR_TWIN] + slot]
        if other == own:
            w[place + slot] = count
            w[cuts + count] = slot
            w[place + twin] = count + 1
            w[cuts + count + 1] = twin
            count += 2
        elif other == label:
            for gone in (slot, twin):
                count -= 1
                last = w[cuts + count]
                hole = w[place + gone]
                w[cuts + hole] = last
                w[place + last] = hole
                w[place + gone] = -1
    w[CUT_COUNT] = count


@kernel
def relist(w: Whole, x: Real, unit: int, own: int, label: int) -> None:
    """Move a unit from the members of one area to those of another."""
    after = w[w[AFTER] + unit]
    before = w[w[BEFORE] + unit]
    if before >= 0:
        w[w[AFTER] + before] = after
    else:
        w[w[HEAD] + own] = after
    if after >= 0:
        w[w[BEFORE] + after] = before
    first = w[w[HEAD] + label]
    w[w[AFTER] + unit] = first
    w[w[BEFORE] + unit] = -1
    if first >= 0:
        w[w[BEFORE] + first] = unit
    w[w[HEAD] + label] = unit
    w[w[SIZE] + own] -= 1
    w[w[SIZE] + label] += 1
    if w[w[SIZE] + own] == 0:
        w[OPEN] -= 1
        x[w[WEIGHT] + own] = 0.0
    else:
        x[w[WEIGHT] + own] -= x[w[PEOPLE] + unit]
    if w[w[SIZE] + label] == 1:
        w[OPEN] += 1
    x[w[WEIGHT] + label] += x[w[PEOPLE] + unit]
    w[w[AREA] + unit] = label


@kernel
def shift(w: Whole, x: Real, unit: int, label: int) -> None:
    """Move a unit to another area, in all books."""
    own = w[w[AREA] + unit]
    cost = cut_change(w, x, unit, label)
    if w[REGIONS] > 0:
        cost += carry(w, x, unit, own, label)
    if w[NEEDS] > 0:
        cost += need_change(w, x, unit, label)
        for need in range(w[NEEDS]):
            weight = x[w[NEED_WEIGHT] + need * w[NODES] + unit]
            value = x[w[NEED_SUM] + need * w[NODES] + unit]
            x[w[SUM_WEIGHT] + need * w[LABELS] + own] -= weight
            x[w[SUM_VALUE] + need * w[LABELS] + own] -= value
            x[w[SUM_WEIGHT] + need * w[LABELS] + label] += weight
            x[w[SUM_VALUE] + need * w[LABELS] + label] += value
    beyond = beyond_change(w, x, unit, label)
    if x[SIZE_PRICE] >= 0.0:
        cost += beyond * x[SIZE_PRICE]
    else:
        x[BEYOND] += beyond
    x[BROKEN] += broken_change(w, x, unit, label)
    x[COST] += cost
    if w[w[LABEL_LED] + own] == 1:
        w[w[LEADERS] + own] -= leads(w, unit, own)
    if w[w[LABEL_LED] + label] == 1:
        w[w[LEADERS] + label] += leads(w, unit, label)
    link_cuts(w, x, unit, own, label)
    relist(w, x, unit, own, label)
    if w[w[JOURNAL_MARK] + unit] == 0:
        w[w[JOURNAL_MARK] + unit] = 1
        w[w[JOURNAL] + w[JOURNAL_LENGTH]] = unit
        w[JOURNAL_LENGTH] += 1


@kernel
def carry_over(w: Whole, x: Real, unit: int, label: int) -> None:
    """Move a unit and remember from where, so that `take_back` can undo it."""
    trail = w[TRAIL_LENGTH]
    w[w[TRAIL] + trail] = unit
    w[w[TRAIL_AREA] + trail] = w[w[AREA] + unit]
    w[TRAIL_LENGTH] = trail + 1
    shift(w, x, unit, label)


@kernel
def take_back(w: Whole, x: Real) -> None:
    """Undo all moves since the trail was empty."""
    trail = w[TRAIL_LENGTH]
    while trail > 0:
        trail -= 1
        shift(w, x, w[w[TRAIL] + trail], w[w[TRAIL_AREA] + trail])
    w[TRAIL_LENGTH] = 0


@kernel
def measure(w: Whole, x: Real) -> float:
    """Return what the search minimises: cost, and the price of what is broken."""
    return x[COST] * x[SCALE_COST] + x[BEYOND] * x[SCALE_BEYOND] + x[BROKEN] * x[SCALE_BROKEN]


@kernel
def bad_of(w: Whole, x: Real) -> float:
    """Return how far the state is from feasible; 0 if it is."""
    beyond = x[BEYOND]
    if beyond < 1e-5:
        beyond = 0.0
    return beyond * x[BAD_BEYOND] + x[BROKEN] * x[BAD_BROKEN]


@kernel
def is_plain(w: Whole, x: Real) -> bool:
    """Tell whether nothing but borders can make a change good: then that is weighed first."""
    if w[REGIONS] > 0 or w[NEEDS] > 0 or x[SIZE_PRICE] >= 0.0:
        return False
    return x[BEYOND] <= 0.0 and x[BROKEN] <= 0.0
