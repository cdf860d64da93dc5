"""Doing something with many customers: what is meant, what is shown before, what comes of it."""

import re
import uuid
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

import pytest
from django.http import QueryDict
from django.urls import reverse
from django_tenants.utils import tenant_context

from accounts.roles import StaffRole
from audit.models import AuditEntry
from console.lists.customers import CustomerListing
from customers import bulk_plans
from customers.flows import bulk as flows
from customers.flows import lifecycle
from customers.models import BulkRun, Customer
from jobs import running
from jobs.models import Job
from resellers.models import Reseller
from tests.console.staff import NASTY, log_in
from tests.console.test_customer_filters import make_fields
from tests.factories.accounts import StaffMemberFactory, UserFactory
from tests.factories.customers import (
    BulkRowFactory,
    BulkRunFactory,
    CustomerFactory,
    CustomFieldFactory,
    SavedViewFactory,
)
from tests.factories.jobs import JobFactory
from tests.harness.clients import HostClient


def page_of(name: str, *args: object) -> str:
    return reverse(f"console:bulk:{name}", "config.urls_reseller", args=args)


LIST = reverse("console:customers:list", "config.urls_reseller")


@pytest.fixture
def client(alpha: Reseller, alpha_client: HostClient) -> HostClient:
    log_in(alpha_client, StaffRole.SUPPORT)
    return alpha_client


def choose(
    client: HostClient, what: str, *customers: Customer, query: str = "", **sent: Any
) -> Any:
    """What the bar of the list sends."""
    ids = [each.pk for each in customers]
    return client.post(f"{page_of('confirm')}?{query}", {"what": what, "ids": ids, **sent})


def choose_all(client: HostClient, what: str, **parameters: str) -> Any:
    return choose(client, what, query=urlencode(parameters), scope="matching")


def confirm(client: HostClient, page: Any, **typed: str) -> Any:
    """Send the form of the confirm page as it is, with what somebody types into it."""
    form = page.context["form"]
    told = {name: form[name].value() for name in form.fields}
    body = {name: value for name, value in {**told, **typed}.items() if value is not None}
    return client.post(form.action, body)


def statuses() -> dict[str, str]:
    return dict(Customer.objects.values_list("organization_name", "status"))


def suspended() -> list[str]:
    return sorted(name for name, status in statuses().items() if status == "suspended")


def said(response: Any) -> str:
    """What the page where one is led says."""
    return " ".join(str(each) for each in response.wsgi_request._messages)


