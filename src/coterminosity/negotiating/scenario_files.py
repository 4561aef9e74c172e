"""Scenario files: everything that it takes to make a scenario again, byte for byte."""

import hashlib
import re
import tomllib
import warnings
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import pandas as pd
import tomli_w

from coterminosity.atoms import ATOM_LAYER, Atoms
from coterminosity.brief import Brief
from coterminosity.england import england_2017
from coterminosity.errors import (
    BriefError,
    CoterminosityWarning,
    ScenarioError,
    listed,
    nearest,
)
from coterminosity.negotiating.entries import Entry
from coterminosity.plan import DECISION_COLUMNS, Basis, Plan
from coterminosity.plan_files import PlanFile
from coterminosity.proposing import propose
from coterminosity.proposing.assembling import input_hashes, versions
from coterminosity.units import UnitGraph

FORMAT = "coterminosity scenario 1"
SCENARIO = "coterminosity scenario "
_STEP = "\n[[log]]\n"
_FIRST_LINE = re.compile(r'format = "([^"]*)"')
_KEYS = {"format", "name", "versions", "inputs", "base", "brief", "log", "end"}


@dataclass(frozen=True, eq=False, kw_only=True)
class ScenarioText:
    """What a scenario file holds.

    Attributes
    ----------
    name : str
        Title.
    base : PlanFile
        Areas of the base plan, its brief, ``method`` and ``inputs``.
    seeds : dict of str to str
        Code of the region that leads an area, by area.
    negotiate : tuple of str
        Codes of units that the base plan left to negotiation.
    entries : tuple of Entry
        The log.
    """

    name: str
    base: PlanFile
    seeds: dict[str, str]
    negotiate: tuple[str, ...]
    entries: tuple[Entry, ...]

    @property
    def brief(self) -> Brief:
        """The brief of the base plan."""
        assert self.base.brief is not None
        return self.base.brief


def head_of(name: str, plan: Plan, *, need: pd.DataFrame | None = None) -> str:
    """Return a scenario file down to its log: title, versions, hashes of inputs, brief, base plan.

    Raises
    ------
    BriefError
        Where the plan does not know what it was made of.
    """
    if plan.basis is None:
        raise BriefError("this plan does not know its graph and atoms; propose it anew")
    areas: dict[str, list[str]] = {}
    for code, area in plan.units["area"].items():
        areas.setdefault(str(area), []).append(str(code))
    table = {
        "format": FORMAT,
        "name": name,
        "versions": {"coterminosity": versions()["coterminosity"]},
        "inputs": hashes_of(plan.basis.graph, plan.basis.atoms, need),
        "base": {
            "method": plan.method,
            "open": areas.pop("", []),
            "negotiate": [str(code) for code in plan.contested.index],
            "seeds": {
                str(a): str(s)
                for a, s in plan.areas["seed"].sort_index().items()
                if s and a in areas
            },
            "areas": {area: areas[area] for area in sorted(areas)},
        },
        # Choices that are empty tables say nothing, and are what is read back without them.
        "brief": {k: v for k, v in tomllib.loads(plan.brief.to_toml()).items() if v != {}},
    }
    return tomli_w.dumps(table)


def text_of(head: str, entries: tuple[Entry, ...]) -> str:
    """Return a whole scenario file: its head, a block for each step, and how many there are.

    The last block tells a file that was cut off from one that is whole.
    """
    end = f"[end]\nsteps = {len(entries)}\n"
    return "\n".join([head, *(entry.to_toml() for entry in entries), end])


def hashes_of(graph: UnitGraph, atoms: Atoms, need: pd.DataFrame | None = None) -> dict[str, str]:
    """Return a sha256 of each table that a scenario stands on."""
    own = dict(_hashes(graph, atoms))
    if need is not None:
        text = need.sort_index().to_csv(float_format="%.12g", lineterminator="\n")
        own["need"] = hashlib.sha256(text.encode()).hexdigest()
    return own


@lru_cache(maxsize=8)
def _hashes(graph: UnitGraph, atoms: Atoms) -> tuple[tuple[str, str], ...]:
    return tuple(input_hashes(graph, atoms).items())


def format_of(text: str) -> str:
    """Return what a text of TOML says it is; empty where it says nothing or is none."""
    try:
        return str(tomllib.loads(text).get("format", ""))
    except tomllib.TOMLDecodeError:
        # A damaged scenario is still told by its first line.
        found = _FIRST_LINE.match(text)
        return found[1] if found else ""


