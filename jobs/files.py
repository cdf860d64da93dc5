"""Files in the database: web processes and workers share it, wherever they run, and a backup of the
reseller holds them."""

import datetime as dt
import tempfile
from collections.abc import Iterable, Iterator
from typing import IO

from django.db import transaction
from django.utils import timezone

from jobs.models import StoredFile, StoredPart

PART = 512 * 1024  # bytes in one row
KEPT_FOR = dt.timedelta(days=14)


class FileGoneError(Exception):
    """The file was deleted, as a whole or while it was read."""


@transaction.atomic
def write(name: str, content: Iterable[bytes], *, keep: dt.timedelta = KEPT_FOR) -> StoredFile:
    """Store a file, in pieces of whatever size; no more than one part of it is held in memory."""
    file = StoredFile.objects.create(name=name[-200:], keep_until=timezone.now() + keep)
    for number, part in enumerate(_parts(content)):
        StoredPart.objects.create(file=file, number=number, content=part)
        file.size += len(part)
    file.save(update_fields=["size"])
    return file


def read(file: StoredFile) -> Iterator[bytes]:
    """The content, part by part."""
    parts = StoredPart.objects.filter(file=file)
    number = 0
    while part := parts.filter(number=number).values_list("content", flat=True).first():
        yield bytes(part)
        number += 1


def copy(file: StoredFile) -> IO[bytes]:
    """The content where one can seek in it, on this machine's disk. Close it: then it is gone.

    Raises FileGoneError.
    """
    size = 0
    copied = tempfile.TemporaryFile()  # noqa: SIM115 - whoever asked for it closes it
    for part in read(file):
        size += copied.write(part)
    if size != file.size:
        raise FileGoneError
    copied.seek(0)
    return copied


def delete_expired() -> int:
    """Delete the files of this reseller whose time is over. Returns how many there were."""
    expired = StoredFile.objects.filter(keep_until__lte=timezone.now())
    _number, deleted = expired.delete()
    return deleted.get(StoredFile._meta.label, 0)  # noqa: SLF001 - Django's public way to name a model


def _parts(content: Iterable[bytes]) -> Iterator[bytes]:
    waiting = bytearray()
    for piece in content:
        waiting += piece
        while len(waiting) >= PART:
            yield bytes(waiting[:PART])
            del waiting[:PART]
    if waiting:
        yield bytes(waiting)
