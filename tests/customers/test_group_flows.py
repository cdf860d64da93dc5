"""Making, changing and putting away groups."""

import uuid

import pytest
from django.db import IntegrityError, transaction

from accounts.models import User
from audit.models import AuditEntry
from customers.attributes import Attributes
from customers.flows import groups as flows
from customers.flows import merging
from customers.flows.groups import CannotSaveGroupError, GroupDetails
from customers.models import Group
from customers.staleness import StaleError
from customers.tags import Tags
from resellers.models import Reseller
from tests.factories.accounts import StaffMemberFactory
from tests.factories.customers import CustomerFactory, GroupFactory


@pytest.fixture
def dana(alpha: Reseller) -> User:
    user: User = StaffMemberFactory(user__full_name="Dana").user
    return user


def details(**changes: object) -> GroupDetails:
    told = {"name": "Marketing", "attributes": Attributes(), "tags": Tags()}
    return GroupDetails(**{**told, **changes})  # type: ignore[typeddict-item]


class TestAdd:
    def test_makes_the_group_and_says_so_on_both_timelines(self, dana: User) -> None:
        customer = CustomerFactory()

        group = flows.add(
            customer,
            details(attributes=Attributes({"env": "prod"}), tags=Tags(["eu", "web"])),
            by=dana,
        )

        stored = Group.objects.get()
        assert (stored.name, stored.attributes, stored.tags) == (
            "Marketing",
            {"env": "prod"},
            ["eu", "web"],
        )
        entry = AuditEntry.objects.get()
        assert (entry.action, entry.actor_id, entry.subject_id) == (
            "group.added",
            dana.pk,
            group.pk,
        )
        assert set(entry.about) == {group.pk, customer.pk}

    @pytest.mark.parametrize("name", ["Marketing", "MARKETING"])
    def test_refuses_a_name_that_is_taken_whatever_its_case(self, dana: User, name: str) -> None:
        group = GroupFactory(name="marketing")

        with pytest.raises(CannotSaveGroupError, match="has a group with this name") as refused:
            flows.add(group.customer, details(name=name), by=dana)

        assert refused.value.field == "name"
        assert Group.objects.count() == 1
        assert not AuditEntry.objects.exists()

    def test_another_customer_may_use_the_name_and_so_may_the_successor_of_an_archived_one(
        self, dana: User
    ) -> None:
        archived = GroupFactory(name="Marketing", archived=True)
        GroupFactory(name="Marketing")

        flows.add(archived.customer, details(), by=dana)

        assert Group.objects.filter(name="Marketing").count() == 3

    def test_the_same_form_sent_twice_makes_one_group(self, dana: User) -> None:
        customer, key = CustomerFactory(), uuid.uuid4()

        made = [flows.add(customer, details(tags=Tags(["a"])), by=dana, key=key) for _ in range(2)]

        assert [each.pk for each in made] == [key, key]
        assert AuditEntry.objects.count() == 1

    def test_a_form_that_was_changed_and_sent_again_makes_another(self, dana: User) -> None:
        customer, key = CustomerFactory(), uuid.uuid4()
        flows.add(customer, details(), by=dana, key=key)

        other = flows.add(customer, details(name="Sales"), by=dana, key=key)

        assert other.pk != key
        assert Group.objects.count() == 2

    def test_another_customers_key_is_not_used_again(self, dana: User) -> None:
        theirs = GroupFactory(name="Marketing")

        mine = flows.add(CustomerFactory(), details(), by=dana, key=theirs.pk)

        assert mine.pk != theirs.pk
        assert mine.customer_id != theirs.customer_id


class TestEdit:
    def test_saves_what_changed_and_tells_old_and_new(self, dana: User) -> None:
        group = GroupFactory(name="Sales", attributes={"b": "2", "a": "1"}, tags=["eu"])

        flows.edit(
            group,
            details(
                name="Sales", attributes=Attributes({"a": "1", "c": "3"}), tags=Tags(["eu", "web"])
            ),
            version=1,
            by=dana,
        )

        group.refresh_from_db()
        assert (group.attributes, group.tags, group.version) == (
            {"a": "1", "c": "3"},
            ["eu", "web"],
            2,
        )
        entry = AuditEntry.objects.get()
        assert entry.action == "group.edited"
        assert set(entry.about) == {group.pk, group.customer_id}
        assert entry.changes == {
            "attributes": ["a = 1\nb = 2", "a = 1\nc = 3"],
            "tags": ["eu", "eu, web"],
        }

    def test_without_a_change_nothing_happens(self, dana: User) -> None:
        group = GroupFactory(name="Marketing", attributes={"a": "1"}, tags=["eu"])

        same = details(attributes=Attributes({"a": "1"}), tags=Tags(["eu"]))
        flows.edit(group, same, version=1, by=dana)

        group.refresh_from_db()
        assert group.version == 1
        assert not AuditEntry.objects.exists()

    def test_the_case_of_ones_own_name_can_be_changed(self, dana: User) -> None:
        group = GroupFactory(name="marketing")

        flows.edit(group, details(name="Marketing"), version=1, by=dana)

        group.refresh_from_db()
        assert group.name == "Marketing"

    def test_refuses_the_name_of_another_group(self, dana: User) -> None:
        group = GroupFactory(name="Sales")
        GroupFactory(customer=group.customer, name="Marketing")

        with pytest.raises(CannotSaveGroupError, match="has a group") as refused:
            flows.edit(group, details(tags=Tags(["x"])), version=1, by=dana)

        assert refused.value.field == "name"
        group.refresh_from_db()
        assert (group.name, group.tags, group.version) == ("Sales", [], 1)
        assert not AuditEntry.objects.exists()

    def test_a_stale_edit_changes_nothing_and_tells_what_others_did(self, dana: User) -> None:
        group = GroupFactory(name="Sales")
        flows.edit(group, details(name="Sales", tags=Tags(["theirs"])), version=1, by=dana)

        with pytest.raises(StaleError) as refused:
            flows.edit(group, details(name="Mine"), version=1, by=dana)

        assert [(each.field, each.was, each.theirs) for each in refused.value.changes] == [
            ("tags", "", "theirs")
        ]
        group.refresh_from_db()
        assert (group.name, group.version) == ("Sales", 2)

    def test_an_archived_group_is_not_edited(self, dana: User) -> None:
        group = GroupFactory(archived=True)

        with pytest.raises(CannotSaveGroupError, match="archived"):
            flows.edit(group, details(), version=1, by=dana)

        assert not AuditEntry.objects.exists()


