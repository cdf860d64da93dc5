"""What the product's own code never does, because each of it has opened a door somewhere."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.test_code import ROOT

APPS = [
    "accounts",
    "approvals",
    "audit",
    "components",
    "config",
    "console",
    "customers",
    "formats",
    "inbox",
    "jobs",
    "notifications",
    "operations",
    "portal",
    "resellers",
    "telemetry",
]
FORBIDDEN = {
    "builds objects from bytes": {"pickle", "marshal", "shelve", "dill", "yaml", "jsonpickle"},
    "reads XML": {"xml", "lxml", "defusedxml"},
    "asks other servers": {
        "requests",
        "httpx",
        "aiohttp",
        "http.client",
        "ftplib",
        "urllib.request",
    },
    "makes numbers that can be guessed": {"random"},
    "starts programs": {"subprocess", "pty"},
}
# Why one of them may all the same.
ALLOWED = {
    ("resellers/schema_template.py", "subprocess"): "pg_dump, with our own words and no shell",
    ("formats/tables/sheet_xml.py", "xml"): "expat, and no document type, no entity",
    ("components/guide.py", "mark_safe"): "our own Markdown, without HTML",
    ("components/icons.py", "mark_safe"): "our own files, found by a name that is checked",
    ("notifications/rendering.py", "mark_safe"): "Markdown without HTML, then cleaned by nh3",
}
CALLS = {"eval", "exec", "compile", "os.system", "os.popen", "mark_safe", "md5", "sha1"}
# What turns text into markup or code in a browser, or keeps data there.
SCRIPT = re.compile(
    r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|postMessage"
    r"|localStorage|sessionStorage|indexedDB|document\.cookie|onpaste|[\"']paste[\"']|__proto__"
)
PINNED = re.compile(r"^[a-z0-9._-]+(?:\[[a-z0-9,]+\])?==\S+(?: ; .+)? \\$")


def sources(tree: Path) -> Iterator[tuple[str, str]]:
    for app in APPS:
        for path in sorted((tree / app).rglob("*.py")):
            yield path.relative_to(tree).as_posix(), path.read_text()


def wrong(name: str, source: str) -> list[str]:
    found = []
    for node in ast.walk(ast.parse(source)):
        names = {*_imported(node)}
        for what, modules in FORBIDDEN.items():
            found += [
                (module, f"{name} {what}: {module}")
                for module in sorted(modules)
                if any(each == module or each.startswith(f"{module}.") for each in names)
            ]
        if isinstance(node, ast.Call) and _called(node) in CALLS:
            found.append((_called(node), f"{name} calls {_called(node)}"))
    return [words for what, words in found if (name, what) not in ALLOWED]


def _imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [each.name for each in node.names]
    if isinstance(node, ast.ImportFrom) and node.module:
        return [node.module, *(f"{node.module}.{each.name}" for each in node.names)]
    return []


def _called(call: ast.Call) -> str:
    if isinstance(call.func, ast.Name):
        return call.func.id
    if isinstance(call.func, ast.Attribute):
        owner = call.func.value
        if isinstance(owner, ast.Name) and owner.id == "os":
            return f"os.{call.func.attr}"
        if isinstance(owner, ast.Name) and owner.id == "hashlib":
            return call.func.attr
    return ""


def test_the_code_opens_none_of_the_known_doors() -> None:
    assert [each for name, source in sources(ROOT) for each in wrong(name, source)] == []


@pytest.mark.parametrize(
    "source",
    [
        "import pickle",
        "from pickle import loads",
        "import xml.etree.ElementTree as x",
        "from urllib import request",
        "import requests",
        "import random",
        "from subprocess import run",
        "eval(x)",
        "import os\nos.system(x)",
        "from django.utils.safestring import mark_safe\nmark_safe(x)",
        "import hashlib\nhashlib.md5(x)",
    ],
)
def test_the_rule_sees_each_of_them(source: str) -> None:
    assert len(wrong("accounts/x.py", source)) == 1


def test_what_may_be_there_all_the_same_is_there() -> None:
    known = dict(sources(ROOT))

    for name, module in ALLOWED:
        assert module in known[name]


def test_scripts_write_text_and_keep_nothing_in_the_browser() -> None:
    scripts = sorted((ROOT / "static/portal").glob("*.js"))
    found = [f"{each.name}: {hit}" for each in scripts for hit in SCRIPT.findall(each.read_text())]

    assert found == []
    assert len(scripts) >= 4
    assert SCRIPT.findall("a.innerHTML = b; localStorage.x = 1") == ["innerHTML", "localStorage"]


@pytest.mark.parametrize("lock", ["runtime.txt", "dev.txt"])
def test_every_package_is_pinned_with_its_hashes(lock: str) -> None:
    text = (ROOT / "requirements" / lock).read_text()
    lines = [line for line in text.splitlines() if line and not line.startswith((" ", "#"))]

    assert len(lines) > 40
    assert [line for line in lines if not PINNED.match(line)] == []
    blocks = re.split(r"\n(?=\S)", text)
    packages = [block for block in blocks if PINNED.match(block.splitlines()[0])]
    assert [block for block in packages if "--hash=sha256:" not in block] == []
    assert len(packages) == len(lines)


def test_the_image_holds_neither_history_nor_tests_and_runs_as_nobody() -> None:
    left_out = (ROOT / ".dockerignore").read_text().splitlines()
    recipe = (ROOT / "Dockerfile").read_text()

    assert {".git", ".env", "tests", "var"} <= set(left_out)
    assert "\nUSER portal\n" in recipe
    assert "--require-hashes" in recipe
    assert not re.search(r"^ENV .*(?:SECRET|PASSWORD|TOKEN)", recipe, re.MULTILINE)
