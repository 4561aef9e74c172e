"""Kernels that join areas and cut them anew at an edge of a random spanning tree."""

from coterminosity.proposing.compiled import Real, Whole, kernel
from coterminosity.proposing.kernels import carry_over, draw, is_plain, measure, take_back
from coterminosity.proposing.layout import (
    AFTER,
    AREA,
    BELOW_CUT,
    BELOW_PINS,
    BEYOND,
    CUT_COUNT,
    CUTS,
    FITTING,
    FREE,
    HEAD,
    K_HIGH,
    K_LOW,
    LABEL_CLOSED,
    LABEL_HIGH,
    LABEL_LOW,
    LABEL_MUST,
    LABELS,
    LEAD,
    LEAD_START,
    MARK,
    NAMED,
    NEAR,
    NEAR_OWNER,
    NODES,
    OPEN,
    ORDER,
    PARENT,
    PINNED,
    PINS,
    QUEUE,
    SCALE_COST,
    SIZE,
    SIZE_PRICE,
    STAMP,
    TRAIL_LENGTH,
)
from coterminosity.proposing.trees import (
    apply_cut,
    choose_cut,
    collect,
    draw_tree,
    inner_cost,
    sum_tree,
    weigh_cuts,
)

_TREES = 4
_MOST_WEIGHED = 400


@kernel
def bands_of(w: Whole, x: Real, one: int, other: int) -> tuple[float, float, float, float]:
    """Return floors and ceilings of two areas; none where size has a price."""
    if x[SIZE_PRICE] >= 0.0:
        return 0.0, 1e300, 0.0, 1e300
    return (
        x[w[LABEL_LOW] + one],
        x[w[LABEL_HIGH] + one],
        x[w[LABEL_LOW] + other],
        x[w[LABEL_HIGH] + other],
    )


