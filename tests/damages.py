"""Ways to damage a boundary file or a table, and what must come of each.

A damage takes the raw content and returns it damaged. What must come of it is ``refused`` with
words of the sentence, or ``loaded`` with what the report says: a check and its verdict, or a
problem in the log. ``{code}`` and ``{row}`` stand for the region that was damaged.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

VICTIM = 3  # the row that is damaged; rows are told from 1, so it is called row 4
DEGREES = "EPSG:4326"
NORTH_200 = np.array([0.0, 200_000.0])
EAST_20 = np.array([20.0, 0.0])


@dataclass(frozen=True)
class Fate:
    """What must come of a damaged file."""

    refused: str = ""  # words of the sentence
    problem: str = ""  # in the list of problems of the report
    check: str = ""  # a check of the report that is not ok
    regions: int = 0  # more or fewer regions than before
    same: bool = False  # exactly the layer as before
    needs: str = ""  # what the layer must have for the damage to be one


LOADED = Fate()
SAME = Fate(same=True)
Frame = gpd.GeoDataFrame
DAMAGES: dict[str, tuple[Callable[[Frame, Any], Frame], Fate]] = {}


def damage(name: str, fate: Fate) -> Callable[[Callable[[Frame, Any], Frame]], Any]:
    """Register a way to damage a frame of boundaries (EPSG:27700, as read)."""

    def register(way: Callable[[Frame, Any], Frame]) -> Any:
        assert name not in DAMAGES
        DAMAGES[name] = (way, fate)
        return way

    return register


def redrawn(frame: Frame, shape: Any, *, row: int = VICTIM) -> Frame:
    """Return the frame with another shape in a row."""
    shapes = frame.geometry.to_numpy().copy()
    shapes[row] = shape
    return frame.set_geometry(gpd.GeoSeries(shapes, index=frame.index, crs=frame.crs))


def recoded(frame: Frame, columns: Any, value: Any, *, row: int = VICTIM) -> Frame:
    """Return the frame with another code in a row."""
    codes = frame[columns.code].astype("object").copy()
    codes.iloc[row] = value
    return frame.assign(**{columns.code: codes})


def shape_of(frame: Frame, row: int = VICTIM) -> Any:
    """Return the largest part of a region, without its holes: simple to damage by hand."""
    parts = shapely.get_parts(frame.geometry.iloc[row])
    return shapely.Polygon(parts[np.argmax(shapely.area(parts))].exterior)


def with_vertices(frame: Frame, insert: Callable[[np.ndarray], np.ndarray]) -> Frame:
    """Return the frame with vertices inserted after the first of the largest part of a region."""
    whole = frame.geometry.iloc[VICTIM]
    parts = shapely.get_parts(whole)
    largest = int(np.argmax(shapely.area(parts)))
    ring = shapely.get_coordinates(parts[largest].exterior)
    ring = np.vstack([ring[:1], insert(ring), ring[1:]])
    parts[largest] = shapely.Polygon(ring, [hole.coords for hole in parts[largest].interiors])
    return redrawn(frame, shapely.MultiPolygon(list(parts)))


@damage("no geometry", Fate(refused=r"no geometry \({code} in row {row}\); complete or remove"))
def _(frame: Frame, columns: Any) -> Frame:
    return redrawn(frame, None)


@damage("empty geometry", Fate(refused=r"(no|empty) geometry \({code} in row {row}\); complete"))
def _(frame: Frame, columns: Any) -> Frame:
    return redrawn(frame, shapely.MultiPolygon())


@damage("a point", Fate(refused=r"not a polygon \({code} in row {row}: Point\); remove points"))
def _(frame: Frame, columns: Any) -> Frame:
    return redrawn(frame, frame.geometry.iloc[VICTIM].representative_point())


@damage("a line", Fate(refused=r"not a polygon \({code} in row {row}: .*Line"))
def _(frame: Frame, columns: Any) -> Frame:
    return redrawn(frame, frame.geometry.iloc[VICTIM].boundary)


@damage("a spike", Fate(problem="self-crossing"))
def _(frame: Frame, columns: Any) -> Frame:
    def spike(ring: np.ndarray) -> np.ndarray:
        return np.array([ring[0] + (0.0, 30.0), ring[0]])

    return with_vertices(frame, spike)


@damage("a small bow", Fate(problem="self-crossing"))
def _(frame: Frame, columns: Any) -> Frame:
    def bow(ring: np.ndarray) -> np.ndarray:
        (x, y), (dx, dy) = ring[0], 0.01 * (ring[1] - ring[0])
        return np.array([[x + 2 * dx, y + 2 * dy], [x + dx - dy, y + dy + dx],
                         [x + dx, y + dy], [x + 3 * dx + dy, y + 3 * dy - dx]])  # fmt: skip

    return with_vertices(frame, bow)


@damage("a bow tie", Fate(refused=r"{code} in row {row}: .*[Ss]elf-intersection.*redraw"))
def _(frame: Frame, columns: Any) -> Frame:
    west, south, east, north = frame.geometry.iloc[VICTIM].bounds
    tie = [(west, south), (east, north), (east, south), (west, north)]
    return redrawn(frame, shapely.Polygon(tie))


@damage("a flat region", Fate(refused=r"{code} in row {row}.*redraw"))
def _(frame: Frame, columns: Any) -> Frame:
    west, south, east, _ = frame.geometry.iloc[VICTIM].bounds
    return redrawn(frame, shapely.Polygon([(west, south), (east, south), (west + 1, south)]))


@damage("a row twice", Fate(problem="row twice"))
def _(frame: Frame, columns: Any) -> Frame:
    return pd.concat([frame, frame.iloc[[VICTIM]]], ignore_index=True)


@damage("two rows of one code", Fate(refused=r"two rows with one code .*{code} \(rows .*dissolve"))
def _(frame: Frame, columns: Any) -> Frame:
    again = frame.iloc[[0]].copy()
    again[columns.code] = frame[columns.code].iloc[VICTIM]
    return pd.concat([frame, again], ignore_index=True)


@damage("parts in rows of their own", Fate(refused="two rows with one code", needs="parts"))
def _(frame: Frame, columns: Any) -> Frame:
    return frame.explode(ignore_index=True)


@damage("a blank code", Fate(refused=r"no code in row {row} of column .*complete or remove"))
def _(frame: Frame, columns: Any) -> Frame:
    return recoded(frame, columns, " ")


@damage("a missing code", Fate(refused=r"no code in row {row} of column .*complete or remove"))
def _(frame: Frame, columns: Any) -> Frame:
    return recoded(frame, columns, None)


@damage("a code of another layer", Fate(check="codes"))
def _(frame: Frame, columns: Any) -> Frame:
    return recoded(frame, columns, "K02000001")


@damage("no code column", Fate(refused="no code column"))
def _(frame: Frame, columns: Any) -> Frame:
    coded = [c for c in frame.columns if str(c)[-2:].upper() == "CD" or "CD" in str(c)[-3:].upper()]
    return frame.drop(columns=coded)


@damage("codes under another title", Fate(same=True, needs="layer of codes"))
def _(frame: Frame, columns: Any) -> Frame:
    names = {columns.code: "geo_code", columns.name: "geo_name"}
    return frame[[columns.code, columns.name, "geometry"]].rename(columns=names)


@damage("titles in small letters", SAME)
def _(frame: Frame, columns: Any) -> Frame:
    return frame.rename(columns=lambda c: c if c == "geometry" else str(c).lower())


@damage("titles in capitals", SAME)
def _(frame: Frame, columns: Any) -> Frame:
    return frame.rename(columns=lambda c: c if c == "geometry" else str(c).upper())


@damage("codes in small letters", Fate(problem="code in small letters", needs="gss"))
def _(frame: Frame, columns: Any) -> Frame:
    return frame.assign(**{columns.code: frame[columns.code].str.lower()})


@damage("spaces around codes and names", SAME)
def _(frame: Frame, columns: Any) -> Frame:
    padded = {c: " " + frame[c] + "  " for c in (columns.code, columns.name)}
    return frame.assign(**padded)


@damage("rows in another order", SAME)
def _(frame: Frame, columns: Any) -> Frame:
    return frame.sample(frac=1.0, random_state=7, ignore_index=True)


@damage("more columns", SAME)
def _(frame: Frame, columns: Any) -> Frame:
    return frame.assign(note="seen", number=3.5)


@damage("another year in the title", Fate(check="vintage", needs="lad"))
def _(frame: Frame, columns: Any) -> Frame:
    later = columns.code.replace("17", "23")
    return frame.rename(columns={columns.code: later})


@damage("a region less", Fate(check="regions", regions=-1))
def _(frame: Frame, columns: Any) -> Frame:
    return frame.drop(index=frame.index[VICTIM])


@damage("a region drawn as another", Fate(problem="drawn as another"))
def _(frame: Frame, columns: Any) -> Frame:
    return redrawn(frame, frame.geometry.iloc[0])


@damage("shapes of two regions swapped", Fate(problem="astray", needs="places"))
def _(frame: Frame, columns: Any) -> Frame:
    middles = frame.geometry.centroid
    north, south = int(middles.y.argmax()), int(middles.y.argmin())
    one, other = frame.geometry.iloc[north], frame.geometry.iloc[south]
    if one.distance(other) < 150_000:  # too near to be told: move one to another end
        other = shapely.transform(other, lambda points: points + NORTH_200)
    return redrawn(redrawn(frame, other, row=north), one, row=south)


@damage("axes swapped", Fate(refused="swap the two axes", needs="places"))
def _(frame: Frame, columns: Any) -> Frame:
    turned = shapely.transform(frame.geometry.to_numpy(), lambda points: points[:, ::-1])
    return frame.set_geometry(gpd.GeoSeries(turned, index=frame.index, crs=frame.crs))


@damage("degrees with latitude first", Fate(refused="latitude first: swap the two axes"))
def _(frame: Frame, columns: Any) -> Frame:
    degrees = frame.to_crs(DEGREES)
    turned = shapely.transform(degrees.geometry.to_numpy(), lambda points: points[:, ::-1])
    return degrees.set_geometry(gpd.GeoSeries(turned, index=frame.index, crs=DEGREES))


@damage("no reference system", Fate(refused="no coordinate reference system is declared"))
def _(frame: Frame, columns: Any) -> Frame:
    return frame.set_crs(None, allow_override=True)


@damage("grid called degrees", Fate(refused="declares EPSG:4326, but .* British National Grid"))
def _(frame: Frame, columns: Any) -> Frame:
    return frame.set_crs(DEGREES, allow_override=True)


@damage("degrees called grid", Fate(refused=r"declares EPSG:27700, but .* degrees \(EPSG:4326\)"))
def _(frame: Frame, columns: Any) -> Frame:
    return frame.to_crs(DEGREES).set_crs("EPSG:27700", allow_override=True)


@damage("grid called Web Mercator", Fate(refused="declares EPSG:3857, but .*", needs="gss"))
def _(frame: Frame, columns: Any) -> Frame:
    return frame.set_crs("EPSG:3857", allow_override=True)


@damage("in Web Mercator", LOADED)
def _(frame: Frame, columns: Any) -> Frame:
    return frame.to_crs("EPSG:3857")


@damage("in the European grid", LOADED)
def _(frame: Frame, columns: Any) -> Frame:
    return frame.to_crs("EPSG:3035")


@damage("in degrees", LOADED)
def _(frame: Frame, columns: Any) -> Frame:
    return frame.to_crs(DEGREES)


@damage("millimetres", Fate(refused="declares EPSG:27700, but|nowhere on Earth"))
def _(frame: Frame, columns: Any) -> Frame:
    large = shapely.transform(frame.geometry.to_numpy(), lambda points: points * 1000.0)
    return frame.set_geometry(gpd.GeoSeries(large, index=frame.index, crs=frame.crs))


def _with_vertex_at(frame: Frame, value: float) -> Frame:
    ring = shapely.get_coordinates(shape_of(frame).exterior)
    ring[1, 0] = value
    with np.errstate(invalid="ignore"):
        return redrawn(frame, shapely.Polygon(ring))


@damage("a vertex nowhere", Fate(refused=r"nowhere on Earth \(.*{code} in row {row}"))
def _(frame: Frame, columns: Any) -> Frame:
    return _with_vertex_at(frame, 1e30)


@damage("heights", Fate(problem="heights"))
def _(frame: Frame, columns: Any) -> Frame:
    tall = shapely.force_3d(frame.geometry.to_numpy(), 12.0)
    return frame.set_geometry(gpd.GeoSeries(tall, index=frame.index, crs=frame.crs))


@damage("a collection with a stray point", Fate(problem="collection"))
def _(frame: Frame, columns: Any) -> Frame:
    whole = frame.geometry.iloc[VICTIM]
    parts = [*shapely.get_parts(whole), whole.representative_point()]
    return redrawn(frame, shapely.GeometryCollection(parts))


@damage("a region moved by 20 m", Fate(check="shared borders", needs="partition"))
def _(frame: Frame, columns: Any) -> Frame:
    moved = shapely.transform(frame.geometry.iloc[VICTIM], lambda points: points + EAST_20)
    return redrawn(frame, moved)


@damage("a region grown by 3 km", Fate(problem="overlap", check="overlaps", needs="partition"))
def _(frame: Frame, columns: Any) -> Frame:
    return redrawn(frame, shape_of(frame).buffer(3_000.0, quad_segs=2))


@damage("a region shrunk by 2 m", Fate(check="gaps", needs="partition"))
def _(frame: Frame, columns: Any) -> Frame:
    return redrawn(frame, frame.geometry.iloc[VICTIM].buffer(-2.0, quad_segs=1))


@damage("a crumb at sea", Fate(problem="crumb"))
def _(frame: Frame, columns: Any) -> Frame:
    west, south, *_ = frame.total_bounds
    crumb = shapely.box(west + 1, south + 1, west + 4, south + 4)
    return redrawn(frame, shapely.union(frame.geometry.iloc[VICTIM], crumb))


@damage("regions simplified one by one", Fate(check="shared borders", needs="partition"))
def _(frame: Frame, columns: Any) -> Frame:
    return frame.set_geometry(frame.geometry.buffer(0).simplify(400.0))


@damage("a name missing", LOADED)
def _(frame: Frame, columns: Any) -> Frame:
    names = frame[columns.name].astype("object").copy()
    names.iloc[VICTIM] = None
    return frame.assign(**{columns.name: names})


@damage("a name twice", Fate(check="names"))
def _(frame: Frame, columns: Any) -> Frame:
    names = frame[columns.name].astype("object").copy()
    names.iloc[VICTIM] = names.iloc[0]
    return frame.assign(**{columns.name: names})


@damage("names with accents", LOADED)
def _(frame: Frame, columns: Any) -> Frame:
    return frame.assign(**{columns.name: "Ynys Môn " + frame[columns.name].str[:20]})


@damage("an attribute of a million letters", Fate(refused="a text of 1,000,000 characters",
                                                  needs="long text"))  # fmt: skip
def _(frame: Frame, columns: Any) -> Frame:
    notes = pd.Series("", index=frame.index, dtype="object")
    notes.iloc[VICTIM] = "x" * 1_000_000
    return frame.assign(note=notes)


@damage("no rows", Fate(refused="empty|no features|not a boundary file|without geometry"))
def _(frame: Frame, columns: Any) -> Frame:
    return frame.iloc[:0]
