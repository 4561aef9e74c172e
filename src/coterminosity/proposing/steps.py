"""Kernels that propose: single moves, bundles, chains, and the loop that takes or leaves them."""

from coterminosity.proposing.compiled import Real, Whole, kernel
from coterminosity.proposing.cutting import recombine_pair, regroup
from coterminosity.proposing.homing import carry
from coterminosity.proposing.kernels import (
    bad_of,
    beyond_change,
    broken_change,
    carry_over,
    cut_change,
    draw,
    is_plain,
    measure,
    need_change,
    shift,
    take_back,
)
from coterminosity.proposing.layout import (
    AFTER,
    AREA,
    BAD,
    BEST,
    BEST_COST,
    CONTIGUOUS,
    COST,
    CUT_COUNT,
    CUTS,
    HEAD,
    JOURNAL,
    JOURNAL_LENGTH,
    JOURNAL_MARK,
    K_HIGH,
    K_LOW,
    LABEL_CLOSED,
    LUCK,
    MARK,
    NEAR,
    NEAR_OWNER,
    NEAR_START,
    NEEDS,
    NODES,
    OPEN,
    ORDER,
    PARENT,
    PEOPLE,
    PINNED,
    QUEUE,
    REGIONS,
    SCALE_BEYOND,
    SCALE_BROKEN,
    SCALE_COST,
    SIZE,
    SIZE_PRICE,
    STAMP,
    TAKEN,
    TRAIL_LENGTH,
    TRIED,
)

_LUCK = 4096
_MOST_MEMBERS = 64


@kernel
def limit_of(w: Whole, x: Real, heat: float) -> float:
    """Draw how much worse a state may become: at heat T more than x with chance exp(-x / T)."""
    if heat <= 0.0:
        return 1e-9
    return heat * x[w[LUCK] + draw(w, _LUCK)] + 1e-9


@kernel
def keeps_whole(w: Whole, x: Real, unit: int) -> int:
    """Return 1 if the area of a unit stays in as few pieces without it.

    Its neighbours in the area must reach each other without it.
    """
    area = w[AREA]
    own = w[area + unit]
    near = w[NEAR]
    mark = w[MARK]
    queue = w[QUEUE]
    first = w[w[NEAR_START] + unit]
    last = w[w[NEAR_START] + unit + 1]
    stamp = w[STAMP] + 2
    w[STAMP] = stamp
    wanted = 0
    start = -1
    for slot in range(first, last):
        other = w[near + slot]
        if w[area + other] == own:
            w[mark + other] = stamp - 1
            wanted += 1
            start = other
    if wanted < 2:
        return 1
    w[mark + unit] = stamp
    w[mark + start] = stamp
    w[queue + 0] = start
    wanted -= 1
    read = 0
    end = 1
    while read < end:
        here = w[queue + read]
        read += 1
        for slot in range(w[w[NEAR_START] + here], w[w[NEAR_START] + here + 1]):
            other = w[near + slot]
            if w[area + other] == own and w[mark + other] != stamp:
                if w[mark + other] == stamp - 1:
                    wanted -= 1
                    if wanted == 0:
                        return 1
                w[mark + other] = stamp
                w[queue + end] = other
                end += 1
    return 0


@kernel
def weigh(w: Whole, x: Real, unit: int, label: int) -> float:
    """Return what a single move changes in the measure, all but regions."""
    change = cut_change(w, x, unit, label)
    if w[NEEDS] > 0:
        change += need_change(w, x, unit, label)
    beyond = beyond_change(w, x, unit, label)
    if x[SIZE_PRICE] >= 0.0:
        change += beyond * x[SIZE_PRICE]
        beyond = 0.0
    return (
        change * x[SCALE_COST]
        + beyond * x[SCALE_BEYOND]
        + broken_change(w, x, unit, label) * x[SCALE_BROKEN]
    )


@kernel
def try_move(w: Whole, x: Real, unit: int, label: int, limit: float) -> int:
    """Move a unit if that is not worse than the limit and keeps its area whole."""
    own = w[w[AREA] + unit]
    if is_plain(w, x) and cut_change(w, x, unit, label) * x[SCALE_COST] > limit:
        return 0
    change = weigh(w, x, unit, label)
    if w[REGIONS] > 0:
        change += carry(w, x, unit, own, label) * x[SCALE_COST]
        carry(w, x, unit, label, own)
    if change > limit:
        return 0
    if w[CONTIGUOUS] == 1 and keeps_whole(w, x, unit) == 0:
        return 0
    shift(w, x, unit, label)
    return 1