class TestAllThatMatch:
    """First of all: nobody is touched whom the list does not show."""

    @pytest.mark.parametrize(
        ("parameters", "names"),
        [
            ({"tag": "media"}, ["A", "B"]),
            ({"country": "DE"}, ["A", "C"]),
            ({"q": "needle"}, ["C"]),
            ({"q": "needle", "country": "DE"}, ["C"]),
            ({"q": "nothing"}, []),
            ({"industry": "retail"}, ["B"]),
            ({"period": "this-year"}, ["A", "B", "C", "D"]),
            ({"field.seats.from": "10"}, ["D"]),
            ({"field.tier": "gold"}, ["A"]),
            ({"view": "active", "tag": "media", "sort": "-created_at"}, ["A", "B"]),
            ({"sort": "code"}, ["A", "B", "C", "D"]),
            ({}, ["A", "B", "C", "D"]),
        ],
    )
    def test_touches_none_that_the_list_leaves_out(
        self, client: HostClient, parameters: dict[str, str], names: list[str]
    ) -> None:
        make_fields()
        a = CustomerFactory(organization_name="A", country="DE", tags=["key", "media"])
        CustomerFactory(organization_name="B", country="FR", tags=["media"], industry="Retail")
        CustomerFactory(organization_name="C", country="DE", contact_name="Needle")
        d = CustomerFactory(organization_name="D")
        CustomerFactory(
            organization_name="Gone", country="DE", tags=["media"], industry="Retail",
            contact_name="Needle", status="archived", archived_from="active",
        )  # fmt: skip
        Customer.objects.filter(pk=a.pk).update(custom_values={"tier": "gold"})
        Customer.objects.filter(pk=d.pk).update(custom_values={"seats": "10"})
        d.custom_ranks.create(key="seats", rank=10)

        page = choose_all(client, "suspend", **parameters)
        if names:
            assert page.status_code == HTTPStatus.OK
            confirm(client, page)
        else:
            assert page.status_code == HTTPStatus.FOUND

        assert suspended() == names
        assert AuditEntry.objects.filter(action=lifecycle.SUSPENDED).count() == len(names)

    def test_of_a_saved_view_touches_what_the_view_shows(self, client: HostClient) -> None:
        CustomerFactory(organization_name="A", tags=["media"])
        CustomerFactory.create_batch(60, tags=["media"])
        CustomerFactory(organization_name="Z")
        view = SavedViewFactory(shared=True, parameters={"tag": "media"})
        page = client.get(f"{LIST}?saved={view.pk}").content.decode()
        address = re.search(r'id="bulk"[^>]*action="([^"]*)"', page)
        assert address
        assert address[1] == f"{page_of('confirm')}?tag=media"

        asked = client.post(address[1], {"what": "suspend", "scope": "matching"})
        confirm(client, asked)

        assert Customer.objects.suspended().count() == 61
        assert statuses()["Z"] == "active"

    @pytest.mark.parametrize(
        "query",
        [
            "contry=DE",  # a filter that nobody knows
            "country=XX",
            "country=DE&country=FR",
            "field.gone=1",  # a custom field that was retired since
            "field.seats.from=many",
            "field.seats.from=9&field.seats.to=1",
            "period=someday",
            "created.from=yesterday",
            "view=everything",
            "view=all",
            "saved=00000000-0000-4000-8000-000000000000",
            "sort=password",
            "per=100",
            "cursor=abc",
            "cursor=",
            "q=",
            "q=%00",
            "q=" + "x" * 500,
            "tag=%00",
            "tag=,,",
            "tag=" + "x" * 600,
            "%00=1",
            "country=DE&tag=%21%21",
            "=",
            "country",
        ],
    )
    @pytest.mark.parametrize("page", ["confirm", "start"])
    def test_refuses_what_it_does_not_understand_to_the_letter(
        self, client: HostClient, query: str, page: str
    ) -> None:
        make_fields()
        CustomFieldFactory(key="gone", retired=True)
        CustomerFactory(country="DE")
        plan = bulk_plans.plan_of(Customer.objects.all(), "suspend").mark
        body = {"what": "suspend", "scope": "matching", "plan": plan, "key": uuid.uuid4()}

        response = client.post(f"{page_of(page)}?{query}", body)

        assert response.status_code == HTTPStatus.FOUND
        assert response["Location"].startswith(LIST)
        assert "Nothing was done: not all of what narrows the list was understood" in said(response)
        assert suspended() == []
        assert not BulkRun.objects.exists()

    def test_refuses_whatever_the_list_has_a_notice_about(
        self, client: HostClient, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Also where the notice is about nothing that stands in the address."""

        class Doubtful(CustomerListing):
            def __init__(self, *args: Any, **kwargs: Any) -> None:
                super().__init__(*args, **kwargs)
                self.notices.append("One filter was not used.")

        monkeypatch.setattr("console.lists.selections.CustomerListing", Doubtful)
        CustomerFactory(country="DE")

        response = choose_all(client, "suspend", country="DE")

        assert "One filter was not used." in said(response)
        assert response.status_code == HTTPStatus.FOUND

    def test_is_not_offered_where_the_list_itself_was_not_understood(
        self, client: HostClient
    ) -> None:
        CustomerFactory.create_batch(51)

        assert b'value="matching"' in client.get(LIST).content
        assert b'value="matching"' not in client.get(f"{LIST}?country=XX").content
        assert b'value="matching"' not in client.get(f"{LIST}?per=100").content  # all are here

    def test_is_what_the_bar_offers_for_every_address_of_the_list(self, client: HostClient) -> None:
        """What the page writes into the bar is understood when it comes back."""
        make_fields()
        CustomerFactory.create_batch(60, country="DE", tags=["media"])
        for query in (
            "",
            "q=company",
            "q=+company+&country=DE&sort=code",
            "view=active&tag=MEDIA&per=25",
            "sort=-created_at&per=25",
            "view=all",
            "tag=media&created.from=2020-01-01",
        ):
            page = client.get(f"{LIST}?{query}").content.decode()
            address = re.search(r'id="bulk"[^>]*action="([^"]*)"', page)
            assert address
            url = address[1].replace("&amp;", "&")
            asked = client.post(url, {"what": "suspend", "scope": "matching"})

            assert asked.status_code == HTTPStatus.OK, query
            assert asked.context["plan"].to_do == 60

    def test_names_what_narrows_the_list(self, client: HostClient) -> None:
        CustomerFactory(country="DE", organization_name="Needle")

        page = choose_all(client, "suspend", q="needle", country="DE", view="active")

        text = page.content.decode()
        assert "Search: needle" in text
        assert "View: Active" in text
        assert "Country: Germany" in text

    def test_more_than_can_be_done_in_one_go_is_refused(
        self, client: HostClient, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        CustomerFactory.create_batch(4)
        monkeypatch.setattr(bulk_plans, "MOST", 3)

        response = choose_all(client, "suspend")

        assert "Select at most 3 customers" in said(response)

    def test_a_run_keeps_what_the_list_was_asked_for(self, client: HostClient) -> None:
        CustomerFactory(country="DE")

        confirm(client, choose_all(client, "suspend", country="DE"))

        run = BulkRun.objects.get()
        assert (run.is_all_matching, run.parameters) == (True, {"country": "DE"})


class TestWhoIsTicked:
    def test_nobody_else_is_touched(self, client: HostClient) -> None:
        a, b, c = (CustomerFactory(organization_name=name) for name in "ABC")

        response = confirm(client, choose(client, "suspend", a, c), reason="Unpaid")

        run = BulkRun.objects.get()
        assert response["Location"] == page_of("detail", run.pk)
        assert suspended() == ["A", "C"]
        a.refresh_from_db()
        assert a.status_reason == "Unpaid"
        b.refresh_from_db()
        assert b.status == "active"
        entry = AuditEntry.objects.about(a.pk).get()
        assert (entry.action, entry.note) == (lifecycle.SUSPENDED, "Unpaid")
        assert entry.actor_id == run.started_by_id

    def test_the_address_of_the_list_does_not_matter(self, client: HostClient) -> None:
        """A saved view of yesterday, a cursor: what is ticked is clear."""
        a = CustomerFactory(organization_name="A")

        page = choose(client, "suspend", a, query="view=gone&cursor=x")
        confirm(client, page)

        assert suspended() == ["A"]

    def test_the_first_page_changes_nothing(self, client: HostClient) -> None:
        a = CustomerFactory()

        page = choose(client, "suspend", a)

        assert page.status_code == HTTPStatus.OK
        assert suspended() == []
        assert not BulkRun.objects.exists()
        assert not AuditEntry.objects.exists()

    @pytest.mark.parametrize("page", ["confirm", "start"])
    def test_somebody_who_comes_by_a_link_is_led_to_the_list(
        self, client: HostClient, page: str
    ) -> None:
        assert client.get(page_of(page))["Location"] == LIST

    @pytest.mark.parametrize("ids", [[], [""]])
    def test_nothing_ticked_is_said(self, client: HostClient, ids: list[str]) -> None:
        response = client.post(page_of("confirm"), {"what": "suspend", "ids": ids})

        assert response.status_code == HTTPStatus.FOUND
        assert said(response) in {
            "Tick at least one customer.",
            "These customers are not there any more.",
        }

    def test_what_is_not_there_is_counted_and_ignored(self, client: HostClient) -> None:
        a = CustomerFactory(organization_name="A")
        ids = [a.pk, a.pk, uuid.uuid4(), "nonsense", "\x00"]

        page = client.post(page_of("confirm"), {"what": "suspend", "ids": ids})

        assert "3 of the ticked customers were not found." in page.content.decode()
        confirm(client, page)
        assert suspended() == ["A"]
        assert BulkRun.objects.get().total == 1

    def test_another_resellers_customers_are_not_found(
        self, client: HostClient, bravo_client: HostClient, bravo: Reseller
    ) -> None:
        a = CustomerFactory(organization_name="A")
        with tenant_context(bravo):
            log_in(bravo_client, StaffRole.OWNER)

        response = choose(bravo_client, "suspend", a)

        assert said(response) == "These customers are not there any more."

    @pytest.mark.parametrize("what", ["", "destroy", "merge", "\x00", "x" * 10_000])
    def test_nothing_else_can_be_done(self, client: HostClient, what: str) -> None:
        a = CustomerFactory()

        for page in ("confirm", "start"):
            response = client.post(page_of(page), {"what": what, "ids": [a.pk]})

            assert "Choose what to do with the customers." in said(response)
        assert suspended() == []

    @pytest.mark.parametrize("text", NASTY.values(), ids=NASTY)
    @pytest.mark.parametrize("name", ["ids", "scope", "plan", "key", "what", "reason", "tags"])
    def test_any_text_in_any_field_is_taken_or_refused(
        self, client: HostClient, name: str, text: str
    ) -> None:
        a = CustomerFactory()
        for what in ("suspend", "add_tags"):
            plan = bulk_plans.plan_of(Customer.objects.all(), what).mark
            body = {"what": what, "ids": [a.pk], "plan": plan, "tags": "a", name: text}
            for page in ("confirm", "start"):
                response = client.post(page_of(page), body)

                assert response.status_code < HTTPStatus.INTERNAL_SERVER_ERROR


class TestThePageThatAsks:
    def test_says_how_many_who_and_who_not(self, client: HostClient) -> None:
        fine = [CustomerFactory(organization_name=f"Fine {n:02}") for n in range(13)]
        off = CustomerFactory.create_batch(2, status="suspended")
        gone = CustomerFactory(status="archived", archived_from="active")

        page = choose(client, "suspend", *fine, *off, gone)

        text = page.content.decode()
        assert "<h1>Suspend 13 customers?</h1>" in text
        assert [each.organization_name for each in page.context["names"]] == [
            f"Fine {n:02}" for n in range(10)
        ]
        assert "and 3 more" in text
        assert page.context["reasons"] == [("Is archived", 1), ("Is suspended", 2)]
        assert "To undo it, select the customers again and reactivate them." in text
        assert page.context["form"].submit_label == "Suspend 13 customers"

    def test_offers_nothing_when_all_would_be_skipped(self, client: HostClient) -> None:
        off = CustomerFactory(status="suspended")

        page = choose(client, "suspend", off)
        text = page.content.decode()

        assert "every one of them would be skipped" in text
        assert page_of("start") not in text
        plan = bulk_plans.plan_of(Customer.objects.all(), "suspend").mark
        body = {"what": "suspend", "ids": [off.pk], "plan": plan}
        response = client.post(page_of("start"), body)
        assert said(response) == "There is no customer that this can be done with."
        assert not BulkRun.objects.exists()

    @pytest.mark.parametrize("tags", ["", " , ;", "-bad-", "x" * 41])
    def test_asks_again_for_tags_that_cannot_be(self, client: HostClient, tags: str) -> None:
        a = CustomerFactory(organization_name="A & B")

        response = confirm(client, choose(client, "add_tags", a), tags=tags)

        assert response.status_code == HTTPStatus.OK
        assert response.context["form"].errors["tags"]
        assert "A &amp; B" in response.content.decode()
        assert not BulkRun.objects.exists()

    def test_offers_the_tags_in_use(self, client: HostClient) -> None:
        a = CustomerFactory(tags=["media"])

        assert 'data-tag="media"' in choose(client, "add_tags", a).content.decode()

    def test_somebody_who_came_to_match_since_is_not_done_unseen(self, client: HostClient) -> None:
        CustomerFactory(organization_name="A", tags=["media"])
        page = choose_all(client, "suspend", tag="media")
        CustomerFactory(organization_name="B", tags=["media"])

        again = confirm(client, page, reason="Unpaid")

        assert again.status_code == HTTPStatus.CONFLICT
        assert "the selection changed since you saw it" in again.content.decode()
        assert again.context["form"]["reason"].value() == "Unpaid"
        assert suspended() == []
        assert not BulkRun.objects.exists()
        confirm(client, again)
        assert suspended() == ["A", "B"]

    def test_another_one_in_the_place_of_one_is_seen_too(self, client: HostClient) -> None:
        a = CustomerFactory(organization_name="A", tags=["media"])
        page = choose_all(client, "suspend", tag="media")
        Customer.objects.filter(pk=a.pk).update(tags=[])
        CustomerFactory(organization_name="B", tags=["media"])

        assert confirm(client, page).status_code == HTTPStatus.CONFLICT
        assert suspended() == []

    def test_a_skipped_one_that_could_be_done_now_is_shown_first(self, client: HostClient) -> None:
        a, b = (CustomerFactory(organization_name=name) for name in "AB")
        lifecycle.suspend(b, by=UserFactory())
        page = choose(client, "archive", a, b)
        assert page.context["plan"].to_do == 2
        lifecycle.archive(b, by=UserFactory())

        again = confirm(client, page)

        assert again.status_code == HTTPStatus.CONFLICT
        assert again.context["reasons"] == [("Is archived", 1)]
        assert statuses()["A"] == "active"


class TestSendingTwice:
    def test_is_one_run(self, client: HostClient) -> None:
        a = CustomerFactory()
        page = choose(client, "suspend", a)

        first, second = confirm(client, page), confirm(client, page)

        assert first["Location"] == second["Location"]
        assert BulkRun.objects.count() == 1
        assert AuditEntry.objects.filter(action=lifecycle.SUSPENDED).count() == 1

    def test_a_key_of_another_run_makes_a_run_of_its_own(self, client: HostClient) -> None:
        a, b = CustomerFactory(organization_name="A"), CustomerFactory(organization_name="B")
        known = BulkRunFactory()

        confirm(client, choose(client, "suspend", a), key=str(known.pk))
        confirm(client, choose(client, "archive", b), key=str(known.pk))

        assert statuses() == {"A": "suspended", "B": "archived"}
        known.refresh_from_db()
        assert known.total == 0

    def test_without_a_key_it_is_done_all_the_same(self, client: HostClient) -> None:
        a = CustomerFactory(organization_name="A")

        confirm(client, choose(client, "suspend", a), key="")

        assert suspended() == ["A"]


class TestTheRun:
    @pytest.fixture
    def many(self, client: HostClient, monkeypatch: pytest.MonkeyPatch) -> BulkRun:
        """Waits for a worker: three customers, of whom one is skipped."""
        monkeypatch.setattr(flows, "MOST_AT_ONCE", 1)
        off = CustomerFactory(organization_name="Off", status="suspended")
        confirm(client, choose(client, "suspend", off, *CustomerFactory.create_batch(2)))
        return BulkRun.objects.select_related("job").get()

    def test_few_are_done_at_once(self, client: HostClient) -> None:
        a, off = CustomerFactory(organization_name="A"), CustomerFactory(status="suspended")

        page = client.get(confirm(client, choose(client, "suspend", a, off))["Location"])

        text = page.content.decode()
        assert "1 done, 1 skipped." in text
        assert page.context["reasons"] == [("Is suspended", 1)]
        assert "http-equiv" not in text

    def test_many_are_done_by_a_worker_with_progress(
        self, client: HostClient, many: BulkRun
    ) -> None:
        assert suspended() == ["Off"]
        page = client.get(page_of("detail", many.pk)).content.decode()
        assert "Waiting for a worker" in page
        assert '<noscript><meta http-equiv="refresh"' in page
        assert many.job
        running.run(many.job.pk)

        page = client.get(page_of("detail", many.pk)).content.decode()

        assert "2 done, 1 skipped." in page
        assert len(suspended()) == 3
        skipped = client.get(page_of("detail", many.pk) + "?view=skipped").content.decode()
        assert "Off" in skipped
        assert "Is suspended" in skipped
        assert "1 customer" in skipped

    def test_can_be_cancelled_and_gone_on_with(self, client: HostClient, many: BulkRun) -> None:
        assert client.post(page_of("cancel", many.pk))["Location"] == page_of("detail", many.pk)
        page = client.get(page_of("detail", many.pk)).content.decode()
        assert "It was cancelled. What was done stays." in page
        assert "Go on with the rest" in page
        assert suspended() == ["Off"]

        client.post(page_of("go_on", many.pk))
        client.post(page_of("go_on", many.pk))  # sent twice

        many.refresh_from_db()
        assert many.job
        running.run(many.job.pk)
        assert len(suspended()) == 3
        assert Job.objects.count() == 2

    def test_one_that_is_done_does_not_go_on(self, client: HostClient) -> None:
        run = BulkRunFactory(job=JobFactory(kind=flows.KIND, finished=True), total=1)

        page = client.get(page_of("detail", run.pk)).content.decode()
        client.post(page_of("go_on", run.pk))

        assert "Go on with the rest" not in page
        assert Job.objects.count() == 1

    def test_a_failed_one_says_why(self, client: HostClient) -> None:
        job = JobFactory(kind=flows.KIND, finished=True, state="failed", sentence="Too bad.")
        run = BulkRunFactory(job=job, total=2, counts={"done": 1})

        page = client.get(page_of("detail", run.pk)).content.decode()

        assert "Too bad." in page
        assert "Go on with the rest" in page

    def test_a_run_whose_job_is_gone_is_still_readable(self, client: HostClient) -> None:
        row = BulkRowFactory(customer__organization_name="A & B")

        page = client.get(page_of("detail", row.run.pk)).content.decode()

        assert "A &amp; B" in page

    def test_runs_are_listed_the_newest_first(self, client: HostClient, many: BulkRun) -> None:
        CustomerFactory(organization_name="Solo")
        solo = Customer.objects.get(organization_name="Solo")
        confirm(client, choose(client, "add_tags", solo), tags="a")

        page = client.get(page_of("list")).content.decode()

        assert page.index(">Add tags</a>") < page.index(">Suspend</a>")
        assert page_of("detail", many.pk) in page


class TestTheList:
    def test_rows_have_boxes_for_who_may_change_customers(self, client: HostClient) -> None:
        a = CustomerFactory(organization_name='A "& B')

        page = client.get(LIST).content.decode()

        assert f'name="ids" value="{a.pk}" form="bulk"' in page
        assert 'aria-label="Select A &quot;&amp; B"' in page
        assert 'aria-label="Select all on this page"' in page

    def test_a_viewer_sees_none_and_is_refused(
        self, alpha: Reseller, alpha_client: HostClient
    ) -> None:
        a = CustomerFactory()
        log_in(alpha_client, StaffRole.VIEWER)

        page = alpha_client.get(LIST).content.decode()

        assert 'name="ids"' not in page
        assert 'id="bulk"' not in page
        assert "portal/selection" not in page
        for name in ("confirm", "start"):
            response = alpha_client.post(page_of(name), {"what": "suspend", "ids": [a.pk]})
            assert response.status_code == HTTPStatus.FORBIDDEN

    @pytest.mark.parametrize(
        ("view", "offered"),
        [
            ("", ["add_tags", "suspend", "export", "remove_tags", "reactivate", "archive"]),
            ("active", ["add_tags", "suspend", "export", "remove_tags", "archive"]),
            ("suspended", ["add_tags", "reactivate", "export", "remove_tags", "archive"]),
            ("archived", ["restore", "export"]),
        ],
    )
    def test_each_view_offers_what_can_be_done_with_what_it_shows(
        self, client: HostClient, view: str, offered: list[str]
    ) -> None:
        CustomerFactory()
        CustomerFactory(status="suspended")
        CustomerFactory(status="archived", archived_from="active")

        page = client.get(f"{LIST}?view={view}").content.decode()
        shown: Any = CustomerListing(QueryDict(f"view={view}"), []).matching

        assert re.findall(r'name="what" value="(\w+)"', page) == offered
        for what in set(offered) - {"export"}:
            plan = bulk_plans.plan_of(shown, what)
            assert plan.to_do > 0

    def test_what_is_ticked_or_all_that_match_is_exported(self, client: HostClient) -> None:
        a, _b = CustomerFactory(country="DE"), CustomerFactory(country="DE")
        CustomerFactory(country="FR")

        page = client.get(f"{LIST}?country=DE").content.decode()
        address = re.search(r'formaction="([^"]*)"', page)
        assert address
        sent = {"scope": ["selected"], "ids": [a.pk], "what": "export"}
        asked = client.post(address[1].replace("&amp;", "&"), sent)
        assert "1 ticked customer." in asked.content.decode()

        sent["scope"] = ["selected", "matching"]
        asked = client.post(address[1].replace("&amp;", "&"), sent)
        assert "2 customers" in asked.content.decode()
        assert "ticked" not in asked.content.decode()

    def test_nothing_is_offered_for_an_empty_list(self, client: HostClient) -> None:
        assert 'id="bulk"' not in client.get(LIST).content.decode()


def test_each_permission_is_that_of_one_customer(alpha: Reseller, alpha_client: HostClient) -> None:
    """Whoever may suspend one may suspend many, and nobody else."""
    one = CustomerFactory()
    alone = reverse("console:customers:suspend", "config.urls_reseller", args=[one.pk])
    for role in StaffRole:
        alpha_client.force_login(StaffMemberFactory(role=role).user)
        single = alpha_client.get(alone).status_code
        many = choose(alpha_client, "suspend", one).status_code

        assert single == many, role
