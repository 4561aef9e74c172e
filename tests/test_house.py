"""The rules of the house: which room may import which, sizes, quiet imports, documentation."""

import ast
import importlib
import inspect
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import coterminosity as ct
from tests.conftest import ROOT

SOURCE = ROOT / "src" / "coterminosity"
# Imports point upward in this list only.
ROOMS = [
    ("ground", ["errors"]),
    (
        "store",
        [
            "naming",
            "catalogue",
            "cache",
            "geometry",
            "gss",
            "tables",
            "columns",
            "sniffing",
            "opening",
            "delimited",
            "drawn_tables",
            "counting",
            "reading",
            "grids",
            "mending",
            "building",
            "walks",
            "matching",
            "topology",
            "clipping",
            "vintages",
            "regrouping",
            "reshaping",
            "checks",
            "layer",
            "folder",
            "locate",
            "portal",
            "connection",
            "mirror",
            "fetch",
            "loading",
            "tabular",
            "figures",
            "writing",
        ],
    ),
    (
        "overlay",
        [
            "overlay",
            "lookup",
            "population",
            "overlap",
            "atoms",
            "schematic",
            "land",
            "nearness",
            "coincidence",
        ],
    ),
    ("measure", ["scores", "need", "money", "governing"]),
    ("graph", ["adjacency", "units", "england"]),
    (
        "decide",
        [
            "recombination",
            "chance",
            "demands",
            "brief",
            "certificate",
            "plan",
            "proposing",
            "plan_files",
        ],
    ),
    ("tell", ["auditing", "negotiating", "scenario"]),
    ("show", ["maps", "diagrams", "page", "reporting", "exploring"]),
    (
        "door",
        [
            "gathering",
            "picturing",
            "chain",
            "comparing",
            "measuring",
            "terminal",
            "store_commands",
            "score_commands",
            "plan_commands",
            "scenario_commands",
            "seating",
            "spoken_steps",
            "page_commands",
            "report_commands",
            "picture_commands",
            "cli",
            "__init__",
            "__main__",
        ],
    ),
]
# Modules of the store are the only ones to read files; these write their own.
WRITERS = {"maps.canvas", "chain"}
FORBIDDEN = {
    "store": {"networkx", "matplotlib"},
    "overlay": {"networkx", "matplotlib", "pyogrio"},
    "measure": {"networkx", "matplotlib", "shapely", "geopandas", "pyogrio"},
    "graph": {"matplotlib", "pyogrio"},
    "decide": {"matplotlib", "shapely", "geopandas", "pyogrio", "networkx"},
    "tell": {"matplotlib", "pyogrio"},
}
FILES = sorted(SOURCE.rglob("*.py"))
MODULES = {
    ".".join(["coterminosity", *path.relative_to(SOURCE).with_suffix("").parts]) for path in FILES
}


def room_of(module: str) -> int:
    top = module.split(".")[0] if module else "__init__"
    return next(k for k, (_, modules) in enumerate(ROOMS) if top in modules)


def module_of(path: Path) -> str:
    parts = path.relative_to(SOURCE).with_suffix("").parts
    return ".".join(p for p in parts if p != "__init__") or "__init__"


def imports(path: Path) -> set[str]:
    found = set()
    tree = ast.parse(path.read_text(encoding="utf-8"))
    typing_only = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)
        for inner in ast.walk(node)
    }
    for node in ast.walk(tree):
        if id(node) in typing_only:
            continue
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            if node.module == "coterminosity":
                found |= {f"coterminosity.{alias.name}" for alias in node.names}
            else:
                inner = {f"{node.module}.{alias.name}" for alias in node.names}
                modules = {name for name in inner if name in MODULES}
                found |= modules or {node.module or ""}
    return found


def test_every_module_has_a_room():
    assert {module_of(path).split(".")[0] for path in FILES} == {
        module for _, modules in ROOMS for module in modules
    }


@pytest.mark.parametrize("path", FILES, ids=module_of)
def test_imports_point_upward(path):
    own = module_of(path)
    for name in imports(path):
        if name.startswith("coterminosity.") and not name.startswith("coterminosity.__"):
            other = name.removeprefix("coterminosity.")
            assert room_of(other) <= room_of(own), f"{own} imports {other}"
        room, _ = ROOMS[room_of(own)]
        assert name.split(".")[0] not in FORBIDDEN.get(room, set()), f"{own} imports {name}"


