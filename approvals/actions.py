"""What is recorded about requests, and how it reads on a timeline."""

from django.utils.translation import gettext_lazy as _

from audit import sentences

SIGNED_UP = "request.drafted"
SIGNED_UP_AGAIN = "request.redrafted"
LINK_RENEWED = "request.link_renewed"
SUBMITTED = "request.submitted"
EXPIRED = "request.expired"
APPROVED = "request.approved"
EDITED = "request.edited"
DECLINED = "request.declined"
DELETED = "request.deleted"
ASKED = "request.asked"
WITHDRAWN = "request.withdrawn"
QUESTIONED = "request.questioned"
ANSWERED = "request.answered"
FORWARDED = "request.forwarded"
APPROVED_HERE = "request.approved_here"
REFUSED = "request.refused"
FULFILLED = "request.fulfilled"
FAILED = "request.failed"

sentences.describe(
    {
        SIGNED_UP: _("signed up {subject}"),
        SIGNED_UP_AGAIN: _("signed up {subject} once more, which replaced the earlier details"),
        LINK_RENEWED: _("sent a new link to validate the e-mail of {subject}"),
        SUBMITTED: _("validated the e-mail: {subject} waits for approval"),
        EXPIRED: _("removed the sign-up of {subject}, whose e-mail nobody validated"),
        APPROVED: _("approved the sign-up of {subject}"),
        EDITED: _("corrected the details of {subject} at approval"),
        DECLINED: _("declined the sign-up of {subject}"),
        DELETED: _("deleted the sign-up of {subject}"),
        # About cloud accounts. What is asked for stands in the entry's changes.
        ASKED: _("asked for something about the cloud account {subject}"),
        WITHDRAWN: _("withdrew the request about {subject}"),
        QUESTIONED: _("asked the requester about {subject}"),
        ANSWERED: _("answered the question about {subject}"),
        FORWARDED: _("approved the request about {subject} and forwarded it to Cloud Ops"),
        APPROVED_HERE: _("approved the request about {subject}, to be done by the own connection"),
        REFUSED: _("declined the request about {subject}"),
        FULFILLED: _("did what was requested about {subject}"),
        FAILED: _("could not do what was requested about {subject}"),
    }
)
