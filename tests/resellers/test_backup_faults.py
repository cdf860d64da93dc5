"""Restores that are killed, that meet each other, and what goes on in a restored schema."""

import os
import secrets
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.conf import LazySettings
from django.db import connections
from django.utils import timezone
from django_tenants.utils import tenant_context

from accounts import links
from accounts.adapter import MFAAdapter
from accounts.models import OneTimeLink
from audit.models import AuditEntry
from notifications.models import OutgoingMail
from resellers import flows, hooks
from resellers.backups import building_site, restoring
from resellers.backups.restoring import CannotRestoreError
from resellers.models import Domain, Reseller
from resellers.schemas import connection
from tests.factories.accounts import UserFactory
from tests.factories.audit import AuditEntryFactory
from tests.factories.customers import CustomerFactory
from tests.factories.notifications import OutgoingMailFactory
from tests.harness.environment import CHECKOUT
from tests.isolation.database import fingerprint
from tests.races import overlap
from tests.resellers.backups import backed_up, fill, restored, schemas, sums

pytestmark = pytest.mark.django_db(transaction=True)

PATIENCE = 30


@pytest.fixture
def alpha(public: Any) -> Reseller:
    reseller = Reseller.objects.get(schema_name="alpha")
    fill(reseller)
    return reseller


def marked() -> list[str]:
    return building_site._marked()