def parse(text: str, *, where: str, fit: bool = False) -> ScenarioText:
    """Return what the text of a scenario file holds.

    Parameters
    ----------
    text : str
        Of the file.
    where : str
        The file, for messages.
    fit : bool
        Read what can be read of a log that was cut off or damaged; a warning says what was set
        aside.

    Raises
    ------
    ScenarioError
        Where it is no such text, of another version, or damaged: one sentence that says where.
    """
    table, aside = _tables(text, where, fit=fit)
    form = table.get("format")
    if form != FORMAT:
        remedy = _remedy(form) if isinstance(form, str) and form.startswith(SCENARIO) else ""
        raise ScenarioError(f"{where}: wanted a scenario file (format = {FORMAT!r}), got "
                            f"{form!r}{remedy}")  # fmt: skip
    strange = sorted(set(table) - _KEYS)
    if strange:
        raise ScenarioError(f"{where}: a scenario has no {listed(strange)}"
                            f"{nearest(strange[0], _KEYS)}")  # fmt: skip
    base = _part(table, "base", where)
    brief = Brief.from_toml(tomli_w.dumps(_part(table, "brief", where)), where=f"{where}: brief")
    area = _areas(base, where)
    seeds = {str(a): str(s) for a, s in _part(base, "seeds", f"{where}: base").items()}
    log = table.get("log", [])
    if not isinstance(log, list):
        raise ScenarioError(f"{where}: wanted steps as [[log]], got {log!r}")
    if not (fit and "end" not in table):
        steps = _part(table, "end", where).get("steps")
        text = f"{where}: wanted {steps} steps, as [end] says, got {len(log)}; the file lacks some"
        if steps != len(log) and not fit:
            raise ScenarioError(f"{text}, or was changed by hand without correcting [end]")
        aside += [] if steps == len(log) else [text.removeprefix(f"{where}: ")]
    elif not aside:
        aside = ["the file was cut off after its last whole step"]
    entries = _entries(log, where, aside, fit=fit)
    if aside:
        warnings.warn(f"{where}: {'; '.join(aside)}; what could be read is shown",
                      CoterminosityWarning, stacklevel=2)  # fmt: skip
    return ScenarioText(
        name=str(table.get("name", "")),
        base=PlanFile(
            assignment=area,
            brief=brief,
            about={"method": base.get("method", "given"), "inputs": _part(table, "inputs", where)},
        ),
        seeds=seeds,
        negotiate=tuple(_checked_codes(base.get("negotiate", []), f"{where}: negotiate")),
        entries=entries,
    )


def _remedy(form: str) -> str:
    """Return what to do about a scenario of another version of the format."""
    number = form.removeprefix(SCENARIO)
    if number.isdecimal() and int(number) > int(FORMAT.removeprefix(SCENARIO)):
        return "; a newer coterminosity wrote it: install that to open it"
    return "; open it with the version that wrote it and save it again"


def _tables(text: str, where: str, *, fit: bool) -> tuple[dict[str, Any], list[str]]:
    """Return the tables of a text, and what was set aside of it: all from where it is no TOML."""
    whole = text
    while True:
        try:
            table = tomllib.loads(text)
            break
        except tomllib.TOMLDecodeError as error:
            shorter = text.rfind(_STEP)
            if not fit or shorter < 0:
                raise ScenarioError(f"{where}: cannot be read as a scenario ({error})") from error
            text = text[: shorter + 1]
    lost = whole.count(_STEP) - text.count(_STEP)
    return table, [f"set aside: the last {lost} steps of the text, damaged"] if lost else []


def _entries(log: list[Any], where: str, aside: list[str], *, fit: bool) -> tuple[Entry, ...]:
    """Return the steps of a log; those that are none are told in ``aside``, or refused."""
    found = []
    for number, own in enumerate(log, start=1):
        try:
            found.append(Entry.from_table(own, where=f"{where}: step {number}"))
        except ScenarioError as error:
            if not fit:
                raise
            aside.append(f"set aside: {str(error).removeprefix(f'{where}: ')}")
    return tuple(found)


def _part(table: dict[str, Any], name: str, where: str) -> dict[str, Any]:
    part = table.get(name, {} if name == "seeds" else None)
    if not isinstance(part, dict):
        raise ScenarioError(f"{where}: no table [{name}]; the file is damaged or cut off")
    return part


def _areas(base: dict[str, Any], where: str) -> pd.Series:
    """Return area by code, after a look for units that stand twice and areas without any."""
    groups = {**_part(base, "areas", f"{where}: base"), "": base.get("open", [])}
    found: dict[str, str | None] = {}
    for name, codes in groups.items():
        _checked_codes(codes, f"{where}: area {name!r}")
        if name and not codes:
            raise ScenarioError(f"{where}: area {name!r} has no units; remove it or give it some")
        double = [code for code in codes if code in found or codes.count(code) > 1]
        if double:
            raise ScenarioError(
                f"{where}: {listed(sorted(set(double)))} stand twice; keep one area each"
            )
        found |= dict.fromkeys(codes, name or None)
    return pd.Series(found, dtype="object").sort_index()


def _checked_codes(codes: Any, where: str) -> list[str]:
    if not isinstance(codes, list) or not all(isinstance(code, str) for code in codes):
        raise ScenarioError(f"{where} must be a list of codes, got {codes!r}")
    return codes


