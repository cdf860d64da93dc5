"""Adding, editing and giving up cloud accounts."""

import uuid
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from accounts.models import User
from audit.models import AuditEntry
from cloudaccounts import hooks
from cloudaccounts.flows import accounts as flows
from cloudaccounts.flows.accounts import AccountDetails, AccountTakenError
from cloudaccounts.flows.statuses import CannotChangeAccountError
from cloudaccounts.models import CloudAccount, Holding
from cloudaccounts.standing import ALLOWED, Status
from customers.models import Customer
from customers.staleness import StaleError
from resellers.models import Reseller
from tests.factories.accounts import StaffMemberFactory
from tests.factories.cloudaccounts import CloudAccountFactory, CustomerProviderFactory
from tests.factories.customers import CustomFieldFactory, GroupFactory

TYPED = "1234-5678-9012"
STORED = "123456789012"


@pytest.fixture
def dana(alpha: Reseller) -> User:
    user: User = StaffMemberFactory(user__full_name="Dana").user
    return user


@pytest.fixture
def customer(alpha: Reseller) -> Customer:
    """One that buys AWS."""
    found: Customer = CustomerProviderFactory().customer
    return found


def details(**changes: object) -> AccountDetails:
    told = {
        "provider": "aws",
        "account_id": TYPED,
        "name": "Web  shop ",
        "root_email": "root@acme.example",
    }
    return AccountDetails(**{**told, **changes})  # type: ignore[typeddict-item]


