"""The file as such: a gzipped tar whose reader accepts only what the writer writes.

Python's own tar reader follows links, long names and headers of any size. None of them belongs
into a backup, so that each is a sign of a file that somebody else made.
"""

import gzip
import io
import tarfile
import zlib
from typing import IO, Any, BinaryIO

LARGEST_MEMBER = 4 << 20
# What the reader refuses to unpack. Rows and mails shrink to a tenth, hardly ever to a fiftieth.
MOST_TIMES_SMALLER = 300
UNSUSPICIOUS = 64 << 20
_BLOCK = tarfile.BLOCKSIZE
_END = bytes(2 * _BLOCK)
_COMPRESSION = 4


class BrokenBackupError(Exception):
    """The file is not a whole, unchanged backup. The message says what is wrong with it."""


class ArchiveWriter:
    """Writes members of at most LARGEST_MEMBER bytes, one after the other."""

    def __init__(self, target: IO[bytes]) -> None:
        self._gzip = gzip.GzipFile("", "wb", _COMPRESSION, target, mtime=0)

    def add(self, name: str, content: bytes) -> None:
        """Append one member."""
        if len(content) > LARGEST_MEMBER:
            raise ValueError(f"{name} has {len(content)} bytes.")
        header = tarfile.TarInfo(name)
        header.size, header.mode = len(content), 0o600
        self._gzip.write(header.tobuf(tarfile.USTAR_FORMAT))
        self._gzip.write(content)
        self._gzip.write(bytes(_padding(len(content))))

    def close(self) -> None:
        """Write the end. The target stays open."""
        self._gzip.write(_END)
        self._gzip.close()


class ArchiveReader:
    """Reads members in order. Raises BrokenBackupError for whatever the writer does not write."""

    def __init__(self, source: BinaryIO, *, largest: int) -> None:
        """Accept at most `largest` unpacked bytes."""
        self._packed = _Counted(source)
        self._gzip = gzip.GzipFile(fileobj=self._packed, mode="rb")
        self._largest = largest
        self._unpacked = 0

    def next(self) -> tuple[str, bytes] | None:
        """The next member's name and content; None at the end."""
        block = self._read(_BLOCK)
        if block == bytes(_BLOCK):
            self._require_end()
            return None
        header = _header(block)
        if not header.isreg() or header.linkname or header.size > LARGEST_MEMBER:
            raise BrokenBackupError(f"It holds {header.name!r}, which is not part of a backup.")
        content = self._read(header.size)
        self._read(_padding(header.size))
        return header.name, content

    def _require_end(self) -> None:
        if self._read(_BLOCK) != bytes(_BLOCK) or self._decompressed(1):
            raise BrokenBackupError("Something follows its end.")

    def _read(self, size: int) -> bytes:
        data = self._decompressed(size)
        self._unpacked += len(data)
        if len(data) < size:
            raise BrokenBackupError("It ends too early.")
        if self._unpacked > self._largest:
            raise BrokenBackupError(
                f"It holds more than {self._largest >> 20:,} megabytes, the most that was allowed."
            )
        if self._unpacked > max(UNSUSPICIOUS, MOST_TIMES_SMALLER * self._packed.count):
            raise BrokenBackupError(
                f"It unpacks to more than {MOST_TIMES_SMALLER} times its size, "
                "which no backup does."
            )
        return data

    def _decompressed(self, size: int) -> bytes:
        try:
            return self._gzip.read(size)
        except EOFError as error:
            raise BrokenBackupError("It ends too early.") from error
        except (gzip.BadGzipFile, zlib.error) as error:
            if not self._unpacked:
                raise BrokenBackupError("It is not a backup: not a gzipped file.") from error
            raise BrokenBackupError("It is damaged: it cannot be unpacked.") from error


class _Counted(io.RawIOBase):
    """Counts the bytes that are read from a file. The file itself stays open."""

    def __init__(self, source: BinaryIO) -> None:
        super().__init__()
        self._source = source
        self.count = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        data = self._source.read(len(buffer))
        self.count += len(data)
        buffer[: len(data)] = data
        return len(data)


def _header(block: bytes) -> tarfile.TarInfo:
    try:
        return tarfile.TarInfo.frombuf(block, "utf-8", "strict")
    except (tarfile.TarError, UnicodeDecodeError) as error:
        raise BrokenBackupError("It is not a backup, or it is damaged.") from error


def _padding(size: int) -> int:
    return -size % _BLOCK
