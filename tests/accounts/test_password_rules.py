"""What makes a password acceptable, wherever one is typed."""

import re
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.password_validation import get_password_validators, validate_password
from django.core.exceptions import ValidationError
from django.test import override_settings
from django.urls import reverse
from django_tenants.utils import schema_context

from accounts import links
from accounts.models import OneTimeLink, User
from accounts.password_rules import CONTEXT_WORDS, context_words
from resellers.models import Reseller
from tests.factories.accounts import StaffMemberFactory, UserFactory
from tests.factories.customers import MembershipFactory
from tests.harness.clients import HostClient

LEAKED = "iloveyou123"


def refusals(password: str, user: User | None = None) -> set[str]:
    try:
        validate_password(password, user)
    except ValidationError as error:
        return {str(each.code) for each in error.error_list}
    return set()


@pytest.mark.parametrize(
    ("password", "codes"),
    [
        ("short 123", {"password_too_short"}),
        ("1234567890", {"password_leaked"}),
        ("IloveYOU123", {"password_leaked"}),
        ("alpha-cloud", {"password_of_context"}),
        ("Alpha.Cloud.2026", {"password_of_context"}),
        ("AdminLogin1!", {"password_of_context"}),
        ("localhost-portal", {"password_of_context"}),
        ("dana.miller@example", {"password_too_similar"}),
    ],
)
def test_what_is_guessed_early_is_refused(alpha: Reseller, password: str, codes: set[str]) -> None:
    assert codes <= refusals(password, User(email="dana.miller@example.com"))


@pytest.mark.parametrize(
    "password",
    [
        "all lower case words",
        "739164820573916",  # digits alone, that nobody has used
        "ÄÖÜ 漢字 🦄 unicorns",
        "  spaces at both ends  ",
        "the clouds above alpha are grey",
        "x9" + "y" * 126,
    ],
)
def test_nothing_is_asked_of_its_composition(alpha: Reseller, password: str) -> None:
    assert refusals(password) == set()


def test_the_words_are_those_of_the_place(alpha: Reseller) -> None:
    assert {"alpha", "cloud", "localhost", *CONTEXT_WORDS} <= set(context_words())
    with schema_context("public"):
        assert "alpha" not in context_words()
        assert refusals("localhost-admin") == {"password_of_context"}


def test_production_asks_no_less_than_the_tests() -> None:
    rules: list[dict[str, Any]] = settings.AUTH_PASSWORD_VALIDATORS  # type: ignore[assignment]
    names = [each["NAME"].rpartition(".")[2] for each in rules]

    assert names == [
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "NotLeaked",
        "NotMadeOfContext",
    ]
    assert len(get_password_validators(rules)) == len(names)


def places(alpha: Reseller, client: HostClient) -> dict[str, tuple[str, dict[str, Any]]]:
    """Every form in which somebody chooses a password: its address, and what else it wants."""
    owner = StaffMemberFactory.create(owner=True, user__with_password=True).user
    membership = MembershipFactory.create()
    invited = UserFactory.create(pending_email_validation=True)
    token = links.issue(invited, OneTimeLink.Purpose.INVITATION)
    nobody_yet = {
        "company": "Nordic Acme GmbH",
        "country": "DE",
        "contact_name": "Anna",
        "email": "anna@acme.example",
        "licence": "on",
    }
    client.force_login(owner)
    ids = [membership.customer.pk, membership.user.pk]
    return {
        "change": ("/account/password/change/", {"oldpassword": "correct horse battery 1"}),
        "invitation": (
            reverse("portal:entrance:invitation", "config.urls_reseller", args=[token]),
            {"full_name": "Dana"},
        ),
        "sign-up": (reverse("portal:signup:form", "config.urls_reseller"), nobody_yet),
        "for another": (
            reverse("console:people:password", "config.urls_reseller", args=ids),
            {"send": "1"},
        ),
    }


@pytest.mark.parametrize("place", ["change", "invitation", "sign-up", "for another"])
def test_a_leaked_password_is_refused_wherever_one_is_chosen(
    alpha: Reseller, alpha_client: HostClient, place: str
) -> None:
    path, rest = places(alpha, alpha_client)[place]
    if place == "sign-up":
        alpha_client.cookies.clear()  # for strangers only

    typed = {**rest, "password": LEAKED, "password1": LEAKED, "password2": LEAKED}
    page = alpha_client.post(path, typed).content.decode()

    assert "known from data leaks" in page


@pytest.mark.parametrize("place", ["change", "invitation", "sign-up", "for another", "log in"])
def test_a_password_is_typed_unseen_and_filled_in_by_managers(
    alpha: Reseller, alpha_client: HostClient, place: str
) -> None:
    known = {**places(alpha, alpha_client), "log in": ("/account/login/", {})}
    if place in {"sign-up", "log in"}:
        alpha_client.cookies.clear()  # for strangers only

    page = alpha_client.get(known[place][0]).content.decode()

    boxes = [box for box in re.findall(r"<input[^>]+>", page) if 'type="password"' in box]
    assert boxes
    assert not re.findall(r'<input[^>]+name="[^"]*password[^"]*"[^>]+type="text"', page)
    for box in boxes:
        assert re.search(r'autocomplete="(?:current|new)-password"', box), box
        assert "readonly" not in box
        assert int((re.findall(r'maxlength="(\d+)"', box) or ["999"])[0]) >= 64


@override_settings(PLATFORM_HOST="cloudworks.example")
def test_the_platforms_name_is_a_word_as_well(alpha: Reseller) -> None:
    assert refusals("cloudworks-x1") == {"password_of_context"}
