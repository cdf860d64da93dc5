"""What no template may hold: what the strict content policy blocks, or what hides from review."""

import importlib.util
import re
from collections.abc import Iterator
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = ROOT / "templates"
PYTHON_ROOMS = [path.parent for path in ROOT.glob("*/__init__.py")]
MAX_LINES = 150

# Mail has no style sheets: its frame is styled inline, and is shown only under its own policy.
MAY_STYLE_INLINE = ("emails/",)
MAY_BE_SAFE: tuple[str, ...] = ()

FORBIDDEN = {
    "an inline style": re.compile(r"\sstyle\s*=", re.IGNORECASE),
    "a style element": re.compile(r"<style\b", re.IGNORECASE),
    "an inline handler": re.compile(r"\s(?:on[a-z]+|hx-on[\w:-]*)\s*=\s*[\"']", re.IGNORECASE),
    "an inline script": re.compile(
        r"<script\b(?![^>]*\bsrc=)(?![^>]*\btype=\"application/json\")[^>]*>", re.IGNORECASE
    ),
    "a script address": re.compile(r"(?:javascript:|hx-vals=.js:)", re.IGNORECASE),
    "an address elsewhere": re.compile(r"(?:src|href)=[\"'](?:https?:)?//", re.IGNORECASE),
    "a file of somebody's script host": re.compile(r"\b(?:cdn|unpkg|jsdelivr)\b", re.IGNORECASE),
}
UNESCAPED = re.compile(r"\|\s*safe(?:seq)?\b|\{%\s*autoescape\s+off\b")
COMMENT = re.compile(r"\{% comment %\}.*?\{% endcomment %\}|\{#.*?#\}", re.DOTALL)

# A page's look lives in the style sheets: a class that none of them knows does nothing.
CLASSES = re.compile(r"\bclass=\"([^\"{}]*)\"")
STYLED_ELSEWHERE = ("emails/", "admin/")

# Found by Django, allauth or crispy forms by their names.
FOUND_BY_NAME = re.compile(
    r"^(?:400|403|403_csrf|404|429|500)\.html$|^(?:allauth|account|mfa|bootstrap5|admin|django|emails)/"
)
# Rendered by an app that reads the name from somewhere else than a string literal would go here.
REFERENCE = re.compile(r"[\"']([\w/.-]+\.(?:html|css|txt|md))[\"']")


def problems(name: str, source: str) -> list[str]:
    """What is wrong with one template, as sentences."""
    shown = COMMENT.sub("", source)
    found = []
    if not name.startswith(MAY_STYLE_INLINE):
        found = [f"{name} holds {what}." for what, rule in FORBIDDEN.items() if rule.search(shown)]
    is_html = not name.endswith(".txt")  # in plain text there is nothing to escape
    if is_html and name not in MAY_BE_SAFE and UNESCAPED.search(shown):
        found.append(f"{name} prints something unescaped.")
    if source.count("\n") > MAX_LINES:
        found.append(f"{name} has more than {MAX_LINES} lines.")
    return found


def unstyled(source: str, styled: set[str]) -> set[str]:
    names = {name for names in CLASSES.findall(source) for name in names.split()}
    return names - styled


def styled_classes() -> set[str]:
    sheets = [*ROOT.glob("static/portal/*.css"), *ROOT.glob("static/vendor/tabler/*/*.css")]
    return {name for sheet in sheets for name in re.findall(r"\.([a-z][\w-]*)", sheet.read_text())}


def templates() -> Iterator[tuple[str, str]]:
    for path in sorted(TEMPLATES.rglob("*.*")):
        yield path.relative_to(TEMPLATES).as_posix(), path.read_text()


def references(sources: Iterator[str]) -> set[str]:
    return {name for source in sources for name in REFERENCE.findall(source)}


def unused(names: set[str], used: set[str]) -> set[str]:
    return {name for name in names if name not in used and not FOUND_BY_NAME.match(name)}


def python_sources() -> Iterator[str]:
    for room in PYTHON_ROOMS:
        for path in sorted(room.rglob("*.py")):
            yield path.read_text()


