"""What a page knows of money and of who governs: figures by unit, to be added up in the page."""

from typing import Any

from coterminosity.governing import LABELS
from coterminosity.negotiating.ground import Ground


def money_of(ground: Ground) -> dict[str, Any]:
    """Return the published figures with what they are spread by; null for people."""
    purse = ground.purse
    is_people = bool((purse.weights == ground.people).all())
    return {
        "weights": None if is_people else purse.weights.tolist(),
        "basis": purse.basis,
        "lines": [
            {
                "key": str(key),
                "title": str(row["title"]),
                "programme": str(row["programme"]),
                "pounds": int(row["pounds"]),
                "year": str(row["year"]),
                "scope": str(row["scope"]),
            }
            for key, row in zip(purse.lines.index, purse.lines.to_dict("records"), strict=True)
        ],
        "contracts": purse.contracts,
        "caption": purse.caption,
    }


def governance_of(ground: Ground) -> dict[str, Any]:
    """Return council, tier and combined authority by unit, and what areas are called by them."""
    units = ground.governed.fillna("")
    kinds = {"yes": "mayor", "no": "no mayor"}
    known = units.loc[units["authority"] != ""].drop_duplicates("authority")
    return {
        "labels": dict(LABELS),
        "council": units["council"].to_list(),
        "tier": units["tier"].to_list(),
        "authority": units["authority"].to_list(),
        "names": dict(zip(known["authority"], known["authority_name"], strict=True)),
        "mayors": {
            code: kinds.get(mayor, "unknown")
            for code, mayor in zip(known["authority"], known["mayor"], strict=True)
        },
    }
