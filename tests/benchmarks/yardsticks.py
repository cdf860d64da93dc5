"""Pages that the customer list is measured against. They run in the same app as it does."""

from typing import Any

from django.contrib import admin
from django.core.paginator import Paginator
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.views.generic import TemplateView
from django.views.generic.base import View
from django_tables2 import A, Column, SingleTableView, Table

from accounts.roles import StaffPermission
from components.lists import PER_PAGE
from console.lists.customers import CustomerListing
from console.views.base import ConsolePage
from customers.models import Customer

ROWS = 50
assert ROWS in PER_PAGE
assert CustomerListing.per_page == ROWS


def hello(_request: HttpRequest) -> HttpResponse:
    """The least that a page of a reseller can be: all middleware, and a few bytes."""
    return HttpResponse("hello")


class SignedIn(ConsolePage, View):
    """A page behind the door of the staff: session, person, role and permission; a few bytes."""

    permission = StaffPermission.VIEW_CUSTOMERS

    def get(self, request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponse:
        return HttpResponse(f"hello {request.user}")


class Layout(ConsolePage, TemplateView):
    """A page of the staff with everything around it, and nothing in it."""

    permission = StaffPermission.VIEW_CUSTOMERS
    template_name = "benchmarks/layout.html"


class CustomerTable(Table):
    """The columns of the customer list."""

    organization_name = Column(linkify=("console:customers:detail", [A("id")]))
    contact_name = Column()
    people = Column()

    class Meta:
        model = Customer
        fields = ("organization_name", "code", "contact_name", "country", "people", "created_at")


class CustomerTables2(ConsolePage, SingleTableView):
    """The same rows as one writes them with django-tables2: count(*), and pages by OFFSET."""

    permission = StaffPermission.VIEW_CUSTOMERS
    template_name = "benchmarks/tables2.html"
    table_class = CustomerTable
    paginate_by = ROWS
    paginator_class = Paginator

    def get_queryset(self) -> QuerySet[Customer]:
        customers = Customer.objects.annotate(people=Count("memberships"))
        return customers.order_by("organization_name", "id")


class CustomerAdmin(admin.ModelAdmin):
    """The same rows as Django's admin shows them."""

    list_display = (
        "organization_name",
        "code",
        "contact_name",
        "country",
        "people_count",
        "created_at",
    )
    search_fields = ("organization_name", "code", "contact_name", "contact_email")
    list_per_page = ROWS

    def get_queryset(self, _request: HttpRequest) -> QuerySet[Customer]:
        return Customer.objects.with_people_count()

    @admin.display(description="People")
    def people_count(self, customer: Customer) -> int:
        return int(getattr(customer, "people_count", 0))


admin_site = admin.AdminSite(name="yardstick")
admin_site.register(Customer, CustomerAdmin)
