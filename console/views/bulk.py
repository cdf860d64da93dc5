"""The same thing done to many customers: what would happen, doing it, what came of it."""

import uuid
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from accounts.roles import StaffPermission
from components.bulk import IDS, SCOPE, WHAT
from console.bulk_words import WORDS
from console.forms.bulk import FORMS, BulkForm, TagManyForm
from console.lists.bulk import BulkRowListing, BulkRunListing, rows_of
from console.lists.selections import Selection, UnclearSelectionError
from console.views.base import ConsolePage
from console.views.list_views import list_url
from customers import bulk_plans, tags
from customers.bulk_plans import TO_DO, Plan
from customers.flows import bulk as flows
from customers.flows.bulk import CannotStartBulkRunError, SelectionChangedError
from customers.models import BulkRow, BulkRun, Customer, Group
from jobs.models import Job

SAMPLE = 10  # names


class SelectionPage(ConsolePage, TemplateView):
    """Says what would happen to the customers that were chosen in the list, and asks."""

    template_name = "console/bulk/confirm.html"
    permission = StaffPermission.EDIT_CUSTOMERS
    selection: Selection
    what: str

    def get(self, *_args: Any, **_kwargs: Any) -> HttpResponse:
        return redirect("console:customers:list")

    def post(self, *_args: Any, **_kwargs: Any) -> HttpResponse:
        self.what = self.request.POST.get(WHAT, "")
        if self.what not in BulkRun.Action.values:
            return self.refused(_("Choose what to do with the customers."))
        try:
            self.selection = Selection(self.request.GET, self.request.POST)
        except UnclearSelectionError as error:
            return self.refused(str(error))
        return self.go()

    def go(self) -> HttpResponse:
        """What follows from a selection that was understood."""
        raise NotImplementedError

    @property
    def list_url(self) -> str:
        """The list as it was when somebody chose."""
        return list_url(self.request.GET.urlencode())

    def refused(self, sentence: str) -> HttpResponse:
        messages.error(self.request, sentence)
        return redirect(self.list_url)

    def ask(self, form: BulkForm, *, has_changed: bool = False) -> HttpResponse:
        """Show the plan as it is now, with the form that says that it is meant so."""
        plan = bulk_plans.plan_of(self.selection.customers, self.what)
        if not plan.total:
            return self.refused(_("These customers are not there any more."))
        if plan.total > bulk_plans.MOST:
            return self.refused(flows.too_many())
        self._prepare(form, plan)
        context = self.get_context_data(form=form, plan=plan, has_changed=has_changed)
        status = HTTPStatus.CONFLICT if has_changed else HTTPStatus.OK
        return self.render_to_response(context, status=status)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        plan: Plan = kwargs["plan"]
        words = WORDS[self.what]
        return super().get_context_data(
            words=words,
            deed=words.counted(plan.to_do),
            names=self._sample() if plan.to_do else [],
            further=max(0, plan.to_do - SAMPLE),
            reasons=labelled(plan.skipped),
            missing=self.selection.missing(plan.total),
            selection=self.selection,
            list_url=self.list_url,
            **kwargs,
        )

    def _prepare(self, form: BulkForm, plan: Plan) -> None:
        form.show(plan.mark)
        form.action = f"{reverse('console:bulk:start')}?{self.request.GET.urlencode()}"
        form.cancel_url = self.list_url
        form.submit_label = WORDS[self.what].counted(plan.to_do)
        if isinstance(form, TagManyForm):
            form.suggest(tags.in_use(Customer.objects.all(), Group.objects.all()))

    def _sample(self) -> list[Customer]:
        found = bulk_plans.with_fate(self.selection.in_order, self.what)
        return list(found.filter(fate=TO_DO)[:SAMPLE])  # type: ignore[misc]


class Confirm(SelectionPage):
    """Changes nothing."""

    def go(self) -> HttpResponse:
        sent = self.request.POST
        told = {WHAT: self.what, SCOPE: sent.get(SCOPE, ""), IDS: self.selection.ids}
        return self.ask(FORMS[self.what](initial=told))


class Start(SelectionPage):
    def go(self) -> HttpResponse:
        form = FORMS[self.what](self.request.POST)
        if not form.is_valid():
            return self.ask(form)
        chosen = self.selection
        order = form.order(is_all_matching=chosen.is_all_matching, parameters=chosen.parameters)
        key = form.cleaned_data["key"] or uuid.uuid4()
        try:
            run = flows.start(order, chosen.customers, by=self.user, key=key)
        except SelectionChangedError:
            return self.ask(form, has_changed=True)
        except CannotStartBulkRunError as error:
            return self.refused(str(error))
        return redirect("console:bulk:detail", run.pk)


class RunList(ConsolePage, TemplateView):
    permission = StaffPermission.EDIT_CUSTOMERS
    template_name = "console/bulk/list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        runs = BulkRun.objects.select_related("job", "started_by")
        return super().get_context_data(listing=BulkRunListing(self.request.GET, runs), **kwargs)


class RunPage(ConsolePage):
    """A page about one run, named by `run_id` in the URL."""

    permission = StaffPermission.EDIT_CUSTOMERS
    run: BulkRun

    def load(self) -> None:
        runs = BulkRun.objects.select_related("job", "started_by")
        self.run = get_object_or_404(runs, pk=self.kwargs["run_id"])

    def back(self) -> HttpResponse:
        return redirect("console:bulk:detail", self.run.pk)


class RunDetail(RunPage, TemplateView):
    """How far it is while it is under way; then what became of each customer."""

    template_name = "console/bulk/detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        run, job = self.run, self.run.job
        skipped = {each: number for each, number in run.counts.items() if each != "done"}
        left = run.total - run.done - run.skipped
        has_stopped = job is not None and job.state in {Job.State.FAILED, Job.State.CANCELLED}
        return super().get_context_data(
            run=run,
            job=job,
            deed=WORDS[run.action].counted(run.total),
            undo=WORDS[run.action].undo,
            reasons=labelled(skipped),
            left=left,
            may_go_on=has_stopped and left > 0,
            listing=BulkRowListing(self.request.GET, rows_of(run)),
            **kwargs,
        )


class Cancel(RunPage):
    http_method_names = ["post"]

    def post(self, *_args: Any, **_kwargs: Any) -> HttpResponse:
        flows.cancel(self.run)
        return self.back()


class GoOn(RunPage):
    http_method_names = ["post"]

    def post(self, *_args: Any, **_kwargs: Any) -> HttpResponse:
        flows.go_on(self.run, by=self.user)
        return self.back()


def labelled(reasons: dict[str, int]) -> list[tuple[str, int]]:
    """Reasons as people read them, with how often each was met."""
    return [(str(BulkRow.Reason(reason).label), number) for reason, number in reasons.items()]