class TestAdd:
    def test_stores_a_draft_and_says_so_on_both_timelines(
        self, dana: User, customer: Customer
    ) -> None:
        group = GroupFactory(customer=customer)

        account = flows.add(customer, details(group=group), by=dana)

        stored = CloudAccount.objects.get()
        assert (stored.account_id, stored.id_kind, stored.name) == (STORED, "account", "Web shop")
        assert (stored.status, stored.origin, stored.group) == ("draft", "linked", group)
        entry = AuditEntry.objects.get()
        assert (entry.action, entry.actor_id) == ("account.added", dana.pk)
        assert set(entry.about) == {account.pk, customer.pk}
        assert not Holding.objects.exists()

    def test_gives_each_aws_account_an_external_id_of_its_own(
        self, dana: User, customer: Customer
    ) -> None:
        one = flows.add(customer, details(), by=dana)
        other = flows.add(customer, details(account_id="210987654321"), by=dana)
        new = flows.add_new(customer, details(), by=dana)

        ids = {one.external_id, other.external_id, new.external_id}
        assert len(ids) == 3
        assert {len(each) for each in ids} == {40}

    def test_gives_accounts_of_other_clouds_none(self, dana: User) -> None:
        customer = CustomerProviderFactory(provider="google").customer
        told = details(
            provider="google", id_kind="billing_account", account_id="0123ab-000000-abcdef"
        )

        account = flows.add(customer, told, by=dana)

        assert (account.account_id, account.external_id) == ("0123AB-000000-ABCDEF", "")

    def test_calls_it_by_its_id_where_it_has_no_name(self, dana: User, customer: Customer) -> None:
        assert flows.add(customer, details(name=" "), by=dana).name == STORED

    def test_sent_twice_makes_one(self, dana: User, customer: Customer) -> None:
        key = uuid.uuid4()

        first = flows.add(customer, details(), by=dana, key=key)
        second = flows.add(customer, details(), by=dana, key=key)

        assert first.pk == second.pk == key
        assert CloudAccount.objects.count() == 1
        assert AuditEntry.objects.count() == 1

    def test_a_key_that_is_somebody_elses_opens_nothing(
        self, dana: User, customer: Customer
    ) -> None:
        theirs = CloudAccountFactory()

        account = flows.add(customer, details(), by=dana, key=theirs.pk)

        assert account.pk != theirs.pk
        theirs.refresh_from_db()
        assert theirs.customer != customer

    @pytest.mark.parametrize(
        ("changes", "field"),
        [
            ({"account_id": "12345678901"}, "account_id"),
            ({"account_id": "1234567890123"}, "account_id"),
            ({"account_id": "\u0661" * 12}, "account_id"),
            ({"account_id": ""}, "account_id"),
            ({"id_kind": "tenant"}, "id_kind"),
            ({"provider": "azure", "account_id": str(uuid.uuid4())}, "provider"),
        ],
    )
    def test_refuses_what_cannot_be(
        self, dana: User, customer: Customer, changes: dict[str, Any], field: str
    ) -> None:
        with pytest.raises(CannotChangeAccountError) as refused:
            flows.add(customer, details(**changes), by=dana)

        assert refused.value.field == field
        assert not CloudAccount.objects.exists()

    def test_refuses_a_group_of_another_customer_and_an_archived_one(
        self, dana: User, customer: Customer
    ) -> None:
        for group in (GroupFactory(), GroupFactory(customer=customer, archived=True)):
            with pytest.raises(CannotChangeAccountError) as refused:
                flows.add(customer, details(group=group), by=dana)
            assert refused.value.field == "group"
        assert not CloudAccount.objects.exists()

    @pytest.mark.parametrize("trait", ["requested", "in_progress", "linked", "suspended"])
    def test_refuses_an_id_that_is_somebodys(
        self, dana: User, customer: Customer, trait: str
    ) -> None:
        holder = CloudAccountFactory(account_id=STORED, **{trait: True})

        with pytest.raises(AccountTakenError) as refused:
            flows.add(customer, details(), by=dana)

        assert (refused.value.field, refused.value.holder) == ("account_id", holder)
        assert str(holder.customer) not in str(refused.value)
        assert CloudAccount.objects.count() == 1

    @pytest.mark.parametrize("trait", ["unlinked", "discarded"])
    def test_takes_an_id_that_is_free_again(
        self, dana: User, customer: Customer, trait: str
    ) -> None:
        CloudAccountFactory(account_id=STORED, **{trait: True})

        assert flows.add(customer, details(), by=dana).account_id == STORED

    def test_the_database_refuses_two_holders_whatever_the_flow_does(
        self, dana: User, customer: Customer
    ) -> None:
        flows.add(customer, details(), by=dana)

        with pytest.raises(IntegrityError), transaction.atomic():
            CloudAccountFactory(account_id=STORED)

    def test_nothing_is_added_to_an_archived_customer(self, dana: User) -> None:
        customer = CustomerProviderFactory(customer__archived=True).customer

        with pytest.raises(CannotChangeAccountError):
            flows.add(customer, details(), by=dana)

        assert not CloudAccount.objects.exists()

    def test_keeps_what_the_reseller_asks_for_about_accounts(
        self, dana: User, customer: Customer
    ) -> None:
        CustomFieldFactory(
            applies_to="cloud_account", key="owner", label="Owner", required=True, searchable=True
        )
        with pytest.raises(CannotChangeAccountError) as refused:
            flows.add(customer, details(), by=dana, custom={})
        assert refused.value.field == "field.owner"

        flows.add(customer, details(), by=dana, custom={"owner": "Robin"})

        assert CloudAccount.objects.get().custom_values == {"owner": "Robin"}
        assert CloudAccount.objects.search("robin").exists()


