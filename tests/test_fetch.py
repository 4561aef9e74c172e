"""Downloads from a portal on this computer that behaves as badly as real ones do."""

import gzip
import hashlib
import json
import shutil
import subprocess
import tomllib
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import geopandas as gpd
import pytest
import shapely

from coterminosity import __version__, catalogue
from coterminosity import fetch as fetching
from coterminosity.connection import FetchLimits, UnfinishedError
from coterminosity.errors import BoundaryFileError, CoterminosityError, NameLookupError
from coterminosity.fetch import fetch, fetched
from tests import portal_server as server
from tests.portal_server import EPSG_27700, PortalLayer

LEP = catalogue.record_of_key("lep-2017").service
LIMITS = FetchLimits(
    page_rows=10, connect_seconds=5, read_seconds=10, page_seconds=20, attempts=3,
    backoff_seconds=0.001, most_wait_seconds=0.01,
)  # fmt: skip
IMPATIENT = replace(LIMITS, read_seconds=0.3, page_seconds=0.3, attempts=2)


def squares(count: int, *, id_field: str = "objectid", side: float = 1000.0) -> list[dict]:
    """Features of squares in a row, on the grid."""
    corners = [4e5 + side * k for k in range(count)]
    drawn = [shapely.box(west, 3e5, west + side, 3e5 + side) for west in corners]
    return [
        {
            "type": "Feature",
            "id": k + 1,
            "geometry": shapely.geometry.mapping(square),
            "properties": {id_field: k + 1, "lep17cd": f"E37{k:06d}", "lep17nm": f"Bôn {k}"},
        }
        for k, square in enumerate(drawn)
    ]


