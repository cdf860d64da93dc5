"""The file as such: what the writer never writes, the reader never accepts."""

import gzip
import io
import tarfile
import tracemalloc
import zlib

import pytest

from resellers.backups.archive import (
    LARGEST_MEMBER,
    ArchiveReader,
    ArchiveWriter,
    BrokenBackupError,
)

MEMBERS = [("one", b"1" * 700), ("empty", b""), ("two", bytes(range(256)) * 4)]


def written() -> bytes:
    target = io.BytesIO()
    archive = ArchiveWriter(target)
    for name, content in MEMBERS:
        archive.add(name, content)
    archive.close()
    return target.getvalue()


def read(content: bytes, *, largest: int = 1 << 40) -> list[tuple[str, bytes]]:
    archive = ArchiveReader(io.BytesIO(content), largest=largest)
    found = []
    while member := archive.next():
        found.append(member)
    return found


def tar_of(header: tarfile.TarInfo, content: bytes = b"") -> bytes:
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w", format=tarfile.PAX_FORMAT) as archive:
        archive.addfile(header, io.BytesIO(content))
    return gzip.compress(target.getvalue())


def header_of(name: str, **fields: object) -> tarfile.TarInfo:
    header = tarfile.TarInfo(name)
    for field, value in fields.items():
        setattr(header, field, value)
    return header


def test_what_was_written_is_read() -> None:
    assert read(written()) == MEMBERS


def test_any_tar_can_read_it() -> None:
    with tarfile.open(fileobj=io.BytesIO(written()), mode="r:gz") as archive:
        assert [(each.name, each.size, each.mode) for each in archive] == [
            ("one", 700, 0o600),
            ("empty", 0, 0o600),
            ("two", 1024, 0o600),
        ]


def test_no_member_is_larger_than_what_fits_in_memory() -> None:
    archive = ArchiveWriter(io.BytesIO())

    with pytest.raises(ValueError, match="bytes"):
        archive.add("large", bytes(LARGEST_MEMBER + 1))


def test_every_shorter_file_is_refused() -> None:
    content = written()

    for length in range(len(content)):
        with pytest.raises(BrokenBackupError):
            read(content[:length])


def test_every_changed_byte_that_matters_is_refused() -> None:
    content = written()

    for place in range(10, len(content)):  # before: gzip's header, which says nothing about content
        broken = content[:place] + bytes([content[place] ^ 0x55]) + content[place + 1 :]
        with pytest.raises(BrokenBackupError):
            read(broken)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "It ends too early"),
        (b"PK\x03\x04 a zip", "not a gzipped file"),
        (gzip.compress(b"hello"), "It ends too early"),
        (gzip.compress(b"x" * 2000), "It is not a backup, or it is damaged"),
        (written() + b"more", "cannot be unpacked"),
        (written() + gzip.compress(b"more"), "Something follows its end"),
    ],
    # Packed bytes hold the time, and the workers of a test run must collect the same names.
    ids=["nothing", "zip", "too-short", "no-archive", "bytes-follow", "file-follows"],
)
def test_what_is_no_archive_is_refused_in_words(content: bytes, reason: str) -> None:
    with pytest.raises(BrokenBackupError, match=reason):
        read(content)


@pytest.mark.parametrize(
    "header",
    [
        header_of("link", type=tarfile.SYMTYPE, linkname="/etc/passwd"),
        header_of("link", type=tarfile.LNKTYPE, linkname="/etc/passwd"),
        header_of("device", type=tarfile.CHRTYPE),
        header_of("folder", type=tarfile.DIRTYPE),
        header_of("pipe", type=tarfile.FIFOTYPE),
        header_of("long" * 100),  # brings an extended header
        header_of("ümlaut"),
    ],
    ids=lambda header: header.name[:10],
)
def test_only_plain_files_are_accepted(header: tarfile.TarInfo) -> None:
    with pytest.raises(BrokenBackupError, match="not part of a backup"):
        read(tar_of(header))


def test_a_header_that_promises_gigabytes_costs_no_memory() -> None:
    for kind in (tarfile.REGTYPE, tarfile.XHDTYPE, tarfile.GNUTYPE_LONGNAME):
        header = header_of("large", type=kind, size=8 << 30)
        block = header.tobuf(tarfile.GNU_FORMAT)
        tracemalloc.start()

        with pytest.raises(BrokenBackupError, match="'large', which is not part"):
            read(gzip.compress(block + bytes(5000)))

        assert tracemalloc.get_traced_memory()[1] < 2 << 20
        tracemalloc.stop()


def bomb(size: int) -> bytes:
    """Members of zeros: a thousandth of their size when packed."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    header = header_of("tables/x.000000", size=LARGEST_MEMBER)
    member = header.tobuf(tarfile.USTAR_FORMAT) + bytes(LARGEST_MEMBER)
    parts = [packer.compress(member) for _ in range(size // LARGEST_MEMBER)]
    return b"".join([*parts, packer.flush()])


def test_a_small_file_that_grows_without_end_is_refused() -> None:
    content = bomb(400 << 20)
    assert len(content) < 1 << 20

    with pytest.raises(BrokenBackupError, match="more than 300 times its size"):
        read(content)


def test_more_than_was_allowed_is_refused() -> None:
    with pytest.raises(BrokenBackupError, match="more than 8 megabytes"):
        read(bomb(16 << 20), largest=8 << 20)
