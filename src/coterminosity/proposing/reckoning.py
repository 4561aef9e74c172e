"""Kernels that open the books of an assignment from nothing."""

from coterminosity.proposing.compiled import Real, Whole, kernel
from coterminosity.proposing.homing import find_home, find_main
from coterminosity.proposing.kernels import beyond_of, count_broken, square
from coterminosity.proposing.layout import (
    AFTER,
    AREA,
    BAD,
    BEFORE,
    BEST,
    BEST_COST,
    BEYOND,
    BROKEN,
    COMMON,
    CONSTANT,
    COST,
    CUT_COUNT,
    CUT_PLACE,
    CUTS,
    ENTERED,
    HEAD,
    HELD,
    HELD_START,
    HELD_WEIGHT,
    HOME_WEIGHT,
    JOURNAL_LENGTH,
    JOURNAL_MARK,
    LABEL_LED,
    LABEL_MUST,
    LABEL_REGION,
    LABELS,
    LAYER_MERGE,
    LAYER_START,
    LAYERS,
    LEAD,
    LEAD_START,
    LEADERS,
    MAIN_WEIGHT,
    MARK,
    NEAR,
    NEAR_COST,
    NEAR_OWNER,
    NEED_PRICE,
    NEED_SUM,
    NEED_WEIGHT,
    NEEDS,
    NODES,
    OPEN,
    PAIR,
    PAIR_KIND,
    PAIR_START,
    PEOPLE,
    REGION_LAYER,
    REGIONS,
    SIZE,
    SIZE_PRICE,
    SLOTS,
    STAMP,
    SUM_VALUE,
    SUM_WEIGHT,
    WEIGHT,
)


@kernel
def rebuild(w: Whole, x: Real) -> None:
    """Open the books of the assignment in ``area``, which is the best so far."""
    x[COST] = x[CONSTANT]
    rebuild_members(w, x)
    rebuild_demands(w, x)
    rebuild_cuts(w, x)
    rebuild_regions(w, x)
    rebuild_needs(w, x)
    w[STAMP] = 0
    w[JOURNAL_LENGTH] = 0
    for unit in range(w[NODES]):
        w[w[MARK] + unit] = 0
        w[w[JOURNAL_MARK] + unit] = 0
        w[w[BEST] + unit] = w[w[AREA] + unit]
    x[BAD] = 1e300
    x[BEST_COST] = 1e300


@kernel
def rebuild_members(w: Whole, x: Real) -> None:
    """List the members of areas, and weigh them."""
    w[OPEN] = 0
    for label in range(w[LABELS]):
        w[w[HEAD] + label] = -1
        w[w[SIZE] + label] = 0
        x[w[WEIGHT] + label] = 0.0
        w[w[LEADERS] + label] = 0
    for unit in range(w[NODES]):
        label = w[w[AREA] + unit]
        first = w[w[HEAD] + label]
        w[w[AFTER] + unit] = first
        w[w[BEFORE] + unit] = -1
        if first >= 0:
            w[w[BEFORE] + first] = unit
        w[w[HEAD] + label] = unit
        w[w[SIZE] + label] += 1
        x[w[WEIGHT] + label] += x[w[PEOPLE] + unit]
        for i in range(w[w[LEAD_START] + unit], w[w[LEAD_START] + unit + 1]):
            if w[w[LEAD] + i] == label:
                w[w[LEADERS] + label] += 1
    for label in range(w[LABELS]):
        if w[w[SIZE] + label] > 0:
            w[OPEN] += 1


