"""Asking servers over connections that fail: limits of time and size, and asking again.

Failures that may pass (a cut connection, HTTP 500, a web page instead of JSON) are waited out;
what remains is one sentence. ArcGIS sends errors with HTTP 200, so every answer is looked into.
"""

import hashlib
import json
import os
import re
import secrets
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any, Self, TypeVar
from urllib.parse import urljoin

import requests
import tenacity
import urllib3

from coterminosity import __version__
from coterminosity.errors import BoundaryFileError, CoterminosityError

_CHUNK = 1 << 16
_RENEWED = 1 << 20  # bytes of a file for which its deadline starts anew
_REDIRECTS = 3
_PASSING = (408, 425, 429)  # and 500 to 599
_REFUSED = (400, 403, 404, 498, 499)  # whatever the text beside them says
_TIMED_OUT = re.compile(r"time.?out|timed.out", re.IGNORECASE)
_T = TypeVar("_T")


@dataclass(frozen=True, kw_only=True)
class FetchLimits:
    """How long a download waits, how often it asks again, and how much it takes.

    Parameters
    ----------
    page_rows : int
        Rows asked for at a time; a service may give fewer.
    connect_seconds, read_seconds : float
        The longest wait for a connection, and for the next bytes of an answer.
    page_seconds : float
        The longest a page may take, and each mebibyte of a file.
    attempts : int
        How often the same request is sent before it is given up.
    backoff_seconds, most_wait_seconds : float
        The first wait before a request is sent again, which doubles each time, and the longest,
        also where a server asks for more.
    most_bytes : int
        All answers of a download together, unpacked.

    Raises
    ------
    CoterminosityError
        Where one of them is negative, or nought and not a wait.
    """

    page_rows: int = 200
    connect_seconds: float = 10.0
    read_seconds: float = 60.0
    page_seconds: float = 300.0
    attempts: int = 5
    backoff_seconds: float = 1.0
    most_wait_seconds: float = 60.0
    most_bytes: int = 500_000_000

    def __post_init__(self) -> None:
        waits = {"backoff_seconds", "most_wait_seconds"}
        for name, value in asdict(self).items():
            if not (value > 0 or (value == 0 and name in waits)):
                raise CoterminosityError(
                    f"limits of downloads: wanted {name} above 0, got {value!r}"
                )


DEFAULT = FetchLimits()


class UnfinishedError(BoundaryFileError):
    """A server does not give what is asked of it; what came before is kept for the next time."""


class PassingError(Exception):
    """A failure that may pass: the request is sent again, after ``wait`` seconds or more."""

    def __init__(self, reason: str, *, wait: float = 0.0) -> None:
        super().__init__(reason)
        self.wait = wait


def write_whole(target: Path, chunks: Iterable[bytes]) -> str:
    """Write a file that appears when it is whole, and return its SHA-256 as hex text."""
    target.parent.mkdir(parents=True, exist_ok=True)
    scratch = target.with_name(f".{target.name}.{secrets.token_hex(4)}.tmp")
    digest = hashlib.sha256()
    try:
        with scratch.open("xb") as out:
            for chunk in chunks:
                out.write(chunk)
                digest.update(chunk)
            out.flush()
            os.fsync(out.fileno())
        os.replace(scratch, target)
    finally:
        scratch.unlink(missing_ok=True)
    return digest.hexdigest()


class _Session(requests.Session):
    """A session that looks into no redirect, as looking would read its body without limits."""

    def get_redirect_target(self, resp: requests.Response) -> None:
        return None


