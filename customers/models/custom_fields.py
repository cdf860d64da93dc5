"""Custom fields: what a reseller keeps about its customers besides what the product knows."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.custom_querysets import CustomFieldQuerySet

LONGEST_KEY = 40
LONGEST_LABEL = 80


@dataclass(frozen=True)
class Choice:
    """One of the answers that a field of the kind "choice" offers. Values hold its key."""

    key: str
    label: str
    is_retired: bool = False  # readable where it was chosen, offered no longer


class CustomField(models.Model):
    """One thing that a reseller keeps about each of its customers or cloud accounts.

    The values stand at the customer itself, under the field's key.
    """

    class Target(models.TextChoices):
        CUSTOMER = "customer", _("Customers")
        CLOUD_ACCOUNT = "cloud_account", _("Cloud accounts")

    class Kind(models.TextChoices):
        TEXT = "text", _("Text")
        NUMBER = "number", _("Number")
        DATE = "date", _("Date")
        CHOICE = "choice", _("Choice")
        YES_NO = "yes_no", _("Yes or no")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    applies_to = models.CharField(_("kept about"), max_length=20, choices=Target)
    label = models.CharField(_("label"), max_length=LONGEST_LABEL)
    key = models.CharField(_("key"), max_length=LONGEST_KEY)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    # [{"key": …, "label": …, "retired": …}] in the order in which they are offered.
    choices = models.JSONField(_("choices"), default=list, blank=True)
    help_text = models.CharField(_("help"), max_length=200, blank=True)
    required = models.BooleanField(_("required"), default=False)
    searchable = models.BooleanField(_("searchable"), default=False)
    in_reports = models.BooleanField(_("in reports"), default=True)
    position = models.PositiveSmallIntegerField(_("position"))
    retired_at = models.DateTimeField(null=True, editable=False)
    # Since when search texts lag behind this field; None once they have caught up.
    search_lags_since = models.DateTimeField(null=True, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = CustomFieldQuerySet.as_manager()

    class Meta:
        ordering = ["position", "id"]
        indexes = [
            models.Index(fields=["applies_to", "position", "id"], name="custom_field_by_position")
        ]
        constraints = [
            models.UniqueConstraint(fields=["applies_to", "key"], name="custom_field_key_unique"),
            models.UniqueConstraint(
                "applies_to",
                Lower("label"),
                name="custom_field_label_unique_among_live",
                condition=Q(retired_at__isnull=True),
            ),
            models.CheckConstraint(
                name="custom_field_key_is_plain", condition=Q(key__regex=r"^[a-z][a-z0-9_]*$")
            ),
            models.CheckConstraint(name="custom_field_has_a_label", condition=~Q(label="")),
            models.CheckConstraint(
                name="custom_field_offers_choices_iff_choice",
                condition=(Q(kind="choice") & ~Q(choices=[])) | (~Q(kind="choice") & Q(choices=[])),
            ),
            models.CheckConstraint(
                name="custom_field_searchable_is_text",
                condition=Q(searchable=False) | Q(kind="text"),
            ),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def is_retired(self) -> bool:
        return self.retired_at is not None

    @property
    def options(self) -> tuple[Choice, ...]:
        """The choices, retired ones too."""
        return tuple(Choice(each["key"], each["label"], each["retired"]) for each in self.choices)

    @options.setter
    def options(self, options: Sequence[Choice]) -> None:
        self.choices = [
            {"key": each.key, "label": each.label, "retired": each.is_retired} for each in options
        ]

    def option(self, key: object) -> Choice | None:
        """The choice with this key, retired or not."""
        return next((each for each in self.options if each.key == key), None)
