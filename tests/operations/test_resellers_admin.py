"""Operators make, watch, suspend and resume resellers."""

from http import HTTPStatus
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.utils.html import escape
from pytest_django import DjangoCaptureOnCommitCallbacks

from accounts.models import User
from audit.models import AuditEntry
from resellers import flows
from resellers.models import Reseller
from tests.factories.resellers import ResellerFactory
from tests.harness.clients import HostClient
from tests.operations.test_access import address
from tests.resellers.questions import questions

pytestmark = pytest.mark.django_db

LIST = "resellers_reseller_changelist"
ADD = "resellers_reseller_add"
CHANGE = "resellers_reseller_change"

TYPED = {
    "name": "Alpine Cloud",
    "host": "alpine.example.com",
    "providers": ["aws", "google"],
    "owner_email": "Dana@Example.com",
    "owner_name": "Dana Miller",
    "currency": "EUR",
    "time_zone": "Europe/Berlin",
    "language": "en",
    "brand_color": "#0b6e4f",
    "support_email": "help@alpine.example.com",
    "support_phone": "+49 30 1234",
}


def errors_of(response: Any) -> dict[str, list[str]]:
    form = response.context["adminform"].form
    return {field: list(messages) for field, messages in form.errors.items()}


def actions(reseller: Reseller) -> list[tuple[str, str]]:
    entries = AuditEntry.objects.about(reseller.pk).order_by("at", "id")
    return list(entries.values_list("action", "actor_name"))


def test_an_operator_requests_a_reseller_and_watches_it(
    admin: HostClient,
    sent: list[dict[str, Any]],
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        response = admin.post(address(ADD), TYPED)

    reseller = Reseller.objects.get(host="alpine.example.com")
    assert response.status_code == HTTPStatus.FOUND
    assert response["Location"] == address(CHANGE, reseller.pk)
    assert {name: getattr(reseller, name) for name in TYPED} == {
        **TYPED,
        "owner_email": "dana@example.com",
    }
    assert reseller.state == Reseller.State.REQUESTED
    assert sent == [{"reseller_id": str(reseller.pk)}]
    assert actions(reseller) == [("reseller.created", "Olivia")]
    assert not LogEntry.objects.exists()


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("name", "", "This field is required."),
        ("name", "x" * 121, "Ensure this value has at most 120 characters (it has 121)."),
        ("name", "a\x00b", "Null characters are not allowed."),
        ("name", "Acme \u202eevil", "invisible character that changes the direction"),
        ("host", "", "This field is required."),
        ("host", "HTTPS://X", "Enter a host such as portal.example.com"),
        ("host", "alpha.localhost", "Another reseller has this host."),
        ("host", "x\x00.example.com", "Null characters are not allowed."),
        ("owner_email", "nobody", "Enter a valid email address."),
        ("currency", "euro", "Ensure this value has at most 3 characters (it has 4)."),
        ("currency", "e1r", "three capital letters"),
        ("time_zone", "Mars/Olympus", "Select a valid choice."),
        ("language", "xx", "Select a valid choice."),
        ("providers", ["aws", "oracle"], "Select a valid choice."),
        ("brand_color", "<b>", "Enter a colour such as #0559a8."),
        ("support_email", "x@", "Enter a valid email address."),
    ],
)
def test_a_mistake_is_named_beside_its_field_and_what_was_typed_stays(
    field: str, value: Any, sentence: str, admin: HostClient, sent: list[dict[str, Any]]
) -> None:
    response = admin.post(address(ADD), {**TYPED, field: value})

    assert response.status_code == HTTPStatus.OK
    errors = errors_of(response)
    assert list(errors) == [field]
    assert sentence in " ".join(errors[field])
    page = response.content.decode()
    kept = "help@alpine.example.com" if field != "support_email" else "Dana Miller"
    assert kept in page
    assert Reseller.objects.count() == 2  # alpha and bravo
    assert sent == []


def test_every_field_left_empty_is_not_an_error(admin: HostClient) -> None:
    response = admin.post(address(ADD), {})

    assert set(errors_of(response)) == {
        "name",
        "host",
        "owner_email",
        "currency",
        "time_zone",
        "language",
        "brand_color",
    }


