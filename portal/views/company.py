"""What the people of a customer see: their company, and each other."""

from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.generic import TemplateView

from accounts import access
from components.lists import Column, Listing
from customers.models import Customer, Membership
from customers.roles import CustomerPermission
from portal.views.base import CompanyPage, PersonPage


class Home(PersonPage, TemplateView):
    """The person's companies. Who has one is taken there."""

    template_name = "portal/home.html"

    def get(self, *_args: Any, **_kwargs: Any) -> HttpResponse:
        companies = list(Customer.objects.of_person(self.user)[:100])
        if len(companies) == 1:
            return redirect("portal:company:overview", companies[0].pk)
        is_staff = access.staff_member_of(self.user) is not None
        context = self.get_context_data(companies=companies, is_staff=is_staff)
        return self.render_to_response(context)


class Overview(CompanyPage, TemplateView):
    template_name = "portal/company/overview.html"
    permission = CustomerPermission.VIEW_COMPANY


class PeopleListing(Listing[Membership]):
    columns = (
        Column(_("Name"), template="portal/company/_person.html", sort="user__full_name"),
        Column(_("Role"), "get_role_display"),
        Column(_("Status"), template="portal/company/_status.html"),
    )
    default_sort = "user__full_name"
    search_label = _("Search by name or e-mail")
    caption = _("People")
    empty_title = _("Nobody here yet")

    def search(self, rows: "QuerySet[Membership]", text: str) -> "QuerySet[Membership]":
        found = rows
        for word in text.split():
            found = found.filter(
                Q(user__full_name__icontains=word) | Q(user__email__icontains=word)
            )
        return found

    def count_sentence(self, number: int, shown: str) -> str:
        return ngettext("%(count)s person", "%(count)s people", number) % {"count": shown}


class People(CompanyPage, TemplateView):
    template_name = "portal/company/people.html"
    permission = CustomerPermission.VIEW_PEOPLE

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        people = Membership.objects.of_customer(self.customer)
        return super().get_context_data(listing=PeopleListing(self.request.GET, people), **kwargs)
