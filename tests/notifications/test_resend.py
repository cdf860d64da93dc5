"""Sending a mail once more."""

import uuid
from typing import Any

import pytest

from audit.models import AuditEntry
from audit.trail import Person
from notifications import outbox, redaction, renewals
from notifications.kinds import UnknownKindError
from notifications.models import OutgoingMail
from notifications.renewals import CannotRenewError
from resellers.models import Reseller
from tests.factories.accounts import UserFactory
from tests.factories.notifications import SECRET_LINK, OutgoingMailFactory
from tests.races import overlap

State = OutgoingMail.State
NEW_LINK = "https://alpha.localhost/s/new"


@pytest.fixture
def renewal(monkeypatch: pytest.MonkeyPatch) -> list[tuple[OutgoingMail, Person]]:
    """Some app renews invitations to the team. Who asked it, for which mail."""
    calls: list[tuple[OutgoingMail, Person]] = []

    def renew(mail: OutgoingMail, *, by: Person) -> OutgoingMail:
        calls.append((mail, by))
        new: OutgoingMail = OutgoingMailFactory.create(
            with_secret_link=True, secret_link=NEW_LINK, unique_key=f"renewed:{uuid.uuid4()}"
        )
        return new

    monkeypatch.setattr(renewals, "_renewals", {"staff_invitation": renew})
    return calls


@pytest.mark.parametrize("state", ["sent", "failed"])
def test_a_copy_goes_out_and_the_trail_says_who_sent_it(
    alpha: Reseller,
    woken: list[str],
    django_capture_on_commit_callbacks: Any,
    state: str,
) -> None:
    dana, customer = UserFactory.create(), uuid.uuid4()
    mail = OutgoingMailFactory.create(**{state: True}, about=[customer], kind="welcome")
    before = OutgoingMail.objects.filter(pk=mail.pk).values().get()

    with django_capture_on_commit_callbacks(execute=True):
        copy = outbox.resend(mail, by=dana)

    copy = OutgoingMail.objects.get(pk=copy.pk)
    assert copy.pk != mail.pk
    assert (copy.state, copy.attempts, copy.error) == (State.QUEUED, 0, "")
    same = ("kind", "subject", "text_body", "html_body", "recipient_email", "language", "about")
    assert [getattr(copy, name) for name in same] == [getattr(mail, name) for name in same]
    assert OutgoingMail.objects.filter(pk=mail.pk).values().get() == before
    assert woken == [str(copy.pk)]
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.actor_id, entry.subject_id) == ("mail.resent", dana.id, copy.id)
    assert customer in entry.about
    assert entry.subject_name == "“Welcome” → dana@acme.example"


@pytest.mark.parametrize("state", ["queued", "sending"])
def test_a_mail_on_its_way_is_not_sent_again(alpha: Reseller, state: str) -> None:
    mail = OutgoingMailFactory.create(**({} if state == "queued" else {state: True}))

    assert not outbox.can_be_resent(mail)
    with pytest.raises(outbox.CannotResendError, match="on its way already"):
        outbox.resend(mail, by=UserFactory.create())

    assert OutgoingMail.objects.count() == 1
    assert not AuditEntry.objects.exists()


def test_a_second_click_does_not_send_a_second_copy(alpha: Reseller, woken: list[str]) -> None:
    mail = OutgoingMailFactory.create(sent=True)
    outbox.resend(mail, by=UserFactory.create())

    with pytest.raises(outbox.CannotResendError, match="on its way already"):
        outbox.resend(mail, by=UserFactory.create())

    assert OutgoingMail.objects.count() == 2
    assert AuditEntry.objects.count() == 1


def test_a_mail_to_somebody_else_does_not_stand_in_the_way(
    alpha: Reseller, woken: list[str]
) -> None:
    OutgoingMailFactory.create(recipient_email="robin@acme.example")

    outbox.resend(OutgoingMailFactory.create(sent=True), by=UserFactory.create())

    assert OutgoingMail.objects.filter(recipient_email="dana@acme.example").count() == 2


@pytest.mark.django_db(transaction=True)
def test_two_people_who_resend_at_once_send_one_copy(alpha: Reseller, woken: list[str]) -> None:
    mail = OutgoingMailFactory.create(sent=True)
    dana, robin = UserFactory.create(), UserFactory.create()

    first, second = overlap(
        alpha, lambda: outbox.resend(mail, by=dana), lambda: outbox.resend(mail, by=robin)
    )

    assert first.error is None
    assert str(second.error) == "This mail is on its way already."
    assert OutgoingMail.objects.count() == 2
    assert AuditEntry.objects.get().actor_id == dana.id
    assert len(woken) == 1


def test_a_mail_with_a_secret_link_is_renewed_by_the_app_that_owns_the_link(
    alpha: Reseller, renewal: list[Any]
) -> None:
    mail, dana = OutgoingMailFactory.create(sent=True, with_secret_link=True), UserFactory.create()

    assert outbox.can_be_resent(mail)
    new = outbox.resend(mail, by=dana)

    assert renewal == [(mail, dana)]
    assert new.secret_link == NEW_LINK
    assert OutgoingMail.objects.count() == 2


def test_a_link_that_nobody_renews_is_not_sent_again(
    alpha: Reseller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(renewals, "_renewals", {})
    mail = OutgoingMailFactory.create(sent=True, with_secret_link=True)

    assert not outbox.can_be_resent(mail)
    with pytest.raises(outbox.CannotResendError, match="only its recipient may ask for again"):
        outbox.resend(mail, by=UserFactory.create())

    assert OutgoingMail.objects.count() == 1


def test_a_refused_renewal_is_told_and_changes_nothing(
    alpha: Reseller, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(mail: OutgoingMail, *, by: Person) -> OutgoingMail:
        OutgoingMailFactory.create()
        raise CannotRenewError("Dana is active already.")

    monkeypatch.setattr(renewals, "_renewals", {"staff_invitation": refuse})
    mail = OutgoingMailFactory.create(sent=True, with_secret_link=True)

    with pytest.raises(outbox.CannotResendError, match="Dana is active already"):
        outbox.resend(mail, by=UserFactory.create())

    assert OutgoingMail.objects.count() == 1
    assert not AuditEntry.objects.exists()


def test_only_kinds_with_a_link_can_be_renewed_and_only_in_one_way(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(renewals, "_renewals", {})

    def one(mail: OutgoingMail, *, by: Person) -> OutgoingMail:
        return mail

    def another(mail: OutgoingMail, *, by: Person) -> OutgoingMail:
        return mail

    renewals.register("staff_invitation", one)
    renewals.register("staff_invitation", one)
    assert renewals.renewal_of("staff_invitation") is one
    with pytest.raises(ValueError, match="another renewal already"):
        renewals.register("staff_invitation", another)
    with pytest.raises(ValueError, match="holds no link"):
        renewals.register("welcome", one)
    with pytest.raises(UnknownKindError):
        renewals.register("birthday", one)


def test_staff_never_see_the_secret_link_even_before_the_mail_has_gone() -> None:
    mail = OutgoingMailFactory.build(with_secret_link=True, secret_link=SECRET_LINK)

    text, html = redaction.redacted_text(mail), redaction.redacted_html(mail)

    assert text == "Accept:\n(link only the recipient sees)\n"
    assert html == "<p><a >Accept</a> (link only the recipient sees)</p>"
    assert SECRET_LINK not in text + html
    assert str(mail.id) not in text + html
