"""What is under way at a provider: invitations and the making of accounts.

A row is written before the provider is asked. It names the sending (`id`), so that whoever asks
again after a crash finds what the first one did instead of doing it twice, and it is leased, so
that two never ask at once.
"""

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cloudaccounts.models.accounts import CloudAccount
from cloudaccounts.models.checks import LONGEST_CODE, LONGEST_REQUEST_ID
from cloudaccounts.providers.results import InvitationKind
from cloudaccounts.querysets import ErrandQuerySet


class Errand(models.Model):
    """One thing that a provider was asked to do with one account."""

    class Via(models.TextChoices):
        PLATFORM = "platform", _("Cloud Ops")
        RESELLER = "reseller", _("Own connection")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    account = models.ForeignKey(CloudAccount, on_delete=models.PROTECT, related_name="%(class)ss")
    via = models.CharField(max_length=20, choices=Via)
    # The management account through which it was done: what was begun there ends there.
    management_account_id = models.CharField(max_length=80)
    provider_reference = models.CharField(max_length=80, blank=True)  # AWS: h-…, car-…
    ordered_at = models.DateTimeField(default=timezone.now)
    answered_at = models.DateTimeField(null=True)  # when the provider first said yes
    ended_at = models.DateTimeField(null=True)
    # When somebody is to ask next; None once it ended.
    due_at = models.DateTimeField(null=True, default=timezone.now)
    attempts = models.PositiveIntegerField(default=0)  # since the last answer that was new
    lease_ends_at = models.DateTimeField(null=True)
    trouble_code = models.CharField(max_length=LONGEST_CODE, blank=True)
    trouble_request_id = models.CharField(max_length=LONGEST_REQUEST_ID, blank=True)

    objects = ErrandQuerySet.as_manager()

    class Meta:
        abstract = True
        ordering = ["-ordered_at", "-id"]

    @property
    def is_open(self) -> bool:
        return self.ended_at is None


class Invitation(Errand):
    """An invitation to join an organization, one sending. A deliberate resend is another row."""

    class State(models.TextChoices):
        SENDING = "sending", _("Being sent")
        PENDING = "pending", _("Waiting for the customer")
        ACCEPTED = "accepted", _("Accepted")
        DECLINED = "declined", _("Declined")
        CANCELLED = "cancelled", _("Cancelled")
        EXPIRED = "expired", _("Expired")
        FAILED = "failed", _("Could not be sent")
        # The provider keeps ended invitations for a while only.
        UNKNOWN = "unknown", _("Ended; how is not known")

    kind = models.CharField(
        max_length=30,
        choices=[(each.value, each.value) for each in InvitationKind],
        default=InvitationKind.JOIN_ORGANIZATION.value,
    )
    state = models.CharField(max_length=20, choices=State, default=State.SENDING)
    expires_at = models.DateTimeField(null=True)  # as the provider said
    is_to_be_cancelled = models.BooleanField(default=False)
    # Cancelled in order to send another one: the account goes on being linked.
    is_to_be_resent = models.BooleanField(default=False)
    reminded_days = models.PositiveSmallIntegerField(null=True)  # before the end, the last time

    class Meta(Errand.Meta):
        indexes = [
            models.Index(
                fields=["due_at"], name="invitation_due", condition=Q(ended_at__isnull=True)
            ),
            models.Index(
                fields=["expires_at"],
                name="invitation_to_expire",
                condition=Q(state="pending"),
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["account"],
                condition=Q(ended_at__isnull=True),
                name="invitation_one_open_per_account",
            ),
            models.CheckConstraint(
                name="invitation_open_iff_sending_or_pending",
                condition=Q(state__in=["sending", "pending"], ended_at__isnull=True)
                | (
                    ~Q(state__in=["sending", "pending"])
                    & Q(ended_at__isnull=False, due_at__isnull=True)
                ),
            ),
            models.CheckConstraint(
                name="invitation_resent_is_cancelled_first",
                condition=Q(is_to_be_resent=False) | Q(is_to_be_cancelled=True),
            ),
            models.CheckConstraint(
                name="invitation_pending_has_a_reference",
                condition=~Q(state="pending") | ~Q(provider_reference=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account} {self.state}"


class Creation(Errand):
    """The making of a new account, one order."""

    class State(models.TextChoices):
        ASKING = "asking", _("Being ordered")
        IN_PROGRESS = "in_progress", _("Being made")
        SUCCEEDED = "succeeded", _("Made")
        FAILED = "failed", _("Failed")

    state = models.CharField(max_length=20, choices=State, default=State.ASKING)
    # As ordered: the account may be edited meanwhile.
    name = models.CharField(max_length=100)
    root_email = models.EmailField()
    # How often the provider took the order: what failed for a reason that passes is ordered again.
    orders = models.PositiveSmallIntegerField(default=0)

    class Meta(Errand.Meta):
        indexes = [
            models.Index(
                fields=["due_at"], name="creation_due", condition=Q(ended_at__isnull=True)
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["account"],
                condition=Q(ended_at__isnull=True),
                name="creation_one_open_per_account",
            ),
            models.CheckConstraint(
                name="creation_open_iff_not_ended",
                condition=Q(state__in=["asking", "in_progress"], ended_at__isnull=True)
                | (
                    Q(
                        state__in=["succeeded", "failed"],
                        ended_at__isnull=False,
                        due_at__isnull=True,
                    )
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.state}"
