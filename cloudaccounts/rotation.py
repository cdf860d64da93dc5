"""Credentials that wait to be opened, encrypted anew with the newest key."""

from dataclasses import dataclass

from django.db import transaction

from cloudaccounts import sealing
from cloudaccounts.models import SecretLink


@dataclass
class Rotation:
    """How many were encrypted anew, and of how many no key is known."""

    renewed: int = 0
    unreadable: int = 0


def rotate(rotation: Rotation) -> None:
    """Those of the reseller in whose schema this runs. Raises NoKeyError."""
    waiting = SecretLink.objects.filter(erased_at__isnull=True).order_by("pk")
    for link_id in list(waiting.values_list("pk", flat=True)):
        with transaction.atomic():
            link = waiting.select_for_update().filter(pk=link_id).first()
            if link is None:  # opened meanwhile
                continue
            try:
                link.ciphertext = sealing.reseal(bytes(link.ciphertext))
            except sealing.CannotUnsealError:
                rotation.unreadable += 1
                continue
            link.save(update_fields=["ciphertext"])
            rotation.renewed += 1
