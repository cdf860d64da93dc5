"""Definitions and values changed at once: the second waits, and then finds the world as it is."""

import threading
from collections.abc import Callable

import pytest
from django.db.models import Expression
from django.utils import timezone

from accounts.models import User
from customers import custom_search, tasks
from customers.flows import custom_fields, merging
from customers.flows import custom_values as values
from customers.flows.custom_choices import (
    CannotSaveFieldError,
    ChoiceChange,
    ChoiceChanges,
    ChoiceState,
)
from customers.flows.custom_fields import FieldDetails, NewField
from customers.flows.filling import CannotFillError
from customers.models import Customer, CustomField
from customers.staleness import StaleError
from resellers.models import Reseller
from tests.factories.accounts import StaffMemberFactory
from tests.factories.customers import CustomerFactory, CustomFieldFactory
from tests.races import Runner, overlap

pytestmark = pytest.mark.django_db(transaction=True)

Act = Callable[[], object]


@pytest.fixture(autouse=True)
def _nobody_is_woken(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a race leaves behind is seen before a worker mends it."""
    monkeypatch.setattr(tasks, "wake_renewal", lambda: None)


NOTHING = ChoiceChanges()


@pytest.fixture
def dana(alpha: Reseller) -> User:
    user: User = StaffMemberFactory().user
    return user


@pytest.fixture
def tier(alpha: Reseller) -> CustomField:
    field: CustomField = CustomFieldFactory(choice=True, key="tier")
    return field


@pytest.fixture
def customer(alpha: Reseller) -> Customer:
    made: Customer = CustomerFactory()
    return made


def choosing(customer: Customer, value: str, by: User) -> Act:
    return lambda: values.edit(customer, {"tier": value}, version=1, by=by)


def removing(field: CustomField, choice: str, by: User) -> Act:
    gone = ChoiceChanges(told={choice: ChoiceChange("Gold", ChoiceState.REMOVED)})
    return lambda: custom_fields.edit(field, FieldDetails(), gone, version=1, by=by)


def test_a_value_for_a_field_that_is_being_retired_is_refused(
    alpha: Reseller, dana: User, tier: CustomField, customer: Customer
) -> None:
    first, second = overlap(
        alpha, lambda: custom_fields.retire(tier, by=dana), choosing(customer, "gold", dana)
    )

    assert first.error is None
    assert isinstance(second.error, CannotFillError)
    customer.refresh_from_db()
    assert customer.custom_values == {}


def test_a_choice_that_is_being_removed_cannot_be_chosen(
    alpha: Reseller, dana: User, tier: CustomField, customer: Customer
) -> None:
    first, second = overlap(alpha, removing(tier, "gold", dana), choosing(customer, "gold", dana))

    assert first.error is None
    assert isinstance(second.error, CannotFillError)
    customer.refresh_from_db()
    assert customer.custom_values == {}


def test_a_choice_that_is_being_chosen_cannot_be_removed(
    alpha: Reseller, dana: User, tier: CustomField, customer: Customer
) -> None:
    first, second = overlap(alpha, choosing(customer, "gold", dana), removing(tier, "gold", dana))

    assert first.error is None
    assert isinstance(second.error, CannotSaveFieldError)
    tier.refresh_from_db()
    assert tier.option("gold") is not None


@pytest.mark.parametrize("details", [FieldDetails(key="level"), FieldDetails(kind="number")])
def test_key_and_kind_stay_while_the_first_value_is_being_saved(
    alpha: Reseller, dana: User, tier: CustomField, customer: Customer, details: FieldDetails
) -> None:
    first, second = overlap(
        alpha,
        choosing(customer, "gold", dana),
        lambda: custom_fields.edit(tier, details, NOTHING, version=1, by=dana),
    )

    assert first.error is None
    assert isinstance(second.error, CannotSaveFieldError)
    tier.refresh_from_db()
    assert (tier.key, tier.kind) == ("tier", "choice")


def test_of_two_edits_of_one_customer_the_second_is_stale(
    alpha: Reseller, dana: User, tier: CustomField, customer: Customer
) -> None:
    first, second = overlap(
        alpha, choosing(customer, "gold", dana), choosing(customer, "silver", dana)
    )

    assert first.error is None
    assert isinstance(second.error, StaleError)
    customer.refresh_from_db()
    assert (customer.custom_values, customer.version) == ({"tier": "gold"}, 2)


def test_the_same_value_saved_twice_at_once_is_saved_once(
    alpha: Reseller, dana: User, tier: CustomField, customer: Customer
) -> None:
    first, second = overlap(
        alpha, choosing(customer, "gold", dana), choosing(customer, "gold", dana)
    )

    assert (first.error, second.error) == (None, None)
    customer.refresh_from_db()
    assert customer.version == 2


def test_two_customers_are_saved_side_by_side(
    alpha: Reseller, dana: User, tier: CustomField, customer: Customer
) -> None:
    other = CustomerFactory()

    first, second = overlap(
        alpha, choosing(customer, "gold", dana), choosing(other, "silver", dana)
    )

    assert (first.error, second.error) == (None, None)
    # The helper lets the first go on once the second waits or is done: it was done.
    assert Customer.objects.filter(version=2).count() == 2


def test_of_two_edits_of_one_field_the_second_is_stale(
    alpha: Reseller, dana: User, tier: CustomField
) -> None:
    def naming(label: str) -> Act:
        return lambda: custom_fields.edit(
            tier, FieldDetails(label=label), NOTHING, version=1, by=dana
        )

    first, second = overlap(alpha, naming("Theirs"), naming("Mine"))

    assert first.error is None
    assert isinstance(second.error, StaleError)
    tier.refresh_from_db()
    assert tier.label == "Theirs"


def test_of_two_fields_with_one_label_one_is_made(alpha: Reseller, dana: User) -> None:
    new = NewField(
        applies_to=CustomField.Target.CUSTOMER, details=FieldDetails(label="Tier", kind="text")
    )

    def make() -> object:
        return custom_fields.create(new, by=dana)

    first, second = overlap(alpha, make, make)

    assert first.error is None
    assert isinstance(second.error, CannotSaveFieldError)
    assert CustomField.objects.count() == 1


def test_there_is_room_for_only_one_of_two(alpha: Reseller, dana: User) -> None:
    CustomFieldFactory.create_batch(49)

    def make(label: str) -> Act:
        new = NewField(
            applies_to=CustomField.Target.CUSTOMER, details=FieldDetails(label=label, kind="text")
        )
        return lambda: custom_fields.create(new, by=dana)

    _first, second = overlap(alpha, make("A"), make("B"))

    assert isinstance(second.error, CannotSaveFieldError)
    assert CustomField.objects.live().count() == 50


def test_a_renewal_of_the_search_does_not_undo_a_later_one(
    alpha: Reseller, dana: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first one has read what is searched; then that changes, and is renewed to the end."""
    field = CustomFieldFactory(key="cost", searchable=True, search_lags_since=timezone.now())
    CustomerFactory(custom_values={"cost": "Zeta"})
    read = custom_search._search_text

    def stop_searching() -> None:
        custom_fields.edit(field, FieldDetails(searchable=False), NOTHING, version=1, by=dana)
        custom_search.renew()

    later = Runner(alpha, stop_searching)
    thread = threading.Thread(target=later.run)

    def read_and_meet(target: str) -> Expression:
        text = read(target)
        if not thread.ident:
            monkeypatch.setattr(custom_search, "_search_text", read)
            thread.start()
            later.is_done.wait(1)
        return text

    monkeypatch.setattr(custom_search, "_search_text", read_and_meet)
    custom_search.renew()
    thread.join(10)

    assert later.error is None
    assert not Customer.objects.search("zeta").exists()


def test_what_a_merge_takes_over_is_searched_as_the_definitions_say_then(
    alpha: Reseller, dana: User, customer: Customer
) -> None:
    field = CustomFieldFactory(key="cost")
    duplicate = CustomerFactory(custom_values={"cost": "Zeta"})
    searched = FieldDetails(searchable=True)

    first, second = overlap(
        alpha,
        lambda: custom_fields.edit(field, searched, NOTHING, version=1, by=dana),
        lambda: merging.merge(duplicate, customer, by=dana),
    )

    assert (first.error, second.error) == (None, None)
    customer.refresh_from_db()
    assert customer.custom_search == "Zeta"


def test_two_moves_leave_an_order_without_gaps(alpha: Reseller, dana: User) -> None:
    fields = [CustomFieldFactory(label=letter) for letter in "ABC"]

    overlap(
        alpha,
        lambda: custom_fields.move(fields[0], 3, by=dana),
        lambda: custom_fields.move(fields[2], 1, by=dana),
    )

    order = CustomField.objects.live().values_list("label", "position")
    assert list(order) == [("C", 1), ("B", 2), ("A", 3)]