class Connection:
    """Requests with limits of time and size, sent again where a failure may pass.

    ``received`` counts the bytes of a whole download, unpacked.
    """

    def __init__(self, limits: FetchLimits) -> None:
        self.limits = limits
        self.received = 0
        self._session = _Session()
        self._session.headers["User-Agent"] = f"coterminosity/{__version__}"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._session.close()

    def count(self, size: int) -> None:
        """Add bytes to those received.

        Raises
        ------
        BoundaryFileError
            Where they are more than the limit.
        """
        self.received += size
        if self.received > self.limits.most_bytes:
            raise BoundaryFileError(
                f"the download is larger than {self.limits.most_bytes:,} bytes, the limit; "
                "give it a higher one (FetchLimits.most_bytes) if that is meant"
            )

    def repeated(self, ask: Callable[[], _T], *, where: str) -> _T:
        """Return what ``ask`` returns; call it again, after growing waits, if a failure may pass.

        Raises
        ------
        UnfinishedError
            Where it failed in each of the attempts.
        """
        limits = self.limits
        growing = tenacity.wait_exponential(
            multiplier=limits.backoff_seconds, max=limits.most_wait_seconds
        ) + tenacity.wait_random(0, limits.backoff_seconds)

        def wait(state: tenacity.RetryCallState) -> float:
            error = state.outcome.exception() if state.outcome else None
            asked = error.wait if isinstance(error, PassingError) else 0.0
            return min(max(growing(state), asked), limits.most_wait_seconds)

        again = tenacity.Retrying(
            retry=tenacity.retry_if_exception_type(PassingError),
            stop=tenacity.stop_after_attempt(limits.attempts),
            wait=wait,
            reraise=True,
        )
        try:
            return again(ask)
        except PassingError as error:
            raise UnfinishedError(
                f"{where}: asked {limits.attempts} times, and the last time {error}; run it again "
                "later, it goes on from what came, or name a mirror (--from)"
            ) from error

    @contextmanager
    def answer(
        self,
        url: str,
        *,
        params: dict[str, str] | None = None,
        headers: dict[str, str] | None = None,
        also: tuple[int, ...] = (),
    ) -> Iterator[requests.Response]:
        """Yield the answer to one request, its body unread; statuses in ``also`` are no failure.

        Raises
        ------
        PassingError
            Where the same request may succeed later, also while the body is read.
        BoundaryFileError
            Where it will not.
        """
        try:
            response = self._follow(url, params, headers)
            try:
                if response.status_code not in (200, 206, *also):
                    raise _refusal(response, url)
                yield response
            finally:
                response.close()
        except (requests.RequestException, urllib3.exceptions.HTTPError) as error:
            raise _reason(error, url) from error

    def _follow(
        self, url: str, params: dict[str, str] | None, headers: dict[str, str] | None
    ) -> requests.Response:
        """Send a request, and follow a few redirects, but never to a less safe place."""
        timeout = (self.limits.connect_seconds, self.limits.read_seconds)
        at = url
        for _ in range(_REDIRECTS + 1):
            response = self._session.get(
                at, params=params, headers=headers, timeout=timeout, stream=True,
                allow_redirects=False,
            )  # fmt: skip
            if not response.is_redirect:
                return response
            response.close()
            location = response.headers["Location"]
            target = _joined(at, location)
            safe = ("https:",) if at.lower().startswith("https:") else ("http:", "https:")
            if not target.lower().startswith(safe):
                raise BoundaryFileError(
                    f"{url}: the server leads on to {_short(location)!r}, which is not followed; "
                    "check the address"
                )
            # The address that a server gives holds what it needs of the question.
            at, params = target, None
        raise BoundaryFileError(
            f"{url}: the server leads on more than {_REDIRECTS} times; check the address"
        )

    def chunks(self, response: requests.Response, *, renew: bool = False) -> Iterator[bytes]:
        """Yield a body as it comes in, within the limits of size and time.

        With ``renew`` the deadline is one for each mebibyte and not for the whole.
        """
        begun, taken = time.monotonic(), 0
        # Other ways to read wait until a chunk is full, for hours where a server drips.
        while chunk := response.raw.read1(_CHUNK, decode_content=True):
            self.count(len(chunk))
            taken += len(chunk)
            yield chunk
            if renew and taken >= _RENEWED:
                begun, taken = time.monotonic(), 0
            if time.monotonic() - begun > self.limits.page_seconds:
                raise PassingError(f"it took longer than {self.limits.page_seconds:g} seconds")

    def json(
        self, url: str, params: dict[str, str], *, read: Callable[[dict[str, Any]], _T], where: str
    ) -> _T:
        """Return what ``read`` makes of a JSON object; where it raises, it is asked for again."""

        def ask() -> _T:
            with self.answer(url, params=params) as response:
                body = b"".join(self.chunks(response))
            return read(_object(body, where))

        return self.repeated(ask, where=where)


