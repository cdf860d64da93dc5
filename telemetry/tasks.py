"""One log line and the counts of each task that a worker ran."""

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from telemetry import context, counts, statements
from telemetry.context import Work
from telemetry.metrics import TASK_SECONDS, TASKS

logger = logging.getLogger("portal.tasks")

DONE, FAILED, DROPPED = "done", "failed", "dropped"


@dataclass
class Run:
    """One run of a task. Whoever runs it may say that it was dropped."""

    task: str
    task_id: str
    tenant: str
    outcome: str = DONE

    def marks(self) -> dict[str, str]:
        return {"task": self.task, "task_id": self.task_id, "tenant": self.tenant}


@contextmanager
def observed(run: Run, *, caused_by: str) -> Iterator[Run]:
    """Mark every log line of the run, then tell how it ended. `caused_by`: the request's id.

    What beat started has no request: its own id takes the place, also for the tasks it sends.
    """
    begun = time.perf_counter()
    work = Work(caused_by or run.task_id, run.marks)
    with context.working(work), statements.counted() as asked:
        try:
            yield run
        except BaseException:
            run.outcome = FAILED
            raise
        finally:
            _tell(run, asked, time.perf_counter() - begun)


def _tell(run: Run, asked: statements.Asked, seconds: float) -> None:
    counts.add([*TASKS.one(run.task, run.outcome), *TASK_SECONDS.took(seconds, run.task)])
    counts.send()  # a worker's process may be ended between two tasks
    fields = {
        "outcome": run.outcome,
        "duration_ms": round(seconds * 1000, 1),
        "queries": asked.number,
        "database_ms": round(asked.seconds * 1000, 1),
    }
    level = logging.INFO if run.outcome == DONE else logging.WARNING
    logger.log(level, "%s %s", run.task, run.outcome, extra={"fields": fields})
