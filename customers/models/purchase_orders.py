"""Purchase orders: what a customer committed to spend, and until when."""

import datetime as dt
import uuid

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import ExpressionWrapper, F, Q, Value
from django.db.models.functions import Coalesce, Concat, Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers import order_terms
from customers.models.customers import Customer
from customers.order_status import STATUS_KINDS, OrderStatus, Sign, signs
from customers.purchase_order_querysets import PurchaseOrderQuerySet
from formats.currencies import MOST_DIGITS
from formats.money import Money
from resellers.clouds import Cloud
from resellers.current import today

NEVER = dt.date.max  # sorts what has no expiry date behind everything else


def _of_this_age(field: str) -> models.CheckConstraint:
    """An unknown day binds nothing: what is compared with NULL is not refused. So below, too."""
    days = (order_terms.FIRST_DAY, order_terms.LAST_DAY)
    return models.CheckConstraint(
        name=f"purchase_order_{field}_is_of_this_age", condition=Q(**{f"{field}__range": days})
    )


def _not_before(later: str, earlier: str, *, name: str) -> models.CheckConstraint:
    return models.CheckConstraint(name=name, condition=Q(**{f"{later}__gte": F(earlier)}))


class PurchaseOrder(models.Model):
    """A customer's commitment to spend an amount, with the days between which it is in force.

    What its dates and amounts must keep to, and why, is told in `customers.order_terms`.
    """

    Status = OrderStatus

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="purchase_orders")
    name = models.CharField(_("name"), max_length=100)
    annual_value = models.DecimalField(
        _("annual value"),
        max_digits=order_terms.WHOLE_DIGITS + MOST_DIGITS,
        decimal_places=MOST_DIGITS,
    )
    currency = models.CharField(_("currency"), max_length=3)
    status = models.CharField(
        _("status"), max_length=20, choices=OrderStatus, default=OrderStatus.IN_DISCUSSION
    )
    # Empty: any provider.
    provider = models.CharField(_("provider"), max_length=20, choices=Cloud, blank=True)
    starts_on = models.DateField(_("start"), null=True, blank=True)
    expires_on = models.DateField(_("expiry"), null=True, blank=True)  # the last day in force
    renewal_on = models.DateField(_("renewal"), null=True, blank=True)
    consumption_starts_on = models.DateField(_("consumption start"), null=True, blank=True)
    # What was spent before consumption was tracked here.
    consumption_base = models.DecimalField(
        _("consumption base value"),
        max_digits=order_terms.WHOLE_DIGITS + MOST_DIGITS,
        decimal_places=MOST_DIGITS,
        default=order_terms.NOTHING,
    )
    contract_period_days = models.IntegerField(_("contract period in days"), null=True, blank=True)
    comment = models.TextField(_("comment"), max_length=5000, blank=True)

    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    archived_at = models.DateTimeField(null=True, editable=False)
    last_day = models.GeneratedField(
        expression=Coalesce(F("expires_on"), Value(NEVER)),
        output_field=models.DateField(),
        db_persist=True,
    )
    search_text = models.GeneratedField(
        expression=Lower(
            Concat(F("name"), Value(" "), F("comment"), output_field=models.TextField())
        ),
        output_field=models.TextField(),
        db_persist=True,
    )

    objects = PurchaseOrderQuerySet.as_manager()

    class Meta:
        ordering = ["last_day", "id"]
        indexes = [
            models.Index(fields=["customer", "last_day", "id"], name="order_of_customer_by_end"),
            models.Index(fields=["customer", "name", "id"], name="order_of_customer_by_name"),
            models.Index(fields=["last_day", "id"], name="order_by_end"),
            models.Index(fields=["name", "id"], name="order_by_name"),
            models.Index(fields=["status", "last_day", "id"], name="order_by_status"),
            models.Index(fields=["provider", "last_day", "id"], name="order_by_provider"),
            models.Index(fields=["currency", "last_day", "id"], name="order_by_currency"),
            models.Index(
                fields=["renewal_on"],
                condition=Q(status="active", archived_at__isnull=True),
                name="order_by_renewal",
            ),
            models.Index(
                fields=["last_day", "id"],
                condition=Q(status="active", archived_at__isnull=True),
                name="order_in_force_by_end",
            ),
            models.Index(
                fields=["last_day", "id"],
                condition=Q(archived_at__isnull=False),
                name="order_archived_by_end",
            ),
            GinIndex(OpClass("search_text", name="gin_trgm_ops"), name="order_search"),
        ]
        constraints = [
            models.CheckConstraint(name="purchase_order_has_a_name", condition=~Q(name="")),
            models.CheckConstraint(
                name="purchase_order_currency_is_a_code", condition=Q(currency__regex=r"^[A-Z]{3}$")
            ),
            models.CheckConstraint(
                name="purchase_order_expired_has_a_last_day",
                condition=~Q(status="expired") | Q(expires_on__isnull=False),
            ),
            models.CheckConstraint(
                name="purchase_order_value_is_not_negative", condition=Q(annual_value__gte=0)
            ),
            models.CheckConstraint(
                name="purchase_order_base_is_not_negative", condition=Q(consumption_base__gte=0)
            ),
            *[_of_this_age(field) for field in order_terms.DATES],
            _not_before(
                "expires_on", "starts_on", name="purchase_order_expires_on_or_after_its_start"
            ),
            _not_before(
                "consumption_starts_on",
                "starts_on",
                name="purchase_order_consumption_starts_on_or_after_its_start",
            ),
            _not_before(
                "expires_on",
                "consumption_starts_on",
                name="purchase_order_consumption_starts_before_it_expired",
            ),
            _not_before(
                "renewal_on", "starts_on", name="purchase_order_renewal_is_on_or_after_its_start"
            ),
            _not_before(
                "expires_on", "renewal_on", name="purchase_order_renewal_is_before_it_expired"
            ),
            models.CheckConstraint(
                name="purchase_order_period_is_possible",
                condition=Q(contract_period_days__range=(1, order_terms.LONGEST_PERIOD)),
            ),
            models.CheckConstraint(
                name="purchase_order_period_is_not_longer_than_it_is_in_force",
                # A day and a number of days make a day; both the first and the last are counted.
                condition=Q(
                    expires_on__gte=ExpressionWrapper(
                        F("starts_on") + F("contract_period_days") - 1,
                        output_field=models.DateField(),
                    )
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def value(self) -> Money:
        return Money(self.annual_value, self.currency)

    @property
    def base(self) -> Money:
        """What was spent before consumption was tracked here."""
        return Money(self.consumption_base, self.currency)

    @property
    def is_archived(self) -> bool:
        return self.archived_at is not None

    @property
    def status_kind(self) -> str:
        """The kind of state, as badges know it."""
        return STATUS_KINDS[OrderStatus(self.status)]

    @property
    def signs_today(self) -> list[Sign]:
        """What is near or has passed, today where the reseller is."""
        return [] if self.is_archived else signs(self, today=today())

    @property
    def provider_name(self) -> str:
        return str(self.get_provider_display() if self.provider else _("Any provider"))
