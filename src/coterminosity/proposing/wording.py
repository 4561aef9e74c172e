"""Words for what a move gains and loses, and for the prices at which it would be even."""

import math

import numpy as np
import pandas as pd

from coterminosity.proposing.costing import (
    at_home,
    beyond_band,
    common_weight,
    own_people,
)
from coterminosity.proposing.problem import Bodies, Ints, Problem

# Less than this share of a person's cost is rounding.
NOTHING = 1e-6
# People are counted in whole ones; less is rounding.
_ONE = 0.5
_MOST_NAMED = 3
# Letters whose names begin with a vowel: an LEP, a CCG.
_VOWELS = set("AEFHILMNORSX")


def gains_and_losses(problem: Problem, area: Ints, moved: Ints) -> tuple[str, str]:
    """Say what a change of areas gains and what it loses, of what has a price.

    Returns
    -------
    tuple of str
        Gains and losses, each a list in words; empty where there are none.
    """
    gains: list[str] = []
    losses: list[str] = []
    for bodies in problem.bodies:
        before, after = common_weight(bodies, area), common_weight(bodies, moved)
        if bodies.split_cost:
            whole, split = _homes(bodies, at_home(bodies, before), at_home(bodies, after))
            gains += whole
            losses += split
        if bodies.merge_cost:
            others = float(own_people(bodies, after).sum() - own_people(bodies, before).sum())
            words = f"{abs(others):,.0f} people {{}} in an area that is mainly of another {{}}"
            if abs(others) >= _ONE:
                fewer = words.format("fewer" if others > 0 else "more", _kind(bodies.layer))
                (gains if others > 0 else losses).append(fewer)
    _cut(problem, area, moved, gains, losses)
    _needs(problem, area, moved, gains, losses)
    if np.isfinite(problem.size_price) and problem.size_price > 0:
        beyond = [sum(people for _, people in beyond_band(problem, own)) for own in (area, moved)]
        change = beyond[1] - beyond[0]
        if abs(change) >= _ONE:
            words = f"{abs(change):,.0f} people {'more' if change > 0 else 'fewer'} beyond the band"
            (losses if change > 0 else gains).append(words)
    return "; ".join(gains), "; ".join(losses)


def _homes(bodies: Bodies, before: np.ndarray, after: np.ndarray) -> tuple[list[str], list[str]]:
    """Say which bodies come together and which are split, those with most people first."""
    change, totals = after - before, bodies.totals
    found: tuple[list[str], list[str]] = ([], [])
    for region in np.argsort(-np.abs(change), kind="stable"):
        people = float(abs(change[region]))
        if people < _ONE:
            break
        name = f"{bodies.names.iloc[region]} ({_kind(bodies.layer)})"
        full = totals[region] - (after if change[region] > 0 else before)[region] < _ONE
        if change[region] > 0:
            words = f"{name} made whole, {people:,.0f} people rejoin it" if full else (
                f"{people:,.0f} people rejoin the rest of {name}"
            )  # fmt: skip
            found[0].append(words)
        else:
            words = f"{name} split, {people:,.0f} people apart from the rest" if full else (
                f"{people:,.0f} people more split from {name}"
            )  # fmt: skip
            found[1].append(words)
    return _first(found[0]), _first(found[1])


def _first(texts: list[str]) -> list[str]:
    rest = len(texts) - _MOST_NAMED
    return texts if rest <= 0 else [*texts[:_MOST_NAMED], f"and {rest} more"]


def _cut(problem: Problem, area: Ints, moved: Ints, gains: list[str], losses: list[str]) -> None:
    if not problem.edge_cost.any():
        return
    cut = [own[problem.edge_a] != own[problem.edge_b] for own in (area, moved)]
    change = float(problem.edge_cost[cut[1]].sum() - problem.edge_cost[cut[0]].sum())
    if abs(change) > 1e-9:
        words = f"borders cut cost {_number(abs(change))} {'more' if change > 0 else 'less'}"
        (losses if change > 0 else gains).append(words)


