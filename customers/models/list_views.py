"""How people look at lists: the columns that they chose, and views that they saved."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from customers.list_view_querysets import SavedViewQuerySet

LONGEST_NAME = 60
LONGEST_COLUMN = 60


class SavedView(models.Model):
    """A list as somebody wants to see it again: what is shown of it, in which order and columns.

    What it asks for is kept as the address said it, and read like an address: a filter that is
    gone since is told and narrows nothing.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(User, on_delete=models.CASCADE, related_name="saved_views")
    name = models.CharField(_("name"), max_length=LONGEST_NAME)
    # Everybody on the reseller's team sees it.
    is_shared = models.BooleanField(_("shared"), default=False)
    parameters = models.JSONField(default=dict, blank=True)
    # None: everybody sees it in their own columns.
    columns = ArrayField(models.CharField(max_length=LONGEST_COLUMN), null=True)
    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = SavedViewQuerySet.as_manager()

    class Meta:
        ordering = ["-is_shared", "name", "id"]
        constraints = [
            models.UniqueConstraint(
                Lower("name"), name="saved_view_name_unique_shared", condition=Q(is_shared=True)
            ),
            models.UniqueConstraint(
                "owner",
                Lower("name"),
                name="saved_view_name_unique_own",
                condition=Q(is_shared=False),
            ),
            models.CheckConstraint(name="saved_view_has_a_name", condition=~Q(name="")),
        ]

    def __str__(self) -> str:
        return self.name


class ListPreference(models.Model):
    """How one person looks at the list of customers."""

    user = models.OneToOneField(
        User, on_delete=models.CASCADE, primary_key=True, related_name="list_preference"
    )
    # None: the usual ones.
    columns = ArrayField(models.CharField(max_length=LONGEST_COLUMN), null=True)
    default_view = models.ForeignKey(
        SavedView, null=True, on_delete=models.SET_NULL, related_name="+"
    )

    def __str__(self) -> str:
        return f"{self.user}"