def _joined(base: str, target: str) -> str:
    try:
        return urljoin(base, target)
    except ValueError:  # brackets that are no address of a computer
        return ""


def _refusal(response: requests.Response, url: str) -> Exception:
    status = f"the server answered {response.status_code} {_short(response.reason or '')}".rstrip()
    if response.status_code in _PASSING or response.status_code >= 500:
        return PassingError(status, wait=_retry_after(response.headers.get("Retry-After", "")))
    return UnfinishedError(f"{url}: {status}; check the address, or name a mirror (--from)")


def _retry_after(text: str) -> float:
    """Return the seconds that a server asks to wait: a number, or a date."""
    try:
        if text.isdigit():
            return float(text)
        return (parsedate_to_datetime(text) - datetime.now(UTC)).total_seconds()
    except (ValueError, TypeError):
        return 0.0


def _reason(error: Exception, url: str) -> Exception:
    """Say in a few words what a library of connections says in many."""
    if isinstance(error, ValueError):
        return BoundaryFileError(f"{url}: this is no address that can be asked; check its spelling")
    if "CERTIFICATE_VERIFY_FAILED" in str(error):
        return UnfinishedError(
            f"{url}: the server's certificate cannot be verified; if your network puts its own in "
            "its place, name that in REQUESTS_CA_BUNDLE"
        )
    if isinstance(error, (requests.Timeout, urllib3.exceptions.TimeoutError)):
        return PassingError("no answer came in time")
    if isinstance(error, requests.ConnectionError):
        return PassingError("the connection failed")
    if isinstance(error, urllib3.exceptions.ProtocolError):
        return PassingError("the connection was cut")
    return PassingError(f"the answer was damaged ({type(error).__name__})")


def _short(text: object) -> str:
    """Return the text of a server as something that can be shown on one line."""
    line = " ".join("".join(c if c.isprintable() else " " for c in str(text)).split())
    return line if len(line) <= 200 else f"{line[:200]}…"


def _object(body: bytes, where: str) -> dict[str, Any]:
    """Return the JSON object of an answer."""
    if body.lstrip()[:1] == b"<":
        raise PassingError("a web page came instead of JSON")
    try:
        answer = json.loads(body, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise PassingError(f"{len(body):,} bytes came that are not JSON, or only part") from error
    if not isinstance(answer, dict):
        raise PassingError("JSON came that is not an object")
    if answer.get("error"):
        raise _told_error(answer["error"], where)
    return answer


def _refuse_constant(text: str) -> float:
    raise ValueError(f"{text} is no number of JSON")


def _told_error(error: object, where: str) -> Exception:
    """Return the error that a service reports with HTTP 200."""
    told = error if isinstance(error, dict) else {"message": error}
    details = told.get("details")
    texts = [told.get("message"), *(details if isinstance(details, list) else [details])]
    text = _short("; ".join(str(part).rstrip(".") for part in texts if part)) or "no reason"
    code = int(str(told["code"])) if re.fullmatch(r"[0-9]{1,5}", str(told.get("code"))) else 0
    said = f"the service said {code or 'error'} ({text})"
    timed_out = code not in _REFUSED and _TIMED_OUT.search(text) is not None
    if code in _PASSING or 500 <= code <= 599 or timed_out:
        return PassingError(said)
    return UnfinishedError(f"{where}: {said}; check the address, or name a mirror (--from)")
