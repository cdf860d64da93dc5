"""Reads pages as a browser would: which elements there are, where they lead, which forms exist."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Self

Attributes = dict[str, str]

_ADDRESSES = {"href", "src", "action", "formaction", "srcdoc", "poster", "data", "xlink:href"}
_NO_CONTENT = {"area", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"}


@dataclass
class FormField:
    """One control: what kind it is, what it holds, what it offers."""

    name: str
    kind: str
    value: str = ""
    options: list[str] = field(default_factory=list)


@dataclass
class FoundForm:
    """One form of a page."""

    action: str
    method: str
    fields: dict[str, FormField] = field(default_factory=dict)


class PageReader(HTMLParser):
    """What a page holds."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, Attributes]] = []
        self.scripts: list[str] = []
        self.forms: list[FoundForm] = []
        self.links: list[str] = []
        self._raw = ""  # the element whose text is a program, not a text
        self._html = ""
        self._in_form = False
        self._area: FormField | None = None
        self._select: FormField | None = None

    @classmethod
    def of(cls, html: str) -> Self:
        reader = cls()
        reader._html = html
        reader.feed(html)
        reader.close()
        return reader

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        self.elements.append((tag, attributes))
        if tag in {"script", "style"} and attributes.get("type") != "application/json":
            self._raw = tag
        if tag == "a":
            self.links.append(attributes.get("href", ""))
        elif tag == "form":
            method = attributes.get("method", "get").lower()
            self.forms.append(FoundForm(attributes.get("action", ""), method))
            self._in_form = True
        elif self._in_form and tag in {"input", "select", "textarea", "button", "option"}:
            self._control(tag, attributes)

    def handle_endtag(self, tag: str) -> None:
        if tag == self._raw:
            self._raw = ""
        elif tag == "textarea":
            self._area = None
        elif tag == "select":
            self._select = None
        elif tag == "form":
            self._in_form = False

    def handle_data(self, data: str) -> None:
        if self._raw:
            self.scripts.append(data)
        elif self._area is not None:
            self._area.value += data

    def holds(self, word: str) -> bool:
        """Whether the word stands anywhere on the page."""
        return word in self._html

    def addresses(self) -> list[str]:
        """Everything that the browser would fetch, follow or run."""
        return [
            value
            for _tag, attributes in self.elements
            for name, value in attributes.items()
            if name in _ADDRESSES
        ]

    def _control(self, tag: str, attributes: Attributes) -> None:
        fields, name = self.forms[-1].fields, attributes.get("name", "")
        if tag == "option":
            self._option(attributes)
        elif name:
            kind = attributes.get("type", "text" if tag == "input" else tag)
            kind = "disabled" if "disabled" in attributes else kind
            found = fields.setdefault(name, FormField(name, kind))
            if kind in {"radio", "checkbox"}:
                found.options.append(attributes.get("value", "on"))
                if "checked" in attributes:
                    found.value = attributes.get("value", "on")
            else:
                found.value = attributes.get("value", "")
            self._area = found if tag == "textarea" else None
            self._select = found if tag == "select" else self._select

    def _option(self, attributes: Attributes) -> None:
        if self._select is None:
            return
        value = attributes.get("value", "")
        self._select.options.append(value)
        if "selected" in attributes:
            self._select.value = value
