"""`manage.py backup_reseller` and `restore_reseller`."""

import io
import os
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from audit.models import AuditEntry
from resellers import flows
from resellers.backups import files, making
from resellers.models import Reseller
from tests.harness.environment import CHECKOUT
from tests.isolation import tables
from tests.resellers.backups import fill, schemas, sums

pytestmark = pytest.mark.django_db(transaction=True)


def run(command: str, *words: str) -> str:
    said = io.StringIO()
    call_command(command, *words, stdout=said, stderr=said, no_color=True)
    return said.getvalue()


@pytest.fixture
def alpha(public: Any) -> Reseller:
    reseller = Reseller.objects.get(schema_name="alpha")
    fill(reseller)
    return reseller


@pytest.fixture
def file(alpha: Reseller, tmp_path: Path) -> Path:
    path = tmp_path / "alpha.backup"
    run("backup_reseller", "alpha.localhost", "--to", str(path))
    return path


def manage(*words: str, given: bytes = b"") -> "subprocess.CompletedProcess[bytes]":
    return subprocess.run(  # noqa: S603
        [sys.executable, "manage.py", *words],
        cwd=CHECKOUT,
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "config.settings"},
        input=given,
        capture_output=True,
        check=False,
    )


def test_a_backup_and_back(alpha: Reseller, file: Path) -> None:
    said = run("restore_reseller", str(file), "--host", "Copy.example.com")

    copy = Reseller.objects.get(host="copy.example.com")
    assert sums(copy.schema_name) == sums("alpha")
    number = len(tables.names("alpha"))
    assert f"Alpha Cloud was restored at copy.example.com: {number} tables, " in said
    assert said.endswith("every table compared by checksum.\n")


def test_only_its_owner_can_read_the_file(file: Path) -> None:
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [each.name for each in file.parent.iterdir()] == ["alpha.backup"]


def test_a_reseller_is_named_by_host_or_schema(alpha: Reseller, tmp_path: Path) -> None:
    said = run("backup_reseller", "alpha", "--to", str(tmp_path / "1"))
    run("backup_reseller", "ALPHA.localhost", "--to", str(tmp_path / "2"))

    number = len(tables.names("alpha"))
    assert said.startswith(f"Alpha Cloud (alpha.localhost) was backed up: {number} tables, ")
    assert AuditEntry.objects.filter(action="reseller.backed_up").count() == 2


def test_nobody_knows_that_host(public: Any, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"no reseller with the host or schema nobody\.example"):
        run("backup_reseller", "nobody.example", "--to", str(tmp_path / "1"))


def test_a_file_is_never_overwritten(file: Path) -> None:
    before = file.read_bytes()

    with pytest.raises(CommandError, match="exists already"):
        run("backup_reseller", "alpha", "--to", str(file))

    assert file.read_bytes() == before


def test_a_backup_that_fails_leaves_no_file(
    alpha: Reseller, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_arguments: object) -> None:
        raise making.CannotBackUpError("The database refused: no more room")

    monkeypatch.setattr(making, "_written", fails)

    with pytest.raises(CommandError, match="no more room"):
        run("backup_reseller", "alpha", "--to", str(tmp_path / "1"))

    assert list(tmp_path.iterdir()) == []
    assert not AuditEntry.objects.filter(action="reseller.backed_up").exists()


@pytest.mark.parametrize("path", ["/nonexistent/file", "/proc/file"])
def test_a_place_where_nothing_can_be_written_is_named(alpha: Reseller, path: str) -> None:
    with pytest.raises(CommandError, match=f"{path} cannot be written: "):
        run("backup_reseller", "alpha", "--to", path)


@pytest.mark.parametrize("path", ["/nonexistent/file", "/tmp"])  # noqa: S108 - a folder that is there
def test_a_file_that_cannot_be_read_is_named(public: Any, path: str) -> None:
    with pytest.raises(CommandError, match=f"{path} cannot be read: "):
        run("restore_reseller", path)


def test_a_terminal_is_spared(alpha: Reseller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)

    with pytest.raises(files.CannotOpenError, match="no text"), files.writing("-"):
        pass


def test_checking_writes_nothing(alpha: Reseller, file: Path) -> None:
    before = schemas(), AuditEntry.objects.count()

    said = run("restore_reseller", str(file), "--check", "--host", "copy.example.com")

    assert said.startswith("A whole backup of Alpha Cloud (alpha.localhost) of 20")
    assert said.endswith("It can be restored here.\n")
    assert (schemas(), AuditEntry.objects.count()) == before


def test_checking_says_what_stands_in_the_way(file: Path) -> None:
    with pytest.raises(CommandError, match="Another reseller has this host"):
        run("restore_reseller", str(file), "--check")


def test_a_broken_file_is_named(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-20])

    for option in ("--check", "--takes-over"):
        with pytest.raises(CommandError, match=f"^{file} cannot be used. It ends too early.$"):
            run("restore_reseller", str(file), option)


def test_the_largest_size_is_a_choice(file: Path) -> None:
    with pytest.raises(CommandError, match="more than 0 megabytes"):
        run("restore_reseller", str(file), "--largest", "0")


def test_replacing_keeps_the_host(file: Path) -> None:
    with pytest.raises(CommandError, match="--host does not go with it"):
        run("restore_reseller", str(file), "--replace", "--host", "copy.example.com")


def test_what_is_restored_suspended_says_so(alpha: Reseller, file: Path) -> None:
    flows.suspend(alpha, by=None, reason="To go back to yesterday.")

    assert "It is suspended. Resume it in the admin." in run(
        "restore_reseller", str(file), "--replace"
    )


def test_a_pipe_from_one_to_the_other(alpha: Reseller) -> None:
    made = manage("backup_reseller", "alpha", "--to", "-")
    put_back = manage("restore_reseller", "-", "--host", "copy.example.com", given=made.stdout)

    assert made.stderr.decode().startswith("Alpha Cloud (alpha.localhost) was backed up")
    assert put_back.returncode == 0, put_back.stderr.decode()
    copy = Reseller.objects.get(host="copy.example.com")
    assert sums(copy.schema_name) == sums("alpha")


def test_a_broken_pipe_is_no_backup(alpha: Reseller) -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [sys.executable, "manage.py", "backup_reseller", "alpha", "--to", "-"],
            cwd=CHECKOUT,
            env=os.environ | {"DJANGO_SETTINGS_MODULE": "config.settings"},
            stdout=full,
            stderr=subprocess.PIPE,
            check=False,
        )

    assert done.returncode == 1
    assert "standard output cannot be written: No space left on device" in done.stderr.decode()
    assert not AuditEntry.objects.filter(action="reseller.backed_up").exists()