def test_every_template_keeps_the_rules() -> None:
    found = [problem for name, source in templates() for problem in problems(name, source)]

    assert found == []


def test_every_template_is_used() -> None:
    known = dict(templates())
    used = references(iter(known.values())) | references(python_sources())

    assert unused(set(known), used) == set()


def test_every_class_has_a_style() -> None:
    styled = styled_classes()
    found = {
        f"{name}: {missing}"
        for name, source in templates()
        if not name.startswith(STYLED_ELSEWHERE)
        for missing in unstyled(source, styled)
    }

    assert found == set()


def test_a_class_without_a_style_is_found() -> None:
    source = '<p class="card lonely"><i class="btn-{{ kind }} x">'

    assert unstyled(source, {"card"}) == {"lonely"}


@pytest.mark.parametrize(
    "snippet",
    [
        '<p style="color:red">',
        "<p  STYLE = 'x'>",
        "<style>p{}</style>",
        '<a onclick="go()">',
        "<body onload='x'>",
        '<div hx-on:click="x">',
        "<script>go()</script>",
        '<script type="text/javascript">go()</script>',
        '<a href="javascript:go()">',
        '<script src="https://elsewhere.example/x.js"></script>',
        '<link href="//elsewhere.example/x.css">',
        "{{ text|safe }}",
        "{{ text | safe }}",
        "{{ items|safeseq }}",
        "{% autoescape off %}{{ text }}{% endautoescape %}",
        "line\n" * (MAX_LINES + 1),
    ],
)
def test_a_forbidden_snippet_is_found(snippet: str) -> None:
    assert len(problems("console/page.html", snippet)) >= 1


@pytest.mark.parametrize(
    "snippet",
    [
        '<script src="{% static "portal/portal.js" %}" defer></script>',
        '<script data-x="y" type="application/json">{"a": 1}</script>',
        '<p class="style">Once in a while, on=off</p>',
        '<a href="/customers/" data-once="1">{{ text|safe_name }}</a>',
        "{% comment %}never write style= or |safe{% endcomment %}",
    ],
)
def test_an_allowed_snippet_passes(snippet: str) -> None:
    assert problems("console/page.html", snippet) == []


def test_mail_may_be_styled_inline_but_not_unescaped() -> None:
    assert problems("emails/frame.html", '<p style="color:red">') == []
    assert len(problems("emails/frame.html", "{{ text|safe }}")) == 1


def test_plain_text_needs_no_escaping() -> None:
    assert problems("emails/frame.txt", "{% autoescape off %}{{ text }}{% endautoescape %}") == []


def test_a_template_that_nobody_names_is_found() -> None:
    used = references(iter(['{% include "components/pager.html" %}', 'name = "console/a.html"']))

    found = unused({"components/pager.html", "console/a.html", "console/b.html", "404.html"}, used)

    assert found == {"console/b.html"}


def vendoring() -> ModuleType:
    loader = SourceFileLoader("vendor_script", str(ROOT / "script" / "vendor"))
    spec = importlib.util.spec_from_loader(loader.name, loader)
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    return module


def test_vendored_files_are_as_recorded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.dont_write_bytecode", True)

    assert vendoring().problems() == []


def test_a_vendored_file_changed_by_hand_is_found(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("sys.dont_write_bytecode", True)
    script = vendoring()
    plus = "static/vendor/tabler-icons/3.51.0/plus.svg"
    digest = script.digest

    monkeypatch.setattr(script, "digest", lambda path: "x" if path == ROOT / plus else digest(path))

    assert script.problems() == [f"{plus} was changed by hand."]


@pytest.mark.parametrize("name", ["package-lock.json", ".npmrc", "package.json"])
def test_no_file_names_the_host_that_packages_came_from(name: str) -> None:
    source = (ROOT / name).read_text()

    assert '"resolved"' not in source
    assert "registry=" not in source


def test_no_style_sheet_or_script_points_to_a_map_that_is_not_shipped() -> None:
    shipped = [*ROOT.glob("static/**/*.css"), *ROOT.glob("static/**/*.js")]

    assert len(shipped) > 3
    assert [path.name for path in shipped if b"sourceMappingURL" in path.read_bytes()] == []
