"""What a page knows of money and of who governs: figures by unit, to be added up in the page."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from coterminosity import money
from coterminosity.atoms import ATOM_LAYER, Atoms
from coterminosity.governing import LABELS, units_governed
from coterminosity.money.lines import ENGLAND
from coterminosity.negotiating.ground import Ground
from coterminosity.scores.crosstab import TOLERANCE
from coterminosity.tables import read_money_tables

# Published figures are of all England: they are not spread over a part of it, or another country.
_NEAR = 0.02


def money_of(ground: Ground, atoms: Atoms, *, by: str = "people") -> dict[str, Any]:
    """Return the published figures with what they are spread by, by unit.

    The page divides each figure as `money.share_out` does, so that both show the same. Of a figure
    for England and Wales the part of Wales is left out, as `money.apportion` does.

    Parameters
    ----------
    ground : Ground
        Units.
    atoms : Atoms
        With people and what else the basis needs.
    by : str
        See `money.basis`; an indicator is one of the scenario's own.
    """
    england = float(read_money_tables().people[ENGLAND])
    people = float(ground.people.sum())
    if not abs(people / england - 1) <= _NEAR:
        return {"weights": None, "basis": "", "lines": [], "caption": "", "contracts": None}
    need = ground.need if len(ground.need.columns) else None
    chosen = money.basis(atoms, by, indicators=need, unit_layer=ground.unit_layer)
    weights = None if by == "people" else _by_unit(atoms, ground, chosen.weights)
    lines = money.lines(level="programme", scope="England")
    whole = money.spread(
        pd.Series({"England": people}), words=chosen.words, missing=chosen.missing
    )
    return {
        "weights": None if weights is None else weights.tolist(),
        "basis": by,
        "lines": [
            {"key": str(key), "title": row["title"], "programme": row["programme"],
             "pounds": int(row["pounds"]), "year": str(row["year"]), "scope": row["scope"]}
            for key, row in zip(lines.index, lines.to_dict("records"), strict=True)
        ],
        "caption": whole.caption,
        "contracts": {
            "count": float(read_money_tables().contracts["value"]["contracts"]),
            "people": england,
        },
    }  # fmt: skip


def _by_unit(atoms: Atoms, ground: Ground, weights: pd.Series) -> npt.NDArray[np.float64]:
    own = atoms.as_units() if ground.unit_layer == ATOM_LAYER else atoms
    members = own.members.loc[own.members["layer"] == ground.unit_layer]
    sums = weights.loc[members["atom"]].groupby(members["code"].to_numpy()).sum()
    return sums.reindex(list(ground.units), fill_value=0.0).to_numpy(dtype=np.float64)


def governance_of(ground: Ground, atoms: Atoms) -> dict[str, Any] | None:
    """Return council, tier and combined authority by unit; None where codes do not tell."""
    if "lad" not in atoms.layers:
        return None
    units = units_governed(atoms, ground.unit_layer).reindex(list(ground.units))
    if not units["tier"].astype(bool).any():
        return None
    kinds = {"yes": "mayor", "no": "no mayor", "unknown": "unknown"}
    known = units.loc[units["authority"] != ""].drop_duplicates("authority")
    return {
        "labels": dict(LABELS),
        "council": units["council"].to_list(),
        "tier": units["tier"].to_list(),
        "authority": units["authority"].to_list(),
        "names": dict(zip(known["authority"], known["authority_name"], strict=True)),
        "mayors": {a: kinds[m] for a, m in zip(known["authority"], known["mayor"], strict=True)},
        "tolerance": TOLERANCE,
    }
