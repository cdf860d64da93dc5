"""Where a customer's detailed bills are put: a bucket of their own, checked by writing into it."""

import re
from dataclasses import asdict, dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from audit import trail
from cloudaccounts import actions, probing
from cloudaccounts.flows.providers import NOTHING_SEEN, unset
from cloudaccounts.models import CloudAccount, CustomerProvider
from cloudaccounts.tasks import bills as tasks
from customers.models import Customer
from customers.staleness import require_fresh
from customers.standing import refusal_to_change
from resellers.clouds import Cloud

# https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
_BUCKET = re.compile(r"[a-z0-9](?:[a-z0-9-]|\.(?=[a-z0-9])){1,61}[a-z0-9]")
_ADDRESS = re.compile(r"[0-9]+(?:\.[0-9]+){3}")
_PREFIX = re.compile(r"(?:[A-Za-z0-9!_.*'()-]+/)*")
_REGION = re.compile(r"(?:af|ap|ca|eu|il|me|mx|sa|us)-[a-z]+-[0-9]")
LONGEST_PREFIX = 200


@dataclass(frozen=True)
class BillPlace:
    """What is said about the place. `bill_owner_id` is one of the customer's own accounts."""

    exports_bill: bool
    bill_owner_id: str = ""
    bill_bucket: str = ""
    bill_prefix: str = ""
    bill_region: str = ""


class CannotSaveBillPlaceError(Exception):
    """It cannot be saved like that. The message is fit to show, beside `field` if named."""

    def __init__(self, message: str, *, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field


@transaction.atomic
def set_bill_place(
    customer: Customer, place: BillPlace, *, version: int, by: User
) -> CustomerProvider:
    """Say where the customer's AWS bills are put, if nobody else did since `version`. A changed
    place is unchecked. Raises StaleError, CannotSaveBillPlaceError.
    """
    customer, record = _locked(customer)
    wanted = asdict(_cleaned(customer, place))
    require_fresh(record, seen=version, fields=wanted, edits=actions.PROVIDER_EDITS)
    changed = {
        field: (getattr(record, field), new)
        for field, new in wanted.items()
        if getattr(record, field) != new
    }
    if not changed:
        return record
    is_new = record.version == NOTHING_SEEN
    for field, (_old, new) in changed.items():
        setattr(record, field, new)
    record.version += 1
    columns = probing.forget(record, probing.BILL_PLACE)
    if is_new:
        record.save(force_insert=True)
    else:
        record.save(update_fields=[*columns, *changed, "version"])
    trail.record(
        actions.BILL_PLACE_CHANGED, subject=record, actor=by, about=[customer], changes=changed
    )
    return record


@transaction.atomic
def order_bill_check(customer: Customer, *, by: User) -> CustomerProvider:
    """Have a small object written there and deleted. Raises CannotSaveBillPlaceError."""
    customer, record = _locked(customer)
    if not record.exports_bill:
        raise CannotSaveBillPlaceError(_("Say first where the bills are to be put."))
    if not _owns(customer, record.bill_owner_id):
        raise CannotSaveBillPlaceError(
            _("The account that owns the bucket is not linked any more.")
        )
    if probing.is_waiting(record, probing.BILL_PLACE):
        return record
    probing.begin(record, probing.BILL_PLACE)
    trail.record(actions.BILL_PLACE_CHECK_ORDERED, subject=record, actor=by, about=[customer])
    tasks.wake_after_commit(record)
    return record


def owners(customer: Customer) -> list[CloudAccount]:
    """The accounts of the customer that may own the bucket."""
    held = CloudAccount.objects.of_customer(customer).held().filter(provider=Cloud.AWS)
    return list(held.order_by("name", "id")[:500])


def of_customer(customer: Customer) -> CustomerProvider:
    """What is stored, or a record that is not stored."""
    found = CustomerProvider.objects.of_customer(customer).filter(provider=Cloud.AWS).first()
    return found or unset(customer, Cloud.AWS)


def _locked(customer: Customer) -> tuple[Customer, CustomerProvider]:
    customer = Customer.objects.select_for_update().get(pk=customer.pk)
    if refusal := refusal_to_change(customer):
        raise CannotSaveBillPlaceError(refusal)
    stored = CustomerProvider.objects.select_for_update().of_customer(customer)
    record = stored.filter(provider=Cloud.AWS).first() or unset(customer, Cloud.AWS)
    record.customer = customer
    return customer, record


def _owns(customer: Customer, account_id: str) -> bool:
    held = CloudAccount.objects.of_customer(customer).held()
    return held.filter(provider=Cloud.AWS, account_id=account_id).exists()


def _cleaned(customer: Customer, place: BillPlace) -> BillPlace:
    """What is to be stored. Raises CannotSaveBillPlaceError."""
    prefix = place.bill_prefix.strip().lstrip("/")
    if prefix and not prefix.endswith("/"):
        prefix += "/"
    cleaned = BillPlace(
        place.exports_bill,
        place.bill_owner_id.strip(),
        place.bill_bucket.strip(),
        prefix,
        place.bill_region.strip(),
    )
    if cleaned.exports_bill or cleaned != BillPlace(exports_bill=False):
        _require_possible(customer, cleaned)
    return cleaned


def _require_possible(customer: Customer, place: BillPlace) -> None:
    name = place.bill_bucket
    if not _BUCKET.fullmatch(name) or _ADDRESS.fullmatch(name):
        sentence = _("Enter the name of a bucket: 3 to 63 small letters, digits, dots and hyphens.")
        raise CannotSaveBillPlaceError(sentence, field="bill_bucket")
    is_path = _PREFIX.fullmatch(place.bill_prefix) and ".." not in place.bill_prefix
    if not is_path or len(place.bill_prefix) > LONGEST_PREFIX:
        sentence = _("Enter a prefix of letters, digits and hyphens, such as bills/cloud/.")
        raise CannotSaveBillPlaceError(sentence, field="bill_prefix")
    if not _REGION.fullmatch(place.bill_region):
        sentence = _("Enter the region of the bucket, such as eu-central-1.")
        raise CannotSaveBillPlaceError(sentence, field="bill_region")
    if not _owns(customer, place.bill_owner_id):
        sentence = _("Choose one of the customer's linked AWS accounts.")
        raise CannotSaveBillPlaceError(sentence, field="bill_owner_id")
