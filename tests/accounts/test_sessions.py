"""Sessions: how long they last, who sees them, who ends them."""

import datetime as dt
from http import HTTPStatus
from typing import Any

import pytest
from django.conf import LazySettings
from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import RequestFactory
from django.urls import reverse
from django.utils import timezone
from django_tenants.utils import schema_context, tenant_context

from accounts import browsers, sessions, tasks
from accounts.flows import people
from accounts.models import Session, User
from config.settings import CELERY_BEAT_SCHEDULE
from operations.flows.operators import set_password, suspend_operator
from resellers.models import Reseller
from tests.config.lines import kept
from tests.factories.accounts import PASSWORD, StaffMemberFactory, UserFactory
from tests.factories.customers import MembershipFactory
from tests.harness.clients import HostClient

LOGIN = "/account/login/"
OWN = "/account/sessions/"
OTHERS = f"{OWN}others/end/"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)


@pytest.fixture
def person(alpha: Reseller) -> User:
    user: User = UserFactory.create(with_password=True)
    return user


@pytest.fixture
def elsewhere(alpha: Reseller, person: User) -> HostClient:
    """Another browser in which the person is logged in."""
    client = HostClient(alpha.host, alpha)
    log_in(client, person)
    return client


def log_in(client: HostClient, user: User) -> Any:
    typed = {"login": user.email, "password": PASSWORD}
    return client.post(LOGIN, typed, headers={"user-agent": FIREFOX})


def prove(client: HostClient) -> None:
    client.post("/account/reauthenticate/", {"password": PASSWORD})


def is_in(client: HostClient) -> bool:
    return not client.get("/after-login/").headers["Location"].startswith(LOGIN)


def move(client: HostClient, ago: dt.timedelta) -> None:
    """As if the browser had been seen that long ago for the last time."""
    session: Any = client.session
    seen = dt.datetime.fromisoformat(session["about"]["seen"]) - ago
    session["about"]["seen"] = seen.isoformat()
    row = Session.objects.get(pk=session.session_key)
    Session.objects.filter(pk=row.pk).update(
        session_data=session.encode(session._session), expire_date=row.expire_date - ago
    )


def test_a_log_in_is_noted_with_place_and_browser(alpha_client: HostClient, person: User) -> None:
    log_in(alpha_client, person)

    session = Session.objects.get(user=person)
    assert (session.address, session.browser) == ("127.0.0.1", "Firefox, Linux")
    assert session.began_at <= session.seen_at <= timezone.now()


def test_an_hour_without_a_page_ends_it(alpha_client: HostClient, person: User) -> None:
    log_in(alpha_client, person)
    move(alpha_client, HOUR - dt.timedelta(minutes=1))
    assert is_in(alpha_client)  # and with that, the hour begins anew
    move(alpha_client, HOUR - dt.timedelta(minutes=1))
    assert alpha_client.get(OWN).status_code == HTTPStatus.OK  # on these pages as well
    move(alpha_client, HOUR - dt.timedelta(minutes=1))
    assert is_in(alpha_client)
    move(alpha_client, HOUR + dt.timedelta(seconds=1))

    assert not is_in(alpha_client)


