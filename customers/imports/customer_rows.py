"""Taking over customers: each row is told by its code, or by name and e-mail where it has none."""

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from audit import trail
from audit.inserting import build, insert
from customers import codes, custom_ranks, duplicates, rules
from customers.custom_values import Value
from customers.flows.customers import CREATED, EDITED, FIELDS
from customers.flows.filling import CannotFillError, filled
from customers.imports import columns as known_columns
from customers.imports.customer_details import Details
from customers.imports.plans import Plan, repeated
from customers.imports.reading import Typed
from customers.models import Customer, CustomField, Import
from customers.standing import refusal_to_change
from formats.plain_text import can_be_found

NEEDED = ("organization_name", "contact_name", "contact_email")
CUSTOM = ("custom_values", "custom_search")


@dataclass
class CustomerPlan(Plan):
    """The fate of a row, and the customer as it will be."""

    customer: Customer | None = None
    changes: dict[str, tuple[object, object]] = field(default_factory=dict)
    ranks: custom_ranks.Ranks | None = None  # None: the row says nothing of custom fields


class CustomerTaker:
    """Holds what the rows of one file know of each other.

    `spoken_for`: every code that stands in the file. None of them is proposed to another row.
    """

    def __init__(self, source: Import, spoken_for: Collection[str]) -> None:
        self.source = source
        self._spoken_for = spoken_for
        self._codes: dict[str, int] = {}
        self._companies: dict[tuple[str, str], int] = {}
        self._names: dict[str, int] = {}
        self._taken: dict[uuid.UUID, int] = {}

    def mark(self, row: Typed) -> None:
        code, company = code_of(row), _company(row)
        before = self._codes.get(code) if code else self._companies.get(company)
        if before:
            row.problems.append(repeated(before))
        elif code:
            self._codes[code] = row.number
        self._companies.setdefault(company, row.number)
        bare = duplicates.bare_name(row.texts.get("organization_name", ""))
        alike = self._names.setdefault(bare, row.number)
        if bare and alike != row.number and not before:
            row.warnings.append(_("Row %(number)s has the same name.") % {"number": alike})

    def remember(self, taken: Mapping[uuid.UUID, int]) -> None:
        self._taken.update(taken)

    def plan(self, rows: Sequence[Typed], *, to_take: bool) -> list[CustomerPlan]:
        fields = list(CustomField.objects.of_target(CustomField.Target.CUSTOMER))
        columns = known_columns.columns_of(self.source.what, fields)
        details = Details(
            {each.key: each for each in columns},
            takes_odd_addresses=self.source.takes_odd_addresses,
        )
        known = _Known(rows, self._taken, to_take=to_take)
        plans = [self._plan(row, known, details, fields) for row in rows]
        self._give_keys(plans)
        self._propose_codes([each for each in plans if each.is_new and not each.problems])
        return plans

    def warn(self, plans: list[CustomerPlan]) -> None:
        new = [each for each in plans if each.is_new and not each.problems and each.customer]
        companies = [each.customer for each in new if each.customer]
        for plan, alike in zip(new, duplicates.alike(companies), strict=True):
            if alike:
                plan.warnings.append(
                    _("Looks like %(customer)s (%(code)s): %(reason)s.")
                    % {
                        "customer": alike.customer,
                        "code": alike.customer.code,
                        "reason": str(alike.reason).lower(),
                    }
                )

    def take(self, plans: list[CustomerPlan], *, by: User | None) -> None:
        good = [each for each in plans if not each.problems and each.customer]
        insert([each.customer for each in good if each.customer and each.is_new])
        changed = [each for each in good if each.is_change]
        _update(changed)
        custom_ranks.keep(
            {
                plan.customer.pk: plan.ranks
                for plan in good
                if plan.customer and plan.ranks is not None
            }
        )
        note = _("From the file “%(file)s”.") % {"file": self.source.file_name}
        trail.record_several(
            trail.Deed(
                CREATED if plan.is_new else EDITED,
                plan.customer,
                by,
                about=[self.source],
                changes=plan.changes,
                note=note,
            )
            for plan in good
            if plan.customer and (plan.is_new or plan.is_change)
        )

    def _plan(
        self, row: Typed, known: "_Known", details: Details, fields: list[CustomField]
    ) -> CustomerPlan:
        name = row.texts.get("organization_name") or code_of(row)
        plan = CustomerPlan(row.number, name, [*row.problems], [*row.warnings])
        if not row.texts.keys() <= details.columns.keys():
            plan.problems.append(_("A field was retired or deleted since the columns were chosen."))
        stored = None if plan.problems else known.find(row, plan)
        if plan.problems:
            return plan
        told, custom = details.read(row.texts, stored, plan)
        if plan.problems:
            return plan
        if stored:
            plan.record_id = stored.pk
            plan.name = plan.name or stored.organization_name
            _plan_change(plan, stored, told, (fields, custom))
        else:
            # Another one for each row of each file; a hash would cost a twentieth of the time.
            key = uuid.UUID(int=self.source.pk.int ^ row.number)
            _plan_new(plan, {"id": key, **known.moments, **told}, (fields, custom))
        return plan

    def _give_keys(self, plans: Sequence[CustomerPlan]) -> None:
        """The same key for the same row each time, unless a customer has it already."""
        new = [each.customer for each in plans if each.is_new and each.customer]
        taken = set(
            Customer.objects.filter(pk__in=[each.pk for each in new]).values_list("pk", flat=True)
        )
        for plan in plans:
            if plan.customer and plan.is_new:
                plan.customer.pk = uuid.uuid4() if plan.customer.pk in taken else plan.customer.pk
                plan.record_id = plan.customer.pk

    def _propose_codes(self, plans: Iterable[CustomerPlan]) -> None:
        nameless = [each.customer for each in plans if each.customer and not each.customer.code]
        names = [each.organization_name for each in nameless]
        proposed = codes.propose_several(names, taken=self._spoken_for) if names else []
        for customer, code in zip(nameless, proposed, strict=True):
            customer.code = code


