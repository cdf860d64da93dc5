"""One decision about many requests, as staff in a browser meet it."""

import uuid
from http import HTTPStatus
from typing import Any

import pytest
from django_tenants.utils import schema_context

from accounts.models import User
from approvals.flows import bulk
from approvals.models import AccountRequest, ApprovalRequest
from notifications.models import OutgoingMail
from operations.models import FulfilmentTicket
from resellers.models import Reseller
from resellers.schemas import PUBLIC
from tests.factories.accounts import StaffMemberFactory
from tests.factories.approvals import AccountRequestFactory, ApprovalRequestFactory
from tests.factories.cloudaccounts import CustomerProviderFactory
from tests.harness.clients import HostClient

CONFIRM, DECIDE = "/console/requests/bulk/", "/console/requests/bulk/decide/"


@pytest.fixture
def dana(alpha: Reseller, alpha_client: HostClient) -> User:
    user: User = StaffMemberFactory(admin=True).user
    alpha_client.force_login(user)
    return user


def ready(number: int = 1) -> list[AccountRequest]:
    """Requests that nothing stands in the way of."""
    made: list[AccountRequest] = AccountRequestFactory.create_batch(number)
    for asked in made:
        CustomerProviderFactory(customer=asked.account.customer)
    return made


def rows(*asked: Any) -> list[str]:
    return [f"{each.pk}:1" for each in asked]


def statuses() -> list[str]:
    return sorted(ApprovalRequest.objects.values_list("status", flat=True))


def test_asks_before_anything_happens(alpha_client: HostClient, dana: User) -> None:
    made = ready(2)

    response = alpha_client.post(CONFIRM, {"what": "forward", "ids": [each.pk for each in made]})

    assert "Approve and forward 2 requests" in response.content.decode()
    assert set(response.context["form"]["rows"].value()) == set(rows(*made))
    assert statuses() == ["pending", "pending"]


def test_forwards_each_by_its_own_flow_and_says_what_was_refused(
    alpha_client: HostClient, dana: User
) -> None:
    good, other = ready(2)
    blocked = AccountRequestFactory()
    withdrawn = AccountRequestFactory(withdrawn=True)

    response = alpha_client.post(
        DECIDE, {"what": "forward", "rows": rows(good, other, blocked, withdrawn)}
    )

    page = response.content.decode()
    assert "2 of 4 done" in page
    assert "is not enabled for the customer" in page
    assert "Already withdrawn" in page
    assert statuses() == ["forwarded", "forwarded", "pending", "withdrawn"]
    with schema_context(PUBLIC):
        assert FulfilmentTicket.objects.count() == 2


def test_sent_twice_it_says_the_same_and_does_it_once(alpha_client: HostClient, dana: User) -> None:
    made = ready(2)
    typed = {"what": "forward", "rows": rows(*made)}

    pages = [alpha_client.post(DECIDE, typed).context["done"] for _ in range(2)]

    assert pages == [2, 2]
    with schema_context(PUBLIC):
        assert FulfilmentTicket.objects.count() == 2


def test_a_row_that_changed_since_it_was_seen_stays(alpha_client: HostClient, dana: User) -> None:
    (asked,) = ready()
    ApprovalRequest.objects.update(version=2)

    response = alpha_client.post(DECIDE, {"what": "forward", "rows": rows(asked)})

    assert "changed meanwhile" in response.content.decode()
    assert statuses() == ["pending"]


def test_declines_all_for_one_reason(alpha_client: HostClient, dana: User) -> None:
    made = ready(3)
    typed = {"what": "decline", "rows": rows(*made)}
    asked_again = alpha_client.post(DECIDE, typed)
    assert asked_again.context["form"].errors["reason"]
    assert statuses() == ["pending"] * 3

    alpha_client.post(DECIDE, {**typed, "reason": "credit", "message": "Bills are open."})

    assert statuses() == ["declined"] * 3
    assert OutgoingMail.objects.filter(kind="account_request_declined").count() == 3


def test_sign_ups_are_declined_together(alpha_client: HostClient, dana: User) -> None:
    made = ApprovalRequestFactory.create_batch(2)

    alpha_client.post(DECIDE, {"what": "decline", "rows": rows(*made), "reason": "duplicate"})

    assert statuses() == ["declined"] * 2


@pytest.mark.parametrize(
    ("path", "name"), [(CONFIRM, "ids"), (DECIDE, "rows")], ids=["asking", "deciding"]
)
class TestRefused:
    def refusal(self, client: HostClient, path: str, body: dict[str, Any]) -> str:
        before = statuses()
        response = client.post(path, body, follow=True)
        assert response.redirect_chain == [("/console/requests/", HTTPStatus.FOUND)]
        assert statuses() == before
        return str(response.content.decode())

    def test_sign_ups_are_not_approved_together(
        self, alpha_client: HostClient, dana: User, path: str, name: str
    ) -> None:
        signup = ApprovalRequestFactory()

        body = {"what": "forward", name: rows(signup) if name == "rows" else [signup.pk]}

        assert "approved one by one" in self.refusal(alpha_client, path, body)

    def test_two_types_are_not_decided_together(
        self, alpha_client: HostClient, dana: User, path: str, name: str
    ) -> None:
        made: list[AccountRequest] = [*ready(), AccountRequestFactory(unlink=True)]
        told = rows(*made) if name == "rows" else [each.pk for each in made]

        assert "one type" in self.refusal(alpha_client, path, {"what": "decline", name: told})

    @pytest.mark.parametrize("ids", [[], ["nonsense"], [str(uuid.uuid4())], ["a\x00b"], [":"]])
    def test_nothing_that_there_is(
        self, alpha_client: HostClient, dana: User, path: str, name: str, ids: list[str]
    ) -> None:
        body = {"what": "forward", name: ids}

        assert "Tick at least one" in self.refusal(alpha_client, path, body)

    @pytest.mark.parametrize("what", ["", "approve", "\x00"])
    def test_nothing_that_can_be_done(
        self, alpha_client: HostClient, dana: User, path: str, name: str, what: str
    ) -> None:
        asked = ready()[0]
        told = rows(asked) if name == "rows" else [asked.pk]

        assert "Choose what to do" in self.refusal(alpha_client, path, {"what": what, name: told})

    def test_more_than_one_click_can_bear(
        self,
        alpha_client: HostClient,
        dana: User,
        monkeypatch: pytest.MonkeyPatch,
        path: str,
        name: str,
    ) -> None:
        monkeypatch.setattr(bulk, "MOST", 2)
        made = ready(3)
        told = rows(*made) if name == "rows" else [each.pk for each in made]

        assert "at most" in self.refusal(alpha_client, path, {"what": "forward", name: told})

    def test_who_only_reads(
        self, alpha_client: HostClient, alpha: Reseller, path: str, name: str
    ) -> None:
        asked = ready()[0]
        alpha_client.force_login(StaffMemberFactory(viewer=True).user)
        told = rows(asked) if name == "rows" else [asked.pk]

        response = alpha_client.post(path, {"what": "forward", name: told})

        assert response.status_code == HTTPStatus.FORBIDDEN
        assert statuses() == ["pending"]

    def test_opening_the_page_leads_to_the_queue(
        self, alpha_client: HostClient, dana: User, path: str, name: str
    ) -> None:
        assert alpha_client.get(path)["Location"] == "/console/requests/"