def test_a_day_ends_it_however_busy_it_was(
    alpha_client: HostClient, person: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    log_in(alpha_client, person)
    began, now = timezone.now(), timezone.now
    for passed in range(30, 24 * 60 - 1, 30):
        moment = began + dt.timedelta(minutes=passed)
        monkeypatch.setattr(timezone, "now", lambda moment=moment: moment)
        assert is_in(alpha_client)

    monkeypatch.setattr(timezone, "now", lambda: began + DAY + dt.timedelta(seconds=1))

    assert not is_in(alpha_client)
    monkeypatch.setattr(timezone, "now", now)


def test_pages_in_a_row_are_one_write(
    alpha_client: HostClient, person: User, django_assert_num_queries: Any
) -> None:
    log_in(alpha_client, person)
    alpha_client.get(OWN)

    with django_assert_num_queries(4):  # the way to the schema, session, person, sessions
        alpha_client.get(OWN)


def test_the_session_has_another_key_after_the_log_in_and_after_each_proof(
    alpha_client: HostClient, person: User
) -> None:
    session = alpha_client.session
    session["planted"] = "before"
    session.save()
    alpha_client.cookies["session"] = planted = str(session.session_key)
    log_in(alpha_client, person)
    after = alpha_client.cookies["session"].value
    prove(alpha_client)
    proved = alpha_client.cookies["session"].value

    assert len({planted, after, proved}) == 3
    assert [each.pk for each in Session.objects.filter(user=person)] == [proved]
    alpha_client.cookies["session"] = after
    assert not is_in(alpha_client)


def test_logging_out_deletes_the_session(alpha_client: HostClient, person: User) -> None:
    log_in(alpha_client, person)
    key = alpha_client.cookies["session"].value

    response = alpha_client.post("/account/logout/")

    assert response.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert not Session.objects.filter(user=person).exists()
    alpha_client.cookies["session"] = key
    assert not is_in(alpha_client)


def test_a_person_sees_their_own_sessions_only(
    alpha_client: HostClient, elsewhere: HostClient, alpha: Reseller, person: User
) -> None:
    stranger = HostClient(alpha.host, alpha)
    log_in(stranger, UserFactory.create(with_password=True))
    log_in(alpha_client, person)

    response = alpha_client.get(OWN)

    shown = {each.pk for each in response.context["sessions"]}
    assert shown == {alpha_client.session.session_key, elsewhere.session.session_key}
    page = response.content.decode()
    assert page.count("This browser") == 1
    assert page.count("Log out there") == 1
    assert not [key for key in shown if key in page]


def test_ending_a_session_asks_for_a_proof_and_logs_that_browser_out(
    alpha_client: HostClient, elsewhere: HostClient, person: User
) -> None:
    log_in(alpha_client, person)
    with_key = Session.objects.get(pk=elsewhere.session.session_key)
    end = reverse("account_end_session", "config.urls_reseller", args=[with_key.handle])
    session = alpha_client.session
    session["account_authentication_methods"] = []
    session.save()

    asked = alpha_client.post(end)
    assert asked.headers["Location"].startswith("/account/reauthenticate/")
    assert is_in(elsewhere)
    prove(alpha_client)
    ended = alpha_client.post(end, follow=True)

    assert "You are logged out there." in ended.content.decode()
    assert not is_in(elsewhere)
    assert is_in(alpha_client)


def test_nobody_ends_another_persons_session(alpha_client: HostClient, person: User) -> None:
    theirs = UserFactory.create(with_password=True)
    log_in(alpha_client, theirs)
    key = Session.objects.get(user=theirs)
    alpha_client.cookies.clear()
    log_in(alpha_client, person)
    prove(alpha_client)

    response = alpha_client.post(
        reverse("account_end_session", "config.urls_reseller", args=[key.handle])
    )

    assert response.status_code == HTTPStatus.NOT_FOUND
    assert Session.objects.filter(pk=key.pk).exists()


def test_all_others_end_at_once(
    alpha_client: HostClient, elsewhere: HostClient, person: User
) -> None:
    log_in(alpha_client, person)
    prove(alpha_client)

    with kept("portal.security") as lines:
        alpha_client.post(OTHERS)

    assert not is_in(elsewhere)
    assert is_in(alpha_client)
    (line,) = lines.of("portal.security")
    assert (line["event"], line["number"]) == ("sessions.ended", 1)


def test_another_password_ends_every_other_session(
    alpha_client: HostClient, elsewhere: HostClient, person: User
) -> None:
    log_in(alpha_client, person)
    new = "brand new password 4"

    alpha_client.post(
        "/account/password/change/", {"oldpassword": PASSWORD, "password1": new, "password2": new}
    )

    assert is_in(alpha_client)
    assert [each.pk for each in Session.objects.filter(user=person)] == [
        alpha_client.session.session_key
    ]
    assert not is_in(elsewhere)


@pytest.mark.parametrize("deed", ["suspended", "given a password"])
def test_sessions_end_with_what_is_done_to_the_person(
    elsewhere: HostClient, person: User, deed: str
) -> None:
    owner = StaffMemberFactory.create(owner=True).user
    if deed == "suspended":
        people.suspend(person, by=owner)
    else:
        people.set_password_for(person, "brand new password 4", by=owner)

    assert not Session.objects.filter(user=person.pk).exists()
    assert not is_in(elsewhere)


@pytest.mark.parametrize("deed", ["suspended", "given a password"])
def test_operators_sessions_end_as_well(platform_client: HostClient, deed: str) -> None:
    first, second = UserFactory.create_batch(2, is_staff=True, is_superuser=True)
    platform_client.force_login(second)
    if deed == "suspended":
        suspend_operator(second, by=first)
    else:
        set_password(second, password="brand new password 4", by=first)

    assert not Session.objects.filter(user=second).exists()


@pytest.mark.parametrize("where", ["staff", "company", "platform"])
def test_every_frame_offers_to_log_out(
    alpha_client: HostClient, platform_client: HostClient, where: str
) -> None:
    if where == "staff":
        alpha_client.force_login(StaffMemberFactory.create(viewer=True).user)
    elif where == "company":
        alpha_client.force_login(MembershipFactory.create().user)
    else:
        with schema_context("public"):
            platform_client.force_login(UserFactory.create(is_staff=True, is_superuser=True))
    client = platform_client if where == "platform" else alpha_client

    for path in ("/after-login/", OWN):
        page = client.get(path, follow=True).content.decode()
        assert 'action="/account/logout/"' in page


# ── Commands and tasks ───────────────────────────────────────────────────────────────────────


def sessions_of(reseller: Reseller) -> int:
    with tenant_context(reseller):
        return Session.objects.filter(user__isnull=False).count()


@pytest.fixture
def busy(alpha: Reseller, bravo: Reseller, platform_client: HostClient) -> list[User]:
    """Two people at alpha, one at bravo, an operator."""
    first, second = UserFactory.create_batch(2)
    for user in (first, second):
        HostClient(alpha.host, alpha).force_login(user)
    with tenant_context(bravo):
        third = UserFactory.create()
    HostClient(bravo.host, bravo).force_login(third)
    with schema_context("public"):
        operator = UserFactory.create(is_staff=True)
    platform_client.force_login(operator)
    return [first, second, third, operator]


@pytest.mark.parametrize(
    ("options", "left"),
    [
        (["--host", "alpha.localhost"], (0, 1, 1)),
        (["--host", "localhost"], (2, 1, 0)),
        (["--all"], (0, 0, 0)),
    ],
)
def test_an_operator_ends_everybodys_sessions(
    busy: list[User],
    alpha: Reseller,
    bravo: Reseller,
    options: list[str],
    left: tuple[int, int, int],
) -> None:
    call_command("end_sessions", *options)

    with schema_context("public"):
        operators = Session.objects.count()
    assert (sessions_of(alpha), sessions_of(bravo), operators) == left


def test_an_operator_ends_one_persons_sessions(busy: list[User], alpha: Reseller) -> None:
    call_command("end_sessions", "--host", alpha.host, "--email", busy[0].email.upper())

    with tenant_context(alpha):
        assert [each.user_id for each in Session.objects.all()] == [busy[1].pk]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ([], "--host or --all"),
        (["--host", "nowhere.example"], "No reseller has the host"),
        (["--host", "alpha.localhost", "--email", "nobody@example.com"], "Nobody has the e-mail"),
        (["--all", "--email", "a@example.com"], "belongs to one host"),
    ],
)
def test_nonsense_ends_nobodys_session(
    busy: list[User], alpha: Reseller, options: list[str], words: str
) -> None:
    with pytest.raises(CommandError, match=words):
        call_command("end_sessions", *options)

    assert sessions_of(alpha) == 2


