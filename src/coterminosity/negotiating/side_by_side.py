"""Plans and scenarios side by side: figures, matched areas, who moves, which bodies change."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.optimize import linear_sum_assignment

from coterminosity.errors import ScenarioError, listed
from coterminosity.negotiating.ground import Ground, Ints
from coterminosity.negotiating.position import OPEN
from coterminosity.negotiating.standing import LayerStanding, Standing

FIGURES = {
    "areas": "areas",
    "open_units": "units without an area",
    "largest": "people of the largest area",
    "smallest": "people of the smallest area",
    "below": "areas below the size band",
    "above": "areas above the size band",
    "in_pieces": "areas in several pieces",
    "cost_people": "people split or merged, of the seed and aligned layers",
}
_SCORE_COLUMNS = [
    "plan", "area", "other", "layer", "main", "other_main", "outside", "other_outside", "change",
]  # fmt: skip


@dataclass(frozen=True, eq=False, kw_only=True)
class SideBySide:
    """Hold several plans of the same units; the first is what the others are compared with.

    Attributes
    ----------
    ground : Ground
        Units and bodies of all.
    names : tuple of str
        Of the plans.
    standings : tuple of Standing
        Their figures.
    """

    ground: Ground
    names: tuple[str, ...]
    standings: tuple[Standing, ...]

    @property
    def figures(self) -> pd.DataFrame:
        """Headline figures, one column per plan: counts and people, see `FIGURES`."""
        columns = {name: _figures(own) for name, own in self._named()}
        return pd.DataFrame(columns).rename_axis("figure").round().astype("int64")

    @property
    def layers(self) -> pd.DataFrame:
        """Figures of `Scenario.layers` by ``layer`` and plan."""
        tables = {name: own.layers for name, own in self._named()}
        order = [(layer.key, name) for layer in self.ground.layers for name in self.names]
        table = pd.concat(tables, names=["plan", "layer"]).swaplevel()
        return table.reindex(pd.MultiIndex.from_tuples(order, names=["layer", "plan"]))

    @property
    def areas(self) -> pd.DataFrame:
        """Areas of the first plan with the areas of each other that match them.

        One to one, so that as many people as possible are in areas that match (Kuhn 1955).

        Returns
        -------
        DataFrame
            ``plan``; ``area`` of the first and ``other``, its match, either empty where there is
            none; ``people`` and ``other_people``; ``common`` people and ``jaccard``, 0 to 1.
        """
        tables = [
            _matched(self.standings[0], own).assign(plan=name)
            for name, own in list(self._named())[1:]
        ]
        columns = ["plan", "area", "other", "people", "other_people", "common", "jaccard"]
        return pd.concat(tables, ignore_index=True)[columns]

    @property
    def layer_changes(self) -> pd.DataFrame:
        """Figures of `layers` less those of the first plan, by ``layer`` and other plan."""
        figures = self.layers.drop(columns="title")
        first = figures.xs(self.names[0], level="plan")
        others = figures.drop(index=self.names[0], level="plan")
        base = first.loc[others.index.get_level_values("layer")].set_axis(others.index)
        return others - base

    @property
    def area_scores(self) -> pd.DataFrame:
        """How each area and its match fit the bodies of the seed and the aligned layers.

        Returns
        -------
        DataFrame
            ``plan, area, other`` as in `areas`; ``layer``; ``main`` and ``other_main``, the bodies
            with most people in either; ``outside`` and ``other_outside``, people who are not of
            those, and ``change``, more (+) or fewer (-) of them. NaN where there is no match.
        """
        keys = (self.ground.seed_layer, *self.ground.align)
        rows = []
        for name, own in list(self._named())[1:]:
            for key in keys:
                mine, yours = _main_bodies(self.standings[0], key), _main_bodies(own, key)
                matched = _matched(self.standings[0], own)
                for area, other in zip(matched["area"], matched["other"], strict=True):
                    (main, outside), (then, rest) = mine[area], yours[other]
                    rows.append((name, area, other, key, main, then, outside, rest,
                                 rest - outside))  # fmt: skip
        return pd.DataFrame(rows, columns=_SCORE_COLUMNS)

    @property
    def moved(self) -> pd.DataFrame:
        """Units in other areas than the match of their own: ``plan, code, name, from, to, people``.

        An area that only has another name has not moved.
        """
        tables = [
            _moved(self.ground, self.standings[0], own).assign(plan=name)
            for name, own in list(self._named())[1:]
        ]
        columns = ["plan", "code", "name", "from", "to", "people"]
        return pd.concat(tables, ignore_index=True)[columns]

    @property
    def bodies(self) -> pd.DataFrame:
        """Bodies whose fit changes: ``plan, layer, code, name, change``.

        ``change`` is *newly split*, *no longer split*, *becomes coterminous* or *no longer
        coterminous*.
        """
        rows = [
            (name, own.layer.title, own.layer.codes[r], own.layer.names[r], change)
            for name, standing in list(self._named())[1:]
            for key, own in standing.by_layer.items()
            for change, regions in _changes(self.standings[0].by_layer[key], own).items()
            for r in regions
        ]
        return pd.DataFrame(rows, columns=["plan", "layer", "code", "name", "change"])

    @property
    def distances(self) -> pd.DataFrame:
        """How far each plan is from the first.

        Returns
        -------
        DataFrame
            By plan: ``units_moved, people_moved``, ``share_moved`` (0 to 1) and
            ``variation_bits``, the variation of information of both plans by people (Meilă 2007),
            0 where they are the same; people without an area in either are left out of it.
        """
        rows = {}
        for name, own in list(self._named())[1:]:
            moved = _moved(self.ground, self.standings[0], own)
            people = float(moved["people"].sum())
            rows[name] = {
                "units_moved": len(moved),
                "people_moved": people,
                "share_moved": people / float(self.ground.people.sum()),
                "variation_bits": _variation(self.ground, self.standings[0], own),
            }
        return pd.DataFrame.from_dict(rows, orient="index").rename_axis("plan")

    def describe(self) -> str:
        """Return in a few lines what changes from the first plan to each other."""
        lines = []
        for name, own in list(self._named())[1:]:
            moved = self.moved.loc[self.moved["plan"] == name]
            people, count = moved["people"].sum(), len(moved)
            change = own.cost_people - self.standings[0].cost_people
            word = "more" if change > 0 else "fewer"
            effect = "as many people are split or merged" if round(change) == 0 else (
                f"{abs(change):,.0f} people {word} are split or merged"
            )  # fmt: skip
            units = "1 unit is" if count == 1 else f"{count:,} units are"
            goes = (
                f"{units} in another area, with {people:,.0f} people and "
                f"£{self._pounds(moved['code']) / 1e6:,.1f} million a year of published spending"
                if count
                else "no unit is in another area"
            )
            lines.append(f"{name} against {self.names[0]}: {goes}; {effect}.")
            bodies = self.bodies.loc[self.bodies["plan"] == name]
            for change_word, part in bodies.groupby("change", sort=False):
                named = [f"{r['layer']} {r['name']}" for r in part.to_dict("records")]
                lines.append(f"  {str(change_word).capitalize()}: {listed(named, most=12)}.")
        return "\n".join(lines)

    def _pounds(self, codes: pd.Series) -> float:
        """Return the money that is spread over units, in pounds a year."""
        purse = self.ground.purse
        units = [self.ground.number[str(code)] for code in codes]
        return float(purse.weights[units].sum() / purse.weights.sum() * purse.pounds)

    def _named(self) -> "zip[tuple[str, Standing]]":
        return zip(self.names, self.standings, strict=True)


def standing_of(ground: Ground, assignment: pd.Series) -> Standing:
    """Return the figures of areas by unit code; None or empty where open.

    Raises
    ------
    ScenarioError
        Where they are of other units.
    """
    strange = sorted(set(map(str, assignment.index)) ^ set(ground.units))
    if strange:
        raise ScenarioError(f"a plan is of other units: {listed(strange)}; compare like with like")
    if not assignment.index.is_unique:
        double = sorted(set(map(str, assignment.index[assignment.index.duplicated()])))
        raise ScenarioError(f"a plan names {listed(double)} twice; keep one area each")
    given = assignment.reindex(list(ground.units)).astype("object")
    told = given[given.notna() & (given != "")].astype("str").reindex(given.index)
    codes, names = pd.factorize(told.astype("object").where(told.notna(), None), sort=True)
    return Standing(ground, tuple(map(str, names)), np.asarray(codes, dtype=np.int64))


def side_by_side(ground: Ground, plans: Sequence[tuple[str, pd.Series]]) -> SideBySide:
    """Return several plans of a ground's units side by side.

    Parameters
    ----------
    ground : Ground
        Units and bodies.
    plans : sequence of (name, Series)
        Area by unit code; None or empty where open. Double names are numbered.

    Raises
    ------
    ScenarioError
        Where there are fewer than two, or one is of other units.
    """
    if len(plans) < 2:
        raise ScenarioError(f"wanted two plans or more to compare, got {len(plans)}")
    names: list[str] = []
    for name, _ in plans:
        numbered = (f"{name} ({count})" for count in itertools.count(2))
        names.append(next(own for own in itertools.chain([name], numbered) if own not in names))
    standings = tuple(standing_of(ground, area) for _, area in plans)
    return SideBySide(ground=ground, names=tuple(names), standings=standings)


def _figures(own: Standing) -> pd.Series:
    people = own.people
    return pd.Series(
        {
            "areas": float(len(own.areas)),
            "open_units": float((own.area == OPEN).sum()),
            "largest": float(people.max(initial=0.0)),
            "smallest": float(people.min()) if len(people) else 0.0,
            "below": float((own.size_band == "below").sum()),
            "above": float((own.size_band == "above").sum()),
            "in_pieces": float((own.pieces > 1).sum()),
            "cost_people": own.cost_people,
        }
    )


def _common(one: Standing, other: Standing) -> np.ndarray:
    """Return people in each pair of areas of two plans."""
    both = (one.area != OPEN) & (other.area != OPEN)
    count = len(other.areas)
    place = one.area[both] * count + other.area[both]
    people = np.bincount(place, one.ground.people[both], len(one.areas) * count)
    return people.astype(np.float64).reshape(len(one.areas), count)


def _pairs(one: Standing, other: Standing) -> list[tuple[int, int]]:
    """Return matching areas one to one, with most people in common; ties to areas of one name."""
    common = _common(one, other)
    alike = np.array([[a == b for b in other.areas] for a in one.areas], dtype=np.float64)
    # Less than one person in all, so that it settles ties alone.
    worth = common + alike.reshape(common.shape) * 0.5 / (len(one.areas) + 1)
    rows, columns = linear_sum_assignment(worth, maximize=True)
    return [(int(r), int(c)) for r, c in zip(rows, columns, strict=True) if worth[r, c] > 0]


def _matched(one: Standing, other: Standing) -> pd.DataFrame:
    common, pairs = _common(one, other), _pairs(one, other)
    rows = []
    for a, b in pairs:
        either = one.people[a] + other.people[b] - common[a, b]
        rows.append((one.areas[a], other.areas[b], one.people[a], other.people[b], common[a, b],
                     common[a, b] / either if either > 0 else np.nan))  # fmt: skip
    first, second = {a for a, _ in pairs}, {b for _, b in pairs}
    rows += [
        (name, "", one.people[a], np.nan, 0.0, 0.0)
        for a, name in enumerate(one.areas)
        if a not in first
    ]
    rows += [
        ("", name, np.nan, other.people[b], 0.0, 0.0)
        for b, name in enumerate(other.areas)
        if b not in second
    ]
    columns = ["area", "other", "people", "other_people", "common", "jaccard"]
    return pd.DataFrame(rows, columns=columns)


def _main_bodies(own: Standing, key: str) -> dict[str, tuple[str, float]]:
    """Return by area the body of a layer with most people in it, and how many are not of it."""
    fit = own.by_layer[key]
    found = {"": ("", float("nan"))}
    for number, area in enumerate(own.areas):
        held = fit.shared[:, number]
        most = float(held.max(initial=0.0))
        name = fit.layer.names[int(held.argmax())] if most > 0 else ""
        found[area] = (name, float(own.people[number]) - most)
    return found


def _moved(ground: Ground, one: Standing, other: Standing) -> pd.DataFrame:
    match = np.full(len(one.areas) + 1, -2, dtype=np.int64)
    for a, b in _pairs(one, other):
        match[a] = b
    match[OPEN] = OPEN
    units = np.flatnonzero(match[one.area] != other.area)
    rows = [
        (ground.units[u], ground.names[u], _name(one, one.area, u), _name(other, other.area, u),
         float(ground.people[u]))
        for u in units.tolist()
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=["code", "name", "from", "to", "people"])


def _name(own: Standing, area: Ints, unit: int) -> str:
    return "" if area[unit] == OPEN else own.areas[int(area[unit])]


def _changes(before: LayerStanding, after: LayerStanding) -> dict[str, list[int]]:
    """Return the regions of a layer whose fit changes, by the change in words."""
    return {
        "newly split": np.flatnonzero(after.is_cut & ~before.is_cut).tolist(),
        "no longer split": np.flatnonzero(before.is_cut & ~after.is_cut).tolist(),
        "becomes coterminous": np.flatnonzero(after.is_same & ~before.is_same).tolist(),
        "no longer coterminous": np.flatnonzero(before.is_same & ~after.is_same).tolist(),
    }


def _variation(ground: Ground, one: Standing, other: Standing) -> float:
    """Return H(one|other) + H(other|one) in bits, over people with an area in both."""
    common = _common(one, other)
    total = common.sum()
    if not total > 0:
        return float("nan")
    held = common / total

    def entropy(p: np.ndarray) -> float:
        own = p[p > 0]
        return float(-(own * np.log2(own)).sum())

    alone = entropy(held.sum(axis=1)) + entropy(held.sum(axis=0))
    return max(2.0 * entropy(held.ravel()) - alone, 0.0)
