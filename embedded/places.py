"""Where an instance keeps its data and its sockets, and who owns them.

The servers listen on Unix sockets only. A socket's address may have 107 bytes, so sockets live in a
short folder of their own; only its owner can enter it, which is all the access control that the
servers need.

PostgreSQL refuses to run as root. Then both servers run as a system user, and because a checkout
may be inside root's closed home, programs and data live under /var/lib instead. Folders that are
not ours are never opened up.
"""

import hashlib
import os
import pwd
import shutil
import stat
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from embedded.errors import CannotStartError

SYSTEM_USER = "reseller-portal"
SYSTEM_FOLDER = Path("/var/lib/reseller-portal")
LONGEST_SOCKET_ADDRESS = 107
_LONGEST_SOCKET_NAME = ".s.PGSQL.5432"
_ROOM_FOR_TESTS = 1 << 30


@dataclass(frozen=True)
class Account:
    """The unprivileged user that the servers run as when we are root."""

    uid: int
    gid: int


@dataclass(frozen=True)
class Places:
    """One instance's folders. `account` is None when the servers run as the calling user."""

    state: Path
    sockets: Path
    programs: Path | None
    account: Account | None

    def server_folder(self, name: str) -> Path:
        """The folder of one server's data, private to the user who runs the server."""
        return private_folder(self.state / name, self.account)


def of_checkout(checkout: Path) -> Places:
    """The places of the one instance that belongs to a checkout."""
    checkout = checkout.resolve()
    name = hashlib.sha256(os.fsencode(checkout)).hexdigest()[:10]
    if os.geteuid() != 0:
        state = private_folder(checkout / "var", None)
        sockets = private_folder(Path(f"/tmp/reseller-portal-{os.geteuid()}-{name}"), None)  # noqa: S108 - private_folder refuses a squatted one
        return Places(state, _short_enough(sockets), None, None)
    account = system_account()
    state = _folder_of_root(_folder_of_root(SYSTEM_FOLDER) / name)
    sockets = private_folder(state / "sockets", account)
    return Places(state, _short_enough(sockets), _programs_of_root(), account)


def temporary() -> Places:
    """The places of a throw-away instance, in memory where there is room.

    The caller deletes `state`.
    """
    state = Path(tempfile.mkdtemp(prefix="reseller-portal-", dir=_roomy_folder()))
    if os.geteuid() != 0:
        return Places(state, _short_enough(private_folder(state / "s", None)), None, None)
    account = system_account()
    state.chmod(0o711)
    sockets = private_folder(state / "s", account)
    return Places(state, _short_enough(sockets), _programs_of_root(), account)


def private_folder(folder: Path, account: Account | None) -> Path:
    """Make a folder that only its owner can enter; refuse one that somebody else put there."""
    try:
        folder.mkdir(mode=0o700)
    except FileExistsError:
        pass
    except OSError as error:
        raise CannotStartError(f"Cannot make the folder {folder}: {error.strerror}.") from error
    owner = account.uid if account else os.geteuid()
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid not in {owner, os.geteuid()}:
        raise CannotStartError(f"{folder} belongs to somebody else. Remove it and start again.")
    if account and found.st_uid != account.uid:
        os.chown(folder, account.uid, account.gid, follow_symlinks=False)
    if stat.S_IMODE(found.st_mode) != 0o700:  # noqa: PLR2004
        folder.chmod(0o700)
    return folder


def system_account() -> Account:
    """The system user for the servers, made on first use; `nobody` where users cannot be made."""
    for name in (SYSTEM_USER, "nobody"):
        try:
            found = pwd.getpwnam(name)
        except KeyError:
            if name != SYSTEM_USER or not _make_system_user():
                continue
            found = pwd.getpwnam(name)
        return Account(found.pw_uid, found.pw_gid)
    raise CannotStartError("PostgreSQL does not run as root, and no other user could be made.")


def _make_system_user() -> bool:
    useradd = shutil.which("useradd", path="/usr/sbin:/sbin:/usr/bin:/bin")
    if useradd is None:
        return False
    options = ["--system", "--user-group", "--no-create-home", "--home-dir", "/nonexistent"]
    command = [useradd, *options, "--shell", "/usr/sbin/nologin", SYSTEM_USER]
    made = subprocess.run(command, capture_output=True, check=False).returncode == 0
    return made or _user_exists()  # two at once: the other one made it


def _user_exists() -> bool:
    return any(user.pw_name == SYSTEM_USER for user in pwd.getpwall())


def _programs_of_root() -> Path:
    return _folder_of_root(_folder_of_root(SYSTEM_FOLDER) / "programs")


def _folder_of_root(folder: Path) -> Path:
    """A folder of root's that others may pass through but not list or change."""
    try:
        folder.mkdir(mode=0o711, exist_ok=True)
    except OSError as error:
        raise CannotStartError(f"Cannot make the folder {folder}: {error.strerror}.") from error
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != 0:
        raise CannotStartError(f"{folder} does not belong to root. Remove it and start again.")
    folder.chmod(0o711)  # whatever the umask made of it
    return folder


def _roomy_folder() -> str:
    memory = Path("/dev/shm")  # noqa: S108 - a fresh private folder is made in it
    if os.access(memory, os.W_OK | os.X_OK) and shutil.disk_usage(memory).free > _ROOM_FOR_TESTS:
        return str(memory)
    return tempfile.gettempdir()


def _short_enough(sockets: Path) -> Path:
    if len(os.fsencode(sockets / _LONGEST_SOCKET_NAME)) > LONGEST_SOCKET_ADDRESS:
        raise CannotStartError(
            f"The folder {sockets} is too long for the address of a Unix socket. "
            "Choose a shorter TMPDIR."
        )
    return sockets
