"""Entries of the audit trail, for tests that read it."""

import uuid

from django.utils import timezone
from factory.declarations import LazyAttribute, LazyFunction
from factory.django import DjangoModelFactory

from audit.models import AuditEntry


class AuditEntryFactory(DjangoModelFactory[AuditEntry]):
    """Dana made a mail go out again. The entry stands on its subject's timeline."""

    class Meta:
        model = AuditEntry

    at = LazyFunction(timezone.now)
    action = "mail.resent"
    actor_id = LazyFunction(uuid.uuid4)
    actor_name = "Dana Miller"
    subject_type = "notifications.outgoingmail"
    subject_id = LazyFunction(uuid.uuid4)
    subject_name = "Welcome"
    about = LazyAttribute(lambda entry: [entry.subject_id])
