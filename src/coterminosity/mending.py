"""Finding what is wrong with raw polygons, mending what can be mended, and logging each change.

A repair is guarded: one that changes a region by more than a limit, or loses it, is undone and
reported. Large polygons are repaired in a process of their own, since the repair of a tangled
one can take hours and cannot be interrupted from inside.
"""

import re
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from coterminosity.errors import LayerError, listed
from coterminosity.geometry import Geometries, polygonal, simple_parts
from coterminosity.opening import Limits

PROBLEM_COLUMNS = ("code", "row", "problem", "reason", "x", "y", "size", "unit", "outcome")
AREA_COLUMNS = ("area_before_m2", "area_after_m2")
_KIND_OF = dict.fromkeys(("code", "problem", "reason", "unit", "outcome"), "str") | dict.fromkeys(
    ("x", "y", "size", *AREA_COLUMNS), "float64"
)
_KIND_OF["row"] = "int64"
# Polygons of fewer vertices than this are repaired at once: even the worst takes no second.
_SMALL = 500
_POINT = re.compile(r"\[(?P<x>[-\d.e+]+) (?P<y>[-\d.e+]+)")
_KINDS = (
    ("self-intersection", "self-crossing"),
    ("duplicate rings", "double ring"),
    ("nested", "shell inside a shell"),
    ("hole lies outside", "hole outside its shell"),
    ("holes are nested", "hole inside a hole"),
    ("disconnected", "interior in pieces"),
    ("too few points", "too few points"),
)
# What each problem without a remedy of ours asks of the owner of the file.
_REMEDIES = {
    "no geometry": "complete or remove these rows",
    "empty geometry": "complete or remove these rows",
    "not a polygon": "remove points and lines, or draw these regions as polygons",
    "no area": "redraw or remove these regions",
}
_WORKER = """
import sys, shapely
for line in sys.stdin:
    whole = shapely.make_valid(shapely.from_wkb(line.strip()), method="structure",
                               keep_collapsed=False)
    print(shapely.to_wkb(whole, hex=True), flush=True)
"""


@dataclass(frozen=True)
class Mended:
    """Valid flat polygons, and one row per problem that was found and mended."""

    geometry: Geometries
    log: pd.DataFrame


def no_problems() -> pd.DataFrame:
    """Return an empty table of problems."""
    return _no_problems().copy()


@cache
def _no_problems() -> pd.DataFrame:
    columns = [*PROBLEM_COLUMNS, *AREA_COLUMNS]
    return pd.DataFrame({c: pd.Series(dtype=_KIND_OF[c]) for c in columns})


def problem_rows(
    codes: pd.Index,
    rows: npt.ArrayLike,
    *,
    problem: Any,
    outcome: str,
    reason: Any = "",
    at: Geometries | None = None,
    size: Any = np.nan,
    unit: str = "",
    area: tuple[Any, Any] = (np.nan, np.nan),
) -> pd.DataFrame:
    """Return rows of a table of problems: one per region, with its place and size.

    ``at`` are geometries whose inner point is the place; ``area`` before and after a repair.
    """
    picked = np.asarray(rows, dtype=np.int64)
    if not len(picked):
        return no_problems()
    table = pd.DataFrame({"code": codes[picked], "row": picked + 1})
    table["problem"], table["reason"] = problem, reason
    points = np.full((len(picked), 2), np.nan)
    if at is not None and len(picked):
        inner = shapely.point_on_surface(at)
        # Where the shape is too broken for an inner point the middle of its bounds does.
        boxes = shapely.bounds(at)
        points = np.column_stack([shapely.get_x(inner), shapely.get_y(inner)])
        lost = ~np.isfinite(points).all(axis=1)
        points[lost] = ((boxes[:, :2] + boxes[:, 2:]) / 2)[lost]
    table["x"], table["y"] = points[:, 0], points[:, 1]
    table["size"], table["unit"], table["outcome"] = size, unit, outcome
    table["area_before_m2"], table["area_after_m2"] = area
    return table.astype(_KIND_OF)


