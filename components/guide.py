"""The user guide: the files of docs/guide, shown by the product's Help.

The same text is read in the repository and in the portal. It is part of the code, so it is read
once a process, and what it links to inside of itself is checked by tests.
"""

import itertools
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.conf import settings
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import slugify
from markdown_it import MarkdownIt
from markdown_it.token import Token

FOLDER = Path("docs/guide")
_NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_TITLE_TOKENS = 3  # its beginning, its words, its end


@dataclass(frozen=True)
class Heading:
    """A section of a page, and the anchor that leads to it."""

    title: str
    anchor: str


@dataclass(frozen=True)
class GuidePage:
    """One file: its first heading is the title, `sections` are those of the second level."""

    name: str
    title: str
    sections: tuple[Heading, ...]
    anchors: frozenset[str]  # of every heading
    html: SafeString


@cache
def pages() -> dict[str, GuidePage]:
    """Every page of the guide by its name, in the order of the titles."""
    files = sorted((Path(settings.BASE_DIR) / FOLDER).glob("*.md"))
    found = [page_of(path.stem, path.read_text()) for path in files]
    return {page.name: page for page in sorted(found, key=lambda page: page.title)}


def page_of(name: str, text: str) -> GuidePage:
    """A page from its Markdown. Raw HTML is shown as it stands. Raises ValueError: no title."""
    if not _NAME.fullmatch(name):
        raise ValueError(f"{name} cannot stand in an address.")
    reader = MarkdownIt("commonmark", {"html": False}).enable("table")
    tokens = reader.parse(text)
    if not tokens or tokens[0].tag != "h1":
        raise ValueError(f"{name} begins without a title.")
    title, body = tokens[1].content, tokens[_TITLE_TOKENS:]
    headings = _anchored(body)
    html = reader.renderer.render(_scrolling(body), reader.options, {})
    return GuidePage(
        name=name,
        title=title,
        sections=tuple(heading for tag, heading in headings if tag == "h2"),
        anchors=frozenset(heading.anchor for _tag, heading in headings),
        html=mark_safe(html),  # noqa: S308 - our own text, raw HTML escaped
    )


def _anchored(tokens: list[Token]) -> list[tuple[str, Heading]]:
    """Gives every heading an anchor."""
    found = []
    for opening, inline in itertools.pairwise(tokens):
        if opening.type == "heading_open":
            heading = Heading(inline.content, slugify(inline.content))
            opening.attrSet("id", heading.anchor)
            found.append((opening.tag, heading))
    return found


def _scrolling(tokens: list[Token]) -> list[Token]:
    """A wide table moves sideways in a box of its own, also by the keyboard."""
    made: list[Token] = []
    about = ""
    for before, token in zip([None, *tokens], tokens, strict=False):
        if before and before.type == "heading_open":
            about = token.content
        if token.type == "table_open":
            token.attrSet("class", "table")
            box = Token("div_open", "div", 1, block=True)
            box.attrs = {"class": "table-responsive", "tabindex": "0", "role": "region"}
            box.attrs["aria-label"] = about
            made.append(box)
        made.append(token)
        if token.type == "table_close":
            made.append(Token("div_close", "div", -1, block=True))
    return made
