"""Passwords forgotten, reset and changed."""

import datetime as dt
import logging
import re
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from django_tenants.utils import tenant_context

from accounts.flows import passwords, people
from accounts.flows.passwords import CannotSendResetError
from accounts.models import User
from accounts.tokens import PasswordResetTokens
from audit.models import AuditEntry
from config.logs import JsonLines, PlainLines
from notifications import outbox, sending
from notifications.models import OutgoingMail
from resellers.models import Reseller
from tests.factories.accounts import PASSWORD, StaffMemberFactory, UserFactory
from tests.harness.clients import HostClient

RESET = "/account/password/reset/"
CHANGE = "/account/password/change/"
NEW = "brand new password 4"


def ask(client: HostClient, email: str) -> Any:
    return client.post(RESET, {"email": email})


def path_of(mail: OutgoingMail) -> str:
    return re.sub(r"^https?://[^/]+", "", mail.secret_link)


def choose(client: HostClient, path: str, password: str = NEW) -> Any:
    """Open the link and set the password on the page it leads to."""
    opened = client.get(path)
    page = opened.headers.get("Location", path)
    return client.post(page, {"password1": password, "password2": password})


def test_a_forgotten_password_is_replaced(alpha_client: HostClient, alpha: Reseller) -> None:
    user = UserFactory.create(with_password=True)

    response = ask(alpha_client, user.email.upper())

    assert response.headers["Location"] == reverse("account_reset_password_done")
    mail = OutgoingMail.objects.get()
    assert (mail.kind, mail.recipient_email) == ("password_reset", user.email)
    assert mail.secret_link.startswith(f"http://{alpha.host}{RESET}key/")
    assert mail.about == [user.pk]
    done = choose(alpha_client, path_of(mail))
    assert done.headers["Location"] == reverse("account_reset_password_from_key_done")
    user.refresh_from_db()
    assert user.check_password(NEW)
    assert AuditEntry.objects.get().action == "user.password_changed"
    assert NEW not in str(list(AuditEntry.objects.values()))


@pytest.mark.parametrize("status", ["pending_email_validation", "pending_approval", "suspended"])
def test_known_or_not_the_answer_is_the_same(alpha_client: HostClient, status: str) -> None:
    closed = UserFactory.create(status=status, with_password=True)
    active = UserFactory.create(with_password=True)

    answers = [ask(alpha_client, email) for email in (closed.email, "nobody@example.com")]
    assert not OutgoingMail.objects.exists()
    answers.append(ask(alpha_client, active.email))

    assert {(each.status_code, each.headers["Location"]) for each in answers} == {
        (302, reverse("account_reset_password_done"))
    }
    assert {each.content for each in answers} == {b""}
    assert [mail.recipient_email for mail in OutgoingMail.objects.all()] == [active.email]
    assert not AuditEntry.objects.exists()