def test_beat_has_expired_sessions_forgotten_everywhere(
    busy: list[User], alpha: Reseller, bravo: Reseller, settings: LazySettings
) -> None:
    settings.CELERY_TASK_ALWAYS_EAGER = True
    over = timezone.now() - dt.timedelta(seconds=1)
    for schema in ("public", "alpha", "bravo"):
        with schema_context(schema):
            first = Session.objects.order_by("session_key")[0]
            Session.objects.filter(pk=first.pk).update(expire_date=over)

    assert CELERY_BEAT_SCHEDULE["accounts.sweep_sessions"]["task"] == tasks.sweep_sessions.name
    sent: list[Any] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tasks, "for_each_in_service", sent.append)
        tasks.sweep_sessions()
    with schema_context("public"):
        assert Session.objects.count() == 0
    assert [each.args for each in sent] == [(tasks.forget_sessions,)]
    for reseller, left in ((alpha, 1), (bravo, 0)):
        with tenant_context(reseller):
            tasks.forget_sessions()
        assert sessions_of(reseller) == left


# ── What is told about a browser ─────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("user_agent", "name"),
    [
        (FIREFOX, "Firefox, Linux"),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/140.0 Safari/537.36 Edg/140.0", "Edge, Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0) Version/18.0 Safari/604.1", "Safari, iPhone"),
        ("Mozilla/5.0 (Linux; Android 15) Chrome/140.0 Mobile Safari/537", "Chrome, Android"),
        ("<script>alert(1)</script>", ""),
        ("", ""),
    ],
)
def test_a_browser_has_a_plain_name(user_agent: str, name: str) -> None:
    assert browsers.name_of(user_agent) == name


def test_a_forged_address_is_not_believed(
    alpha_client: HostClient, person: User, settings: LazySettings
) -> None:
    forged = {"x-forwarded-for": "203.0.113.7", "x-real-ip": "203.0.113.8"}
    typed = {"login": person.email, "password": PASSWORD}
    alpha_client.post(LOGIN, typed, headers=forged)
    assert Session.objects.get(user=person).address == "127.0.0.1"

    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    forged["x-forwarded-for"] = "203.0.113.7, 198.51.100.4"  # our proxy adds the last
    Session.objects.all().delete()
    alpha_client.cookies.clear()
    alpha_client.post(LOGIN, typed, headers=forged)

    assert Session.objects.get(user=person).address == "198.51.100.4"


@pytest.mark.parametrize("given", ["", "fe80::1%eth0", "nonsense", "::1"])
def test_an_address_is_an_address_or_nothing(given: str, settings: LazySettings) -> None:
    request = RequestFactory().get("/", REMOTE_ADDR=given)

    assert sessions.address_of(request) in {"", "fe80::1", "::1"}
