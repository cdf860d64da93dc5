"""What a reseller demands of those who log in."""

from django.db import transaction
from django.utils.translation import gettext_lazy

from accounts.models import SecuritySettings
from audit import sentences, trail
from resellers.current import current_reseller

CHANGED = "security_settings.changed"
sentences.describe({CHANGED: gettext_lazy("changed the security settings")})


@transaction.atomic
def change_security_settings(*, second_factor_for: str, by: trail.Person) -> SecuritySettings:
    """Say who must have a second factor."""
    locked = SecuritySettings.objects.select_for_update()
    settings, _created = locked.get_or_create(pk=SecuritySettings.KEY)
    old = settings.second_factor_for
    if second_factor_for == old:
        return settings
    settings.second_factor_for = second_factor_for
    settings.save(update_fields=["second_factor_for"])
    trail.record(
        CHANGED,
        subject=settings,
        actor=by,
        about=[current_reseller()],
        changes={"second_factor_for": (_label(old), _label(second_factor_for))},
    )
    return settings


def _label(demand: str) -> str:
    return str(SecuritySettings.SecondFactorFor(demand).label)
