"""What becomes of the regions of aligned layers: step 3 of the source model, said in the log."""

import numpy as np

from coterminosity.proposing.claims import Weights
from coterminosity.proposing.ledger import Ledger


def note_regions(ledger: Ledger) -> None:
    """Log of each aligned region whether it is kept, merged with others, or divided.

    ``kept`` fills its area alone, ``merge`` shares it with whole regions that may merge, and
    ``seed-edge`` is divided: its edge moves to that of the areas, since the seed's edge wins.
    """
    for layer in ledger.claims.aligned:
        common = ledger.common(layer.layer)
        home = np.where(common.max(axis=1) > 0, common.argmax(axis=1), -1)
        for region in np.flatnonzero(home >= 0):
            others = np.flatnonzero(home == home[region])
            rule, why = _outcome(ledger, layer, int(region), [int(r) for r in others])
            ledger.note(
                layer=layer.layer,
                unit=layer.regions[region],
                name=str(layer.names.iloc[region]),
                to=ledger.area_name(int(home[region])),
                rule=rule,
                why=why,
            )


def _outcome(ledger: Ledger, layer: Weights, region: int, together: list[int]) -> tuple[str, str]:
    row = ledger.common(layer.layer)[region]
    whole = float(layer.shared[:, region].sum())
    shares = sorted(((float(row[a]), int(a)) for a in np.flatnonzero(row > 0)), reverse=True)
    least = ledger.brief.tolerance * whole
    held = [f"{people / whole:.1%} in {ledger.area_name(a)}" for people, a in shares]
    unsettled = whole - float(row.sum())
    if unsettled > 1e-9 * whole:
        held.append(f"{unsettled / whole:.1%} in open districts")
    divided = whole - shares[0][0] > least
    rest = [str(layer.names.iloc[r]) for r in together if r != region]
    beside = f"; shares its main area with {', '.join(rest)}: may merge" if rest else ""
    if divided:
        return "seed-edge", f"its people are divided: {', '.join(held)}{beside}"
    return ("merge" if rest else "kept"), f"whole in {ledger.area_name(shares[0][1])}{beside}"
