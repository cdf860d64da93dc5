"""One mail on its page, and sending it again from there."""

import uuid
from http import HTTPStatus
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.urls import reverse
from django_tenants.utils import tenant_context

from accounts.roles import StaffRole
from audit.models import AuditEntry
from notifications import tasks
from notifications.models import OutgoingMail
from notifications.redaction import marker
from resellers.models import Reseller
from tests.factories.accounts import StaffMemberFactory, UserFactory
from tests.factories.notifications import SECRET_LINK, OutgoingMailFactory
from tests.harness.clients import HostClient

PAGES = ["console:mails:detail", "console:mails:html"]
MAY_RESEND = {StaffRole.OWNER, StaffRole.ADMIN, StaffRole.SUPPORT}


@pytest.fixture(autouse=True)
def woken(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """No worker runs in these tests."""
    calls: list[str] = []
    monkeypatch.setattr(tasks.send_mail, "delay", lambda *, mail_id: calls.append(mail_id))
    return calls


def address(name: str, mail: OutgoingMail | uuid.UUID) -> str:
    key = mail.pk if isinstance(mail, OutgoingMail) else mail
    return reverse(name, args=[key], urlconf="config.urls_reseller")


def log_in(client: HostClient, role: str = StaffRole.OWNER) -> None:
    client.force_login(StaffMemberFactory.create(role=role).user)


def told(response: Any) -> list[str]:
    return [str(message) for message in get_messages(response.wsgi_request)]


def test_staff_read_the_mail_and_its_way(alpha_client: HostClient) -> None:
    mail = OutgoingMailFactory.create(
        failed=True, text_body="Hello <b>Dana</b>", subject="For <i>Dana</i>"
    )
    log_in(alpha_client, StaffRole.VIEWER)

    page = alpha_client.get(address("console:mails:detail", mail)).content.decode()

    assert "Hello &lt;b&gt;Dana&lt;/b&gt;" in page
    assert "<h1>For &lt;i&gt;Dana&lt;/i&gt;</h1>" in page
    assert "dana@acme.example" in page
    assert "550 unknown" in page
    assert "Failed" in page
    assert f'src="{address("console:mails:html", mail)}"' in page
    assert 'sandbox=""' in page
    assert "srcdoc" not in page


@pytest.mark.parametrize("trait", [None, "sent"])
def test_staff_never_read_the_secret_link(alpha_client: HostClient, trait: str | None) -> None:
    mail = OutgoingMailFactory.create(with_secret_link=True, **({trait: True} if trait else {}))
    log_in(alpha_client)

    pages = [alpha_client.get(address(name, mail)).content.decode() for name in PAGES]

    for page in pages:
        assert "(link only the recipient sees)" in page
        assert SECRET_LINK not in page
        assert marker(mail.id) not in page


def test_the_html_part_is_a_document_that_can_only_be_read(alpha_client: HostClient) -> None:
    log_in(alpha_client)

    response = alpha_client.get(address("console:mails:html", OutgoingMailFactory.create()))

    policy = response["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:;")
    assert policy.endswith("frame-ancestors 'self'; sandbox")
    assert response["X-Frame-Options"] == "SAMEORIGIN"
    assert response["Cache-Control"] == "no-store"


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("role", StaffRole.values)
def test_every_role_may_read(alpha_client: HostClient, role: str, name: str) -> None:
    log_in(alpha_client, role)

    response = alpha_client.get(address(name, OutgoingMailFactory.create()))

    assert response.status_code == HTTPStatus.OK


@pytest.mark.parametrize("name", [*PAGES, "console:mails:resend"])
def test_a_customers_person_finds_nothing_and_a_stranger_is_sent_to_log_in(
    alpha_client: HostClient, name: str
) -> None:
    target = address(name, OutgoingMailFactory.create(sent=True))

    stranger = alpha_client.post(target) if "resend" in name else alpha_client.get(target)
    alpha_client.force_login(UserFactory.create())
    person = alpha_client.post(target) if "resend" in name else alpha_client.get(target)

    assert stranger.status_code == HTTPStatus.FOUND
    assert person.status_code == HTTPStatus.NOT_FOUND
    assert OutgoingMail.objects.count() == 1


@pytest.mark.parametrize("name", [*PAGES, "console:mails:resend"])
def test_another_resellers_mail_is_not_found(
    bravo: Reseller, alpha_client: HostClient, name: str
) -> None:
    with tenant_context(bravo):
        foreign = OutgoingMailFactory.create(sent=True)
    log_in(alpha_client)

    target = address(name, foreign)
    response = alpha_client.post(target) if "resend" in name else alpha_client.get(target)

    assert response.status_code == HTTPStatus.NOT_FOUND
    assert not OutgoingMail.objects.exists()
    with tenant_context(bravo):
        assert OutgoingMail.objects.count() == 1


@pytest.mark.parametrize("role", StaffRole.values)
def test_who_manages_people_sends_again_and_others_may_not(
    alpha_client: HostClient, role: str
) -> None:
    mail = OutgoingMailFactory.create(sent=True)
    log_in(alpha_client, role)

    response = alpha_client.post(address("console:mails:resend", mail))
    offered = address("console:mails:resend", mail) in (
        alpha_client.get(address("console:mails:detail", mail)).content.decode()
    )

    if role in MAY_RESEND:
        assert response.status_code == HTTPStatus.FOUND
        assert told(response) == ["The mail is on its way again."]
        assert AuditEntry.objects.get().action == "mail.resent"
    else:
        assert response.status_code == HTTPStatus.FORBIDDEN
        assert not AuditEntry.objects.exists()
    assert OutgoingMail.objects.count() == (2 if role in MAY_RESEND else 1)
    assert offered == (role in MAY_RESEND)


def test_a_mail_on_its_way_is_not_offered_again_and_the_refusal_is_told(
    alpha_client: HostClient,
) -> None:
    mail = OutgoingMailFactory.create()
    log_in(alpha_client)

    page = alpha_client.get(address("console:mails:detail", mail)).content.decode()
    response = alpha_client.post(address("console:mails:resend", mail))

    assert address("console:mails:resend", mail) not in page
    assert told(response) == ["This mail is on its way already."]
    assert OutgoingMail.objects.count() == 1


def test_getting_the_resend_address_changes_nothing(alpha_client: HostClient) -> None:
    log_in(alpha_client)

    response = alpha_client.get(
        address("console:mails:resend", OutgoingMailFactory.create(sent=True))
    )

    assert response.status_code == HTTPStatus.METHOD_NOT_ALLOWED
    assert OutgoingMail.objects.count() == 1


@pytest.mark.parametrize(
    ("referer", "back"),
    [
        ("http://alpha.localhost/console/customers/7/?tab=x", True),
        ("http://evil.example/", False),
        ("javascript:alert(1)", False),
        ("//evil.example", False),
        ("", False),
        ("\x00\x01", False),
    ],
)
def test_after_sending_again_the_person_is_back_on_the_page_of_the_button(
    alpha_client: HostClient, referer: str, *, back: bool
) -> None:
    mail = OutgoingMailFactory.create(sent=True)
    log_in(alpha_client)

    response = alpha_client.post(address("console:mails:resend", mail), HTTP_REFERER=referer)

    expected = referer if back else address("console:mails:detail", mail)
    assert response["Location"] == expected


def test_any_name_and_domain_can_be_shown(alpha_client: HostClient) -> None:
    mail = OutgoingMailFactory.create(
        recipient_name="Müller, <Zoë>\n", recipient_email="zoe@münchen.example"
    )
    log_in(alpha_client)

    page = alpha_client.get(address("console:mails:detail", mail)).content.decode()

    assert "&quot;Müller, &lt;Zoë&gt;&quot; &lt;zoe@münchen.example&gt;" in page


def test_an_unknown_mail_is_not_found(alpha_client: HostClient) -> None:
    log_in(alpha_client)

    for name in PAGES:
        assert alpha_client.get(address(name, uuid.uuid4())).status_code == HTTPStatus.NOT_FOUND
    response = alpha_client.post(address("console:mails:resend", uuid.uuid4()))
    assert response.status_code == HTTPStatus.NOT_FOUND


def test_the_page_needs_few_queries(
    alpha_client: HostClient, django_assert_max_num_queries: Any
) -> None:
    mail = OutgoingMailFactory.create()
    log_in(alpha_client)

    with django_assert_max_num_queries(12):
        alpha_client.get(address("console:mails:detail", mail))
