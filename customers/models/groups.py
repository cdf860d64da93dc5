"""Groups: how a customer's cloud accounts are put together for billing."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Func, Q
from django.db.models.functions import Lower
from django.db.models.lookups import Exact
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers import attributes, tags
from customers.attributes import Attributes
from customers.group_querysets import GroupQuerySet
from customers.models.customers import Customer

_ONLY_TEXT = "NOT jsonb_path_exists(%(expressions)s, '$.* ? (@.type() != \"string\")')"


class Group(models.Model):
    """A named part of a customer, such as a department or a project, with attributes and tags.

    A group is never deleted: what was billed by it must stay readable. Archived ones are not
    offered any more, and their name is free again.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="groups")
    name = models.CharField(_("name"), max_length=100)
    attributes = models.JSONField(_("attributes"), default=dict, blank=True)
    tags = ArrayField(
        models.CharField(max_length=tags.LONGEST), verbose_name=_("tags"), default=list, blank=True
    )
    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    archived_at = models.DateTimeField(null=True, editable=False)

    objects = GroupQuerySet.as_manager()

    class Meta:
        ordering = ["name", "id"]
        indexes = [
            models.Index(fields=["customer", "name", "id"], name="group_of_customer_by_name"),
            models.Index(
                fields=["customer", "created_at", "id"], name="group_of_customer_by_creation"
            ),
            models.Index(
                fields=["created_at"], condition=~Q(tags=[]), name="group_with_tags_by_creation"
            ),
            GinIndex(fields=["tags"], name="group_by_tag"),
        ]
        constraints = [
            models.UniqueConstraint(
                F("customer"),
                Lower("name"),
                name="group_name_unique_per_customer",
                condition=Q(archived_at__isnull=True),
                violation_error_message=_("This customer has a group with this name already."),
            ),
            models.CheckConstraint(name="group_has_a_name", condition=~Q(name="")),
            models.CheckConstraint(
                name="group_attributes_are_an_object",
                condition=Exact(
                    Func(F("attributes"), function="jsonb_typeof", output_field=models.TextField()),
                    "object",
                ),
            ),
            models.CheckConstraint(
                name="group_attributes_are_text",
                condition=Func(
                    F("attributes"), template=_ONLY_TEXT, output_field=models.BooleanField()
                ),
            ),
            models.CheckConstraint(
                name="group_has_not_too_many_tags", condition=Q(tags__len__lte=tags.MOST)
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_archived(self) -> bool:
        return self.archived_at is not None

    @property
    def sorted_attributes(self) -> Attributes:
        """In the order of the alphabet."""
        return attributes.Attributes(self.attributes)

    @property
    def attribute_pairs(self) -> list[tuple[str, str]]:
        """Key and value, in the order of the alphabet."""
        return list(self.sorted_attributes.items())
