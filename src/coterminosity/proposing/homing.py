"""Kernels for regions: in which area each is at home, and of which each area mainly is."""

from coterminosity.proposing.compiled import Real, Whole, kernel
from coterminosity.proposing.layout import (
    COMMON,
    ENTERED,
    HELD,
    HELD_START,
    HELD_WEIGHT,
    HOME,
    HOME_WEIGHT,
    LABEL_REGION,
    LABELS,
    LAYER_MERGE,
    LAYER_START,
    LAYERS,
    MAIN,
    MAIN_WEIGHT,
    REGION_LAYER,
    REGION_LEAD,
    REGION_SPLIT,
    REGIONS,
)


@kernel
def find_home(w: Whole, x: Real, region: int) -> float:
    """Set the home of a region, and return what that changes in cost."""
    regions = w[REGIONS]
    common = w[COMMON]
    lead = w[w[REGION_LEAD] + region]
    if lead >= 0 and w[w[ENTERED] + lead] > 0:
        home = lead
        most = x[common + lead * regions + region]
    else:
        home = 0
        most = x[common + region]
        cell = region
        for label in range(1, w[LABELS]):
            cell += regions
            if x[common + cell] > most:
                most = x[common + cell]
                home = label
    change = (x[w[HOME_WEIGHT] + region] - most) * x[w[REGION_SPLIT] + region]
    w[w[HOME] + region] = home
    x[w[HOME_WEIGHT] + region] = most
    return change


@kernel
def find_main(w: Whole, x: Real, layer: int, label: int) -> float:
    """Set the region that an area is mainly of, and return what that changes in cost."""
    own = w[w[LABEL_REGION] + label]
    first = w[w[LAYER_START] + layer]
    cell = label * w[REGIONS]
    if own >= 0 and w[w[REGION_LAYER] + own] == layer:
        main = own
        most = x[w[COMMON] + cell + own]
    else:
        main = first
        most = x[w[COMMON] + cell + first]
        for region in range(first + 1, w[w[LAYER_START] + layer + 1]):
            if x[w[COMMON] + cell + region] > most:
                most = x[w[COMMON] + cell + region]
                main = region
    place = label * w[LAYERS] + layer
    change = (x[w[MAIN_WEIGHT] + place] - most) * x[w[LAYER_MERGE] + layer]
    w[w[MAIN] + place] = main
    x[w[MAIN_WEIGHT] + place] = most
    return change


@kernel
def carry(w: Whole, x: Real, unit: int, own: int, label: int) -> float:
    """Move the people of a unit between areas in the books of regions; return what it costs."""
    change = 0.0
    led_own = w[w[LABEL_REGION] + own]
    led_new = w[w[LABEL_REGION] + label]
    had = w[w[ENTERED] + own]
    had_new = w[w[ENTERED] + label]
    for i in range(w[w[HELD_START] + unit], w[w[HELD_START] + unit + 1]):
        region = w[w[HELD] + i]
        layer = w[w[REGION_LAYER] + region]
        x[w[COMMON] + own * w[REGIONS] + region] -= x[w[HELD_WEIGHT] + i]
        x[w[COMMON] + label * w[REGIONS] + region] += x[w[HELD_WEIGHT] + i]
        if led_own >= 0 and w[w[REGION_LAYER] + led_own] == layer:
            w[w[ENTERED] + own] -= 1
        if led_new >= 0 and w[w[REGION_LAYER] + led_new] == layer:
            w[w[ENTERED] + label] += 1
    for i in range(w[w[HELD_START] + unit], w[w[HELD_START] + unit + 1]):
        region = w[w[HELD] + i]
        layer = w[w[REGION_LAYER] + region]
        if x[w[REGION_SPLIT] + region] > 0.0:
            change += home_change(w, x, region, own, label)
        if x[w[LAYER_MERGE] + layer] > 0.0:
            here = own * w[LAYERS] + layer
            if w[w[MAIN] + here] == region:
                change += find_main(w, x, layer, own)
            there = label * w[LAYERS] + layer
            now = x[w[COMMON] + label * w[REGIONS] + region]
            if w[w[MAIN] + there] == region or (
                now > x[w[MAIN_WEIGHT] + there]
                and (led_new < 0 or w[w[REGION_LAYER] + led_new] != layer)
            ):
                change += (x[w[MAIN_WEIGHT] + there] - now) * x[w[LAYER_MERGE] + layer]
                w[w[MAIN] + there] = region
                x[w[MAIN_WEIGHT] + there] = now
    # An area that appears or vanishes calls its leader home, or lets it go.
    if led_own >= 0 and had > 0 and w[w[ENTERED] + own] == 0:
        change += find_home(w, x, led_own)
    if led_new >= 0 and had_new == 0 and w[w[ENTERED] + label] > 0:
        change += find_home(w, x, led_new)
    return change


@kernel
def home_change(w: Whole, x: Real, region: int, own: int, label: int) -> float:
    """Bring the home of a region up to date, and return what that changes in cost."""
    lead = w[w[REGION_LEAD] + region]
    home = w[w[HOME] + region]
    if home == own or (lead >= 0 and w[w[ENTERED] + lead] > 0):
        return find_home(w, x, region)
    now = x[w[COMMON] + label * w[REGIONS] + region]
    if home == label or now > x[w[HOME_WEIGHT] + region]:
        change = (x[w[HOME_WEIGHT] + region] - now) * x[w[REGION_SPLIT] + region]
        w[w[HOME] + region] = label
        x[w[HOME_WEIGHT] + region] = now
        return change
    return 0.0
