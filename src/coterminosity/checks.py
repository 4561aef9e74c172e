"""Every check on a layer of boundaries, as a table that a data officer can act on."""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from coterminosity.catalogue import extent_of, record_of
from coterminosity.errors import listed

if TYPE_CHECKING:
    from coterminosity.layer import BoundaryLayer

COMPLETE_SHARE = 0.99
# Boundaries to the extent of the realm hold inshore water; more than this is another territory.
MOST_SHARE = 1.05
# Parts smaller than this are more often crumbs of a clipping than islets.
CRUMB_M2 = 100.0


def share_of_extent(extent: str, land_m2: float) -> float | None:
    """Return land as a share of the extent's land (0 to about 1), None where it is not known."""
    return land_m2 / (extent_of(extent).land_km2 * 1e6) if extent else None


def check_layer(layer: "BoundaryLayer") -> pd.DataFrame:
    """Return one row per check: verdict (``ok``, ``note``, ``warning``), found, expected."""
    known = record_of(layer.layer)
    # How many regions there are and of when, a record says of its own vintage only.
    own = known if known and layer.publisher else None
    rows = [
        ("layer", "ok" if known else "note", layer.layer, known.title if known else "not known"),
        ("regions", *_against(len(layer), own.regions if own else None)),
        ("codes", *_codes(layer)),
        ("names", *_names(layer)),
        ("vintage", *_against(layer.vintage or "unknown", own.vintage if own else None)),
        ("coordinates", "ok", _coordinates(layer), "EPSG:27700"),
        ("repaired", *_repairs(layer)),
        ("crumbs", *_crumbs(layer)),
        ("kind", *_against(layer.kind, known.kind if known else None)),
        ("overlaps", *_overlaps(layer)),
        ("shared borders", *_coverage(layer)),
        ("completeness", *_completeness(layer)),
        ("file", *_file(layer)),
    ]
    table = pd.DataFrame(rows, columns=["check", "verdict", "found", "expected"])
    return table.astype("str").set_index("check")


def _against(found: object, expected: object | None) -> tuple[str, object, object]:
    if expected is None:
        return "note", found, ""
    return "ok" if found == expected else "warning", found, expected


def _codes(layer: "BoundaryLayer") -> tuple[str, str, str]:
    known = record_of(layer.layer)
    codes = layer.frame.index
    if known is None:
        return "note", f"{codes[0]} to {codes[-1]}", ""
    odd = [code for code in codes if not str(code).startswith(known.prefixes)]
    wanted = f"begin with {' or '.join(known.prefixes)}"
    if odd:
        return "warning", f"{len(odd)} codes of another kind: {listed(odd)}", wanted
    return "ok", f"{codes[0]} to {codes[-1]}", wanted


def _names(layer: "BoundaryLayer") -> tuple[str, str, str]:
    double = layer.names[layer.names.duplicated(keep=False)]
    if len(double):
        return "warning", f"double names: {listed(sorted(double.unique()))}", "every name once"
    return "ok", f"{len(layer)} different names", "every name once"


def _coordinates(layer: "BoundaryLayer") -> str:
    given = layer.source_crs
    return given if given in ("", "EPSG:27700") else f"{given[:40]}, converted to EPSG:27700"


def _repairs(layer: "BoundaryLayer") -> tuple[str, str, str]:
    if not len(layer.repairs):
        return "ok", "0 regions", "0 regions"
    changes = [
        f"{row['code']} ({row['reason']}; {row['area_after_m2'] - row['area_before_m2']:+,.1f} m²)"
        for row in layer.repairs.to_dict("records")
    ]
    return "warning", listed(changes), "0 regions"


def _crumbs(layer: "BoundaryLayer") -> tuple[str, str, str]:
    parts, owner = shapely.get_parts(np.asarray(layer.geometry.array), return_index=True)
    small = np.asarray(shapely.area(parts)) < CRUMB_M2
    if not small.any():
        return "ok", f"0 of {len(parts):,} parts", f"none under {CRUMB_M2:.0f} m²"
    codes = layer.frame.index[np.unique(owner[small])]
    found = f"{int(small.sum())} of {len(parts):,} parts: {listed(codes)}"
    return "note", found, f"none under {CRUMB_M2:.0f} m²"


def _overlaps(layer: "BoundaryLayer") -> tuple[str, str, str]:
    pairs = layer.overlaps
    known = record_of(layer.layer)
    expected = {"cover": "some", "partition": "none"}[known.kind] if known else ""
    if not len(pairs):
        return "ok" if expected in ("none", "") else "warning", "none", expected
    widest = [f"{left} and {right}" for left, right in pairs[["left", "right"]].head(3).to_numpy()]
    found = f"{len(pairs)} pairs, {pairs['area_m2'].sum() / 1e6:,.0f} km²: {listed(widest)}, ..."
    return "warning" if expected == "none" else "ok", found, expected


def _coverage(layer: "BoundaryLayer") -> tuple[str, str, str]:
    """Whether neighbours are drawn with the same vertices along their common border."""
    if layer.kind == "cover":
        return "ok", "not asked of a cover", ""
    edges = shapely.coverage_invalid_edges(np.asarray(layer.geometry.array))
    metres = np.asarray(shapely.length(edges))
    if not metres.any():
        return "ok", "neighbours match vertex by vertex", "no gaps or overlaps"
    codes = layer.frame.index[np.argsort(-metres)][: int((metres > 0).sum())]
    found = f"{metres.sum() / 2000:,.1f} km of borders do not match: {listed(codes)}"
    return "warning", found, "no gaps or overlaps"


def _completeness(layer: "BoundaryLayer") -> tuple[str, str, str]:
    share = share_of_extent(layer.extent, layer.land_m2)
    if share is None:
        return "note", f"{layer.land_m2 / 1e6:,.0f} km², extent unknown", ""
    known = record_of(layer.layer)
    word = "complete" if layer.complete else "partial" if share < 1 else "larger than it"
    expected = {True: "complete", False: "partial"}[known.complete] if known else ""
    found = f"{word}: {layer.land_m2 / 1e6:,.0f} km², {share:.1%} of {layer.extent}"
    return "ok" if word == expected else "warning", found, expected


def _file(layer: "BoundaryLayer") -> tuple[str, str, str]:
    known = record_of(layer.layer)
    match = [f.name for f in known.files if f.sha256 == layer.sha256] if known else []
    if match:
        return "ok", f"byte for byte the catalogue's {match[0]}", ""
    return "note", f"not a file of the catalogue (sha256 {layer.sha256[:12] or 'none'})", ""
