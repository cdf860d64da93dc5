"""What the trials share: a reseller, its mails, and time that passes faster.

Time is moved in the data (a lease that began ten minutes ago is over), never in the product.
"""

import contextlib
import datetime as dt
import itertools
import json
import re
from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet

import redis
from django.conf import settings
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone
from django_tenants.utils import schema_context, tenant_context

from notifications import outbox
from notifications import tasks as mail_tasks
from notifications.models import OutgoingMail
from notifications.querysets import OutgoingMailQuerySet
from notifications.recipients import Recipient
from notifications.sending import LEASE
from resellers import flows, hosts, provisioning
from resellers.models import Domain, Reseller
from tests.factories.notifications import OutgoingMailFactory

_numbers = itertools.count(1)
_QUEUE = "celery"
_DIGEST = (
    "SELECT '{0}', count(*), md5(string_agg(row::text, '' ORDER BY row::text)) FROM \"{0}\" row"
)


def cheap_hashes() -> None:
    """Passwords cost a tenth of their time: still more than all else that an answer takes."""
    Argon2PasswordHasher.memory_cost = 16 * 1024
    Argon2PasswordHasher.parallelism = 1


def next_number() -> int:
    """A number that nothing else has: for names and addresses."""
    return next(_numbers)


def new_reseller() -> Reseller:
    """A reseller that was requested; nobody was told."""
    number = next_number()
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


def close_down(reseller: Reseller) -> None:
    """Take it out of service, where others may still be at work in its schema."""
    with schema_context("public"):
        Reseller.objects.filter(pk=reseller.pk).update(suspended_at=timezone.now())


def schemas_without_reseller() -> set[str]:
    """Schemas that were left over."""
    with schema_context("public"), connection.cursor() as cursor:
        cursor.execute("SELECT nspname FROM pg_namespace WHERE nspname ~ '^reseller_[0-9a-f]{16}$'")
        found = {name for (name,) in cursor.fetchall()}
        return found - set(Reseller.objects.values_list("schema_name", flat=True))


def queued_mail() -> OutgoingMail:
    """A mail to an address of its own, written as the product does it: a worker is told."""
    number = next_number()
    person = Recipient(email=f"person{number}@example.com", name=f"Person {number}")
    with transaction.atomic():
        return outbox.queue(
            "request_received",
            to=person,
            tokens={"company_name": f"Company {number}"},
            unique_key=f"faults:{number}",
        )


def forgotten_mail() -> OutgoingMail:
    """A mail whose wake-up call was lost a while ago."""
    number = next_number()
    return OutgoingMailFactory(
        recipient_email=f"person{number}@example.com",
        unique_key=f"faults:{number}",
        next_attempt_at=timezone.now() - dt.timedelta(minutes=1),
    )


def forgotten_reseller(since: dt.timedelta) -> Reseller:
    """A reseller that was requested longer ago than that, and whose task was lost."""
    reseller = new_reseller()
    reseller.state_changed_at = timezone.now() - since - dt.timedelta(minutes=1)
    with schema_context("public"):
        reseller.save(force_insert=True)
    return reseller


def state_of(mail: OutgoingMail) -> str:
    return OutgoingMail.objects.values_list("state", flat=True).get(pk=mail.pk)


def reseller_state(reseller: Reseller) -> str:
    with schema_context("public"):
        return Reseller.objects.values_list("state", flat=True).get(pk=reseller.pk)


def pass_time(*mails: OutgoingMail) -> None:
    """What these mails wait for, a lease or a pause, is over."""
    _move_back(OutgoingMail.objects.on_its_way(), mails)


def pass_pause(*mails: OutgoingMail) -> None:
    """The next attempt of these mails is due; who is sending one keeps the lease."""
    _move_back(OutgoingMail.objects.filter(state="queued"), mails)


def delay(*mails: OutgoingMail) -> None:
    """Nobody is to find those that wait for a worker; who is sending one keeps the lease."""
    waiting = OutgoingMail.objects.filter(state="queued", pk__in=[mail.pk for mail in mails])
    waiting.update(next_attempt_at=timezone.now() + LEASE)


def pass_lost_leases(*mails: OutgoingMail) -> None:
    """Those that nobody works on although their state says so, for their worker lost them."""
    if is_idle():
        _move_back(OutgoingMail.objects.filter(state="sending"), mails)


def _move_back(waiting: OutgoingMailQuerySet, mails: Iterable[OutgoingMail]) -> None:
    past = F("next_attempt_at") - (LEASE + mail_tasks.GRACE + dt.timedelta(hours=12))
    waiting.filter(pk__in=[mail.pk for mail in mails]).update(next_attempt_at=past)


def sweep() -> None:
    """What beat does every half minute."""
    mail_tasks.sweep.delay()


def broker() -> redis.Redis:
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


def contents() -> dict[str, tuple[int, str]]:
    """Everything that is stored in the current schema: each table's number of rows, and a digest
    of them."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = current_schema()")
        tables = [name for (name,) in cursor.fetchall()]
        cursor.execute(" UNION ALL ".join(map(_DIGEST.format, tables)))
        return {name: (count, digest) for name, count, digest in cursor.fetchall()}


def senders_of_waiting() -> dict[str, list[str]]:
    """Who sent each task that waits, by the task's name."""
    with broker() as client:
        waiting = [json.loads(each)["headers"] for each in client.lrange(_QUEUE, 0, -1)]
    senders: dict[str, list[str]] = {}
    for headers in waiting:
        senders.setdefault(headers["task"], []).append(headers["origin"])
    return senders


def empty_queue() -> None:
    """Lose the messages that no worker took."""
    with broker() as client:
        client.delete(_QUEUE)


def empty_broker() -> None:
    """Forget every message."""
    with broker() as client:
        client.flushdb()


def empty_everything() -> None:
    """The same, and the cache with it."""
    with broker() as client:
        client.flushall()


def _broker_url() -> str:
    return str(settings.CELERY_BROKER_URL)
