"""Rules about the code itself that no linter knows."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
APPS = [
    "accounts",
    "approvals",
    "audit",
    "cloudaccounts",
    "components",
    "config",
    "console",
    "customers",
    "demo",
    "embedded",
    "inbox",
    "formats",
    "jobs",
    "notifications",
    "operations",
    "portal",
    "resellers",
]
MAX_FUNCTION, MAX_HANDLER, MAX_MODULE = 40, 15, 400
HANDLERS = {"get", "post", "form_valid", "form_invalid"}
RULE_ROOMS = (
    "approvals",
    "audit",
    "cloudaccounts",
    "customers",
    "jobs",
    "notifications",
    "accounts/flows",
    "resellers/flows",
)
SPEAKS_HTTP = {"django.http", "django.forms", "django.shortcuts", "django.views"}


def modules(tree: Path, apps: list[str]) -> Iterator[Path]:
    for app in apps:
        for path in sorted((tree / app).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path


def too_long(path: Path) -> list[str]:
    source = path.read_text()
    found = []
    if len(source.splitlines()) > MAX_MODULE:
        found.append(f"{path}: longer than {MAX_MODULE} lines")
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno:
            limit = MAX_HANDLER if node.name in HANDLERS and "views" in path.parts else MAX_FUNCTION
            if node.end_lineno - node.lineno + 1 > limit:
                found.append(f"{path}:{node.lineno} {node.name} is longer than {limit} lines")
    return found


def imported(path: Path) -> set[str]:
    names = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return names


def enters_a_tenant_by_with(path: Path) -> list[str]:
    """`with tenant:` keeps its stack in a list that all threads share, unlike tenant_context()."""
    return [
        f"{path}:{node.lineno}"
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.With)
        for item in node.items
        if isinstance(item.context_expr, ast.Name)
        and item.context_expr.id in {"tenant", "reseller"}
    ]


def test_functions_handlers_and_modules_stay_short() -> None:
    assert [line for path in modules(ROOT, APPS) for line in too_long(path)] == []


def test_nobody_uses_signals() -> None:
    guilty = [p for p in modules(ROOT, APPS) if any("signals" in name for name in imported(p))]
    assert guilty == []


def test_rules_do_not_speak_http() -> None:
    guilty = [
        (path, names)
        for path in modules(ROOT, APPS)
        if str(path.relative_to(ROOT)).startswith(RULE_ROOMS)
        and (
            names := {n for n in imported(path) if any(n.startswith(each) for each in SPEAKS_HTTP)}
        )
    ]
    assert guilty == []


def test_nobody_enters_a_tenant_in_the_way_that_threads_share() -> None:
    assert [line for path in modules(ROOT, APPS) for line in enters_a_tenant_by_with(path)] == []


@pytest.mark.parametrize(
    ("source", "check"),
    [
        ("def f():\n" + "    pass\n" * 50, too_long),
        ("with tenant:\n    pass\n", enters_a_tenant_by_with),
    ],
)
def test_the_rules_bite(tmp_path: Path, source: str, check: object) -> None:
    module = tmp_path / "module.py"
    module.write_text(source)

    assert callable(check)
    assert check(module)


def test_the_http_rule_bites(tmp_path: Path) -> None:
    module = tmp_path / "module.py"
    module.write_text("from django.http import HttpRequest\n")

    assert "django.http" in imported(module)
