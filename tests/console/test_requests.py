"""The queue and the decision pages, as staff in a browser meet them."""

import datetime as dt
import re
import uuid
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_tenants.utils import schema_context, tenant_context

from accounts.models import User
from approvals import presets
from approvals.flows import decisions
from approvals.models import ApprovalRequest, Signup
from audit.models import AuditEntry
from customers.models import Customer, Membership
from notifications.models import OutgoingMail
from resellers import hosts
from resellers.models import Reseller
from tests.factories.accounts import StaffMemberFactory
from tests.factories.approvals import ApprovalRequestFactory
from tests.factories.customers import CustomerFactory
from tests.harness.clients import HostClient

QUEUE = "/console/requests/"
DECIDERS = ["owner", "admin"]
READERS = ["billing", "support", "viewer"]


@pytest.fixture
def dana(alpha: Reseller, alpha_client: HostClient) -> User:
    user: User = StaffMemberFactory(admin=True, user__full_name="Dana Miller").user
    alpha_client.force_login(user)
    return user


@pytest.fixture
def robin(alpha: Reseller) -> User:
    user: User = StaffMemberFactory(owner=True, user__full_name="Robin Fisher").user
    return user


@pytest.fixture
def pending(alpha: Reseller) -> ApprovalRequest:
    request: ApprovalRequest = ApprovalRequestFactory(
        signup__company="Acme GmbH",
        requester__full_name="Anna Schmidt",
        requester__email="anna@acme.example",
    )
    request.signup = Signup.objects.get(request=request)
    return request


def path_of(request: ApprovalRequest, page: str = "") -> str:
    return f"{QUEUE}{request.pk}/{page}"


def filled_in(request: ApprovalRequest, **changes: str) -> dict[str, Any]:
    details = presets.customer_details(request.signup)
    return {**details, "code": "ACME", "version": request.version, **changes}


def hidden_decision(request: ApprovalRequest, by: User, how: str) -> None:
    """Somebody else decides while the page is open."""
    if how == "approved":
        details = presets.customer_details(request.signup)
        decisions.approve(request, details, version=request.version, by=by)
    elif how == "declined":
        refusal = decisions.Refusal(reason="credit")
        decisions.decline(request, refusal, version=request.version, by=by)
    else:
        decisions.delete(request, by=by)


class TestTheQueue:
    def test_shows_pending_requests_oldest_first(
        self, alpha_client: HostClient, dana: User
    ) -> None:
        now = timezone.now()
        for days, company in ((1, "Younger"), (3, "Oldest"), (0, "Youngest")):
            ApprovalRequestFactory(
                signup__company=company, submitted_at=now - dt.timedelta(days=days)
            )
        ApprovalRequestFactory(draft=True, signup__company="Unvalidated")
        ApprovalRequestFactory(approved=True, signup__company="Approved Inc")

        page = alpha_client.get(QUEUE).content.decode()

        places = [page.index(company) for company in ("Oldest", "Younger", "Youngest")]
        assert places == sorted(places)
        assert "Unvalidated" not in page
        assert "Approved Inc" not in page
        assert "3 requests" in page
        assert re.search(r"3\s*days", page)

    def test_shows_decided_ones_newest_first_with_who_decided(
        self, alpha_client: HostClient, dana: User
    ) -> None:
        now = timezone.now()
        ApprovalRequestFactory(
            approved=True, signup__company="Earlier", submitted_at=now - dt.timedelta(days=9)
        )
        declined = ApprovalRequestFactory(declined=True, signup__company="Later")
        ApprovalRequestFactory(signup__company="Still waiting")

        page = alpha_client.get(QUEUE, {"view": "decided"}).content.decode()

        assert page.index("Later") < page.index("Earlier")
        assert "Still waiting" not in page
        assert f"by {declined.decided_by}" in page

    def test_never_shows_a_draft(self, alpha_client: HostClient, dana: User) -> None:
        draft = ApprovalRequestFactory(draft=True, signup__company="Unvalidated")

        for query in ("", "?view=all", "?view=decided", "?q=unvalidated", "?view=all&q=unval"):
            assert "Unvalidated</a>" not in alpha_client.get(QUEUE + query).content.decode()
        assert alpha_client.get(path_of(draft)).status_code == 404

    def test_never_shows_another_resellers_request(
        self, alpha_client: HostClient, dana: User, bravo: Reseller
    ) -> None:
        with tenant_context(bravo):
            foreign = ApprovalRequestFactory(signup__company="Foreign AG")

        for query in ("", "?view=all", "?q=foreign"):
            assert "Foreign AG" not in alpha_client.get(QUEUE + query).content.decode()
        for page in ("", "decline/", "delete/"):
            assert alpha_client.get(path_of(foreign, page)).status_code == 404
        for page in ("approve/", "decline/", "delete/"):
            assert alpha_client.post(path_of(foreign, page)).status_code == 404

    @pytest.mark.parametrize("text", ["acme", "anna@acme", "SCHMIDT acme", "1234567"])
    def test_finds_by_company_contact_email_and_phone(
        self, alpha_client: HostClient, dana: User, pending: ApprovalRequest, text: str
    ) -> None:
        ApprovalRequestFactory(signup__company="Beta", signup__phone="0")

        page = alpha_client.get(QUEUE, {"q": text}).content.decode()

        assert "Acme GmbH</a>" in page
        assert "Beta</a>" not in page

    @pytest.mark.parametrize(
        "query", ["q=%00", "sort=pk", "cursor=eA", "view=draft", "per=-1", "q=%25_", "view=%00"]
    )
    def test_ignores_nonsense_in_the_address(
        self, alpha_client: HostClient, dana: User, pending: ApprovalRequest, query: str
    ) -> None:
        assert alpha_client.get(f"{QUEUE}?{query}").status_code == 200

    def test_says_what_an_empty_queue_means(self, alpha_client: HostClient, dana: User) -> None:
        assert "Nothing waits for a decision" in alpha_client.get(QUEUE).content.decode()

    def test_pages_through_in_order_without_losing_a_request(
        self, alpha_client: HostClient, dana: User
    ) -> None:
        moment = timezone.now()
        made = {ApprovalRequestFactory(submitted_at=moment).pk for _ in range(30)}

        first = alpha_client.get(QUEUE, {"per": "25"}).context["listing"]
        second = alpha_client.get(QUEUE + first.next_url).context["listing"]

        seen = [row.record.pk for listing in (first, second) for row in listing.rows]
        assert len(seen) == 30
        assert set(seen) == made

    def test_costs_no_more_queries_when_it_is_long(
        self, alpha_client: HostClient, dana: User
    ) -> None:
        counts = []
        for _ in range(2):
            ApprovalRequestFactory.create_batch(5, declined=True)
            alpha_client.get(QUEUE)  # the host is looked up once in a while
            with CaptureQueriesContext(connection) as queries:
                alpha_client.get(QUEUE, {"view": "all"})
            counts.append(len(queries))

        assert counts[0] == counts[1] <= 12


