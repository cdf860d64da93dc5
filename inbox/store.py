"""The mails of a demo installation: one file each, in a folder that web server and worker share."""

import contextlib
import datetime as dt
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from email import policy
from email.message import EmailMessage
from email.parser import BytesHeaderParser, BytesParser
from pathlib import Path

from django.conf import settings

CAPACITY = 500


class LetterNotFoundError(LookupError):
    """There is no such mail, or it was dropped to make room."""


@dataclass(frozen=True)
class Letter:
    """One mail as it went out. In a list its two parts are left unread."""

    id: uuid.UUID
    at: dt.datetime
    subject: str
    sender: str
    recipient: str
    text: str = ""
    html: str = ""


def put(content: bytes) -> uuid.UUID:
    """Keep a mail. A reader never sees half of it. The oldest are dropped beyond the capacity."""
    letter_id = uuid.uuid4()
    directory = _directory()
    directory.mkdir(parents=True, exist_ok=True)
    unfinished = directory / f"{letter_id}.part"
    unfinished.write_bytes(content)
    unfinished.replace(directory / f"{letter_id}.eml")
    for _moment, path in _files()[CAPACITY:]:
        path.unlink(missing_ok=True)
    return letter_id


def letters(*, to: str = "") -> Iterator[Letter]:
    """Every mail, or those to addresses that hold `to`; the newest first."""
    wanted = to.strip().lower()
    for moment, path in _files():
        letter = _read(path, moment, with_parts=False)
        if letter and wanted in letter.recipient.lower():
            yield letter


def letter(letter_id: uuid.UUID) -> Letter:
    """One mail with both parts. Raises LetterNotFoundError."""
    path = _directory() / f"{letter_id}.eml"
    with contextlib.suppress(FileNotFoundError):
        found = _read(path, path.stat().st_mtime_ns, with_parts=True)
        if found:
            return found
    raise LetterNotFoundError(str(letter_id))


def _directory() -> Path:
    directory = settings.INBOX_DIRECTORY
    if directory is None:
        raise LetterNotFoundError("No folder for mails is set.")
    return directory


def _files() -> list[tuple[int, Path]]:
    """When each file was finished, and where it is; the newest first."""
    found = []
    for path in _directory().glob("*.eml"):
        with contextlib.suppress(FileNotFoundError):  # another process just dropped it
            found.append((path.stat().st_mtime_ns, path))
    return sorted(found, reverse=True)


def _read(path: Path, moment: int, *, with_parts: bool) -> Letter | None:
    parser = BytesParser if with_parts else BytesHeaderParser
    try:
        letter_id = uuid.UUID(path.stem)
        content = path.read_bytes()
    except (ValueError, FileNotFoundError):
        return None
    message = parser(_class=EmailMessage, policy=policy.default).parsebytes(content)
    return Letter(
        id=letter_id,
        at=dt.datetime.fromtimestamp(moment / 1e9, tz=dt.UTC),
        subject=str(message.get("Subject", "")),
        sender=str(message.get("From", "")),
        recipient=str(message.get("To", "")),
        text=_part(message, "plain") if with_parts else "",
        html=_part(message, "html") if with_parts else "",
    )


def _part(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    return str(part.get_content()) if part else ""