def test_known_or_not_a_mail_is_written(
    alpha_client: HostClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = []
    queue = outbox.queue

    def watched(kind: str, **rest: Any) -> OutgoingMail:
        written.append(kind)
        return queue(kind, **rest)

    monkeypatch.setattr("notifications.outbox.queue", watched)
    ask(alpha_client, UserFactory.create().email)
    ask(alpha_client, "nobody@example.com")

    assert written == ["password_reset", "password_reset"]
    assert OutgoingMail.objects.count() == 1


def test_a_link_works_once(alpha_client: HostClient) -> None:
    user = UserFactory.create(with_password=True)
    ask(alpha_client, user.email)
    path = path_of(OutgoingMail.objects.get())
    choose(alpha_client, path)

    again = alpha_client.get(path)

    assert "This link no longer works" in again.content.decode()
    choose(alpha_client, path, "yet another password 5")
    user.refresh_from_db()
    assert user.check_password(NEW)


def test_a_link_ends_after_a_day(alpha_client: HostClient, monkeypatch: pytest.MonkeyPatch) -> None:
    user = UserFactory.create(with_password=True)
    ask(alpha_client, user.email)
    path = path_of(OutgoingMail.objects.get())
    later = dt.datetime.now() + dt.timedelta(days=1, minutes=1)  # noqa: DTZ005 - Django's own clock here
    monkeypatch.setattr(PasswordResetTokens, "_now", lambda _self: later)

    response = alpha_client.get(path)

    assert "This link no longer works" in response.content.decode()


def test_a_suspension_ends_the_link_even_after_it_is_lifted(
    alpha_client: HostClient, owner: User
) -> None:
    user = UserFactory.create(with_password=True)
    ask(alpha_client, user.email)
    path = path_of(OutgoingMail.objects.get(kind="password_reset"))

    people.suspend(user, by=owner)
    assert "This link no longer works" in alpha_client.get(path).content.decode()
    choose(alpha_client, path)

    user.refresh_from_db()
    assert user.check_password(PASSWORD)


def test_a_key_is_worthless_at_another_reseller(
    alpha_client: HostClient, bravo_client: HostClient, bravo: Reseller
) -> None:
    user = UserFactory.create(with_password=True)
    ask(alpha_client, user.email)
    path = path_of(OutgoingMail.objects.get())
    with tenant_context(bravo):  # the same person in every respect
        twin = UserFactory.create(pk=user.pk, email=user.email, password=user.password)

    response = bravo_client.get(path)

    assert "This link no longer works" in response.content.decode()
    choose(bravo_client, path)
    with tenant_context(bravo):
        twin.refresh_from_db()
        assert twin.check_password(PASSWORD)


@pytest.mark.parametrize(
    "key", ["x-y", "0-set-password", "ffff-%00", "1-2-3", "zz-ü", "a-" + "b" * 3000]
)
def test_a_broken_link_is_explained(alpha_client: HostClient, key: str) -> None:
    response = alpha_client.get(f"{RESET}key/{key}/")

    assert response.status_code == 200
    assert "Ask for a new link" in response.content.decode()


def test_a_reset_lets_who_guessed_too_often_in_at_once(alpha_client: HostClient) -> None:
    user = UserFactory.create(with_password=True)
    for _attempt in range(6):
        alpha_client.post("/account/login/", {"login": user.email, "password": "wrong"})
    ask(alpha_client, user.email)
    choose(alpha_client, path_of(OutgoingMail.objects.get()))

    alpha_client.post("/account/login/", {"login": user.email, "password": NEW})

    assert "_auth_user_id" in alpha_client.session


def test_asking_too_often_is_slowed_down(alpha_client: HostClient) -> None:
    answers = [ask(alpha_client, "nobody@example.com").status_code for _attempt in range(6)]

    assert answers == [302] * 5 + [429]


def test_operators_reset_no_password_by_mail(platform_client: HostClient) -> None:
    assert platform_client.get(RESET).status_code == 404
    assert platform_client.post(RESET, {"email": "ops@example.com"}).status_code == 404


def test_staff_can_send_the_link_again(owner: User, alpha_client: HostClient) -> None:
    user = UserFactory.create(with_password=True)
    ask(alpha_client, user.email)
    mail = OutgoingMail.objects.get()
    sending.send(mail.pk)
    assert OutgoingMail.objects.get().secret_link == ""

    again = outbox.resend(mail, by=owner)

    assert again.recipient_email == user.email
    choose(alpha_client, path_of(again))
    user.refresh_from_db()
    assert user.check_password(NEW)


def test_nobody_sends_a_link_to_who_is_suspended(owner: User, alpha_client: HostClient) -> None:
    user = UserFactory.create(with_password=True)
    ask(alpha_client, user.email)
    mail = OutgoingMail.objects.get()
    sending.send(mail.pk)
    people.suspend(user, by=owner)

    with pytest.raises(outbox.CannotResendError, match="not active"):
        outbox.resend(mail, by=owner)

    assert OutgoingMail.objects.filter(kind="password_reset").count() == 1


def change(client: HostClient, old: str = PASSWORD, new: str = NEW, again: str = "") -> Any:
    data = {"oldpassword": old, "password1": new, "password2": again or new}
    return client.post(CHANGE, data)


def test_changing_the_password_ends_other_sessions(
    alpha_client: HostClient, alpha: Reseller
) -> None:
    user = StaffMemberFactory.create(user__with_password=True).user
    elsewhere = HostClient(alpha.host, alpha)
    for browser in (alpha_client, elsewhere):
        browser.post("/account/login/", {"login": user.email, "password": PASSWORD})

    response = change(alpha_client)

    assert response.headers["Location"] == reverse("console:home")
    assert alpha_client.get("/after-login/").headers["Location"] == reverse("console:home")
    assert elsewhere.get("/after-login/").headers["Location"].startswith("/account/login/")
    user.refresh_from_db()
    assert user.check_password(NEW)
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.actor_id, entry.changes) == (
        "user.password_changed",
        user.pk,
        {},
    )


@pytest.mark.parametrize(
    ("old", "new", "again", "why"),
    [
        ("wrong password 3", NEW, "", "not your current password"),
        (PASSWORD, NEW, "something else 6", "same password each time"),
        (PASSWORD, "short1", "", "at least 10 characters"),
        (PASSWORD, "1234567890123", "", "known from data leaks"),
        (PASSWORD, "password1234", "", "known from data leaks"),
        (PASSWORD, "AlphaCloudPortal7", "", "little more than words"),
        (PASSWORD, "somebody.known@example.com", "", "too similar"),
        (PASSWORD, "x" * 300, "", "at most 200 characters"),
        (PASSWORD, "with a \x00 in it 12", "", "control character"),
        (PASSWORD, "", "", "required"),
    ],
)
def test_a_poor_password_is_refused(
    alpha_client: HostClient, old: str, new: str, again: str, why: str
) -> None:
    user = UserFactory.create(email="somebody.known@example.com", with_password=True)
    alpha_client.force_login(user)

    response = change(alpha_client, old, new, again)

    assert response.status_code == 200
    assert why in response.content.decode()
    user.refresh_from_db()
    assert user.check_password(PASSWORD)
    assert not AuditEntry.objects.exists()


