"""Making and changing customers."""

import uuid
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any, TypedDict, cast

import psycopg2
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from audit import sentences, trail
from customers import codes, custom_ranks
from customers.flows.filling import CannotFillError, Filled, Told, fill
from customers.models import Customer, CustomField
from customers.models.addresses import BILLING_PARTS
from customers.staleness import require_fresh
from customers.standing import refusal_to_change
from customers.tags import Tags

CREATED = "customer.created"
EDITED = "customer.edited"
sentences.describe(
    {
        CREATED: gettext_lazy("created the customer {subject}"),
        EDITED: gettext_lazy("edited the customer {subject}"),
    }
)
ATTEMPTS = 5  # at finding a code that nobody else takes in the same moment


class CustomerDetails(TypedDict, total=False):
    """What people may say about a customer. An empty code asks for a proposed one."""

    organization_name: str
    code: str
    domain: str
    industry: str
    website: str
    account_type: str
    turnover: Decimal | None
    turnover_currency: str
    contact_name: str
    contact_title: str
    contact_email: str
    contact_phone: str
    street: str
    suite: str
    address_3: str
    landmark: str
    city: str
    state: str
    postal_code: str
    country: str
    phone: str
    fax: str
    billing_same_as_office: bool
    billing_street: str
    billing_suite: str
    billing_address_3: str
    billing_landmark: str
    billing_city: str
    billing_state: str
    billing_postal_code: str
    billing_country: str
    billing_phone: str
    billing_fax: str
    test_drives_enabled: bool
    notes: str
    tags: Tags


FIELDS: tuple[str, ...] = tuple(CustomerDetails.__annotations__)


class CannotSaveCustomerError(Exception):
    """It cannot be saved like that. The message is fit to show, beside `field` if named."""

    def __init__(self, message: str, *, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field


class _KeyTakenError(Exception):
    """There is a customer with this key."""


@transaction.atomic
def create(
    details: CustomerDetails,
    *,
    by: User | None,
    about: Iterable[trail.Record] = (),
    key: uuid.UUID | None = None,
    custom: Told | None = None,
) -> Customer:
    """Make a customer. An empty code is proposed from the name. Raises CannotSaveCustomerError.

    `key` becomes the customer's own: the same details sent twice with one key make one customer.
    `custom` holds the values of custom fields, all required ones among them; None: nobody was
    asked for any.
    """
    key = key or uuid.uuid4()
    filled = _filled(custom)
    columns = {**details, **_custom_columns(filled)}
    if made := _made_by(key, columns):
        return made
    try:
        customer = _insert(columns, key)
    except _KeyTakenError:
        # Twice in one moment, or another customer made with the page's "Back".
        return _made_by(key, columns) or create(details, by=by, about=about, custom=custom)
    if filled and filled.ranks:
        custom_ranks.keep({customer.pk: filled.ranks})
    trail.record(CREATED, subject=customer, actor=by, about=about)
    return customer


@transaction.atomic
def edit(customer: Customer, changes: CustomerDetails, *, version: int, by: User) -> Customer:
    """Change the fields named in `changes`, if nobody else did since the person saw `version`.

    Raises StaleError when somebody changed one of them, CannotSaveCustomerError for what cannot be
    stored.
    """
    customer = Customer.objects.select_for_update().get(pk=customer.pk)
    if refusal := refusal_to_change(customer):
        raise CannotSaveCustomerError(refusal)
    require_fresh(customer, seen=version, fields=changes, edits=[EDITED])
    changes = _clean(changes, customer)
    before = {field: as_told(customer, field) for field in changes}
    for field, value in changes.items():
        setattr(customer, field, value)
    changed = {
        field: (old, as_told(customer, field))
        for field, old in before.items()
        if old != as_told(customer, field)
    }
    if not changed:
        return customer
    customer.version += 1
    _save(customer, [*changed, "version"])
    trail.record(EDITED, subject=customer, actor=by, changes=changed)
    return customer


def as_told(customer: Customer, field: str) -> object:
    """What is stored in a field, as people would say it."""
    stored: object = getattr(customer, field)
    return Tags(customer.tags) if field == "tags" else stored


def _filled(custom: Told | None) -> Filled | None:
    if custom is None:
        return None
    try:
        return fill({}, custom, target=CustomField.Target.CUSTOMER)
    except CannotFillError as error:
        raise CannotSaveCustomerError(str(error), field=error.field) from error


def _custom_columns(filled: Filled | None) -> dict[str, object]:
    if filled is None:
        return {}
    return {"custom_values": filled.values, "custom_search": filled.search}


def _made_by(key: uuid.UUID, details: Mapping[str, object]) -> Customer | None:
    """The customer that exactly these details made under this key."""
    made = Customer.objects.filter(pk=key).first()
    told = {field: value for field, value in details.items() if field != "code" or value}
    if made and all(getattr(made, field) == value for field, value in told.items()):
        return made
    return None


def _insert(details: Mapping[str, Any], key: uuid.UUID) -> Customer:
    for _attempt in range(ATTEMPTS):
        customer = Customer(id=key, **details)
        customer.code = details.get("code") or codes.propose(customer.organization_name)
        try:
            _save(customer)
        except CannotSaveCustomerError as error:
            if error.field != "code" or details.get("code"):
                raise
        else:
            return customer
    raise CannotSaveCustomerError(_("No free code was found. Type one."), field="code")


def _clean(changes: CustomerDetails, customer: Customer) -> CustomerDetails:
    if changes.get("billing_same_as_office"):
        changes = cast("CustomerDetails", {**changes, **dict.fromkeys(BILLING_PARTS, "")})
    if changes.get("code") == "":
        name = changes.get("organization_name", customer.organization_name)
        return {**changes, "code": codes.propose(name)}
    return changes


def _save(customer: Customer, fields: list[str] | None = None) -> None:
    try:
        with transaction.atomic():
            customer.save(update_fields=fields, force_insert=fields is None)
    except IntegrityError as error:
        rule = _rule_of(error)
        if rule == "customer_code_unique":
            sentence = _("Another customer has this code.")
            raise CannotSaveCustomerError(sentence, field="code") from error
        if rule == "customers_customer_pkey":
            raise _KeyTakenError from error
        raise


def _rule_of(error: IntegrityError) -> str:
    """The name of the constraint that refused. The message could hold what somebody typed."""
    assert isinstance(error.__cause__, psycopg2.IntegrityError)  # noqa: S101 - our only driver
    return error.__cause__.diag.constraint_name or ""
