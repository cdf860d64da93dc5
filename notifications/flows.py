"""Changing where the reseller's own people are mailed."""

from django.db import transaction
from django.utils.translation import gettext_lazy

from audit import sentences, trail
from notifications.models import MailSettings
from resellers.current import current_reseller

sentences.describe({"mail_settings.changed": gettext_lazy("changed the mail settings")})


@transaction.atomic
def change_mail_settings(*, approvals_email: str, by: trail.Person) -> MailSettings:
    """Say where approval requests are mailed to; empty: to everybody who may decide."""
    locked = MailSettings.objects.select_for_update()
    settings, _created = locked.get_or_create(pk=MailSettings.KEY)
    old = settings.approvals_email
    if approvals_email == old:
        return settings
    settings.approvals_email = approvals_email
    settings.save(update_fields=["approvals_email"])
    trail.record(
        "mail_settings.changed",
        subject=settings,
        actor=by,
        about=[current_reseller()],
        changes={"approvals_email": (old, approvals_email)},
    )
    return settings
