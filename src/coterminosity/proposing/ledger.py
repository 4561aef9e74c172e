"""The state of a proposal in the making: areas of units, their score, and the log."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from coterminosity.brief import Brief
from coterminosity.plan import DECISION_COLUMNS
from coterminosity.proposing.claims import Claims

Floats = npt.NDArray[np.float64]
OPEN = -1


class Ledger:
    """Assign units to areas, one logged decision at a time.

    Area ``a`` is led by seed ``a``; a unit in no area is at ``OPEN``. People of units without an
    area count as outside every area, so that the score rises as units find a home.
    """

    def __init__(self, claims: Claims, brief: Brief, names: pd.Series) -> None:
        self.claims = claims
        self.brief = brief
        self.names = names
        self.area = np.full(len(claims.units), OPEN)
        self._layers = (claims.seed, *claims.aligned)
        areas = len(claims.seed.regions)
        self._common = [np.zeros((len(w.regions), areas)) for w in self._layers]
        self._rows: list[dict[str, Any]] = []
        self._classes: dict[int, str] = {}
        self._flags: dict[int, str] = {}

    def copy(self) -> "Ledger":
        """Return a ledger in the same state, to try things on."""
        other = Ledger(self.claims, self.brief, self.names)
        other.area = self.area.copy()
        other._common = [common.copy() for common in self._common]
        other._classes, other._flags = dict(self._classes), dict(self._flags)
        return other

    def area_name(self, area: int) -> str:
        """Return the name of an area, that of its seed; empty for none."""
        return "" if area == OPEN else str(self.claims.seed.names.iloc[area])

    def flag_of(self, unit: int) -> str:
        """Return the flag that the last decision on a unit left."""
        return self._flags.get(unit, "")

    def common(self, layer: str) -> Floats:
        """Return the weight that each region of a layer has in each area, regions × areas."""
        names = [weights.layer for weights in self._layers]
        return self._common[names.index(layer)]

    def score(self) -> float:
        """Return the mean coterminosity of the areas with the seed and aligned layers, 0 to 1."""
        scores = []
        for layer, common in zip(self._layers, self._common, strict=True):
            total = layer.shared.sum()
            best = common.max(axis=1).sum() + common.max(axis=0).sum()
            scores.append(0.5 * best / total if total > 0 else np.nan)
        return float(np.mean(scores))

    def split_people(self) -> dict[str, float]:
        """Return by layer the people outside the area that holds most of their region."""
        return {
            layer.layer: float(layer.shared.sum() - common.max(axis=1).sum())
            for layer, common in zip(self._layers, self._common, strict=True)
        }

    def cost(self) -> float:
        """Return the cost of the assignment in people, by the brief's costs of split and merge."""
        split, merge = self.brief.split_costs(), self.brief.merge_costs()
        merged = {
            layer.layer: float(layer.shared.sum() - common.max(axis=0).sum())
            for layer, common in zip(self._layers, self._common, strict=True)
        }
        return sum(
            split.get(layer, 0.0) * cut + merge.get(layer, 0.0) * merged[layer]
            for layer, cut in self.split_people().items()
        )

    def move(self, unit: int, area: int) -> None:
        """Move a unit without logging it; to weigh a choice before it is made."""
        for layer, common in zip(self._layers, self._common, strict=True):
            if self.area[unit] != OPEN:
                common[:, self.area[unit]] -= layer.shared[unit]
            if area != OPEN:
                common[:, area] += layer.shared[unit]
        self.area[unit] = area

    def weigh(self, moves: dict[int, int]) -> tuple[float, float, dict[str, float]]:
        """Return cost, score and split people as they would be after some moves."""
        before = {unit: int(self.area[unit]) for unit in moves}
        held = [common.copy() for common in self._common]
        for unit, area in moves.items():
            self.move(unit, area)
        weighed = self.cost(), self.score(), self.split_people()
        for unit, area in before.items():
            self.area[unit] = area
        # Restored rather than subtracted, so that weighing leaves no rounding behind.
        self._common = held
        return weighed

    def decide(
        self, unit: int, area: int, *, rule: str, why: str, klass: str = "", flag: str = ""
    ) -> None:
        """Assign a unit and log why."""
        before, came_from = self.score(), int(self.area[unit])
        self.move(unit, area)
        if klass:
            self._classes[unit] = klass
        self._flags[unit] = flag
        self._log(
            layer=self.brief.unit_layer,
            unit=self.claims.units[unit],
            name=str(self.names.iloc[unit]),
            klass=self._classes[unit],
            came_from=self.area_name(came_from),
            to=self.area_name(area),
            rule=rule,
            why=why,
            before=before,
            flag=flag,
        )

    def note(self, *, layer: str, unit: str, name: str, to: str, rule: str, why: str) -> None:
        """Log what becomes of a region of an aligned layer; no unit moves."""
        self._log(
            layer=layer, unit=unit, name=name, klass="", came_from="", to=to, rule=rule, why=why,
            before=self.score(), flag="",
        )  # fmt: skip

    def _log(self, *, klass: str, came_from: str, before: float, flag: str, **row: str) -> None:
        self._rows.append(
            {
                **row,
                "step": len(self._rows) + 1,
                "class": klass,
                "from": came_from,
                "score_before": before,
                "score_after": self.score(),
                "flag": flag,
            }
        )

    def decisions(self) -> pd.DataFrame:
        """Return the log."""
        return pd.DataFrame(self._rows)[DECISION_COLUMNS]

    def units(self) -> pd.DataFrame:
        """Return name, area, class and flag by unit."""
        count = range(len(self.claims.units))
        return pd.DataFrame(
            {
                "name": self.names.astype("str").to_numpy(),
                "area": [self.area_name(int(area)) for area in self.area],
                "class": [self._classes[unit] for unit in count],
                "flag": [self._flags[unit] for unit in count],
            },
            index=pd.Index(list(self.claims.units), name="code"),
        )
