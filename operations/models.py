"""The platform's operators, as the admin shows them. No table of its own."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User, UserManager


class OperatorManager(UserManager):
    def get_queryset(self) -> models.QuerySet[User]:
        return super().get_queryset().filter(is_staff=True)


class Operator(User):
    """A person of the public schema who runs the platform, and may do everything there."""

    objects: ClassVar[OperatorManager] = OperatorManager()

    class Meta:
        proxy = True
        verbose_name = _("operator")
        verbose_name_plural = _("operators")
