"""User accounts made from several contacts in one go."""

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone

from customers.models.customers import Customer


class AccountRun(models.Model):
    """What became of each ticked contact. Its key is the form's: sent twice, it is one run."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="account_runs")
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    started_at = models.DateTimeField(default=timezone.now, editable=False)
    # One entry for each contact, in the order of the work: customers.account_rows.AccountRow.
    rows = models.JSONField(default=list)

    class Meta:
        indexes = [models.Index(fields=["customer", "started_at"], name="account_run_by_customer")]

    def __str__(self) -> str:
        return f"{self.customer} {self.started_at:%Y-%m-%d %H:%M}"
