"""What is recorded about providers and cloud accounts, and how it reads on a timeline."""

from django.utils.translation import gettext_lazy as _

from audit import sentences

STATUS = "account.status_changed"

sentences.describe(
    {
        STATUS: _("changed the status of the cloud account {subject}"),
    }
)

# ── What is under way at the providers ──────────────────────────
INVITATION_ORDERED = "invitation.ordered"
INVITATION_RESEND_ORDERED = "invitation.resend_ordered"
INVITATION_CANCEL_ORDERED = "invitation.cancel_ordered"
INVITATION_CHANGED = "invitation.changed"
INVITATION_TROUBLED = "invitation.troubled"
CREATION_ORDERED = "creation.ordered"
CREATION_CHANGED = "creation.changed"
CREATION_TROUBLED = "creation.troubled"

sentences.describe(
    {
        INVITATION_ORDERED: _("ordered an invitation for the cloud account {subject}"),
        INVITATION_RESEND_ORDERED: _("ordered a new invitation for the cloud account {subject}"),
        INVITATION_CANCEL_ORDERED: _("withdraws the invitation of the cloud account {subject}"),
        INVITATION_CHANGED: _("noted how the invitation of the cloud account {subject} stands"),
        INVITATION_TROUBLED: _("met trouble with the invitation of the cloud account {subject}"),
        CREATION_ORDERED: _("ordered the new cloud account {subject}"),
        CREATION_CHANGED: _("noted how the making of the cloud account {subject} stands"),
        CREATION_TROUBLED: _("met trouble while making the cloud account {subject}"),
    }
)
