"""Users made from ticked contacts in one go.

Each contact is a transaction of its own, which also writes what became of it: one that fails loses
no other, and a run that was cut short goes on where it stopped when its form is sent again.
"""

import uuid
from collections.abc import Iterable

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.flows import invitations
from accounts.models import User
from customers import account_rows
from customers.account_rows import AccountRow, Outcome
from customers.flows import people
from customers.flows.people import CannotAddPersonError, NewPerson
from customers.models import AccountRun, Contact, Customer, Membership

MOST = 200  # contacts in one go, while somebody waits


class CannotMakeAccountsError(Exception):
    """Nothing can be done with what was ticked. The message is fit to show."""


def make_accounts(
    customer: Customer, contacts: Iterable[Contact], *, key: uuid.UUID, by: User
) -> AccountRun:
    """Invite each contact with its role; whoever has an account joins with it and is told by mail.

    Not in one transaction. Sent again with the same key, nothing is made twice.
    Raises CannotMakeAccountsError.
    """
    contacts = list(contacts)
    if not contacts:
        raise CannotMakeAccountsError(_("Tick at least one contact."))
    if len(contacts) > MOST:
        raise CannotMakeAccountsError(_("Tick at most %(most)s contacts.") % {"most": MOST})
    run = _begin(customer, contacts, key=key, by=by)
    for row in rows_of(run):
        _do(run, uuid.UUID(row.contact_id), by=by)
    run.refresh_from_db()
    return run


def rows_of(run: AccountRun) -> list[AccountRow]:
    """What became of each contact of a run."""
    return [AccountRow.read(each) for each in run.rows]


def _begin(customer: Customer, contacts: list[Contact], *, key: uuid.UUID, by: User) -> AccountRun:
    planned = account_rows.plan(customer, contacts)
    waiting = [row.became(Outcome.WAITING).stored() for row in planned]
    told = {"customer": customer, "started_by": by, "rows": waiting}
    run, is_new = AccountRun.objects.get_or_create(pk=key, defaults=told)
    wanted = {contact.pk for contact in contacts}
    if is_new or (run.customer_id == customer.pk and account_rows.keys_of(rows_of(run)) == wanted):
        return run
    # Another form that carries a key which was used before.
    return AccountRun.objects.create(**told)


@transaction.atomic
def _do(run: AccountRun, contact_id: uuid.UUID, *, by: User) -> None:
    customer = Customer.objects.select_for_update().get(pk=run.customer_id)
    run = AccountRun.objects.select_for_update().get(pk=run.pk)
    rows = rows_of(run)
    number, row = next(
        (number, row) for number, row in enumerate(rows) if row.contact_id == str(contact_id)
    )
    if row.outcome != Outcome.WAITING:
        return
    contact = Contact.objects.of_customer(customer).filter(pk=contact_id).first()
    if contact is None:
        rows[number] = row.became(Outcome.SKIPPED, reason=_("The contact was removed meanwhile."))
    else:
        rows[number] = _made(customer, contact, by=by)
    run.rows = [each.stored() for each in rows]
    run.save(update_fields=["rows"])


def _made(customer: Customer, contact: Contact, *, by: User) -> AccountRow:
    """Make one account and say what became of it."""
    members = Membership.objects.filter(customer=customer)
    user = User.objects.select_for_update().filter(email=contact.email).first()
    row = account_rows.fate(
        contact, user, belongs=user is not None and members.filter(user=user).exists()
    )
    if row.outcome == Outcome.SKIPPED:
        return row
    person = NewPerson(
        email=contact.email, full_name=contact.full_name, role=contact.user_type, invite=True
    )
    try:
        membership = people.add_person(customer, person, by=by)
    except CannotAddPersonError as error:
        return row.became(Outcome.FAILED, reason=str(error))
    needs_link = invitations.may_be_invited(membership.user)
    row = row.became(Outcome.INVITED if needs_link else Outcome.JOINED, user_id=membership.user_id)
    return AccountRow.read({**row.stored(), "role": membership.role})
