"""How much memory other processes hold, as the kernel counts it."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks.clocks import descendants

_PEAK, _NOW = "VmHWM:", "VmRSS:"


@dataclass
class Peak:
    """The most that one of the processes held over what it held before. In bytes."""

    over_idle: int = 0


@contextlib.contextmanager
def watched(pid: int | None) -> Iterator[Peak]:
    """Watch a process and all that come from it; the peak is there at the end."""
    peak, before = Peak(), {}
    for each in descendants(pid) if pid else []:
        with contextlib.suppress(OSError):  # it has just ended
            # Linux: forget the peak there was (proc(5), clear_refs).
            Path(f"/proc/{each}/clear_refs").write_text("5")
            before[each] = _bytes(each, _NOW)
    yield peak
    for each, idle in before.items():
        with contextlib.suppress(OSError):
            peak.over_idle = max(peak.over_idle, _bytes(each, _PEAK) - idle)


def _bytes(pid: int, name: str) -> int:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(name):
            return int(line.split()[1]) * 1024
    return 0
