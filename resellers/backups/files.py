"""Where a backup is written to and read from. `-` stands for standard output and input."""

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, BinaryIO

STANDARD = "-"


class CannotOpenError(Exception):
    """There is nothing to write to or read from. The message is fit for operators."""


@contextmanager
def writing(path: str) -> Iterator[IO[bytes]]:
    """A new file that only its owner can read. It has its name once it is whole, and is gone when
    the block fails."""
    try:
        with _standard_output() if path == STANDARD else _new_file(Path(path)) as file:
            yield file
    except OSError as error:
        name = "standard output" if path == STANDARD else path
        raise CannotOpenError(f"{name} cannot be written: {error.strerror}.") from error


@contextmanager
def reading(path: str) -> Iterator[BinaryIO]:
    """Raises CannotOpenError."""
    if path == STANDARD:
        yield sys.stdin.buffer
        return
    try:
        file = Path(path).open("rb")  # noqa: SIM115 - closed below; errors in the block are not ours
    except OSError as error:
        raise CannotOpenError(f"{path} cannot be read: {error.strerror}.") from error
    with file:
        yield file


@contextmanager
def _standard_output() -> Iterator[IO[bytes]]:
    if sys.stdout.isatty():
        raise CannotOpenError("A backup is no text. Send it to a file or a program.")
    # A file of our own: where writing fails, Python must not try once more when it ends.
    with os.fdopen(os.dup(sys.stdout.fileno()), "wb") as file:
        yield file


@contextmanager
def _new_file(target: Path) -> Iterator[IO[bytes]]:
    _refuse_existing(target)
    with _growing_beside(target) as file:
        yield file
        file.flush()
        os.fsync(file.fileno())
        _refuse_existing(target)
        Path(file.name).rename(target)


def _refuse_existing(target: Path) -> None:
    if target.exists():
        raise CannotOpenError(f"{target} exists already.")


@contextmanager
def _growing_beside(target: Path) -> Iterator[IO[bytes]]:
    """Readable by its owner only, and gone at the end unless it was renamed."""
    file = tempfile.NamedTemporaryFile(  # noqa: SIM115 - closed below
        dir=target.parent, prefix=f".{target.name}.", delete=False
    )
    try:
        with file:
            yield file
    finally:
        Path(file.name).unlink(missing_ok=True)
