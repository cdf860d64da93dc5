"""One decision about several requests: which ones, whether it is meant so, what came of it."""

import uuid
from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.generic import TemplateView

from accounts.roles import StaffPermission
from approvals.flows import bulk
from approvals.flows.bulk import Outcome, Row, What
from approvals.flows.decisions import CannotDecideError
from approvals.models import ApprovalRequest
from components.bulk import IDS, WHAT
from console.forms.requests_bulk import BulkDecisionForm, BulkDeclineForm
from console.lists.requests import queue
from console.views.base import ConsolePage
from console.views.requests_accounts import read_version


class BulkPage(ConsolePage, TemplateView):
    """A page about requests that somebody ticked."""

    permission = StaffPermission.DECIDE_REQUESTS
    what: What
    kind: str

    def get(self, *_args: Any, **_kwargs: Any) -> HttpResponse:
        return redirect("console:requests:list")

    def post(self, *_args: Any, **_kwargs: Any) -> HttpResponse:
        rows = self.chosen()
        try:
            self.what = What(self.request.POST.get(WHAT, ""))
            self.kind = bulk.require_possible(self.what, [row.request for row in rows])
            return self.go(rows)
        except ValueError:
            return self.refused(_("Choose what to do with the requests."))
        except CannotDecideError as error:
            return self.refused(str(error))

    def refused(self, sentence: str) -> HttpResponse:
        messages.error(self.request, sentence)
        return redirect("console:requests:list")

    def chosen(self) -> list[Row]:
        """The rows that are meant, as far as they exist."""
        raise NotImplementedError

    def go(self, rows: list[Row]) -> HttpResponse:
        """What follows from rows that belong together."""
        raise NotImplementedError

    def form(self, *args: Any, **kwargs: Any) -> BulkDecisionForm:
        if self.what == What.DECLINE:
            return BulkDeclineForm(*args, kind=self.kind, **kwargs)
        return BulkDecisionForm(*args, **kwargs)

    def ask(self, form: BulkDecisionForm, rows: list[Row]) -> HttpResponse:
        """Show the rows, and ask whether it is meant so."""
        form.action = reverse("console:requests:bulk_decide")
        form.cancel_url = reverse("console:requests:list")
        form.submit_label = self.deed(len(rows))
        requests = [row.request for row in rows]
        context = self.get_context_data(form=form, requests=requests, deed=self.deed(len(rows)))
        return self.render_to_response(context)

    def deed(self, number: int) -> str:
        if self.what == What.DECLINE:
            words = ngettext("Decline %(number)s request", "Decline %(number)s requests", number)
        else:
            words = ngettext(
                "Approve and forward %(number)s request",
                "Approve and forward %(number)s requests",
                number,
            )
        return words % {"number": number}


class ConfirmDecision(BulkPage):
    """Changes nothing."""

    template_name = "console/requests/bulk.html"
    permission = StaffPermission.DECIDE_REQUESTS

    def chosen(self) -> list[Row]:
        found = _requests(self.request.POST.getlist(IDS))
        return [Row(each, each.version) for each in found]

    def go(self, rows: list[Row]) -> HttpResponse:
        told = [f"{row.request.pk}:{row.version}" for row in rows]
        return self.ask(self.form(initial={"what": self.what.value, "rows": told}), rows)


class DecideMany(BulkPage):
    """Sent twice, it says the same: what one decided oneself is no obstacle."""

    template_name = "console/requests/bulk.html"
    permission = StaffPermission.DECIDE_REQUESTS

    def chosen(self) -> list[Row]:
        seen = dict(_pair(text) for text in self.request.POST.getlist("rows"))
        return [Row(each, seen[str(each.pk)]) for each in _requests(seen)]

    def go(self, rows: list[Row]) -> HttpResponse:
        form = self.form(self.request.POST)
        if not form.is_valid():
            return self.ask(form, rows)
        if isinstance(form, BulkDeclineForm):
            return self.tell(bulk.decline_all(rows, form.refusal, by=self.user))
        return self.tell(bulk.forward_all(rows, by=self.user))

    def tell(self, outcomes: list[Outcome]) -> HttpResponse:
        """What became of each."""
        done = sum(not each.refusal for each in outcomes)
        context = self.get_context_data(outcomes=outcomes, done=done, deed=self.deed(done))
        self.template_name = "console/requests/bulk_outcome.html"
        return self.render_to_response(context)


def _requests(ids: Iterable[str]) -> list[ApprovalRequest]:
    """Those that there are, the longest waiting first."""
    keys = [key for key in map(_key, ids) if key]
    return list(queue().filter(pk__in=keys).order_by("submitted_at", "pk")[: bulk.MOST + 1])


def _pair(text: str) -> tuple[str, int]:
    key, _colon, version = text.partition(":")
    return str(_key(key) or key), read_version(version)


def _key(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None
