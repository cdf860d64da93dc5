"""Taking over contacts: each row names its customer by code; the e-mail says who it is."""

import uuid
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.models import User
from audit import trail
from audit.inserting import build, insert
from customers import rules
from customers.flows.contacts import ADDED, EDITED, FIELDS
from customers.imports import columns as known_columns
from customers.imports.columns import CUSTOMER_CODE
from customers.imports.plans import Plan, repeated, sentences
from customers.imports.reading import Typed
from customers.models import Contact, Customer, Import
from customers.standing import refusal_to_change
from formats import phones
from formats.plain_text import can_be_found

NEEDED = ("first_name", "last_name", "email")
_PHONES = ("phone", "mobile")


@dataclass
class ContactPlan(Plan):
    """The fate of a row, and the contact as it will be."""

    contact: Contact | None = None
    changes: dict[str, tuple[object, object]] = field(default_factory=dict)


class ContactTaker:
    """Holds what the rows of one file know of each other."""

    def __init__(self, source: Import, _spoken_for: Collection[str]) -> None:
        self.source = source
        self._seen: dict[tuple[str, str], int] = {}
        self._columns = {each.key: each for each in known_columns.columns_of(source.what, [])}

    def mark(self, row: Typed) -> None:
        key = _code(row), _email(row)
        if all(key) and (before := self._seen.setdefault(key, row.number)) != row.number:
            row.problems.append(repeated(before))

    def remember(self, taken: Mapping[uuid.UUID, int]) -> None:
        """Nothing: the keys of two rows about the same contact are the same."""

    def plan(self, rows: Sequence[Typed], *, to_take: bool) -> list[ContactPlan]:
        known = _Known(rows, to_take=to_take)
        return [self._plan(row, known) for row in rows]

    def warn(self, plans: list[ContactPlan]) -> None:
        """Nothing besides what a row says by itself: contacts are told apart by their e-mail."""

    def take(self, plans: list[ContactPlan], *, by: User | None) -> None:
        good = [each for each in plans if not each.problems and each.contact]
        insert([each.contact for each in good if each.contact and each.is_new])
        _update([each for each in good if each.is_change])
        note = _("From the file “%(file)s”.") % {"file": self.source.file_name}
        trail.record_several(
            trail.Deed(
                ADDED if plan.is_new else EDITED,
                plan.contact,
                by,
                about=[plan.contact.customer, self.source],
                changes=plan.changes,
                note=note,
            )
            for plan in good
            if plan.contact and (plan.is_new or plan.is_change)
        )

    def _plan(self, row: Typed, known: "_Known") -> ContactPlan:
        texts = row.texts
        name = f"{texts.get('first_name', '')} {texts.get('last_name', '')}".strip()
        plan = ContactPlan(row.number, name or _email(row), [*row.problems], [*row.warnings])
        customer = None if plan.problems else known.customer(row, plan)
        if customer is None or plan.problems:
            return plan
        stored = known.contact(customer, _email(row))
        told = self._read(texts, customer, plan)
        if stored:
            _plan_change(plan, stored, told)
        else:
            _plan_new(plan, customer, told)
            if plan.contact:
                plan.contact.is_primary = known.becomes_primary(customer)
        return plan

    def _read(self, texts: dict[str, str], customer: Customer, plan: Plan) -> dict[str, Any]:
        told: dict[str, Any] = {}
        for key, text in texts.items():
            if key == CUSTOMER_CODE:
                continue
            try:
                value = rules.value_of(Contact, key, text)
                told[key] = phones.parse(value, str(customer.country)) if key in _PHONES else value
            except ValidationError as error:
                plan.problems += sentences(self._columns[key].label, error.messages)
        return told


class _Known:
    """The customers that some rows are about and their contacts, under the customers' locks."""

    def __init__(self, rows: Sequence[Typed], *, to_take: bool) -> None:
        wanted = filter(can_be_found, {code for row in rows if (code := _code(row))})
        named = Customer.objects.order_by("pk").filter(code__in=wanted)
        locked = named.select_for_update(of=("self",)) if to_take else named
        self._customers = {each.code: each for each in locked}
        ids = {each.pk: each for each in self._customers.values()}
        contacts = Contact.objects.filter(customer__in=ids)
        emails = filter(can_be_found, {_email(row) for row in rows})
        self._contacts = {}
        for each in contacts.filter(email__in=emails):
            each.customer = ids[each.customer_id]
            self._contacts[each.customer_id, each.email] = each
        self._with_primary = set(contacts.primary().values_list("customer_id", flat=True))

    def customer(self, row: Typed, plan: Plan) -> Customer | None:
        """The customer that the row names; why there is none goes to the plan."""
        found = self._customers.get(code := _code(row))
        if not code:
            plan.problems.append(_("The code of the customer is missing."))
        elif found is None:
            plan.problems.append(_("No customer has the code %(code)s.") % {"code": code[:40]})
        elif refusal := refusal_to_change(found):
            plan.problems.append(refusal)
        return found

    def contact(self, customer: Customer, email: str) -> Contact | None:
        return self._contacts.get((customer.pk, email))

    def becomes_primary(self, customer: Customer) -> bool:
        """Whether the contact that is about to be made is the first one."""
        is_first = customer.pk not in self._with_primary
        self._with_primary.add(customer.pk)
        return is_first


def _code(row: Typed) -> str:
    return rules.code(row.texts.get(CUSTOMER_CODE, ""))


def _email(row: Typed) -> str:
    return User.objects.normalize_email(row.texts.get("email", ""))


def _plan_new(plan: ContactPlan, customer: Customer, told: dict[str, Any]) -> None:
    missing = [rules.label_of(Contact, each) for each in NEEDED if each not in told]
    if missing and not plan.problems:
        plan.problems.append(_("Missing: %(fields)s.") % {"fields": ", ".join(missing)})
    if not plan.problems:
        plan.is_new, plan.record_id = True, customer.pk
        plan.contact = build(Contact, told)
        plan.contact.customer = customer


def _plan_change(plan: ContactPlan, stored: Contact, told: dict[str, Any]) -> None:
    plan.record_id = stored.customer_id
    if plan.problems:
        return
    plan.changes = {
        name: (getattr(stored, name), new)
        for name, new in told.items()
        if name in FIELDS and getattr(stored, name) != new
    }
    for name, (_old, new) in plan.changes.items():
        setattr(stored, name, new)
    plan.contact, plan.is_change = stored, bool(plan.changes)
    stored.version += plan.is_change


def _update(plans: Sequence[ContactPlan]) -> None:
    """One statement for all contacts whose same fields changed."""
    alike = defaultdict(list)
    for plan in plans:
        alike[frozenset({*plan.changes, "version"})].append(plan.contact)
    for columns, contacts in alike.items():
        Contact.objects.bulk_update([each for each in contacts if each], sorted(columns))
