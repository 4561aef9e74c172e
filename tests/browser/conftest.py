"""A real browser for pages: Chromium driven by Playwright, with an empty profile and no network."""

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import coterminosity as ct
from tests.browser.hands import begun

CHROMIUM = os.environ.get("COTERMINOSITY_CHROMIUM", "chromium")
AXE = Path(__file__).parent / "node_modules" / "axe-core" / "axe.min.js"
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND",
]
# Addresses that are read without a network.
LOCAL = ("file:", "data:", "blob:", "about:")
SCREEN = {"width": 1280, "height": 720}


def lacking(what: str) -> None:
    """Skip on a user's machine, fail in CI."""
    reason = f"{what}; tests/setup_browser.sh installs it where it can"
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


# Of this folder, not of the session: while Playwright runs, its event loop is in this thread.
@pytest.fixture(scope="package")
def browser() -> Iterator[Any]:
    """A browser of our own."""
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        lacking("Playwright for Python is not here")
    path = shutil.which(CHROMIUM)
    if path is None:
        lacking("Chromium is not here")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@dataclass
class Visit:
    """What one profile of the browser was used for, and what was wrong with it."""

    browser: Any
    options: dict[str, Any]
    wrong: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.context = self.browser.new_context(viewport=SCREEN, **self.options)
        self.context.set_default_timeout(10_000)
        self.context.route("**/*", self.answer)
        self.context.on("request", self.asked)
        self.context.on("weberror", lambda error: self.wrong.append(f"error: {error.error}"))
        self.context.on("console", self.said)

    def answer(self, route: Any) -> None:
        if route.request.url.startswith(LOCAL):
            route.continue_()
        else:
            route.abort()

    def asked(self, request: Any) -> None:
        if not request.url.startswith(LOCAL):
            self.wrong.append(f"request: {request.url}")

    def said(self, message: Any) -> None:
        if message.type == "error":
            self.wrong.append(f"console: {message.text}")

    def open(self, path: Path, *, fragment: str = "") -> Any:
        page = self.context.new_page()
        page.on("websocket", lambda socket: self.wrong.append(f"request: {socket.url}"))
        page.goto(path.resolve().as_uri() + (f"#{fragment}" if fragment else ""))
        begun(page)
        return page


@pytest.fixture
def visit(browser) -> Iterator[Callable[..., Visit]]:
    """Profiles whose faults are looked at by the test itself."""
    made: list[Visit] = []

    def begin(**options: Any) -> Visit:
        made.append(Visit(browser, options))
        return made[-1]

    yield begin
    for one in made:
        one.context.close()


@pytest.fixture
def open_page(visit) -> Iterator[Callable[..., Any]]:
    """Open files of this computer; an error or a request to elsewhere fails the test.

    All pages of a test have one profile, so that what one keeps another finds again.
    """
    own = visit()
    yield own.open
    assert own.wrong == []


@pytest.fixture
def axe() -> Callable[..., list[str]]:
    """What axe-core finds wrong with a page, a line for each rule and element."""
    if not AXE.is_file():
        lacking("axe-core is not here")
    source = AXE.read_text(encoding="utf-8")

    def violations(page: Any, within: str = "html", **options: Any) -> list[str]:
        if not page.evaluate("'axe' in window"):
            page.evaluate(source)
        options |= {"resultTypes": ["violations"]}
        found = page.evaluate("([within, options]) => axe.run(within, options)", [within, options])
        return [
            f"{rule['id']}: {rule['help']}: {' '.join(map(str, node['target']))}"
            for rule in found["violations"]
            for node in rule["nodes"]
        ]

    return violations


@pytest.fixture
def picture(tmp_path) -> Callable[..., Path]:
    """Keep a picture of a page, in COTERMINOSITY_PICTURES where that is set, to be looked at."""
    folder = Path(os.environ.get("COTERMINOSITY_PICTURES", tmp_path))
    folder.mkdir(parents=True, exist_ok=True)

    def take(page: Any, name: str, **options: Any) -> Path:
        page.screenshot(path=folder / f"{name}.png", **options)
        return folder / f"{name}.png"

    return take


@pytest.fixture(scope="package")
def scenario() -> ct.Scenario:
    """A negotiation about England with indicators of need, some of whose figures are missing."""
    data = ct.england_2017()
    codes = data.graph.units.index
    rng = np.random.default_rng(2017)
    need = pd.DataFrame(
        {
            "over_65": rng.uniform(10, 30, len(codes)).round(1),
            "smoking": rng.uniform(0, 1, len(codes)),
        },
        index=codes,
    )
    need.iloc[::19, 1] = np.nan
    plan = ct.propose(data.graph, data.atoms)
    return ct.Scenario(plan, name="Devolution", who="The chair", need=need)


@pytest.fixture(scope="package")
def table(scenario, tmp_path_factory) -> Path:
    """The page of that negotiation."""
    return ct.write_page(scenario, tmp_path_factory.mktemp("page") / "table.html")
