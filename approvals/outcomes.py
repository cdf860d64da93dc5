"""How a request ended, in a sentence."""

import datetime as dt
import uuid

from django.utils import timezone
from django.utils.formats import date_format, time_format
from django.utils.translation import gettext as _

from approvals import actions
from approvals.models import ApprovalRequest
from audit.models import AuditEntry


def sentence(request: ApprovalRequest) -> str:
    """Who decided what, and when: "Already approved by Dana at 14:02." Empty while nobody did."""
    if request.status == ApprovalRequest.Status.WITHDRAWN and request.ended_at:
        return _("Already withdrawn %(moment)s.") % {"moment": moment(request.ended_at)}
    if request.decided_at is None:
        return ""
    details = {"person": request.decided_by, "moment": moment(request.decided_at)}
    if request.status == ApprovalRequest.Status.DECLINED:
        return _("Already declined by %(person)s %(moment)s.") % details
    return _("Already approved by %(person)s %(moment)s.") % details


def deletion(request_id: uuid.UUID) -> AuditEntry | None:
    """The one thing that stays of a deleted request."""
    entries = AuditEntry.objects.about(request_id)  # which has an index; the subject is among them
    return entries.filter(action=actions.DELETED, subject_id=request_id).first()


def deletion_sentence(entry: AuditEntry) -> str:
    details = {"person": entry.actor_name, "moment": moment(entry.at)}
    return _("Already deleted by %(person)s %(moment)s.") % details


def moment(at: dt.datetime) -> str:
    """Today by the clock, earlier with the day."""
    local = timezone.localtime(at)
    clock = time_format(local, "H:i")
    if local.date() == timezone.localdate():
        return _("at %(clock)s") % {"clock": clock}
    return _("on %(day)s at %(clock)s") % {"day": date_format(local), "clock": clock}
