"""Tells whether the collected static files still match their sources."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class StaticFiles:
    """The collected files of one instance, and a note of what they were collected from."""

    checkout: Path
    state: Path

    def are_current(self) -> bool:
        """Whether nothing has to be collected."""
        return self._stamp.exists() and self._stamp.read_text() == self._sources()

    def note(self) -> None:
        """Remember that the files were collected from the sources as they are now."""
        self._stamp.write_text(self._sources())

    @property
    def _stamp(self) -> Path:
        return self.state / "static.stamp"

    def _sources(self) -> str:
        """A hash of names, sizes and times; packages with static files come from the lock."""
        digest = hashlib.sha256()
        for path in self._files():
            found = path.stat()
            digest.update(
                f"{path}\0{found.st_size}\0{found.st_mtime_ns}\n".encode(errors="replace")
            )
        return digest.hexdigest()

    def _files(self) -> Iterator[Path]:
        yield self.checkout / "requirements" / "runtime.txt"
        yield self.checkout / "config" / "settings.py"
        for folder in (self.checkout / "static", *sorted(self.checkout.glob("*/static"))):
            yield from sorted(path for path in folder.rglob("*") if path.is_file())
