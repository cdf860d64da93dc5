"""Jobs that were under way when a backup was made."""

import pytest

from jobs import restoring
from jobs.models import Job
from resellers.hooks import Restoration
from resellers.models import Reseller
from tests.factories.jobs import JobFactory
from tests.jobs.conftest import Counting


def restored(reseller: Reseller, *, takes_over: bool) -> list[str]:
    return list(restoring.set_right(Restoration(reseller, "old.example", takes_over)))


def test_a_copy_stops_them(alpha: Reseller, counting: Counting) -> None:
    waiting, finished = JobFactory(), JobFactory(finished=True)

    sentences = restored(alpha, takes_over=False)

    waiting.refresh_from_db()
    finished.refresh_from_db()
    assert (waiting.state, finished.state) == (Job.State.FAILED, Job.State.DONE)
    assert "restored from a backup" in waiting.sentence
    assert sentences == ["1 background jobs that were under way in the backup were stopped."]


def test_what_takes_over_goes_on(alpha: Reseller) -> None:
    waiting = JobFactory()

    sentences = restored(alpha, takes_over=True)

    waiting.refresh_from_db()
    assert waiting.state == Job.State.QUEUED
    assert sentences == ["1 background jobs that were under way in the backup will go on now."]


@pytest.mark.parametrize("takes_over", [True, False])
def test_nothing_is_told_about_nothing(alpha: Reseller, takes_over: bool) -> None:
    JobFactory(finished=True)

    assert restored(alpha, takes_over=takes_over) == []
