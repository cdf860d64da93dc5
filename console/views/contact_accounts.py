"""User accounts made from ticked contacts: what would happen, doing it, what came of it."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from accounts.roles import StaffPermission
from console.views.base import CustomerPage
from customers import account_rows
from customers.account_rows import Outcome
from customers.flows import contact_accounts as flows
from customers.models import AccountRun, Contact
from customers.querysets import ContactQuerySet


class TickedContacts(CustomerPage):
    """A page about the contacts that were ticked on the list. Others' are not found."""

    permission = StaffPermission.MANAGE_PEOPLE

    @property
    def ticked(self) -> ContactQuerySet:
        keys = [each for each in map(key_of, self.request.POST.getlist("contact")) if each]
        return Contact.objects.of_customer(self.customer).filter(pk__in=keys)


class ConfirmAccounts(TickedContacts, TemplateView):
    """Who is invited, who joins, who is skipped and why. Changes nothing."""

    template_name = "console/contacts/accounts.html"

    def get(self, *_args: Any, **_kwargs: Any) -> HttpResponse:
        return redirect("console:contacts:list", self.customer.pk)

    def post(self, *_args: Any, **_kwargs: Any) -> HttpResponse:
        rows = account_rows.plan(self.customer, self.ticked)
        if not rows:
            messages.error(self.request, _("Tick at least one contact."))
            return redirect("console:contacts:list", self.customer.pk)
        todo = [row for row in rows if row.outcome != Outcome.SKIPPED]
        context = self.get_context_data(rows=rows, todo=todo, key=uuid.uuid4())
        return self.render_to_response(context)


class MakeAccounts(TickedContacts):
    http_method_names = ["post"]

    def post(self, *_args: Any, **_kwargs: Any) -> HttpResponse:
        key = key_of(self.request.POST.get("key", "")) or uuid.uuid4()
        try:
            run = flows.make_accounts(self.customer, self.ticked, key=key, by=self.user)
        except flows.CannotMakeAccountsError as error:
            messages.error(self.request, str(error))
            return redirect("console:contacts:list", self.customer.pk)
        return redirect("console:contacts:accounts_made", self.customer.pk, run.pk)


class AccountsMade(CustomerPage, TemplateView):
    """What became of each contact of one run."""

    template_name = "console/contacts/accounts_made.html"
    permission = StaffPermission.MANAGE_PEOPLE
    run: AccountRun

    def load(self) -> None:
        super().load()
        runs = AccountRun.objects.filter(customer=self.customer).select_related("started_by")
        self.run = get_object_or_404(runs, pk=self.kwargs["run_id"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = flows.rows_of(self.run)
        made = [row for row in rows if row.outcome in {Outcome.INVITED, Outcome.JOINED}]
        return super().get_context_data(run=self.run, rows=rows, made=made, **kwargs)


def key_of(text: str) -> uuid.UUID | None:
    """The key that somebody sent; None for nonsense."""
    try:
        return uuid.UUID(text)
    except ValueError:
        return None
