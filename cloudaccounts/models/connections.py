"""The account from which invitations are sent and accounts are made."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cloudaccounts.models.checks import LONGEST_CODE, LONGEST_REQUEST_ID, CheckState
from resellers.clouds import Cloud


class ConnectionRecord(models.Model):
    """A management account as it is kept. It serves only once a check of it ended well.

    Changing what it says makes it unchecked.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    provider = models.CharField(_("provider"), max_length=20, choices=Cloud)
    account_id = models.CharField(_("management account ID"), max_length=80)
    role_arn = models.CharField(_("role ARN"), max_length=2048, blank=True)
    external_id = models.CharField(max_length=80, blank=True, editable=False)
    state = models.CharField(
        max_length=20, choices=CheckState, default=CheckState.NOT_CHECKED, editable=False
    )
    check_began_at = models.DateTimeField(null=True, editable=False)
    checked_at = models.DateTimeField(null=True, editable=False)
    trouble_code = models.CharField(max_length=LONGEST_CODE, blank=True, editable=False)
    request_id = models.CharField(max_length=LONGEST_REQUEST_ID, blank=True, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.get_provider_display()} {self.account_id}"

    @property
    def is_usable(self) -> bool:
        """Whether the product may act through it."""
        return self.state == CheckState.OK


class Connection(ConnectionRecord):
    """The reseller's own. It always goes through a role that names us: the machine's credentials
    are the platform's.
    """

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["provider"], name="connection_once_per_provider"),
            models.CheckConstraint(
                name="connection_of_a_reseller_is_a_role",
                condition=~Q(role_arn="") & ~Q(external_id=""),
            ),
            models.CheckConstraint(
                name="connection_checking_knows_since_when",
                condition=~Q(state="checking") | Q(check_began_at__isnull=False),
            ),
        ]
