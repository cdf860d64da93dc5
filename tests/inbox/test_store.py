"""The folder with a demo's mails."""

import os
import uuid
from pathlib import Path
from typing import Any

import pytest
from django.core.mail import EmailMultiAlternatives, send_mail

from inbox import checks, store


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Path) -> Path:
    """Mails land in a folder that does not exist yet."""
    settings.INBOX_DIRECTORY = tmp_path / "inbox"
    settings.EMAIL_BACKEND = "inbox.backend.InboxBackend"
    return tmp_path / "inbox"


def send(subject: str = "Grüße", *, to: str = "Dana Müller <dana@acme.example>") -> uuid.UUID:
    message = EmailMultiAlternatives(subject, "Hello 😀", "Alpha <a@alpha.example>", [to])
    message.attach_alternative("<p>Hello <b>😀</b></p>", "text/html")
    assert message.send() == 1
    newest = next(store.letters())
    return newest.id


def test_a_mail_can_be_read_as_it_was_sent(folder: Path) -> None:
    letter = store.letter(send())

    assert letter.subject == "Grüße"
    assert letter.sender == "Alpha <a@alpha.example>"
    assert letter.recipient == "Dana Müller <dana@acme.example>"
    assert letter.text.strip() == "Hello 😀"
    assert letter.html.strip() == "<p>Hello <b>😀</b></p>"


def test_a_mail_without_html_has_none(folder: Path) -> None:
    send_mail("Hello", "Text", "a@alpha.example", ["x@y.example"])

    letter = store.letter(next(store.letters()).id)

    assert (letter.text.strip(), letter.html) == ("Text", "")


def test_before_the_first_mail_the_inbox_is_empty(folder: Path) -> None:
    assert list(store.letters()) == []


def test_the_newest_mail_comes_first(folder: Path) -> None:
    for number, subject in enumerate(["first", "second", "third"]):
        path = folder / f"{send(subject)}.eml"
        os.utime(path, (number, number))

    assert [letter.subject for letter in store.letters()] == ["third", "second", "first"]


@pytest.mark.parametrize("to", ["DANA@", " dana@acme.example ", "Müller"])
def test_a_recipient_is_found_by_any_part_of_the_address(folder: Path, to: str) -> None:
    send("hers")
    send("his", to="robin@acme.example")

    assert [letter.subject for letter in store.letters(to=to)] == ["hers"]


def test_the_oldest_make_room(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "CAPACITY", 2)
    for number, subject in enumerate(["first", "second"]):
        os.utime(folder / f"{send(subject)}.eml", (number, number))

    send("third")

    assert [letter.subject for letter in store.letters()] == ["third", "second"]
    assert len(list(folder.iterdir())) == 2


def test_files_that_are_no_mails_and_unfinished_ones_are_left_alone(folder: Path) -> None:
    send()
    (folder / "notes.eml").write_text("Subject: mine\n\n")
    (folder / f"{uuid.uuid4()}.part").write_text("Subject: half")

    assert [letter.subject for letter in store.letters()] == ["Grüße"]


@pytest.mark.parametrize(
    "content", [b"", b"\x00\xff\xfe", b"Subject: =?utf-8?b?!!?=\n\nx", b"\n\n\n"]
)
def test_a_damaged_file_does_not_hide_the_others(folder: Path, content: bytes) -> None:
    send()
    damaged = uuid.uuid4()
    (folder / f"{damaged}.eml").write_bytes(content)

    assert len(list(store.letters())) == 2
    assert store.letter(damaged).html == ""


def test_a_mail_that_is_gone_is_not_found(folder: Path) -> None:
    with pytest.raises(store.LetterNotFoundError):
        store.letter(uuid.uuid4())


@pytest.mark.parametrize(
    ("production", "inbox", "found"), [(True, True, 1), (True, False, 0), (False, True, 0)]
)
def test_production_refuses_to_start_with_an_inbox(
    settings: Any, *, production: bool, inbox: bool, found: int
) -> None:
    settings.IS_PRODUCTION = production
    settings.INBOX_DIRECTORY = Path("/somewhere") if inbox else None

    assert len(checks.no_inbox_in_production()) == found
