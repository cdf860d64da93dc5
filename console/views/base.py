"""The door every staff page goes through."""

import uuid
from typing import Any

from django.contrib.auth.mixins import AccessMixin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.views.generic.base import ContextMixin, View

from accounts import access
from accounts.models import StaffMember, User
from accounts.roles import StaffPermission
from components import navigation
from console import guide_parts
from customers.models import Customer, Membership


class ConsolePage(AccessMixin, ContextMixin, View):
    """A page of the reseller's staff.

    Strangers are sent to log in, people who are not staff get 404, staff without the right get 403.
    """

    permission: StaffPermission
    user: User
    member: StaffMember

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if not isinstance(getattr(cls, "permission", None), StaffPermission):
            raise TypeError(f"{cls.__name__} must name the permission it needs")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return self.handle_no_permission()
        self.user = request.user
        member = access.member_signed_in(self.user)
        if member is None:
            raise Http404
        self.member = member
        navigation.grant(request, {each.value for each in StaffPermission if self.may(each)})
        if not access.may(member, self.permission):
            raise PermissionDenied
        self.load()
        return super().dispatch(request, *args, **kwargs)

    def load(self) -> None:
        """Fetch the records that the URL names. Raise Http404 for what this person may not see."""

    def may(self, permission: StaffPermission) -> bool:
        """Whether to show what needs another permission than the page itself."""
        return access.may(self.member, permission)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        may = {permission.value: self.may(permission) for permission in StaffPermission}
        help_url = guide_parts.address(self.request)
        return super().get_context_data(member=self.member, may=may, help_url=help_url, **kwargs)


class CustomerPage(ConsolePage):
    """A staff page about one customer, named by `customer_id` in the URL."""

    permission = StaffPermission.VIEW_CUSTOMERS
    customer: Customer

    def load(self) -> None:
        customer_id: uuid.UUID = self.kwargs["customer_id"]
        self.customer = get_object_or_404(Customer, pk=customer_id)

    def may_change(self, permission: StaffPermission = StaffPermission.EDIT_CUSTOMERS) -> bool:
        """Whether to offer what changes the customer: nothing of an archived one can be changed."""
        return self.may(permission) and not self.customer.is_archived

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            customer=self.customer,
            may_edit=self.may_change(),
            may_add_people=self.may_change(StaffPermission.MANAGE_PEOPLE),
            **kwargs,
        )


class PersonPage(CustomerPage):
    """A staff page about one person of a customer, named by `person_id` in the URL."""

    membership: Membership

    def load(self) -> None:
        super().load()
        people = Membership.objects.of_customer(self.customer).with_invitations()
        self.membership = get_object_or_404(people, user_id=self.kwargs["person_id"])
        self.membership.customer = self.customer

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = {"membership": self.membership, "person": self.membership.user}
        return super().get_context_data(**context, **kwargs)
