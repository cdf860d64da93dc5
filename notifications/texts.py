"""The texts of mails: data with flat tokens, read and checked here.

A text begins with header lines (`Subject: …`, and `Button: …` where the kind has a button), then,
after an empty line, its body in Markdown. `{{ token }}` is all it may hold: there is no template
language, so nobody can reach anything else.
"""

import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from notifications.kinds import MailKind, TokenKind, kind_named

DIRECTORY = Path(__file__).parent / "texts"
FALLBACK_LANGUAGE = "en"

TOKEN = re.compile(r"\{\{\s*([a-z_]+)\s*\}\}")
_BRACES = re.compile(r"\{\{|\}\}")
_HEADERS = {"Subject", "Button"}
# A URL stands alone, or is the whole destination of a Markdown link.
_BEFORE_URL = re.compile(r"(^|\s|\]\()$")
_AFTER_URL = re.compile(r"^($|\s|\))")
_IN_DESTINATION = re.compile(r"\]\([^)\s]*$")


class TextError(ValueError):
    """A text cannot be used. The message says what to change and is fit to show to whoever wrote
    it."""


@dataclass(frozen=True)
class MailText:
    """What one kind of mail says in one language."""

    subject: str
    button: str
    body: str


@cache
def default_text(kind: str, language: str) -> MailText:
    """The text of a kind in a language, or in the nearest that there is. Raises TextError."""
    return parse(_file(kind, language).read_text(encoding="utf-8"), kind_named(kind))


def parse(source: str, kind: MailKind) -> MailText:
    """Read a text and check it against its kind. Raises TextError."""
    head, _, body = source.strip().partition("\n\n")
    headers = dict(_header(line) for line in head.splitlines())
    text = MailText(headers.get("Subject", ""), headers.get("Button", ""), body.strip())
    check(text, kind)
    return text


def check(text: MailText, kind: MailKind) -> None:
    """Whether the text holds what its kind asks for, and nothing else. Raises TextError."""
    if not text.subject:
        raise TextError("The text needs a subject.")
    if not text.body:
        raise TextError("The text needs a body.")
    if bool(text.button) != bool(kind.target):
        raise TextError(
            "The text needs a label for its button." if kind.target else "This mail has no button."
        )
    for part in (text.subject, text.button, text.body):
        _check_tokens(part, kind)
    _check_one_line(text, kind)
    used = tokens_in(text.body)
    if missing := sorted(kind.required - set(used)):
        raise TextError(f"The text must hold {{{{ {missing[0]} }}}}.")


def tokens_in(text: str) -> list[str]:
    """The tokens' names, in order."""
    return TOKEN.findall(text)


def _header(line: str) -> tuple[str, str]:
    name, colon, value = line.partition(":")
    if not colon or name not in _HEADERS:
        raise TextError(f"{line!r} is not a header. A text begins with Subject: and Button: lines.")
    return name, value.strip()


def _check_tokens(text: str, kind: MailKind) -> None:
    if _BRACES.search(TOKEN.sub("", text)):
        raise TextError("Two braces may only stand around a token's name: {{ reseller_name }}.")
    for match in TOKEN.finditer(text):
        name = match.group(1)
        if name not in kind.tokens:
            raise TextError(_unknown(name, kind.tokens))
        before, after = text[: match.start()], text[match.end() :]
        is_url = kind.tokens[name].kind is TokenKind.URL
        if is_url and not (_BEFORE_URL.search(before) and _AFTER_URL.search(after)):
            raise TextError(f"{{{{ {name} }}}} is an address: it must stand alone.")
        if not is_url and _IN_DESTINATION.search(before):
            raise TextError(f"{{{{ {name} }}}} cannot be part of a link's address.")


def _check_one_line(text: MailText, kind: MailKind) -> None:
    for name in tokens_in(text.subject + text.button):
        if kind.tokens[name].kind is not TokenKind.LINE:
            raise TextError(f"{{{{ {name} }}}} cannot stand in a subject or on a button.")


def _unknown(name: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(name, known, n=1)
    hint = f" Did you mean {{{{ {near[0]} }}}}?" if near else ""
    return f"There is no {{{{ {name} }}}} in this mail.{hint}"


def _file(kind: str, language: str) -> Path:
    languages = {each.name: each for each in DIRECTORY.iterdir() if each.is_dir()}
    for wanted in (language, language.partition("-")[0], FALLBACK_LANGUAGE):
        if wanted in languages and (path := languages[wanted] / f"{kind}.md").exists():
            return path
    raise TextError(f"There is no text for {kind}.")
