"""Pages about cloud accounts."""

import datetime as dt
import re
import uuid
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.roles import StaffRole
from cloudaccounts.models import CloudAccount
from cloudaccounts.models.checks import CheckState
from cloudaccounts.providers.aws.advice import TABLE
from cloudaccounts.standing import Status
from cloudaccounts.tasks import access as tasks
from customers.models import Customer
from demo.aws.world import MANAGEMENT
from resellers.models import Reseller
from tests.console.staff import NASTY, ROLES, log_in
from tests.factories.cloudaccounts import (
    CloudAccountFactory,
    CreationFactory,
    CustomerProviderFactory,
    HoldingFactory,
    InvitationFactory,
    role_of,
)
from tests.factories.customers import CustomerFactory, CustomFieldFactory, GroupFactory
from tests.harness.clients import HostClient

MANAGERS = {StaffRole.OWNER, StaffRole.ADMIN, StaffRole.SUPPORT}
FILLED = {
    "account_id": "1234-5678-9012",
    "name": "Web shop",
    "root_email": "root@acme.example",
    "group": "",
}
CHANGING = ["edit", "access", "discard", "suspend", "move"]
ALL = reverse("console:accounts:list", "config.urls_reseller")


def page_of(name: str, about: CloudAccount | Customer, *more: str) -> str:
    if isinstance(about, CloudAccount):
        args: list[Any] = [about.customer_id, about.pk]
    else:
        args = [about.pk, *more]
    return reverse(f"console:cloud_accounts:{name}", "config.urls_reseller", args=args)


@pytest.fixture
def owner_client(alpha: Reseller, alpha_client: HostClient) -> HostClient:
    log_in(alpha_client, StaffRole.OWNER)
    return alpha_client


@pytest.fixture
def customer(alpha: Reseller) -> Customer:
    """One that buys AWS."""
    made: Customer = CustomerProviderFactory().customer
    return made


@pytest.fixture(autouse=True)
def principal(settings: Any) -> None:
    settings.AWS_PRINCIPAL = f"arn:aws:iam::{MANAGEMENT}:root"


def text_of(client: HostClient, url: str) -> str:
    response = client.get(url)
    assert response.status_code == 200, url
    return str(response.content.decode())


def names_of(page: str) -> list[str]:
    return re.findall(r'<th scope="row"[^>]*><a [^>]*>(.*?)</a>', page)


class TestWhoMayDoWhat:
    @pytest.mark.parametrize("role", ROLES)
    @pytest.mark.parametrize("name", ["list", "detail", "choose", *CHANGING])
    def test_everybody_sees_and_some_manage(
        self, alpha: Reseller, alpha_client: HostClient, role: str, name: str
    ) -> None:
        account = CloudAccountFactory()
        log_in(alpha_client, role)
        about = account.customer if name in {"list", "choose"} else account

        response = alpha_client.get(page_of(name, about))

        sees = role in MANAGERS or name in {"list", "detail"}
        assert response.status_code == (200 if sees else 403)

    @pytest.mark.parametrize("status", Status.values)
    def test_whoever_only_looks_is_offered_nothing_and_told_no_external_id(
        self, alpha: Reseller, alpha_client: HostClient, status: str
    ) -> None:
        account = CloudAccountFactory(checked=True, **({} if status == "draft" else {status: True}))
        log_in(alpha_client, StaffRole.VIEWER)

        for url in (page_of("detail", account), page_of("list", account.customer), ALL):
            page = text_of(alpha_client, url)
            assert account.external_id not in page
            for name in CHANGING:
                assert page_of(name, account) not in page

    @pytest.mark.parametrize("name", [*CHANGING, "check", "reactivate"])
    def test_a_weaker_role_changes_nothing(
        self, alpha: Reseller, alpha_client: HostClient, name: str
    ) -> None:
        account = CloudAccountFactory(with_role=True)
        log_in(alpha_client, StaffRole.BILLING)

        response = alpha_client.post(page_of(name, account), {"name": "Mallory", "version": "1"})

        assert response.status_code == 403
        before = account.name, account.status, account.access_state
        account.refresh_from_db()
        assert (account.name, account.status, account.access_state) == before

    @pytest.mark.parametrize("name", ["detail", *CHANGING])
    def test_another_customers_account_is_not_found(
        self, owner_client: HostClient, name: str
    ) -> None:
        account, other = CloudAccountFactory(), CustomerFactory()
        url = reverse(
            f"console:cloud_accounts:{name}", "config.urls_reseller", args=[other.pk, account.pk]
        )

        assert owner_client.get(url).status_code == 404


