"""Cloud accounts, and whose they were when."""

import uuid

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeBoundary, RangeOperators
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Concat, Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cloudaccounts.models.checks import LONGEST_CODE, LONGEST_REQUEST_ID, CheckState
from cloudaccounts.providers import registry
from cloudaccounts.providers.results import AccessOutcome
from cloudaccounts.querysets import CloudAccountQuerySet
from cloudaccounts.standing import ENDED, HELD, KINDS, Origin, Status
from customers.models import Customer, Group
from resellers.clouds import Cloud

LONGEST_ARN = 2048
_NOT_ENDED = ~Q(status__in=ENDED)


class CloudAccount(models.Model):
    """An account at a provider that a customer has, wants, or had through us.

    `customer` is whose it is now; `Holding` keeps whose it was.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="cloud_accounts")
    provider = models.CharField(_("provider"), max_length=20, choices=Cloud)
    origin = models.CharField(_("origin"), max_length=20, choices=Origin)
    # The name of a kind of id that the provider has: `cloudaccounts.providers.contract.IdKind`.
    id_kind = models.CharField(_("kind of ID"), max_length=20)
    # As `IdKind.clean` returns it. Empty until a new account was made.
    account_id = models.CharField(_("account ID"), max_length=80, blank=True)
    name = models.CharField(_("name"), max_length=100)
    root_email = models.EmailField(_("root e-mail"), blank=True)
    group = models.ForeignKey(
        Group,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="cloud_accounts",
        verbose_name=_("owner group"),
    )

    status = models.CharField(
        _("status"), max_length=20, choices=Status, default=Status.DRAFT, editable=False
    )
    status_changed_at = models.DateTimeField(default=timezone.now, editable=False)
    # Why it is suspended or unlinked, or what became of the last request.
    status_reason = models.CharField(max_length=500, blank=True, editable=False)

    # The role through which we look into the account. Our name for it is made once, never edited.
    role_arn = models.CharField(_("role ARN"), max_length=LONGEST_ARN, blank=True)
    external_id = models.CharField(max_length=80, blank=True, editable=False)
    access_state = models.CharField(
        max_length=20, choices=CheckState, default=CheckState.NOT_CHECKED, editable=False
    )
    access_outcome = models.CharField(
        max_length=20,
        choices=[(each.value, each.value) for each in AccessOutcome],
        blank=True,
        editable=False,
    )
    access_trouble_code = models.CharField(max_length=LONGEST_CODE, blank=True, editable=False)
    access_request_id = models.CharField(max_length=LONGEST_REQUEST_ID, blank=True, editable=False)
    access_check_began_at = models.DateTimeField(null=True, editable=False)
    access_checked_at = models.DateTimeField(null=True, editable=False)
    # A role that worked and does not any more: since when.
    access_broken_since = models.DateTimeField(null=True, editable=False)

    # As `customers.models.Customer` keeps them.
    custom_values = models.JSONField(default=dict, db_default={}, editable=False)
    custom_search = models.TextField(default="", db_default="", editable=False)

    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    search_text = models.GeneratedField(
        expression=Lower(
            Concat(
                F("name"),
                Value(" "),
                F("account_id"),
                Value(" "),
                F("root_email"),
                Value(" "),
                F("custom_search"),
                output_field=models.TextField(),
            )
        ),
        output_field=models.TextField(),
        db_persist=True,
    )

    objects = CloudAccountQuerySet.as_manager()

    class Meta:
        ordering = ["name", "id"]
        indexes = [
            models.Index(fields=["name", "id"], name="cloud_account_by_name"),
            models.Index(fields=["created_at", "id"], name="cloud_account_by_creation"),
            models.Index(fields=["customer", "name", "id"], name="cloud_account_of_customer"),
            models.Index(fields=["provider", "name", "id"], name="cloud_account_by_provider"),
            models.Index(fields=["status", "name", "id"], name="cloud_account_by_status"),
            models.Index(fields=["origin", "name", "id"], name="cloud_account_by_origin"),
            models.Index(fields=["access_state", "name", "id"], name="cloud_account_by_access"),
            # Whom the weekly check asks next.
            models.Index(
                F("access_checked_at").asc(nulls_first=True),
                "id",
                name="cloud_account_to_check",
                condition=Q(status="linked") & ~Q(role_arn=""),
            ),
            models.Index(
                fields=["access_broken_since", "id"],
                name="cloud_account_broken",
                condition=Q(access_broken_since__isnull=False),
            ),
            models.Index(
                fields=["access_check_began_at"],
                name="cloud_account_checking",
                condition=Q(access_state="checking"),
            ),
            GinIndex(OpClass("search_text", name="gin_trgm_ops"), name="cloud_account_search"),
            GinIndex(fields=["custom_values"], name="cloud_account_by_custom_value"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["provider", "account_id"],
                condition=_NOT_ENDED & ~Q(account_id=""),
                name="cloud_account_belongs_to_one_customer",
                violation_error_code="unique",
                violation_error_message=_("This account is known already."),
            ),
            models.UniqueConstraint(
                fields=["external_id"],
                condition=~Q(external_id=""),
                name="cloud_account_external_id_unique",
            ),
            models.CheckConstraint(
                name="cloud_account_held_has_an_id",
                condition=~Q(status__in=["linked", "suspended", "unlinked"]) | ~Q(account_id=""),
            ),
            models.CheckConstraint(
                # As AWS writes it; other providers' ids are checked by their `IdKind`.
                name="cloud_account_aws_id_is_twelve_digits",
                condition=~Q(provider="aws")
                | Q(account_id="")
                | Q(account_id__regex=r"^[0-9]{12}$"),
            ),
            models.CheckConstraint(
                name="cloud_account_role_is_of_the_account",
                condition=Q(role_arn="")
                | Q(
                    role_arn__startswith=Concat(
                        Value("arn:aws:iam::"), F("account_id"), Value(":role/")
                    )
                ),
            ),
            models.CheckConstraint(
                name="cloud_account_checking_knows_since_when",
                condition=~Q(access_state="checking") | Q(access_check_began_at__isnull=False),
            ),
            models.CheckConstraint(
                name="cloud_account_broken_is_failed",
                condition=Q(access_broken_since__isnull=True)
                | ~Q(access_state__in=["ok", "not_checked"]),
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.account_id

    @property
    def is_held(self) -> bool:
        """Whether it is billed through us at this moment."""
        return self.status in HELD

    @property
    def has_ended(self) -> bool:
        """Whether it is kept for the record only."""
        return self.status in ENDED

    @property
    def status_kind(self) -> str:
        """As components.statuses draws it."""
        return KINDS[Status(self.status)]

    @property
    def id_label(self) -> str:
        """What the provider calls its ID."""
        kinds = {each.name: each for each in registry.provider(self.provider).id_kinds}
        return str(kinds[self.id_kind].label) if self.id_kind in kinds else str(_("ID"))


class Holding(models.Model):
    """From when to when an account was a customer's. An account has one holder at a time."""

    account = models.ForeignKey(CloudAccount, on_delete=models.PROTECT, related_name="holdings")
    customer = models.ForeignKey(
        Customer, on_delete=models.PROTECT, related_name="account_holdings"
    )
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)

    class Meta:
        ordering = ["since", "pk"]
        constraints = [
            ExclusionConstraint(
                name="holding_one_at_a_time",
                expressions=[
                    ("account", RangeOperators.EQUAL),
                    (
                        Func(
                            F("since"),
                            F("until"),
                            RangeBoundary(),
                            function="tstzrange",
                            output_field=DateTimeRangeField(),
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                ],
            ),
            models.CheckConstraint(
                name="holding_ends_after_it_began",
                condition=Q(until__isnull=True) | Q(until__gt=F("since")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account_id} {self.since:%Y-%m-%d}"