@kernel
def recut(w: Whole, x: Real, one: int, other: int, how: int, limit: float) -> int:
    """Cut the units of two areas anew; return 1 if a cut was found that may meet the limit."""
    count = collect(w, x, one, other)
    if count < 2:
        return 0
    plain = is_plain(w, x) and x[SCALE_COST] > 0.0
    if count > _MOST_WEIGHED:
        plain = False
        how = 0 if how == 1 else how
    if plain:
        limit += inner_cost(w, x, count) * x[SCALE_COST]
    bands = bands_of(w, x, one, other)
    for _ in range(_TREES):
        draw_tree(w, x, count)
        sum_tree(w, x, count, one)
        if how == 1 or plain:
            weigh_cuts(w, x, count)
        cut = choose_cut(w, x, count, bands, how)
        if cut >= 0:
            # Where only borders have a price, that of the cut is all that counts.
            if plain and x[w[BELOW_CUT] + cut // 2] * x[SCALE_COST] > limit:
                return 0
            apply_cut(w, x, count, cut, one, other)
            return 1
        for i in range(count):
            w[w[MARK] + w[w[QUEUE] + i]] = w[STAMP] - 1
    return 0


@kernel
def recombine_pair(w: Whole, x: Real, limit: float, how: int) -> int:
    """Join two areas that share a random border and cut them anew, if not worse than the limit."""
    slot = w[w[CUTS] + draw(w, w[CUT_COUNT])]
    one = w[w[AREA] + w[w[NEAR_OWNER] + slot]]
    other = w[w[AREA] + w[w[NEAR] + slot]]
    if w[w[LABEL_CLOSED] + one] == 1 or w[w[LABEL_CLOSED] + other] == 1:
        return 0
    before = measure(w, x)
    w[TRAIL_LENGTH] = 0
    if x[BEYOND] > 0.0:
        how = 2
    if recut(w, x, one, other, how, limit) == 0:
        return 0
    if measure(w, x) - before > limit:
        take_back(w, x)
        return 0
    return 1


@kernel
def pins_in(w: Whole, x: Real, label: int) -> int:
    """Return how many units of an area are pinned."""
    count = 0
    if w[PINS] > 0:
        unit = w[w[HEAD] + label]
        while unit >= 0:
            if w[w[PINNED] + unit] >= 0:
                count += 1
            unit = w[w[AFTER] + unit]
    return count


@kernel
def merge_pair(w: Whole, x: Real) -> int:
    """Let an area dissolve into a neighbour; return 1 if it may."""
    if w[CUT_COUNT] == 0:
        return 0
    slot = w[w[CUTS] + draw(w, w[CUT_COUNT])]
    one = w[w[AREA] + w[w[NEAR_OWNER] + slot]]
    other = w[w[AREA] + w[w[NEAR] + slot]]
    if (
        w[w[LABEL_CLOSED] + one] == 1
        or w[w[LABEL_CLOSED] + other] == 1
        or w[w[LABEL_MUST] + one] == 1
    ):
        return 0
    if pins_in(w, x, one) > 0:
        return 0
    unit = w[w[HEAD] + one]
    while unit >= 0:
        then = w[w[AFTER] + unit]
        carry_over(w, x, unit, other)
        unit = then
    return 1


@kernel
def new_label(w: Whole, x: Real, cut: int, count: int) -> int:
    """Return an area that can be opened below a cut; -1 for none."""
    if w[FREE] == 1:
        for label in range(w[NAMED], w[LABELS]):
            if w[w[SIZE] + label] == 0:
                return label
        return -1
    found = -1
    seen = 0
    inside = w[FITTING]
    top = cut // 2
    for i in range(count):
        unit = w[w[ORDER] + i]
        w[inside + unit] = 0
        if unit == top or (i > 0 and w[inside + w[w[PARENT] + unit]] == 1):
            w[inside + unit] = 1
            for place in range(w[w[LEAD_START] + unit], w[w[LEAD_START] + unit + 1]):
                label = w[w[LEAD] + place]
                if w[w[SIZE] + label] == 0 and w[w[LABEL_CLOSED] + label] == 0:
                    seen += 1
                    if draw(w, seen) == 0:
                        found = label
    return found


@kernel
def divide_one(w: Whole, x: Real, how: int) -> int:
    """Divide a random area and open another for a part of it; return 1 if that was found."""
    one = w[w[AREA] + draw(w, w[NODES])]
    if w[w[LABEL_CLOSED] + one] == 1 or w[w[SIZE] + one] < 2:
        return 0
    count = collect(w, x, one, one)
    if count < 2:
        return 0
    if how == 1 and count > _MOST_WEIGHED:
        how = 0
    draw_tree(w, x, count)
    sum_tree(w, x, count, one)
    if how == 1:
        weigh_cuts(w, x, count)
    bands = bands_of(w, x, one, one)
    cut = choose_cut(w, x, count, bands, how)
    if cut < 0:
        return 0
    cut = cut // 2 * 2
    base = w[NODES] + 1
    if w[PINS] > 0:
        pins = w[w[BELOW_PINS] + cut // 2] // base
        if pins > 0:
            return 0
    label = new_label(w, x, cut, count)
    if label < 0:
        return 0
    # The part below the cut is the new area.
    apply_cut(w, x, count, cut + 1, one, label)
    return 1


@kernel
def regroup(w: Whole, x: Real, limit: float) -> int:
    """Merge two areas, divide one, or both, if that is not worse than the limit."""
    before = measure(w, x)
    w[TRAIL_LENGTH] = 0
    merges = 1
    divides = 1
    if w[K_LOW] < w[K_HIGH]:
        kind = draw(w, 4)
        merges = 0 if kind == 0 else 1
        divides = 0 if kind == 1 else 1
    if w[OPEN] < w[K_LOW]:
        merges = 0
        divides = 1
    elif w[OPEN] > w[K_HIGH]:
        merges = 1
        divides = 0
    done = 1
    if merges == 1:
        done = merge_pair(w, x)
    if done == 1 and divides == 1:
        done = divide_one(w, x, draw(w, 2))
    if done == 0 or w[OPEN] == 0 or measure(w, x) - before > limit:
        take_back(w, x)
        return 0
    return 1


@kernel
def halve(
    w: Whole, x: Real, one: int, other: int, bands: tuple[float, float, float, float], trees: int
) -> int:
    """Divide an area in two of given bands, or as near as any of some trees; return 1 if done."""
    count = collect(w, x, one, one)
    if count < 2:
        return 0
    for tree in range(trees):
        draw_tree(w, x, count)
        sum_tree(w, x, count, one)
        cut = choose_cut(w, x, count, bands, 2 if tree == trees - 1 else 0)
        if cut >= 0:
            w[TRAIL_LENGTH] = 0
            apply_cut(w, x, count, cut, one, other)
            return 1
        for i in range(count):
            w[w[MARK] + w[w[QUEUE] + i]] = w[STAMP] - 1
    return 0
