"""Who attacks, and what is there to be found: two resellers, all of one is marked as secret."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django_tenants.utils import schema_context, tenant_context

from accounts import links, tokens
from accounts.models import OneTimeLink, User
from approvals.models import Signup
from customers.models import Customer, Membership
from notifications.models import OutgoingMail
from operations.models import FulfilmentTicket, PlatformConnection
from resellers import hosts, provisioning
from resellers.models import Reseller
from resellers.schemas import PUBLIC
from tests.factories import factors
from tests.factories.accounts import PASSWORD, UserFactory
from tests.factories.approvals import ApprovalRequestFactory
from tests.factories.audit import AuditEntryFactory
from tests.factories.operations import TicketNoteFactory
from tests.factories.resellers import ResellerFactory
from tests.harness.clients import HostClient
from tests.hostile import stamps
from tests.hostile.payloads import MIX
from tests.hostile.watch import OtherCustomer, Watch
from tests.isolation.pages import Door
from tests.isolation.world import World, make_world
from tests.operations.cases import forwarded

# Ours, not those of libraries: their texts are codes and secrets.
APPS_OF_A_RESELLER = tuple(
    app.label
    for app in map(apps.get_app_config, [each.rpartition(".")[2] for each in settings.TENANT_APPS])
    if Path(app.path).parent == settings.BASE_DIR
)
ENOUGH_TEXTS = 90  # in a reseller's world: fewer, and the stamping does not work
BRAVO = "bravocanary"  # stands in every text of the other reseller
OTHER = "othercanary"  # stands in every text of another customer of the same reseller
STRANGERS = "nobodyscanary"  # stands in what only people who are logged in may read

RECENTLY = "account_authentication_methods"  # where allauth notes when somebody proved to be who


@dataclass(frozen=True)
class Visitor:
    """Somebody at one host. No answer to them may hold one of the secrets."""

    name: str
    client: HostClient
    host: str
    secrets: tuple[str, ...]
    watch: Watch  # what no shot of theirs may touch
    door: Door  # the innermost door that this person passes with every right


@dataclass(frozen=True)
class Scene:
    """Everything that tests of this folder attack."""

    world: World
    foreign: World  # of the other reseller
    guarded: User  # has every second factor
    reseller: Reseller  # another one, that the operators see
    operator: User
    ticket: FulfilmentTicket
    connection: PlatformConnection
    tokens: dict[str, dict[str, str]]  # what one-time addresses name, by the page's name


def make_scene(alpha: Reseller, bravo: Reseller) -> Scene:
    """Make it in alpha's schema. Bravo's and another customer's texts hold their canaries."""
    with tenant_context(bravo):
        foreign = make_world()
        AuditEntryFactory()
        stamps.stamp(APPS_OF_A_RESELLER, BRAVO)
    world = make_world()
    for record in (world.customer, world.request, world.person, world.member):
        AuditEntryFactory(subject_id=record.pk, about=[record.pk], changes={"name": ["a", "b"]})
    stamp_the_other_customer(world, OTHER)
    guarded = a_guarded_person()
    ticket = forwarded(alpha).ticket
    with schema_context(PUBLIC):
        operator: User = UserFactory(is_staff=True, is_superuser=True, full_name="Olivia")
        UserFactory(is_staff=True, is_superuser=True, full_name="Oscar")
        reseller: Reseller = ResellerFactory(failed=True)
        TicketNoteFactory(ticket=ticket)
        connection = PlatformConnection.objects.get()
    tokens = one_time_addresses(world)
    return Scene(world, foreign, guarded, reseller, operator, ticket, connection, tokens)


def stamp_everything(scene: Scene, alpha: Reseller) -> None:
    """Markup in every text that the pages of both hosts show. Call it in alpha's schema."""
    world = scene.world
    assert stamps.stamp(APPS_OF_A_RESELLER, MIX) > ENOUGH_TEXTS
    stamp_the_other_customer(world, f"{OTHER}{MIX}")
    for records in (
        Customer.objects.filter(pk=world.customer.pk),
        Signup.objects.filter(request=world.request),
        OutgoingMail.objects.filter(pk=world.mail.pk),
    ):
        stamps.stamp_rows(records, f"{STRANGERS}{MIX}")
    # Has to log in with it.
    User.objects.filter(pk=scene.guarded.pk).update(email="gudrun@stamp.example")
    with schema_context(PUBLIC):
        suspended = ResellerFactory()
        provisioning.provision(suspended.pk)  # whoever is ready has a schema
        Reseller.objects.filter(pk=suspended.pk).update(
            suspended_at=timezone.now(), suspension_reason=MIX
        )
        Reseller.objects.filter(pk=scene.reseller.pk).update(failure=MIX)
        stamps.stamp(["accounts", "audit", "operations", "resellers"], MIX)
        alpha.refresh_from_db()


