"""A server on this computer that speaks the protocol of an ArcGIS portal, with faults to order."""

import gzip
import hashlib
import json
import re
import ssl
import sys
import threading
import time
from collections.abc import Callable
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

SERVICES = "/arcgis/rest/services"
EPSG_27700 = {"type": "name", "properties": {"name": "EPSG:27700"}}


@dataclass
class PortalLayer:
    """A layer of a feature service: what it holds and what it says of itself."""

    features: list[dict[str, Any]]
    rows_at_once: int = 100
    edited: int | None = 1_500_000_000_000
    id_field: str = "objectid"
    crs: Any = field(default_factory=lambda: EPSG_27700)
    flag: str = "outside"  # where exceededTransferLimit stands: outside, inside, nowhere
    count: int | None = None  # what it counts, if that is not what it has
    by_fields: bool = False  # its object id is named in the list of fields only

    def about(self) -> dict[str, Any]:
        told: dict[str, Any] = {"id": 0, "type": "Feature Layer"}
        told["maxRecordCount"] = self.rows_at_once
        told["fields"] = [{"name": "name", "type": "esriFieldTypeString"}]
        if self.by_fields:
            told["fields"].append({"name": self.id_field, "type": "esriFieldTypeOID"})
        else:
            told["objectIdField"] = self.id_field
        if self.edited is not None:
            told["editingInfo"] = {"lastEditDate": self.edited}
        return told

    def page(self, offset: int, rows: int) -> dict[str, Any]:
        last = offset + min(rows, self.rows_at_once)
        answer: dict[str, Any] = {"type": "FeatureCollection"}
        if self.crs is not None:
            answer["crs"] = self.crs
        if self.flag == "outside" and last < len(self.features):
            answer["exceededTransferLimit"] = True
        if self.flag == "inside" and last < len(self.features):
            answer["properties"] = {"exceededTransferLimit": True}
        return {**answer, "features": self.features[offset:last]}


@dataclass(frozen=True)
class Asked:
    """A request as it came: its kind (about, count, page, file, lead), path, query and headers."""

    kind: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]


Fault = Callable[["Answering", bytes], None]


