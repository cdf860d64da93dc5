"""Jobs: taken by one worker at a time, done in chunks that happen exactly once."""

import datetime as dt
import uuid
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone
from kombu.exceptions import OperationalError
from pytest_django import DjangoCaptureOnCommitCallbacks

from accounts.models import User
from jobs import flows, kinds, running, tasks
from jobs.kinds import Kind
from jobs.models import Job
from jobs.running import CannotFinishError, Run
from resellers.models import Reseller
from tests.factories.accounts import UserFactory
from tests.factories.jobs import JobFactory
from tests.jobs.conftest import CHUNKS, Counting
from tests.races import overlap

State = Job.State
pytestmark = pytest.mark.usefixtures("alpha")


class WorkerKilledError(BaseException):
    """Nothing catches it, as nothing catches the end of a process."""


def die() -> None:
    raise WorkerKilledError


def made() -> int:
    return User.objects.filter(email__startswith="chunk").count()


def let_the_lease_end(job: Job) -> None:
    Job.objects.filter(pk=job.pk).update(next_run_at=timezone.now())


@pytest.fixture
def woken(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    sent: list[str] = []
    monkeypatch.setattr(tasks.run, "delay", lambda *, job_id: sent.append(job_id))
    return sent


def test_a_started_job_is_announced_once_it_is_committed(
    counting: Counting,
    woken: list[str],
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    key, person = uuid.uuid4(), UserFactory()

    with django_capture_on_commit_callbacks(execute=True):
        job = flows.start("tests.count", {"of": "sheep"}, by=person, total=4, key=key)
        again = flows.start("tests.count", {"of": "sheep"}, by=person, total=4, key=key)
        assert woken == []

    assert (job.pk, again.pk) == (key, key)
    assert woken == [str(key)]
    assert (job.state, job.total, job.arguments) == (State.QUEUED, 4, {"of": "sheep"})
    assert (job.started_by, str(job), job.percent) == (person, "Count", 0)


def test_a_kind_that_nobody_registered_cannot_be_started() -> None:
    with pytest.raises(KeyError):
        flows.start("tests.unknown", {}, by=UserFactory())


def test_a_second_kind_of_the_same_name_is_refused(counting: Counting) -> None:
    kinds.register("tests.count", Kind("Count", counting.work, ended=counting.tell_the_end))

    with pytest.raises(ValueError, match=r"tests\.count"):
        kinds.register("tests.count", Kind("Other", counting.work))


def test_work_outlives_the_code_that_did_it() -> None:
    assert str(JobFactory(kind="gone.kind")) == "gone.kind"


def test_a_job_of_a_kind_that_is_gone_can_be_cancelled() -> None:
    job = JobFactory.create(kind="exports_of_old")

    assert flows.cancel(job).state == State.CANCELLED


def test_a_job_of_a_kind_that_is_gone_is_given_up() -> None:
    """Not at the first attempt: while workers are upgraded, some know it already."""
    job = JobFactory.create(kind="exports_of_old")
    for _attempt in range(running.MOST_ATTEMPTS):
        with pytest.raises(KeyError, match="exports_of_old"):
            running.run(job.pk)
        let_the_lease_end(job)

    running.run(job.pk)

    job.refresh_from_db()
    assert job.state == State.FAILED


def test_a_job_is_done_chunk_by_chunk(counting: Counting) -> None:
    job = JobFactory()

    running.run(job.pk)
    running.run(job.pk)

    job.refresh_from_db()
    assert (job.state, job.done, job.total, job.percent) == (State.DONE, CHUNKS, CHUNKS, 100)
    assert job.place == {"next": CHUNKS}
    assert (job.claim, job.next_run_at, job.ended_at is None) == (None, None, False)
    assert made() == CHUNKS
    assert counting.ended == [job]


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_a_killed_worker_s_job_goes_on_where_it_was(counting: Counting, chunk: int) -> None:
    job = JobFactory()
    counting.disturb = {chunk: die}
    with pytest.raises(WorkerKilledError):
        running.run(job.pk)
    assert made() == chunk

    counting.disturb = {}
    running.run(job.pk)
    assert made() == chunk, "its lease has not ended"
    let_the_lease_end(job)
    running.run(job.pk)

    job.refresh_from_db()
    assert (job.state, job.done) == (State.DONE, CHUNKS)
    assert made() == CHUNKS


def test_a_worker_that_lost_its_lease_writes_nothing_more(counting: Counting) -> None:
    job = JobFactory()
    slow = running.claim(job.pk)
    assert slow
    let_the_lease_end(job)
    running.run(job.pk)

    with pytest.raises(running._LostError), slow.chunk():
        pytest.fail("entered")
    with pytest.raises(running._LostError):
        slow.end(State.FAILED, sentence="x")

    job.refresh_from_db()
    assert (job.state, made()) == (State.DONE, CHUNKS)


def test_a_run_whose_lease_was_taken_ends_quietly(
    counting: Counting, caplog: pytest.LogCaptureFixture
) -> None:
    job = JobFactory()

    def somebody_takes_it() -> None:
        Job.objects.filter(pk=job.pk).update(claim=uuid.uuid4())

    counting.disturb = {1: somebody_takes_it}
    running.run(job.pk)

    job.refresh_from_db()
    assert (job.state, made()) == (State.RUNNING, 2)
    assert "the lease ended before its worker did" in caplog.text


def test_each_chunk_renews_the_lease(counting: Counting) -> None:
    job = JobFactory()
    held = running.claim(job.pk)
    assert held
    let_the_lease_end(job)

    with held.chunk():
        pass

    assert not Job.objects.due(timezone.now()).exists()
    assert Job.objects.due(timezone.now() + running.LEASE).exists()


def test_a_job_that_never_gets_on_is_given_up(counting: Counting) -> None:
    job = JobFactory()
    counting.disturb = {0: die}
    for _attempt in range(running.MOST_ATTEMPTS):
        let_the_lease_end(job)
        with pytest.raises(WorkerKilledError):
            running.run(job.pk)

    let_the_lease_end(job)
    running.run(job.pk)

    job.refresh_from_db()
    assert (job.state, made()) == (State.FAILED, 0)
    assert "begun 5 times" in job.sentence
    assert counting.ended == [job]


def test_a_job_that_gets_on_is_not_given_up(counting: Counting) -> None:
    job = JobFactory(attempts=running.MOST_ATTEMPTS - 1)
    counting.disturb = {1: die}
    with pytest.raises(WorkerKilledError):
        running.run(job.pk)

    job.refresh_from_db()
    assert (job.attempts, job.done) == (0, 1)


def test_work_that_cannot_be_finished_says_why(counting: Counting) -> None:
    def refuse() -> None:
        raise CannotFinishError("The file is gone.")

    counting.disturb = {2: refuse}
    job = JobFactory()
    running.run(job.pk)

    job.refresh_from_db()
    assert (job.state, job.sentence, job.done) == (State.FAILED, "The file is gone.", 2)
    assert made() == 2, "what was done before stays"


def test_a_waiting_job_is_cancelled_at_once(counting: Counting) -> None:
    job = flows.cancel(JobFactory())

    running.run(job.pk)

    job.refresh_from_db()
    assert (job.state, made()) == (State.CANCELLED, 0)
    assert counting.ended == [job]


def test_a_running_job_is_cancelled_after_its_chunk(counting: Counting) -> None:
    job = JobFactory()
    counting.disturb = {1: lambda: flows.cancel(job)}

    running.run(job.pk)

    job.refresh_from_db()
    assert (job.state, job.done, made()) == (State.CANCELLED, 2, 2)


def test_a_lost_job_that_was_cancelled_does_nothing_more(counting: Counting) -> None:
    job = JobFactory()
    held = running.claim(job.pk)
    assert held
    assert flows.cancel(job).is_being_cancelled
    let_the_lease_end(job)

    running.run(job.pk)

    job.refresh_from_db()
    assert (job.state, made()) == (State.CANCELLED, 0)


def test_cancelling_what_has_ended_changes_nothing(counting: Counting) -> None:
    job = flows.cancel(JobFactory(finished=True))

    assert (job.state, job.cancel_requested_at) == (State.DONE, None)


def test_progress_can_be_told_on_the_way(counting: Counting) -> None:
    held = running.claim(JobFactory().pk)
    assert held

    held.tell(done=30, total=40)

    assert (held.job.done, held.job.total, held.job.percent) == (30, 40, 75)


def test_how_much_is_done_is_unknown_without_a_total() -> None:
    assert Job(done=3, total=0).percent is None
    assert Job(done=5, total=4).percent == 100


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_do_it_once(alpha: Reseller, counting: Counting) -> None:
    job = JobFactory()

    early, late = overlap(alpha, lambda: running.claim(job.pk), lambda: running.claim(job.pk))

    assert isinstance(early.result, Run)
    assert late.result is None


def test_the_sweep_wakes_what_waits_too_long(counting: Counting, woken: list[str]) -> None:
    now = timezone.now()
    lost = JobFactory(next_run_at=now - tasks.GRACE - dt.timedelta(seconds=1))
    JobFactory(next_run_at=now)
    JobFactory(finished=True)
    claimed = JobFactory()
    assert running.claim(claimed.pk)

    tasks.sweep()

    assert woken == [str(lost.pk)]


def test_a_broker_that_is_away_costs_nothing_but_time(
    monkeypatch: pytest.MonkeyPatch, counting: Counting
) -> None:
    def away(**_arguments: Any) -> None:
        raise OperationalError("away")

    monkeypatch.setattr(tasks.run, "delay", away)
    job = JobFactory(next_run_at=timezone.now() - dt.timedelta(minutes=1))

    assert not tasks.wake_worker(job.pk)
    tasks.wake_overdue()

    job.refresh_from_db()
    assert job.state == State.QUEUED


def test_the_task_does_the_job(counting: Counting) -> None:
    job = JobFactory()

    tasks.run(job_id=str(job.pk), something_new=1)

    job.refresh_from_db()
    assert job.state == State.DONE


@pytest.mark.parametrize(
    ("rule", "changes"),
    [
        ("job_ended_iff_ended_at", {"state": "done", "next_run_at": None}),
        ("job_taken_again_iff_under_way", {"next_run_at": None}),
        ("job_claimed_iff_running", {"state": "running"}),
        (
            "job_failed_says_why",
            {"state": "failed", "next_run_at": None, "ended_at": "2026-01-01T00:00Z"},
        ),
    ],
)
def test_the_database_keeps_the_states_straight(rule: str, changes: dict[str, object]) -> None:
    job = JobFactory()

    with pytest.raises(IntegrityError, match=rule), transaction.atomic():
        Job.objects.filter(pk=job.pk).update(**changes)
