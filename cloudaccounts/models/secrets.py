"""Credentials on their way to the person who is to use them."""

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from accounts.models import User
from cloudaccounts.models.accounts import CloudAccount


class SecretLink(models.Model):
    """Credentials behind a link that opens once. What was opened, ended or expired is erased."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    account = models.ForeignKey(CloudAccount, on_delete=models.PROTECT, related_name="secret_links")
    email = models.EmailField()  # whom the link was mailed to
    recipient_name = models.CharField(max_length=120, blank=True)
    recipient = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    # Encrypted with CREDENTIALS_KEYS. Only a digest of the link's token is kept.
    ciphertext = models.BinaryField(default=bytes)
    token_digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    opened_at = models.DateTimeField(null=True)
    opened_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    opened_from = models.GenericIPAddressField(null=True)
    revoked_at = models.DateTimeField(null=True)
    erased_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-created_at"]
        indexes = [
            models.Index(
                fields=["expires_at"],
                name="secret_link_to_erase",
                condition=Q(erased_at__isnull=True),
            )
        ]
        constraints = [
            models.CheckConstraint(
                name="secret_link_erased_holds_nothing",
                condition=Q(erased_at__isnull=True) | Q(ciphertext=b""),
            ),
            models.CheckConstraint(
                name="secret_link_opened_or_revoked_is_erased",
                condition=Q(opened_at__isnull=True, revoked_at__isnull=True)
                | Q(erased_at__isnull=False),
            ),
            models.CheckConstraint(
                name="secret_link_opened_or_revoked_not_both",
                condition=Q(opened_at__isnull=True) | Q(revoked_at__isnull=True),
            ),
            models.CheckConstraint(
                name="secret_link_expires_after_creation",
                condition=Q(expires_at__gt=F("created_at")),
            ),
        ]

    def __str__(self) -> str:
        return str(self.account)

    @property
    def has_expired(self) -> bool:
        """Whether its time is over."""
        return self.expires_at <= timezone.now()

    @property
    def is_waiting(self) -> bool:
        """Whether it can still be opened."""
        return self.erased_at is None and not self.has_expired
