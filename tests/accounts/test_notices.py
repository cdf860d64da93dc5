"""Whoever's way in was changed learns of it by mail."""

from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.core.management import call_command
from django.core.management.base import CommandError

from accounts import notices
from accounts.adapter import AccountAdapter, UnexpectedMailError
from accounts.flows import people
from accounts.models import Session, User
from audit.models import AuditEntry
from notifications.models import OutgoingMail
from resellers.models import Reseller
from tests.accounts.test_factors import FACTORS, confirm_identity, log_in, turn_on
from tests.accounts.test_passwords import NEW, ask, change, choose, path_of
from tests.config.lines import kept
from tests.factories import factors
from tests.factories.accounts import PASSWORD, StaffMemberFactory, UserFactory
from tests.harness.clients import HostClient


@pytest.fixture
def person(alpha: Reseller) -> User:
    user: User = UserFactory.create(with_password=True)
    return user


def told(person: User) -> list[str]:
    """What the person was mailed about, the oldest first."""
    mails = OutgoingMail.objects.filter(kind="security_notice").order_by("created_at")
    assert {mail.recipient_email for mail in mails} <= {person.email}
    assert all(mail.about == [person.pk] for mail in mails)
    return [mail.text_body for mail in mails]


def test_a_changed_password(alpha_client: HostClient, person: User) -> None:
    log_in(alpha_client, person)
    change(alpha_client, PASSWORD, NEW, NEW)

    (text,) = told(person)
    assert "Your password was changed." in text
    assert "/account/password/reset/" in text
    assert NEW not in text


def test_a_password_that_was_reset(alpha_client: HostClient, person: User) -> None:
    ask(alpha_client, person.email)
    choose(alpha_client, path_of(OutgoingMail.objects.get()))

    assert ["Your password was changed." in text for text in told(person)] == [True]


def test_a_password_that_somebody_else_set(person: User) -> None:
    owner = StaffMemberFactory.create(owner=True).user
    people.set_password_for(person, NEW, by=owner)

    (text,) = told(person)
    assert "set by somebody who manages your account" in text
    assert NEW not in text


def test_an_address_that_nobody_validated_hears_nothing(alpha: Reseller) -> None:
    pending = UserFactory.create(pending_email_validation=True)
    people.set_password_for(pending, NEW, by=StaffMemberFactory.create(owner=True).user)

    assert not OutgoingMail.objects.exists()


def test_an_app_that_comes_and_goes(
    alpha_client: HostClient, person: User, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        turn_on(alpha_client, person)
        alpha_client.post(f"{FACTORS}codes/new/")
    alpha_client.post(f"{FACTORS}app/off/")

    assert not Authenticator.objects.filter(type="totp").exists()
    texts = told(person)
    wanted = [
        "An authenticator app was added.",
        "New recovery codes were made.",
        "The authenticator app was removed.",
    ]
    assert [any(words in text for text in texts) for words in wanted] == [True] * len(wanted)


def test_a_passkey_that_goes(alpha_client: HostClient, person: User) -> None:
    key = factors.security_key(person)
    alpha_client.force_login(person)
    confirm_identity(alpha_client)

    alpha_client.post(f"{FACTORS}keys/{key.pk}/remove/")

    (text,) = told(person)
    assert "A passkey was removed." in text


def test_lost_factors_that_an_operator_removes(person: User, alpha: Reseller) -> None:
    factors.app(person)
    factors.recovery_codes(person)
    HostClient(alpha.host, alpha).force_login(person)

    call_command("remove_factors", "--host", alpha.host, "--email", person.email.upper())

    assert not Authenticator.objects.filter(user=person).exists()
    assert not Session.objects.filter(user=person).exists()
    (text,) = told(person)
    assert "Your second factor was removed" in text
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.actor_id, entry.subject_id) == (
        "user.factors_removed",
        None,
        person.pk,
    )


def test_where_nothing_was_lost_nothing_is_removed(person: User, alpha: Reseller) -> None:
    for email, words in ((person.email, "no second factor"), ("x@example.com", "Nobody has")):
        with pytest.raises(CommandError, match=words):
            call_command("remove_factors", "--host", alpha.host, "--email", email)

    assert not AuditEntry.objects.exists()
    assert told(person) == []


def test_what_was_changed_stands_in_the_log_of_security(person: User) -> None:
    with kept("portal.security") as lines:
        people.set_password_for(person, NEW, by=StaffMemberFactory.create(owner=True).user)

    (line,) = lines.of("portal.security")
    assert (line["event"], line["person"]) == ("credentials.changed", str(person.pk))


def test_a_notice_that_nobody_wrote_is_an_error(person: User) -> None:
    with pytest.raises(UnexpectedMailError):
        AccountAdapter().send_notification_mail("account/email/email_changed", person)
    assert "account/email/email_changed" not in notices.CHANGES
