"""Who may open which page, as whom they come, and addresses that lead to something.

The tables of pages name unknown links and records, to prove that nothing is found there. Here
every address leads to a record that exists, so that the whole page is made.
"""

import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.contrib.contenttypes.models import ContentType
from django.db import transaction

from accounts import links
from accounts.models import OneTimeLink, User
from accounts.roles import PERMISSIONS as STAFF_PERMISSIONS
from accounts.roles import StaffPermission
from cloudaccounts.flows import secrets
from customers.roles import PERMISSIONS as COMPANY_PERMISSIONS
from customers.roles import CustomerPermission
from notifications.models import OutgoingMail
from notifications.recipients import Recipient
from operations.models import FulfilmentTicket, PlatformConnection
from resellers.models import Reseller
from tests.factories import factors
from tests.factories.accounts import hashed_password
from tests.factories.approvals import ApprovalRequestFactory
from tests.factories.operations import FulfilmentTicketFactory, PlatformConnectionFactory
from tests.harness.clients import HostClient
from tests.isolation.pages import PAGES, Door
from tests.isolation.test_platform import OPEN, OPERATORS_PAGES, SHARED
from tests.isolation.world import World

Kwargs = dict[str, Any]

VISITOR = "visitor"  # nobody is logged in
OPERATOR = "operator"


def visitors(name: str, world: World) -> dict[str, User | None]:
    """Everybody whose role may open this page of a reseller's host, the mightiest first."""
    page = PAGES[name]
    staff = {f"staff.{role}": user for role, user in world.staff.items()}
    people = {f"company.{role}": user for role, user in world.people.items()}
    if page.door is Door.CONSOLE:
        assert isinstance(page.permission, StaffPermission)
        allowed = {role for role, may in STAFF_PERMISSIONS.items() if page.permission in may}
        return {role: user for role, user in staff.items() if role.partition(".")[2] in allowed}
    if page.door is Door.COMPANY:
        assert isinstance(page.permission, CustomerPermission)
        allowed = {role for role, may in COMPANY_PERMISSIONS.items() if page.permission in may}
        return {role: user for role, user in people.items() if role.partition(".")[2] in allowed}
    everybody: dict[str, User | None] = {**staff, **people, "nobody": world.nobody}
    return everybody if page.door is Door.OWN else {**everybody, VISITOR: None}


def come_in(client: HostClient, user: User) -> None:
    """Log in as if the password had been typed this minute: pages about factors ask for that.

    The test must stand in the client's schema.
    """
    client.force_login(user)
    session = client.session
    typed = {"method": "password", "at": time.time(), "reauthenticated": True}
    session["account_authentication_methods"] = [typed]
    session["account_authentication_methods_user"] = str(user.pk)
    session.save()


# Which second factors somebody must have for a page about them to be there.
_FACTORS: dict[str, tuple[Callable[[User], Any], ...]] = {
    "mfa_index": (factors.app, factors.recovery_codes, factors.security_key),
    "mfa_reauthenticate": (factors.app,),
    "mfa_deactivate_totp": (factors.app, factors.recovery_codes),
    "mfa_view_recovery_codes": (factors.app, factors.recovery_codes),
    "mfa_generate_recovery_codes": (factors.app, factors.recovery_codes),
    "mfa_download_recovery_codes": (factors.app, factors.recovery_codes),
    "mfa_list_webauthn": (factors.security_key,),
    "mfa_add_webauthn": (factors.security_key,),
    "mfa_reauthenticate_webauthn": (factors.security_key,),
    "mfa_edit_webauthn": (factors.security_key,),
    "mfa_remove_webauthn": (factors.security_key,),
}


def equip(name: str, user: User) -> Kwargs:
    """Give the person the password and the factors that this page is about.

    Returns what its address names of them.
    """
    if name != "account_set_password":
        user.password = hashed_password()
        user.save(update_fields=["password"])
    made = [make(user) for make in _FACTORS.get(name, ())]
    return {"pk": made[0].pk} if name in {"mfa_edit_webauthn", "mfa_remove_webauthn"} else {}


def _invitation(world: World) -> Kwargs:
    with transaction.atomic():
        return {"token": links.issue(world.invited, OneTimeLink.Purpose.INVITATION)}


def _validation(_world: World) -> Kwargs:
    draft = ApprovalRequestFactory.create(draft=True)
    with transaction.atomic():
        return {"token": links.issue(draft.requester, OneTimeLink.Purpose.EMAIL_VALIDATION)}


def _reset(world: World) -> Kwargs:
    key = default_token_generator.make_token(world.person)
    return {"uidb36": user_pk_to_url_str(world.person), "key": key}


def _credentials(world: World) -> Kwargs:
    to = Recipient("anna@acme.example")
    link = secrets.send_credentials(world.linked_account, text="x", to=to, by=None)
    mail = OutgoingMail.objects.get(kind="credentials_link", about__contains=[link.pk])
    return {"token": mail.secret_link.rstrip("/").rpartition("/")[2]}


_LIVE: dict[str, Callable[[World], Kwargs]] = {
    "portal:credentials:open": _credentials,
    "portal:entrance:invitation": _invitation,
    "portal:signup:validate": _validation,
    "account_reset_password_from_key": _reset,
}


def named(name: str, world: World) -> Kwargs:
    """What the page's address names: links that work, records that exist."""
    return _LIVE.get(name, PAGES[name].ids)(world)


@dataclass(frozen=True)
class PlatformWorld:
    """What the operators' pages show."""

    operator: User
    reseller: Reseller
    letter_id: uuid.UUID  # a mail in the local inbox
    ticket: FulfilmentTicket = field(default_factory=FulfilmentTicketFactory.create)
    connection: PlatformConnection = field(default_factory=PlatformConnectionFactory.create)


def platform_visitors(name: str, world: PlatformWorld) -> dict[str, User | None]:
    """Everybody who may open this page of the operators' host, the mightiest first."""
    everybody: dict[str, User | None] = {OPERATOR: world.operator}
    if name in OPEN or (name in SHARED and PAGES[name].door is Door.OPEN):
        everybody[VISITOR] = None
    return everybody


def named_on_platform(name: str, world: PlatformWorld) -> Kwargs:
    """What the page's address names: records that exist."""
    if name not in OPERATORS_PAGES:
        pages = {"inbox:detail", "inbox:html"}
        return {"letter_id": world.letter_id} if name in pages else _of_shared(name)
    records = {
        "_operator_": world.operator,
        "_fulfilmentticket_": world.ticket,
        "_platformconnection_": world.connection,
    }
    record = next((records[each] for each in records if each in name), world.reseller)
    real = {
        "object_id": record.pk,
        "reseller_id": world.reseller.pk,
        "operator_id": world.operator.pk,
        "ticket_id": world.ticket.pk,
        "connection_id": world.connection.pk,
        "content_type_id": ContentType.objects.get_for_model(record).pk,
    }
    return {key: real.get(key, value) for key, value in OPERATORS_PAGES[name].items()}


def _of_shared(name: str) -> Kwargs:
    # No page of these names a record of a reseller: a world is not needed.
    return PAGES[name].ids(None) if name in SHARED else {}  # type: ignore[arg-type]
