"""What a request about a cloud account asks for."""

import uuid

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Concat, Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from approvals.models.requests import ApprovalRequest
from cloudaccounts.models import CloudAccount
from resellers.clouds import Cloud


class AccountRequest(models.Model):
    """To link, make or unlink one account. What was true when it was asked stands here, too."""

    class Support(models.TextChoices):
        BASIC = "basic", _("Basic")
        DEVELOPER = "developer", _("Developer")
        BUSINESS = "business", _("Business")
        ENTERPRISE = "enterprise", _("Enterprise")

    request = models.OneToOneField(
        ApprovalRequest, primary_key=True, on_delete=models.CASCADE, related_name="account_request"
    )
    account = models.ForeignKey(
        CloudAccount, on_delete=models.PROTECT, related_name="approval_requests"
    )
    # A copy of the account's: the queue's order and search ask one table.
    provider = models.CharField(_("provider"), max_length=20, choices=Cloud)
    customer_name = models.CharField(max_length=200)
    account_name = models.CharField(max_length=100)
    account_id_then = models.CharField(max_length=80, blank=True)
    support = models.CharField(_("support level"), max_length=20, choices=Support, blank=True)
    reason = models.TextField(_("reason"), max_length=2000, blank=True)
    # Whether one of the customer's own people asks: then they are told, and see it in the portal.
    in_portal = models.BooleanField(default=False)
    # Until it was declined, withdrawn, fulfilled or has failed.
    is_open = models.BooleanField(default=True)
    # The platform's ticket, once it was forwarded. It lies in another schema: no foreign key.
    ticket_id = models.UUIDField(null=True)
    # The number of the form that was sent: sending it twice is asking once.
    submission = models.UUIDField(default=uuid.uuid4, unique=True)
    search_text = models.GeneratedField(
        expression=Lower(
            Concat(
                F("customer_name"),
                Value(" "),
                F("account_name"),
                Value(" "),
                F("account_id_then"),
                output_field=models.TextField(),
            )
        ),
        output_field=models.TextField(),
        db_persist=True,
    )

    class Meta:
        indexes = [
            GinIndex(OpClass("search_text", name="gin_trgm_ops"), name="account_request_search"),
            models.Index(fields=["provider", "request"], name="account_request_by_provider"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["account"],
                condition=Q(is_open=True),
                name="account_request_one_open_per_account",
            ),
        ]

    def __str__(self) -> str:
        return self.account_name or self.account_id_then


class RequestMessage(models.Model):
    """A question of the approvers about a request, or the answer to one."""

    class Kind(models.TextChoices):
        QUESTION = "question", _("Question")
        ANSWER = "answer", _("Answer")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    request = models.ForeignKey(ApprovalRequest, on_delete=models.CASCADE, related_name="messages")
    kind = models.CharField(max_length=20, choices=Kind)
    text = models.TextField(max_length=2000)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["at", "id"]
        indexes = [models.Index(fields=["request", "at"], name="request_message_in_order")]
        constraints = [
            models.CheckConstraint(name="request_message_says_something", condition=~Q(text=""))
        ]

    def __str__(self) -> str:
        return self.text[:40]
