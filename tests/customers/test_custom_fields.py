"""Defining custom fields."""

from typing import Any

import pytest
from django.db import IntegrityError, transaction

from accounts.models import User
from audit import sentences
from audit.models import AuditEntry
from customers import custom_holders, tasks
from customers.flows import custom_fields as flows
from customers.flows.custom_choices import (
    CannotSaveFieldError,
    ChoiceChange,
    ChoiceChanges,
    ChoiceState,
)
from customers.flows.custom_fields import FieldDetails, NewField
from customers.models import Customer, CustomField
from customers.staleness import StaleError
from resellers.models import Reseller
from tests.factories.accounts import StaffMemberFactory
from tests.factories.customers import CustomerFactory, CustomFieldFactory

Kind, Target = CustomField.Kind, CustomField.Target
NOTHING = ChoiceChanges()


@pytest.fixture
def dana(alpha: Reseller) -> User:
    user: User = StaffMemberFactory(user__full_name="Dana").user
    return user


@pytest.fixture(autouse=True)
def renewals(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """How often a worker was told to renew search texts."""
    calls: list[str] = []
    monkeypatch.setattr(tasks, "wake_renewal", lambda: calls.append("woken"))
    return calls


def new(
    label: str = "Cost centre",
    kind: str = Kind.TEXT,
    choices: tuple[str, ...] = (),
    applies_to: str = Target.CUSTOMER,
    **details: Any,
) -> NewField:
    told = FieldDetails(label=label, kind=kind, **details)  # type: ignore[typeddict-item]
    return NewField(applies_to=applies_to, details=told, choices=choices)


def labels_in_order() -> list[str]:
    return [each.label for each in CustomField.objects.of_target(Target.CUSTOMER).live()]


class TestCreate:
    def test_makes_it_the_last_one_with_a_key_from_its_label(self, dana: User) -> None:
        CustomFieldFactory(position=7)

        field = flows.create(new(help_text="As booked", required=True), by=dana)

        field.refresh_from_db()
        assert (field.key, field.position, field.version) == ("cost_centre", 8, 1)
        assert (field.help_text, field.required, field.in_reports) == ("As booked", True, True)
        entry = AuditEntry.objects.get()
        assert (entry.action, entry.subject_id, entry.actor_id) == (
            "custom_field.created",
            field.pk,
            dana.pk,
        )

    def test_choices_get_keys_of_their_own(self, dana: User) -> None:
        field = flows.create(new("Tier", Kind.CHOICE, ("Gold", "日本", "中国")), by=dana)

        field.refresh_from_db()
        assert [(each.key, each.label) for each in field.options] == [
            ("gold", "Gold"),
            ("choice", "日本"),
            ("choice_2", "中国"),
        ]

    def test_the_same_form_sent_twice_makes_one(self, dana: User) -> None:
        twice = NewField(
            applies_to=Target.CUSTOMER,
            details=FieldDetails(label="Tier", kind=Kind.TEXT),
            id=CustomFieldFactory.build().pk,
        )

        assert flows.create(twice, by=dana).pk == flows.create(twice, by=dana).pk
        assert CustomField.objects.count() == 1
        assert AuditEntry.objects.count() == 1

    @pytest.mark.parametrize(
        ("wanted", "field", "sentence"),
        [
            (new("cost CENTRE"), "label", "Another field has this label"),
            (new("Other", key="taken"), "key", "Another field has this key"),
            (new("Other", key="Upper"), "key", "small letters"),
            (new("Other", key="1st"), "key", "small letters"),
            (new("Other", key="a-b"), "key", "small letters"),
            (new("Other", key="city"), "key", "portal itself"),
            (new("Other", key="custom_values"), "key", "portal itself"),
            (new("Other", key="email"), "key", "portal itself"),
            (new("Other", Kind.NUMBER, searchable=True), "searchable", "Only text"),
            (new("Other", Kind.CHOICE), "choices", "at least one"),
            (new("Other", Kind.TEXT, ("Gold",)), "choices", "kind “Choice”"),
            (new("Other", Kind.CHOICE, ("Gold", "GOLD")), "choices", "there twice"),
            (
                new("Other", Kind.CHOICE, tuple(f"Choice {n}" for n in range(10_000))),
                "choices",
                "at most 100 choices; these would be 10000",
            ),
            (new("Other", Kind.CHOICE, ("Same",) * 10_000), "choices", "at most 100"),
        ],
    )
    def test_refuses_what_cannot_be(
        self, dana: User, wanted: NewField, field: str, sentence: str
    ) -> None:
        CustomFieldFactory(label="Cost Centre", key="taken")

        with pytest.raises(CannotSaveFieldError, match=sentence) as refused:
            flows.create(wanted, by=dana)

        assert refused.value.field == field
        assert CustomField.objects.count() == 1
        assert not AuditEntry.objects.exists()

    def test_a_label_that_the_portal_uses_gets_another_key(self, dana: User) -> None:
        assert flows.create(new("City"), by=dana).key == "city_2"

    def test_customers_and_cloud_accounts_may_have_the_same_fields(self, dana: User) -> None:
        ours = flows.create(new(), by=dana)
        theirs = flows.create(new(applies_to=Target.CLOUD_ACCOUNT), by=dana)

        assert (ours.key, theirs.key) == ("cost_centre", "cost_centre")
        assert (ours.position, theirs.position) == (1, 1)

    def test_no_form_holds_more_than_fifty(self, dana: User) -> None:
        CustomFieldFactory.create_batch(49)
        CustomFieldFactory.create_batch(2, retired=True)
        flows.create(new(), by=dana)

        with pytest.raises(CannotSaveFieldError, match="50 fields already"):
            flows.create(new("One more"), by=dana)

        assert CustomField.objects.live().count() == 50
        flows.create(new("One more", applies_to=Target.CLOUD_ACCOUNT), by=dana)

    def test_retired_ones_do_not_pile_up_without_end(self, dana: User) -> None:
        CustomFieldFactory.create_batch(200, retired=True)

        with pytest.raises(CannotSaveFieldError, match="200 fields with the retired"):
            flows.create(new(), by=dana)


class TestEdit:
    def test_saves_what_changed_and_tells_old_and_new(self, dana: User) -> None:
        field = CustomFieldFactory(label="Cost center", key="cost")

        flows.edit(field, FieldDetails(label="Cost centre"), NOTHING, version=1, by=dana)

        field.refresh_from_db()
        assert (field.label, field.key, field.version) == ("Cost centre", "cost", 2)
        assert AuditEntry.objects.get().changes == {"label": ["Cost center", "Cost centre"]}

    def test_without_a_change_nothing_happens(self, dana: User) -> None:
        field = CustomFieldFactory(choice=True)
        same: Any = {name: getattr(field, name) for name in flows.DETAILS}
        told = {each.key: ChoiceChange(each.label) for each in field.options if not each.is_retired}

        flows.edit(field, same, ChoiceChanges(told=told), version=1, by=dana)

        field.refresh_from_db()
        assert field.version == 1
        assert not AuditEntry.objects.exists()

    @pytest.mark.parametrize("name", ["key", "kind"])
    def test_key_and_kind_change_only_while_nothing_is_kept(self, dana: User, name: str) -> None:
        field = CustomFieldFactory(key="cost")
        changes: Any = {name: {"key": "kost", "kind": Kind.NUMBER}[name]}
        customer = CustomerFactory(custom_values={"cost": "CC-1"})

        with pytest.raises(CannotSaveFieldError, match="Values are kept") as refused:
            flows.edit(field, changes, NOTHING, version=1, by=dana)

        assert refused.value.field == name
        field.refresh_from_db()
        assert (field.key, field.kind, field.version) == ("cost", Kind.TEXT, 1)
        Customer.objects.filter(pk=customer.pk).update(custom_values={})
        flows.edit(field, changes, NOTHING, version=1, by=dana)
        field.refresh_from_db()
        assert getattr(field, name) == changes[name]

    def test_an_emptied_key_is_proposed_anew(self, dana: User) -> None:
        field = CustomFieldFactory(key="old")

        flows.edit(field, FieldDetails(label="Tier", key=""), NOTHING, version=1, by=dana)

        field.refresh_from_db()
        assert field.key == "tier"

    def test_a_field_becomes_a_choice_and_a_text_again(self, dana: User) -> None:
        field = CustomFieldFactory()

        flows.edit(
            field, FieldDetails(kind=Kind.CHOICE), ChoiceChanges(added=("A",)), version=1, by=dana
        )
        field.refresh_from_db()
        assert [each.label for each in field.options] == ["A"]

        flows.edit(field, FieldDetails(kind=Kind.TEXT), NOTHING, version=2, by=dana)
        field.refresh_from_db()
        assert field.choices == []

    def test_a_label_that_the_portal_learned_to_use_later_can_still_be_edited(
        self, dana: User
    ) -> None:
        field = CustomFieldFactory(key="city")

        flows.edit(field, FieldDetails(label="Renamed"), NOTHING, version=1, by=dana)

        field.refresh_from_db()
        assert field.label == "Renamed"

    def test_a_stale_edit_changes_nothing_and_tells_what_others_did(self, dana: User) -> None:
        field = CustomFieldFactory(label="A")
        flows.edit(field, FieldDetails(label="B", required=True), NOTHING, version=1, by=dana)

        with pytest.raises(StaleError) as refused:
            flows.edit(field, FieldDetails(label="C"), NOTHING, version=1, by=dana)

        assert {(each.field, each.was, each.theirs) for each in refused.value.changes} == {
            ("label", "A", "B"),
            ("required", False, True),
        }
        field.refresh_from_db()
        assert (field.label, field.version) == ("B", 2)

    def test_different_fields_do_not_disturb_each_other(self, dana: User) -> None:
        field = CustomFieldFactory(label="A")
        flows.edit(field, FieldDetails(label="B"), NOTHING, version=1, by=dana)

        flows.edit(field, FieldDetails(help_text="Mine"), NOTHING, version=1, by=dana)

        field.refresh_from_db()
        assert (field.label, field.help_text, field.version) == ("B", "Mine", 3)


class TestChoices:
    def change(self, field: CustomField, by: User, *added: str, **told: ChoiceChange) -> None:
        changes = ChoiceChanges(told=told, added=added)
        flows.edit(field, FieldDetails(), changes, version=field.version, by=by)
        field.refresh_from_db()

    def test_are_added_renamed_retired_and_offered_again(self, dana: User) -> None:
        field = CustomFieldFactory(choice=True)

        self.change(
            field,
            dana,
            "Platinum",
            gold=ChoiceChange("Golden"),
            silver=ChoiceChange("Silver", ChoiceState.RETIRED),
            tin=ChoiceChange("Tin"),
        )

        assert [(each.key, each.label, each.is_retired) for each in field.options] == [
            ("gold", "Golden", False),
            ("silver", "Silver", True),
            ("tin", "Tin", False),
            ("platinum", "Platinum", False),
        ]
        entry = AuditEntry.objects.get()
        assert {str(change) for change in sentences.changes(entry)} == {
            "Choice “Gold”: Gold → Golden",
            "Choice “Silver” is: offered → retired",
            "Choice “Tin” is: retired → offered",
            "Choice “Platinum”: Platinum",
        }

    def test_one_in_use_can_be_retired_but_not_removed(self, dana: User) -> None:
        field = CustomFieldFactory(choice=True, key="tier")
        CustomerFactory(custom_values={"tier": "gold"})

        with pytest.raises(CannotSaveFieldError, match="“Gold” is in use") as refused:
            self.change(field, dana, gold=ChoiceChange("Gold", ChoiceState.REMOVED))

        assert refused.value.field == "state.gold"
        self.change(field, dana, gold=ChoiceChange("Gold", ChoiceState.RETIRED))
        gold = field.option("gold")
        assert gold
        assert gold.is_retired
        self.change(
            field, dana, silver=ChoiceChange("Silver", ChoiceState.REMOVED), tin=ChoiceChange("Tin")
        )
        assert [each.key for each in field.options] == ["gold", "tin"]

    def test_the_last_one_that_is_offered_stays(self, dana: User) -> None:
        field = CustomFieldFactory(choice=True)

        with pytest.raises(CannotSaveFieldError, match="at least one"):
            self.change(
                field,
                dana,
                gold=ChoiceChange("Gold", ChoiceState.RETIRED),
                silver=ChoiceChange("Silver", ChoiceState.REMOVED),
            )

    @pytest.mark.parametrize("added", [("gold",), ("TIN",), ("A", "a")])
    def test_no_two_have_one_label(self, dana: User, added: tuple[str, ...]) -> None:
        field = CustomFieldFactory(choice=True)

        with pytest.raises(CannotSaveFieldError, match="there twice"):
            self.change(field, dana, *added)

    def test_a_removed_key_may_come_back_as_another_choice(self, dana: User) -> None:
        field = CustomFieldFactory(choice=True)
        self.change(field, dana, gold=ChoiceChange("Gold", ChoiceState.REMOVED))
        self.change(field, dana, "Gold")

        assert [each.key for each in field.options] == ["silver", "tin", "gold"]


class TestRetireAndRestore:
    def test_a_retired_field_is_asked_for_no_more_and_comes_back_last(self, dana: User) -> None:
        first, _second = CustomFieldFactory(label="A"), CustomFieldFactory(label="B")

        flows.retire(first, by=dana)
        assert labels_in_order() == ["B"]
        flows.restore(first, by=dana)

        assert labels_in_order() == ["B", "A"]
        actions = AuditEntry.objects.order_by("id").values_list("action", flat=True)
        assert list(actions) == ["custom_field.retired", "custom_field.restored"]

    def test_twice_is_once(self, dana: User) -> None:
        field = CustomFieldFactory()

        for _ in range(2):
            flows.retire(field, by=dana)
        retired_at = CustomField.objects.get().retired_at
        for _ in range(2):
            flows.restore(field, by=dana)

        assert retired_at is not None
        assert AuditEntry.objects.count() == 2

    def test_it_stays_retired_while_another_field_has_its_label(self, dana: User) -> None:
        old = CustomFieldFactory(label="Tier", retired=True)
        CustomFieldFactory(label="tier")

        with pytest.raises(CannotSaveFieldError, match="Another field has this label"):
            flows.restore(old, by=dana)

        assert CustomField.objects.get(pk=old.pk).is_retired
        assert not AuditEntry.objects.exists()

    def test_it_stays_retired_while_there_is_no_room(self, dana: User) -> None:
        CustomFieldFactory.create_batch(50)
        old = CustomFieldFactory(retired=True)

        with pytest.raises(CannotSaveFieldError, match="50 fields already"):
            flows.restore(old, by=dana)


class TestMove:
    @pytest.mark.parametrize(
        ("to", "order"),
        [(1, "CABD"), (2, "ACBD"), (3, "ABCD"), (4, "ABDC"), (50, "ABDC"), (-3, "CABD")],
    )
    def test_goes_to_its_place(self, dana: User, to: int, order: str) -> None:
        fields = {letter: CustomFieldFactory(label=letter) for letter in "ABCD"}
        CustomFieldFactory(label="Old", retired=True, position=1)
        CustomFieldFactory(label="Account", applies_to=Target.CLOUD_ACCOUNT, position=1)

        for _ in range(2):  # sent twice, it moves once
            flows.move(fields["C"], to, by=dana)

        assert "".join(labels_in_order()) == order
        assert [entry.changes for entry in AuditEntry.objects.all()] == (
            [] if order == "ABCD" else [{"position": [3, order.index("C") + 1]}]
        )

    def test_a_retired_one_has_no_place(self, dana: User) -> None:
        with pytest.raises(CannotSaveFieldError, match="restore it first"):
            flows.move(CustomFieldFactory(retired=True), 1, by=dana)


class TestSearchRenewal:
    @pytest.mark.parametrize(
        ("stored", "change"),
        [
            (
                {},
                lambda f, by: flows.edit(
                    f, FieldDetails(searchable=True), NOTHING, version=1, by=by
                ),
            ),
            (
                {"searchable": True},
                lambda f, by: flows.edit(
                    f, FieldDetails(searchable=False), NOTHING, version=1, by=by
                ),
            ),
            ({"searchable": True}, lambda f, by: flows.retire(f, by=by)),
            ({"searchable": True, "retired": True}, lambda f, by: flows.restore(f, by=by)),
        ],
    )
    def test_is_asked_for_when_what_is_searched_changes(
        self,
        dana: User,
        renewals: list[str],
        django_capture_on_commit_callbacks: Any,
        stored: dict[str, Any],
        change: Any,
    ) -> None:
        field = CustomFieldFactory(**stored)

        with django_capture_on_commit_callbacks(execute=True):
            change(field, dana)

        assert renewals == ["woken"]
        assert CustomField.objects.get().search_lags_since is not None

    def test_is_not_asked_for_otherwise(
        self, dana: User, renewals: list[str], django_capture_on_commit_callbacks: Any
    ) -> None:
        plain = CustomFieldFactory()

        with django_capture_on_commit_callbacks(execute=True):
            flows.edit(plain, FieldDetails(label="New"), NOTHING, version=1, by=dana)
            flows.retire(plain, by=dana)
            flows.restore(plain, by=dana)

        assert renewals == []
        assert CustomField.objects.get().search_lags_since is None


def test_reports_get_the_live_fields_that_are_meant_for_them(alpha: Reseller) -> None:
    second = CustomFieldFactory(position=2)
    first = CustomFieldFactory(position=1)
    CustomFieldFactory(in_reports=False)
    CustomFieldFactory(retired=True)
    CustomFieldFactory(applies_to=Target.CLOUD_ACCOUNT)

    assert list(CustomField.objects.for_reports(Target.CUSTOMER)) == [first, second]


def test_a_target_without_records_uses_no_field(
    alpha: Reseller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(custom_holders._holders, Target.CLOUD_ACCOUNT)
    field = CustomFieldFactory(applies_to=Target.CLOUD_ACCOUNT, key="cost")
    CustomerFactory(custom_values={"cost": "x"})

    assert custom_holders.is_used(field) is False
    assert custom_holders.column_names(Target.CLOUD_ACCOUNT) == frozenset()


def test_a_target_has_one_model() -> None:
    custom_holders.register_holder(Target.CUSTOMER, Customer)  # the same again changes nothing

    with pytest.raises(ValueError, match="Customer already"):
        custom_holders.register_holder(Target.CUSTOMER, CustomField)


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"key": "Not Plain"}, "custom_field_key_is_plain"),
        ({"label": ""}, "custom_field_has_a_label"),
        ({"label": "OTHER"}, "custom_field_label_unique_among_live"),
        ({"key": "other"}, "custom_field_key_unique"),
        ({"kind": "choice"}, "custom_field_offers_choices_iff_choice"),
        ({"choices": [{}]}, "custom_field_offers_choices_iff_choice"),
        ({"kind": "date", "searchable": True}, "custom_field_searchable_is_text"),
    ],
)
def test_the_database_refuses_what_is_written_around_the_flow(
    alpha: Reseller, changes: dict[str, object], rule: str
) -> None:
    CustomFieldFactory(label="Other", key="other")
    field = CustomFieldFactory()

    with pytest.raises(IntegrityError, match=rule), transaction.atomic():
        CustomField.objects.filter(pk=field.pk).update(**changes)