@kernel
def rebuild_demands(w: Whole, x: Real) -> None:
    """Count demands broken, and people outside the band."""
    broken = count_broken(w, w[OPEN])
    beyond = 0.0
    for label in range(w[LABELS]):
        beyond += beyond_of(w, x, label, x[w[WEIGHT] + label], w[w[SIZE] + label], -1)
        if w[w[SIZE] + label] > 0:
            if w[w[LABEL_LED] + label] == 1 and w[w[LEADERS] + label] == 0:
                broken += 1
        elif w[w[LABEL_MUST] + label] == 1:
            broken += 1
    for unit in range(w[NODES]):
        for i in range(w[w[PAIR_START] + unit], w[w[PAIR_START] + unit + 1]):
            other = w[w[PAIR] + i]
            if other < unit:
                together = w[w[AREA] + other] == w[w[AREA] + unit]
                if together != (w[w[PAIR_KIND] + i] == 1):
                    broken += 1
    x[BROKEN] = float(broken)
    x[BEYOND] = 0.0
    if x[SIZE_PRICE] >= 0.0:
        x[COST] += beyond * x[SIZE_PRICE]
    else:
        x[BEYOND] = beyond


@kernel
def rebuild_cuts(w: Whole, x: Real) -> None:
    """List the borders that are cut, and what they cost."""
    count = 0
    cost = 0.0
    for slot in range(w[SLOTS]):
        owner = w[w[NEAR_OWNER] + slot]
        other = w[w[NEAR] + slot]
        w[w[CUT_PLACE] + slot] = -1
        if w[w[AREA] + owner] != w[w[AREA] + other]:
            w[w[CUT_PLACE] + slot] = count
            w[w[CUTS] + count] = slot
            count += 1
            if owner < other:
                cost += x[w[NEAR_COST] + slot]
    w[CUT_COUNT] = count
    x[COST] += cost


@kernel
def rebuild_regions(w: Whole, x: Real) -> None:
    """Count the people of regions by area, and find homes and main regions."""
    for cell in range(w[LABELS] * w[REGIONS]):
        x[w[COMMON] + cell] = 0.0
    for label in range(w[LABELS]):
        w[w[ENTERED] + label] = 0
    for unit in range(w[NODES]):
        label = w[w[AREA] + unit]
        led = w[w[LABEL_REGION] + label]
        for i in range(w[w[HELD_START] + unit], w[w[HELD_START] + unit + 1]):
            region = w[w[HELD] + i]
            x[w[COMMON] + label * w[REGIONS] + region] += x[w[HELD_WEIGHT] + i]
            if led >= 0 and w[w[REGION_LAYER] + led] == w[w[REGION_LAYER] + region]:
                w[w[ENTERED] + label] += 1
    for region in range(w[REGIONS]):
        x[w[HOME_WEIGHT] + region] = 0.0
        x[COST] += find_home(w, x, region)
    for layer in range(w[LAYERS]):
        for label in range(w[LABELS]):
            x[w[MAIN_WEIGHT] + label * w[LAYERS] + layer] = 0.0
            if (
                x[w[LAYER_MERGE] + layer] > 0.0
                and w[w[LAYER_START] + layer + 1] > w[w[LAYER_START] + layer]
            ):
                x[COST] += find_main(w, x, layer, label)


@kernel
def rebuild_needs(w: Whole, x: Real) -> None:
    """Add up indicators by area."""
    for cell in range(w[NEEDS] * w[LABELS]):
        x[w[SUM_WEIGHT] + cell] = 0.0
        x[w[SUM_VALUE] + cell] = 0.0
    for need in range(w[NEEDS]):
        for unit in range(w[NODES]):
            cell = need * w[LABELS] + w[w[AREA] + unit]
            x[w[SUM_WEIGHT] + cell] += x[w[NEED_WEIGHT] + need * w[NODES] + unit]
            x[w[SUM_VALUE] + cell] += x[w[NEED_SUM] + need * w[NODES] + unit]
        between = 0.0
        for label in range(w[LABELS]):
            cell = need * w[LABELS] + label
            between += square(x[w[SUM_WEIGHT] + cell], x[w[SUM_VALUE] + cell])
        x[COST] -= x[w[NEED_PRICE] + need] * between
