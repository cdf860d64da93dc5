"""Credentials: mailed as a link, shown once, and found in no other place."""

import datetime as dt
import io
import json
import logging
from collections.abc import Callable, Iterator
from email import message_from_bytes, policy
from typing import Any

import pytest
from cryptography.fernet import Fernet
from django.core import mail as django_mail
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone
from django_tenants.utils import tenant_context
from pytest_django import DjangoCaptureOnCommitCallbacks

from accounts.models import User
from audit.models import AuditEntry
from cloudaccounts import hooks, sealing
from cloudaccounts.flows import secrets as flows
from cloudaccounts.flows.secrets import CannotOpenError
from cloudaccounts.flows.statuses import CannotChangeAccountError
from cloudaccounts.hooks import Event, News
from cloudaccounts.models import CloudAccount, SecretLink
from cloudaccounts.restoring import set_right
from cloudaccounts.standing import Status
from config.logs import JsonLines
from notifications import outbox, sending
from notifications import tasks as mail_tasks
from notifications.models import OutgoingMail
from notifications.outbox import CannotResendError
from notifications.recipients import Recipient
from resellers.hooks import Restoration
from resellers.models import Reseller
from tests.cloudaccounts.errands import actions_about
from tests.factories.accounts import StaffMemberFactory, UserFactory
from tests.factories.cloudaccounts import CloudAccountFactory, SecretLinkFactory
from tests.harness.clients import HostClient
from tests.races import overlap

SECRET = "user: shop-admin\npassword: tR0ub4dor&3-is-secret"
WORD = "tR0ub4dor&3"
ANNA = Recipient("anna@acme.example", "Anna Schmidt")
pytestmark = pytest.mark.usefixtures("alpha")


@pytest.fixture
def account() -> CloudAccount:
    found: CloudAccount = CloudAccountFactory(linked=True)
    return found


@pytest.fixture
def dana() -> User:
    user: User = StaffMemberFactory(admin=True).user
    return user


def send(account: CloudAccount, *, by: User | None = None) -> SecretLink:
    return flows.send_credentials(account, text=SECRET, to=ANNA, by=by)


def path_of(link: SecretLink) -> str:
    """As the mail on its way to the recipient has it."""
    mail = OutgoingMail.objects.filter(kind="credentials_link", about__contains=[link.pk]).first()
    assert mail is not None
    return mail.secret_link.partition("alpha.localhost")[2] or mail.secret_link


def token_of(link: SecretLink) -> str:
    return path_of(link).rstrip("/").rpartition("/")[2]


def test_they_are_kept_encrypted_and_without_the_token(account: CloudAccount) -> None:
    link = send(account)

    link.refresh_from_db()
    assert WORD.encode() not in bytes(link.ciphertext)
    assert sealing.unseal(bytes(link.ciphertext)) == SECRET
    assert token_of(link) not in link.token_digest
    assert link.expires_at - link.created_at == dt.timedelta(days=7)
    assert actions_about(account) == ["credentials.sent"]


def test_who_is_to_use_them_gets_the_link_and_the_reseller_learns_that_it_was_sent(
    account: CloudAccount, dana: User
) -> None:
    link = send(account)

    mails = {each.kind: each for each in OutgoingMail.objects.all()}
    assert set(mails) == {"credentials_link", "credentials_sent"}
    assert mails["credentials_link"].recipient_email == ANNA.email
    assert "/credentials/" in mails["credentials_link"].secret_link
    told = mails["credentials_sent"]
    assert (told.recipient_email, told.secret_link) == (dana.email, "")
    assert ANNA.email in told.text_body
    assert token_of(link) not in told.text_body + told.html_body


def test_opening_shows_them_once_and_erases_them(account: CloudAccount, dana: User) -> None:
    link = send(account)
    token = token_of(link)

    shown = flows.open_link(token, by=dana, address="198.51.100.7")

    assert shown == SECRET
    link.refresh_from_db()
    assert (bytes(link.ciphertext), link.opened_by, link.opened_from) == (
        b"",
        dana,
        "198.51.100.7",
    )
    assert link.opened_at is not None
    entry = AuditEntry.objects.get(action="credentials.opened")
    assert entry.actor_name == str(dana)
    assert "198.51.100.7" in entry.note
    with pytest.raises(CannotOpenError):
        flows.open_link(token, by=dana, address="198.51.100.7")