@pytest.mark.parametrize(
    "name", ["<script>alert(1)</script>", "{{ token }} {% now %}", "𝔘𝔫𝔦 🏔", "O'Neil & Söhne"]
)
def test_a_name_is_shown_as_it_was_typed(name: str, admin: HostClient) -> None:
    reseller = ResellerFactory(ready=True, name=name)

    listed = admin.get(address(LIST)).content.decode()
    shown = admin.get(address(CHANGE, reseller.pk)).content.decode()

    assert "<script>alert" not in listed + shown
    assert escape(name) in listed
    assert escape(name) in shown


@pytest.mark.parametrize("query", ["?currency=%00", "?state__exact=a%00b", "?q=%00", "?%00=1"])
def test_a_list_with_nonsense_in_its_address_starts_anew(query: str, admin: HostClient) -> None:
    response = admin.get(address(LIST) + query)

    assert response.status_code == HTTPStatus.FOUND
    assert response["Location"] == f"{address(LIST)}?e=1"


def test_two_operators_who_take_one_host_read_it_beside_the_field(
    admin: HostClient, monkeypatch: pytest.MonkeyPatch, sent: list[dict[str, Any]]
) -> None:
    create = flows.create

    def too_late(new: Reseller, *, by: User) -> Reseller:
        # Somebody else was faster, between the form's check and the saving.
        monkeypatch.setattr(flows, "create", create)
        ResellerFactory(host=new.host, name="The Faster One")
        raise flows.CannotCreateError("Another reseller has this host.")

    monkeypatch.setattr(flows, "create", too_late)
    # The faster one commits on its own in real life; here it must survive our rollback.
    monkeypatch.setattr("django.contrib.admin.options.transaction.atomic", _without_transaction)

    response = admin.post(address(ADD), TYPED)

    assert errors_of(response) == {"host": ["Another reseller has this host."]}
    assert "Dana Miller" in response.content.decode()
    assert Reseller.objects.filter(host="alpine.example.com").count() == 1
    assert sent == []


class _without_transaction:  # noqa: N801 - stands in for transaction.atomic
    def __init__(self, using: str | None = None) -> None: ...

    def __enter__(self) -> None: ...

    def __exit__(self, *_error: object) -> None: ...


# ── Watching ─────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("trait", ["requested", "creating", "seeding"])
def test_a_page_about_a_reseller_on_its_way_looks_again_by_itself(
    trait: str, admin: HostClient
) -> None:
    reseller = ResellerFactory(**({} if trait == "requested" else {trait: True}))

    detail, listing = admin.get(address(CHANGE, reseller.pk)), admin.get(address(LIST))

    assert detail["Refresh"] == "3"
    assert listing["Refresh"] == "3"
    page = detail.content.decode()
    assert f"badge-{trait}" in page
    # What reloads must not hold half-typed fields.
    assert 'name="name"' not in page
    assert admin.post(address(CHANGE, reseller.pk), TYPED).status_code == HTTPStatus.FORBIDDEN


@pytest.mark.parametrize("trait", ["ready", "failed", "suspended"])
def test_a_page_that_has_nothing_to_wait_for_stays(trait: str, admin: HostClient) -> None:
    reseller = ResellerFactory(**{trait: True})

    assert "Refresh" not in admin.get(address(CHANGE, reseller.pk))
    assert "Refresh" not in admin.get(address(LIST))


def test_the_list_shows_finds_and_filters(admin: HostClient) -> None:
    ResellerFactory(suspended=True, name="Sleepy", providers=["azure"])
    ResellerFactory(failed=True, name="Broken", owner_email="findme@example.com")

    def names(query: str) -> list[str]:
        response = admin.get(f"{address(LIST)}?{query}")
        return [each.name for each in response.context["cl"].result_list]

    everything = admin.get(address(LIST)).content.decode()
    assert "badge-failed" in everything
    assert "The bill was not paid." in everything
    assert "Microsoft Azure" in everything
    assert names("") == ["Alpha Cloud", "Bravo Cloud", "Broken", "Sleepy"]
    assert names("q=FINDME") == ["Broken"]
    assert names("q=alpha.localhost") == ["Alpha Cloud"]
    assert names("state__exact=failed") == ["Broken"]
    assert names("service=suspended") == ["Sleepy"]
    assert names("service=on") == ["Alpha Cloud", "Bravo Cloud"]


