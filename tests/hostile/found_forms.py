"""Finds every form by walking through the pages, and fills it in as an honest person would."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit

from tests.factories.accounts import PASSWORD
from tests.hostile.attacker import Attacker
from tests.hostile.reading import FormField, PageReader
from tests.hostile.shots import get
from tests.hostile.targets import Target

# Words that checks of the product ask for.
_HONEST = {
    "code": "ZEBRA",
    "turnover": "12500000.00",
    "turnover_currency": "EUR",
    "currency": "EUR",
    "phone": "+49 30 901820",
    "contact_phone": "+49 30 901820",
    "support_phone": "+49 30 901820",
    "website": "https://www.example.com/",
    "host": "portal.new.example",
    "brand_color": "#123456",
    "postal_code": "10115",
}
_NEVER_SENT = {"submit", "button", "reset", "image"}


FormKey = tuple[str, str, frozenset[str]]  # method, path, names of fields


@dataclass(frozen=True)
class Form:
    """A form, where it goes, and what an honest person would send."""

    page: Target
    path: str
    method: str
    fields: tuple[FormField, ...]
    body: tuple[tuple[str, str], ...]

    @property
    def key(self) -> FormKey:
        """What makes it another form."""
        return (self.method, self.path, frozenset(self.names))

    @property
    def names(self) -> list[str]:
        return [each.name for each in self.fields]


def forms_of(attacker: Attacker, targets: Iterable[Target]) -> list[Form]:
    """Every form that the visitor can see on these pages, every body of the table; each once."""
    found: dict[FormKey, Form] = {}
    for target in targets:
        for form in (*forms_on(page_of(attacker, target), target), *listed(target)):
            found.setdefault(form.key, form)
    return list(found.values())


def queries_of(attacker: Attacker, targets: Iterable[Target]) -> dict[str, set[str]]:
    """The parameters that links and search forms of these pages use, by path."""
    found: dict[str, set[str]] = {}
    for target in targets:
        for path, names in queries_on(page_of(attacker, target), target).items():
            found.setdefault(path, set()).update(names)
    return found


def page_of(attacker: Attacker, target: Target) -> PageReader | None:
    """The page as an honest visitor sees it; None when there is none for them."""
    answer = attacker.fire(get(target.path, "an honest visit"))
    return answer.page if answer.is_page else None


def queries_on(page: PageReader | None, target: Target) -> dict[str, set[str]]:
    """The parameters that links and search forms of this page use, by path."""
    found: dict[str, set[str]] = {}
    for link in page.links if page else ():
        parts = urlsplit(link)
        names = {name for name, _value in parse_qsl(parts.query, keep_blank_values=True)}
        if names and not parts.netloc:
            found.setdefault(parts.path or target.path, set()).update(names)
    for form in page.forms if page else ():
        if form.method == "get":
            path = urlsplit(form.action).path or target.path
            found.setdefault(path, set()).update(form.fields)
    return found


def forms_on(page: PageReader | None, target: Target, at: str = "") -> Iterator[Form]:
    """Every form of this page, filled in honestly. `at`: where the page is, if not at its own."""
    here = at or target.path
    for form in page.forms if page else ():
        if form.method not in {"get", "post"}:  # closes a dialogue: nothing is sent
            continue
        path = urlsplit(form.action).path or here
        fields = tuple(each for each in form.fields.values() if each.kind not in _NEVER_SENT)
        typed = {each.name: honest(each) for each in fields}
        known = {name: text for name, text in target.body.items() if name in typed}
        body = {**typed, **known} if path == here else typed
        yield Form(target, path, form.method, fields, tuple(body.items()))


def listed(target: Target) -> Iterator[Form]:
    """The body that the table of pages gives for this one."""
    if target.takes_posts:
        fields = tuple(FormField(name, "text", text) for name, text in target.body.items())
        yield Form(target, target.path, "post", fields, tuple(target.body.items()))


def honest(control: FormField) -> str:
    """What somebody who means well would leave or type there."""
    if control.options:
        offered = [each for each in control.options if each]
        return control.value or (offered[0] if offered else "")
    if control.name in _HONEST:
        return _HONEST[control.name]
    if control.kind == "password":
        return PASSWORD
    if control.kind == "email" or "email" in control.name:
        return "someone@new.example"
    if control.kind == "hidden" or control.value:
        return control.value
    return "Something typed"
