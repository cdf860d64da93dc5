"""Background work."""

import datetime as dt

from django.utils import timezone
from factory import LazyFunction, Trait
from factory.django import DjangoModelFactory

from jobs.models import Job, StoredFile


class JobFactory(DjangoModelFactory[Job]):
    """Work that waits for a worker, unless a trait says otherwise."""

    class Meta:
        model = Job

    class Params:
        finished = Trait(
            state=Job.State.DONE, ended_at=LazyFunction(timezone.now), next_run_at=None
        )

    kind = "tests.count"


class StoredFileFactory(DjangoModelFactory[StoredFile]):
    """A file without content that is kept for a day."""

    class Meta:
        model = StoredFile

    name = "customers.csv"
    keep_until = LazyFunction(lambda: timezone.now() + dt.timedelta(days=1))
