"""What a sign-up asks for."""

import uuid

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F, Value
from django.db.models.functions import Concat, Lower
from django.utils.translation import gettext_lazy as _
from django_countries.fields import CountryField

from approvals.models.requests import ApprovalRequest


class Signup(models.Model):
    """What a stranger typed into the sign-up form. Edits at approval go to the customer alone."""

    request = models.OneToOneField(
        ApprovalRequest, primary_key=True, on_delete=models.CASCADE, related_name="signup"
    )
    company = models.CharField(_("company name"), max_length=200)
    contact_name = models.CharField(_("contact name"), max_length=120)
    title = models.CharField(_("title"), max_length=100, blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    email = models.EmailField(_("e-mail"))
    country = CountryField(_("country"))
    street = models.CharField(_("street address"), max_length=200, blank=True)
    suite = models.CharField(_("suite"), max_length=60, blank=True)
    city = models.CharField(_("city"), max_length=100, blank=True)
    state = models.CharField(_("state or province"), max_length=100, blank=True)
    postal_code = models.CharField(_("postal code"), max_length=20, blank=True)
    licence_accepted_at = models.DateTimeField()
    # The number of the form that was sent: sending it twice is signing up once.
    submission = models.UUIDField(default=uuid.uuid4)
    search_text = models.GeneratedField(
        expression=Lower(
            Concat(
                F("company"),
                Value(" "),
                F("contact_name"),
                Value(" "),
                F("email"),
                Value(" "),
                F("phone"),
                output_field=models.TextField(),
            )
        ),
        output_field=models.TextField(),
        db_persist=True,
    )

    class Meta:
        indexes = [GinIndex(OpClass("search_text", name="gin_trgm_ops"), name="signup_search")]

    def __str__(self) -> str:
        return self.company
