"""From a text and its values to a mail's three parts. Pure: it knows no database and no reseller's
record.

Tokens are replaced once and by one regular expression, so a value that looks like a token, like
Markdown or like HTML is printed as it was typed. Markdown → HTML without raw HTML → allow-list →
the frame → styles into the elements.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

import css_inline
import nh3
from django.template.loader import render_to_string
from django.utils.safestring import mark_safe
from markdown_it import MarkdownIt

from notifications.colours import brand_colour, text_on
from notifications.kinds import MailKind, TokenKind
from notifications.plain import one_line, several_lines, without_gaps
from notifications.texts import TOKEN, MailText

LONGEST_SUBJECT = 250

_MARKDOWN = MarkdownIt("commonmark", {"html": False})
_TAGS = {"p", "br", "strong", "em", "a", "ul", "ol", "li", "h2", "h3", "blockquote", "hr", "code"}
_ATTRIBUTES = {"a": {"href", "title"}}
_SCHEMES = {"http", "https", "mailto"}

_TOKEN_AND_FULL_STOP = re.compile(TOKEN.pattern + r"(\.?)")
_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")
_NOT_IN_URL = re.compile(r"[\s<>\"'\\`]")


class ValueRefusedError(ValueError):
    """A token's value cannot stand in a mail."""


@dataclass(frozen=True)
class Brand:
    """How the reseller looks and can be reached in a mail."""

    name: str
    colour: str
    support_contact: str


@dataclass(frozen=True)
class RenderedMail:
    """What goes out: a subject and the same content twice."""

    subject: str
    text: str
    html: str


def render(
    kind: MailKind, text: MailText, values: Mapping[str, str], *, brand: Brand, language: str
) -> RenderedMail:
    """Put the values into the text and the text into the frame. Raises ValueRefusedError."""
    for name, token in kind.tokens.items():
        if token.kind is TokenKind.URL:
            require_address(name, values[name])
    subject = one_line(_replace(text.subject, values, lambda _name, value: value))
    context = {
        "subject": subject,
        "language": language,
        "brand": brand,
        "button": one_line(_replace(text.button, values, lambda _name, value: value)),
        "target": values[kind.target] if kind.target else "",
        "reason": _reason(kind, brand),
    }
    return RenderedMail(
        subject=_shortened(subject, LONGEST_SUBJECT),
        text=_text_part(kind, text.body, values, context),
        html=_styled(_html_part(kind, text.body, values, context), brand.colour),
    )


def _reason(kind: MailKind, brand: Brand) -> str:
    words = str(kind.reason)
    if brand.name.endswith("."):
        words = words.replace("{reseller}.", "{reseller}")
    return words.replace("{reseller}", brand.name)


def _text_part(
    kind: MailKind, body: str, values: Mapping[str, str], context: Mapping[str, object]
) -> str:
    def plain(name: str, value: str) -> str:
        return several_lines(value) if kind.tokens[name].kind is TokenKind.TEXT else one_line(value)

    replaced = without_gaps(_replace(body, values, plain))
    framed = render_to_string("emails/frame.txt", {**context, "body": replaced})
    return without_gaps(framed).strip() + "\n"


def _html_part(
    kind: MailKind, body: str, values: Mapping[str, str], context: Mapping[str, object]
) -> str:
    def as_markdown(name: str, value: str) -> str:
        return _MARKDOWN_FORMS[kind.tokens[name].kind](value)

    raw = _MARKDOWN.render(_replace(body, values, as_markdown))
    clean = nh3.clean(raw, tags=_TAGS, attributes=_ATTRIBUTES, url_schemes=_SCHEMES)
    body_html = mark_safe(clean)  # noqa: S308 - no raw HTML, and only allowed elements
    return render_to_string("emails/frame.html", {**context, "body": body_html})


def _styled(html: str, wanted_colour: str) -> str:
    colour = brand_colour(wanted_colour)
    css = render_to_string(
        "emails/frame.css", {"colour": colour, "text_on_colour": text_on(colour)}
    )
    inliner = css_inline.CSSInliner(extra_css=css, load_remote_stylesheets=False)
    return str(inliner.inline(html))


def _replace(text: str, values: Mapping[str, str], form: Callable[[str, str], str]) -> str:
    def value_of(match: re.Match[str]) -> str:
        name, full_stop = match.groups()
        value = form(name, values[name])
        return value if value.endswith(".") else value + full_stop  # "Acme Inc." ends a sentence

    return _TOKEN_AND_FULL_STOP.sub(value_of, text)


def _escaped(value: str) -> str:
    return _PUNCTUATION.sub(r"\\\1", one_line(value))


def _escaped_lines(value: str) -> str:
    paragraphs = several_lines(value).split("\n\n")
    return "\n\n".join("\\\n".join(map(_escaped, each.splitlines())) for each in paragraphs)


_MARKDOWN_FORMS: Mapping[TokenKind, Callable[[str], str]] = {
    TokenKind.LINE: _escaped,
    TokenKind.TEXT: _escaped_lines,
    TokenKind.URL: lambda value: f"<{value}>",
}


def require_address(name: str, value: str) -> None:
    """Refuse what is not a whole web address. Raises ValueRefusedError."""
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.netloc or _NOT_IN_URL.search(value):
        raise ValueRefusedError(f"{name} is not a web address.")


def _shortened(text: str, longest: int) -> str:
    return text if len(text) <= longest else text[: longest - 1] + "…"