def stamp_the_other_customer(world: World, word: str) -> None:
    """Write it into everything of the customer whose people none of the visitors is."""
    key = world.other_customer.pk
    stamps.stamp_rows(Customer.objects.filter(pk=key), word)
    for model in apps.get_models():
        names = {each.name for each in model._meta.concrete_fields}
        if model._meta.app_label in APPS_OF_A_RESELLER and "customer" in names:
            stamps.stamp_rows(model._default_manager.filter(customer_id=key), word)
    people = Membership.objects.filter(customer=key).values("user_id")
    stamps.stamp_rows(User.objects.filter(pk__in=people), word)


def a_guarded_person() -> User:
    """Somebody with a password, an authenticator app, recovery codes and a passkey."""
    person: User = UserFactory(with_password=True, full_name="Gudrun Guarded")
    factors.app(person)
    factors.recovery_codes(person)
    factors.security_key(person)
    return person


def one_time_addresses(world: World) -> dict[str, dict[str, str]]:
    """Live links, so that the pages behind them are attacked and not only their doors."""
    applicant = ApprovalRequestFactory(draft=True).requester
    with transaction.atomic():
        invitation = links.issue(
            world.invited, OneTimeLink.Purpose.INVITATION, mail_kind="customer_invitation"
        )
        validation = links.issue(applicant, OneTimeLink.Purpose.EMAIL_VALIDATION)
    key = tokens.reset_url(world.person).rstrip("/").rpartition("/")[2]
    person, _, secret = key.partition("-")
    return {
        "portal:entrance:invitation": {"token": invitation},
        "portal:signup:validate": {"token": validation},
        "account_reset_password_from_key": {"uidb36": person, "key": secret},
    }


def visitors_of_alpha(scene: Scene, alpha: Reseller, bravo: Reseller) -> Iterator[Visitor]:
    """Every role at the reseller's host."""
    hosts.forget()  # what the reseller is called may have changed
    world = scene.world
    scene.guarded.refresh_from_db(fields=["email"])
    other = OtherCustomer(alpha.schema_name, world.other_customer.pk)
    outside, inside = (BRAVO, "bravo cloud", OTHER, STRANGERS), (BRAVO, "bravo cloud")

    def visitor(name: str, door: Door, secrets: tuple[str, ...], user: User | None) -> Visitor:
        client = HostClient(alpha.host, alpha)
        client.raise_request_exception = False
        if user:
            log_in(client, user)
        watch = Watch(bravo.schema_name, None if door is Door.CONSOLE else other)
        return Visitor(name, client, alpha.host, secrets, watch, door)

    yield visitor("anybody", Door.OPEN, outside, None)
    second_step = visitor("somebody before the second factor", Door.OPEN, outside, None)
    answer = second_step.client.post(
        reverse("account_login", settings.ROOT_URLCONF),
        {"login": scene.guarded.email, "password": PASSWORD},
    )
    assert answer["Location"].startswith("/account/factors/authenticate/")
    yield second_step
    yield visitor("nobody's person", Door.OWN, outside[:3], world.nobody)
    yield visitor("a guarded person", Door.OWN, outside[:3], scene.guarded)
    for role, user in world.people.items():
        yield visitor(f"customer's {role}", Door.COMPANY, outside[:3], user)
    for role, user in world.staff.items():
        yield visitor(f"staff {role}", Door.CONSOLE, inside, user)


def visitors_of_the_platform(scene: Scene, bravo: Reseller) -> Iterator[Visitor]:
    """Every role at the operators' host."""
    with schema_context(PUBLIC):
        anybody: User = UserFactory(full_name="Norbert No Operator")
    for name, user, door in (
        ("anybody at the platform", None, Door.OPEN),
        ("no operator", anybody, Door.OWN),
        ("operator", scene.operator, Door.CONSOLE),
    ):
        client = HostClient(settings.PLATFORM_HOST)
        client.raise_request_exception = False
        if user:
            log_in(client, user)
        watch = Watch(bravo.schema_name, None)
        yield Visitor(name, client, settings.PLATFORM_HOST, (BRAVO, OTHER), watch, door)


def log_in(client: HostClient, user: User) -> None:
    """Come in, and count as somebody who has just typed the password."""
    client.force_login(user)
    with client._at_home():
        session = client.session
        session[RECENTLY] = [
            {"method": "password", "at": time.time(), "email": user.email, "reauthenticated": True}
        ]
        session.save()