@kernel
def find_parts(w: Whole, x: Real, unit: int) -> int:
    """List what is left of an area without a unit, but for its largest part, behind the unit.

    Returns how many units would move, 0 where two parts are pinned.
    """
    own = w[w[AREA] + unit]
    stamp = w[STAMP] + 1
    w[STAMP] = stamp
    w[w[MARK] + unit] = stamp
    queue = w[QUEUE]
    order = w[ORDER]
    w[order + 0] = unit
    moved = 1
    kept = 0
    kept_people = -1.0
    kept_pins = 0
    # The part kept so far waits at the end of the queue's order row.
    for slot in range(w[w[NEAR_START] + unit], w[w[NEAR_START] + unit + 1]):
        start = w[w[NEAR] + slot]
        if w[w[AREA] + start] != own or w[w[MARK] + start] == stamp:
            continue
        w[w[MARK] + start] = stamp
        w[queue + 0] = start
        read = 0
        end = 1
        people = 0.0
        pins = 0
        while read < end:
            here = w[queue + read]
            read += 1
            people += x[w[PEOPLE] + here]
            if w[w[PINNED] + here] >= 0:
                pins += 1
            for way in range(w[w[NEAR_START] + here], w[w[NEAR_START] + here + 1]):
                other = w[w[NEAR] + way]
                if w[w[AREA] + other] == own and w[w[MARK] + other] != stamp:
                    w[w[MARK] + other] = stamp
                    w[queue + end] = other
                    end += 1
        if pins > 0 and kept_pins > 0:
            return 0
        if pins > 0 or (kept_pins == 0 and people > kept_people):
            for i in range(kept):
                w[order + moved + i] = w[w[PARENT] + i]
            moved += kept
            for i in range(end):
                w[w[PARENT] + i] = w[queue + i]
            kept = end
            kept_people = people
            kept_pins = pins
        else:
            for i in range(end):
                w[order + moved + i] = w[queue + i]
            moved += end
    return moved


@kernel
def try_bundle(w: Whole, x: Real, unit: int, label: int, limit: float) -> int:
    """Move a unit and what it would cut off, if that is not worse than the limit."""
    moved = find_parts(w, x, unit)
    if moved < 2:
        return 0
    before = measure(w, x)
    w[TRAIL_LENGTH] = 0
    for i in range(moved):
        carry_over(w, x, w[w[ORDER] + i], label)
    if measure(w, x) - before > limit:
        take_back(w, x)
        return 0
    return 1


@kernel
def pick_border(w: Whole, x: Real, label: int) -> int:
    """Draw a slot that leads out of an area; -1 where it is too large to look through."""
    if w[w[SIZE] + label] > _MOST_MEMBERS:
        for _ in range(8):
            slot = w[w[CUTS] + draw(w, w[CUT_COUNT])]
            if w[w[AREA] + w[w[NEAR_OWNER] + slot]] == label:
                return slot
        return -1
    count = 0
    unit = w[w[HEAD] + label]
    while unit >= 0:
        for slot in range(w[w[NEAR_START] + unit], w[w[NEAR_START] + unit + 1]):
            if w[w[AREA] + w[w[NEAR] + slot]] != label:
                w[w[QUEUE] + count % w[NODES]] = slot
                count += 1
        unit = w[w[AFTER] + unit]
    if count == 0:
        return -1
    if count > w[NODES]:
        count = w[NODES]
    return w[w[QUEUE] + draw(w, count)]


@kernel
def may_go(w: Whole, x: Real, unit: int, label: int) -> int:
    """Return 1 if a unit is free to enter an area."""
    if w[w[PINNED] + unit] >= 0 or w[w[LABEL_CLOSED] + label] == 1 or w[w[AREA] + unit] == label:
        return 0
    return 1


@kernel
def try_chain(w: Whole, x: Real, unit: int, label: int, limit: float) -> int:
    """Move a unit into an area, and another out of that: a swap where it goes back."""
    plain = is_plain(w, x)
    before = measure(w, x)
    first = cut_change(w, x, unit, label) * x[SCALE_COST]
    w[TRAIL_LENGTH] = 0
    for _ in range(4):
        slot = pick_border(w, x, label)
        if slot < 0:
            break
        other = w[w[NEAR_OWNER] + slot]
        near = w[w[NEAR] + slot]
        target = w[w[AREA] + near]
        if other == unit or near == unit or may_go(w, x, other, target) == 0:
            continue
        if w[TRAIL_LENGTH] == 0:
            # Two moves change no less than each alone, added up.
            if plain and first + cut_change(w, x, other, target) * x[SCALE_COST] > limit:
                continue
            if w[CONTIGUOUS] == 1 and keeps_whole(w, x, unit) == 0:
                return 0
            carry_over(w, x, unit, label)
        if try_move(w, x, other, target, limit + before - measure(w, x)) == 1:
            return 1
    take_back(w, x)
    return 0


