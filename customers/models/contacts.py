"""Whom the reseller calls and writes to at a customer."""

import uuid

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Concat, Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.models.customers import Customer
from customers.querysets import ContactQuerySet
from customers.roles import CustomerRole
from formats.phones import LONGEST, STORED, shown


class Contact(models.Model):
    """Somebody at a customer, with or without an account.

    Who has a user of the customer with the same e-mail is that user: one mailbox, one person.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="contacts")
    first_name = models.CharField(_("first name"), max_length=59)
    last_name = models.CharField(_("last name"), max_length=60)  # together as long as a user's
    designation = models.CharField(_("designation"), max_length=100, blank=True)
    email = models.EmailField(_("e-mail"))
    phone = models.CharField(_("phone"), max_length=LONGEST, blank=True)
    mobile = models.CharField(_("mobile"), max_length=LONGEST, blank=True)
    user_type = models.CharField(
        _("user type"), max_length=20, choices=CustomerRole, default=CustomerRole.VIEWER
    )
    gets_billing_alerts = models.BooleanField(_("billing alerts"), default=False)
    is_primary = models.BooleanField(_("primary contact"), default=False, editable=False)

    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    search_text = models.GeneratedField(
        expression=Lower(
            Concat(
                F("first_name"),
                Value(" "),
                F("last_name"),
                Value(" "),
                F("designation"),
                Value(" "),
                F("email"),
                Value(" "),
                F("phone"),
                Value(" "),
                F("mobile"),
                output_field=models.TextField(),
            )
        ),
        output_field=models.TextField(),
        db_persist=True,
    )

    objects = ContactQuerySet.as_manager()

    class Meta:
        ordering = ["last_name", "id"]
        indexes = [
            models.Index(fields=["customer", "last_name", "id"], name="contact_by_name"),
            models.Index(fields=["customer", "created_at", "id"], name="contact_by_creation"),
            GinIndex(OpClass("search_text", name="gin_trgm_ops"), name="contact_search"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "email"],
                name="contact_email_once_per_customer",
                violation_error_message=_("This customer has a contact with this e-mail already."),
            ),
            models.UniqueConstraint(
                fields=["customer"],
                condition=Q(is_primary=True),
                name="contact_one_primary_per_customer",
            ),
            models.CheckConstraint(
                name="contact_email_is_lower_case", condition=Q(email=Lower(F("email")))
            ),
            models.CheckConstraint(
                name="contact_has_a_name", condition=~Q(first_name="") & ~Q(last_name="")
            ),
            models.CheckConstraint(
                name="contact_user_type_is_known", condition=Q(user_type__in=CustomerRole.values)
            ),
            models.CheckConstraint(
                name="contact_phones_are_e164",
                condition=Q(phone__regex=STORED) & Q(mobile__regex=STORED),
            ),
        ]

    def __str__(self) -> str:
        return self.full_name

    @property
    def full_name(self) -> str:
        return f"{self.first_name} {self.last_name}"

    @property
    def shown_phone(self) -> str:
        return shown(self.phone)

    @property
    def shown_mobile(self) -> str:
        return shown(self.mobile)