class TestAdd:
    def test_leads_from_the_provider_to_the_role(
        self, owner_client: HostClient, customer: Customer
    ) -> None:
        add = page_of("add", customer, "aws")
        assert add in text_of(owner_client, page_of("choose", customer))
        key = owner_client.get(add).context["form"]["key"].value()

        responses = [owner_client.post(add, {**FILLED, "key": key}) for _again in range(2)]

        account = CloudAccount.objects.get()
        assert str(account.pk) == key
        assert [each["Location"] for each in responses] == [page_of("access", account)] * 2
        page = text_of(owner_client, page_of("access", account))
        for told in (account.external_id, "aws iam create-role", MANAGEMENT, "Trust policy"):
            assert told in page

    def test_asks_for_a_provider_first(self, owner_client: HostClient, alpha: Reseller) -> None:
        customer = CustomerProviderFactory(disabled=True).customer

        page = text_of(owner_client, page_of("choose", customer))

        assert "enable a provider for this customer" in page
        assert owner_client.get(page_of("add", customer, "aws")).status_code == 404
        assert owner_client.post(page_of("add", customer, "aws"), FILLED).status_code == 404

    @pytest.mark.parametrize(
        ("changes", "sentence"),
        [
            ({"account_id": "12345"}, "Enter the AWS account ID: 12 digits."),
            ({"account_id": ""}, "This field is required."),
            ({"root_email": ""}, "This field is required."),
            ({"root_email": "nobody"}, "Enter a valid email address."),
            ({"group": str(uuid.uuid4())}, "Select a valid choice."),
        ],
    )
    def test_says_beside_the_field_what_is_wrong(
        self, owner_client: HostClient, customer: Customer, changes: dict[str, str], sentence: str
    ) -> None:
        response = owner_client.post(page_of("add", customer, "aws"), {**FILLED, **changes})

        errors = response.context["form"].errors
        assert sentence in str(errors[next(iter(changes))])
        assert not CloudAccount.objects.exists()

    def test_tells_staff_whose_account_it_is(
        self, owner_client: HostClient, customer: Customer
    ) -> None:
        CloudAccountFactory(
            account_id="123456789012", name="Theirs", customer__organization_name="Nordic Steel"
        )

        response = owner_client.post(page_of("add", customer, "aws"), FILLED)

        errors = str(response.context["form"].errors["account_id"])
        assert "Theirs" in errors
        assert "Nordic Steel" in errors

    def test_offers_the_groups_of_this_customer_only(
        self, owner_client: HostClient, customer: Customer
    ) -> None:
        own, foreign = GroupFactory(customer=customer, name="Own"), GroupFactory(name="Foreign")

        page = text_of(owner_client, page_of("add", customer, "aws"))
        assert "Own" in page
        assert "Foreign" not in page
        for group in (foreign, own):
            told = {**FILLED, "group": str(group.pk)}
            owner_client.post(page_of("add", customer, "aws"), told)

        assert CloudAccount.objects.get().group == own

    def test_asks_for_custom_fields(self, owner_client: HostClient, customer: Customer) -> None:
        CustomFieldFactory(applies_to="cloud_account", key="owner", label="Owner", required=True)
        CustomFieldFactory(key="of_customers", label="Of customers")
        add = page_of("add", customer, "aws")

        refused = owner_client.post(add, {**FILLED, "field.owner": ""})
        assert "field.owner" in refused.context["form"].errors
        assert "Of customers" not in refused.content.decode()
        owner_client.post(add, {**FILLED, "field.owner": "Robin"})

        account = CloudAccount.objects.get()
        assert account.custom_values == {"owner": "Robin"}
        assert "Robin" in text_of(owner_client, page_of("detail", account))

    @pytest.mark.parametrize(
        ("provider", "kind", "typed", "stored"),
        [
            ("azure", "tenant", "{3F2504E0-4F89-41D3-9A0C-0305E82C3301}", None),
            ("google", "billing_account", "012345-567890-abcdef", "012345-567890-ABCDEF"),
        ],
    )
    def test_other_clouds_ask_for_the_kind_of_id_and_tell_what_to_do(
        self,
        owner_client: HostClient,
        alpha: Reseller,
        provider: str,
        kind: str,
        typed: str,
        stored: str | None,
    ) -> None:
        customer = CustomerProviderFactory(provider=provider).customer
        told = {**FILLED, "id_kind": kind, "account_id": typed, "root_email": ""}

        owner_client.post(page_of("add", customer, provider), told)

        account = CloudAccount.objects.get()
        assert account.account_id == (stored or typed.strip("{}").lower())
        page = text_of(owner_client, page_of("access", account))
        assert "Cloud Ops" in page
        assert "role_arn" not in page

    @pytest.mark.parametrize("text", NASTY.values(), ids=NASTY)
    @pytest.mark.parametrize("field", ["account_id", "name", "root_email", "group", "key"])
    def test_takes_or_refuses_whatever_is_typed(
        self, owner_client: HostClient, customer: Customer, field: str, text: str
    ) -> None:
        response = owner_client.post(page_of("add", customer, "aws"), {**FILLED, field: text})

        assert response.status_code in {200, 302}


