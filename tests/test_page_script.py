"""The script of the page: many modules joined into one, and shipped with the package."""

import zipfile
from pathlib import Path

import pytest

from coterminosity.errors import CoterminosityError
from coterminosity.page.joining import SCRIPT, joined, script, styles
from tests.conftest import ROOT

MODULES = sorted(SCRIPT.rglob("*.js"))


def folder(tmp_path: Path, **modules: str) -> Path:
    for name, text in modules.items():
        path = tmp_path / f"{name.replace('__', '/')}.js"
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return tmp_path


def test_modules_stand_before_those_that_need_them_and_each_once(tmp_path):
    own = folder(
        tmp_path,
        main='import { b } from "./b.js";\nimport { c } from "./in/c.js";\n\n'
        "export function start() { return b + c; }\nexport default { start };\n",
        b='import { c } from "./in/c.js";\n\n/** B. */\nexport const b = c + 1;\n',
        in__c='import {\n  d,\n} from "../d.js";\n\nexport const c = d;\n',
        d="export const d = 1;\nconst e = 2;\n\nexport {};\n",
    )
    text = joined(own, "main.js")
    assert text == (
        "// d.js\nconst d = 1;\nconst e = 2;\n\n// in/c.js\nconst c = d;\n\n"
        "// b.js\n/** B. */\nconst b = c + 1;\n\n"
        "// main.js\nexport function start() { return b + c; }\nexport default { start };\n"
    )
    assert joined(own, "main.js") == text


def test_what_an_entry_exports_again_is_exported_once_by_name(tmp_path):
    own = folder(
        tmp_path, main='export { a, b } from "./a.js";\n',
        a="export const a = 1;\nexport async function b() {}\nexport class C {}\n",
    )  # fmt: skip
    assert joined(own, "main.js").endswith("export { a, b };\n")
    assert "export async" not in joined(own, "main.js")


@pytest.mark.parametrize(
    ("modules", "message"),
    [
        ({"main": 'import { a } from "./a.js";\n', "a": "const a = 1;\n"}, "needs a, not in a.js"),
        ({"main": 'import { a } from "./a.js";\n'}, "there is no module a.js"),
        (
            {"main": 'import { a } from "./a.js";\nconst x = 1;\n',
             "a": "export const a = 1;\nfunction x() {}\n"},
            "x is declared in a.js and in main.js; all modules share one scope",
        ),
        (
            {"main": 'import { a } from "./a.js";\n',
             "a": 'import { b } from "./b.js";\nexport const a = b;\n',
             "b": 'import { a } from "./a.js";\nexport const b = a;\n'},
            "modules in a circle: a.js needs b.js needs a.js",
        ),
        ({"main": 'import { a as b } from "./a.js";\n', "a": "export const a = 1;\n"}, "a as b"),
        ({"main": 'import * as b from "./a.js";\n', "a": ""}, "cannot join 'import * as b"),
        ({"main": 'import b from "lodash";\n'}, "cannot join 'import b"),
        ({"main": "const { a, b } = window;\n"}, "takes a value apart at its top"),
        ({"main": 'import { a } from "./a.js";\n', "a": "export const a = 1;\nexport default a;\n"},
         "only main.js may export a default"),
    ],
    ids=["not exported", "no file", "clash", "circle", "as", "star", "foreign", "apart", "default"],
)  # fmt: skip
def test_what_cannot_be_joined_is_refused(tmp_path, modules, message):
    with pytest.raises(CoterminosityError) as caught:
        joined(folder(tmp_path, **modules), "main.js")
    assert message in str(caught.value)


def test_the_pages_own_script_is_one_module_without_foreign_code():
    text = script()
    lines = text.splitlines()
    assert not [line for line in lines if line.startswith("import ")]
    assert [line for line in lines if line.startswith("export default")] == [
        "export default { render };"
    ]
    for name in ("main.js", "engine.js", "table.js", "view/mount.js"):
        assert f"// {name}" in lines
    for word in ("http://", "https://", "fetch(", "XMLHttpRequest", "WebSocket", "sendBeacon",
                 "importScripts", "eval(", "new Function", "innerHTML", "insertAdjacentHTML",
                 "document.write"):  # fmt: skip
        assert word not in text.replace("http://www.w3.org/2000/svg", ""), word
    assert "url(" not in styles().replace("url(#", "").replace("url(data:", "")
    assert "@import" not in styles()


def test_every_module_is_part_of_the_script():
    used = {line[3:] for line in script().splitlines() if line.startswith("// ")}
    unused = {path.relative_to(SCRIPT).as_posix() for path in MODULES} - used
    assert unused == {"types.js"}  # shapes in words, no code


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.name)
def test_modules_stay_small_and_say_what_they_are(path):
    text = path.read_text(encoding="utf-8")
    assert text.count("\n") <= 400
    assert text.lstrip().startswith(("/**", "/*", "//"))
    assert "TODO" not in text
    assert "console." not in text


def test_the_wheel_holds_the_script(tmp_path):
    build = pytest.importorskip("hatchling.builders.wheel")
    builder = build.WheelBuilder(str(ROOT))
    (wheel,) = builder.build(directory=str(tmp_path), versions=["standard"])
    names = set(zipfile.ZipFile(wheel).namelist())
    for path in [*MODULES, SCRIPT.parent / "styles.css"]:
        inside = path.relative_to(SCRIPT.parents[2]).as_posix()
        assert inside in names
