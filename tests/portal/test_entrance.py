"""The page behind an invitation."""

import re
from typing import Any

import pytest
from django.test import override_settings
from django.urls import reverse
from django_tenants.utils import tenant_context

from accounts.flows import invitations, people, staff
from accounts.models import OneTimeLink, StaffMember, User
from accounts.roles import StaffRole
from audit.models import AuditEntry
from config.logs import JsonLines, PlainLines
from resellers.models import Reseller
from tests.factories.accounts import PASSWORD, StaffMemberFactory, UserFactory
from tests.harness.clients import HostClient
from tests.isolation.database import differences, fingerprint


@pytest.fixture
def inviter(alpha: Reseller) -> User:
    member: StaffMember = StaffMemberFactory.create(owner=True, user__full_name="Robin Fisher")
    return member.user


@pytest.fixture
def invited(inviter: User) -> User:
    user: User = UserFactory.create(pending_email_validation=True, full_name="")
    return user


@pytest.fixture
def page(inviter: User, invited: User) -> str:
    """The path of a live invitation."""
    mail = invitations.invite(
        invited, by=inviter, kind="customer_invitation", organization="Acme GmbH"
    )
    return re.sub(r"^https?://[^/]+", "", mail.secret_link)


def accept(client: HostClient, page: str, **changes: str) -> Any:
    data = {"full_name": "Dana Miller", "password1": PASSWORD, "password2": PASSWORD}
    return client.post(page, {**data, **changes})


def test_it_shows_who_invites_to_what(alpha_client: HostClient, page: str, invited: User) -> None:
    response = alpha_client.get(page)

    text = response.content.decode()
    assert response.status_code == 200
    for shown in ("Robin Fisher", "Acme GmbH", invited.email, "Alpha Cloud"):
        assert shown in text
    assert "no-store" in response.headers["Cache-Control"]
    assert response.headers["Referrer-Policy"] == "same-origin"


def test_opening_it_changes_nothing(alpha_client: HostClient, page: str, alpha: Reseller) -> None:
    before = fingerprint(alpha.schema_name)

    for _visit in range(3):
        alpha_client.get(page)
        alpha_client.head(page)

    assert differences(before, fingerprint(alpha.schema_name)) == []


def test_accepting_logs_in(alpha_client: HostClient, page: str, invited: User) -> None:
    session = alpha_client.session
    session["planted"] = "by somebody else"
    session.save()
    alpha_client.cookies["session"] = str(session.session_key)

    response = accept(alpha_client, page)

    assert response.headers["Location"] == reverse("portal:home")
    assert alpha_client.session["_auth_user_id"] == str(invited.pk)
    assert alpha_client.session.session_key != session.session_key
    invited.refresh_from_db()
    assert (invited.status, invited.full_name) == (User.Status.ACTIVE, "Dana Miller")
    assert invited.check_password(PASSWORD)
    assert AuditEntry.objects.filter(action="user.invitation_accepted").count() == 1


def test_a_colleague_lands_in_the_console(alpha_client: HostClient, inviter: User) -> None:
    member = staff.invite_staff(
        "new@example.com", full_name="New Colleague", role=StaffRole.VIEWER, by=inviter
    )
    mail = invitations.resend(member.user, by=inviter)
    page = re.sub(r"^https?://[^/]+", "", mail.secret_link)

    text = alpha_client.get(page).content.decode()
    assert "to the team of Alpha Cloud" in " ".join(text.split())
    assert 'name="full_name"' not in text  # known already
    response = accept(alpha_client, page, full_name="Somebody Else")

    assert response.headers["Location"] == reverse("console:home")
    member.user.refresh_from_db()
    assert member.user.full_name == "New Colleague"


def test_who_is_logged_in_as_somebody_else_is_told_and_replaced(
    alpha_client: HostClient, page: str, inviter: User, invited: User
) -> None:
    alpha_client.force_login(inviter)

    assert "You are logged in as Robin Fisher" in alpha_client.get(page).content.decode()
    accept(alpha_client, page)

    assert alpha_client.session["_auth_user_id"] == str(invited.pk)


def over(client: HostClient, page: str) -> bool:
    """Whether both ways to use the link are answered with the page that says it is over."""
    answers: list[Any] = [client.get(page), accept(client, page)]
    return all(
        answer.status_code == 410
        and "This invitation is over" in answer.content.decode()
        and "ask for a new one" in answer.content.decode()
        for answer in answers
    )


def test_a_used_link_is_over(
    alpha_client: HostClient, alpha: Reseller, page: str, invited: User
) -> None:
    accept(HostClient(alpha.host, alpha), page)

    assert over(alpha_client, page)
    assert "_auth_user_id" not in alpha_client.session


