"""What a backup says about itself: the manifest at its beginning, the seal at its end."""

import datetime as dt
import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, TypeVar

from resellers.backups import keys
from resellers.backups.archive import BrokenBackupError

FORMAT = "reseller-portal-backup"
FORMAT_VERSION = 1

Migration = tuple[str, str]
T = TypeVar("T")


@dataclass(frozen=True)
class Column:
    name: str
    type: str


@dataclass(frozen=True)
class Table:
    """One table whose rows the file holds, with the columns in the order of its rows."""

    name: str
    columns: Sequence[Column]


@dataclass(frozen=True)
class Manifest:
    """Whose backup it is, and of which state of the code."""

    made_at: dt.datetime
    product_version: str
    postgres_version: str
    keys: Sequence[str]  # fingerprints, the one that signed first
    reseller: Mapping[str, Any]
    domains: Sequence[str]
    schema_name: str
    migrations: Sequence[Migration]
    tables: Sequence[Table]

    def to_json(self) -> bytes:
        words = {"format": FORMAT, "format_version": FORMAT_VERSION, **asdict(self)}
        return json.dumps(words | {"made_at": self.made_at.isoformat()}, indent=1).encode()

    @classmethod
    def from_json(cls, content: bytes) -> "Manifest":
        """Raises BrokenBackupError."""
        words = _object(content, "manifest")
        _refuse_another_format(words)
        return _understood("manifest", lambda: cls._of(words))

    @classmethod
    def _of(cls, words: Mapping[str, Any]) -> "Manifest":
        return cls(
            made_at=dt.datetime.fromisoformat(words["made_at"]),
            product_version=_text(words["product_version"]),
            postgres_version=_text(words["postgres_version"]),
            keys=[_text(words["keys"][0]), *map(_text, words["keys"][1:])],
            reseller=dict(words["reseller"]),
            domains=[_text(each) for each in words["domains"]],
            schema_name=_text(words["schema_name"]),
            migrations=[(_text(app), _text(name)) for app, name in words["migrations"]],
            tables=[
                Table(
                    _text(table["name"]),
                    [Column(_text(each["name"]), _text(each["type"])) for each in table["columns"]],
                )
                for table in words["tables"]
            ],
        )


@dataclass(frozen=True)
class Sums:
    """What the rows of one table add up to."""

    rows: int
    bytes: int
    sha256: str


@dataclass(frozen=True)
class SequenceState:
    """Where the numbers of a column go on."""

    last_value: int
    is_called: bool


@dataclass
class Seal:
    """What everything before it adds up to."""

    manifest_sha256: str
    tables: dict[str, Sums] = field(default_factory=dict)
    sequences: dict[str, SequenceState] = field(default_factory=dict)

    def to_json(self) -> bytes:
        """Signed by this installation's key."""
        words = asdict(self)
        signature = keys.signature(_settled(words))
        return json.dumps({**words, "signature": signature}, indent=1).encode()

    @classmethod
    def from_json(cls, content: bytes, manifest: Manifest) -> "Seal":
        """Raises BrokenBackupError: also where the signature shows that somebody changed it.

        That can be seen only with the key that made it.
        """
        words = _object(content, "seal")
        signature = str(words.pop("signature", ""))
        signer = manifest.keys[0]
        if keys.knows(signer) and not keys.is_signed(_settled(words), signature, signer):
            raise BrokenBackupError("It was changed after it was made: its signature is wrong.")
        return _understood("seal", lambda: cls._of(words))

    @classmethod
    def _of(cls, words: Mapping[str, Any]) -> "Seal":
        return cls(
            _text(words["manifest_sha256"]),
            {
                name: Sums(int(each["rows"]), int(each["bytes"]), _text(each["sha256"]))
                for name, each in words["tables"].items()
            },
            {
                name: SequenceState(int(each["last_value"]), bool(each["is_called"]))
                for name, each in words["sequences"].items()
            },
        )


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _settled(words: Mapping[str, Any]) -> bytes:
    return json.dumps(words, sort_keys=True).encode()


def _object(content: bytes, what: str) -> dict[str, Any]:
    try:
        words = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise BrokenBackupError(f"Its {what} cannot be read.") from error
    if not isinstance(words, dict):
        raise BrokenBackupError(f"Its {what} cannot be read.")
    return words


def _refuse_another_format(words: Mapping[str, Any]) -> None:
    if words.get("format") != FORMAT:
        raise BrokenBackupError("It is not a backup of a reseller.")
    if words.get("format_version") != FORMAT_VERSION:
        raise BrokenBackupError(
            f"It is written in version {words.get('format_version')} of the format; "
            f"this installation reads version {FORMAT_VERSION}."
        )


def _understood(what: str, read: Callable[[], T]) -> T:
    try:
        return read()
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        raise BrokenBackupError(f"Its {what} lacks something, or is malformed.") from error


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is not a text.")
    return value
