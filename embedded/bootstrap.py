"""`script/bootstrap`: the virtual environment of this checkout.

Runs with any Python 3.11, before anything is installed. Programs of the environment are always
started as `python -m`: the first line of an installed script breaks when the checkout's path holds
spaces or is long.
"""

import contextlib
import fcntl
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from collections import deque
from collections.abc import Iterator
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
VENV = CHECKOUT / ".venv"
PYTHON = VENV / "bin" / "python"
LOCKS = {"runtime": ["runtime"], "dev": ["dev", "runtime"]}  # installing dev installs runtime, too
_SHOWN_EVERY = 10


class CannotInstallError(Exception):
    """The environment could not be made. The message is fit to show."""


def main() -> int:
    """Install the named lock where it is not installed yet."""
    name = sys.argv[1] if len(sys.argv) > 1 else "runtime"
    if name not in LOCKS:
        print("usage: script/bootstrap [runtime|dev]", file=sys.stderr)
        return 2
    try:
        if is_installed(name):
            return 0
        refuse_half_a_python()
        with one_at_a_time():
            if not is_installed(name):
                make_environment()
                install(name)
    except CannotInstallError as error:
        print(f"script/bootstrap: {error}", file=sys.stderr)
        return 1
    return 0


def is_installed(name: str) -> bool:
    """Whether the lock as it is now was installed to the end."""
    if being_changed().exists() or not stamp(name).exists() or not PYTHON.exists():
        return False
    return stamp(name).read_text() == fingerprint(name)


def refuse_half_a_python() -> None:
    """Debian ships Python without the parts that make virtual environments."""
    if any(importlib.util.find_spec(part) is None for part in ("venv", "ensurepip")):
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        raise CannotInstallError(
            f"{sys.executable} cannot make virtual environments: venv or ensurepip is missing.\n"
            f"Debian and Ubuntu: apt-get install python{version}-venv"
        )


@contextlib.contextmanager
def one_at_a_time() -> Iterator[None]:
    """Two commands may start at once in one checkout; the second waits for the first."""
    path = CHECKOUT / ".venv.lock"
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    except OSError as error:
        reason = f"Cannot write in {CHECKOUT}: {error.strerror}. It may belong to another user."
        raise CannotInstallError(reason) from error
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print("Another command is installing; waiting for it.", flush=True)
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def make_environment() -> None:
    """Make .venv: again from nothing when an installation was cut short or its Python is gone."""
    if works() and not being_changed().exists():
        return
    print(f"Making {VENV} with Python {sys.version.split()[0]} …", flush=True)
    if VENV.is_symlink():
        raise CannotInstallError(f"{VENV} is a link. Remove it and start again.")
    shutil.rmtree(VENV, ignore_errors=True)
    made = subprocess.run(
        [sys.executable, "-m", "venv", str(VENV)], capture_output=True, text=True, check=False
    )
    if made.returncode:
        raise CannotInstallError(f"venv failed:\n{made.stdout}{made.stderr}")


def works() -> bool:
    """Whether .venv holds a usable pip."""
    return (
        PYTHON.exists()
        and subprocess.run(
            [str(PYTHON), "-c", "import pip"], capture_output=True, check=False
        ).returncode
        == 0
    )


def install(name: str) -> None:
    """Install a lock.

    A marker stands while it is done: a killed pip leaves half a package behind.
    """
    lock = lock_file(name)
    total = sum(1 for line in lock.read_text().splitlines() if "==" in line and line[0].isalnum())
    print(f"Installing {total} packages from {lock.name}; only the first time …", flush=True)
    for each in LOCKS:
        stamp(each).unlink(missing_ok=True)
    being_changed().touch()
    command = [str(PYTHON), "-m", "pip", "install", "--require-hashes", "--only-binary", ":all:"]
    command += ["--no-deps", "--disable-pip-version-check", "--no-input", "--progress-bar", "off"]
    last_words = show_progress([*command, "-r", str(lock)], total)
    if last_words:
        raise CannotInstallError("pip failed. Its last words:\n" + "\n".join(last_words))
    for each in LOCKS[name]:
        stamp(each).write_text(fingerprint(each))
    being_changed().unlink()


def show_progress(command: list[str], total: int) -> list[str]:
    """Run pip and count. Returns its last lines when it failed, nothing when all is well."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    last_words: deque[str] = deque(maxlen=30)
    count = 0
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment
    ) as pip:
        assert pip.stdout is not None  # noqa: S101 - asked for above
        for line in pip.stdout:
            last_words.append(line.rstrip())
            count += line.startswith(("Collecting ", "Requirement already satisfied: "))
            if line.startswith("Collecting ") and count % _SHOWN_EVERY == 0:
                print(f"  {count} of about {total}", flush=True)
            if line.startswith("Installing collected"):
                print("  unpacking", flush=True)
    return list(last_words) or ["(nothing)"] if pip.returncode else []


def lock_file(name: str) -> Path:
    """The lock's file."""
    return CHECKOUT / "requirements" / f"{name}.txt"


def fingerprint(name: str) -> str:
    """Changes when the lock does."""
    return hashlib.sha256(lock_file(name).read_bytes()).hexdigest()


def stamp(name: str) -> Path:
    """Says which lock was installed to the end."""
    return VENV / f"installed-{name}"


def being_changed() -> Path:
    """Stands in .venv while pip works."""
    return VENV / "being-changed"


if __name__ == "__main__":
    sys.exit(main())