def mend(
    geometry: Geometries, codes: pd.Index, *, where: str, repair: bool = True, limits: Limits
) -> Mended:
    """Make polygons valid, flat and consistently wound, and log every change.

    Raises
    ------
    LayerError
        Where a region has no geometry, no polygon or no area, cannot be repaired within the
        limits, or needs a repair that was opted out of. Its ``problems`` lists them all.
    """
    whole = np.array(geometry, dtype=object)
    logs = [_flatten(whole, codes), _unpack(whole, codes)]
    sound = shapely.is_valid(whole)
    broken = np.flatnonzero(~sound)
    logs.append(_rewind(whole, codes, np.flatnonzero(sound)))
    if len(broken) and not repair:
        found = _invalid_rows(whole, codes, broken, outcome="refused")
        _refuse(found, len(codes), where=where, remedy="repair is switched off: switch it on")
    if len(broken):
        logs.append(_make_valid(whole, codes, broken, where=where, limits=limits))
    flat = np.flatnonzero(shapely.area(whole) <= 0)
    _refuse(
        problem_rows(codes, flat, problem="no area", outcome="refused", at=whole[flat]),
        len(codes),
        where=where,
    )
    log = pd.concat([table for table in logs if len(table)] or [no_problems()])
    return Mended(geometry=whole, log=log.sort_values(["code", "problem"], ignore_index=True))


def refuse_landless(geometry: Geometries, codes: pd.Index, *, where: str) -> None:
    """Refuse regions that nothing can be done about: without geometry, or without a polygon.

    Raises
    ------
    LayerError
        Whose ``problems`` lists them all.
    """
    _refuse(_without_polygon(geometry, codes), len(codes), where=where)


def _without_polygon(geometry: Geometries, codes: pd.Index) -> pd.DataFrame:
    """Return the regions that nothing can be done about: no geometry, or none with land."""
    kinds = shapely.get_type_id(geometry)
    empty = shapely.is_empty(geometry)
    landless = ~np.isin(kinds, (3, 6, 7)) & (kinds >= 0) & ~empty
    for k in np.flatnonzero(kinds == 7):
        landless[k] = (
            not empty[k] and not (shapely.get_type_id(simple_parts(geometry[k])) == 3).any()
        )
    found = {
        "no geometry": np.flatnonzero(kinds < 0),
        "empty geometry": np.flatnonzero(empty & (kinds >= 0)),
        "not a polygon": np.flatnonzero(landless),
    }
    tables = [
        problem_rows(codes, rows, problem=problem, outcome="refused")
        for problem, rows in found.items()
        if len(rows)
    ]
    if len(found["not a polygon"]):
        tables[-1]["reason"] = [geometry[k].geom_type for k in found["not a polygon"]]
    return pd.concat(tables, ignore_index=True) if tables else no_problems()


def _refuse(found: pd.DataFrame, count: int, *, where: str, remedy: str = "") -> None:
    if not len(found):
        return
    first = str(found["problem"].iloc[0])
    own = found.loc[found["problem"] == first]
    named = [
        f"{row['code']} in row {row['row']}" + (f": {row['reason']}" if row["reason"] else "")
        for row in own.to_dict("records")
    ]
    more = len(found) - len(own)
    rest = f" and {more} more have other problems" if more else ""
    raise LayerError(
        f"{where}: {len(own)} of {count:,} regions have a problem that is not repaired, {first} "
        f"({listed(named)}){rest}; {remedy or _REMEDIES.get(first, 'redraw these regions')}",
        problems=found,
    )


def _flatten(whole: Geometries, codes: pd.Index) -> pd.DataFrame:
    """Leave out heights and measures, which boundaries do not need."""
    tall = np.flatnonzero(shapely.has_z(whole) | shapely.has_m(whole))
    if not len(tall):
        return no_problems()
    # The height of the first vertex tells a file with real heights from one full of zeros.
    first = [shapely.get_coordinates(whole[k], include_z=True)[0, 2] for k in tall]
    whole[tall] = shapely.force_2d(whole[tall])
    return problem_rows(
        codes, tall, problem="heights", outcome="left out", at=whole[tall],
        size=np.nan_to_num(first), unit="m at its first point",
    )  # fmt: skip


def _unpack(whole: Geometries, codes: pd.Index) -> pd.DataFrame:
    """Keep the polygons of collections; lines and points have no land."""
    mixed = np.flatnonzero(shapely.get_type_id(whole) == 7)
    if not len(mixed):
        return no_problems()
    left_out = [int((shapely.get_type_id(simple_parts(whole[k])) != 3).sum()) for k in mixed]
    whole[mixed] = polygonal(whole[mixed])
    return problem_rows(
        codes, mixed, problem="collection", outcome="kept its polygons", at=whole[mixed],
        size=left_out, unit="points and lines left out",
    )  # fmt: skip


