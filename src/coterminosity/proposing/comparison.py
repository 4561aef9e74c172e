"""Two plans of the same units: which areas match, who moves, and a way from one to the other."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.optimize import linear_sum_assignment

from coterminosity.errors import CodeError, listed
from coterminosity.proposing.costing import cost_of, terms_of
from coterminosity.proposing.problem import NO_AREA, Floats, Ints, Problem
from coterminosity.proposing.rearranging import steps_between

AREA_COLUMNS = ["one", "other", "people_in_common", "share"]
MOVED_COLUMNS = ["name", "from", "to", "people"]
SCRIPT_COLUMNS = ["step", "unit", "name", "from", "to", "people", "cost_after", "in_one_piece"]


@dataclass(frozen=True, eq=False, kw_only=True)
class Comparison:
    """What differs between two plans of the same units.

    Attributes
    ----------
    areas : DataFrame
        One row per pair of matched areas and per area without a match: ``one, other`` (names;
        empty for none), ``people_in_common`` and ``share`` of the people of both together.
    moved : DataFrame
        By ``code`` of the units whose area's match differs: ``name, from, to, people``; an open
        unit has no area.
    terms : DataFrame
        By ``term``: cost in ``one`` and in the ``other``, and the ``change``; the last row is the
        ``total``. Empty where a plan has open units.
    script : DataFrame
        Moves that lead from one plan to the other, one row per unit: ``step, unit, name, from,
        to, people, cost_after`` (of the whole plan after the step) and ``in_one_piece``: whether
        the step leaves every area as connected as it was and none without units. Units of one
        step move together. A matched area has its name in the second plan from the outset, so
        that where an area changes its leader the first cost differs from that of the first plan.
    """

    areas: pd.DataFrame
    moved: pd.DataFrame
    terms: pd.DataFrame
    script: pd.DataFrame

    @property
    def units_moved(self) -> int:
        """How many units move."""
        return len(self.moved)

    @property
    def people_moved(self) -> float:
        """How many people live in units that move."""
        return float(self.moved["people"].sum())

    @property
    def is_feasible(self) -> bool:
        """Whether every step of the script keeps areas in one piece."""
        return bool(self.script["in_one_piece"].all())

    def describe(self) -> str:
        """Return a few lines in words."""
        alone = {
            side: self.areas.loc[self.areas[other] == "", side].to_list()
            for side, other in (("one", "other"), ("other", "one"))
        }
        units = "1 unit" if self.units_moved == 1 else f"{self.units_moved:,} units"
        lines = [
            f"{units} with {self.people_moved:,.0f} people "
            f"{'moves' if self.units_moved == 1 else 'move'}; steps: "
            f"{self.script['step'].nunique():,}."
            if self.units_moved
            else "Nothing moves."
        ]
        for side, which in (("one", "first"), ("other", "second")):
            if alone[side]:
                lines.append(f"Only the {which} plan has {listed(alone[side])}.")
        if len(self.terms):
            change = float(self.terms["change"].iloc[-1])
            lines.append(
                "Both cost the same."
                if change == 0
                else f"The second costs {abs(change):,.0f} {'more' if change > 0 else 'less'}."
            )
        broken = self.script.loc[~self.script["in_one_piece"], "step"]
        if len(broken):
            lines.append(f"Areas cannot stay in one piece in step {listed(broken.unique())}.")
        return "\n".join(lines)


def compare_assignments(problem: Problem, one: pd.Series, other: pd.Series) -> Comparison:
    """Compare two plans of a problem's units; their numbers of areas may differ.

    Areas are matched one to one so that as many people as possible are in areas that match
    (Kuhn 1955); ties go to areas of one name. Units in other areas than the match move. The
    script moves each of them once, so no script is shorter.

    Parameters
    ----------
    problem : Problem
        Prices and borders.
    one, other : Series
        Name of the area by unit code; None or NaN where open.

    Raises
    ------
    CodeError
        Where a plan is of other units.

    References
    ----------
    Kuhn (1955), *The Hungarian method for the assignment problem*.
    """
    units = list(problem.units)
    first, second = _read(units, one, which="first"), _read(units, other, which="second")
    pairs = _matched(problem.people, first, second)
    # Areas of the second plan, then those of the first that match none of these.
    match = dict(pairs)
    alone = [area for area in range(len(first.names)) if area not in match]
    names = [*second.names, *(first.names[area] for area in alone)]
    match |= {area: len(second.names) + place for place, area in enumerate(alone)}
    start = np.array([match.get(int(area), NO_AREA) for area in first.area], dtype=np.int64)
    return Comparison(
        areas=_area_table(problem, first, second, pairs),
        moved=_moved(problem, start != second.area, first, second),
        terms=_terms(problem, first, second),
        script=_script(problem, start, first, second, names),
    )


def matched_areas(one: pd.Series, other: pd.Series, people: pd.Series) -> dict[str, str]:
    """Return the area of the second plan that each area of the first is matched with.

    One to one, so that as many people as possible stay (Kuhn 1955); areas without a match are left
    out.

    Parameters
    ----------
    one, other : Series
        Name of the area by unit code; None or NaN where open.
    people : Series
        By unit code.

    Raises
    ------
    CodeError
        Where the plans are of different units.

    Examples
    --------
    >>> one = pd.Series({"a": "North", "b": "North", "c": "South"})
    >>> other = pd.Series({"a": "Moors", "b": "South", "c": "South"})
    >>> matched_areas(one, other, pd.Series({"a": 30, "b": 10, "c": 20}))
    {'North': 'Moors', 'South': 'South'}
    """
    units = [str(code) for code in one.index]
    first, second = _read(units, one, which="first"), _read(units, other, which="second")
    counted = people.reindex(units).fillna(0.0).to_numpy(dtype=np.float64)
    pairs = _matched(counted, first, second)
    return {first.names[a]: second.names[b] for a, b in pairs}


@dataclass(frozen=True, eq=False)
class _Areas:
    """A plan by number: names of areas, and the area of each unit, -1 where open."""

    names: list[str]
    area: Ints

    def name(self, unit: int) -> str:
        """Return the name of a unit's area, empty where open."""
        own = int(self.area[unit])
        return "" if own == NO_AREA else self.names[own]


