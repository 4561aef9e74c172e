"""Joining the page's own ES modules into one, so that a page is one file and needs no server."""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from coterminosity.errors import CoterminosityError, listed

SCRIPT = Path(__file__).parent / "script"
MAIN = "main.js"

_IMPORT = re.compile(r'^import\s*\{([^}]*)\}\s*from\s*"(\.{1,2}/[^"\n]+)";\n?', re.MULTILINE)
_AGAIN = re.compile(r'^export\s*\{([^}]*)\}\s*from\s*"(\.{1,2}/[^"\n]+)";\n?', re.MULTILINE)
_NOTHING = re.compile(r"^export\s*\{\s*\};\n?", re.MULTILINE)
_DECLARED = re.compile(
    r"^(export\s+)?(?:async\s+)?(?:function\*?|class|const|let|var)\s+([\w$]+|[\[{])", re.MULTILINE
)
_LEFT_OVER = re.compile(r"^(?:import|export)\b[^\n]*", re.MULTILINE)
_DEFAULT = "export default "


@dataclass(frozen=True, kw_only=True)
class _Module:
    """One source file, taken apart.

    Attributes
    ----------
    name : str
        Path below the folder of scripts.
    needs : tuple of (str, tuple of str)
        Modules it imports from, in order, and what.
    body : str
        Its text without imports.
    declared, exported : tuple of str
        Names at the top of it, and those that others may import.
    again : tuple of str
        Names of other modules that it exports again.
    """

    name: str
    needs: tuple[tuple[str, tuple[str, ...]], ...]
    body: str
    declared: tuple[str, ...]
    exported: tuple[str, ...]
    again: tuple[str, ...]


@cache
def script() -> str:
    """Return the page's script as one ES module."""
    return joined(SCRIPT, MAIN)


@cache
def styles() -> str:
    """Return the page's style sheet: every ``.css`` of the page, by name."""
    files = sorted(SCRIPT.parent.rglob("*.css"))
    return "\n".join(path.read_text(encoding="utf-8") for path in files)


def joined(folder: Path, entry: str) -> str:
    """Return a module with all that it imports as one ES module.

    Modules stand in one scope in the order in which they need each other; imports are taken out,
    and only the entry's exports are left. The same files give the same text.

    Parameters
    ----------
    folder : Path
        Where modules are; they name each other by relative paths.
    entry : str
        The module whose exports are kept.

    Raises
    ------
    CoterminosityError
        Where modules need each other in a circle, two declare the same name, one imports what
        another does not export, or a form is used that cannot be joined.
    """
    modules: dict[str, _Module] = {}
    order: list[str] = []
    _visit(folder, entry, (), modules, order)
    owners: dict[str, str] = {}
    for name in order:
        for own in modules[name].declared:
            if own in owners:
                raise CoterminosityError(
                    f"script: {own} is declared in {owners[own]} and in {name}; all modules share "
                    "one scope, so rename one"
                )
            owners[own] = name
    for name in order:
        _check_imports(modules, name)
    parts = [_part(modules[name], kept=name == entry) for name in order]
    again = modules[entry].again
    if again:
        parts.append(f"export {{ {', '.join(again)} }};\n")
    return "\n".join(parts)


def _visit(
    folder: Path, name: str, above: tuple[str, ...], modules: dict[str, _Module], order: list[str]
) -> None:
    """Put a module into the order, after those it needs."""
    if name in above:
        circle = (*above[above.index(name) :], name)
        raise CoterminosityError(f"script: modules in a circle: {' needs '.join(circle)}")
    if name in modules:
        return
    module = _read(folder, name)
    for other, _ in module.needs:
        _visit(folder, other, (*above, name), modules, order)
    modules[name] = module
    order.append(name)


def _read(folder: Path, name: str) -> _Module:
    path = folder / name
    if not path.is_file():
        raise CoterminosityError(f"script: there is no module {name}")
    text = path.read_text(encoding="utf-8")
    needs = [
        (_beside(name, found[2]), _names(found[1], name))
        for pattern in (_IMPORT, _AGAIN)
        for found in pattern.finditer(text)
    ]
    again = [own for found in _AGAIN.finditer(text) for own in _names(found[1], name)]
    body = _NOTHING.sub("", _AGAIN.sub("", _IMPORT.sub("", text)))
    declared = [(bool(found[1]), found[2]) for found in _DECLARED.finditer(body)]
    if any(own in "[{" for _, own in declared):
        raise CoterminosityError(f"script: {name} takes a value apart at its top; name each part")
    for line in _LEFT_OVER.findall(body):
        if not _DECLARED.match(line) and not line.startswith(_DEFAULT):
            raise CoterminosityError(f"script: {name}: cannot join {line!r}")
    exported = [own for is_exported, own in declared if is_exported]
    return _Module(
        name=name,
        needs=tuple(needs),
        body=body.strip("\n") + "\n",
        declared=tuple(own for _, own in declared),
        exported=(*exported, *again),
        again=tuple(again),
    )


def _beside(name: str, other: str) -> str:
    """Return the path below the folder of a module that another names by a relative path."""
    parts = name.split("/")[:-1]
    for part in other.split("/"):
        if part == "..":
            parts = parts[:-1]
        elif part != ".":
            parts.append(part)
    return "/".join(parts)


def _names(text: str, module: str) -> tuple[str, ...]:
    names = tuple(own.strip() for own in text.split(",") if own.strip())
    strange = [own for own in names if not re.fullmatch(r"[\w$]+", own)]
    if strange:
        raise CoterminosityError(f"script: {module}: cannot join {listed(strange)}; import by name")
    return names


def _check_imports(modules: dict[str, _Module], name: str) -> None:
    for other, names in modules[name].needs:
        missing = [own for own in names if own not in modules[other].exported]
        if missing:
            raise CoterminosityError(f"script: {name} needs {listed(missing)}, not in {other}")


def _part(module: _Module, *, kept: bool) -> str:
    body = module.body
    if not kept:
        if _DEFAULT in body:
            raise CoterminosityError(f"script: {module.name}: only {MAIN} may export a default")
        body = _DECLARED.sub(lambda found: found[0].removeprefix(found[1] or ""), body)
    return f"// {module.name}\n{body}"