def base_plan(
    given: ScenarioText, graph: UnitGraph, atoms: Atoms, *, need: pd.DataFrame | None,
    where: str, fit: bool = False,
) -> Plan:  # fmt: skip
    """Return the plan that a scenario starts from, after a look whether the inputs are its own.

    Parameters
    ----------
    given : ScenarioText
        What the file holds.
    graph, atoms, need
        What it shall stand on.
    where : str
        The file, for messages.
    fit : bool
        Open what fits although inputs differ, with a warning.

    Raises
    ------
    ScenarioError
        Where inputs differ or units are others, and ``fit`` is not set.
    """
    recorded, own = given.base.about["inputs"], hashes_of(graph, atoms, need)
    differing = sorted(k for k in {*recorded, *own} if recorded.get(k) != own.get(k))
    area = given.base.assignment
    strange = sorted(set(area.index) ^ set(map(str, graph.units.index)))
    if differing:
        text = f"{where} was made of other inputs than these: {listed(differing)} differ"
        if strange:
            text += f", and units: {listed(strange)}"
        if not fit:
            raise ScenarioError(
                f"{text}; give the boundaries and figures that it was made of, or open what fits "
                "(--fit)"
            )
        warnings.warn(f"{text}; what fits is shown", CoterminosityWarning, stacklevel=2)
    elif strange:
        raise ScenarioError(f"{where}: its base plan is of other units: {listed(strange)}")
    return _restored(given, area.reindex(graph.units.index), graph, atoms)


def _restored(given: ScenarioText, area: pd.Series, graph: UnitGraph, atoms: Atoms) -> Plan:
    """Return the base plan: as the rules propose it where they do, with reasons; else as given."""
    method, brief = str(given.base.about["method"]), given.brief
    area = area.astype("object").where(area.notna(), None)
    if method == "reform":
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", CoterminosityWarning)
            plan = propose(graph, atoms, brief)
        if plan.units["area"].to_list() == area.fillna("").to_list():
            return plan
    return given_plan(
        area, graph, atoms, brief, method=method, seeds=given.seeds, negotiate=given.negotiate
    )


def given_plan(
    area: pd.Series, graph: UnitGraph, atoms: Atoms, brief: Brief, *, method: str = "given",
    seeds: dict[str, str] | None = None, negotiate: tuple[str, ...] = (),
) -> Plan:  # fmt: skip
    """Return a plan of areas that someone gives; units without an area are to negotiate."""
    text = area.where(area.notna(), "").astype("str")
    flag = pd.Series("", index=text.index).mask(
        text.index.isin(negotiate) | (text == ""), "negotiate"
    )
    names = sorted(set(text) - {""})
    units = pd.DataFrame(
        {"name": graph.units["name"].astype("str"), "area": text, "class": "", "flag": flag},
        index=text.index,
    )
    log = pd.DataFrame(
        {
            "step": range(1, len(text) + 1), "layer": brief.unit_layer, "unit": text.index,
            "name": units["name"].to_numpy(), "class": "", "from": "", "to": text.to_numpy(),
            "rule": method, "why": "given", "score_before": float("nan"),
            "score_after": float("nan"), "flag": flag.to_numpy(),
        }
    )  # fmt: skip
    return Plan(
        units=units.rename_axis("code"),
        areas=pd.DataFrame(
            {"seed": [(seeds or {}).get(name, "") for name in names]},
            index=pd.Index(names, name="area"),
        ),
        decisions=log[DECISION_COLUMNS],
        alternatives=pd.DataFrame({"unit": [], "name": [], "area": []}, dtype="str"),
        brief=brief,
        method=method,
        basis=Basis(graph=graph, atoms=atoms),
    )


def read_text(path: str | Path) -> str:
    """Return the text of a scenario file.

    Raises
    ------
    ScenarioError
        Where there is no such file, or it is no text.
    """
    path = Path(path)
    if not path.is_file():
        raise ScenarioError(f"{path}: no such scenario; check the spelling and the folder")
    try:
        # With the mark that some editors put before a text, or without.
        return path.read_text(encoding="utf-8-sig").replace("\r\n", "\n")
    except (OSError, UnicodeDecodeError) as error:
        raise ScenarioError(f"{path}: cannot be read as a scenario ({error})") from error


def embedded_units(unit_layer: str) -> tuple[UnitGraph, Atoms]:
    """Return graph and atoms of the embedded figures of England 2017, by districts or atoms.

    Raises
    ------
    ScenarioError
        Where units are others.
    """
    data = england_2017()
    if unit_layer == "lad":
        return data.graph, data.atoms
    if unit_layer == ATOM_LAYER:
        return data.atom_graph, data.atoms.as_units()
    raise ScenarioError(
        f"units of layer {unit_layer!r} are not embedded; give the graph and the atoms"
    )
