"""Reference systems: checked against the coordinates, then one projection in metres to work in."""

from functools import lru_cache
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from pyproj import CRS, Proj, Transformer
from pyproj.exceptions import CRSError, ProjError

from coterminosity.errors import CrsError, listed
from coterminosity.geometry import NATIONAL_GRID
from coterminosity.gss import is_gss
from coterminosity.tables import known_places

# Longitude and latitude: the United Kingdom with its seas, and where the national grid is good.
_BRITAIN = (-9.5, 49.0, 2.6, 61.6)
# A box around Britain in another projection is wider than Britain.
_ABOUT_BRITAIN = (-16.0, 46.0, 9.0, 65.0)
_EUROPE = (-25.0, 34.0, 45.0, 72.0)
# Systems that files of British boundaries come in, tried in this order to guess a wrong one.
_USUAL = (
    ("EPSG:27700", "metres of the British National Grid (EPSG:27700)"),
    ("EPSG:3857", "metres of Web Mercator (EPSG:3857)"),
    ("EPSG:3035", "metres of the European equal-area grid (EPSG:3035)"),
    ("EPSG:25830", "metres of UTM zone 30 (EPSG:25830)"),
    ("EPSG:25831", "metres of UTM zone 31 (EPSG:25831)"),
    ("EPSG:29903", "metres of the Irish Grid (EPSG:29903)"),
)
# A projection is kept to work in where it changes areas by less than this share.
_MOST_DISTORTED = 0.01
# Regions drawn this far (m) from their people are elsewhere; so many tell what a file does.
_FAR, _FEWEST = 75_000.0, 2
# No system of the Earth has coordinates beyond this many metres or degrees.
_ABSURD = 1e8

Bounds = tuple[float, float, float, float]


def to_working_grid(
    frame: gpd.GeoDataFrame,
    codes: pd.Index,
    *,
    where: str,
    crs: str | None = None,
    to_crs: Any = None,
    british: bool = False,
) -> gpd.GeoDataFrame:
    """Return the frame in a projection in metres, after checking that coordinates fit.

    In Britain that is EPSG:27700. Elsewhere the file's own projection is kept where it is in
    metres and changes areas by less than 1 %; otherwise an equal-area one is picked: EPSG:3035 in
    Europe, else Lambert's azimuthal projection about the middle of the layer.

    Parameters
    ----------
    frame : GeoDataFrame
        With or without a declared reference system.
    codes : Index
        By row; GSS codes must lie in the United Kingdom.
    where : str
        Named in messages.
    crs : str, optional
        Reference system of a frame that declares none.
    to_crs : str, optional
        Projection to work in.
    british : bool
        Whether codes of another kind must lie in the United Kingdom too.

    Raises
    ------
    CrsError
        Where no reference system is declared, the coordinates contradict it or are absurd, or
        ``to_crs`` is not a projection in metres.
    """
    if crs is not None and frame.crs is None:
        frame = frame.set_crs(_system(crs, where=where))
    _refuse_absurd(frame, codes, where=where)
    if frame.crs is None:
        raise CrsError(
            f"{where}: no coordinate reference system is declared; the coordinates look like "
            f"{guess(_bounds(frame))}; declare it in the file or with crs="
        )
    if not (frame.crs.is_geographic or frame.crs.is_projected):
        raise CrsError(
            f"{where}: declares {name_of(frame.crs)}, which is no system of places on Earth; "
            "correct the declared coordinate reference system"
        )
    try:
        place = _place(frame, codes, where=where, british=british)
        target = _system(to_crs, where=where) if to_crs is not None else None
        target = target or _target(frame.crs, place)
        if not is_metric(target):
            raise CrsError(
                f"{where}: wanted a projection in metres to work in, got {name_of(target)}"
            )
        return frame if frame.crs == target else frame.to_crs(target)
    except ProjError as error:
        raise CrsError(
            f"{where}: coordinates cannot be converted from {name_of(frame.crs)} "
            f"({str(error)[:80]}); correct the declared coordinate reference system"
        ) from error


