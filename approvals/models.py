"""Requests that wait for a decision, and what each kind asks for."""

import uuid

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Concat, Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_countries.fields import CountryField

from approvals.querysets import ApprovalRequestQuerySet
from customers.models import Customer


class ApprovalRequest(models.Model):
    """Something that somebody asks for. Nothing it asks for is live before it is approved."""

    class Kind(models.TextChoices):
        SIGNUP = "signup", _("Sign-up")

    class Status(models.TextChoices):
        DRAFT = "draft", _("E-mail not validated")
        PENDING = "pending", _("Pending")
        APPROVED = "approved", _("Approved")
        DECLINED = "declined", _("Declined")

    class DeclineReason(models.TextChoices):
        DUPLICATE = "duplicate", _("Already a customer")
        INCOMPLETE = "incomplete", _("Details are incomplete")
        NOT_SERVED = "not_served", _("Region or line of business not served")
        CREDIT = "credit", _("Credit check")
        OTHER = "other", _("Other")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=20, choices=Kind)
    status = models.CharField(max_length=20, choices=Status, default=Status.DRAFT)
    version = models.PositiveIntegerField(default=1)
    requester = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="approval_requests"
    )
    customer = models.ForeignKey(
        Customer, null=True, on_delete=models.PROTECT, related_name="approval_requests"
    )
    created_at = models.DateTimeField(default=timezone.now)
    submitted_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="decided_requests",
    )
    decided_at = models.DateTimeField(null=True)
    decline_reason = models.CharField(max_length=20, choices=DeclineReason, blank=True)
    decline_message = models.TextField(max_length=2000, blank=True)
    declined_silently = models.BooleanField(default=False)

    objects = ApprovalRequestQuerySet.as_manager()

    class Meta:
        ordering = ["submitted_at", "id"]
        indexes = [
            models.Index(fields=["status", "submitted_at", "id"], name="approval_request_queue"),
            models.Index(fields=["submitted_at", "id"], name="approval_request_by_time"),
        ]
        constraints = [
            models.CheckConstraint(
                name="approval_request_draft_iff_not_submitted",
                condition=Q(status="draft", submitted_at__isnull=True)
                | (~Q(status="draft") & Q(submitted_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="approval_request_decided_iff_somebody_decided",
                condition=Q(
                    status__in=["approved", "declined"],
                    decided_by__isnull=False,
                    decided_at__isnull=False,
                )
                | Q(
                    status__in=["draft", "pending"],
                    decided_by__isnull=True,
                    decided_at__isnull=True,
                ),
            ),
            models.CheckConstraint(
                name="approval_request_decline_has_a_reason",
                condition=(Q(status="declined") & ~Q(decline_reason=""))
                | (~Q(status="declined") & Q(decline_reason="")),
            ),
            models.CheckConstraint(
                name="approval_request_approved_signup_has_a_customer",
                condition=~Q(status="approved", kind="signup") | Q(customer__isnull=False),
            ),
            models.CheckConstraint(
                name="approval_request_decided_by_someone_else",
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("requester")),
            ),
            models.UniqueConstraint(
                name="approval_request_one_open_signup_per_person",
                fields=["requester"],
                condition=Q(kind="signup", status__in=["draft", "pending"]),
            ),
        ]

    def __str__(self) -> str:
        return self.signup.company


class Signup(models.Model):
    """What a stranger typed into the sign-up form. Edits at approval go to the customer alone."""

    request = models.OneToOneField(
        ApprovalRequest, primary_key=True, on_delete=models.CASCADE, related_name="signup"
    )
    company = models.CharField(_("company name"), max_length=200)
    contact_name = models.CharField(_("contact name"), max_length=120)
    title = models.CharField(_("title"), max_length=100, blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    email = models.EmailField(_("e-mail"))
    country = CountryField(_("country"))
    street = models.CharField(_("street address"), max_length=200, blank=True)
    suite = models.CharField(_("suite"), max_length=60, blank=True)
    city = models.CharField(_("city"), max_length=100, blank=True)
    state = models.CharField(_("state or province"), max_length=100, blank=True)
    postal_code = models.CharField(_("postal code"), max_length=20, blank=True)
    licence_accepted_at = models.DateTimeField()
    # The number of the form that was sent: sending it twice is signing up once.
    submission = models.UUIDField(default=uuid.uuid4)
    search_text = models.GeneratedField(
        expression=Lower(
            Concat(
                F("company"),
                Value(" "),
                F("contact_name"),
                Value(" "),
                F("email"),
                Value(" "),
                F("phone"),
                output_field=models.TextField(),
            )
        ),
        output_field=models.TextField(),
        db_persist=True,
    )

    class Meta:
        indexes = [GinIndex(OpClass("search_text", name="gin_trgm_ops"), name="signup_search")]

    def __str__(self) -> str:
        return self.company
