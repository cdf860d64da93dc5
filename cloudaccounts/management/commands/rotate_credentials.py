"""`manage.py rotate_credentials`: after a new key was put in front of CREDENTIALS_KEYS."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django_tenants.utils import schema_context, tenant_context

from cloudaccounts import sealing
from cloudaccounts.rotation import Rotation, rotate
from resellers.models import Reseller
from resellers.schemas import PUBLIC


class Command(BaseCommand):
    help = (
        "Encrypts the credentials that wait to be opened anew with the first of CREDENTIALS_KEYS, "
        "at every reseller. Afterwards the older keys can be left out."
    )

    def handle(self, *_args: Any, **_options: Any) -> None:
        if not sealing.can_seal():
            raise CommandError("CREDENTIALS_KEYS is empty.")
        rotation = Rotation()
        with schema_context(PUBLIC):
            resellers = list(Reseller.objects.filter(state=Reseller.State.READY))
        for reseller in resellers:
            with tenant_context(reseller):
                rotate(rotation)
        self.stdout.write(f"{rotation.renewed} credentials are encrypted with the newest key.")
        if rotation.unreadable:
            raise CommandError(
                f"{rotation.unreadable} cannot be read with any key of CREDENTIALS_KEYS. Put the "
                "missing key back and run this again, or let them expire."
            )