def refuse_swapped(frame: gpd.GeoDataFrame, codes: pd.Index, *, where: str) -> None:
    """Refuse metres of the national grid with northing first.

    The grid of England is nearly a square, so that only the places of known codes tell.

    Raises
    ------
    CrsError
        Where most regions lie far from where their people live, and near it with axes swapped.
    """
    places = known_places()
    known = np.flatnonzero(codes.isin(places.index))
    if len(known) < _FEWEST or frame.crs != CRS(NATIONAL_GRID):
        return
    boxes = shapely.bounds(frame.geometry.to_numpy()[known])
    middle = (boxes[:, :2] + boxes[:, 2:]) / 2
    home = places.loc[codes[known]].to_numpy()
    astray = np.hypot(*(middle - home).T) > _FAR
    near = np.hypot(*(middle[:, ::-1] - home).T) <= _FAR
    if (astray & near).mean() > 0.5:
        raise CrsError(
            f"{where}: the coordinates look like metres of the British National Grid with northing "
            f"first ({codes[known[0]]} and others lie elsewhere); swap the two axes"
        )


def is_metric(crs: CRS) -> bool:
    """Tell whether a reference system is a projection in metres."""
    return bool(crs.is_projected) and all(axis.unit_name == "metre" for axis in crs.axis_info[:2])


def name_of(crs: Any) -> str:
    """Return a short name of a reference system: its authority's code, or what it is called.

    Examples
    --------
    >>> name_of("EPSG:27700")
    'EPSG:27700'
    """
    system = CRS.from_user_input(crs)
    authority = system.to_authority(min_confidence=100)
    return ":".join(authority) if authority else str(system.name)


def guess(bounds: Bounds) -> str:
    """Return in words which reference system coordinates look like.

    Examples
    --------
    >>> guess((-5.7, 49.9, 1.8, 55.8))
    'degrees (EPSG:4326)'
    >>> guess((49.9, -5.7, 55.8, 1.8))
    'degrees with latitude first: swap the two axes'
    """
    west, south, east, north = bounds
    if _inside(bounds, (-180, -90, 180, 90)):
        swapped = _inside((south, west, north, east), _BRITAIN)
        return "degrees with latitude first: swap the two axes" if swapped else (
            "degrees (EPSG:4326)"
        )  # fmt: skip
    for system, words in _USUAL:
        if _inside(_in_degrees(CRS(system), bounds), _ABOUT_BRITAIN):
            return words
    if _inside(_in_degrees(CRS(NATIONAL_GRID), (south, west, north, east)), _BRITAIN):
        return "metres of the British National Grid with northing first: swap the two axes"
    return "no reference system that is usual in Britain"


def _system(given: Any, *, where: str) -> CRS:
    try:
        return CRS.from_user_input(given)
    except CRSError as error:
        raise CrsError(
            f"{where}: {given!r} is no coordinate reference system; give one such as EPSG:27700"
        ) from error


def _refuse_absurd(frame: gpd.GeoDataFrame, codes: pd.Index, *, where: str) -> None:
    points, owner = shapely.get_coordinates(frame.geometry.to_numpy(), return_index=True)
    absurd = ~np.isfinite(points).all(axis=1) | (np.abs(points) > _ABSURD).any(axis=1)
    if absurd.any():
        rows = np.unique(owner[absurd])
        named = [f"{codes[row]} in row {row + 1}" for row in rows]
        first = points[np.flatnonzero(absurd)[0]]
        raise CrsError(
            f"{where}: {len(rows)} regions have coordinates that are nowhere on Earth "
            f"({first[0]:g} {first[1]:g}; {listed(named)}); redraw or remove these regions"
        )


