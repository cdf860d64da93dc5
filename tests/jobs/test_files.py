"""Files that every process can read."""

import datetime as dt

import pytest
from django.utils import timezone

from jobs import files, tasks
from jobs.models import StoredFile, StoredPart

pytestmark = pytest.mark.usefixtures("alpha")


@pytest.mark.parametrize("size", [0, 1, files.PART - 1, files.PART, files.PART * 2 + 7])
def test_what_is_written_is_read(size: int) -> None:
    content = bytes(number % 251 for number in range(size))
    pieces = [content[start : start + 100_000] for start in range(0, size, 100_000)]

    file = files.write("customers.csv", pieces)

    assert (file.name, file.size) == ("customers.csv", size)
    assert b"".join(files.read(file)) == content
    assert StoredPart.objects.count() == -(-size // files.PART)
    with files.copy(file) as copied:
        assert copied.read() == content


def test_a_long_name_keeps_its_end() -> None:
    assert files.write("x" * 300 + ".csv", []).name.endswith("x.csv")


def test_a_file_is_deleted_when_its_time_is_over() -> None:
    files.write("old.csv", [b"a"], keep=dt.timedelta(seconds=-1))
    kept = files.write("new.csv", [b"b"])

    tasks.delete_old_files()

    assert list(StoredFile.objects.all()) == [kept]
    assert StoredPart.objects.count() == 1
    assert kept.keep_until > timezone.now() + dt.timedelta(days=13)


def test_only_one_part_is_read_at_a_time(django_assert_num_queries: object) -> None:
    file = files.write("big.bin", [b"x" * files.PART * 3])

    reading = files.read(file)

    assert len(next(reading)) == files.PART