class _Known:
    """The customers that some rows are about. `taken`: those that other rows were about."""

    def __init__(
        self, rows: Sequence[Typed], taken: Mapping[uuid.UUID, int], *, to_take: bool
    ) -> None:
        self._taken = dict(taken)
        # Of customers that are made: asked for each by itself, the clock costs a hundredth.
        self.moments = dict.fromkeys(("created_at", "status_changed_at"), timezone.now())
        wanted = filter(can_be_found, {code for row in rows if (code := code_of(row))})
        names = {row.texts.get("organization_name", "") for row in rows if not code_of(row)}
        nameless = list(filter(can_be_found, names))
        known = Customer.objects.order_by("pk")
        known = known.select_for_update(of=("self",)) if to_take else known
        self._by_code = {each.code: each for each in known.filter(code__in=wanted)}
        self._by_company = defaultdict(list)
        listed = known.listed().filter(organization_name__in=nameless) if nameless else []
        for each in listed:
            key = each.organization_name.casefold(), each.contact_email.lower()
            self._by_company[key].append(each)

    def find(self, row: Typed, plan: Plan) -> Customer | None:
        """The customer that the row is about; what speaks against changing it goes to the plan."""
        found = self._find(row, plan)
        if found and (before := self._taken.setdefault(found.pk, row.number)) != row.number:
            plan.problems.append(repeated(before))
        return found

    def _find(self, row: Typed, plan: Plan) -> Customer | None:
        if code := code_of(row):
            found = self._by_code.get(code)
            if found and (refusal := refusal_to_change(found)):
                plan.problems.append(refusal)
            return found
        alike = self._by_company.get(_company(row), [])
        if len(alike) > 1:
            plan.problems.append(
                _("Several customers have this name and e-mail: tell the code of the right one.")
            )
        return alike[0] if alike else None


def code_of(row: Typed) -> str:
    """The code in the row; nothing where it has none."""
    return rules.code(row.texts.get("code", ""))


def _company(row: Typed) -> tuple[str, str]:
    return (
        row.texts.get("organization_name", "").casefold(),
        row.texts.get("contact_email", "").lower(),
    )


Custom = tuple[list[CustomField], dict[str, Value | None]]


def _plan_new(plan: CustomerPlan, told: dict[str, Any], custom: Custom) -> None:
    missing = [rules.label_of(Customer, each) for each in NEEDED if not told.get(each)]
    if missing:
        plan.problems.append(_("Missing: %(fields)s.") % {"fields": ", ".join(missing)})
        return
    try:
        values = filled(custom[0], {}, custom[1])
    except CannotFillError as error:
        plan.problems.append(str(error))
        return
    plan.is_new = True
    plan.ranks = values.ranks or None
    told |= {"custom_values": values.values, "custom_search": values.search}
    plan.customer = build(Customer, told)


def _plan_change(
    plan: CustomerPlan, stored: Customer, told: dict[str, Any], custom: Custom
) -> None:
    changes = {
        name: (getattr(stored, name), new)
        for name, new in told.items()
        if getattr(stored, name) != new
    }
    told_values = {
        key: new for key, new in custom[1].items() if stored.custom_values.get(key) != new
    }
    if told_values:
        try:
            values = filled(custom[0], stored.custom_values, told_values)
        except CannotFillError as error:
            plan.problems.append(str(error))
            return
        stored.custom_values, stored.custom_search = values.values, values.search
        plan.ranks = values.ranks
        changes.update(values.changes)
    for name, (_old, new) in changes.items():
        if name in FIELDS:
            setattr(stored, name, new)
    if changes:
        stored.version += 1
    plan.customer, plan.changes, plan.is_change = stored, changes, bool(changes)


def _update(plans: Iterable[CustomerPlan]) -> None:
    """One statement for all customers whose same fields changed."""
    alike = defaultdict(list)
    for plan in plans:
        own = frozenset(name for name in plan.changes if name in FIELDS)
        custom = CUSTOM if len(own) < len(plan.changes) else ()
        if plan.customer:
            alike[own.union(custom, ["version"])].append(plan.customer)
    for columns, customers in alike.items():
        Customer.objects.bulk_update(customers, sorted(columns))
