"""What is recorded about providers and cloud accounts, and how it reads on a timeline."""

from django.utils.translation import gettext_lazy as _

from audit import sentences

PROVIDER = "provider.changed"
ADDED = "account.added"
EDITED = "account.edited"
ROLE = "account.role_named"
ID_NOTED = "account.id_noted"
STATUS = "account.status_changed"
MOVED = "account.moved"
CHECKED = "account.role_checked"
BROKE = "account.role_broke"
WORKS = "account.role_works_again"

# What raises an account's version, and so tells somebody who has an older page open.
EDITS = (EDITED, ROLE, ID_NOTED, STATUS, MOVED)

sentences.describe(
    {
        PROVIDER: _("changed the provider {subject}"),
        ADDED: _("added the cloud account {subject}"),
        EDITED: _("edited the cloud account {subject}"),
        ROLE: _("named the role of the cloud account {subject}"),
        ID_NOTED: _("noted the ID of the cloud account {subject}"),
        STATUS: _("changed the status of the cloud account {subject}"),
        MOVED: _("moved the cloud account {subject} to another customer"),
        CHECKED: _("checked the role of the cloud account {subject}"),
        BROKE: _("found that the role of the cloud account {subject} does not work any more"),
        WORKS: _("found that the role of the cloud account {subject} works again"),
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

# ── Credentials ──────────────────────────
CREDENTIALS_SENT = "credentials.sent"
CREDENTIALS_SENT_AGAIN = "credentials.sent_again"
CREDENTIALS_OPENED = "credentials.opened"
CREDENTIALS_REVOKED = "credentials.revoked"
CREDENTIALS_EXPIRED = "credentials.expired"

sentences.describe(
    {
        CREDENTIALS_SENT: _("sent credentials for the cloud account {subject}"),
        CREDENTIALS_SENT_AGAIN: _("sent a new link to the credentials for {subject}"),
        CREDENTIALS_OPENED: _("opened the credentials for the cloud account {subject}"),
        CREDENTIALS_REVOKED: _("withdrew the credentials for the cloud account {subject}"),
        CREDENTIALS_EXPIRED: _("erased credentials for {subject} that nobody opened in time"),
    }
)

# ── Connections and places for bills ──────────────────────────
CONNECTION_ADDED = "connection.added"
CONNECTION_CHANGED = "connection.changed"
CONNECTION_REMOVED = "connection.removed"
CONNECTION_CHECK_ORDERED = "connection.check_ordered"
CONNECTION_CHECKED = "connection.checked"
CONNECTION_EDITS = (CONNECTION_ADDED, CONNECTION_CHANGED)
BILL_PLACE_CHANGED = "provider.bill_place_changed"
BILL_PLACE_CHECK_ORDERED = "provider.bill_place_check_ordered"
BILL_PLACE_CHECKED = "provider.bill_place_checked"
PROVIDER_EDITS = (PROVIDER, BILL_PLACE_CHANGED)

sentences.describe(
    {
        CONNECTION_ADDED: _("connected {subject}"),
        CONNECTION_CHANGED: _("changed the connection to {subject}"),
        CONNECTION_REMOVED: _("gave up the connection to {subject}"),
        CONNECTION_CHECK_ORDERED: _("had the connection to {subject} checked"),
        CONNECTION_CHECKED: _("noted whether the connection to {subject} works"),
        BILL_PLACE_CHANGED: _("changed where detailed bills of {subject} are put"),
        BILL_PLACE_CHECK_ORDERED: _("had the place for detailed bills of {subject} checked"),
        BILL_PLACE_CHECKED: _("noted whether detailed bills of {subject} can be put there"),
    }
)
