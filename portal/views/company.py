"""What the people of a customer see of their company."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.generic import TemplateView

from accounts import access
from customers.models import Customer
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