class TestAddNew:
    def test_stores_a_draft_without_an_id(self, dana: User, customer: Customer) -> None:
        account = flows.add_new(customer, details(name=" Data  lake "), by=dana)

        stored = CloudAccount.objects.get(pk=account.pk)
        assert (stored.name, stored.account_id, stored.origin) == ("Data lake", "", "created")

    def test_several_wait_for_their_ids_at_once(self, dana: User, customer: Customer) -> None:
        flows.add_new(customer, details(), by=dana)
        flows.add_new(customer, details(), by=dana)

        assert CloudAccount.objects.filter(account_id="").count() == 2

    def test_refuses_a_name_that_the_provider_would_refuse(
        self, dana: User, customer: Customer
    ) -> None:
        with pytest.raises(CannotChangeAccountError) as refused:
            flows.add_new(customer, details(name="Größe"), by=dana)

        assert refused.value.field == "name"

    def test_takes_the_id_that_the_provider_gives_once(
        self, dana: User, customer: Customer
    ) -> None:
        account = flows.add_new(customer, details(), by=dana)

        flows.note_id(account, TYPED, by=None)
        flows.note_id(account, STORED, by=None)

        account.refresh_from_db()
        assert (account.account_id, account.version) == (STORED, 2)
        noted = AuditEntry.objects.get(action="account.id_noted")
        assert (noted.actor_id, noted.changes) == (None, {"account_id": ["", STORED]})
        with pytest.raises(CannotChangeAccountError):
            flows.note_id(account, "210987654321", by=None)

    def test_does_not_take_an_id_that_is_somebodys(self, dana: User, customer: Customer) -> None:
        CloudAccountFactory(account_id=STORED, linked=True)
        account = flows.add_new(customer, details(), by=dana)

        with pytest.raises(AccountTakenError):
            flows.note_id(account, STORED, by=None)

        account.refresh_from_db()
        assert account.account_id == ""


class TestEdit:
    def test_changes_what_is_named_and_nothing_else(self, dana: User, customer: Customer) -> None:
        account = flows.add(customer, details(), by=dana)

        flows.edit(account, AccountDetails(name="Shop"), version=1, by=dana)

        account.refresh_from_db()
        assert (account.name, account.root_email, account.version) == (
            "Shop",
            "root@acme.example",
            2,
        )
        entry = AuditEntry.objects.get(action="account.edited")
        assert entry.changes == {"name": ["Web shop", "Shop"]}

    def test_of_what_reads_the_same_is_none(self, dana: User) -> None:
        account = CloudAccountFactory()

        flows.edit(account, AccountDetails(name=f" {account.name} "), version=1, by=dana)

        account.refresh_from_db()
        assert account.version == 1
        assert not AuditEntry.objects.exists()

    def test_another_id_makes_the_role_void(self, dana: User) -> None:
        account = CloudAccountFactory(checked=True)
        external_id = account.external_id

        flows.edit(account, AccountDetails(account_id=TYPED), version=1, by=dana)

        account.refresh_from_db()
        assert (account.account_id, account.role_arn) == (STORED, "")
        assert (account.access_state, account.access_outcome, account.access_checked_at) == (
            "not_checked",
            "",
            None,
        )
        assert account.external_id == external_id

    @pytest.mark.parametrize("trait", ["requested", "in_progress", "linked", "suspended"])
    @pytest.mark.parametrize(
        ("field", "value"), [("account_id", STORED), ("root_email", "else@acme.example")]
    )
    def test_id_and_root_email_are_fixed_once_it_was_asked_for(
        self, dana: User, trait: str, field: str, value: str
    ) -> None:
        account = CloudAccountFactory(**{trait: True})
        changes: Any = {field: value, "name": "Shop"}

        with pytest.raises(CannotChangeAccountError) as refused:
            flows.edit(account, changes, version=1, by=dana)

        assert refused.value.field == field
        before = getattr(account, field)
        account.refresh_from_db()
        assert (getattr(account, field), account.version) == (before, 1)

    @pytest.mark.parametrize("trait", ["requested", "linked", "suspended", "unlinked"])
    def test_name_group_and_custom_values_change_whatever_its_status(
        self, dana: User, trait: str
    ) -> None:
        account = CloudAccountFactory(**{trait: True})
        group = GroupFactory(customer=account.customer)
        CustomFieldFactory(applies_to="cloud_account", key="owner")

        flows.edit(
            account,
            AccountDetails(name="Shop", group=group),
            version=1,
            by=dana,
            custom={"owner": "Robin"},
        )

        account.refresh_from_db()
        assert (account.name, account.group, account.custom_values) == (
            "Shop",
            group,
            {"owner": "Robin"},
        )

    def test_a_group_that_was_archived_meanwhile_may_stay(self, dana: User) -> None:
        group = GroupFactory(archived=True)
        account = CloudAccountFactory(customer=group.customer, group=group)

        flows.edit(account, AccountDetails(name="Shop", group=group), version=1, by=dana)

        account.refresh_from_db()
        assert (account.name, account.group) == ("Shop", group)

    def test_a_new_account_is_given_no_id_by_hand(self, dana: User) -> None:
        account = CloudAccountFactory(created=True)

        with pytest.raises(CannotChangeAccountError):
            flows.edit(account, AccountDetails(account_id=STORED), version=1, by=dana)

        account.refresh_from_db()
        assert account.account_id == ""

    def test_refuses_an_id_that_is_somebodys(self, dana: User) -> None:
        CloudAccountFactory(account_id=STORED, linked=True)
        account = CloudAccountFactory()

        with pytest.raises(AccountTakenError):
            flows.edit(account, AccountDetails(account_id=STORED), version=1, by=dana)

    def test_whoever_is_late_learns_what_somebody_else_did(self, dana: User) -> None:
        account = CloudAccountFactory()
        flows.edit(account, AccountDetails(name="Shop"), version=1, by=dana)

        with pytest.raises(StaleError):
            flows.edit(account, AccountDetails(name="Store"), version=1, by=dana)
        flows.edit(account, AccountDetails(root_email="r@acme.example"), version=1, by=dana)

        account.refresh_from_db()
        assert (account.name, account.root_email, account.version) == ("Shop", "r@acme.example", 3)

    def test_nothing_of_an_archived_customer_changes(self, dana: User) -> None:
        account = CloudAccountFactory(customer__archived=True)

        with pytest.raises(CannotChangeAccountError):
            flows.edit(account, AccountDetails(name="Shop"), version=1, by=dana)