def test_an_expired_link_is_over(alpha_client: HostClient, page: str, invited: User) -> None:
    link = OneTimeLink.objects.get()
    OneTimeLink.objects.update(
        created_at=link.created_at.replace(year=2020), expires_at=link.expires_at.replace(year=2021)
    )

    assert over(alpha_client, page)
    invited.refresh_from_db()
    assert not invited.is_active


def test_a_replaced_link_is_over(
    alpha_client: HostClient, page: str, invited: User, inviter: User
) -> None:
    invitations.resend(invited, by=inviter)

    assert over(alpha_client, page)


def test_the_link_of_somebody_suspended_is_over(
    alpha_client: HostClient, page: str, invited: User, inviter: User
) -> None:
    people.suspend(invited, by=inviter)

    assert over(alpha_client, page)
    invited.refresh_from_db()
    assert invited.status == User.Status.SUSPENDED


@pytest.mark.parametrize("token", ["x", "ü", "%00", "%E2%80%AE", "a" * 3000, "🦄", "..", "%2e%2e"])
def test_an_unknown_link_is_over(alpha_client: HostClient, token: str) -> None:
    assert alpha_client.get(f"/invitation/{token}/").status_code in {404, 410}


def test_a_link_is_worthless_at_another_reseller(
    bravo_client: HostClient, page: str, invited: User, bravo: Reseller
) -> None:
    assert over(bravo_client, page)
    with tenant_context(bravo):
        assert not User.objects.exists()


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ({"password1": ""}, "required"),
        ({"password2": ""}, "required"),
        ({"password2": "something else 6"}, "The two passwords differ."),
        ({"password1": "short1", "password2": "short1"}, "at least 10 characters"),
        ({"password1": "1234567890123", "password2": "1234567890123"}, "known from data leaks"),
        ({"password1": "Dana Miller 1", "password2": "Dana Miller 1"}, "too similar"),
        ({"password1": "x" * 300, "password2": "x" * 300}, "at most 200"),
        ({"password1": "a\x00" + PASSWORD, "password2": "a\x00" + PASSWORD}, "control character"),
        ({"full_name": ""}, "required"),
        ({"full_name": "x" * 121}, "at most 120"),
        ({"full_name": "\u202eanaD"}, "direction of text"),
        ({"full_name": "a\x00b"}, "control character"),
    ],
)
def test_what_is_wrong_stands_beside_the_field(
    alpha_client: HostClient, page: str, invited: User, typed: dict[str, str], why: str
) -> None:
    response = accept(alpha_client, page, **typed)

    assert response.status_code == 200
    text = response.content.decode()
    assert why in text
    assert PASSWORD not in text
    if "full_name" not in typed:
        assert "Dana Miller" in text  # what was typed is kept
    invited.refresh_from_db()
    assert not invited.is_active
    assert OneTimeLink.objects.live().count() == 1


@pytest.mark.parametrize("name", ["<b>Dana</b>", "{{ secret_link }}", "🦄 Ünïcörn", "O'Hara"])
def test_odd_names_are_names(alpha_client: HostClient, page: str, invited: User, name: str) -> None:
    accept(alpha_client, page, full_name=name)

    invited.refresh_from_db()
    assert invited.full_name == name
    assert "<b>Dana" not in alpha_client.get("/account/factors/").content.decode()


def test_nobody_becomes_more_than_invited_to(
    alpha_client: HostClient, page: str, invited: User
) -> None:
    power = {"is_staff": "on", "is_superuser": "on", "role": "owner", "email": "evil@example.com"}

    accept(alpha_client, page, **power)

    email = invited.email
    invited.refresh_from_db()
    assert (invited.email, invited.is_staff, invited.is_superuser) == (email, False, False)
    assert not hasattr(invited, "staff_member")


def test_a_post_from_elsewhere_is_refused(alpha: Reseller, page: str, invited: User) -> None:
    client = HostClient(alpha.host, alpha)
    client.handler.enforce_csrf_checks = True

    assert accept(client, page).status_code == 403
    invited.refresh_from_db()
    assert not invited.is_active


def test_the_password_reaches_neither_audit_nor_logs(
    alpha_client: HostClient, page: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")

    accept(alpha_client, page)

    token = page.split("/")[2]
    written = str(list(AuditEntry.objects.values()))
    for lines in (JsonLines(), PlainLines()):
        written += "\n".join(lines.format(record) for record in caplog.records)
    assert "/invitation/…" in written
    assert PASSWORD not in written
    assert token not in written


@override_settings(DEBUG=False)
def test_the_page_keeps_to_the_content_policy(alpha_client: HostClient, page: str) -> None:
    text = alpha_client.get(page).content.decode()

    assert text.count("<h1") == 1
    assert " style=" not in text
    assert not re.search(r"<script(?![^>]*\bsrc=)", text)
