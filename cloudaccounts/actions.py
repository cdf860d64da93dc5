"""What is recorded about providers and cloud accounts, and how it reads on a timeline."""

from django.utils.translation import gettext_lazy as _

from audit import sentences

STATUS = "account.status_changed"

sentences.describe(
    {
        STATUS: _("changed the status of the cloud account {subject}"),
    }
)
