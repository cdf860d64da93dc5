"""Who belongs to which customer."""

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.models.customers import Customer
from customers.querysets import MembershipQuerySet
from customers.roles import CustomerRole


class Membership(models.Model):
    """Ties a person to a customer with a role. One person may belong to several customers."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="memberships")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships"
    )
    role = models.CharField(max_length=20, choices=CustomerRole)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

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