class Answering(BaseHTTPRequestHandler):
    """Answers one request: with a fault where one is ordered for its kind, else as it should."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # or each answer waits for an acknowledgement
    server: "Portal"

    def log_message(self, *_: object) -> None:
        pass

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        if parts.path in self.server.leads:
            target = self.server.leads[parts.path]
            target += parts.query if target.endswith("?") else ""
            self.server.asked.append(Asked("lead", parts.path, query, dict(self.headers)))
            self.send(b"", status=302, headers={"Location": target})
            return
        kind, body = self.server.body_of(parts.path, query)
        self.server.asked.append(Asked(kind, parts.path, query, dict(self.headers)))
        ordered = self.server.faults.get(kind, [])
        fault = ordered.pop(0) if ordered else None
        with suppress(ConnectionError):  # clients that have had enough
            if fault is not None:
                fault(self, body or b"")
            elif body is None:
                self.send(b"no such file", status=404)
            elif kind == "file":
                self.send_file(body)
            else:
                self.send(body)

    def send(
        self, body: bytes, *, status: int = 200, headers: dict[str, str] | None = None
    ) -> None:
        told = {"Content-Type": "application/json", "Content-Length": str(len(body))}
        self.send_response(status)
        for name, value in {**told, **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def send_file(self, body: bytes, *, most: int | None = None) -> None:
        """Send a file, or the rest of it; ``most`` bytes before the connection is cut."""
        tag = f'"{hashlib.sha256(body).hexdigest()[:12]}"'
        headers = {"Content-Type": "application/octet-stream"}
        if self.server.tagged:
            headers["ETag"] = f"W/{tag}" if self.server.weak else tag
        span = re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range", ""))
        start, status = 0, 200
        if span and self.server.ranges and self.headers.get("If-Range", tag) == tag:
            start, status = int(span[1]), 206
            headers["Content-Range"] = f"bytes {start}-{len(body) - 1}/{len(body)}"
            if start >= len(body):
                headers["Content-Range"] = f"bytes */{len(body)}"
                self.send(b"", status=416, headers=headers)
                return
        rest = body[start:]
        headers["Content-Length"] = str(len(rest))
        self.send(rest[:most], status=status, headers=headers)
        if most is not None:
            self.close_connection = True


class Portal(ThreadingHTTPServer):
    """Layers by service name, files by path, faults by kind of request, and what was asked."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answering)
        self.layers: dict[str, PortalLayer] = {}
        self.files: dict[str, bytes] = {}
        self.faults: dict[str, list[Fault | None]] = {}
        self.leads: dict[str, str] = {}
        self.asked: list[Asked] = []
        self.ranges = self.tagged = True
        self.weak = False
        self.closing = threading.Event()
        self.scheme = "http"

    @property
    def root(self) -> str:
        return f"{self.scheme}://127.0.0.1:{self.server_address[1]}"

    @property
    def services(self) -> str:
        return self.root + SERVICES

    def handle_error(self, *_: object) -> None:
        """Say nothing of clients that hang up, in or after a handshake."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(*_)

    def kinds(self) -> list[str]:
        return [asked.kind for asked in self.asked]

    def offsets(self) -> list[int]:
        return [int(a.query["resultOffset"]) for a in self.asked if a.kind == "page"]

    def body_of(self, path: str, query: dict[str, str]) -> tuple[str, bytes | None]:
        """Return the kind of a request and the answer to it."""
        found = re.fullmatch(rf"{SERVICES}/(\w+)/FeatureServer/0(/query)?", path)
        layer = self.layers.get(found[1]) if found else None
        if layer is None:
            return "file", self.files.get(path)
        if not found or not found[2]:
            return "about", json.dumps(layer.about()).encode()
        if query.get("returnCountOnly") == "true":
            count = len(layer.features) if layer.count is None else layer.count
            return "count", json.dumps({"count": count}).encode()
        page = layer.page(int(query["resultOffset"]), int(query["resultRecordCount"]))
        return "page", json.dumps(page).encode()


@contextmanager
def running(*, certificate: tuple[Path, Path] | None = None):
    """A portal that answers until the end of the block, over TLS with certificate and key."""
    portal = Portal()
    if certificate is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*certificate)
        # The handshake belongs to the thread that answers: it may fail.
        portal.socket = context.wrap_socket(
            portal.socket, server_side=True, do_handshake_on_connect=False
        )
        portal.scheme = "https"
    thread = threading.Thread(target=portal.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield portal
    finally:
        portal.closing.set()
        portal.shutdown()
        thread.join()
        portal.server_close()


# Faults ------------------------------------------------------------------------------------------


def status(code: int, **headers: str) -> Fault:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda handler, _: handler.send(b"{}", status=code, headers=named)


def told_error(code: object, message: str = "Unable to complete operation.") -> Fault:
    told = {"error": {"code": code, "message": message, "details": ["Nothing to add."]}}
    return lambda handler, _: handler.send(json.dumps(told).encode())


def web_page(handler: Answering, _: bytes) -> None:
    body = b"\n<!DOCTYPE html><html><body>Sign in to the network</body></html>"
    handler.send(body, headers={"Content-Type": "text/html; charset=utf-8"})


def other_json(handler: Answering, _: bytes) -> None:
    handler.send(b'{"hello": "world"}')


def half(handler: Answering, body: bytes) -> None:
    """Half an answer that says it is whole."""
    handler.send(body[: len(body) // 2])


def cut(handler: Answering, body: bytes) -> None:
    """A connection that ends in the middle of an answer."""
    handler.send(body[: len(body) // 2], headers={"Content-Length": str(len(body))})
    handler.close_connection = True


def gone(handler: Answering, _: bytes) -> None:
    """A connection that ends without an answer."""
    handler.close_connection = True


def silence(handler: Answering, _: bytes) -> None:
    """No answer for longer than anybody waits."""
    handler.server.closing.wait(20)
    handler.close_connection = True


def drip(handler: Answering, body: bytes) -> None:
    """A byte now and then, each well before the client gives up waiting for it."""
    handler.send(body[:1], headers={"Content-Length": str(len(body))})
    handler.close_connection = True
    for byte in body[1:]:
        if handler.server.closing.wait(0.01):
            return
        handler.wfile.write(bytes([byte]))


def slow(handler: Answering, body: bytes) -> None:
    """An answer in pieces with pauses, but in time."""
    third = len(body) // 3 + 1
    handler.send(body[:third], headers={"Content-Length": str(len(body))})
    for start in (third, 2 * third):
        time.sleep(0.02)
        handler.wfile.write(body[start : start + third])


def packed(handler: Answering, body: bytes) -> None:
    handler.send(gzip.compress(body), headers={"Content-Encoding": "gzip"})


def altered(change: Callable[[dict[str, Any]], object]) -> Fault:
    """An answer that is changed on the way."""

    def send(handler: Answering, body: bytes) -> None:
        answer = json.loads(body)
        change(answer)
        handler.send(json.dumps(answer).encode())

    return send


def meanwhile(act: Callable[[], object]) -> Fault:
    """The answer as it should be, after something happened."""

    def send(handler: Answering, body: bytes) -> None:
        act()
        handler.send(body)

    return send


def piece(size: int) -> Fault:
    """A smaller part of a file than was asked for."""

    def send(handler: Answering, body: bytes) -> None:
        start = int(re.sub(r"\D", "", handler.headers.get("Range", "0")))
        part = body[start : start + size]
        span = f"bytes {start}-{start + len(part) - 1}/{len(body)}"
        tag = f'"{hashlib.sha256(body).hexdigest()[:12]}"'
        handler.send(part, status=206, headers={"Content-Range": span, "ETag": tag})

    return send


def cut_file(most: int) -> Fault:
    """A file of which some bytes come before the connection is cut."""
    return lambda handler, body: handler.send_file(body, most=most)
