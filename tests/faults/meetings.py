"""Two workers begin the same work at the same instant.

Whoever gets a task waits at its door for somebody of another worker with the same task. It is done
by a signal of Celery, in workers that a trial started. The product knows nothing of it.
"""

import hashlib
import json
import os
import time
from functools import partial
from pathlib import Path
from typing import Any

from celery.signals import task_prerun

PATIENCE = 3.0  # seconds until somebody begins alone


def arrange(folder: Path, names: tuple[str, ...]) -> None:
    """Meet at tasks of these names from now on. Traces of it are files in the folder."""
    task_prerun.connect(partial(_meet, folder, names), weak=False)


def took_place(folder: Path, name: str) -> bool:
    """Whether two workers had the same task of this name in hands since the folder was empty."""
    met: dict[str, set[str]] = {}
    for trace in folder.glob(f"{name}~*"):
        what, _tilde, who = trace.name.rpartition("~")
        met.setdefault(what, set()).add(who)
    return any(len(workers) > 1 for workers in met.values())


def _meet(folder: Path, names: tuple[str, ...], task: Any, kwargs: Any, **_more: Any) -> None:
    if task.name not in names:
        return
    whose = (task.request.headers or {}).get("_schema_name", "")
    what = hashlib.sha256(json.dumps([whose, kwargs], sort_keys=True).encode()).hexdigest()[:16]
    (folder / f"{task.name}~{what}~{os.getpgid(0)}").touch()
    deadline = time.monotonic() + PATIENCE
    while len(list(folder.glob(f"{task.name}~{what}~*"))) < 2 and time.monotonic() < deadline:
        time.sleep(0.003)
