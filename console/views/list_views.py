"""Saved views of the list of customers, and the columns that somebody chose."""

import uuid
from functools import cached_property
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.generic import FormView, TemplateView

from accounts.roles import StaffPermission
from console.forms.list_views import ColumnsForm, SaveViewForm, ViewForm
from console.lists.customer_columns import USUAL, offers
from console.lists.customer_looks import SAVED, Look, SavedListing
from console.views.base import ConsolePage
from customers.flows import list_views as flows
from customers.flows.list_views import CannotSaveViewError
from customers.models import SavedView


def list_url(query: str = "") -> str:
    """The list of customers as an address asks for it."""
    return f"{reverse('console:customers:list')}?{query}"


class LookPage(ConsolePage):
    """A page about the list as its address asks for it, in front of which somebody stood."""

    permission = StaffPermission.VIEW_CUSTOMERS

    @property
    def may_share(self) -> bool:
        return self.may(StaffPermission.MANAGE_SETTINGS)

    @cached_property
    def look(self) -> Look:
        return Look(self.request.GET, self.user)

    @cached_property
    def listing(self) -> SavedListing:
        return self.look.listing()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        back = list_url(self.request.GET.urlencode())
        return super().get_context_data(back=back, **kwargs)


class ViewList(ConsolePage, TemplateView):
    """The views that somebody sees, to put them in order."""

    template_name = "console/list_views/list.html"
    permission = StaffPermission.VIEW_CUSTOMERS

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        look = Look(self.request.GET, self.user)
        return super().get_context_data(views=look.views, default=look.default, **kwargs)


class SaveView(LookPage, FormView[SaveViewForm]):
    template_name = "console/list_views/save.html"
    form_class = SaveViewForm

    def get_form_kwargs(self) -> dict[str, Any]:
        kwargs = super().get_form_kwargs()
        back = list_url(self.request.GET.urlencode())
        return {**kwargs, "may_share": self.may_share, "cancel_url": back}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(listing=self.listing, **kwargs)

    def form_valid(self, form: SaveViewForm) -> HttpResponse:
        told = form.cleaned_data
        columns = self.look.columns if told["keeps_columns"] else None
        look = flows.Look(parameters=self.listing.told, columns=columns)
        try:
            view = flows.save(
                told["name"], look, by=self.user, is_shared=form.shares, key=told["key"]
            )
        except CannotSaveViewError as error:
            form.add_error(error.field, str(error))
            return self.form_invalid(form)
        messages.success(self.request, _("The view %(view)s was saved.") % {"view": view})
        return redirect(list_url(f"{SAVED}={view.pk}"))


class ChooseColumns(LookPage, FormView[ColumnsForm]):
    """Which columns somebody sees, in which order; or which a view has that keeps its own."""

    template_name = "console/list_views/columns.html"
    form_class = ColumnsForm

    def get_form_kwargs(self) -> dict[str, Any]:
        chosen = USUAL if "usual" in self.request.POST else self.look.columns
        return {**super().get_form_kwargs(), "offers": offers(self.look.fields), "chosen": chosen}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        saved = self.look.saved
        view = saved if saved and saved.columns is not None else None
        may_change = view is not None and (not view.is_shared or self.may_share)
        return super().get_context_data(view=view, may_change_view=may_change, **kwargs)

    def post(self, *args: Any, **kwargs: Any) -> HttpResponse:
        if "usual" in self.request.POST:
            flows.choose_columns(None, by=self.user)
            return redirect(list_url(self.request.GET.urlencode()))
        return super().post(*args, **kwargs)

    def form_valid(self, form: ColumnsForm) -> HttpResponse:
        view = self.look.saved
        if "view" in self.request.POST and view:
            require_right(self, view)
            look = flows.Look(parameters=view.parameters, columns=form.chosen)
            flows.replace(view, look, version=view.version, by=self.user)
        else:
            flows.choose_columns(form.chosen, by=self.user)
        return redirect(list_url(self.request.GET.urlencode()))


class BeginWith(ConsolePage):
    """Which view the list of this person begins with; none: all customers."""

    permission = StaffPermission.VIEW_CUSTOMERS
    http_method_names = ["post"]

    def post(self, *_args: Any, **_kwargs: Any) -> HttpResponse:
        asked = self.request.POST.get("view", "")
        views = {str(each.pk): each for each in SavedView.objects.seen_by(self.user)}
        flows.begin_with(views.get(asked), by=self.user)
        return redirect("console:list_views:list")


class SavedViewPage(ConsolePage):
    """A page about one view, named by `view_id` in the URL. Others' own views are not there."""

    permission = StaffPermission.VIEW_CUSTOMERS
    view: SavedView

    def load(self) -> None:
        view_id: uuid.UUID = self.kwargs["view_id"]
        self.view = get_object_or_404(SavedView.objects.seen_by(self.user), pk=view_id)
        if self.request.method == "POST":
            require_right(self, self.view)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        may_change = not self.view.is_shared or self.may(StaffPermission.MANAGE_SETTINGS)
        return super().get_context_data(view=self.view, may_change=may_change, **kwargs)


def require_right(page: ConsolePage, view: SavedView) -> None:
    """Own views are everybody's own matter; shared ones are changed by who manages settings."""
    if view.is_shared and not page.may(StaffPermission.MANAGE_SETTINGS):
        raise PermissionDenied


class EditView(SavedViewPage, FormView[ViewForm]):
    """Its name, and who sees it."""

    template_name = "console/list_views/edit.html"
    form_class = ViewForm

    def get_form_kwargs(self) -> dict[str, Any]:
        kwargs = super().get_form_kwargs()
        kwargs["initial"] = {"name": self.view.name, "is_shared": self.view.is_shared}
        kwargs["may_share"] = self.may(StaffPermission.MANAGE_SETTINGS)
        kwargs["cancel_url"] = reverse("console:list_views:list")
        return kwargs

    def form_valid(self, form: ViewForm) -> HttpResponse:
        name = form.cleaned_data["name"]
        try:
            flows.rename(self.view, name, is_shared=form.shares, by=self.user)
        except CannotSaveViewError as error:
            form.add_error(error.field, str(error))
            return self.form_invalid(form)
        messages.success(self.request, _("The view %(view)s was saved.") % {"view": name})
        return redirect("console:list_views:list")


class ReplaceView(SavedViewPage):
    """Let the view show what the list shows now, which is the page's address."""

    http_method_names = ["post"]

    def post(self, *_args: Any, **_kwargs: Any) -> HttpResponse:
        query = self.request.GET
        told = Look(query, self.user).listing().told
        look = flows.Look(parameters=told, columns=self.view.columns)
        version = self.request.POST.get("version", "")
        seen = int(version) if version.isascii() and version.isdigit() else 0
        try:
            flows.replace(self.view, look, version=seen, by=self.user)
        except CannotSaveViewError as error:
            messages.error(self.request, str(error))
            return redirect(list_url(query.urlencode()))
        messages.success(self.request, _("The view %(view)s was saved.") % {"view": self.view})
        return redirect(list_url(f"{SAVED}={self.view.pk}"))


class DeleteView(SavedViewPage, TemplateView):
    template_name = "console/list_views/delete.html"

    def post(self, *_args: Any, **_kwargs: Any) -> HttpResponse:
        flows.delete(self.view, by=self.user)
        messages.success(self.request, _("The view %(view)s was deleted.") % {"view": self.view})
        return redirect("console:list_views:list")
