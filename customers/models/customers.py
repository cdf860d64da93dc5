"""Customers: the companies that buy from the reseller."""

import uuid
from decimal import Decimal

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.core.validators import MinValueValidator, RegexValidator, URLValidator
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Concat, Lower, Now
from django.db.models.lookups import Exact
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers import tags
from customers.models.addresses import (
    BILLING,
    BILLING_PARTS,
    PARTS,
    BillingAddress,
    OfficeAddress,
)
from customers.querysets import CustomerQuerySet
from formats import addresses, domains, phones


class Customer(OfficeAddress, BillingAddress):
    """A company that buys cloud services from the reseller."""

    class Status(models.TextChoices):
        ACTIVE = "active", _("Active")
        # Its people cannot work for it in the portal; they are told why.
        SUSPENDED = "suspended", _("Suspended")
        # Out of the lists; nothing is ever destroyed.
        ARCHIVED = "archived", _("Archived")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organization_name = models.CharField(_("organization name"), max_length=200)
    code = models.CharField(
        _("code"),
        max_length=20,
        validators=[
            RegexValidator(r"^[A-Z0-9][A-Z0-9-]*\Z", _("Use capital letters, digits and hyphens."))
        ],
    )
    industry = models.CharField(_("industry vertical"), max_length=100, blank=True)
    status = models.CharField(
        max_length=20,
        choices=Status,
        default=Status.ACTIVE,
        editable=False,
        db_default=Status.ACTIVE,
    )
    status_reason = models.CharField(
        max_length=500, blank=True, editable=False, default="", db_default=""
    )
    status_changed_at = models.DateTimeField(default=timezone.now, editable=False, db_default=Now())
    # Where restoring leads back to.
    archived_from = models.CharField(
        max_length=20, blank=True, editable=False, default="", db_default=""
    )
    # Archived because it was the same company as this one.
    merged_into = models.ForeignKey(
        "self", null=True, editable=False, on_delete=models.PROTECT, related_name="merged"
    )

    domain = models.CharField(
        _("domain"),
        max_length=253,
        blank=True,
        validators=[domains.validate],
        default="",
        db_default="",
    )
    website = models.URLField(
        _("website"), blank=True, validators=[URLValidator(schemes=["http", "https"])]
    )
    account_type = models.CharField(_("account type"), max_length=60, blank=True)
    turnover = models.DecimalField(
        _("business turnover"),
        max_digits=18,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(Decimal(0))],
    )
    turnover_currency = models.CharField(_("currency of the turnover"), max_length=3, blank=True)

    contact_name = models.CharField(_("contact name"), max_length=120)
    contact_title = models.CharField(_("title"), max_length=100, blank=True)
    contact_email = models.EmailField(_("e-mail"))
    contact_phone = models.CharField(_("phone"), max_length=phones.LONGEST, blank=True)

    test_drives_enabled = models.BooleanField(_("test drives enabled"), default=False)
    notes = models.TextField(_("notes"), max_length=5000, blank=True)

    tags = ArrayField(
        models.CharField(max_length=tags.LONGEST),
        verbose_name=_("tags"),
        default=list,
        db_default=[],
        blank=True,
    )

    # Values of custom fields by key: text, exact decimal, ISO date and the key of a choice as text,
    # yes or no as true or false. What is not known has no key.
    custom_values = models.JSONField(default=dict, db_default={}, editable=False)
    # The words of those that are searched, kept by the flows and `customers.custom_search`.
    custom_search = models.TextField(default="", db_default="", editable=False)

    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    search_text = models.GeneratedField(
        expression=Lower(
            Concat(
                F("organization_name"),
                Value(" "),
                F("code"),
                Value(" "),
                F("contact_name"),
                Value(" "),
                F("contact_email"),
                Value(" "),
                F("contact_phone"),
                Value(" "),
                F("website"),
                Value(" "),
                F("domain"),
                Value(" "),
                F("phone"),
                Value(" "),
                F("custom_search"),
                output_field=models.TextField(),
            )
        ),
        output_field=models.TextField(),
        db_persist=True,
    )

    objects = CustomerQuerySet.as_manager()

    class Meta:
        ordering = ["organization_name", "id"]
        indexes = [
            models.Index(fields=["organization_name", "id"], name="customer_by_name"),
            models.Index(fields=["created_at", "id"], name="customer_by_creation"),
            # Of those that the list shows: see CustomerQuerySet.listed.
            models.Index(
                fields=["country", "organization_name", "id"],
                name="customer_listed_by_country",
                condition=~Q(status="archived"),
            ),
            models.Index(fields=["status", "organization_name", "id"], name="customer_by_status"),
            GinIndex(OpClass("search_text", name="gin_trgm_ops"), name="customer_search"),
            GinIndex(fields=["tags"], name="customer_by_tag"),
            models.Index(
                fields=["created_at"], condition=~Q(tags=[]), name="customer_with_tags_by_creation"
            ),
            # Found however it is written. Without a condition: the statistics of an index that has
            # one are not asked, and the planner guesses that few customers are of one industry.
            models.Index(
                Lower("industry"),
                "organization_name",
                "id",
                name="customer_by_industry",
            ),
            models.Index(
                Lower("account_type"),
                "organization_name",
                "id",
                name="customer_by_account_type",
            ),
            # Of the default class: beside equal values it finds whether a key is used at all.
            GinIndex(fields=["custom_values"], name="customer_by_custom_value"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["code"],
                name="customer_code_unique",
                violation_error_code="unique",  # so that the sentence stands beside the field
                violation_error_message=_("Another customer has this code."),
            ),
            models.CheckConstraint(
                name="customer_turnover_has_a_currency",
                condition=Q(turnover__isnull=True, turnover_currency="")
                | (Q(turnover__isnull=False) & ~Q(turnover_currency="")),
                violation_error_message=_("Name the currency of the turnover."),
            ),
            models.CheckConstraint(
                name="customer_code_is_plain", condition=Q(code__regex=r"^[A-Z0-9][A-Z0-9-]*$")
            ),
            models.CheckConstraint(
                # A link that staff and customers click: never javascript: or data:.
                name="customer_website_is_on_the_web",
                condition=Q(website="") | Q(website__regex=r"^https?://"),
                violation_error_message=_("The address must begin with https:// or http://."),
            ),
            models.CheckConstraint(
                name="customer_turnover_is_not_negative",
                condition=Q(turnover__isnull=True) | Q(turnover__gte=0),
                violation_error_message=_("The turnover cannot be negative."),
            ),
            models.CheckConstraint(
                name="customer_phones_are_e164",
                condition=Q(contact_phone__regex=phones.STORED)
                & Q(phone__regex=phones.STORED)
                & Q(fax__regex=phones.STORED)
                & Q(billing_phone__regex=phones.STORED)
                & Q(billing_fax__regex=phones.STORED),
            ),
            models.CheckConstraint(
                name="customer_same_billing_address_is_empty",
                condition=Q(billing_same_as_office=False) | Q(**dict.fromkeys(BILLING_PARTS, "")),
            ),
            models.CheckConstraint(
                name="customer_archived_knows_from_where",
                condition=(Q(status="archived") & ~Q(archived_from=""))
                | (~Q(status="archived") & Q(archived_from="")),
            ),
            models.CheckConstraint(
                name="customer_merged_is_archived",
                condition=Q(merged_into__isnull=True) | Q(status="archived"),
            ),
            models.CheckConstraint(
                name="customer_is_not_merged_into_itself",
                condition=Q(merged_into__isnull=True) | ~Q(merged_into=F("id")),
            ),
            models.CheckConstraint(
                name="customer_domain_is_lower_case", condition=Q(domain=Lower("domain"))
            ),
            models.CheckConstraint(
                name="customer_has_not_too_many_tags", condition=Q(tags__len__lte=tags.MOST)
            ),
            models.CheckConstraint(name="customer_has_a_name", condition=~Q(organization_name="")),
            models.CheckConstraint(
                name="customer_custom_values_are_an_object",
                condition=Exact(
                    Func("custom_values", function="jsonb_typeof", output_field=models.TextField()),
                    Value("object"),
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.organization_name

    @property
    def is_archived(self) -> bool:
        return self.status == self.Status.ARCHIVED

    @property
    def office_lines(self) -> list[str]:
        """The office address as on a letter, without the company's name."""
        return addresses.lines({part: str(getattr(self, part)) for part in PARTS})

    @property
    def billing_lines(self) -> list[str]:
        """Where bills go, as on a letter, without the company's name."""
        if self.billing_same_as_office:
            return self.office_lines
        return addresses.lines({part: str(getattr(self, BILLING + part)) for part in PARTS})