# ── Killed ───────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def restoring_process(alpha: Reseller, tmp_path: Path) -> Iterator["subprocess.Popen[bytes]"]:
    """Reads the backup from a pipe whose end does not come."""
    process = subprocess.Popen(
        [sys.executable, "manage.py", "restore_reseller", "-", "--host", "copy.example.com"],
        cwd=CHECKOUT,
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "config.settings"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    yield process
    process.kill()
    process.communicate()


def wait_for(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, "it never came to that"
        time.sleep(0.02)


def rows_are_coming_in() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'COPY \"reseller_%'")
        return bool(cursor.fetchone()[0])


def test_a_restore_that_is_killed_leaves_nothing_that_stays(
    alpha: Reseller, restoring_process: "subprocess.Popen[bytes]"
) -> None:
    with tenant_context(alpha):  # more than the pipe and the buffers behind it hold
        AuditEntryFactory(note=secrets.token_hex(300_000))
    before, content = schemas(), backed_up(alpha)
    assert restoring_process.stdin
    restoring_process.stdin.write(content[: len(content) * 3 // 4])
    restoring_process.stdin.flush()
    wait_for(rows_are_coming_in)

    restoring_process.send_signal(signal.SIGKILL)
    restoring_process.wait()
    wait_for(lambda: not rows_are_coming_in())

    assert len(marked()) == 1
    assert not Reseller.objects.filter(host="copy.example.com").exists()
    assert not AuditEntry.objects.exists()

    copy = restored(content, host="copy.example.com").reseller

    assert marked() == []
    assert schemas() - before == {copy.schema_name}
    assert sums(copy.schema_name) == sums("alpha")


def test_a_file_that_ends_in_the_middle_of_a_pipe_is_refused_in_words(
    alpha: Reseller, restoring_process: "subprocess.Popen[bytes]"
) -> None:
    before, content = schemas(), backed_up(alpha)

    said, _nothing = restoring_process.communicate(content[: len(content) * 3 // 4])

    assert said.decode().splitlines() == ["CommandError: - cannot be used. It ends too early."]
    assert restoring_process.returncode == 1
    assert schemas() == before


def test_a_restore_that_is_interrupted_cleans_up(
    alpha: Reseller, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, content = schemas(), backed_up(alpha)

    def interrupted(*_arguments: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(restoring, "_made_ready", interrupted)

    with pytest.raises(KeyboardInterrupt):
        restored(content, host="copy.example.com")

    assert schemas() == before


# ── Two at once ──────────────────────────────────────────────────────────────────────────────


def both(acts: list[Callable[[], object]]) -> list[object]:
    """What each came to, begun at the same time."""
    together = threading.Barrier(len(acts))
    results: list[object] = []

    def run(act: Callable[[], object]) -> None:
        try:
            together.wait()
            results.append(act())
        except CannotRestoreError as error:
            results.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=[act]) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    return results


def test_two_restores_at_once_give_two_resellers(alpha: Reseller) -> None:
    content, before = backed_up(alpha), schemas()

    results = both(
        [lambda n=n: restored(content, host=f"copy{n}.example.com") for n in (1, 2)]  # type: ignore[misc]
    )

    assert all(isinstance(each, restoring.Restored) for each in results), results
    assert len(schemas() - before) == 2
    for each in Reseller.objects.filter(host__startswith="copy"):
        assert sums(each.schema_name) == sums("alpha")


def test_two_restores_at_one_host_give_one_reseller(
    alpha: Reseller, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both find the host free, and both fill a schema."""
    content, before = backed_up(alpha), schemas()
    filled, together = restoring._filled, threading.Barrier(2)

    def side_by_side(*arguments: Any) -> Any:
        together.wait(PATIENCE)
        return filled(*arguments)

    monkeypatch.setattr(restoring, "_filled", side_by_side)

    results = both([lambda: restored(content, host="copy.example.com")] * 2)

    assert sorted(type(each).__name__ for each in results) == ["CannotRestoreError", "Restored"]
    assert Reseller.objects.filter(host="copy.example.com").count() == 1
    assert Domain.objects.filter(domain="copy.example.com").count() == 1
    assert len(schemas() - before) == 1
    assert marked() == []


# ── In place of what is there ────────────────────────────────────────────────────────────────


def test_a_suspended_reseller_goes_back_to_its_backup(alpha: Reseller) -> None:
    content, before = backed_up(alpha), sums("alpha")
    with tenant_context(alpha):
        CustomerFactory()
    others = fingerprint("bravo")
    flows.suspend(alpha, by=None, reason="To go back to yesterday.")

    again = restored(content, replace=True).reseller

    row = Reseller.objects.get(pk=alpha.pk)
    assert again == row
    assert sums(row.schema_name) == before
    assert "alpha" not in schemas()
    assert row.is_suspended
    assert (row.name, row.host) == (alpha.name, alpha.host)
    assert list(Domain.objects.filter(tenant=row).values_list("domain", flat=True)) == [alpha.host]
    assert fingerprint("bravo") == others


def test_a_reseller_that_is_being_resumed_is_not_replaced(alpha: Reseller) -> None:
    content = backed_up(alpha)
    flows.suspend(alpha, by=None, reason="To go back to yesterday.")

    resumed, replaced = overlap(
        Reseller(schema_name="public"),
        lambda: flows.resume(alpha, by=None),
        lambda: restored(content, replace=True),
    )

    assert resumed.error is None
    assert isinstance(replaced.error, CannotRestoreError), replaced.error
    assert "is in service" in str(replaced.error)
    assert Reseller.objects.get(pk=alpha.pk).schema_name == "alpha"
    assert marked() == []


# ── What does not simply go on ───────────────────────────────────────────────────────────────


def test_mails_on_their_way_are_held_back_in_a_copy(alpha: Reseller) -> None:
    with tenant_context(alpha):
        queued = OutgoingMailFactory(with_secret_link=True)
        sending = OutgoingMailFactory(sending=True)
        sent = OutgoingMailFactory(sent=True)
    content = backed_up(alpha)

    result = restored(content, host="copy.example.com")

    with tenant_context(result.reseller):
        for mail in OutgoingMail.objects.filter(pk__in=[queued.pk, sending.pk]):
            assert (mail.state, mail.secret_link, mail.next_attempt_at) == ("failed", "", None)
            assert mail.error.startswith("Held back when the portal was restored")
        assert OutgoingMail.objects.get(pk=sent.pk).error == ""
        assert not OutgoingMail.objects.due(timezone.now()).exists()
    assert result.told[0].startswith("2 mails that waited in the backup were held back")
    with tenant_context(alpha):
        assert OutgoingMail.objects.on_its_way().count() == 2


def test_mails_on_their_way_go_out_where_the_original_is_gone(alpha: Reseller) -> None:
    with tenant_context(alpha):
        OutgoingMailFactory(with_secret_link=True)
        OutgoingMailFactory(sending=True)
    content = backed_up(alpha)

    result = restored(content, host="copy.example.com", takes_over=True)

    with tenant_context(result.reseller):
        assert OutgoingMail.objects.on_its_way().count() == 2
        assert OutgoingMail.objects.exclude(secret_link="").count() == 1
    assert result.told == ["2 mails that waited in the backup will be sent now."]


@pytest.mark.parametrize("takes_over", [False, True])
def test_links_in_mails_end_in_a_copy_only(alpha: Reseller, takes_over: bool) -> None:
    invitation = OneTimeLink.Purpose.INVITATION
    with tenant_context(alpha):
        token = links.issue(UserFactory(pending_email_validation=True), invitation)
    content = backed_up(alpha)

    result = restored(content, host="copy.example.com", takes_over=takes_over)

    with tenant_context(result.reseller):
        if takes_over:
            assert links.find(token, invitation)
        else:
            with pytest.raises(links.LinkNotUsableError):
                links.find(token, invitation)
    assert [each for each in result.told if "links in mails" in each] == (
        [] if takes_over else [result.told[-1]]
    )
    with tenant_context(alpha):
        assert links.find(token, invitation)


def test_second_factors_that_cannot_be_read_are_counted(
    alpha: Reseller, settings: LazySettings
) -> None:
    with tenant_context(alpha):
        person = UserFactory()
        secret = MFAAdapter().encrypt("JBSWY3DPEHPK3PXP")
        Authenticator.objects.create(user=person, type="totp", data={"secret": secret})
        Authenticator.objects.create(user=person, type="recovery_codes", data={"seed": secret})
        Authenticator.objects.create(user=person, type="webauthn", data={})
    content = backed_up(alpha)
    former, settings.SECRET_KEY = settings.SECRET_KEY, "another installation's"

    told = restored(content, host="copy.example.com", without_key=True).told

    assert told == [
        (
            "2 second factors (authenticator apps, recovery codes) were encrypted under a "
            "SECRET_KEY that this installation does not have: their owners cannot log in. Add the "
            "key of the installation that made the backup to SECRET_KEY_FALLBACKS."
        ),
        "1 passkeys belong to alpha.localhost and do not work at copy.example.com.",
    ]

    settings.SECRET_KEY_FALLBACKS = [former]
    assert len(restored(content, host="copy2.example.com").told) == 1


def test_two_functions_cannot_have_one_name() -> None:
    with pytest.raises(ValueError, match="'accounts'"):
        hooks.register_after_restore("accounts", lambda _restoration: [])


def test_what_runs_after_a_restore_is_undone_with_it(
    alpha: Reseller, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = schemas()

    def fails(_restoration: hooks.Restoration) -> list[str]:
        raise OSError("the disk is full")

    monkeypatch.setitem(hooks._after_restore, "last", fails)

    with pytest.raises(OSError, match="the disk is full"):
        restored(backed_up(alpha), host="copy.example.com")

    assert schemas() == before
    assert not Reseller.objects.filter(host="copy.example.com").exists()
