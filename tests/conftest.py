"""Squares drawn by hand, and the real files where they are at hand."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import geopandas as gpd
import matplotlib as mpl
import pytest
import shapely
from hypothesis import HealthCheck, settings

from coterminosity import cli
from coterminosity.layer import BoundaryLayer

mpl.use("Agg")
settings.register_profile(
    "suite", deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow],
    derandomize=True,
)  # fmt: skip
settings.load_profile("suite")

ROOT = Path(__file__).parents[1]
SHARED = Path(os.environ.get("COTERMINOSITY_SHARED", ROOT.parent / "shared"))
KM = 1000.0


@pytest.fixture(autouse=True)
def _figures_closed() -> Iterator[None]:
    """Close what a test opened in the plotting session, which holds on to figures."""
    yield
    if "matplotlib.pyplot" in sys.modules:
        sys.modules["matplotlib.pyplot"].close("all")


@pytest.fixture(scope="session")
def shared() -> Path:
    """Folder of real boundary files."""
    folder = SHARED / "england-2017"
    if not folder.is_dir():
        pytest.skip(f"the real boundary files are not here ({folder})")
    return folder


@pytest.fixture(scope="session")
def facts() -> Path:
    """Folder of the figures that the embedded data set was made from."""
    folder = SHARED / "facts"
    if not folder.is_dir():
        pytest.skip(f"the source tables of the embedded data are not here ({folder})")
    return folder


def boxes(layer: str, regions: dict[str, list[tuple[float, float, float, float]]]) -> BoundaryLayer:
    """Make a layer of boxes (west, south, east, north in km) by code."""
    drawn = [
        shapely.union_all([shapely.box(*(KM * side for side in box)) for box in parts])
        for parts in regions.values()
    ]
    frame = gpd.GeoDataFrame({"code": list(regions)}, geometry=drawn, crs="EPSG:27700")
    return BoundaryLayer.from_frame(frame, layer=layer)


def call(capsys, monkeypatch, *words: str) -> tuple[int, str, str]:
    """Run the command line in this process: exit code, stdout, stderr."""
    monkeypatch.setattr(sys, "argv", ["coterminosity", *map(str, words)])
    code = 0
    try:
        cli.main()
    except SystemExit as stop:
        code = int(stop.code or 0)
    captured = capsys.readouterr()
    return code, captured.out, captured.err
