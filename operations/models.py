"""The platform's operators, its connections, and what Cloud Ops is to do for resellers."""

import uuid
from typing import ClassVar

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Concat, Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User, UserManager
from cloudaccounts.models import ConnectionRecord
from resellers.clouds import Cloud
from resellers.models import Reseller


class OperatorManager(UserManager):
    def get_queryset(self) -> models.QuerySet[User]:
        return super().get_queryset().filter(is_staff=True)


class Operator(User):
    """A person of the public schema who runs the platform, and may do everything there."""

    objects: ClassVar[OperatorManager] = OperatorManager()

    class Meta:
        proxy = True
        verbose_name = _("operator")
        verbose_name_plural = _("operators")


class PlatformConnection(ConnectionRecord):
    """The platform's own management account. Without a role, the machine's credentials are it."""

    class Meta:
        verbose_name = _("connection")
        verbose_name_plural = _("connections")
        constraints = [
            models.UniqueConstraint(
                fields=["provider"], name="platform_connection_once_per_provider"
            ),
            models.CheckConstraint(
                name="platform_connection_checking_knows_since_when",
                condition=~Q(state="checking") | Q(check_began_at__isnull=False),
            ),
        ]


class FulfilmentTicket(models.Model):
    """Something that a reseller approved and Cloud Ops is to do.

    It lies in the public schema and tells all that is needed for it, as it was when it was
    forwarded: nobody opens the reseller's schema to read. What has become of the account since is
    written here by the same transactions that write it there.
    """

    class Kind(models.TextChoices):
        LINK = "link", _("Link account")
        NEW_ACCOUNT = "new_account", _("New account")
        UNLINK = "unlink", _("Unlink account")

    class State(models.TextChoices):
        OPEN = "open", _("To do")
        # The provider or the customer has the ball.
        UNDER_WAY = "under_way", _("Under way")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")
        CANCELLED = "cancelled", _("Cancelled")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    reseller = models.ForeignKey(Reseller, on_delete=models.PROTECT, related_name="tickets")
    kind = models.CharField(_("type"), max_length=20, choices=Kind)
    state = models.CharField(_("state"), max_length=20, choices=State, default=State.OPEN)
    version = models.PositiveIntegerField(default=1, editable=False)
    assignee = models.ForeignKey(
        User,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="tickets",
        verbose_name=_("assignee"),
    )

    # The reseller's own records, by their keys.
    request_id = models.UUIDField(editable=False)
    cloud_account_id = models.UUIDField(editable=False)

    provider = models.CharField(_("provider"), max_length=20, choices=Cloud)
    customer_name = models.CharField(_("customer"), max_length=200)
    account_name = models.CharField(_("account name"), max_length=100)
    account_id = models.CharField(_("account ID"), max_length=80, blank=True)
    root_email = models.EmailField(_("root e-mail"), blank=True)
    role_arn = models.CharField(_("role ARN"), max_length=2048, blank=True)
    role_check = models.CharField(_("role check"), max_length=200, blank=True)
    support = models.CharField(_("support level"), max_length=60, blank=True)
    reason = models.TextField(_("reason"), max_length=2000, blank=True)
    requested_by = models.CharField(_("requested by"), max_length=254, blank=True)
    approved_by = models.CharField(_("approved by"), max_length=254, blank=True)

    # What the provider was asked last, and where that stands.
    errand = models.CharField(_("at the provider"), max_length=200, blank=True, editable=False)
    errand_expires_at = models.DateTimeField(_("expires"), null=True, editable=False)
    trouble_code = models.CharField(max_length=120, blank=True, editable=False)
    trouble_request_id = models.CharField(max_length=200, blank=True, editable=False)
    credentials_sent_at = models.DateTimeField(_("credentials sent"), null=True, editable=False)
    outcome_note = models.TextField(_("outcome"), max_length=2000, blank=True)

    created_at = models.DateTimeField(_("forwarded"), default=timezone.now, editable=False)
    closed_at = models.DateTimeField(_("closed"), null=True, editable=False)
    search_text = models.GeneratedField(
        expression=Lower(
            Concat(
                F("customer_name"),
                Value(" "),
                F("account_name"),
                Value(" "),
                F("account_id"),
                Value(" "),
                F("root_email"),
                output_field=models.TextField(),
            )
        ),
        output_field=models.TextField(),
        db_persist=True,
    )

    class Meta:
        ordering = ["created_at", "id"]
        verbose_name = _("ticket")
        verbose_name_plural = _("tickets")
        indexes = [
            models.Index(fields=["state", "created_at", "id"], name="ticket_queue"),
            models.Index(fields=["created_at", "id"], name="ticket_by_creation"),
            models.Index(fields=["kind", "state", "created_at", "id"], name="ticket_by_kind"),
            models.Index(
                fields=["provider", "state", "created_at", "id"], name="ticket_by_provider"
            ),
            models.Index(fields=["reseller", "cloud_account_id"], name="ticket_of_account"),
            GinIndex(OpClass("search_text", name="gin_trgm_ops"), name="ticket_search"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["reseller", "request_id"], name="ticket_once_per_request"
            ),
            models.CheckConstraint(
                name="ticket_closed_iff_it_came_to_an_end",
                condition=Q(state__in=["done", "failed", "cancelled"], closed_at__isnull=False)
                | Q(state__in=["open", "under_way"], closed_at__isnull=True),
            ),
            models.CheckConstraint(
                name="ticket_failed_says_why", condition=~Q(state="failed") | ~Q(outcome_note="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.account_name or self.account_id}"


class TicketNote(models.Model):
    """What an operator wrote on a ticket. The reseller does not see it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    ticket = models.ForeignKey(FulfilmentTicket, on_delete=models.CASCADE, related_name="notes")
    author = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    text = models.TextField(_("note"), max_length=2000)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["at", "id"]
        constraints = [
            models.CheckConstraint(name="ticket_note_says_something", condition=~Q(text=""))
        ]

    def __str__(self) -> str:
        return self.text[:40]
