"""What is wrong with an answer. No words: nothing."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from http import HTTPStatus
from urllib.parse import urlsplit

from tests.hostile.payloads import MARK, PRODUCT
from tests.hostile.reading import PageReader
from tests.hostile.shots import Shot

# A page with fifty rows has less than 150 kB. Typed text may come back once or twice, escaped.
LARGEST_PAGE = 400_000
LARGEST_ECHO = 14
MOST_SECONDS = 2.0  # of this process's own time, for a request that may hold a megabyte

_REFUSED = {
    HTTPStatus.FORBIDDEN,
    HTTPStatus.NOT_FOUND,
    HTTPStatus.METHOD_NOT_ALLOWED,
    HTTPStatus.BAD_REQUEST,
}
_LOGINS = {"/account/login/", "/admin/login/"}
_RUNNING = {"javascript", "data", "vbscript", "file"}
_CONTROL = re.compile(r"[\x00-\x20]")
# Credentials are typed here: a form that is refused does not show them again.
_UNSEEN = {("/credentials/send/", "text")}
_NOT_KEPT = {"password", "hidden", "file", "disabled"}  # nobody typed them, or nobody may see them


@dataclass(frozen=True)
class Answer:
    """What came back, as bytes and words."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    seconds: float
    changed: tuple[str, ...]  # tables that were written to
    error: str = ""  # the exception behind it

    @property
    def kind(self) -> str:
        return self.headers.get("Content-Type", "").partition(";")[0].strip().lower()

    @property
    def is_page(self) -> bool:
        return self.status == HTTPStatus.OK and self.kind == "text/html"

    @cached_property
    def text(self) -> str:
        return self.body.decode("utf-8", "replace")

    @cached_property
    def page(self) -> PageReader:
        return PageReader.of(self.text)


def problems(shot: Shot, answer: Answer, *, host: str, secrets: tuple[str, ...]) -> list[str]:
    """Everything that is wrong with this answer to this shot."""
    found = [
        *_crash(answer),
        *_cost(shot, answer),
        *_leaks(answer, secrets),
        *_headers(answer, host),
        *_markup(answer),
        *_effects(shot, answer),
        *_crossing(shot, answer),
        *_forgotten(shot, answer),
    ]
    return [f"{shot.method} {shot.path[:120]} ({shot.about}): {each}" for each in found]


def _crash(answer: Answer) -> Iterator[str]:
    if answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        yield f"status {answer.status} {answer.error}"
    elif answer.error:
        yield f"raised {answer.error}"


def _cost(shot: Shot, answer: Answer) -> Iterator[str]:
    if answer.seconds > MOST_SECONDS:
        yield f"took {answer.seconds:.1f} s"
    if len(answer.body) > LARGEST_PAGE + LARGEST_ECHO * shot.sent_bytes:
        yield f"answered {len(answer.body)} bytes"


def _leaks(answer: Answer, secrets: tuple[str, ...]) -> Iterator[str]:
    said = f"{answer.headers}{answer.text}".lower()
    yield from (f"shows {secret!r}" for secret in secrets if secret.lower() in said)
    if str(PRODUCT) in said:
        yield "runs typed text as a template"


def _headers(answer: Answer, host: str) -> Iterator[str]:
    for name, value in answer.headers.items():
        if MARK in name.lower() or "\r" in value or "\n" in value:
            yield f"header {name}: {value!r}"
    location = answer.headers.get("Location")
    if location is not None and not leads_to(location, host):
        yield f"leads away, to {location[:200]!r}"
    if answer.body and answer.status < HTTPStatus.MULTIPLE_CHOICES:
        if not answer.kind:
            yield "has no content type"
        if answer.kind.startswith("text/") and "charset=" not in answer.headers["Content-Type"]:
            yield "does not name its character set"
        if answer.headers.get("X-Content-Type-Options") != "nosniff":
            yield "lets the browser guess the content type"


def leads_to(location: str, host: str) -> bool:
    """Whether a browser stays on the host: it drops tabs and lines and turns backslashes."""
    as_browsers_do = re.sub(r"[\t\r\n]", "", location.strip(" \x00")).replace("\\", "/")
    try:
        parts = urlsplit(as_browsers_do)
        away = parts.netloc and parts.netloc.rpartition("@")[2].partition(":")[0] != host
    except ValueError:
        return False
    return (
        not away
        and parts.scheme in {"", "http", "https"}
        and not (parts.scheme and not parts.netloc)
    )


def _markup(answer: Answer) -> Iterator[str]:
    said = answer.text
    if MARK not in said.lower():
        return
    if answer.kind in {"text/html", "application/xhtml+xml", "image/svg+xml", "text/xml"}:
        yield from of_page(answer.page)
    elif answer.kind == "application/json":
        json.loads(said)
    elif answer.kind in {"text/css", "text/javascript", "application/javascript"}:
        yield "typed text stands in a style sheet or a script"


def of_page(reader: PageReader) -> list[str]:
    """How typed text broke out of its place in a page or a mail."""
    found = [f"<{tag}> came from typed text" for tag, _ in reader.elements if MARK in tag]
    for tag, attributes in reader.elements:
        found += [f"{name}= of <{tag}> came from typed text" for name in attributes if MARK in name]
        found += [
            f"{name}= of <{tag}> runs typed text"
            for name, value in attributes.items()
            if MARK in value.lower() and (name.startswith("on") or name in {"style", "srcdoc"})
        ]
    found += ["typed text stands in a script" for each in reader.scripts if MARK in each.lower()]
    return found + [
        f"typed text is an address that runs: {each[:80]!r}"
        for each in reader.addresses()
        if MARK in each.lower() and _CONTROL.sub("", each).partition(":")[0].lower() in _RUNNING
    ]


def _effects(shot: Shot, answer: Answer) -> Iterator[str]:
    was_refused = answer.status in _REFUSED
    if answer.changed and (shot.must_change_nothing or was_refused):
        yield f"changed {', '.join(answer.changed)} with status {answer.status}"


def _crossing(shot: Shot, answer: Answer) -> Iterator[str]:
    """Somebody else's records: not there, or not for this visitor, or first of all a log-in."""
    is_sent_away = answer.status == HTTPStatus.FOUND and (
        urlsplit(answer.headers.get("Location", "")).path in _LOGINS
    )
    if shot.is_foreign and answer.status not in _REFUSED and not is_sent_away:
        yield f"status {answer.status} for somebody else's record"


def _forgotten(shot: Shot, answer: Answer) -> Iterator[str]:
    if not shot.typed or answer.status != HTTPStatus.OK or answer.kind != "text/html":
        return
    for form in answer.page.forms:
        if not set(shot.typed) & set(form.fields) or form.method != "post":
            continue
        for name, text in shot.typed.items():
            if any(shot.path.endswith(page) and name == field for page, field in _UNSEEN):
                continue
            shown = form.fields.get(name)
            is_text = shown and not shown.options and shown.kind not in _NOT_KEPT
            if shown and is_text and _words(shown.value) != _words(text):
                yield f"forgot what was typed into {name}: {shown.value[:60]!r}"


def _words(text: str) -> str:
    return text.replace("\r\n", "\n").strip()
