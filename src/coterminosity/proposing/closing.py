"""Column generation for free areas: price until no area pays, choose plans, and close the gap."""

from dataclasses import dataclass

import numpy as np

from coterminosity.proposing.master import Master, Relaxed, reduced_costs
from coterminosity.proposing.nodes import Duals
from coterminosity.proposing.pool import HomePrices
from coterminosity.proposing.pricing import Pricer, scraps_of
from coterminosity.proposing.quest import Quest, most_cost

# Reduced cost that counts as nothing, and distance of linear optimum and bound at which rounds
# end, as shares of the cost.
NOTHING, CLOSE = 2e-6, 5e-5
# Minimum cuts for one root in a round, and when all areas below some cost are listed.
BUDGET, LIST_BUDGET = 2000, 200_000
# Areas listed at most, and seconds of one choice among areas of the pool.
MOST, CHOICE = 40_000, 20.0
# Price of units left over, in mean border costs; doubled while any are.
SCRAP = 0.5
# Rounds between two choices, and how many times the price of units in no area may rise.
PAUSE, PRESS = 4, 1e6


@dataclass(eq=False)
class _Prices:
    """Prices of the last master and those that proved most."""

    now: Relaxed
    centre: Duals
    best: float = -np.inf
    share: float = 0.0
    scrap: float = 0.0
    press: float = 1.0


def price(quest: Quest) -> None:
    """Add areas that pay until none does, choose plans among them, and close the gap."""
    pricer, master = Pricer(quest.problem), Master(quest.pool, seed=quest.seed)
    try:
        prices = _begin(quest, master, pricer)
        choose(quest, master, prices.now.duals, prices.now.cost)
        while quest.left > 0 and not quest.done:
            new = _round(quest, master, pricer, prices)
            if not _is_close(quest, prices) and (new or prices.share > 0):
                continue
            if _pressed(quest, master, prices):
                continue
            if np.isfinite(quest.bound):
                choose(quest, master, prices.now.duals, prices.best)
                if not quest.done:
                    _close(quest, master, pricer, prices)
            break
    finally:
        master.close()


def _begin(quest: Quest, master: Master, pricer: Pricer) -> _Prices:
    """Fill the master and solve it for the first time."""
    scraps = scraps_of(quest.problem, pricer.nodes)
    border = float(quest.problem.edge_cost.mean()) if len(quest.problem.edge_cost) else 1.0
    master.add_scraps(scraps, price=SCRAP * max(border, 1e-3))
    for members in pricer.closed:
        quest.pool.add_area(members)
    master.add(np.arange(len(quest.pool)))
    now = master.relax()
    return _Prices(now, now.duals, scrap=SCRAP * max(border, 1e-3))


def _pressed(quest: Quest, master: Master, prices: _Prices) -> bool:
    """Raise the price of what is in no area, where that is used; tell whether it was raised."""
    now = prices.now
    if now.scraps > 1e-6:
        prices.scrap *= 2.0
        master.price_scraps(prices.scrap)
    elif now.artificial > 1e-6 and prices.press < PRESS:
        if prices.best > most_cost(quest.problem):
            quest.bound = np.inf
            return False
        prices.press *= 10.0
        master.press(prices.press)
    else:
        return False
    prices.now, prices.share = master.relax(), 0.0
    return True


def _is_close(quest: Quest, prices: _Prices) -> bool:
    """Tell whether more rounds would not raise the bound by much."""
    cost = prices.now.cost
    if quest.rounded(prices.best) >= quest.rounded(cost - 1e-6 * abs(cost)):
        return True
    return cost - prices.best <= CLOSE * abs(cost)


def _round(quest: Quest, master: Master, pricer: Pricer, prices: _Prices) -> int:
    """Price once, and return how many areas are new."""
    pool, known = quest.pool, len(quest.pool)
    duals = prices.centre.mixed(prices.now.duals, prices.share)
    top = -NOTHING * abs(prices.now.cost)
    found = pricer.round(duals, top=top, budget=BUDGET, until=quest.began + quest.seconds)
    homes = HomePrices(quest.problem, duals.homes)
    for members in [*pricer.closed, *found.areas]:
        pool.add_area(members, homes)
    if found.bound > prices.best:
        prices.best, prices.centre = found.bound, duals
    quest.prove(found.bound)
    quest.rounds += 1
    new, before = len(pool) - known, prices.now.cost
    if new:
        master.add(np.arange(known, len(pool)))
        prices.now = master.relax()
        if quest.rounds % PAUSE == 0:
            choose(quest, master, prices.now.duals, prices.best)
    worse = found.bound < prices.best
    prices.share = 0.5 if worse and prices.now.cost < before - 1e-9 else 0.0
    quest.tell(f"prices, linear optimum {prices.now.cost:,.1f}")
    return new


def choose(quest: Quest, master: Master, duals: Duals, bound: float) -> None:
    """Look for a better plan among the areas of the pool that may be in one."""
    pool = quest.pool
    cost = reduced_costs(pool, np.arange(len(pool)), duals)
    room = max(quest.cost - bound, 0.0) if np.isfinite(quest.cost) else np.inf
    near = np.flatnonzero(cost <= room + 1e-6 * (1 + abs(bound)))
    area, _ = master.best_plan(
        near, start=quest.area, seconds=max(min(CHOICE, quest.left), 0.5), gap=0.0, seed=quest.seed
    )
    if area is not None:
        quest.offer(quest.problem, area)


def _close(quest: Quest, master: Master, pricer: Pricer, prices: _Prices) -> None:
    """List all areas that a better plan can have, and choose among them for good."""
    quest.tell("areas of better plans")
    pool, known, duals = quest.pool, len(quest.pool), prices.centre
    limit, room = quest.cost, quest.room + quest.bound - prices.best
    top = room + 1e-6 * (1 + abs(quest.cost))
    listed = pricer.listed(
        duals, top=top, budget=LIST_BUDGET, most=MOST, until=quest.began + quest.seconds
    )
    if listed is None:
        return
    homes = HomePrices(quest.problem, duals.homes)
    for members in listed:
        pool.add_area(members, homes)
    cost = reduced_costs(pool, np.arange(len(pool)), duals)
    near = np.union1d(np.flatnonzero(cost <= top), np.arange(known, len(pool)))
    quest.rounds += 1
    area, bound = master.best_plan(
        near, start=quest.area, seconds=max(quest.left, 0.5), gap=quest.gap, seed=quest.seed
    )
    if area is not None:
        quest.offer(quest.problem, area)
    # What was not listed is in no plan below the best one there was.
    quest.prove(min(bound, limit))
    quest.tell("all areas of better plans")
