"""New layers of a layer: clipped, brought forward to a later year, regrouped by a lookup table."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from coterminosity import clipping, regrouping, vintages
from coterminosity.catalogue import facts_of, record_of
from coterminosity.errors import LayerError, listed
from coterminosity.gss import territory_of

if TYPE_CHECKING:
    from coterminosity.layer import BoundaryLayer


def clip(layer: "BoundaryLayer", to: "str | BoundaryLayer") -> "BoundaryLayer":
    """Return the part of a layer inside a territory or another layer; see `BoundaryLayer.clip`."""
    if isinstance(to, str):
        kept = clipping.clip_to_extent(layer.frame, to, layer=layer.layer)
        extent = territory_of(kept.index, facts_of(layer.layer))
    else:
        clipping.refuse_mixed([replace(layer, extent=""), replace(to, extent="")])
        kept = clipping.clip_to_outline(layer.frame, to.outline, layer=layer.layer)
        extent = to.extent
    repairs = layer.repairs.loc[layer.repairs["code"].isin(kept.index)]
    return replace(layer, frame=kept, extent=extent, repairs=repairs)


def to_vintage(layer: "BoundaryLayer", year: int, changes: pd.DataFrame | None) -> "BoundaryLayer":
    """Return districts brought forward to a later year; see `BoundaryLayer.to_vintage`."""
    if layer.layer != "lad" and changes is None:
        raise LayerError(
            f"layer {layer.layer!r} has no table of changes, only lad (districts) has; give one "
            "with changes="
        )
    shares = vintages.shares_to(layer.frame.index, year, changes=changes)
    split = shares.loc[shares["share"] < 1, "old_code"].unique()
    if len(split):
        raise LayerError(
            f"{listed(split)} were divided, which no merger of polygons can draw; use boundaries "
            f"of {year}"
        )
    whole = layer.dissolve(shares.set_index("old_code")["new_code"], layer=layer.layer)
    names = pd.Series(vintages.names_of(shares, layer.names))
    return replace(
        whole,
        frame=whole.frame.assign(name=names.reindex(whole.frame.index).astype("str")),
        vintage=f"Dec {year}",
        extent=layer.extent,
        publisher=layer.publisher,
        licence=layer.licence,
        source=f"{layer.source or layer.layer}, brought forward from "
        f"{layer.vintage or 'an unknown year'}",
    )


def regroup(
    base: "BoundaryLayer", lookup: pd.DataFrame | str | Path, layer: str
) -> "BoundaryLayer":
    """Return the layer that a lookup table makes of another; see `BoundaryLayer.regroup`."""
    membership = regrouping.read_membership(
        lookup, base=base.names, base_layer=base.layer, layer=layer
    )
    drawn = regrouping.dissolve_members(base.frame, membership, matched=base.matched)
    table = str(lookup) if isinstance(lookup, (str, Path)) else "a lookup table"
    known = record_of(layer, year=membership.year)
    made = type(base).from_frame(
        drawn,
        layer=layer,
        code="code",
        name="name",
        to_crs=base.frame.crs,
        source=f"{base.source or base.layer} dissolved by {table}",
        vintage=known.vintage if known else membership.year,
        geometry_kind=base.geometry_kind,
    )
    return replace(
        made,
        extent=made.extent or base.extent,
        licence=known.facts.licence if known else "",
        publisher=known.facts.publisher if known else "",
    )