@pytest.fixture(autouse=True)
def _here(monkeypatch, tmp_path):
    """No proxy between this computer and itself, and a cache of our own."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1,localhost")
    monkeypatch.setenv("COTERMINOSITY_CACHE", str(tmp_path / "cache"))


@pytest.fixture
def portal():
    with server.running() as portal:
        portal.layers[LEP] = PortalLayer(squares(38))
        yield portal


@pytest.fixture
def home(tmp_path):
    return tmp_path / "home"


@pytest.fixture
def get(portal, home):
    """Fetch LEPs from the portal into a folder."""

    def get(**options):
        return fetch("lep-2017", **{
            "source": portal.services, "folder": home, "limits": LIMITS, **options
        })  # fmt: skip

    return get


def left(home):
    """What lies in a folder, hidden files and folders included."""
    return sorted(p.relative_to(home).as_posix() for p in home.rglob("*")) if home.exists() else []


WHOLE = ["lep-2017.fetched.toml", "lep-2017.geojson"]


class StopHereError(Exception):
    """What stands for a user who stops a download."""


def stop_at(rows: int):
    def progress(_stage, done, _todo):
        if done >= rows:
            raise StopHereError

    return progress


# A download that goes well ------------------------------------------------------------------------


def test_a_layer_comes_whole_and_is_noted(portal, home, get):
    told = []
    result = get(progress=lambda *step: told.append(step))
    assert left(home) == WHOLE
    frame = gpd.read_file(result.path)
    assert frame.crs.to_epsg() == 27700
    assert frame["lep17cd"].tolist() == [f"E37{k:06d}" for k in range(38)]
    assert frame.area.tolist() == [1e6] * 38
    assert (result.rows, result.fresh, result.previous_sha256) == (38, True, None)
    assert result.sha256 == hashlib.sha256(result.path.read_bytes()).hexdigest()
    assert result.url == f"{portal.services}/{LEP}/FeatureServer/0"
    assert datetime.fromisoformat(result.fetched).utcoffset() == timedelta(0)
    note = tomllib.loads((home / WHOLE[0]).read_text(encoding="utf-8"))
    assert note["bytes"] == result.path.stat().st_size
    assert note["licence"] == "Open Government Licence v3.0"
    assert note["publisher"] == "Office for National Statistics"
    assert "Crown copyright" in note["attribution"]
    assert told == [("fetching lep-2017", n, 38) for n in (10, 20, 30, 38)]


def test_the_portal_is_asked_as_its_protocol_wants(portal, get):
    get()
    assert portal.kinds() == ["about", "count", *["page"] * 4, "about", "count"]
    page = portal.asked[3]
    assert page.query == {
        "where": "1=1", "outFields": "*", "outSR": "27700", "returnGeometry": "true",
        "orderByFields": "objectid", "resultOffset": "10", "resultRecordCount": "10",
        "f": "geojson",
    }  # fmt: skip
    assert page.headers["User-Agent"] == f"coterminosity/{__version__}"


def test_the_catalogue_names_the_portal_and_the_cache_the_folder(portal, tmp_path, monkeypatch):
    monkeypatch.setitem(catalogue._catalogue(), "portal", portal.services)
    result = fetch("LEP_2017", limits=LIMITS)
    assert result.path == tmp_path / "cache" / "boundaries" / "lep-2017.geojson"
    assert fetched("lep-2017") == replace(result, fresh=False)


def test_the_file_is_one_feature_a_line(get):
    lines = get().path.read_text(encoding="utf-8").splitlines()
    assert len(lines) == 40
    assert "EPSG::27700" in lines[0]
    assert [json.loads(line.rstrip(",")) for line in lines[1:-1]] == [
        json.loads(json.dumps(feature)) for feature in squares(38)
    ]
    assert "Bôn" in lines[1]


def test_downloads_of_the_same_layer_are_the_same_bytes(portal, tmp_path, get):
    results = [get(folder=tmp_path / "a"), get(folder=tmp_path / "b")]
    portal.layers[LEP].rows_at_once = 7
    results.append(get(folder=tmp_path / "c"))
    assert len({result.path.read_bytes() for result in results}) == 1


def test_what_is_there_is_not_asked_for(portal, get):
    first = get()
    portal.asked.clear()
    assert get() == replace(first, fresh=False)
    assert get(source="nothing/here") == replace(first, fresh=False)
    assert portal.asked == []


@pytest.mark.parametrize(
    "change",
    [
        {"edited": None},
        {"by_fields": True},
        {"flag": "inside"},
        {"flag": "nowhere"},
        {"crs": None},
        {"crs": {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::27700"}}},
        {"crs": {"type": "EPSG", "properties": {"code": 27700}}},
        {"rows_at_once": 3},
        {"id_field": "FID", "features": squares(38, id_field="FID")},
        {"id_field": "OID", "features": squares(38)},  # named nowhere but in the feature's id
        {"features": [*squares(37), {**squares(38)[37], "geometry": None}]},
    ],
    ids=str,
)
def test_services_differ_in_what_they_say(portal, get, change):
    portal.layers[LEP] = PortalLayer(**{"features": squares(38), **change})
    assert get().rows == 38


@pytest.mark.parametrize("inside", [False, True])
def test_a_flag_at_the_last_row_is_looked_into(portal, get, inside):
    flag = {"exceededTransferLimit": True}
    more = {"properties": flag} if inside else flag
    portal.faults["page"] = [None, None, None, server.altered(lambda page: page.update(more))]
    assert get().rows == 38
    assert portal.offsets() == [0, 10, 20, 30, 38]


def test_no_more_rows_are_asked_for_than_a_service_gives(portal, get):
    portal.layers[LEP].rows_at_once = 7
    get()
    sizes = {a.query["resultRecordCount"] for a in portal.asked if a.kind == "page"}
    assert sizes == {"7"}


def test_fewer_rows_than_asked_for_are_gone_on_from(portal, get):
    def fewer(page):
        page.update(features=page["features"][:4], exceededTransferLimit=True)

    portal.faults["page"] = [None, server.altered(fewer)]
    assert get().rows == 38
    assert portal.offsets() == [0, 10, 14, 24, 34]


def test_a_whole_address_of_a_layer_needs_no_service_in_the_catalogue(portal, home):
    portal.layers["Regions"] = PortalLayer(squares(9))
    layer = f"{portal.services}/Regions/FeatureServer"
    for address in (layer, f"{layer}/0/query?where=1%3D1"):
        result = fetch("region-2017", source=address, folder=home, limits=LIMITS, refresh=True)
        assert (result.rows, result.url) == (9, f"{layer}/0")


# Failures that pass -------------------------------------------------------------------------------

PASSING = {
    "500": (server.status(500), "answered 500"),
    "503": (server.status(503, Retry_After="1"), "answered 503"),
    "429": (server.status(429), "answered 429"),
    "page of HTML": (server.web_page, "a web page came instead of JSON"),
    "error 500 with 200": (server.told_error(500), "the service said 500"),
    "error 504 with 200": (server.told_error("504", "Your request has timed out."), "said 504"),
    "timeout with 200": (server.told_error(-1, "Timeout expired."), "Timeout expired"),
    "half": (server.half, "not JSON, or only part"),
    "cut": (server.cut, "the connection was cut"),
    "gone": (server.gone, "the connection failed"),
    "other JSON": (server.other_json, "JSON came that is not|without the count"),
    "list": (lambda h, _: h.send(b"[1]"), "JSON came that is not an object"),
    "NaN": (lambda h, _: h.send(b'{"count": NaN, "features": [NaN]}'), "not JSON"),
    "deep": (lambda h, _: h.send(b"[" * 100_000), "not JSON"),
    "damaged gzip": (lambda h, _: h.send(b"xyz", headers={"Content-Encoding": "gzip"}), "damaged"),
}


@pytest.mark.parametrize("kind", ["count", "page"])
@pytest.mark.parametrize(("fault", "said"), PASSING.values(), ids=PASSING)
def test_a_failure_that_passes_is_waited_out(portal, home, get, kind, fault, said):
    portal.faults[kind] = [fault, fault]
    assert get().rows == 38
    assert portal.kinds().count(kind) == {"count": 4, "page": 6}[kind]
    assert left(home) == WHOLE


@pytest.mark.parametrize(("fault", "said"), PASSING.values(), ids=PASSING)
def test_a_failure_that_stays_is_one_sentence(portal, home, get, fault, said):
    portal.faults["page"] = [None, *[fault] * 3]
    with pytest.raises(UnfinishedError, match=said) as caught:
        get()
    text = str(caught.value)
    assert text.startswith(f"{portal.services}/{LEP}/FeatureServer/0 (rows 11 on, of 38): asked 3")
    assert "--from" in text
    assert "\n" not in text
    assert portal.offsets() == [0, 10, 10, 10]
    assert not [name for name in left(home) if not name.startswith(".partial")]
    assert fetched("lep-2017", folder=home) is None


@pytest.mark.parametrize(
    ("fault", "said"),
    [(server.silence, "no answer came in time"), (server.drip, "longer than 0.3 seconds")],
)
def test_a_server_that_keeps_us_waiting_is_left(portal, get, fault, said):
    portal.faults["page"] = [fault]
    assert get(limits=IMPATIENT).rows == 38
    portal.faults["page"] = [fault, fault]
    with pytest.raises(UnfinishedError, match=said):
        get(limits=IMPATIENT, refresh=True)


def test_a_slow_server_is_waited_for(portal, get):
    portal.faults["page"] = [server.slow, server.packed]
    assert get().rows == 38
    assert portal.offsets() == [0, 10, 20, 30]


def test_no_server_at_all_is_one_sentence(portal, get):
    address = portal.services
    portal.shutdown()
    portal.server_close()
    with pytest.raises(UnfinishedError, match="asked 3 times, and the last time the connection"):
        get(source=address)


@pytest.mark.parametrize(
    ("header", "expected"),
    [("7", 5.0), ("2", 2.0), ("soon", 0.5), (None, 0.5), ("date", 5.0)],
)
def test_waits_grow_and_servers_may_ask_for_longer_ones(portal, get, monkeypatch, header, expected):
    if header == "date":
        header = format_datetime(datetime.now(UTC) + timedelta(hours=1), usegmt=True)
    waits = []
    monkeypatch.setattr("tenacity.nap.time.sleep", waits.append)
    fault = server.status(503, **({"Retry_After": header} if header else {}))
    portal.faults["page"] = [fault, server.status(500)]
    get(limits=replace(LIMITS, backoff_seconds=0.5, most_wait_seconds=5.0))
    first, second = waits
    assert expected <= first <= max(expected, 1.0)
    assert 1.0 <= second <= 1.5


# Refusals -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["about", "count", "page"])
@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (server.status(404), "the server answered 404 Not Found"),
        (server.status(403), "answered 403"),
        (server.told_error(400), "said 400 .Unable to complete operation; Nothing to add."),
        (server.told_error(403), "said 403"),
        (server.told_error(404), "said 404"),
        (server.told_error(498, "Token timed out"), "said 498"),
        (server.told_error(499, "Token Required"), "said 499"),
    ],
)
def test_what_will_not_pass_is_refused_at_once(portal, home, get, kind, fault, said):
    portal.faults[kind] = [fault]
    with pytest.raises(BoundaryFileError, match=said) as caught:
        get()
    assert str(caught.value).startswith(portal.services)
    assert portal.kinds().count(kind) == 1
    assert left(home) == []


def test_a_server_cannot_write_to_the_terminal(portal, get):
    portal.faults["page"] = [server.told_error(400, "\x1b[2J\nrm " + 1000 * "x")]
    with pytest.raises(BoundaryFileError) as caught:
        get()
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) < 500


def test_a_layer_of_other_size_is_refused_before_its_pages(portal, home, get):
    portal.layers[LEP] = PortalLayer(squares(40))
    with pytest.raises(BoundaryFileError, match=r"wanted 38 \(England\) of lep-2017, got 40 rows"):
        get()
    assert portal.offsets() == []
    assert left(home) == []


@pytest.mark.parametrize(
    ("has", "said"), [(37, "38 rows that it counts, got 37;"), (45, "got 40 or more")]
)
def test_a_wrong_count_is_refused(portal, home, get, has, said):
    portal.layers[LEP] = PortalLayer(squares(has), count=38)
    with pytest.raises(BoundaryFileError, match=said):
        get()
    assert left(home) == []


def test_a_page_that_comes_again_is_refused(portal, home, get):
    first = portal.layers[LEP].page(0, 10)
    portal.faults["page"] = [None, server.altered(lambda page: page.update(first))]
    with pytest.raises(BoundaryFileError, match="wanted each row once, got objectid 1 twice"):
        get()
    assert portal.offsets() == [0, 10]
    assert left(home) == []


def test_a_row_that_comes_twice_in_a_page_is_refused(portal, get):
    portal.layers[LEP].features[5] = portal.layers[LEP].features[4]
    with pytest.raises(BoundaryFileError, match="wanted each row once, got objectid one twice"):
        get()


def test_an_empty_page_that_promises_more_is_refused(portal, home, get):
    nothing = {"features": [], "exceededTransferLimit": True}
    portal.faults["page"] = [None, server.altered(lambda page: page.update(nothing))]
    with pytest.raises(BoundaryFileError, match="after 10 of 38 rows an empty page"):
        get()
    assert portal.offsets() == [0, 10]
    assert left(home) == []


@pytest.mark.parametrize("change", [{"edited": 5}, {"count": 39}], ids=str)
def test_a_layer_that_changes_on_the_way_is_refused(portal, home, get, change):
    def edit():
        vars(portal.layers[LEP]).update(change)

    portal.faults["page"] = [None, server.meanwhile(edit)]
    with pytest.raises(BoundaryFileError, match="changed while it was downloaded; run it again"):
        get()
    assert left(home) == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"crs": {"type": "name", "properties": {"name": "EPSG:4326"}}}, "27700, got 'EPSG:4326'"),
        ({"crs": "EPSG:3857"}, "wanted coordinates in EPSG:27700"),
        ({"crs": None, "features": squares(38, side=1e-3)}, None),
        ({"id_field": ""}, "wanted a layer of a feature service with object ids"),
    ],
    ids=str,
)
def test_layers_that_are_not_what_was_asked_for_are_refused(portal, home, get, change, said):
    if said is None:  # degrees that nobody declares
        said = "got degrees"
        for feature in change["features"]:
            feature["geometry"] = shapely.geometry.mapping(shapely.box(-1, 52, -0.9, 52.1))
    portal.layers[LEP] = PortalLayer(**{"features": squares(38), **change})
    with pytest.raises(BoundaryFileError, match=said):
        get()
    assert left(home) == []


@pytest.mark.parametrize(
    ("feature", "said"),
    [
        ("text", "not a GeoJSON feature"),
        ({"type": "Feature", "properties": {"objectid": 1}}, "not a GeoJSON feature"),
        ({"type": "Feature", "geometry": {"rings": []}, "properties": {}}, "not a GeoJSON feature"),
        ({"type": "Feature", "geometry": None, "properties": {}}, "without its object id"),
        (
            {"type": "Feature", "geometry": None, "properties": {"objectid": 1, "x": "\ud800"}},
            "cannot be written as text",
        ),
    ],
)
def test_features_that_are_none_are_refused(portal, get, feature, said):
    portal.layers[LEP].features[0] = feature
    with pytest.raises(UnfinishedError, match=said):
        get()


@pytest.mark.parametrize("fault", [None, server.packed])
def test_a_download_has_a_limit_of_bytes_unpacked(portal, home, get, fault):
    size = len(json.dumps(portal.layers[LEP].page(0, 10)))
    portal.faults["page"] = [fault, fault]
    with pytest.raises(BoundaryFileError, match="larger than .* bytes, the limit") as caught:
        get(limits=replace(LIMITS, most_bytes=int(1.5 * size)))
    assert not isinstance(caught.value, UnfinishedError)
    assert portal.offsets() == [0, 10]
    assert left(home) == []


@pytest.mark.parametrize(
    "limits", [{"page_rows": 0}, {"attempts": -1}, {"backoff_seconds": -0.1}, {"most_bytes": 0}]
)
def test_limits_are_positive(limits):
    with pytest.raises(CoterminosityError, match=f"wanted {next(iter(limits))} above 0"):
        FetchLimits(**limits)


# Going on after a stop ----------------------------------------------------------------------------


def test_a_stopped_download_goes_on_where_it_was(portal, tmp_path, home, get):
    with pytest.raises(StopHereError):
        get(progress=stop_at(20))
    assert not [name for name in left(home) if not name.startswith(".partial")]
    portal.asked.clear()
    resumed = get()
    assert portal.offsets() == [20, 30]
    assert left(home) == WHOLE
    assert resumed.path.read_bytes() == get(folder=tmp_path / "other").path.read_bytes()


def test_a_failed_download_goes_on_where_it_was(portal, get):
    portal.faults["page"] = [None, None, *[server.status(500)] * 3]
    with pytest.raises(UnfinishedError):
        get()
    portal.asked.clear()
    assert get().rows == 38
    assert portal.offsets() == [20, 30]


def test_stored_pages_count_towards_the_limit(portal, get):
    with pytest.raises(StopHereError):
        get(progress=stop_at(20))
    size = len(json.dumps(portal.layers[LEP].page(0, 10)))
    with pytest.raises(BoundaryFileError, match="the limit"):
        get(limits=replace(LIMITS, most_bytes=int(2.5 * size)))


@pytest.mark.parametrize("change", ["edited", "page_rows", "address"])
def test_pages_of_another_state_are_not_used(portal, get, change):
    with pytest.raises(StopHereError):
        get(progress=stop_at(20))
    portal.asked.clear()
    limits, source = LIMITS, portal.services
    if change == "edited":
        portal.layers[LEP].edited = 7
        portal.layers[LEP].features[0]["properties"]["lep17nm"] = "Renamed"
    elif change == "page_rows":
        limits = replace(LIMITS, page_rows=20)
    else:
        source = portal.services.replace("127.0.0.1", "localhost")
    get(limits=limits, source=source)
    assert portal.offsets()[0] == 0


def test_damaged_pages_are_fetched_again(portal, tmp_path, home, get):
    for damage in (lambda b: b[:-9], lambda b: b.replace(b"E37", b"E99"), lambda b: b"", None):
        with pytest.raises(StopHereError):
            get(progress=stop_at(20), refresh=True)
        page = home / ".partial" / "lep-2017" / "page-0.ndjson"
        if damage is None:
            page.unlink()
        else:
            page.write_bytes(damage(page.read_bytes()))
        portal.asked.clear()
        result = get(refresh=True)
        assert portal.offsets() == [0, 20, 30]
    assert result.path.read_bytes() == get(folder=tmp_path / "other").path.read_bytes()


@pytest.mark.parametrize("before", [False, True], ids=["first", "refresh"])
def test_a_stop_between_file_and_note_leaves_nothing_that_counts(
    portal, home, get, monkeypatch, before
):
    if before:
        get()
        portal.layers[LEP].edited = 3
        portal.layers[LEP].features[0]["properties"]["lep17nm"] = "Renamed"

    def stop(*_):
        raise KeyboardInterrupt

    write = fetching.write_whole
    with monkeypatch.context() as patch:
        patch.setattr(
            fetching, "write_whole", lambda t, c: stop() if t.suffix == ".toml" else write(t, c)
        )
        with pytest.raises(KeyboardInterrupt):
            get(refresh=before)
    assert fetched("lep-2017", folder=home) is None
    assert get().fresh
    assert left(home) == WHOLE


@pytest.mark.parametrize("note", ["", "rows = 38", "file = '../lep-2017.x'\n", "\x00"])
def test_a_damaged_note_counts_as_none(home, get, note):
    path = get().path
    if note.startswith("file"):
        shutil.copy(path, home.parent)
        note = (home / WHOLE[0]).read_text("utf-8").replace('"lep-2017.geo', '"../lep-2017.geo')
    (home / WHOLE[0]).write_text(note, encoding="utf-8")
    assert fetched("lep-2017", folder=home) is None
    assert get().fresh


def test_a_missing_file_is_fetched_again(home, get):
    get().path.unlink()
    assert fetched("lep-2017", folder=home) is None
    assert get().fresh


def test_a_file_that_is_not_written_to_its_end_leaves_nothing(tmp_path):
    def chunks():
        yield b"half"
        raise StopHereError

    (tmp_path / "file").write_bytes(b"before")
    with pytest.raises(StopHereError):
        fetching.write_whole(tmp_path / "file", chunks())
    assert left(tmp_path) == ["file"]
    assert (tmp_path / "file").read_bytes() == b"before"


def test_two_downloads_at_once_leave_one_whole_file(home, get, monkeypatch):
    def another(_stage, done, _todo):
        if done == 38:
            get()

    with pytest.raises(BoundaryFileError, match="another download of the same layer.*run it again"):
        get(progress=another)
    assert left(home) == WHOLE
    place = fetching._place
    with monkeypatch.context() as patch:
        patch.setattr(
            fetching, "_place", lambda *a: (patch.undo(), get(refresh=True), place(*a))[2]
        )
        with pytest.raises(BoundaryFileError, match="runs at the same time; run it again"):
            get(refresh=True)
    assert fetched("lep-2017", folder=home).rows == 38
    assert left(home) == WHOLE


# Files that change --------------------------------------------------------------------------------


def test_a_file_that_was_changed_here_is_refused_until_refreshed(portal, home, get):
    first = get()
    first.path.write_bytes(first.path.read_bytes().replace(b"E37000001", b"E37000009"))
    portal.asked.clear()
    for ask in (get, lambda: fetched("lep-2017", folder=home)):
        with pytest.raises(BoundaryFileError, match=r"fetch lep-2017 --refresh") as caught:
            ask()
        assert str(caught.value).startswith(str(first.path))
    assert portal.asked == []
    again = get(refresh=True)
    assert (again.sha256, again.previous_sha256) == (first.sha256, None)
    assert fetched("lep-2017", folder=home).sha256 == first.sha256


def test_a_refresh_says_when_the_layer_has_changed(portal, home, get):
    first = get()
    assert get(refresh=True).previous_sha256 is None
    portal.layers[LEP].features[3]["properties"]["lep17nm"] = "Renamed"
    portal.layers[LEP].edited += 1
    second = get(refresh=True)
    assert second.previous_sha256 == first.sha256 != second.sha256
    assert "Renamed" in second.path.read_text(encoding="utf-8")
    assert fetched("lep-2017", folder=home).previous_sha256 is None


def test_a_refresh_that_fails_leaves_what_was_there(portal, home, get):
    first = get()
    portal.layers[LEP] = PortalLayer(squares(39))
    with pytest.raises(BoundaryFileError):
        get(refresh=True)
    assert fetched("lep-2017", folder=home) == replace(first, fresh=False)
    assert left(home) == WHOLE


# Addresses ----------------------------------------------------------------------------------------


def test_a_portal_may_lead_on(portal, get):
    old, new = (f"{server.SERVICES}/{name}/FeatureServer/0" for name in (LEP, "New"))
    portal.layers = {"New": PortalLayer(squares(38))}
    portal.leads = {old: f"{new}?", f"{old}/query": "/a?", "/a": f"{portal.root}{new}/query?"}
    assert get().rows == 38
    assert portal.offsets() == [0, 10, 20, 30]


@pytest.mark.parametrize(
    ("target", "said"),
    [
        ("ftp://127.0.0.1/x", "leads on to 'ftp://127.0.0.1/x', which is not followed"),
        ("file:///etc/passwd", "which is not followed"),
        ("http://[oops", "which is not followed"),
        (f"{server.SERVICES}/{LEP}/FeatureServer/0", "leads on more than 3 times"),
    ],
)
def test_a_portal_may_not_lead_astray(portal, home, get, target, said):
    portal.leads = {f"{server.SERVICES}/{LEP}/FeatureServer/0": target}
    with pytest.raises(BoundaryFileError, match=said):
        get()
    assert len(portal.asked) <= 4
    assert left(home) == []


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """A certificate for this computer, and its key."""
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not here to make a certificate")
    folder = tmp_path_factory.mktemp("tls")
    made = folder / "cert.pem", folder / "key.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
         "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1", "-addext",
         "subjectAltName=IP:127.0.0.1", "-out", made[0], "-keyout", made[1]],
        check=True, capture_output=True,
    )  # fmt: skip
    return made


def test_certificates_are_verified_and_tls_is_not_left(portal, get, certificate, monkeypatch):
    with server.running(certificate=certificate) as safe:
        safe.layers[LEP] = portal.layers[LEP]
        with pytest.raises(BoundaryFileError, match="certificate cannot be verified"):
            get(source=safe.services)
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate[0]))
        assert get(source=safe.services).rows == 38
        safe.leads = {f"{server.SERVICES}/{LEP}/FeatureServer/0": f"{portal.services}/x"}
        with pytest.raises(BoundaryFileError, match="which is not followed"):
            get(source=safe.services, refresh=True)


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("ftp://example.org/x", "wanted a folder, or an address with http or https"),
        ("/vsicurl/http://example.org", "wanted a folder, or an address with http or https"),
        ("GPKG:x", "wanted a folder"),
        ("no/such/folder", "no such folder"),
        ("http://", "no address that can be asked"),
        ("http://[bad", "no address that can be asked"),
        ("https://me:secret@example.org/x", "holds a password"),
    ],
)
def test_odd_sources_are_one_sentence(home, get, source, said):
    with pytest.raises(BoundaryFileError, match=said) as caught:
        get(source=source)
    assert "secret" not in str(caught.value)
    assert left(home) == []


def test_unknown_keys_and_unknown_downloads_are_one_sentence(home):
    with pytest.raises(NameLookupError, match="did you mean lep-2017"):
        fetch("lepp-2017", folder=home)
    with pytest.raises(BoundaryFileError, match=r"pfa-2017: no download is known .*--boundaries"):
        fetch("pfa-2017", folder=home)
    with pytest.raises(BoundaryFileError, match="knows no service of pfa-2017"):
        fetch("pfa-2017", folder=home, source="http://127.0.0.1:9/arcgis/rest/services")


def test_a_folder_that_cannot_be_written_is_one_sentence(home, get):
    home.write_text("a file")
    with pytest.raises(BoundaryFileError, match="the download cannot be kept there"):
        get()


# Mirrors: folders ---------------------------------------------------------------------------------


def as_file(features: list[dict]) -> bytes:
    """A GeoJSON file as a mirror has it."""
    whole = {"type": "FeatureCollection", "crs": EPSG_27700, "features": features}
    return json.dumps(whole).encode()


@pytest.fixture
def folder(tmp_path):
    mirror = tmp_path / "mirror"
    mirror.mkdir()
    return mirror


def test_a_folder_is_a_mirror(folder, home, get):
    (folder / "lep-2017.geojson").write_bytes(as_file(squares(38)))
    result = get(source=folder)
    assert result.path.read_bytes() == as_file(squares(38))
    assert (result.rows, result.url) == (38, str(folder / "lep-2017.geojson"))
    assert left(home) == WHOLE
    assert fetched("lep-2017", folder=home) == replace(result, fresh=False)


@pytest.mark.parametrize(
    "ending", [".gpkg", ".fgb", ".geojsonl", ".geojson.gz", ".parquet", ".shp.zip", ".kml"]
)
def test_a_mirror_may_have_other_formats(folder, home, get, ending):
    frame = gpd.GeoDataFrame.from_features(squares(38), crs="EPSG:27700")
    path = folder / f"lep-2017{ending}"
    if ending == ".parquet":
        frame.to_parquet(path)
    elif ending == ".geojson.gz":
        path.write_bytes(gzip.compress(as_file(squares(38))))
    elif ending == ".shp.zip":
        (folder / "parts").mkdir()
        frame.to_file(folder / "parts" / "lep.shp")
        shutil.make_archive(str(path).removesuffix(".zip"), "zip", folder / "parts")
    else:
        driver = "KML" if ending == ".kml" else None
        frame.to_crs("EPSG:4326").to_file(path, driver=driver, layer="leps")
    result = get(source=str(folder))
    assert (result.path, result.rows) == (home / f"lep-2017{ending}", 38)
    assert left(home) == sorted(["lep-2017.fetched.toml", f"lep-2017{ending}"])


def test_of_several_layers_in_a_file_the_expected_one_is_counted(folder, home, get):
    for layer, rows in (("notes", 5), ("leps", 38)):
        frame = gpd.GeoDataFrame.from_features(squares(rows), crs=27700)
        frame.to_file(folder / "lep-2017.gpkg", layer=layer)
    assert get(source=folder).rows == 38


def test_another_ending_replaces_the_file_that_was_there(portal, folder, home, get):
    first = get()
    gpd.GeoDataFrame.from_features(squares(38), crs=27700).to_file(folder / "lep-2017.gpkg")
    second = get(source=folder, refresh=True)
    assert second.previous_sha256 == first.sha256
    assert left(home) == ["lep-2017.fetched.toml", "lep-2017.gpkg"]


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("lep-2017.geojson", as_file(squares(37)), r"wanted 38 \(England\) of lep-2017, got 37"),
        ("lep-2017.geojson", b"<html>", "not what its ending says"),
        ("lep-2017.parquet", b"PAR1", "holds no boundaries that can be read"),
        ("lep-2017.zip", b"PK", "damaged or locked archive"),
        ("lep_apr_2017_bgc.shp.zip", b"PK", r"140c041b8637…\), got another \([0-9a-f]{12}…"),
        ("lep-2017.txt", b"x", "wanted lep_apr_2017_bgc.shp.zip or lep-2017.geojson"),
    ],
)
def test_a_folder_with_a_wrong_file_is_refused(folder, home, get, name, content, said):
    (folder / name).write_bytes(content)
    with pytest.raises(BoundaryFileError, match=said) as caught:
        get(source=folder)
    assert str(caught.value).startswith(str(folder))
    assert left(home) == []


# Mirrors: web addresses ---------------------------------------------------------------------------

FILE = "/mirror/lep-2017.geojson"
BODY = as_file(squares(38))


@pytest.fixture
def mirror(portal):
    portal.files[FILE] = BODY
    return portal


@pytest.fixture
def take(mirror, get):
    return lambda **options: get(**{"source": f"{mirror.root}/mirror/", **options})


def spans(portal) -> list[str]:
    return [a.headers.get("Range", "") for a in portal.asked if a.path == FILE]


def test_an_address_is_a_mirror(mirror, home, take):
    told = []
    result = take(progress=lambda *step: told.append(step))
    assert result.path.read_bytes() == BODY
    assert result.url == mirror.root + FILE
    assert [a.path for a in mirror.asked] == ["/mirror/lep_apr_2017_bgc.shp.zip", FILE]
    assert told[-1] == ("fetching lep-2017", len(BODY), len(BODY))
    assert left(home) == WHOLE


@pytest.mark.parametrize("code", [403, 404, 410])
def test_a_mirror_may_say_in_several_ways_that_it_has_no_file(mirror, take, code):
    mirror.faults["file"] = [server.status(code)]
    assert take().path.read_bytes() == BODY
    assert len(mirror.asked) == 2


@pytest.mark.parametrize(
    "fault",
    [server.status(500), server.status(429), server.web_page, server.gone, server.cut_file(100)],
)
def test_a_mirror_is_asked_again(mirror, home, take, fault):
    mirror.faults["file"] = [None, fault, fault]
    assert take().path.read_bytes() == BODY
    assert len(spans(mirror)) == 3
    mirror.faults["file"] = [None, fault, fault, fault]
    with pytest.raises(UnfinishedError, match="asked 3 times"):
        take(refresh=True)


@pytest.mark.parametrize("fault", [server.silence, server.drip])
def test_a_mirror_that_keeps_us_waiting_is_left(mirror, take, fault):
    mirror.faults["file"] = [None, fault]
    assert take(limits=IMPATIENT).path.read_bytes() == BODY


def test_a_file_that_was_cut_is_gone_on_with(mirror, home, take):
    mirror.faults["file"] = [None, server.cut_file(1000), server.cut_file(500)]
    assert take().path.read_bytes() == BODY
    assert spans(mirror) == ["", "bytes=1000-", "bytes=1500-"]


def test_a_stopped_file_is_gone_on_with(mirror, home, take):
    mirror.faults["file"] = [None, server.cut_file(1000)]
    with pytest.raises(UnfinishedError):
        take(limits=replace(LIMITS, attempts=1))
    assert left(home)[2:] == [
        ".partial/lep-2017/lep-2017.geojson", ".partial/lep-2017/lep-2017.geojson.version"
    ]  # fmt: skip
    assert take().path.read_bytes() == BODY
    assert spans(mirror) == ["", "bytes=1000-"]
    assert left(home) == WHOLE


def test_a_file_that_was_whole_already_is_taken_again(mirror, home, take):
    mirror.faults["file"] = [None, server.cut_file(1000)]
    with pytest.raises(UnfinishedError):
        take(limits=replace(LIMITS, attempts=1))
    (home / ".partial/lep-2017/lep-2017.geojson").write_bytes(BODY)
    assert take().path.read_bytes() == BODY
    assert spans(mirror) == ["", f"bytes={len(BODY)}-", ""]


def test_another_file_is_not_gone_on_with(mirror, take):
    other = json.dumps(json.loads(BODY), separators=(",", ":")).encode()
    begun = len(other) + 100
    assert begun < len(BODY)
    for server_says in ("nothing", "whole", "rest of another"):
        mirror.files[FILE], mirror.tagged = BODY, server_says != "nothing"
        mirror.faults["file"] = [None, server.cut_file(begun)]
        with pytest.raises(UnfinishedError):
            take(limits=replace(LIMITS, attempts=1), refresh=True)
        mirror.files[FILE] = other
        mirror.asked.clear()
        if server_says == "rest of another":

            def heedless(handler, body):
                del handler.headers["If-Range"]
                handler.send_file(body)

            mirror.faults["file"] = [None, heedless]
        assert take(refresh=True).path.read_bytes() == other
        again = f"bytes={begun}-"
        assert spans(mirror) == {
            "nothing": [""], "whole": [again], "rest of another": [again, ""]
        }[server_says]  # fmt: skip


def test_a_weak_tag_is_no_version(mirror, take):
    mirror.weak = True
    mirror.faults["file"] = [None, server.cut_file(1000)]
    assert take().path.read_bytes() == BODY
    assert spans(mirror) == ["", ""]


def test_a_file_that_comes_in_pieces_is_gone_on_with(mirror, take):
    mirror.faults["file"] = [None, server.cut_file(1000), server.piece(500)]
    assert take().path.read_bytes() == BODY
    assert spans(mirror) == ["", "bytes=1000-", "bytes=1500-"]


def test_another_mirror_does_not_go_on_with_the_file_of_the_first(mirror, take):
    mirror.faults["file"] = [None, server.cut_file(1000)]
    with pytest.raises(UnfinishedError):
        take(limits=replace(LIMITS, attempts=1))
    take(source=f"{mirror.root}/mirror".replace("127.0.0.1", "localhost"))
    assert spans(mirror) == ["", ""]


def test_a_begun_file_counts_towards_the_limit(mirror, take):
    mirror.faults["file"] = [None, server.cut_file(5_000)]
    with pytest.raises(UnfinishedError):
        take(limits=replace(LIMITS, attempts=1))
    with pytest.raises(BoundaryFileError, match="the limit"):
        take(limits=replace(LIMITS, most_bytes=len(BODY) - 1))


def test_a_server_without_ranges_begins_anew(mirror, take):
    mirror.ranges = False
    mirror.faults["file"] = [None, server.cut_file(1000)]
    assert take().path.read_bytes() == BODY
    assert spans(mirror) == ["", "bytes=1000-"]


def test_a_file_packed_unasked_is_unpacked(mirror, take):
    mirror.faults["file"] = [None, server.packed]
    assert take().path.read_bytes() == BODY
    assert spans(mirror) == [""]


@pytest.mark.parametrize("fault", [None, server.packed])
def test_a_file_has_a_limit_of_bytes(mirror, home, take, fault):
    mirror.faults["file"] = [None, fault]
    with pytest.raises(BoundaryFileError, match="larger than 5,000 bytes, the limit"):
        take(limits=replace(LIMITS, most_bytes=5_000))
    assert left(home) == []


def test_a_mirror_without_the_file_is_one_sentence(mirror, home, take):
    del mirror.files[FILE]
    wanted = "wanted lep_apr_2017_bgc.shp.zip or lep-2017.geojson, found none"
    with pytest.raises(BoundaryFileError, match=wanted):
        take()
    mirror.files["/mirror/lep_apr_2017_bgc.shp.zip"] = b"PK"
    with pytest.raises(BoundaryFileError, match="SHA-256"):
        take()
    assert left(home) == []


# The real files -----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def real(shared):
    """Districts and LEPs on the grid, by key."""
    frames = {
        "lad-2017": gpd.read_file(shared / "lad_dec_2017_bgc.geojson").to_crs("EPSG:27700"),
        "lep-2017": gpd.read_file(shared / "lep_apr_2017_bgc.shp.zip"),
    }
    for frame in frames.values():
        frame["objectid"] = range(1, len(frame) + 1)
    return frames


@pytest.mark.parametrize(
    ("key", "column", "offsets"),
    [("lad-2017", "lad17cd", [0, 100, 200, 300]), ("lep-2017", "LEP17CD", [0])],
)
def test_real_layers_come_as_they_are(portal, home, real, key, column, offsets):
    source = real[key]
    service = catalogue.record_of_key(key).service
    portal.layers[service] = PortalLayer(json.loads(source.to_json())["features"])
    result = fetch(key, source=portal.services, folder=home)
    assert portal.offsets() == offsets
    frame = gpd.read_file(result.path)
    if column not in frame:
        column = column.lower()
    assert len(frame) == result.rows == len(source)
    assert frame[column].tolist() == source[column].tolist()
    assert frame.area.tolist() == pytest.approx(source.area.tolist(), rel=1e-6)
    assert frame.crs == source.crs


@pytest.mark.parametrize(
    ("key", "name", "ending"),
    [
        ("lep-2017", "lep_apr_2017_bgc.shp.zip", ".shp.zip"),
        ("stp-2017", "stp_apr_2017_bgc.gpkg", ".gpkg"),
        ("ccg-2017", "ccg_apr_2017_bgc.parquet", ".parquet"),
        ("lad-2017", "lad_dec_2017_bgc.geojson", ".geojson"),
    ],
)
def test_real_files_are_known_by_their_hash(portal, shared, tmp_path, key, name, ending):
    portal.files[f"/{name}"] = (shared / name).read_bytes()
    portal.faults["file"] = [server.cut_file(200_000)]
    known = catalogue.record_of_key(key).files[0]
    for number, source in enumerate((shared, portal.root)):
        home = tmp_path / str(number)
        result = fetch(key, source=source, folder=home, limits=LIMITS)
        assert (result.sha256, result.rows) == (known.sha256, known.rows)
        assert result.path == home / f"{key}{ending}"
        assert left(home) == sorted([f"{key}.fetched.toml", f"{key}{ending}"])
    portal.files[f"/{name}"] = (shared / name).read_bytes()[:-1] + b"!"
    with pytest.raises(BoundaryFileError, match=known.sha256[:12]):
        fetch(key, source=portal.root, folder=tmp_path / "x", limits=LIMITS)
