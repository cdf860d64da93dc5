from collections.abc import Iterator

import pytest

from jobs import kinds
from jobs.kinds import Kind
from jobs.models import Job
from jobs.running import Run
from tests.factories.accounts import UserFactory

CHUNKS = 4


class Counting:
    """Work that writes a person for each of four chunks. `before` may disturb it in each."""

    def __init__(self) -> None:
        self.disturb: dict[int, object] = {}
        self.ended: list[Job] = []

    def work(self, run: Run) -> None:
        for number in range(run.job.done, CHUNKS):
            with run.chunk() as job:
                UserFactory.create(email=f"chunk{number}@example.com")
                job.done, job.total, job.place = number + 1, CHUNKS, {"next": number + 1}
                disturbance = self.disturb.get(number)
                if callable(disturbance):
                    disturbance()

    def tell_the_end(self, job: Job) -> None:
        self.ended.append(job)


@pytest.fixture
def counting() -> Iterator[Counting]:
    """The kind `tests.count`."""
    counting = Counting()
    kinds.register("tests.count", Kind("Count", counting.work, ended=counting.tell_the_end))
    yield counting
    del kinds._kinds["tests.count"]