def test_a_longer_list_asks_no_more_questions(admin: HostClient) -> None:
    admin.get(address(LIST))
    with questions(5):
        admin.get(address(LIST))

    ResellerFactory.create_batch(10, ready=True)

    with questions(5):
        admin.get(address(LIST))


def test_the_page_of_one_reseller_asks_few_questions(admin: HostClient, operator: User) -> None:
    reseller = ResellerFactory(ready=True)
    for name in ("One", "Two", "Three"):
        flows.change(reseller, by=operator, settings={"name": name})

    with questions(5):
        admin.get(address(CHANGE, reseller.pk))


def test_the_timeline_tells_who_did_what(admin: HostClient, operator: User) -> None:
    reseller = ResellerFactory(ready=True, name="Alpine")
    flows.change(reseller, by=operator, settings={"currency": "EUR"})
    flows.suspend(reseller, by=operator, reason="Not paid since <May>.")

    page = admin.get(address(CHANGE, reseller.pk)).content.decode()

    assert "Olivia suspended Alpine" in page
    assert "Not paid since &lt;May&gt;." in page
    assert "Currency: USD → EUR" in page
    assert page.index("Olivia suspended") < page.index("Olivia changed")


def test_the_history_link_leads_to_the_timeline(admin: HostClient) -> None:
    reseller = ResellerFactory(ready=True)

    response = admin.get(address("resellers_reseller_history", reseller.pk))

    assert response["Location"] == f"{address(CHANGE, reseller.pk)}#timeline"


# ── Changing ─────────────────────────────────────────────────────────────────────────────────


def settings_of(reseller: Reseller, **changes: Any) -> dict[str, Any]:
    return {**{name: getattr(reseller, name) for name in flows.SETTINGS}, **changes}


def test_settings_are_changed_by_the_flow(admin: HostClient) -> None:
    reseller = ResellerFactory(ready=True)

    response = admin.post(
        address(CHANGE, reseller.pk), settings_of(reseller, name="New Name", providers=["azure"])
    )

    reseller.refresh_from_db()
    assert response.status_code == HTTPStatus.FOUND
    assert (reseller.name, reseller.providers) == ("New Name", ["azure"])
    assert actions(reseller) == [("reseller.changed", "Olivia")]
    assert set(AuditEntry.objects.get().changes) == {"name", "providers"}


def test_nothing_but_settings_can_be_posted(admin: HostClient) -> None:
    reseller = ResellerFactory(failed=True)

    admin.post(
        address(CHANGE, reseller.pk),
        settings_of(
            reseller,
            owner_email=reseller.owner_email,
            owner_name=reseller.owner_name,
            state="ready",
            schema_name="public",
            is_demo="on",
            failure="",
        ),
    )

    after = Reseller.objects.get(pk=reseller.pk)
    assert (after.state, after.schema_name, after.is_demo) == (
        "failed",
        reseller.schema_name,
        False,
    )


def test_the_first_owner_is_fixed_once_invited(admin: HostClient) -> None:
    ready, failed = ResellerFactory(ready=True), ResellerFactory(failed=True)

    for reseller in (ready, failed):
        admin.post(
            address(CHANGE, reseller.pk),
            settings_of(reseller, owner_email="other@example.com", owner_name="Other"),
        )

    assert Reseller.objects.get(pk=ready.pk).owner_email == ready.owner_email
    assert Reseller.objects.get(pk=failed.pk).owner_email == "other@example.com"


