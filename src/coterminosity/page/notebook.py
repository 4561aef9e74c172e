"""The negotiating table in a notebook: a move in the map is a move in Python, and back."""

import json
from functools import cache
from typing import Any

from coterminosity.errors import CoterminosityError, ScenarioError
from coterminosity.negotiating.entries import Entry
from coterminosity.page.joining import script, styles
from coterminosity.page.payload import entry_table, payload_of
from coterminosity.scenario import Scenario


def widget(scenario: Scenario, *, note: str = "") -> Any:
    """Return the negotiating table of a scenario as a widget, for Jupyter and marimo.

    Steps taken in the map are in ``widget.scenario`` at once, and a scenario that is set there
    (``widget.scenario = widget.scenario.move("Croydon", to="London")``) shows in the map.

    Parameters
    ----------
    scenario : Scenario
        Base plan and log to open with.
    note : str
        See `page.write_page`.

    Returns
    -------
    anywidget.AnyWidget
        With ``scenario``; ``log``, the steps as JSON, which `observe` watches; and ``problem``, a
        sentence where the last log that came from the map could not be taken.

    Raises
    ------
    CoterminosityError
        Where the package anywidget (extra ``widget``) is not installed.
    """
    try:
        kind = _widget_class()
    except ImportError as error:
        raise CoterminosityError(
            "the notebook widget needs the package anywidget: pip install 'coterminosity[widget]'"
        ) from error
    return kind(scenario, note=note)


def log_text(scenario: Scenario) -> str:
    """Return the log of a scenario as JSON, letter for letter as the page writes it."""
    steps = [entry_table(entry) for entry in scenario.entries]
    return json.dumps(steps, ensure_ascii=False, separators=(",", ":"))


def with_log(scenario: Scenario, text: str) -> Scenario:
    """Return the scenario with the log that the page wrote in place of its own.

    Raises
    ------
    ScenarioError
        Where the text is no log, or does not replay.
    """
    try:
        steps = json.loads(text)
    except ValueError as error:
        raise ScenarioError(f"the log that came from the map is not JSON: {error}") from error
    if not isinstance(steps, list):
        raise ScenarioError(f"the log that came from the map is no list of steps: {text[:40]}")
    entries = tuple(
        Entry.from_table(step, where=f"step {number}") for number, step in enumerate(steps, 1)
    )
    return scenario.with_entries(entries)


@cache
def _widget_class() -> Any:
    """Return the class of the widget; anywidget is loaded only here."""
    import anywidget
    import traitlets

    class NegotiatingTable(anywidget.AnyWidget):
        """The negotiating table of one base plan."""

        _esm = script()
        _css = styles()
        payload = traitlets.Unicode("").tag(sync=True)
        log = traitlets.Unicode("[]").tag(sync=True)
        problem = traitlets.Unicode("").tag(sync=True)

        def __init__(self, scenario: Scenario, *, note: str) -> None:
            self._scenario = scenario
            super().__init__(payload=payload_of(scenario, note=note), log=log_text(scenario))

        @property
        def scenario(self) -> Scenario:
            """The scenario as it is in the map now."""
            return self._scenario

        @scenario.setter
        def scenario(self, scenario: Scenario) -> None:
            if scenario.head != self._scenario.head:
                raise ScenarioError(
                    "a widget shows one base plan; make another widget for this scenario"
                )
            self._scenario = scenario
            self.log = log_text(scenario)

        @traitlets.observe("log")
        def _take(self, change: Any) -> None:
            if change["new"] == log_text(self._scenario):
                return
            try:
                self._scenario = with_log(self._scenario, change["new"])
                self.problem = ""
            except CoterminosityError as error:
                # What cannot be taken goes back to what was there, here and in the map.
                self.problem = str(error)
                self.log = log_text(self._scenario)

    return NegotiatingTable