class TestDetail:
    def test_shows_what_is_known(self, owner_client: HostClient, alpha: Reseller) -> None:
        account = CloudAccountFactory(suspended=True, broken=True)
        HoldingFactory(
            account=account,
            customer=CustomerFactory(organization_name="Before Ltd"),
            since=timezone.now() - dt.timedelta(days=400),
            until=timezone.now() - dt.timedelta(days=300),
        )
        InvitationFactory(account=account, expired=True)
        CreationFactory(account=account, failed=True)

        page = text_of(owner_client, page_of("detail", account))

        for told in (
            account.account_id,
            account.root_email,
            account.role_arn,
            "Bills are not paid.",
            "Role broken",
            "What to do:",
            account.access_request_id,
            "Before Ltd",
            "Expired",
            "What happened",
        ):
            assert told in page
        assert account.external_id not in page

    @pytest.mark.parametrize("status", Status.values)
    def test_offers_what_can_be_done_as_it_is_now(
        self, owner_client: HostClient, alpha: Reseller, status: str
    ) -> None:
        account = CloudAccountFactory(**({} if status == "draft" else {status: True}))

        page = text_of(owner_client, page_of("detail", account))

        offered = {
            name
            for name in ("edit", "access", "discard", "suspend", "reactivate", "move")
            if page_of(name, account) in page
        }
        assert (
            offered
            == {
                "draft": {"edit", "access", "discard"},
                "requested": {"edit", "access"},
                "in_progress": {"edit", "access"},
                "linked": {"edit", "access", "suspend", "move"},
                "suspended": {"edit", "access", "reactivate", "move"},
                "unlinked": {"edit"},
                "discarded": {"edit"},
            }[status]
        )

    @pytest.mark.parametrize("code", sorted(TABLE))
    def test_every_error_of_aws_is_a_sentence_with_a_next_step(
        self, owner_client: HostClient, alpha: Reseller, code: str
    ) -> None:
        account = CloudAccountFactory(refused=True, access_trouble_code=code)

        response = owner_client.get(page_of("access", account))

        words = response.context["words"]
        assert str(words.sentence)
        assert str(words.next_step)
        assert "What to do:" in response.content.decode()


