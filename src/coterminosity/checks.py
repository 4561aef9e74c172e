"""Every check on a layer of boundaries, as a report that a data officer can act on."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from coterminosity import topology, vintages
from coterminosity.catalogue import Record, extent_of, facts_of, record_of
from coterminosity.errors import listed
from coterminosity.geometry import mean_width
from coterminosity.gss import is_gss
from coterminosity.matching import APART
from coterminosity.mending import no_problems, problem_rows
from coterminosity.tables import known_codes, known_places

if TYPE_CHECKING:
    from coterminosity.layer import BoundaryLayer

COMPLETE_SHARE = 0.99
# Boundaries to the extent of the realm hold inshore water; more than this is another territory.
MOST_SHARE = 1.05
# Parts smaller than this are more often crumbs of a clipping than islets.
CRUMB_M2 = 100.0
# A gap between two regions narrower than this (m) on average is one of drawing, not a river.
GAP_BY_DRAWING = 10.0
# Brooks part neighbours for a little of their borders only; more than this share is a mistake.
_MOST_APART = 0.03
# A narrow overlap of more land than this is worth a warning.
_LARGE_SLIVER_M2 = 1e6
# A region whose middle is this far (m) from where its people are known to live is another's shape.
ASTRAY_M = 75_000.0


@dataclass(frozen=True, eq=False)
class CheckReport:
    """The outcome of checking a layer.

    Parameters
    ----------
    checks : DataFrame
        One row per check, indexed by ``check``: ``verdict`` (``ok``, ``note``, ``warning``),
        ``found`` and ``expected`` (text; empty where nothing is expected).
    problems : DataFrame
        One row per region and problem: ``code, row`` (of the file; 0 where the layer as a whole
        was looked at), ``problem, reason, x, y`` (metres, in the layer's projection), ``size,
        unit, outcome`` (what was done about it) and the area before and after a repair.
    """

    checks: pd.DataFrame
    problems: pd.DataFrame

    @property
    def warnings(self) -> pd.DataFrame:
        """The checks that found what was not expected."""
        return self.checks.loc[self.checks["verdict"] == "warning"]


def share_of_extent(extent: str, land_m2: float) -> float | None:
    """Return land as a share of the extent's land (0 to about 1), None where it is not known."""
    return land_m2 / (extent_of(extent).land_km2 * 1e6) if extent else None


def check_layer(layer: "BoundaryLayer") -> CheckReport:
    """Return the report on a layer; see `BoundaryLayer.check`."""
    layer.survey()
    problems = _problems(layer)
    return CheckReport(checks=_checks(layer, problems), problems=problems)


def _checks(layer: "BoundaryLayer", problems: pd.DataFrame) -> pd.DataFrame:
    known = facts_of(layer.layer)
    # How many regions there are and of when, a record says of its own vintage only.
    own = record_of(layer.layer, year=vintages.year_of(layer.vintage)) if layer.publisher else None
    rows = [
        ("layer", "ok" if known else "note", layer.layer, known.title if known else "not known"),
        ("extent", "ok" if layer.extent else "note", layer.extent or "unknown", ""),
        ("regions", *_regions(layer, own, problems)),
        ("codes", *_codes(layer)),
        ("names", *_names(layer)),
        ("vintage", *_vintage(layer, own)),
        ("coordinates", "ok", _coordinates(layer), ""),
        ("places", *_counted(problems, "astray", "regions lie where their codes say")),
        ("repaired", *_repairs(layer)),
        ("crumbs", *_crumbs(problems)),
        ("drawn twice", *_counted(problems, "drawn as another", "every region has its own shape")),
        ("kind", *_against(layer.kind, known.kind if known else None)),
        ("overlaps", *_overlaps(layer)),
        ("shared borders", *_coverage(layer)),
        ("gaps", *_gaps(layer, problems)),
        ("completeness", *_completeness(layer)),
        ("file", *_file(layer, own)),
    ]
    table = pd.DataFrame(rows, columns=["check", "verdict", "found", "expected"])
    return table.astype("str").set_index("check")


def _problems(layer: "BoundaryLayer") -> pd.DataFrame:
    tables = [
        layer.repairs,
        _membership_rows(layer),
        _astray(layer),
        _crumb_rows(layer),
        _double_rows(layer),
        _overlap_rows(layer),
        _loose_rows(layer),
        _apart_rows(layer),
        _gap_rows(layer),
    ]
    found = [table for table in tables if len(table)]
    return pd.concat(found, ignore_index=True) if found else no_problems()


def _may_overlap(layer: "BoundaryLayer") -> bool:
    """Tell a cover by nature (LEPs), or an unknown layer that overlaps."""
    known = facts_of(layer.layer)
    return (known.kind if known is not None else layer.kind) == "cover"


def _rows_of(layer: "BoundaryLayer", codes: pd.Index | pd.Series) -> np.ndarray:
    return np.asarray(layer.frame.index.get_indexer(pd.Index(codes)))


def _whole(table: pd.DataFrame) -> pd.DataFrame:
    """Mark rows that were found in the layer, not in a row of the file."""
    return table.assign(row=0)


def _astray(layer: "BoundaryLayer") -> pd.DataFrame:
    """Return regions drawn far from where the people of their code are known to live."""
    places = known_places()
    common = layer.frame.index.intersection(places.index)
    if layer.crs != "EPSG:27700" or not len(common) or layer.geometry_kind != "real":
        return no_problems()
    known = places.loc[common]
    drawn = layer.geometry.loc[common].to_numpy()
    home = shapely.points(known["easting"], known["northing"])
    metres = shapely.distance(home, drawn)
    far = metres > ASTRAY_M
    rows = _rows_of(layer, common[far])
    return _whole(
        problem_rows(
            layer.frame.index, rows, problem="astray", outcome="kept", at=drawn[far],
            size=metres[far] / 1000, unit="km from its people",
        )
    )  # fmt: skip


def _crumb_rows(layer: "BoundaryLayer") -> pd.DataFrame:
    parts, rows, _ = topology.crumbs(layer.geometry, least_m2=CRUMB_M2)
    table = problem_rows(
        layer.frame.index, rows, problem="crumb", outcome="kept", at=parts,
        size=shapely.area(parts), unit="m²",
    )  # fmt: skip
    return _whole(table)


def _double_rows(layer: "BoundaryLayer") -> pd.DataFrame:
    pairs = topology.doubles(layer.geometry)
    rows = _rows_of(layer, pairs["right"])
    drawn = layer.geometry.to_numpy()[rows]
    return _whole(
        problem_rows(
            layer.frame.index, rows, problem="drawn as another", outcome="kept", at=drawn,
            reason=("the shape of " + pairs["left"].astype("str")).to_numpy(),
            size=shapely.area(drawn), unit="m²",
        )
    )  # fmt: skip


def _overlap_rows(layer: "BoundaryLayer") -> pd.DataFrame:
    """Return overlaps: slivers of any layer, and wide ones where none are expected."""
    pairs = layer.crossings
    if _may_overlap(layer):
        pairs = pairs.loc[~pairs["wide"]]
    rows = _rows_of(layer, pairs["left"])
    return _whole(
        problem_rows(
            layer.frame.index, rows,
            problem=np.where(pairs["wide"], "overlap", "sliver of overlap"), outcome="kept",
            reason=("with " + pairs["right"].astype("str")).to_numpy(),
            at=pairs.geometry.to_numpy(), size=pairs["area_m2"], unit="m²",
        )
    )  # fmt: skip


def _loose_rows(layer: "BoundaryLayer") -> pd.DataFrame:
    if _may_overlap(layer):
        return no_problems()
    metres = np.asarray(shapely.length(layer.loose))
    rows = np.flatnonzero(metres > 0)
    return _whole(
        problem_rows(
            layer.frame.index, rows, problem="loose border", outcome="kept",
            at=layer.loose[rows], size=metres[rows], unit="m of border",
        )
    )  # fmt: skip


def _apart_rows(layer: "BoundaryLayer") -> pd.DataFrame:
    if _may_overlap(layer):
        return no_problems()
    metres = np.asarray(shapely.length(layer.apart))
    rows = np.flatnonzero((metres > 0) & shapely.is_empty(layer.loose))
    return _whole(
        problem_rows(
            layer.frame.index, rows, problem="apart", outcome="kept, perhaps water",
            reason=f"under {APART:.0f} m from a neighbour", at=layer.apart[rows],
            size=metres[rows], unit="m of border",
        )
    )  # fmt: skip


def _gap_rows(layer: "BoundaryLayer") -> pd.DataFrame:
    if _may_overlap(layer):
        return no_problems()
    holes = topology.gaps(layer.geometry.to_numpy(), layer.outline)
    tree = shapely.STRtree(layer.geometry.to_numpy())
    nearest = tree.nearest(holes) if len(holes) else np.empty(0, dtype=np.int64)
    widths = mean_width(holes)
    table = problem_rows(
        layer.frame.index, nearest, problem="gap", outcome="kept", at=holes,
        reason=[f"{width:.1f} m wide on average" for width in widths],
        size=shapely.area(holes), unit="m²",
    )  # fmt: skip
    # A wider one may be a river between two regions.
    table.loc[widths >= GAP_BY_DRAWING, "outcome"] = "kept, perhaps water"
    return _whole(table)


def _against(found: object, expected: object | None) -> tuple[str, object, object]:
    if expected is None:
        return "note", found, ""
    return "ok" if found == expected else "warning", found, expected


def _counted(problems: pd.DataFrame, problem: str, fine: str) -> tuple[str, str, str]:
    own = problems.loc[problems["problem"] == problem]
    if not len(own):
        return "ok", f"0 {problem}", fine
    return "warning", f"{len(own)} {problem}: {listed(own['code'])}", fine


def _membership_rows(layer: "BoundaryLayer") -> pd.DataFrame:
    """Return codes that the layer lacks, or that are none of its vintage, where all are known."""
    known = known_codes(layer.layer, layer.vintage)
    own = set(layer.frame.index)
    if not known or layer.extent not in ("", "England"):
        return no_problems()
    codes = pd.Index(sorted(known - own), dtype="str")
    lacking = problem_rows(
        codes, range(len(codes)), problem="missing region", outcome="not in the file"
    )
    odd = _rows_of(layer, pd.Index(sorted(own - known)))
    unknown = problem_rows(
        layer.frame.index, odd, problem="unknown code", outcome="kept",
        at=layer.geometry.to_numpy()[odd], reason=f"no region of {layer.vintage}",
    )  # fmt: skip
    return _whole(pd.concat([one for one in (lacking, unknown) if len(one)] or [lacking]))


def _regions(
    layer: "BoundaryLayer", own: Record | None, problems: pd.DataFrame
) -> tuple[str, object, object]:
    verdict, found, expected = _against(len(layer), own.regions.get(layer.extent) if own else None)
    for problem in ("missing region", "unknown code"):
        codes = problems.loc[problems["problem"] == problem, "code"]
        if len(codes):
            verdict, found = "warning", f"{found}; {problem}: {listed(codes)}"
    return verdict, found, expected


def _codes(layer: "BoundaryLayer") -> tuple[str, str, str]:
    known = facts_of(layer.layer)
    codes = layer.frame.index
    if known is None:
        return "note", f"{codes[0]} to {codes[-1]}", ""
    odd = [code for code in codes if not str(code).startswith(known.prefixes)]
    if all(len(prefix) == 3 for prefix in known.prefixes):
        odd = sorted({*odd, *codes[~is_gss(codes)]})
    wanted = f"begin with {' or '.join(known.prefixes)}"
    if odd:
        return "warning", f"{len(odd)} codes of another kind: {listed(odd)}", wanted
    return "ok", f"{codes[0]} to {codes[-1]}", wanted


def _names(layer: "BoundaryLayer") -> tuple[str, str, str]:
    double = layer.names[layer.names.duplicated(keep=False)]
    if len(double):
        return "warning", f"double names: {listed(sorted(double.unique()))}", "every name once"
    return "ok", f"{len(layer)} different names", "every name once"


def _vintage(layer: "BoundaryLayer", own: Record | None) -> tuple[str, object, object]:
    """Compare the vintage with the record and, of districts, with the years of their codes."""
    year = vintages.year_of(layer.vintage)
    if layer.layer == "lad":
        first, last = vintages.years_of_districts(layer.frame.index)
        span = f"codes of {first} to {last or 'today'}"
        if last is not None and first > last:
            return "warning", f"{span}: districts of different vintages", "one vintage"
        if year is not None and not first <= year <= (last or year):
            return "warning", layer.vintage, span
    return _against(layer.vintage or "unknown", own.vintage if own else None)


def _coordinates(layer: "BoundaryLayer") -> str:
    given = layer.source_crs
    if given in ("", layer.crs):
        return layer.crs
    return f"{given[:40]}, converted to {layer.crs}"


def _repairs(layer: "BoundaryLayer") -> tuple[str, str, str]:
    if not len(layer.repairs):
        return "ok", "0 regions", "0 regions"
    changes = []
    for problem, own in layer.repairs.groupby("problem"):
        changed = (own["area_after_m2"] - own["area_before_m2"]).sum()
        area = f", {changed:+,.1f} m²" if own["area_after_m2"].notna().any() else ""
        changes.append(f"{problem} in {len(own)} ({listed(own['code'], most=3)}{area})")
    slight = layer.repairs["problem"].isin(("reversed rings", "heights")).all()
    return "note" if slight else "warning", listed(changes), "0 regions"


def _crumbs(problems: pd.DataFrame) -> tuple[str, str, str]:
    own = problems.loc[problems["problem"] == "crumb"]
    wanted = f"none under {CRUMB_M2:.0f} m²"
    if not len(own):
        return "ok", "0 parts", wanted
    return "note", f"{len(own)} parts: {listed(dict.fromkeys(own['code']))}", wanted


def _gaps(layer: "BoundaryLayer", problems: pd.DataFrame) -> tuple[str, str, str]:
    holes = problems.loc[problems["problem"] == "gap"]
    apart = problems.loc[problems["problem"] == "apart"]
    if not len(holes) and not len(apart):
        return "ok", "no slivers left open", "none"
    words = []
    if len(holes):
        area = holes["size"].sum()
        words.append(f"{len(holes)} enclosed, {area:,.1f} m²: near {listed(holes['code'])}")
    if len(apart):
        km = apart["size"].sum() / 2000
        words.append(f"{km:,.1f} km under {APART:.0f} m wide: {listed(apart['code'])}")
    around = layer.geometry.length.reindex(apart["code"]).to_numpy()
    drawn = (holes["outcome"] == "kept").any() or (apart["size"] > _MOST_APART * around).any()
    return "warning" if drawn else "note", "; ".join(words), "none"


def _overlaps(layer: "BoundaryLayer") -> tuple[str, str, str]:
    pairs = layer.overlaps
    known = facts_of(layer.layer)
    expected = {"cover": "some", "partition": "none"}[known.kind] if known else ""
    slivers = layer.crossings.loc[~layer.crossings["wide"], "area_m2"]
    if not len(pairs):
        verdict = "ok" if expected in ("none", "") else "warning"
        if not len(slivers) or expected == "some":
            return verdict, "none", expected
        found = f"none but {len(slivers)} slivers, {slivers.sum() / 1e6:,.3f} km²"
        return "warning" if slivers.max() > _LARGE_SLIVER_M2 else "note", found, expected
    widest = [f"{left} and {right}" for left, right in pairs[["left", "right"]].head(3).to_numpy()]
    more = ", ..." if len(pairs) > 3 else ""
    found = f"{len(pairs)} pairs, {pairs['area_m2'].sum() / 1e6:,.0f} km²: {listed(widest)}{more}"
    return "warning" if expected == "none" else "ok", found, expected


def _coverage(layer: "BoundaryLayer") -> tuple[str, str, str]:
    """Whether neighbours are drawn with the same vertices along their common border."""
    if _may_overlap(layer):
        return "ok", "not asked of a cover", ""
    metres = np.asarray(shapely.length(layer.loose))
    if not metres.any():
        return "ok", "neighbours match vertex by vertex", "no gaps or overlaps"
    codes = layer.frame.index[np.argsort(-metres)][: int((metres > 0).sum())]
    found = f"{metres.sum() / 2000:,.1f} km of borders do not match: {listed(codes)}"
    return "warning", found, "no gaps or overlaps"


def _completeness(layer: "BoundaryLayer") -> tuple[str, str, str]:
    share = share_of_extent(layer.extent, layer.land_m2)
    if share is None:
        return "note", f"{layer.land_m2 / 1e6:,.0f} km², extent unknown", ""
    known = facts_of(layer.layer)
    word = "complete" if layer.complete else "partial" if share < 1 else "larger than it"
    expected = {True: "complete", False: "partial"}[known.complete] if known else ""
    found = f"{word}: {layer.land_m2 / 1e6:,.0f} km², {share:.1%} of {layer.extent}"
    return "ok" if word == expected else "warning", found, expected


def _file(layer: "BoundaryLayer", own: Record | None) -> tuple[str, str, str]:
    match = [f.name for f in own.files if f.sha256 == layer.sha256] if own else []
    if match:
        return "ok", f"byte for byte the catalogue's {match[0]}", ""
    return "note", f"not a file of the catalogue (sha256 {layer.sha256[:12] or 'none'})", ""
