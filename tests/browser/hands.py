"""What a person does with the page: press, look, save."""

from pathlib import Path
from typing import Any


def press(page: Any, *names: str) -> None:
    """Press buttons by the name that readers of the page hear."""
    for name in names:
        page.get_by_role("button", name=name, exact=True).first.click()


def begun(page: Any) -> None:
    """Wait until a negotiating table, if the page is one, stands in its place."""
    page.wait_for_selector("#table:empty", state="detached")


def drawn(page: Any) -> None:
    """Wait until the page has drawn what the last step changed; tables follow a moment later."""
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => setTimeout(done, 60)))")


def kept(page: Any) -> None:
    """Wait until the page has kept all, 0.4 s after a step, and the browser has taken it over."""
    page.evaluate("() => new Promise((done) => setTimeout(done, 450))")
    page.wait_for_timeout(100)


def reload(page: Any) -> None:
    kept(page)
    page.reload()
    begun(page)


def link(page: Any) -> str:
    """Return the fragment with the plan, which the page writes 0.4 s after a step."""
    page.evaluate("() => new Promise((done) => setTimeout(done, 450))")
    # The browser tells its driver of a new address later than the page knows it.
    return page.evaluate("location.hash.slice(1)")


def tile(page: Any, title: str) -> str:
    """Return a headline figure."""
    drawn(page)
    own = page.locator(".strip .tile").filter(has=page.get_by_text(title, exact=True))
    return own.locator(".value").inner_text()


def said(page: Any) -> str:
    """Return what the status line says, flags and all."""
    return " ".join(page.locator("[role=status].said").inner_text().split())


def saved(page: Any, folder: Path) -> Path:
    """Save the scenario with its key, from outside any field."""
    page.get_by_role("tab", selected=True).focus()
    with page.expect_download() as waiting:
        page.keyboard.press("s")
    path = folder / waiting.value.suggested_filename
    waiting.value.save_as(path)
    return path


def choose(page: Any, name: str) -> None:
    """Find a district by its name, and choose it."""
    page.get_by_role("combobox", name="Find a district, area or body").fill(name)
    page.get_by_role("option").filter(has_text=f"{name}district").first.click()


def move(page: Any, to: str, *, reason: str = "") -> None:
    """Move what is chosen, when the page has drawn all of the step before."""
    drawn(page)
    form = page.locator("form.moveform")
    form.get_by_label("To", exact=True).select_option(to)
    form.get_by_label("Reason").fill(reason)
    form.get_by_role("button", name="Move").click()
    drawn(page)
