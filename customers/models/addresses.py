"""The two addresses of a customer. They are columns of its row: both are edited, audited and
exported like any other field of it."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django_countries.fields import CountryField

from formats import phones

# The parts of one address; the billing address has the same ones, named `billing_…`.
PARTS = (
    "street",
    "suite",
    "address_3",
    "landmark",
    "city",
    "state",
    "postal_code",
    "country",
    "phone",
    "fax",
)
BILLING = "billing_"
BILLING_PARTS = tuple(BILLING + part for part in PARTS)
SAME_AS_OFFICE = "billing_same_as_office"


class OfficeAddress(models.Model):
    """Where the company works."""

    street = models.CharField(_("street address"), max_length=200, blank=True)
    suite = models.CharField(_("suite, floor or building"), max_length=100, blank=True)
    address_3 = models.CharField(
        _("address line 3"), max_length=200, blank=True, default="", db_default=""
    )
    landmark = models.CharField(
        _("landmark"), max_length=200, blank=True, default="", db_default=""
    )
    city = models.CharField(_("city"), max_length=100, blank=True)
    # The code where the country has a list of its states, else what was typed.
    state = models.CharField(_("state or province"), max_length=100, blank=True)
    postal_code = models.CharField(_("postal code"), max_length=20, blank=True)
    country = CountryField(_("country"), blank=True)
    phone = models.CharField(
        _("phone of the office"), max_length=phones.LONGEST, blank=True, default="", db_default=""
    )
    fax = models.CharField(
        _("fax"), max_length=phones.LONGEST, blank=True, default="", db_default=""
    )

    class Meta:
        abstract = True


class BillingAddress(models.Model):
    """Where bills go. Empty while it is the same as the office."""

    billing_same_as_office = models.BooleanField(
        _("same as the office address"), default=True, db_default=True
    )
    billing_street = models.CharField(
        _("street address"), max_length=200, blank=True, default="", db_default=""
    )
    billing_suite = models.CharField(
        _("suite, floor or building"), max_length=100, blank=True, default="", db_default=""
    )
    billing_address_3 = models.CharField(
        _("address line 3"), max_length=200, blank=True, default="", db_default=""
    )
    billing_landmark = models.CharField(
        _("landmark"), max_length=200, blank=True, default="", db_default=""
    )
    billing_city = models.CharField(
        _("city"), max_length=100, blank=True, default="", db_default=""
    )
    billing_state = models.CharField(
        _("state or province"), max_length=100, blank=True, default="", db_default=""
    )
    billing_postal_code = models.CharField(
        _("postal code"), max_length=20, blank=True, default="", db_default=""
    )
    billing_country = CountryField(_("country"), blank=True, default="", db_default="")
    billing_phone = models.CharField(
        _("phone for billing"), max_length=phones.LONGEST, blank=True, default="", db_default=""
    )
    billing_fax = models.CharField(
        _("fax for billing"), max_length=phones.LONGEST, blank=True, default="", db_default=""
    )

    class Meta:
        abstract = True
