"""The contacts of a customer. Once there is one, exactly one of them is the primary contact.

The customer's row is the lock: whoever adds, removes or moves the flag holds it.
"""

import uuid
from typing import TypedDict

import psycopg2
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from audit import sentences, trail
from customers.models import Contact, Customer
from customers.staleness import require_fresh
from customers.standing import refusal_to_change

ADDED = "contact.added"
EDITED = "contact.edited"
MADE_PRIMARY = "contact.made_primary"
REMOVED = "contact.removed"
sentences.describe(
    {
        ADDED: gettext_lazy("added the contact {subject}"),
        EDITED: gettext_lazy("edited the contact {subject}"),
        MADE_PRIMARY: gettext_lazy("made {subject} the primary contact"),
        REMOVED: gettext_lazy("removed the contact {subject}"),
    }
)


class ContactDetails(TypedDict, total=False):
    """What people may say about a contact. Phone numbers as `formats.phones.parse` has them."""

    first_name: str
    last_name: str
    designation: str
    email: str
    phone: str
    mobile: str
    user_type: str
    gets_billing_alerts: bool


FIELDS: tuple[str, ...] = tuple(ContactDetails.__annotations__)


class CannotSaveContactError(Exception):
    """It cannot be saved like that. The message is fit to show, beside `field` if named."""

    def __init__(self, message: str, *, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field


class CannotRemoveContactError(Exception):
    """The contact must stay. The message is fit to show."""


class ContactGoneError(CannotSaveContactError):
    """Somebody removed the contact in the meantime. The message is fit to show."""


@transaction.atomic
def add(
    customer: Customer,
    details: ContactDetails,
    *,
    by: User,
    primary: bool = False,
    key: uuid.UUID | None = None,
) -> Contact:
    """Make a contact. The first one is the primary contact. Raises CannotSaveContactError.

    `key` becomes the contact's own: the same form sent twice makes one contact.
    """
    customer = Customer.objects.select_for_update().get(pk=customer.pk)
    details = _normalized(details)
    if made := _made_by(key, customer, details):
        return made
    _require_open(customer)
    contacts = Contact.objects.of_customer(customer)
    is_first = not contacts.exists()
    is_taken = key is None or Contact.objects.filter(pk=key).exists()
    contact = Contact(customer=customer, is_primary=is_first, **details)
    contact.pk = uuid.uuid4() if is_taken else key
    _save(contact)
    trail.record(ADDED, subject=contact, actor=by, about=[customer])
    return contact if is_first or not primary else make_primary(contact, by=by)


@transaction.atomic
def edit(contact: Contact, changes: ContactDetails, *, version: int, by: User) -> Contact:
    """Change the fields named in `changes`, if nobody else did since the person saw `version`.

    Saving what is stored already changes nothing. Raises StaleError, CannotSaveContactError.
    """
    contact = _locked(contact)
    changes = _normalized(changes)
    changed = {
        field: (getattr(contact, field), new)
        for field, new in changes.items()
        if getattr(contact, field) != new
    }
    if not changed:
        return contact
    _require_open(contact.customer)
    require_fresh(contact, seen=version, fields=changes, edits=[EDITED])
    for field, (_old, new) in changed.items():
        setattr(contact, field, new)
    contact.version += 1
    _save(contact, [*changed, "version"])
    trail.record(EDITED, subject=contact, actor=by, about=[contact.customer], changes=changed)
    return contact


@transaction.atomic
def make_primary(contact: Contact, *, by: User) -> Contact:
    """Move the flag to this contact. Raises CannotSaveContactError."""
    contact = _locked(contact)
    if contact.is_primary:
        return contact
    _require_open(contact.customer)
    before = Contact.objects.of_customer(contact.customer).primary().first()
    if before:
        before.is_primary = False
        before.save(update_fields=["is_primary"])
    contact.is_primary = True
    contact.save(update_fields=["is_primary"])
    about: list[trail.Mentioned] = [contact.customer, *([before] if before else [])]
    changes = {"is_primary": (before.full_name if before else "", contact.full_name)}
    trail.record(MADE_PRIMARY, subject=contact, actor=by, about=about, changes=changes)
    return contact


@transaction.atomic
def remove(contact: Contact, *, by: User) -> None:
    """Erase a contact; the trail keeps the name. A user account of the person stays.

    Raises CannotRemoveContactError; nothing happens where the contact is gone already.
    """
    try:
        contact = _locked(contact)
    except ContactGoneError:
        return
    if refusal := refusal_to_change(contact.customer):
        raise CannotRemoveContactError(refusal)
    others = Contact.objects.of_customer(contact.customer).exclude(pk=contact.pk)
    if contact.is_primary and others.exists():
        raise CannotRemoveContactError(
            _("%(contact)s is the primary contact. Make somebody else primary first.")
            % {"contact": contact}
        )
    trail.record(REMOVED, subject=contact, actor=by, about=[contact.customer])
    contact.delete()


def move(duplicate: Customer, survivor: Customer) -> None:
    """Take the contacts along when two customers become one. Both are locked.

    Whom the survivor knows by the same e-mail stays behind; the survivor keeps its primary contact.
    """
    at_survivor = Contact.objects.of_customer(survivor)
    known = set(at_survivor.values_list("email", flat=True))
    has_primary = at_survivor.primary().exists()
    for contact in Contact.objects.of_customer(duplicate).exclude(email__in=known):
        contact.customer = survivor
        contact.is_primary = contact.is_primary and not has_primary
        contact.save(update_fields=["customer", "is_primary"])
    for customer in (duplicate, survivor):
        _keep_a_primary(customer)


def _keep_a_primary(customer: Customer) -> None:
    contacts = Contact.objects.of_customer(customer)
    first = contacts.order_by("created_at", "pk").first()
    if first and not contacts.primary().exists():
        first.is_primary = True
        first.save(update_fields=["is_primary"])


def _locked(contact: Contact) -> Contact:
    """The contact as it stands under the customer's lock. Raises ContactGoneError."""
    customer = Customer.objects.select_for_update().get(pk=contact.customer_id)
    found = Contact.objects.of_customer(customer).filter(pk=contact.pk).first()
    if found is None:
        raise ContactGoneError(_("This contact was removed meanwhile."))
    found.customer = customer
    return found


def _require_open(customer: Customer) -> None:
    if refusal := refusal_to_change(customer):
        raise CannotSaveContactError(refusal)


def _made_by(key: uuid.UUID | None, customer: Customer, details: ContactDetails) -> Contact | None:
    """The contact that exactly these details made under this key."""
    made = Contact.objects.of_customer(customer).filter(pk=key).first() if key else None
    if made and all(getattr(made, field) == value for field, value in details.items()):
        return made
    return None


def _normalized(details: ContactDetails) -> ContactDetails:
    """E-mails are kept as those of users are: the two are compared."""
    if "email" not in details:
        return details
    return {**details, "email": User.objects.normalize_email(details["email"])}


def _save(contact: Contact, fields: list[str] | None = None) -> None:
    try:
        with transaction.atomic():
            contact.save(update_fields=fields, force_insert=fields is None)
    except IntegrityError as error:
        if _rule_of(error) != "contact_email_once_per_customer":
            raise
        sentence = _("This customer has a contact with this e-mail already.")
        raise CannotSaveContactError(sentence, field="email") from error


def _rule_of(error: IntegrityError) -> str:
    """The name of the constraint that refused."""
    assert isinstance(error.__cause__, psycopg2.IntegrityError)  # noqa: S101 - our only driver
    return error.__cause__.diag.constraint_name or ""
