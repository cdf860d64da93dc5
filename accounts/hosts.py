"""For commands: the schema of a host, and the person who has an e-mail there."""

from django.conf import settings
from django.core.management.base import CommandError
from django_tenants.utils import schema_context

from accounts.models import User
from resellers.models import Reseller
from resellers.schemas import PUBLIC


def schema_of(host: str) -> str:
    """Raises CommandError where nobody has the host."""
    if host == settings.PLATFORM_HOST:
        return PUBLIC
    with schema_context(PUBLIC):
        reseller = Reseller.objects.ready().filter(host=host).first()
    if reseller is None:
        raise CommandError(f"No reseller has the host {host}.")
    return reseller.schema_name


def person(email: str) -> User:
    """Who has this e-mail in the schema that is in use. Raises CommandError."""
    found = User.objects.filter(email=User.objects.normalize_email(email)).first()
    if found is None:
        raise CommandError(f"Nobody has the e-mail {email} there.")
    return found
