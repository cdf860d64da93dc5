"""What is kept of a question that a task puts to a provider."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class CheckState(models.TextChoices):
    """Where a check stands. Pages show it; tasks ask."""

    NOT_CHECKED = "not_checked", _("Not checked")
    CHECKING = "checking", _("Checking")
    OK = "ok", _("OK")
    FAILED = "failed", _("Failed")


LONGEST_CODE = 120  # of a trouble, as `cloudaccounts.providers.troubles.Trouble.code`
LONGEST_REQUEST_ID = 200