def test_followers_are_told(account: CloudAccount, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[News] = []
    monkeypatch.setattr(hooks, "_followers", {"test": told.append})
    link = send(account)

    flows.open_link(token_of(link), by=None, address="")

    assert [each.event for each in told] == [Event.CREDENTIALS_SENT, Event.CREDENTIALS_OPENED]


def expired(link: SecretLink) -> None:
    now = timezone.now()
    SecretLink.objects.filter(pk=link.pk).update(
        created_at=now - dt.timedelta(days=8), expires_at=now - dt.timedelta(seconds=1)
    )


OVER: dict[str, Callable[[SecretLink], object]] = {
    "opened": lambda link: flows.open_link(token_of(link), by=None, address=""),
    "revoked": lambda link: flows.revoke(link, by=None),
    "expired": expired,
}


@pytest.mark.parametrize("how", OVER)
def test_what_is_over_neither_opens_nor_can_be_withdrawn_nor_renewed(
    account: CloudAccount, how: str
) -> None:
    link = send(account)
    token = token_of(link)
    mail = OutgoingMail.objects.get(kind="credentials_link")
    OVER[how](link)
    before = SecretLink.objects.values().get()

    with pytest.raises(CannotOpenError):
        flows.find(token)
    with pytest.raises(CannotOpenError):
        flows.open_link(token, by=None, address="")
    with pytest.raises(CannotChangeAccountError):
        flows.revoke(link, by=None)
    OutgoingMail.objects.update(state="failed", secret_link="", next_attempt_at=None)
    with pytest.raises(CannotResendError):
        outbox.resend(mail, by=UserFactory())

    assert SecretLink.objects.values().get() == before


def test_a_withdrawn_link_holds_nothing(account: CloudAccount, dana: User) -> None:
    link = send(account)

    flows.revoke(link, by=dana)

    link.refresh_from_db()
    assert bytes(link.ciphertext) == b""
    assert actions_about(account)[-1] == "credentials.revoked"


def test_what_nobody_opened_in_time_is_erased_once(account: CloudAccount) -> None:
    late, live = send(account), send(account)
    expired(late)

    assert (flows.erase_expired(), flows.erase_expired()) == (1, 0)

    late.refresh_from_db()
    live.refresh_from_db()
    assert bytes(late.ciphertext) == b""
    assert bytes(live.ciphertext) != b""
    assert actions_about(account)[-1] == "credentials.expired"


def test_a_resent_mail_has_a_new_link_and_the_old_one_is_dead(
    account: CloudAccount, dana: User
) -> None:
    link = send(account)
    old = token_of(link)
    mail = OutgoingMail.objects.get(kind="credentials_link")
    OutgoingMail.objects.update(state="failed", secret_link="", next_attempt_at=None)

    again = outbox.resend(mail, by=dana)

    new = again.secret_link.rstrip("/").rpartition("/")[2]
    with pytest.raises(CannotOpenError):
        flows.find(old)
    assert flows.open_link(new, by=None, address="") == SECRET


@pytest.mark.parametrize(
    ("text", "match"), [("", "Enter"), (" \n ", "Enter"), ("x" * 10_001, "10000")]
)
def test_nothing_and_too_much_are_refused(account: CloudAccount, text: str, match: str) -> None:
    with pytest.raises(CannotChangeAccountError, match=match) as refused:
        flows.send_credentials(account, text=text, to=ANNA, by=None)

    assert refused.value.field == "text"
    assert not SecretLink.objects.exists()


@pytest.mark.parametrize("status", Status)
def test_only_linked_accounts_have_credentials(status: Status) -> None:
    account = CloudAccountFactory(status=status)

    if status in {Status.LINKED, Status.SUSPENDED}:
        send(account)
    else:
        with pytest.raises(CannotChangeAccountError, match="linked"):
            send(account)

    held = status in {Status.LINKED, Status.SUSPENDED}
    assert SecretLink.objects.count() == OutgoingMail.objects.count() == int(held)


def test_without_a_key_nothing_is_sent(account: CloudAccount, settings: Any) -> None:
    settings.CREDENTIALS_KEYS = []

    with pytest.raises(CannotChangeAccountError, match="no key"):
        send(account)

    assert not SecretLink.objects.exists()


def test_what_no_key_fits_is_not_spent(account: CloudAccount, settings: Any) -> None:
    link = send(account)
    token, known = token_of(link), settings.CREDENTIALS_KEYS
    settings.CREDENTIALS_KEYS = [Fernet.generate_key().decode()]

    with pytest.raises(CannotOpenError, match="cannot be read"):
        flows.open_link(token, by=None, address="")

    settings.CREDENTIALS_KEYS = known
    assert flows.open_link(token, by=None, address="") == SECRET


# ── Keys ──────────────────────────


def test_rotation_makes_older_keys_superfluous_at_every_reseller(
    account: CloudAccount, bravo: Reseller, settings: Any
) -> None:
    here = send(account)
    token = token_of(here)
    with tenant_context(bravo):
        there = send(CloudAccountFactory(linked=True))
        other = OutgoingMail.objects.get(kind="credentials_link").secret_link
    old, new = settings.CREDENTIALS_KEYS[0], Fernet.generate_key().decode()
    settings.CREDENTIALS_KEYS = [new, old]
    told = io.StringIO()

    call_command("rotate_credentials", stdout=told)

    assert "2 credentials" in told.getvalue()
    settings.CREDENTIALS_KEYS = [new]
    assert flows.open_link(token, by=None, address="") == SECRET
    with tenant_context(bravo):
        shown = flows.open_link(other.rstrip("/").rpartition("/")[2], by=None, address="")
        there.refresh_from_db()
    assert (shown, bytes(there.ciphertext)) == (SECRET, b"")


def test_rotation_says_what_it_cannot_read(account: CloudAccount) -> None:
    SecretLinkFactory(account=account)
    send(account)

    with pytest.raises(CommandError, match="1 cannot be read"):
        call_command("rotate_credentials", stdout=io.StringIO())


def test_rotation_without_a_key_says_so(settings: Any) -> None:
    settings.CREDENTIALS_KEYS = []

    with pytest.raises(CommandError, match="is empty"):
        call_command("rotate_credentials", stdout=io.StringIO())


@pytest.mark.parametrize("takes_over", [True, False])
def test_a_restored_copy_opens_nothing_that_the_original_may_have_opened(
    account: CloudAccount, alpha: Reseller, takes_over: bool
) -> None:
    link = send(account)
    token = token_of(link)

    told = list(set_right(Restoration(alpha, alpha.host, takes_over)))

    assert len(told) == (0 if takes_over else 1)
    if takes_over:
        assert flows.open_link(token, by=None, address="") == SECRET
    else:
        with pytest.raises(CannotOpenError):
            flows.open_link(token, by=None, address="")


# ── The page ──────────────────────────


def test_whoever_only_looks_sees_and_changes_nothing(
    alpha_client: HostClient, account: CloudAccount
) -> None:
    """Scanners of mails open links, too."""
    path = path_of(send(account))
    before = SecretLink.objects.values().get()

    for _again in range(3):
        for method in ("get", "head", "options", "put"):
            response = getattr(alpha_client, method)(path)
            assert WORD not in response.content.decode()

    assert SecretLink.objects.values().get() == before
    assert "Show the credentials" in alpha_client.get(path).content.decode()


def test_the_button_shows_them_once(alpha_client: HostClient, account: CloudAccount) -> None:
    path = path_of(send(account))

    first = alpha_client.post(path)
    second = alpha_client.post(path)

    assert first.status_code == 200
    assert "tR0ub4dor&amp;3-is-secret" in first.content.decode()
    assert "no-store" in first["Cache-Control"]
    assert second.status_code == 410
    assert WORD not in second.content.decode()
    assert alpha_client.get(path).status_code == 410
    assert SecretLink.objects.get().opened_from == "127.0.0.1"


@pytest.mark.parametrize("token", ["x", "a" * 500, "%00", "..%2f", "💶"])
def test_a_token_that_nobody_issued_opens_nothing(alpha_client: HostClient, token: str) -> None:
    for method in ("get", "post"):
        response = getattr(alpha_client, method)(f"/credentials/{token}/")
        assert response.status_code in {400, 404, 410}


def test_a_token_is_worthless_at_another_reseller(
    bravo_client: HostClient, account: CloudAccount
) -> None:
    link = send(account)

    response = bravo_client.post(path_of(link))

    assert response.status_code == 410
    link.refresh_from_db()
    assert link.opened_at is None


@pytest.mark.django_db(transaction=True)
def test_of_two_who_open_at_once_one_sees_them(alpha: Reseller) -> None:
    link = send(CloudAccountFactory(linked=True))
    token = token_of(link)

    first, second = overlap(
        alpha,
        lambda: flows.open_link(token, by=None, address=""),
        lambda: flows.open_link(token, by=None, address=""),
    )

    assert (first.result, second.result) == (SECRET, None)
    assert isinstance(second.error, CannotOpenError)


@pytest.mark.django_db(transaction=True)
def test_of_a_withdrawal_and_an_opening_at_once_one_counts(alpha: Reseller) -> None:
    link = send(CloudAccountFactory(linked=True))
    token = token_of(link)

    revoked, opened = overlap(
        alpha,
        lambda: flows.revoke(link, by=None),
        lambda: flows.open_link(token, by=None, address=""),
    )

    assert revoked.error is None
    assert isinstance(opened.error, CannotOpenError)
    link.refresh_from_db()
    assert (link.opened_at is None, link.revoked_at is None) == (True, False)


# ── Where they must not be ──────────────────────────


@pytest.fixture
def log_lines() -> Iterator[io.StringIO]:
    """Everything that anybody logs, in the form of production."""
    lines = io.StringIO()
    handler = logging.StreamHandler(lines)
    handler.setFormatter(JsonLines())
    watched = [logging.getLogger(), *(logging.getLogger(each) for each in ("django", "portal"))]
    levels = [each.level for each in watched]
    for each in watched:
        each.addHandler(handler)
        each.setLevel(logging.DEBUG)
    yield lines
    for each, level in zip(watched, levels, strict=True):
        each.removeHandler(handler)
        each.setLevel(level)


def every_row(table: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT to_jsonb(each)::text FROM {table} each")  # noqa: S608 - a name of ours
        return "\n".join(row for (row,) in cursor.fetchall())


def test_they_are_in_no_log_no_audit_no_mail_and_no_message_of_the_broker(
    alpha_client: HostClient,
    account: CloudAccount,
    dana: User,
    log_lines: io.StringIO,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    published: list[str] = []
    monkeypatch.setattr(
        mail_tasks.send_mail,
        "apply_async",
        lambda *asked, **options: published.append(json.dumps([asked, options], default=str)),
    )
    with django_capture_on_commit_callbacks(execute=True):
        link = send(account, by=dana)
    token, path = token_of(link), path_of(link)
    for mail in OutgoingMail.objects.all():
        sending.send(mail.pk)
    with django_capture_on_commit_callbacks(execute=True):
        alpha_client.get(path)
        assert "is-secret" in alpha_client.post(path).content.decode()
        alpha_client.post(path)

    sent = [
        message_from_bytes(each.message().as_bytes(), policy=policy.default)
        for each in django_mail.outbox
    ]
    bodies = [str(part.get_content()) for each in sent for part in each.iter_parts()]
    with_link = [body for body in bodies if token in body]
    assert len(sent) == 2
    assert len(with_link) == 2  # text and HTML of the one mail to who is to use them
    assert len(published) == 2
    tables = connection.introspection.table_names()
    rows = {table: every_row(f'"{table}"') for table in tables}
    assert link.email in rows["audit_auditentry"]
    assert '"/credentials/' in log_lines.getvalue() or "/credentials/…" in log_lines.getvalue()
    places = {"logs": log_lines.getvalue(), "mails": "".join(bodies), "broker": str(published)}
    for name, text in {**rows, **places}.items():
        assert WORD not in text, name
        assert "shop-admin" not in text, name
    for name, text in {**rows, "logs": places["logs"], "broker": places["broker"]}.items():
        assert token not in text, name


def test_a_recipient_who_has_an_account_here_is_known(account: CloudAccount) -> None:
    anna = UserFactory(email=ANNA.email)

    to = Recipient(ANNA.email.upper(), "Anna")
    link = flows.send_credentials(account, text=SECRET, to=to, by=None)

    assert link.recipient == anna