@kernel
def note_best(w: Whole, x: Real) -> int:
    """Keep the state where it is the best so far; return 1 if so."""
    worse = bad_of(w, x)
    if worse > x[BAD] or (worse == x[BAD] and x[COST] >= x[BEST_COST]):
        return 0
    x[BAD] = worse
    x[BEST_COST] = x[COST] - 1e-9 * abs(x[COST])
    for i in range(w[JOURNAL_LENGTH]):
        unit = w[w[JOURNAL] + i]
        w[w[BEST] + unit] = w[w[AREA] + unit]
        w[w[JOURNAL_MARK] + unit] = 0
    w[JOURNAL_LENGTH] = 0
    return 1


@kernel
def return_to_best(w: Whole, x: Real) -> None:
    """Go back to the best state so far."""
    count = w[JOURNAL_LENGTH]
    for i in range(count):
        unit = w[w[JOURNAL] + i]
        if w[w[AREA] + unit] != w[w[BEST] + unit]:
            shift(w, x, unit, w[w[BEST] + unit])
    for i in range(count):
        w[w[JOURNAL_MARK] + w[w[JOURNAL] + i]] = 0
    w[JOURNAL_LENGTH] = 0


@kernel
def explore(w: Whole, x: Real, count: int, heat: float, mixed: int) -> int:
    """Try so many proposals at a heat; return how often a new best was found.

    Of 1,024 proposals ``mixed`` recombine two areas or regroup some; of the rest most are moves.
    """
    found = 0
    for _ in range(count):
        if w[CUT_COUNT] == 0 and w[OPEN] > 1:
            break
        w[TRIED] += 1
        limit = limit_of(w, x, heat)
        kind = draw(w, 1024)
        taken = 0
        if kind < mixed:
            if kind * 8 < mixed and (w[K_LOW] < w[K_HIGH] or kind * 16 < mixed):
                taken = regroup(w, x, limit)
            elif w[CUT_COUNT] > 0:
                taken = recombine_pair(w, x, limit, kind % 2)
        elif w[CUT_COUNT] > 0:
            slot = w[w[CUTS] + draw(w, w[CUT_COUNT])]
            unit = w[w[NEAR_OWNER] + slot]
            label = w[w[AREA] + w[w[NEAR] + slot]]
            if w[CONTIGUOUS] == 0 and kind % 2 == 0:
                label = w[w[AREA] + draw(w, w[NODES])]
            if may_go(w, x, unit, label) == 1:
                if kind < 896:
                    taken = try_move(w, x, unit, label, limit)
                elif kind < 960 or w[CONTIGUOUS] == 0:
                    taken = try_chain(w, x, unit, label, limit)
                else:
                    taken = try_bundle(w, x, unit, label, limit)
        if taken == 1:
            w[TAKEN] += 1
            found += note_best(w, x)
    return found


@kernel
def typical_change(w: Whole, x: Real, count: int) -> float:
    """Return how much a random move changes the cost on average, up or down."""
    total = 0.0
    for _ in range(count):
        if w[CUT_COUNT] == 0:
            return 0.0
        slot = w[w[CUTS] + draw(w, w[CUT_COUNT])]
        unit = w[w[NEAR_OWNER] + slot]
        label = w[w[AREA] + w[w[NEAR] + slot]]
        own = w[w[AREA] + unit]
        change = cut_change(w, x, unit, label)
        if w[NEEDS] > 0:
            change += need_change(w, x, unit, label)
        if x[SIZE_PRICE] >= 0.0:
            change += beyond_change(w, x, unit, label) * x[SIZE_PRICE]
        if w[REGIONS] > 0:
            change += carry(w, x, unit, own, label)
            carry(w, x, unit, label, own)
        total += abs(change)
    return total / count


@kernel
def wander(w: Whole, x: Real, count: int) -> int:
    """Recombine so many pairs of areas at random, within the band; return how many changed."""
    taken = 0
    for _ in range(count):
        if w[CUT_COUNT] == 0:
            break
        taken += recombine_pair(w, x, 1e-9, 0)
        w[TRIED] += 1
    w[TAKEN] += taken
    return taken
