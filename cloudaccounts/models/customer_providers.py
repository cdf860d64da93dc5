"""Which clouds a customer buys."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cloudaccounts.models.checks import LONGEST_CODE, LONGEST_REQUEST_ID, CheckState
from cloudaccounts.querysets import CustomerProviderQuerySet
from customers.models import Customer
from resellers.clouds import Cloud


class CustomerProvider(models.Model):
    """One provider of one customer. No row says the same as a row with everything off."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="providers")
    provider = models.CharField(_("provider"), max_length=20, choices=Cloud)
    is_enabled = models.BooleanField(_("enabled"), default=False)
    shown_in_portal = models.BooleanField(_("shown in the customer portal"), default=False)

    # Detailed bills are written to the customer's own bucket.
    exports_bill = models.BooleanField(_("export the detailed bill to S3"), default=False)
    # The account that owns the bucket: AWS is told, so that a mistyped name leads nowhere.
    bill_owner_id = models.CharField(_("account that owns the bucket"), max_length=80, blank=True)
    bill_bucket = models.CharField(_("bucket"), max_length=63, blank=True)
    bill_prefix = models.CharField(_("prefix"), max_length=200, blank=True)
    bill_region = models.CharField(_("region"), max_length=40, blank=True)
    bill_check = models.CharField(
        max_length=20, choices=CheckState, default=CheckState.NOT_CHECKED, editable=False
    )
    bill_check_began_at = models.DateTimeField(null=True, editable=False)
    bill_checked_at = models.DateTimeField(null=True, editable=False)
    bill_trouble_code = models.CharField(max_length=LONGEST_CODE, blank=True, editable=False)
    bill_request_id = models.CharField(max_length=LONGEST_REQUEST_ID, blank=True, editable=False)

    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = CustomerProviderQuerySet.as_manager()

    class Meta:
        ordering = ["provider"]
        indexes = [
            models.Index(
                fields=["bill_check_began_at"],
                name="customer_provider_checking",
                condition=Q(bill_check="checking"),
            )
        ]
        constraints = [
            models.UniqueConstraint(fields=["customer", "provider"], name="customer_provider_once"),
            models.CheckConstraint(
                name="customer_provider_exported_bill_has_a_place",
                condition=Q(exports_bill=False)
                | (
                    Q(provider="aws")
                    & ~Q(bill_owner_id="")
                    & ~Q(bill_bucket="")
                    & ~Q(bill_region="")
                ),
                violation_error_message=_("Name the bucket, its region and whose it is."),
            ),
            models.CheckConstraint(
                name="customer_provider_checking_knows_since_when",
                condition=~Q(bill_check="checking") | Q(bill_check_began_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return str(self.get_provider_display())
