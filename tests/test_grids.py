"""Reference systems: converted, picked and named, or refused with a guess."""

import geopandas as gpd
import numpy as np
import pytest
import shapely

from coterminosity import errors, grids
from coterminosity.atoms import Atoms
from coterminosity.layer import BoundaryLayer

DISTRICTS = gpd.GeoDataFrame(
    {"LAD17CD": ["E06000001", "E06000002"]},
    geometry=[shapely.box(4e5, 3e5, 41e4, 31e4), shapely.box(41e4, 3e5, 42e4, 31e4)],
    crs="EPSG:27700",
)


@pytest.mark.parametrize(
    "system", ["EPSG:27700", "EPSG:4326", "EPSG:3857", "EPSG:4258", "EPSG:3035", "EPSG:25830",
               "EPSG:3034", "EPSG:32630", "EPSG:29903"],
)  # fmt: skip
def test_every_system_of_britain_becomes_the_national_grid(system):
    there = DISTRICTS.to_crs(system)
    layer = BoundaryLayer.from_frame(there)
    assert layer.crs == "EPSG:27700"
    assert layer.source_crs == system
    np.testing.assert_allclose(layer.geometry.area, 1e8, rtol=2e-4)
    # A file that declares nothing is accepted where the caller declares it, and only then.
    bare = there.set_crs(None, allow_override=True)
    with pytest.raises(errors.CrsError, match="no coordinate reference system is declared"):
        BoundaryLayer.from_frame(bare)
    declared = BoundaryLayer.from_frame(bare, crs=system)
    assert shapely.equals_exact(declared.geometry.to_numpy(), layer.geometry.to_numpy(), 1e-6).all()


def swapped(frame):
    return frame.set_geometry(shapely.transform(frame.geometry.to_numpy(), lambda p: p[:, ::-1]))


@pytest.mark.parametrize("true", ["EPSG:27700", "EPSG:4326", "EPSG:3857", "EPSG:3035"])
@pytest.mark.parametrize("told", ["EPSG:27700", "EPSG:4326", "EPSG:3857", "EPSG:3035"])
def test_a_wrong_declaration_is_refused_with_the_right_guess(true, told):
    frame = DISTRICTS.to_crs(true).set_crs(told, allow_override=True)
    if true == told:
        assert len(BoundaryLayer.from_frame(frame)) == 2
        return
    with pytest.raises(errors.CrsError, match=rf"declares {told}, but .* look like .*{true}"):
        BoundaryLayer.from_frame(frame)


def test_latitude_first_is_refused_with_the_remedy():
    with pytest.raises(errors.CrsError, match="degrees with latitude first: swap the two axes"):
        BoundaryLayer.from_frame(swapped(DISTRICTS.to_crs(4326)).set_crs(4326))


def test_northing_first_is_seen_where_the_codes_are_known():
    """The grid of England is nearly a square: only places tell that its axes are swapped."""
    cornwall = gpd.GeoDataFrame(
        {"LAD17CD": ["E06000052", "E06000057"]},
        geometry=[shapely.box(17e4, 3e4, 21e4, 7e4), shapely.box(39e4, 56e4, 43e4, 6e5)],
        crs="EPSG:27700",
    )
    assert BoundaryLayer.from_frame(cornwall).check().checks.loc["places", "verdict"] == "ok"
    with pytest.raises(errors.CrsError, match="northing first .*; swap the two axes"):
        BoundaryLayer.from_frame(swapped(cornwall).set_crs(27700))


def test_unknown_coordinates_are_told_as_such():
    assert grids.guess((7e6, 7e6, 8e6, 8e6)).startswith("no reference system")
    assert (
        grids.guess((5e5, 2e5, 5.1e5, 2.1e5)) == "metres of the British National Grid (EPSG:27700)"
    )


@pytest.mark.parametrize("value", [np.nan, np.inf, 1e30, -1e12])
def test_absurd_coordinates_are_refused_with_their_row(value):
    with np.errstate(invalid="ignore"):
        broken = shapely.Polygon([(41e4, 3e5), (42e4, 3e5), (value, 31e4), (41e4, 31e4)])
    frame = DISTRICTS.set_geometry([DISTRICTS.geometry.iloc[0], broken])
    with pytest.raises(errors.CrsError, match=r"nowhere on Earth \(.*E06000002 in row 2\)"):
        BoundaryLayer.from_frame(frame)


@pytest.mark.parametrize(
    ("given", "place", "working"),
    [
        ("EPSG:32633", (14.0, 50.0), "EPSG:32633"),  # metric, true to area within 1 %: kept
        ("EPSG:3857", (14.0, 50.0), "EPSG:3035"),  # metric, but areas are wrong
        ("EPSG:4326", (2.3, 48.8), "EPSG:3035"),
        ("EPSG:4326", (-79.4, 43.7), "Lambert azimuthal equal-area at 44 -79"),
        ("EPSG:2263", (-74.0, 40.7), "Lambert azimuthal equal-area at 41 -74"),  # feet
    ],
)
def test_outside_britain_a_metric_system_is_kept_or_an_equal_area_one_picked(given, place, working):
    east, north = place
    cells = [shapely.box(east, north, east + 0.1, north + 0.1),
             shapely.box(east + 0.1, north, east + 0.2, north + 0.1)]  # fmt: skip
    frame = gpd.GeoDataFrame({"code": ["a", "b"]}, geometry=cells, crs=4326)
    true = frame.to_crs(f"+proj=laea +lat_0={north} +lon_0={east} +units=m").area
    layer = BoundaryLayer.from_frame(frame.to_crs(given), layer="borough")
    assert layer.crs == working
    np.testing.assert_allclose(layer.geometry.area, true, rtol=0.01)
    assert working in layer.check().checks.loc["coordinates", "found"]
    atoms = Atoms.build(layer, layer.dissolve({"a": "x", "b": "x"}, layer="whole"))
    assert atoms.total("area") == pytest.approx(layer.land_m2)
    assert layer.dissolve({"a": "x", "b": "x"}).crs == working


def test_the_working_projection_can_be_named():
    layer = BoundaryLayer.from_frame(DISTRICTS, to_crs="EPSG:3035")
    assert layer.crs == "EPSG:3035"
    with pytest.raises(errors.CrsError, match="wanted a projection in metres .* got EPSG:4326"):
        BoundaryLayer.from_frame(DISTRICTS, to_crs="EPSG:4326")
    with pytest.raises(errors.CrsError, match="'nonsense' is no coordinate reference system"):
        BoundaryLayer.from_frame(DISTRICTS, to_crs="nonsense")


def test_layers_in_different_projections_are_not_compared():
    one = BoundaryLayer.from_frame(DISTRICTS)
    other = BoundaryLayer.from_frame(DISTRICTS, layer="other", code="LAD17CD", to_crs="EPSG:3035")
    with pytest.raises(errors.LayerError, match="lad is in EPSG:27700, other is in EPSG:3035"):
        Atoms.build(one, other)