def _read(units: list[str], plan: pd.Series, *, which: str) -> _Areas:
    strange = sorted(set(map(str, plan.index)) ^ set(units))
    if strange:
        raise CodeError(
            f"compare: the {which} plan is of other units: {listed(strange)}; compare plans of "
            "the same units"
        )
    given = plan.reindex(units).astype("object")
    given = given.where(given != "", None)
    codes, names = pd.factorize(given, sort=True)
    return _Areas([str(name) for name in names], np.asarray(codes, dtype=np.int64))


def _matched(people: Floats, first: _Areas, second: _Areas) -> list[tuple[int, int]]:
    """Return pairs of areas, one to one, with most people in common."""
    both = (first.area >= 0) & (second.area >= 0)
    shape = (len(first.names), len(second.names))
    common = np.zeros(shape)
    np.add.at(common, (first.area[both], second.area[both]), people[both])
    met = np.zeros(shape)
    np.add.at(met, (first.area[both], second.area[both]), 1.0)
    # Too little to outweigh a person; for units without people, and areas of one name.
    alike = np.array([[one == other for other in second.names] for one in first.names])
    worth = common + (met + 0.5 * alike.reshape(shape)) * 1e-3 / (len(people) + 1)
    rows, columns = linear_sum_assignment(worth, maximize=True)
    return [(int(r), int(c)) for r, c in zip(rows, columns, strict=True) if met[r, c] > 0]


def _area_table(
    problem: Problem, first: _Areas, second: _Areas, pairs: list[tuple[int, int]]
) -> pd.DataFrame:
    rows: list[tuple[str, str, float, float]] = []
    for one, other in pairs:
        here, there = first.area == one, second.area == other
        common = float(problem.people[here & there].sum())
        whole = float(problem.people[here | there].sum())
        share = common / whole if whole > 0 else np.nan
        rows.append((first.names[one], second.names[other], common, share))
    matched = [{pair[side] for pair in pairs} for side in (0, 1)]
    rows += [(name, "", 0.0, 0.0) for n, name in enumerate(first.names) if n not in matched[0]]
    rows += [("", name, 0.0, 0.0) for n, name in enumerate(second.names) if n not in matched[1]]
    return pd.DataFrame(rows, columns=AREA_COLUMNS)


def _moved(problem: Problem, moves: np.ndarray, first: _Areas, second: _Areas) -> pd.DataFrame:
    own = np.flatnonzero(moves).tolist()
    rows = [
        (problem.names[u], first.name(u), second.name(u), float(problem.people[u])) for u in own
    ]
    index = pd.Index([problem.units[u] for u in own], name="code", dtype="object")
    return pd.DataFrame(rows, columns=MOVED_COLUMNS, index=index)


def _labels(problem: Problem, names: list[str]) -> Ints:
    """Return the label by area: that of a named area, else one of its own."""
    known = {name: label for label, name in enumerate(problem.labels)}
    found: list[int] = []
    for place, name in enumerate(names):
        label = known.pop(name, len(problem.labels) + place)
        found.append(label)
    return np.array(found, dtype=np.int64)


def _terms(problem: Problem, first: _Areas, second: _Areas) -> pd.DataFrame:
    if (first.area < 0).any() or (second.area < 0).any():
        table = pd.DataFrame(columns=["one", "other", "change"], dtype="float64")
        return table.rename_axis("term")
    one, other = (
        terms_of(problem, _labels(problem, own.names)[own.area]) for own in (first, second)
    )
    table = pd.DataFrame({"one": one, "other": other})
    table.loc["total"] = table.sum()
    table["change"] = table["other"] - table["one"]
    return table.rename_axis("term")


def _script(
    problem: Problem, start: Ints, first: _Areas, second: _Areas, names: list[str]
) -> pd.DataFrame:
    labels, area = _labels(problem, names), start.copy()
    rows = []
    for step, (units, sound) in enumerate(steps_between(problem, start, second.area), start=1):
        area[units] = second.area[units]
        cost = cost_of(problem, labels[area]) if (area >= 0).all() else np.nan
        rows += [
            (step, problem.units[u], problem.names[u], first.name(u), second.name(u),
             float(problem.people[u]), cost, sound)
            for u in units
        ]  # fmt: skip
    return pd.DataFrame(rows, columns=SCRIPT_COLUMNS).astype({"in_one_piece": "bool"})