class TestWhoMaySeeAndDecide:
    @pytest.mark.parametrize("role", DECIDERS + READERS)
    def test_every_role_reads_and_some_decide(
        self, alpha_client: HostClient, pending: ApprovalRequest, role: str
    ) -> None:
        alpha_client.force_login(StaffMemberFactory(role=role).user)

        page = alpha_client.get(path_of(pending)).content.decode()

        assert alpha_client.get(QUEUE).status_code == 200
        assert "As submitted" in page
        assert ("Approve and welcome anna@acme.example" in page) is (role in DECIDERS)

    @pytest.mark.parametrize("role", READERS)
    @pytest.mark.parametrize("page", ["approve/", "decline/", "delete/"])
    def test_who_only_reads_decides_nothing(
        self, alpha_client: HostClient, pending: ApprovalRequest, role: str, page: str
    ) -> None:
        alpha_client.force_login(StaffMemberFactory(role=role).user)

        response = alpha_client.post(path_of(pending, page), filled_in(pending, reason="credit"))

        assert response.status_code == 403
        pending.refresh_from_db()
        assert pending.status == "pending"
        assert not AuditEntry.objects.exists()

    def test_ones_own_request_is_for_someone_else(
        self, alpha_client: HostClient, dana: User
    ) -> None:
        own = ApprovalRequestFactory(requester=dana)
        own.signup = Signup.objects.get(request=own)

        assert "Someone else has to decide" in alpha_client.get(path_of(own)).content.decode()
        response = alpha_client.post(path_of(own, "approve/"), filled_in(own))
        assert response.status_code == 409
        assert "Someone else has to decide" in response.content.decode()


