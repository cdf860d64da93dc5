"""Who belongs to which customer."""

import datetime as dt
import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.links import LIFETIME
from accounts.models import OneTimeLink, User
from customers.models.customers import Customer
from customers.querysets import MembershipQuerySet
from customers.roles import CustomerRole

WAITING = {User.Status.PENDING_EMAIL_VALIDATION, User.Status.PENDING_APPROVAL}


class Membership(models.Model):
    """Ties a person to a customer with a role. One person may belong to several customers.

    Whom a customer's own administrator added is shown to their company as they were introduced
    (name as typed, waiting) until they have come in: it must not learn whether the reseller knew
    the e-mail already. What is shown that way is named `shown_…`.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="memberships")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships"
    )
    role = models.CharField(max_length=20, choices=CustomerRole)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    # The name under which the company's own administrator added the person; else empty.
    introduced_as = models.CharField(max_length=120, blank=True, editable=False)
    invited_at = models.DateTimeField(null=True, editable=False)  # to this customer, the last time

    objects = MembershipQuerySet.as_manager()

    class Meta:
        ordering = ["created_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "user"],
                name="membership_once_per_customer",
                violation_error_message=_("This person belongs to the customer already."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.user} at {self.customer}"

    @property
    def has_come_in(self) -> bool:
        """Whether the company may see the person as they are. `MembershipQuerySet.came_in`."""
        if not self.introduced_as:
            return True
        last_login = self.user.last_login
        return last_login is not None and last_login >= self.created_at

    @property
    def shown_name(self) -> str:
        return str(self.user) if self.has_come_in else self.introduced_as

    @property
    def shown_status(self) -> str:
        return self.user.status if self.has_come_in else User.Status.PENDING_EMAIL_VALIDATION

    @property
    def shown_invitation_ends(self) -> dt.datetime | None:
        """When the invitation of somebody who has not come in yet ends, or ended."""
        if self.invited_at is None or self.shown_status not in WAITING:
            return None
        return self.invited_at + LIFETIME[OneTimeLink.Purpose.INVITATION]

    @property
    def is_shown_invitation_over(self) -> bool:
        ends = self.shown_invitation_ends
        return ends is not None and ends <= timezone.now()

    def get_shown_status_display(self) -> str:
        return str(User.Status(self.shown_status).label)
