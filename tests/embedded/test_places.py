"""Folders that nobody else may have made, and addresses that fit."""

import os
from pathlib import Path

import pytest

from embedded import places
from embedded.errors import CannotStartError


def test_a_folder_is_private(tmp_path: Path) -> None:
    folder = places.private_folder(tmp_path / "mine", None)

    assert folder.stat().st_mode & 0o777 == 0o700


def test_a_folder_of_ours_that_others_could_enter_is_closed(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir(mode=0o755)

    assert places.private_folder(tmp_path / "mine", None).stat().st_mode & 0o777 == 0o700


def test_a_link_in_our_place_is_refused(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "mine").symlink_to(tmp_path / "elsewhere")

    with pytest.raises(CannotStartError, match="belongs to somebody else"):
        places.private_folder(tmp_path / "mine", None)


def test_a_folder_of_somebody_else_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "mine").mkdir()
    stranger = os.geteuid() + 1
    monkeypatch.setattr("embedded.places.os.geteuid", lambda: stranger)

    with pytest.raises(CannotStartError, match="belongs to somebody else"):
        places.private_folder(tmp_path / "mine", None)


def test_a_path_too_long_for_a_socket_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    long = tmp_path / ("long" * 25)
    long.mkdir()
    monkeypatch.setattr("embedded.places._roomy_folder", lambda: str(long))

    with pytest.raises(CannotStartError, match="too long"):
        places.temporary()


def test_each_checkout_has_sockets_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "other").mkdir()
    found = [places.of_checkout(tmp_path / name) for name in ("one", "other")]
    try:
        assert found[0].sockets != found[1].sockets
        assert found[0] == places.of_checkout(tmp_path / "one")
    finally:
        for where in found:
            where.sockets.rmdir()
            where.state.rmdir()