def _needs(problem: Problem, area: Ints, moved: Ints, gains: list[str], losses: list[str]) -> None:
    for need in problem.needs:
        within = [_within(need.value, need.weight, own) for own in (area, moved)]
        change = within[1] - within[0]
        if abs(change) > 1e-12 * max(within):
            words = "less" if change > 0 else "more"
            (losses if change > 0 else gains).append(f"areas {words} alike in {need.indicator}")


def _within(value: np.ndarray, weight: np.ndarray, area: Ints) -> float:
    people = np.bincount(area, weight)
    mean = np.bincount(area, weight * value) / np.where(people > 0, people, 1.0)
    return float((weight * (value - mean[area]) ** 2).sum())


def price_changes(problem: Problem, change: pd.Series) -> list[str]:
    """Say at what price of each term a dearer move would cost nothing, the nearest first.

    Parameters
    ----------
    problem : Problem
        Prices as they are.
    change : Series
        By term: what the move adds.

    Returns
    -------
    list of str
        Where one term's price times f makes up for the others, with f of 0 or more.
    """
    delta = float(change.sum())
    counted = change[change.abs() > 1e-6]
    weighed = counted
    if len(counted) == 2 and all(str(term).startswith("split ") for term in counted.index):
        # Either price says the same of their ratio.
        weighed = counted[counted > 0]
    found = []
    for term, own in weighed.items():
        factor = 1.0 - delta / float(own)
        if factor >= 0:
            distance = abs(math.log(factor)) if factor > 0 else math.inf
            found.append((distance, _price_in_words(problem, str(term), factor, counted)))
    return [words for _, words in sorted(found)]


def _price_in_words(problem: Problem, term: str, factor: float, counted: pd.Series) -> str:
    side = "less" if counted[term] > 0 else "more"
    kind, _, subject = term.partition(" ")
    prices = {f"split {own.layer}": own.split_cost for own in problem.bodies}
    prices |= {f"merge {own.layer}": own.merge_cost for own in problem.bodies}
    prices |= {f"need {name}": cost for name, cost in problem.brief.need_costs.items()}
    prices["size"] = problem.size_price
    others = [str(own) for own in counted.index if own != term]
    if kind == "cut":
        what = "borders"
    else:
        what = {
            "split": f"a person split from {_with_article(subject)}",
            "merge": f"a person in an area mainly of another {_kind(subject)}",
            "need": f"difference in {subject}",
            "size": "a person beyond the band",
        }[kind]
    if factor < 1e-6:
        return f"{what} cost nothing"
    if kind == "cut":
        return f"{what} cost {side} than {_number(factor)} of what they do"
    if kind == "split" and len(others) == 1 and others[0].startswith("split "):
        ratio = factor * prices[term] / prices[others[0]]
        other = _with_article(others[0].removeprefix("split "))
        return (
            f"{what} cost {side} than {_number(ratio)} of "
            f"one split from {other} (now {_number(prices[term] / prices[others[0]])})"
        )
    price = prices[term]
    return f"{what} cost {side} than {_number(factor * price)} (now {_number(price)})"


def in_costs(delta: float) -> str:
    """Say what a change adds to the cost."""
    if abs(delta) <= NOTHING:
        return "costs the same"
    amount = f"{abs(delta):,.0f}" if abs(delta) >= 10 else f"{abs(delta):,.3g}"
    return f"costs {amount} more" if delta > 0 else f"saves {amount}"


def _number(value: float) -> str:
    if value == int(value):
        return f"{value:,.0f}"
    return f"{value:,.2f}" if 0.01 <= value < 1000 else f"{value:,.3g}"


def _kind(layer: str) -> str:
    return "area of the base plan" if layer == "status_quo" else layer.upper()


def _with_article(layer: str) -> str:
    kind = _kind(layer)
    return f"{'an' if kind[0] in _VOWELS or kind[0] == 'a' else 'a'} {kind}"