class TestOneRequest:
    def test_shows_what_was_submitted_beside_the_prefilled_decision(
        self, alpha_client: HostClient, dana: User, pending: ApprovalRequest
    ) -> None:
        response = alpha_client.get(path_of(pending))

        page = response.content.decode()
        for text in ("Acme GmbH", "Anna Schmidt", "Chausseestr. 1", "Germany", "E-mail validated"):
            assert text in page
        initial = response.context["form"].initial
        assert (initial["organization_name"], initial["code"]) == ("Acme GmbH", "ACME")
        assert initial["country"] == "DE"

    def test_warns_of_free_mail_and_look_alikes(self, alpha_client: HostClient, dana: User) -> None:
        request = ApprovalRequestFactory(
            requester__email="anna@gmail.com", signup__company="Acme GmbH"
        )
        customer = CustomerFactory(organization_name="ACME")

        page = alpha_client.get(path_of(request)).content.decode()

        assert "Free mail" in page
        assert "Same name" in page
        assert f'href="/console/customers/{customer.pk}/"' in page

    def test_costs_at_most_twelve_queries(
        self, alpha_client: HostClient, dana: User, pending: ApprovalRequest
    ) -> None:
        CustomerFactory.create_batch(3, organization_name="ACME")
        alpha_client.get(path_of(pending))

        with CaptureQueriesContext(connection) as queries:
            alpha_client.get(path_of(pending))

        assert len(queries) <= 12

    def test_an_unknown_one_is_not_found(self, alpha_client: HostClient, dana: User) -> None:
        for page in ("", "decline/", "delete/"):
            assert alpha_client.get(f"{QUEUE}{uuid.uuid4()}/{page}").status_code == 404

    @pytest.mark.parametrize("how", ["approved", "declined"])
    def test_a_decided_one_shows_the_decision_and_offers_none(
        self, alpha_client: HostClient, dana: User, pending: ApprovalRequest, how: str
    ) -> None:
        hidden_decision(pending, dana, how)

        page = alpha_client.get(path_of(pending)).content.decode()

        assert "Dana Miller" in page
        assert "Approve and welcome" not in page
        assert f"Dana Miller {how} the sign-up of Acme GmbH" in page


class TestApproving:
    def test_makes_the_customer_and_goes_on_to_the_next(
        self, alpha_client: HostClient, dana: User, pending: ApprovalRequest
    ) -> None:
        following = ApprovalRequestFactory()

        body = filled_in(pending, organization_name="ACME AG")
        response = alpha_client.post(path_of(pending, "approve/"), body)

        assert response["Location"] == path_of(following)
        customer = Customer.objects.get()
        assert customer.organization_name == "ACME AG"
        assert Membership.objects.get().user.email == "anna@acme.example"
        assert OutgoingMail.objects.get().kind == "welcome"
        assert "is a customer now" in alpha_client.get(path_of(following)).content.decode()

    def test_the_last_one_leads_back_to_the_queue(
        self, alpha_client: HostClient, dana: User, pending: ApprovalRequest
    ) -> None:
        response = alpha_client.post(path_of(pending, "approve/"), filled_in(pending))

        assert response["Location"] == QUEUE

    def test_a_double_click_is_one_approval(
        self, alpha_client: HostClient, dana: User, pending: ApprovalRequest
    ) -> None:
        body = filled_in(pending)
        codes = [
            alpha_client.post(path_of(pending, "approve/"), body).status_code for _ in range(2)
        ]

        assert codes[0] == 302
        assert Customer.objects.count() == OutgoingMail.objects.count() == 1

    @pytest.mark.parametrize(
        ("changes", "box"),
        [
            ({"organization_name": ""}, "organization_name"),
            ({"organization_name": "x" * 201}, "organization_name"),
            ({"contact_email": "nonsense"}, "contact_email"),
            ({"code": "lower case"}, "code"),
            ({"code": "TAKEN"}, "code"),
            ({"website": "javascript:alert(1)"}, "website"),
            ({"country": "XX"}, "country"),
            ({"notes": "nul\x00"}, "notes"),
            ({"street": "left\u202eright"}, "street"),
            ({"version": "x"}, "version"),
        ],
    )
    def test_says_what_is_wrong_beside_the_box_and_keeps_the_rest(
        self,
        alpha_client: HostClient,
        dana: User,
        pending: ApprovalRequest,
        changes: dict[str, str],
        box: str,
    ) -> None:
        CustomerFactory(code="TAKEN")

        body = filled_in(pending, **{"contact_title": "Typed by Dana", **changes})
        response = alpha_client.post(path_of(pending, "approve/"), body)

        assert response.status_code == 200
        assert box in response.context["form"].errors
        assert "Typed by Dana" in response.content.decode()
        pending.refresh_from_db()
        assert pending.status == "pending"
        assert Customer.objects.count() == 1
        assert not OutgoingMail.objects.exists()

    def test_is_no_matter_of_a_link(
        self, alpha_client: HostClient, dana: User, pending: ApprovalRequest
    ) -> None:
        assert alpha_client.get(path_of(pending, "approve/")).status_code == 405


