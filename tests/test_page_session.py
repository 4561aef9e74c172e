"""What a page keeps: links, files, the browser's store; checked in node where there is one."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

import coterminosity as ct
from coterminosity.page.joining import SCRIPT, joined
from coterminosity.page.payload import payload_of

NODE = shutil.which("node")
pytestmark = pytest.mark.skipif(NODE is None, reason="node, which runs the engine, is absent")
RUN = Path(__file__).with_name("session_run.mjs")
CHECKS = re.findall(r'^  async "(.+)"\(\) \{$', RUN.read_text("utf-8"), re.MULTILINE)


@pytest.fixture(scope="module")
def results(tmp_path_factory) -> dict[str, str]:
    folder = tmp_path_factory.mktemp("session")
    data = ct.england_2017()
    scenario = ct.Scenario(ct.propose(data.graph, data.atoms), name="Negotiating table")
    (folder / "payload.json").write_text(payload_of(scenario), encoding="utf-8")
    (folder / "engine.mjs").write_text(joined(SCRIPT, "engine.js"), encoding="utf-8")
    words = [NODE, RUN, folder / "engine.mjs", folder / "payload.json"]
    done = subprocess.run(words, capture_output=True, text=True, check=False, encoding="utf-8")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.parametrize("name", CHECKS)
def test_the_session(results, name):
    assert results[name] == ""


def test_every_check_ran(results):
    assert list(results) == CHECKS
    assert len(CHECKS) >= 20