class TestAccess:
    def test_the_role_is_saved_and_checked(
        self, owner_client: HostClient, alpha: Reseller, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(tasks.check_access, "delay", lambda **_told: None)
        account = CloudAccountFactory()
        told = {"role_arn": role_of(account.account_id), "version": "1"}

        response = owner_client.post(page_of("access", account), told, follow=True)

        account.refresh_from_db()
        assert (account.role_arn, account.access_state) == (told["role_arn"], "checking")
        page = response.content.decode()
        assert "data-progress" in page
        assert 'http-equiv="refresh"' in page

    def test_a_check_is_ordered_by_a_button(
        self, owner_client: HostClient, alpha: Reseller
    ) -> None:
        account = CloudAccountFactory(refused=True)
        page = text_of(owner_client, page_of("access", account))
        assert page_of("check", account) in page
        assert 'http-equiv="refresh"' not in page

        assert owner_client.get(page_of("check", account)).status_code == 405
        owner_client.post(page_of("check", account))

        account.refresh_from_db()
        assert account.access_state == CheckState.CHECKING

    def test_says_beside_the_field_why_an_arn_cannot_be(
        self, owner_client: HostClient, alpha: Reseller
    ) -> None:
        account = CloudAccountFactory()
        told = {"role_arn": role_of("999999999999"), "version": "1"}

        response = owner_client.post(page_of("access", account), told)

        assert "belongs to another AWS account" in str(response.context["form"].errors["role_arn"])
        account.refresh_from_db()
        assert account.role_arn == ""

    def test_without_a_principal_it_says_who_has_to_do_something(
        self, owner_client: HostClient, alpha: Reseller, settings: Any
    ) -> None:
        settings.AWS_PRINCIPAL = ""

        page = text_of(owner_client, page_of("access", CloudAccountFactory()))

        assert "AWS_PRINCIPAL" in page
        assert "Trust policy" not in page

    def test_a_new_account_without_an_id_has_to_wait(
        self, owner_client: HostClient, alpha: Reseller
    ) -> None:
        page = text_of(owner_client, page_of("access", CloudAccountFactory(created=True)))

        assert "has no ID yet" in page
        assert "role_arn" not in page

    @pytest.mark.parametrize("text", NASTY.values(), ids=NASTY)
    def test_takes_or_refuses_whatever_is_typed(
        self, owner_client: HostClient, alpha: Reseller, text: str
    ) -> None:
        account = CloudAccountFactory()

        told = {"role_arn": text, "version": "1"}
        assert owner_client.post(page_of("access", account), told).status_code == 200


class TestEdit:
    def test_saves_what_was_typed(self, owner_client: HostClient, alpha: Reseller) -> None:
        account = CloudAccountFactory()
        told = {**FILLED, "account_id": account.account_id, "version": "1"}

        response = owner_client.post(page_of("edit", account), told)

        account.refresh_from_db()
        assert response["Location"] == page_of("detail", account)
        assert (account.name, account.root_email) == ("Web shop", "root@acme.example")

    @pytest.mark.parametrize("status", Status.values)
    def test_asks_for_the_id_only_while_it_is_being_set_up(
        self, owner_client: HostClient, alpha: Reseller, status: str
    ) -> None:
        account = CloudAccountFactory(**({} if status == "draft" else {status: True}))

        page = text_of(owner_client, page_of("edit", account))

        assert ('name="account_id"' in page) is (status == "draft")
        assert ('name="root_email"' in page) is (status == "draft")
        assert 'name="name"' in page

    def test_whoever_is_late_sees_both_versions_and_their_group(
        self, owner_client: HostClient, alpha: Reseller
    ) -> None:
        account = CloudAccountFactory(name="Old")
        group = GroupFactory(customer=account.customer, name="Research")
        told = {**FILLED, "account_id": account.account_id, "version": "1"}
        owner_client.post(page_of("edit", account), {**told, "group": str(group.pk)})

        response = owner_client.post(page_of("edit", account), {**told, "name": "Mine"})

        assert response.status_code == 409
        page = response.content.decode()
        assert "Research" in page
        form = response.context["form"]
        assert form["group"].value() == str(group.pk)  # this person left it as it was
        assert form["name"].value() == "Mine"
        account.refresh_from_db()
        assert account.name == "Web shop"

    def test_custom_fields_have_a_page_of_their_own(
        self, owner_client: HostClient, alpha: Reseller
    ) -> None:
        account = CloudAccountFactory()
        assert owner_client.get(page_of("fields", account)).status_code == 404
        CustomFieldFactory(applies_to="cloud_account", key="owner", label="Owner")

        told = {"field.owner": "Robin", "version": "1"}
        owner_client.post(page_of("fields", account), told)

        account.refresh_from_db()
        assert account.custom_values == {"owner": "Robin"}


class TestActs:
    def test_a_draft_is_discarded_after_a_question(
        self, owner_client: HostClient, alpha: Reseller
    ) -> None:
        account = CloudAccountFactory()

        text_of(owner_client, page_of("discard", account))
        account.refresh_from_db()
        assert account.status == "draft"
        owner_client.post(page_of("discard", account))

        account.refresh_from_db()
        assert account.status == "discarded"

    def test_a_linked_account_is_suspended_with_a_reason_and_reactivated(
        self, owner_client: HostClient, alpha: Reseller
    ) -> None:
        account = CloudAccountFactory(linked=True)

        owner_client.post(page_of("suspend", account), {"reason": "Unpaid."})
        account.refresh_from_db()
        assert (account.status, account.status_reason) == ("suspended", "Unpaid.")
        owner_client.post(page_of("reactivate", account))

        account.refresh_from_db()
        assert (account.status, account.status_reason) == ("linked", "")

    def test_a_linked_account_is_moved(self, owner_client: HostClient, alpha: Reseller) -> None:
        account = CloudAccountFactory(linked=True)
        buyer = CustomerProviderFactory(customer__code="BUYER").customer
        told = {"customer": " buyer ", "version": "1"}

        response = owner_client.post(page_of("move", account), told)

        account.refresh_from_db()
        assert account.customer == buyer
        assert response["Location"] == page_of("detail", account)

    @pytest.mark.parametrize("code", ["NOBODY", "OFF", *NASTY.values()])
    def test_it_is_not_moved_to_just_anybody(
        self, owner_client: HostClient, alpha: Reseller, code: str
    ) -> None:
        account = CloudAccountFactory(linked=True)
        CustomerProviderFactory(customer__code="OFF", disabled=True)
        owner = account.customer

        response = owner_client.post(page_of("move", account), {"customer": code, "version": "1"})

        assert response.status_code == 200
        assert response.context["form"].errors
        account.refresh_from_db()
        assert account.customer == owner


class TestLists:
    def test_a_customers_list_holds_its_accounts_only(
        self, owner_client: HostClient, customer: Customer
    ) -> None:
        CloudAccountFactory(customer=customer, name="Own")
        CloudAccountFactory(customer=customer, name="Given up", discarded=True)
        CloudAccountFactory(name="Foreign")

        current = names_of(text_of(owner_client, page_of("list", customer)))
        ended = names_of(text_of(owner_client, page_of("list", customer) + "?view=ended"))

        assert (current, ended) == (["Own"], ["Given up"])

    @pytest.mark.parametrize(
        ("query", "found"),
        [
            ("", ["Azure one", "Broken", "Draft", "Linked"]),
            ("?view=linked", ["Broken", "Linked"]),
            ("?view=under-way", ["Azure one", "Draft"]),
            ("?view=broken", ["Broken"]),
            ("?view=ended", ["Gone"]),
            ("?provider=azure", ["Azure one"]),
            ("?status=linked", ["Broken", "Linked"]),
            ("?access=failed", ["Broken"]),
            ("?origin=created", ["Draft"]),
            ("?customer=nordic", ["Linked"]),
            ("?q=1111-2222-3333", ["Linked"]),
            ("?q=linked", ["Linked"]),
            ("?q=root-of-linked", ["Linked"]),
            ("?sort=-name", ["Linked", "Draft", "Broken", "Azure one"]),
            ("?field.owner=Robin", ["Draft"]),
        ],
    )
    def test_the_list_of_all_is_searched_filtered_and_sorted(
        self, owner_client: HostClient, alpha: Reseller, query: str, found: list[str]
    ) -> None:
        CustomFieldFactory(applies_to="cloud_account", key="owner", label="Owner")
        CloudAccountFactory(
            name="Linked",
            linked=True,
            checked=True,
            account_id="111122223333",
            root_email="root-of-linked@acme.example",
            customer__code="NORDIC",
        )
        CloudAccountFactory(name="Broken", linked=True, broken=True)
        CloudAccountFactory(name="Draft", created=True, custom_values={"owner": "Robin"})
        CloudAccountFactory(name="Azure one", requested=True, azure=True)
        CloudAccountFactory(name="Gone", unlinked=True)

        assert names_of(text_of(owner_client, ALL + query)) == found

    def test_a_group_can_be_chosen_once_the_customer_is(
        self, owner_client: HostClient, alpha: Reseller
    ) -> None:
        group = GroupFactory(customer__code="NORDIC", name="Research")
        CloudAccountFactory(customer=group.customer, group=group, name="In it")
        CloudAccountFactory(customer=group.customer, name="Not in it")

        assert "Research" not in text_of(owner_client, ALL).partition("list-results")[0]
        page = text_of(owner_client, f"{ALL}?customer=NORDIC&group={group.pk}")
        own = text_of(owner_client, page_of("list", group.customer) + f"?group={group.pk}")

        assert names_of(page) == names_of(own) == ["In it"]

    @pytest.mark.parametrize("text", NASTY.values(), ids=NASTY)
    @pytest.mark.parametrize("name", ["q", "customer", "group", "provider", "status", "cursor"])
    def test_nonsense_in_the_address_is_ignored(
        self, owner_client: HostClient, alpha: Reseller, name: str, text: str
    ) -> None:
        assert owner_client.get(ALL, {name: text}).status_code == 200

    def test_a_longer_list_asks_no_more(self, owner_client: HostClient, alpha: Reseller) -> None:
        def queries() -> int:
            with CaptureQueriesContext(
                connection,
            ) as captured:
                text_of(owner_client, ALL)
            return len(captured)

        CloudAccountFactory(group=GroupFactory())
        first = queries()
        for _each in range(8):
            group = GroupFactory()
            CloudAccountFactory(customer=group.customer, group=group, linked=True, broken=True)

        assert queries() == first <= 12


def test_the_search_in_everything_finds_accounts(owner_client: HostClient, alpha: Reseller) -> None:
    account = CloudAccountFactory(name="Web shop", account_id="111122223333")
    azure = CloudAccountFactory(azure=True)
    gone = CloudAccountFactory(name="Web shop of old", discarded=True)
    search = reverse("console:search", "config.urls_reseller")

    for words in ("web shop", "1111-2222-3333"):
        page = owner_client.get(search, {"q": words}).content.decode()
        assert page_of("detail", account) in page
        assert page_of("detail", gone) not in page
    for words, found in ((str(account.pk), account), (azure.account_id, azure)):
        assert owner_client.get(search, {"q": words})["Location"] == page_of("detail", found)


def test_home_tells_of_broken_roles(owner_client: HostClient, alpha: Reseller) -> None:
    home = reverse("console:home", "config.urls_reseller")
    assert "broken role" not in text_of(owner_client, home)
    CloudAccountFactory(linked=True, broken=True)
    CloudAccountFactory(unlinked=True, broken=True)

    page = text_of(owner_client, home)

    assert "Cloud account has a broken role" in page
    assert f"{ALL}?view=broken" in page