class TestDeclining:
    def test_mails_the_reason_and_the_words(
        self, alpha_client: HostClient, dana: User, pending: ApprovalRequest
    ) -> None:
        body = {"reason": "incomplete", "message": "Which street?", "version": "1"}
        response = alpha_client.post(path_of(pending, "decline/"), body, follow=True)

        assert "The reason was mailed to anna@acme.example" in response.content.decode()
        assert "Which street?" in OutgoingMail.objects.get().text_body

    def test_silently_mails_nobody(
        self, alpha_client: HostClient, dana: User, pending: ApprovalRequest
    ) -> None:
        body = {"reason": "other", "silently": "on", "version": "1"}
        response = alpha_client.post(path_of(pending, "decline/"), body, follow=True)

        assert "Nobody was told" in response.content.decode()
        assert not OutgoingMail.objects.exists()

    @pytest.mark.parametrize(
        ("body", "box"),
        [
            ({}, "reason"),
            ({"reason": "because"}, "reason"),
            ({"reason": "other"}, "message"),
            ({"reason": "credit", "message": "x" * 2001}, "message"),
            ({"reason": "credit", "message": "nul\x00"}, "message"),
            ({"reason": "credit", "version": ""}, "version"),
        ],
    )
    def test_says_what_is_wrong(
        self,
        alpha_client: HostClient,
        dana: User,
        pending: ApprovalRequest,
        body: dict[str, str],
        box: str,
    ) -> None:
        response = alpha_client.post(path_of(pending, "decline/"), {"version": "1", **body})

        assert response.status_code == 200
        assert box in response.context["form"].errors
        pending.refresh_from_db()
        assert pending.status == "pending"


class TestDeleting:
    def test_asks_first_and_then_erases(
        self, alpha_client: HostClient, dana: User, pending: ApprovalRequest
    ) -> None:
        path = path_of(pending, "delete/")

        assert "This cannot be undone" in alpha_client.get(path).content.decode()
        assert ApprovalRequest.objects.exists()
        page = alpha_client.post(path, follow=True).content.decode()

        assert "The request of Acme GmbH was deleted" in page
        assert not ApprovalRequest.objects.exists()
        assert not User.objects.filter(email="anna@acme.example").exists()

    def test_leaves_a_page_that_says_who_did_it(
        self, alpha_client: HostClient, dana: User, robin: User, pending: ApprovalRequest
    ) -> None:
        hidden_decision(pending, robin, "deleted")

        for page in ("", "decline/", "delete/"):
            response = alpha_client.get(path_of(pending, page))
            assert response.status_code == 409
            assert "Already deleted by Robin Fisher at " in response.content.decode()


class TestWhenSomebodyElseWasFaster:
    @pytest.mark.parametrize("how", ["approved", "declined", "deleted"])
    @pytest.mark.parametrize("page", ["approve/", "decline/", "delete/"])
    def test_the_answer_says_who_decided_what_and_when(
        self,
        alpha_client: HostClient,
        dana: User,
        robin: User,
        pending: ApprovalRequest,
        how: str,
        page: str,
    ) -> None:
        body = filled_in(pending, reason="credit")
        hidden_decision(pending, robin, how)
        before = OutgoingMail.objects.count(), AuditEntry.objects.count()

        response = alpha_client.post(path_of(pending, page), body)

        answer = response.content.decode()
        assert response.status_code == 409
        assert f"Already {how} by Robin Fisher at " in answer
        assert (f'href="{path_of(pending)}"' in answer) is (how != "deleted")
        for customer in Customer.objects.all():
            assert f'href="/console/customers/{customer.pk}/"' in answer
        assert (OutgoingMail.objects.count(), AuditEntry.objects.count()) == before

    @pytest.mark.parametrize("page", ["decline/", "delete/"])
    def test_the_confirm_pages_say_so_before_the_button_is_pressed(
        self,
        alpha_client: HostClient,
        dana: User,
        robin: User,
        pending: ApprovalRequest,
        page: str,
    ) -> None:
        hidden_decision(pending, robin, "approved")

        response = alpha_client.get(path_of(pending, page))

        assert response.status_code == 409
        assert "Already approved by Robin Fisher" in response.content.decode()

    def test_an_invalid_form_does_not_hide_that_it_is_too_late(
        self, alpha_client: HostClient, dana: User, robin: User, pending: ApprovalRequest
    ) -> None:
        hidden_decision(pending, robin, "declined")

        response = alpha_client.post(path_of(pending, "approve/"), {})

        assert response.status_code == 409


def test_moments_are_told_in_the_resellers_time_zone(
    alpha_client: HostClient, alpha: Reseller, dana: User, pending: ApprovalRequest
) -> None:
    hidden_decision(pending, dana, "approved")
    noon = dt.datetime(2026, 7, 1, 12, 0, tzinfo=dt.UTC)
    ApprovalRequest.objects.filter(pk=pending.pk).update(decided_at=noon)
    with schema_context("public"):
        Reseller.objects.filter(pk=alpha.pk).update(time_zone="Europe/Berlin")
    hosts.forget()

    page = alpha_client.get(path_of(pending, "decline/")).content.decode()
    hosts.forget()

    assert "on July 1, 2026 at 14:00" in page
