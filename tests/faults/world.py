"""What the trials share: a reseller, its mails, and time that passes faster.

Time is moved in the data (a lease that began ten minutes ago is over), never in the product.
"""

import contextlib
import datetime as dt
import itertools
import re
from collections.abc import Iterator
from collections.abc import Set as AbstractSet

import redis
from django.conf import settings
from django.db import connection, transaction
from django.db.models import F
from django_tenants.utils import schema_context, tenant_context

from notifications import outbox
from notifications import tasks as mail_tasks
from notifications.models import OutgoingMail
from notifications.recipients import Recipient
from notifications.sending import LEASE
from resellers import flows, hosts, provisioning
from resellers.models import Domain, Reseller

_numbers = itertools.count(1)
_QUEUE = "celery"


def new_reseller() -> Reseller:
    """A reseller that was requested; nobody was told."""
    number = next(_numbers)
    return Reseller(
        name=f"Reseller {number}",
        host=f"portal{number}.example.com",
        owner_email=f"owner{number}@example.com",
        owner_name="Robin Fisher",
        providers=["aws"],
    )


@contextlib.contextmanager
def ready_reseller() -> Iterator[Reseller]:
    """A reseller in service; the block runs in its schema. It is gone afterwards."""
    with schema_context("public"):
        reseller = flows.create(new_reseller(), by=None)
        provisioning.provision(reseller.pk)
        reseller.refresh_from_db()
    empty_broker()
    try:
        with tenant_context(reseller):
            OutgoingMail.objects.all().delete()
            yield reseller
    finally:
        remove(reseller)


def remove(reseller: Reseller) -> None:
    """Forget a reseller, so that those of later rounds do not carry its weight."""
    with schema_context("public"), connection.cursor() as cursor:
        name = connection.ops.quote_name(reseller.schema_name)
        cursor.execute(f"DROP SCHEMA IF EXISTS {name} CASCADE")
        Domain.objects.filter(tenant=reseller).delete()
        Reseller.objects.filter(pk=reseller.pk).delete()
    hosts.forget()


def schemas_without_reseller() -> set[str]:
    """Schemas that were left over."""
    with schema_context("public"), connection.cursor() as cursor:
        cursor.execute("SELECT nspname FROM pg_namespace WHERE nspname ~ '^reseller_[0-9a-f]{16}$'")
        found = {name for (name,) in cursor.fetchall()}
        return found - set(Reseller.objects.values_list("schema_name", flat=True))


def queued_mail() -> OutgoingMail:
    """A mail to an address of its own, written as the product does it: a worker is told."""
    number = next(_numbers)
    person = Recipient(email=f"person{number}@example.com", name=f"Person {number}")
    with transaction.atomic():
        return outbox.queue(
            "request_received",
            to=person,
            tokens={"company_name": f"Company {number}"},
            unique_key=f"faults:{number}",
        )


def state_of(mail: OutgoingMail) -> str:
    return OutgoingMail.objects.values_list("state", flat=True).get(pk=mail.pk)


def pass_time(*mails: OutgoingMail) -> None:
    """What these mails wait for, a lease or a pause, is over."""
    waiting = OutgoingMail.objects.on_its_way().filter(pk__in=[mail.pk for mail in mails])
    past = F("next_attempt_at") - (LEASE + mail_tasks.GRACE + dt.timedelta(hours=12))
    waiting.update(next_attempt_at=past)


def sweep() -> None:
    """What beat does every half minute."""
    mail_tasks.sweep.delay()


def broker() -> "redis.Redis[bytes]":
    """The broker's own view."""
    path = re.sub(r"^redis\+socket://(.*)\?virtual_host=(.*)$", r"unix://\1?db=\2", _broker_url())
    return redis.Redis.from_url(path)


def redeliver() -> None:
    """Let the broker's patience end: what nobody acknowledged is handed out again."""
    with broker() as client:
        for tag, _moment in client.zrange("unacked_index", 0, -1, withscores=True):
            client.zadd("unacked_index", {tag: 0})


def in_hands() -> set[bytes]:
    """The messages that a worker took and did not acknowledge."""
    with broker() as client:
        return set(client.hkeys("unacked"))


def is_idle(abandoned: AbstractSet[bytes] = frozenset()) -> bool:
    """Whether no task waits and none is at work. `abandoned`: what a dead worker had in hands."""
    with broker() as client:
        return not client.llen(_QUEUE) and in_hands() <= abandoned


def empty_broker() -> None:
    """Forget every message."""
    with broker() as client:
        client.flushdb()


def _broker_url() -> str:
    return str(settings.CELERY_BROKER_URL)