def test_a_change_that_came_too_late_is_told(
    admin: HostClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    reseller = ResellerFactory(ready=True)

    def refuse(*_args: object, **_kwargs: object) -> None:
        raise flows.CannotChangeError("The first owner was invited already.")

    monkeypatch.setattr(flows, "change", refuse)

    response = admin.post(
        address(CHANGE, reseller.pk), settings_of(reseller, name="New"), follow=True
    )

    assert "The first owner was invited already." in response.content.decode()


@pytest.mark.parametrize(
    ("trait", "offered"),
    [
        ("requested", set()),
        ("creating", set()),
        ("seeding", set()),
        ("ready", {"suspend"}),
        ("suspended", {"resume"}),
        ("failed", {"retry"}),
    ],
)
def test_only_what_is_possible_is_offered(trait: str, offered: set[str], admin: HostClient) -> None:
    reseller = ResellerFactory(**({} if trait == "requested" else {trait: True}))

    page = admin.get(address(CHANGE, reseller.pk)).content.decode()

    links = {
        name: address(f"resellers_reseller_{name}", reseller.pk)
        for name in ("retry", "suspend", "resume")
    }
    assert {name for name, url in links.items() if url in page} == offered


def test_trying_again(
    admin: HostClient,
    sent: list[dict[str, Any]],
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    reseller = ResellerFactory(failed=True)

    with django_capture_on_commit_callbacks(execute=True):
        response = admin.post(address("resellers_reseller_retry", reseller.pk), follow=True)

    reseller.refresh_from_db()
    assert "Started again." in response.content.decode()
    assert reseller.state == Reseller.State.REQUESTED
    assert sent == [{"reseller_id": str(reseller.pk)}]
    assert actions(reseller) == [("reseller.retried", "Olivia")]


def test_suspending_asks_for_a_reason_on_a_page_of_its_own(admin: HostClient) -> None:
    reseller = ResellerFactory(ready=True)
    url = address("resellers_reseller_suspend", reseller.pk)

    asked = admin.get(url)
    assert "Suspend this reseller" in asked.content.decode()
    assert not Reseller.objects.get(pk=reseller.pk).is_suspended

    response = admin.post(url, {"reason": "Not paid."}, follow=True)

    reseller.refresh_from_db()
    assert "Suspended. Its host answers" in response.content.decode()
    assert (reseller.is_suspended, reseller.suspension_reason) == (True, "Not paid.")
    assert actions(reseller) == [("reseller.suspended", "Olivia")]


@pytest.mark.parametrize(
    ("reason", "sentence"),
    [
        ("", "This field is required."),
        ("   ", "This field is required."),
        ("x" * 201, "Ensure this value has at most 200 characters (it has 201)."),
        ("a\x00b", "Null characters are not allowed."),
        ("a\u202eb", "invisible character"),
    ],
)
def test_a_reason_that_does_not_do_stays_in_its_field(
    reason: str, sentence: str, admin: HostClient
) -> None:
    reseller = ResellerFactory(ready=True)

    response = admin.post(address("resellers_reseller_suspend", reseller.pk), {"reason": reason})

    assert response.status_code == HTTPStatus.OK
    assert sentence in response.content.decode()
    assert not Reseller.objects.get(pk=reseller.pk).is_suspended
    assert actions(reseller) == []


def test_resuming(admin: HostClient) -> None:
    reseller = ResellerFactory(suspended=True)

    response = admin.post(address("resellers_reseller_resume", reseller.pk), follow=True)

    assert "Resumed." in response.content.decode()
    assert not Reseller.objects.get(pk=reseller.pk).is_suspended
    assert actions(reseller) == [("reseller.resumed", "Olivia")]


@pytest.mark.parametrize(
    ("action", "trait", "sentence"),
    [
        ("retry", "ready", "Only a reseller that failed can be tried again."),
        ("suspend", "suspended", "This reseller is suspended already."),
        ("suspend", "failed", "Only a reseller that is ready can be suspended."),
        ("resume", "ready", "This reseller is not suspended."),
    ],
)
def test_a_refused_action_is_explained(
    action: str, trait: str, sentence: str, admin: HostClient
) -> None:
    reseller = ResellerFactory(**{trait: True})

    response = admin.post(
        address(f"resellers_reseller_{action}", reseller.pk), {"reason": "Not paid."}, follow=True
    )

    assert sentence in response.content.decode()
    assert actions(reseller) == []


@pytest.mark.parametrize("action", ["retry", "resume"])
def test_looking_changes_nothing(action: str, admin: HostClient) -> None:
    reseller = ResellerFactory(suspended=True)

    response = admin.get(address(f"resellers_reseller_{action}", reseller.pk))

    assert response.status_code == HTTPStatus.METHOD_NOT_ALLOWED
    assert Reseller.objects.get(pk=reseller.pk).is_suspended


def test_nobody_deletes_a_reseller(admin: HostClient) -> None:
    reseller = ResellerFactory(ready=True)
    selected = {"action": "delete_selected", "_selected_action": str(reseller.pk), "post": "yes"}

    deleted = admin.post(address("resellers_reseller_delete", reseller.pk), {"post": "yes"})
    admin.post(address(LIST), selected)

    assert deleted.status_code == HTTPStatus.FORBIDDEN
    assert Reseller.objects.filter(pk=reseller.pk).exists()
