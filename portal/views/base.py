"""The doors that every page of an end customer's people goes through."""

from http import HTTPStatus
from typing import Any

from django.contrib.auth.mixins import AccessMixin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.generic.base import ContextMixin, View

from accounts.models import User
from components import navigation
from customers import access
from customers.models import Customer, Membership
from customers.roles import PERMISSIONS, CustomerPermission


class PersonPage(AccessMixin, ContextMixin, View):
    """A page of anybody who is logged in, before it is said which company it is about."""

    user: User

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return self.handle_no_permission()
        self.user = request.user
        return super().dispatch(request, *args, **kwargs)


class CompanyPage(AccessMixin, ContextMixin, View):
    """A page about the person's own company, named by `customer_id` in the URL.

    Strangers to the company get 404, its people without the right get 403.
    """

    permission: CustomerPermission
    user: User
    customer: Customer
    membership: Membership

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if not isinstance(getattr(cls, "permission", None), CustomerPermission):
            raise TypeError(f"{cls.__name__} must name the permission it needs")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return self.handle_no_permission()
        self.user = request.user
        try:
            self.membership = access.membership_of(self.user, kwargs["customer_id"])
        except Membership.DoesNotExist as error:
            raise Http404 from error
        self.customer = self.membership.customer
        if self.customer.status != Customer.Status.ACTIVE:
            return self.out_of_business()
        if not access.may(self.membership, self.permission):
            raise PermissionDenied
        navigation.grant(request, PERMISSIONS[self.membership.role])
        self.load()
        return super().dispatch(request, *args, **kwargs)

    def out_of_business(self) -> HttpResponse:
        """What people read who were logged in when their company was suspended or archived."""
        sentence = access.sentence_of(self.customer.status_reason)
        context = {"company": self.customer, "sentence": sentence}
        return render(
            self.request, "portal/company/suspended.html", context, status=HTTPStatus.FORBIDDEN
        )

    def load(self) -> None:
        """Fetch the records that the URL names. Raise Http404 for another company's."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        may = {each.value: access.may(self.membership, each) for each in CustomerPermission}
        return super().get_context_data(
            customer=self.customer, membership=self.membership, may=may, **kwargs
        )