ACTS = {
    "discard": (lambda account, by: flows.discard(account, by=by), Status.DISCARDED),
    "suspend": (
        lambda account, by: flows.suspend(account, reason="Unpaid.", by=by),
        Status.SUSPENDED,
    ),
    "reactivate": (lambda account, by: flows.reactivate(account, by=by), Status.LINKED),
}
POSSIBLE = {("discard", "draft"), ("suspend", "linked"), ("reactivate", "suspended")}


class TestStatuses:
    @pytest.mark.parametrize("status", Status.values)
    @pytest.mark.parametrize("act", ACTS)
    def test_only_what_may_follow_follows(self, dana: User, act: str, status: str) -> None:
        account = CloudAccountFactory(**({} if status == "draft" else {status: True}))
        do, wanted = ACTS[act]

        if (act, status) in POSSIBLE:
            do(account, dana)
            assert CloudAccount.objects.get().status == wanted
            entry = AuditEntry.objects.get()
            assert (entry.action, entry.actor_id) == ("account.status_changed", dana.pk)
            assert wanted in ALLOWED[Status(status)]
            return
        with pytest.raises(CannotChangeAccountError):
            do(account, dana)
        assert CloudAccount.objects.get().status == status
        assert not AuditEntry.objects.exists()

    def test_a_suspension_keeps_its_reason_and_the_holding(self, dana: User) -> None:
        account = CloudAccountFactory(linked=True)

        flows.suspend(account, reason="Unpaid.", by=dana)

        account.refresh_from_db()
        assert account.status_reason == "Unpaid."
        assert Holding.objects.get().until is None
        assert AuditEntry.objects.get().note == "Unpaid."

    @pytest.mark.parametrize(("act", "trait"), [("suspend", "linked"), ("reactivate", "suspended")])
    def test_nothing_of_an_archived_customer_changes(
        self, dana: User, act: str, trait: str
    ) -> None:
        account = CloudAccountFactory(customer__archived=True, **{trait: True})

        with pytest.raises(CannotChangeAccountError):
            ACTS[act][0](account, dana)

        assert CloudAccount.objects.get().status == trait

    def test_what_somebody_has_a_reason_to_keep_is_not_given_up(
        self, dana: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(hooks, "_guards", {"a request": lambda _account: "A request is open."})
        account = CloudAccountFactory()

        with pytest.raises(CannotChangeAccountError, match="A request is open"):
            flows.discard(account, by=dana)

        assert CloudAccount.objects.get().status == "draft"