def test_who_has_no_password_yet_sets_one(alpha_client: HostClient) -> None:
    user = UserFactory.create()
    alpha_client.force_login(user)

    assert alpha_client.get(CHANGE).headers["Location"] == "/account/password/set/"
    alpha_client.post("/account/password/set/", {"password1": NEW, "password2": NEW})

    user.refresh_from_db()
    assert user.check_password(NEW)


def test_no_password_and_no_key_reach_the_logs(
    alpha_client: HostClient, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    user = UserFactory.create(with_password=True)
    ask(alpha_client, user.email)
    mail = OutgoingMail.objects.get()
    key = path_of(mail)

    choose(alpha_client, key)
    alpha_client.post("/account/login/", {"login": user.email, "password": NEW})
    sending.send(mail.pk)

    for lines in (JsonLines(), PlainLines()):
        written = "\n".join(lines.format(record) for record in caplog.records)
        assert "password_reset sent" in written
        for secret in (NEW, key, user.email):
            assert secret not in written


def test_the_extra_fields_of_a_form_are_not_read(alpha_client: HostClient) -> None:
    user = UserFactory.create(with_password=True)
    power = {"is_staff": "on", "is_superuser": "on", "status": "active", "role": "owner"}

    alpha_client.post("/account/login/", {"login": user.email, "password": PASSWORD, **power})
    alpha_client.post(
        CHANGE, {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW, **power}
    )

    user.refresh_from_db()
    assert user.check_password(NEW)
    assert (user.is_staff, user.is_superuser, hasattr(user, "staff_member")) == (
        False,
        False,
        False,
    )


def arrived(mail: OutgoingMail) -> None:
    """As after sending. Its key is freed: two links of one second are the same link."""
    OutgoingMail.objects.filter(pk=mail.pk).update(
        state="sent",
        sent_at=timezone.now(),
        next_attempt_at=None,
        secret_link="",
        unique_key="arrived",
    )


class TestSentBySomebodyElse:
    """Staff send an active person a link for a new password."""

    def test_the_link_sets_a_new_password(self, alpha_client: HostClient, alpha: Reseller) -> None:
        user = UserFactory.create(with_password=True)
        dana = StaffMemberFactory.create(user__full_name="Dana").user

        passwords.send_reset(user, by=dana)

        mail = OutgoingMail.objects.get()
        assert (mail.kind, mail.recipient_email) == ("password_reset_offer", user.email)
        assert "Dana sends you this link" in mail.text_body
        assert mail.secret_link not in mail.text_body
        entry = AuditEntry.objects.get()
        assert (entry.action, entry.actor_id, entry.subject_id) == (
            "user.password_reset_offered",
            dana.pk,
            user.pk,
        )
        user.refresh_from_db()
        assert user.check_password(PASSWORD)
        choose(alpha_client, path_of(mail))
        user.refresh_from_db()
        assert user.check_password(NEW)

    @pytest.mark.parametrize(
        "status", ["pending_email_validation", "pending_approval", "suspended"]
    )
    def test_only_active_people_get_one(self, alpha: Reseller, status: str) -> None:
        user = UserFactory.create(status=status)

        with pytest.raises(CannotSendResetError, match="Only somebody who is active"):
            passwords.send_reset(user, by=StaffMemberFactory.create().user)

        assert not OutgoingMail.objects.exists()
        assert not AuditEntry.objects.exists()

    def test_support_sends_none_to_an_owner(self, alpha: Reseller) -> None:
        owner = StaffMemberFactory.create(owner=True).user

        with pytest.raises(CannotSendResetError, match="manage the team"):
            passwords.send_reset(owner, by=StaffMemberFactory.create(support=True).user)

        assert not OutgoingMail.objects.exists()

    def test_a_second_click_sends_no_second_mail(self, alpha: Reseller) -> None:
        user, dana = UserFactory.create(), StaffMemberFactory.create().user
        passwords.send_reset(user, by=dana)

        with pytest.raises(CannotSendResetError, match="on its way already"):
            passwords.send_reset(user, by=dana)
        arrived(OutgoingMail.objects.get())
        passwords.send_reset(user, by=dana)

        assert OutgoingMail.objects.count() == 2

    def test_resend_issues_another_link(self, alpha: Reseller) -> None:
        user, dana = UserFactory.create(), StaffMemberFactory.create().user
        mail = passwords.send_reset(user, by=dana)
        arrived(mail)

        outbox.resend(mail, by=dana)

        again = OutgoingMail.objects.exclude(pk=mail.pk).get()
        assert (again.kind, bool(again.secret_link)) == ("password_reset_offer", True)
