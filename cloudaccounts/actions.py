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
PROVIDER_EDITS = (PROVIDER,)

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