def _rewind(whole: Geometries, codes: pd.Index, sound: npt.NDArray[np.int64]) -> pd.DataFrame:
    """Turn rings that run against the file's own custom: a shell like a hole, or the reverse.

    Only those of ``sound`` regions have a direction to speak of.
    """
    parts, owner = shapely.get_parts(whole[sound], return_index=True)
    rings, part = shapely.get_rings(parts, return_index=True)
    shell = np.r_[True, part[1:] != part[:-1]] if len(part) else np.empty(0, dtype=bool)
    left = shapely.is_ccw(rings)
    custom = left[shell].mean() >= 0.5 if shell.any() else True
    wrong = (left == custom) != shell
    region = sound[owner[part[wrong]]]
    turned = np.unique(region)
    if not len(turned):
        return no_problems()
    whole[turned] = shapely.orient_polygons(whole[turned], exterior_cw=not custom)
    return problem_rows(
        codes, turned, problem="reversed rings", outcome="turned", at=whole[turned],
        size=np.bincount(region)[turned], unit="rings",
    )  # fmt: skip


def _invalid_rows(
    whole: Geometries,
    codes: pd.Index,
    broken: npt.NDArray[np.int64],
    *,
    outcome: str,
    after: Geometries | None = None,
) -> pd.DataFrame:
    reasons = [str(reason) for reason in shapely.is_valid_reason(whole[broken])]
    before = np.abs(shapely.area(whole[broken]))
    now = np.full(len(broken), np.nan) if after is None else shapely.area(after)
    table = problem_rows(
        codes,
        broken,
        problem=[_kind(reason) for reason in reasons],
        outcome=outcome,
        reason=reasons,
        size=np.abs(now - before),
        unit="m² changed",
        area=(before, now),
    )
    for k, found in enumerate(_POINT.search(reason) for reason in reasons):
        if found:
            table.loc[k, "x"], table.loc[k, "y"] = float(found["x"]), float(found["y"])
    return table


def _kind(reason: str) -> str:
    return next((kind for words, kind in _KINDS if words in reason.lower()), "invalid")


def _make_valid(
    whole: Geometries,
    codes: pd.Index,
    broken: npt.NDArray[np.int64],
    *,
    where: str,
    limits: Limits,
) -> pd.DataFrame:
    """Repair the broken regions in place; undo and refuse what changed too much."""
    repaired, in_time = _repaired(whole[broken], seconds=limits.repair_seconds)
    log = _invalid_rows(whole, codes, broken, outcome="repaired", after=repaired)
    before, after = log["area_before_m2"].to_numpy(), log["area_after_m2"].to_numpy()
    spoiled = ~in_time | ~(np.abs(after - before) <= limits.repaired_share * before) | (after <= 0)
    log.loc[spoiled, "outcome"] = "repair undone"
    if spoiled.any():
        slow = f" within {limits.repair_seconds:g} s" if not in_time.all() else ""
        remedy = (
            f"they cannot be repaired{slow} without changing the area by more than "
            f"{limits.repaired_share:.2%}: redraw these regions"
        )
        _refuse(log.loc[spoiled], len(codes), where=where, remedy=remedy)
    whole[broken] = repaired
    return log


def _repaired(broken: Geometries, *, seconds: float) -> tuple[Geometries, npt.NDArray[np.bool_]]:
    """Return valid polygons, and which were done in time; those that were not stay as they are."""
    result, in_time = broken.copy(), np.ones(len(broken), dtype=bool)
    large = np.asarray(shapely.get_num_coordinates(broken)) > _SMALL
    small = np.flatnonzero(~large)
    result[small] = shapely.make_valid(broken[small], method="structure", keep_collapsed=False)
    waiting = list(np.flatnonzero(large))
    while waiting:
        done = _repaired_apart(broken[waiting], seconds=seconds)
        for k, polygon in zip(waiting, done, strict=False):
            result[k] = polygon
        # The first that did not come back is the one that hung or crashed; the rest goes on.
        in_time[waiting[len(done) : len(done) + 1]] = False
        waiting = waiting[len(done) + 1 :]
    return polygonal(result), in_time


def _repaired_apart(broken: Geometries, *, seconds: float) -> list[shapely.Geometry]:
    """Repair in a process of its own; return those that were done before the time was up."""
    lines = "\n".join(shapely.to_wkb(broken, hex=True)).encode()
    try:
        finished = subprocess.run(
            [sys.executable, "-c", _WORKER],
            input=lines,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=seconds,
            check=False,
        )
        output = finished.stdout
    except subprocess.TimeoutExpired as error:
        output = error.stdout or b""
    whole = output[: output.rfind(b"\n") + 1]
    return list(shapely.from_wkb(whole.decode().split()))