def _place(frame: gpd.GeoDataFrame, codes: pd.Index, *, where: str, british: bool) -> Bounds:
    """Return the bounds in degrees; refuse coordinates that contradict the declared system."""
    bounds = _bounds(frame)
    degrees = _spread(frame)
    small = max(abs(side) for side in bounds) <= 180
    area = frame.crs.area_of_use
    used = (area.west - 10, area.south - 10, area.east + 10, area.north + 10) if area else None
    fits = np.isfinite(degrees).all() and _inside(degrees, (-180.1, -90.1, 180.1, 90.1))
    if fits and frame.crs.is_projected:
        # Everything within 180 m of an origin is a file of degrees that says metres.
        fits = not small and (used is None or area.west > area.east or _inside(degrees, used))
    home = british or is_gss(codes).mean() > 0.5
    if fits and (not home or _inside(degrees, _BRITAIN)):
        return degrees
    west, south, east, north = bounds
    beyond = f"{codes[0]} and the like are places in the United Kingdom, but " if fits else ""
    raise CrsError(
        f"{where}: declares {name_of(frame.crs)}, but {beyond}its coordinates ({west:,.2f} "
        f"{south:,.2f} to {east:,.2f} {north:,.2f}) look like {guess(bounds)}; correct the "
        "declared coordinate reference system or the coordinates"
    )


def _target(source: CRS, place: Bounds) -> CRS:
    if _inside(place, _BRITAIN):
        return CRS(NATIONAL_GRID)
    if is_metric(source) and _distortion(source, place) < _MOST_DISTORTED:
        return source
    if _inside(place, _EUROPE):
        return CRS("EPSG:3035")
    east, north = round((place[0] + place[2]) / 2), round((place[1] + place[3]) / 2)
    equal = CRS.from_proj4(f"+proj=laea +lat_0={north} +lon_0={east} +datum=WGS84 +units=m")
    named = equal.to_json_dict() | {"name": f"Lambert azimuthal equal-area at {north} {east}"}
    return CRS.from_json_dict(named)


def _distortion(crs: CRS, place: Bounds) -> float:
    """Return by which share the projection changes areas at most, at nine points of the layer."""
    east, north = np.meshgrid(
        np.linspace(place[0], place[2], 3), np.linspace(place[1], place[3], 3)
    )
    try:
        scale = Proj(crs).get_factors(east.ravel(), north.ravel()).areal_scale
    except ProjError:
        return np.inf
    return float(np.max(np.abs(np.asarray(scale) - 1.0)))


def _spread(frame: gpd.GeoDataFrame) -> Bounds:
    """Return the bounds in degrees of the middles of all regions.

    Corners of boxes in another projection would lie outside what they surround.
    """
    boxes = shapely.bounds(frame.geometry.to_numpy())
    middle = (boxes[:, :2] + boxes[:, 2:]) / 2
    east, north = _to_degrees(frame.crs).transform(middle[:, 0], middle[:, 1])
    return float(np.min(east)), float(np.min(north)), float(np.max(east)), float(np.max(north))


@lru_cache(maxsize=32)
def _to_degrees(crs: CRS) -> Transformer:
    """Return the way to longitude and latitude, which takes longer to find than to go."""
    return Transformer.from_crs(crs, CRS("EPSG:4326"), always_xy=True)


def _bounds(frame: gpd.GeoDataFrame) -> Bounds:
    west, south, east, north = (float(side) for side in frame.total_bounds)
    return west, south, east, north


def _in_degrees(crs: CRS, bounds: Bounds) -> Bounds:
    """Return bounds as longitude and latitude; infinite where they cannot be transformed."""
    west, south, east, north = bounds
    across: npt.NDArray[np.float64] = np.linspace(west, east, 5)
    along: npt.NDArray[np.float64] = np.linspace(south, north, 5)
    x, y = np.meshgrid(across, along)
    found = np.asarray(_to_degrees(crs).transform(x.ravel(), y.ravel()), dtype=np.float64)
    low, high = found.min(axis=1), found.max(axis=1)
    return float(low[0]), float(low[1]), float(high[0]), float(high[1])


def _inside(inner: Bounds, outer: Bounds) -> bool:
    return bool(
        np.isfinite(inner).all()
        and outer[0] <= inner[0]
        and outer[1] <= inner[1]
        and inner[2] <= outer[2]
        and inner[3] <= outer[3]
    )
