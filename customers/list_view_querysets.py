"""Ways to ask for saved views."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

if TYPE_CHECKING:
    from accounts.models import User
    from customers.models import SavedView  # noqa: F401 - named in brackets


class SavedViewQuerySet(models.QuerySet["SavedView"]):
    def seen_by(self, user: User) -> SavedViewQuerySet:
        """The person's own ones and those that are shared."""
        return self.filter(Q(owner=user) | Q(is_shared=True))

    def own(self, user: User) -> SavedViewQuerySet:
        """Those that nobody else sees."""
        return self.filter(owner=user, is_shared=False)

    def shared(self) -> SavedViewQuerySet:
        return self.filter(is_shared=True)