def test_modules_do_not_import_each_other_in_circles():
    import networkx as nx

    graph = nx.DiGraph()
    for path in FILES:
        for name in imports(path):
            if name.startswith("coterminosity."):
                other = name.removeprefix("coterminosity.")
                if other.split(".")[0] not in ("__version__",):
                    graph.add_edge(module_of(path), other)
    circles = [c for c in nx.simple_cycles(graph) if len(c) > 1]
    assert circles == []


@pytest.mark.parametrize("path", FILES, ids=module_of)
def test_files_and_functions_stay_small(path):
    text = path.read_text(encoding="utf-8")
    assert text.count("\n") <= 400
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef):
            start = node.body[0]
            docstring = ast.get_docstring(node, clean=False)
            lines = (node.end_lineno or 0) - start.lineno + 1
            lines -= (docstring.count("\n") + 1) if docstring else 0
            assert lines <= 60, f"{node.name} has {lines} lines"


@pytest.mark.parametrize("path", FILES, ids=module_of)
def test_names_are_of_the_field(path):
    assert path.stem not in {"utils", "util", "helpers", "helper", "manager", "common", "misc"}
    tree = ast.parse(path.read_text(encoding="utf-8"))
    names = {
        node.name for node in ast.walk(tree) if isinstance(node, (ast.FunctionDef, ast.ClassDef))
    }
    assert not {n for n in names if any(w in n.lower() for w in ("helper", "manager", "process"))}


@pytest.mark.parametrize("path", FILES, ids=module_of)
def test_the_library_prints_nothing(path):
    calls = [
        node
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("print", "input")
    ]
    assert not calls


def test_importing_is_quiet():
    """No output, no data library, no plotting, no file of ours but the package itself."""
    script = (
        "import sys, builtins\n"
        "opened = []\n"
        "hook = lambda name, args: opened.append(str(args[0])) if name == 'open' else 0\n"
        "sys.addaudithook(hook)\n"
        "import coterminosity\n"
        "heavy = {'matplotlib', 'geopandas', 'networkx', 'pandas'} & set(sys.modules)\n"
        "read = [p for p in opened if 'boundaries' in p]\n"
        "sys.exit(f'{heavy} {read}' if heavy or read else 0)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_working_without_maps_loads_no_matplotlib():
    script = (
        "import sys, coterminosity as ct\n"
        "data = ct.england_2017(); ct.propose(data.graph, data.atoms)\n"
        "sys.exit('matplotlib' in sys.modules)\n"
    )
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0


def public_functions() -> list[tuple[str, object]]:
    found = []
    for path in FILES:
        module = importlib.import_module(
            f"coterminosity.{module_of(path)}".removesuffix(".__init__")
        )
        if path.stem in ("__main__", "cli"):
            continue
        for name, value in vars(module).items():
            own = getattr(value, "__module__", "") == module.__name__
            if own and name[0] != "_" and (inspect.isfunction(value) or inspect.isclass(value)):
                found.append((f"{module.__name__}.{name}", value))
    return found


@pytest.mark.parametrize(
    ("name", "value"), [pytest.param(name, value, id=name) for name, value in public_functions()]
)
def test_every_public_name_is_documented(name, value):
    assert inspect.getdoc(value), name
    if inspect.isclass(value):
        for attribute, member in vars(value).items():
            if attribute[0] != "_" and (inspect.isfunction(member) or isinstance(member, property)):
                assert inspect.getdoc(member), f"{name}.{attribute}"


def test_the_public_face_is_what_it_says():
    for name in ct.__all__:
        assert getattr(ct, name) is not None
    with pytest.raises(AttributeError, match="no attribute 'magic'"):
        ct.magic  # noqa: B018
    assert set(dir(ct)) >= {"Atoms", "propose", "maps"}


def test_versions_agree():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert project["version"] == ct.__version__
    assert f"version: {ct.__version__}" in (ROOT / "CITATION.cff").read_text()
    for needed in ("geopandas", "shapely", "pyproj", "networkx", "matplotlib", "rtree"):
        assert any(entry.startswith(needed) for entry in project["dependencies"])
        used = [p for p in FILES if any(n.split(".")[0] == needed for n in imports(p))]
        assert used, f"{needed} is a dependency without a purpose"
