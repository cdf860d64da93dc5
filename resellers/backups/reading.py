"""Reading a backup: the manifest, then table by table, then the seal that all of it must fit."""

from collections.abc import Iterator
from typing import BinaryIO

from resellers.backups.archive import ArchiveReader, BrokenBackupError
from resellers.backups.making import MANIFEST, SEAL, Contents, member_of
from resellers.backups.manifest import Manifest, Seal, Sums, Table, sha256
from resellers.backups.tables import Summing

DEFAULT_LARGEST = 64 << 30
_AT_ONCE = 1 << 20


class BackupReader:
    """Reads a file once, from its beginning to its end. Every method raises BrokenBackupError."""

    def __init__(self, source: BinaryIO, *, largest: int = DEFAULT_LARGEST) -> None:
        """Read the manifest. At most `largest` bytes are unpacked in all."""
        self._archive = ArchiveReader(source, largest=largest)
        name, content = self._archive.next() or ("", b"")
        if name != MANIFEST:
            raise BrokenBackupError("It is not a backup of a reseller: it has no manifest.")
        self.manifest = Manifest.from_json(content)
        self._manifest_sha256 = sha256(content)
        self._sums: dict[str, Sums] = {}
        self._waiting = self._archive.next()

    def tables(self) -> Iterator["TableReader"]:
        """One after the other. Each is read to its end before the next one comes."""
        for table in self.manifest.tables:
            reader = TableReader(self, table)
            yield reader
            reader.read_rest()
            self._sums[table.name] = reader.sums()

    def seal(self) -> Seal:
        """The seal, once all tables have been read: with it the file is whole and unchanged."""
        name, content = self._waiting or ("", b"")
        if name != SEAL:
            raise BrokenBackupError(
                f"It holds {name!r} where its seal should be." if name else "It has no seal."
            )
        seal = Seal.from_json(content, self.manifest)
        if seal.manifest_sha256 != self._manifest_sha256:
            raise BrokenBackupError("Its manifest was changed after it was made.")
        if seal.tables.keys() != self._sums.keys():
            raise BrokenBackupError("Its seal speaks of other tables than its manifest.")
        for table, sums in self._sums.items():
            if seal.tables[table] != sums:
                raise BrokenBackupError(
                    f"The rows of {table} are not those that were backed up: their checksum is "
                    "wrong."
                )
        if self._archive.next() is not None:
            raise BrokenBackupError("Something follows its seal.")
        return seal

    def take(self, name: str) -> bytes | None:
        """The content of the next member if that is its name."""
        if self._waiting is None or self._waiting[0] != name:
            return None
        _name, content = self._waiting
        self._waiting = self._archive.next()
        return content


class TableReader:
    """The rows of one table, as something that COPY can read from."""

    def __init__(self, backup: BackupReader, table: Table) -> None:
        self.table = table
        # What was wrong with the file: the database's driver passes on only that something was.
        self.trouble: BrokenBackupError | None = None
        self._backup = backup
        self._number = 0
        self._part, self._at = b"", 0
        self._summing = Summing()

    def read(self, size: int = -1) -> bytes:
        try:
            return self._read(size if size >= 0 else _AT_ONCE)
        except BrokenBackupError as error:
            self.trouble = error
            raise

    def read_rest(self) -> None:
        while self.read(_AT_ONCE):
            pass

    def sums(self) -> Sums:
        return self._summing.sums()

    def _read(self, size: int) -> bytes:
        if self._at == len(self._part):
            self._part = self._backup.take(member_of(self.table.name, self._number)) or b""
            self._at = 0
            self._number += 1
        data = self._part[self._at : self._at + size]
        self._at += len(data)
        self._summing.write(data)
        return data


def check(source: BinaryIO, *, largest: int = DEFAULT_LARGEST) -> Contents:
    """Read the whole file and change nothing. Raises BrokenBackupError."""
    reader = BackupReader(source, largest=largest)
    for _table in reader.tables():
        pass  # going on reads it to its end
    return Contents(reader.manifest, reader.seal())
