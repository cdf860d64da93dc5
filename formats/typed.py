"""How web addresses and amounts are typed: boxes of forms, and cells of files."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


def web_address_field(**options: Any) -> forms.URLField:
    """Takes www.example.com, too. Not required."""
    return forms.URLField(
        required=False,
        assume_scheme="https",
        error_messages={"invalid": _("Enter a web address such as https://www.example.com.")},
        **options,
    )


def amount_field(**options: Any) -> forms.DecimalField:
    """An amount that is not negative, with a point and without separators. Not required."""
    return forms.DecimalField(
        max_digits=18,
        decimal_places=2,
        min_value=0,
        required=False,
        error_messages={"invalid": _("Enter a number without separators, such as 12500000.00.")},
        **options,
    )
