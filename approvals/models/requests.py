"""Requests that wait for a decision. What each kind asks for stands in a record of its own."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from approvals.querysets import ApprovalRequestQuerySet
from customers.models import Customer

# Where nobody decided: `withdrawn` is the requester's own end.
UNDECIDED = ("draft", "pending", "needs_information", "withdrawn")
DECIDED = ("approved", "declined", "forwarded", "fulfilled", "failed")
ENDED = ("fulfilled", "failed", "withdrawn")
OPEN = ("pending", "needs_information")  # somebody is still to decide


class ApprovalRequest(models.Model):
    """Something that somebody asks for. Nothing it asks for is live before it is approved."""

    class Kind(models.TextChoices):
        SIGNUP = "signup", _("Sign-up")
        LINK = "link", _("Link account")
        NEW_ACCOUNT = "new_account", _("New account")
        UNLINK = "unlink", _("Unlink account")

    class Status(models.TextChoices):
        DRAFT = "draft", _("E-mail not validated")
        PENDING = "pending", _("Pending")
        NEEDS_INFORMATION = "needs_information", _("Waiting for an answer")
        APPROVED = "approved", _("Approved")
        # With Cloud Ops, or under way through the reseller's own connection.
        FORWARDED = "forwarded", _("Forwarded")
        FULFILLED = "fulfilled", _("Done")
        FAILED = "failed", _("Failed")
        DECLINED = "declined", _("Declined")
        WITHDRAWN = "withdrawn", _("Withdrawn")

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
    # When it was fulfilled, failed or was withdrawn.
    ended_at = models.DateTimeField(null=True)
    # Why it failed, in words for the reseller.
    outcome_note = models.TextField(max_length=2000, blank=True, default="", db_default="")

    objects = ApprovalRequestQuerySet.as_manager()

    class Meta:
        ordering = ["submitted_at", "id"]
        indexes = [
            models.Index(fields=["status", "submitted_at", "id"], name="approval_request_queue"),
            models.Index(fields=["submitted_at", "id"], name="approval_request_by_time"),
            models.Index(fields=["kind", "submitted_at", "id"], name="approval_request_by_kind"),
            models.Index(
                fields=["customer", "submitted_at", "id"], name="approval_request_of_customer"
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="approval_request_draft_iff_not_submitted",
                condition=Q(status="draft", submitted_at__isnull=True)
                | (~Q(status="draft") & Q(submitted_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="approval_request_decided_iff_somebody_decided",
                condition=Q(status__in=DECIDED, decided_by__isnull=False, decided_at__isnull=False)
                | Q(status__in=UNDECIDED, decided_by__isnull=True, decided_at__isnull=True),
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
                name="approval_request_about_an_account_has_a_customer",
                condition=Q(kind="signup") | Q(customer__isnull=False),
            ),
            models.CheckConstraint(
                # Staff may ask for an account and approve it: who may do both is a reseller's rule.
                name="approval_request_signup_decided_by_someone_else",
                condition=~Q(kind="signup")
                | Q(decided_by__isnull=True)
                | ~Q(decided_by=F("requester")),
            ),
            models.CheckConstraint(
                name="approval_request_ended_iff_it_came_to_an_end",
                condition=Q(status__in=ENDED, ended_at__isnull=False)
                | (~Q(status__in=ENDED) & Q(ended_at__isnull=True)),
            ),
            models.CheckConstraint(
                name="approval_request_signup_is_never_forwarded",
                condition=~Q(kind="signup")
                | Q(status__in=["draft", "pending", "approved", "declined"]),
            ),
            models.UniqueConstraint(
                name="approval_request_one_open_signup_per_person",
                fields=["requester"],
                condition=Q(kind="signup", status__in=["draft", "pending"]),
            ),
        ]

    def __str__(self) -> str:
        if self.kind == self.Kind.SIGNUP:
            return self.signup.company
        return str(self.account_request)
