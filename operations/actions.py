"""What is recorded about tickets, and how it reads on a timeline."""

from django.utils.translation import gettext_lazy as _

from audit import sentences

RECEIVED = "ticket.received"
ASSIGNED = "ticket.assigned"
NOTED = "ticket.noted"
INVITED = "ticket.invitation_ordered"
RESENT = "ticket.invitation_resent"
WITHDRAWN = "ticket.invitation_withdrawn"
CREATION = "ticket.creation_ordered"
DONE_BY_HAND = "ticket.done_by_hand"
GIVEN_UP = "ticket.given_up"
CREDENTIALS = "ticket.credentials_attached"
ERRAND = "ticket.errand_changed"
CLOSED = "ticket.closed"
CREDENTIALS_SENT = "ticket.credentials_sent"
CREDENTIALS_OPENED = "ticket.credentials_opened"

sentences.describe(
    {
        RECEIVED: _("received the ticket {subject}"),
        ASSIGNED: _("assigned the ticket {subject}"),
        NOTED: _("wrote a note on {subject}"),
        INVITED: _("ordered the invitation of {subject}"),
        RESENT: _("ordered another invitation of {subject}"),
        WITHDRAWN: _("withdrew the invitation of {subject}"),
        CREATION: _("ordered the account of {subject}"),
        DONE_BY_HAND: _("marked {subject} as done"),
        GIVEN_UP: _("marked {subject} as failed"),
        CREDENTIALS: _("attached the credentials of {subject}"),
        ERRAND: _("learned from the provider about {subject}"),
        CLOSED: _("closed the ticket {subject}"),
        CREDENTIALS_SENT: _("sent the link to the credentials of {subject}"),
        CREDENTIALS_OPENED: _("learned that the credentials of {subject} were opened"),
    }
)