class TestArchive:
    def test_a_group_goes_away_and_comes_back_with_all_it_had(self, dana: User) -> None:
        group = GroupFactory(tags=["eu"])

        flows.archive(group, by=dana)

        assert list(Group.objects.archived()) == [group]
        assert not Group.objects.current().exists()

        flows.restore(group, by=dana)

        assert Group.objects.current().get().tags == ["eu"]
        assert list(AuditEntry.objects.order_by("id").values_list("action", flat=True)) == [
            "group.archived",
            "group.restored",
        ]

    def test_done_twice_it_is_done_once(self, dana: User) -> None:
        group = GroupFactory()
        for _ in range(2):
            flows.archive(group, by=dana)
        for _ in range(2):
            flows.restore(group, by=dana)

        assert AuditEntry.objects.count() == 2

    def test_a_group_whose_name_was_taken_stays_archived(self, dana: User) -> None:
        group = GroupFactory(name="Sales", archived=True)
        GroupFactory(customer=group.customer, name="SALES")

        with pytest.raises(CannotSaveGroupError, match="has a group with this name"):
            flows.restore(group, by=dana)

        group.refresh_from_db()
        assert group.is_archived
        assert not AuditEntry.objects.exists()


class TestMergedCustomers:
    def test_groups_come_along_and_keep_apart(self, dana: User) -> None:
        duplicate, survivor = CustomerFactory(code="DUP"), CustomerFactory()
        for name in ("Sales", "Web", "Old"):
            GroupFactory(customer=duplicate, name=name, archived=name == "Old", tags=["kept"])
        for name in ("SALES", "Sales (DUP)", "Old"):
            GroupFactory(customer=survivor, name=name)

        merging.merge(duplicate, survivor, by=dana)

        moved = Group.objects.of_customer(survivor).filter(tags=["kept"])
        assert set(moved.values_list("name", flat=True)) == {"Sales (DUP 2)", "Web", "Old"}
        assert not Group.objects.of_customer(duplicate).exists()

    def test_a_long_name_is_shortened_to_make_room(self, dana: User) -> None:
        duplicate, survivor = CustomerFactory(code="DUP"), CustomerFactory()
        for customer in (duplicate, survivor):
            GroupFactory(customer=customer, name="x" * 100)

        merging.merge(duplicate, survivor, by=dana)

        names = Group.objects.of_customer(survivor).values_list("name", flat=True)
        assert set(names) == {"x" * 100, "x" * 94 + " (DUP)"}


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"name": ""}, "group_has_a_name"),
        ({"attributes": ["a"]}, "group_attributes_are_an_object"),
        ({"attributes": "text"}, "group_attributes_are_an_object"),
        ({"attributes": {"a": 1}}, "group_attributes_are_text"),
        ({"attributes": {"a": "1", "b": None}}, "group_attributes_are_text"),
        ({"attributes": {"a": {"b": "c"}}}, "group_attributes_are_text"),
        ({"tags": [str(number) for number in range(21)]}, "group_has_not_too_many_tags"),
    ],
)
def test_the_database_refuses_what_is_written_around_the_flow(
    alpha: Reseller, changes: dict[str, object], rule: str
) -> None:
    group = GroupFactory()

    with pytest.raises(IntegrityError, match=rule), transaction.atomic():
        Group.objects.filter(pk=group.pk).update(**changes)


def test_the_database_keeps_names_unique_per_customer(alpha: Reseller) -> None:
    group = GroupFactory(name="Sales")

    with (
        pytest.raises(IntegrityError, match="group_name_unique_per_customer"),
        transaction.atomic(),
    ):
        GroupFactory(customer=group.customer, name="sALES")


@pytest.mark.parametrize(
    ("words", "found"),
    [("sal", True), ("SALES eu", True), ("4711", True), ("cost", True), ("nothing", False)],
)
def test_groups_are_found_by_name_tag_and_attribute(
    alpha: Reseller, words: str, *, found: bool
) -> None:
    group = GroupFactory(name="Sales", tags=["eu"], attributes={"cost centre": "4711"})
    GroupFactory(customer=group.customer, name="Other")

    assert list(Group.objects.search(words)) == ([group] if found else [])
