"""What a customer's and a contact's fields may hold, whoever tells it: a form or a file.

Forms check boxes with the same pieces (`formats`, the models' validators, the functions here);
`tests/customers/test_import_rules.py` holds both to the same answers.
"""

import re
from collections.abc import Callable
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from customers import tags
from customers.custom_values import UnusableValueError, yes_or_no
from customers.roles import CustomerRole
from formats import countries, domains, typed
from formats.plain_text import PlainText
from resellers.validators import validate_currency

CENT = Decimal("0.01")
NO_BILLING_ADDRESS = gettext_lazy(
    "Type the billing address, or tick that it is the same as the office address."
)
_one_line, _several_lines = PlainText(), PlainText(multiline=True)
_web_address, _amount = typed.web_address_field(), typed.amount_field()


def code(text: str) -> str:
    """Codes are in capitals."""
    return text.strip().upper()


def turnover(amount: Decimal | None) -> Decimal | None:
    """To the cent."""
    return None if amount is None else amount.quantize(CENT)


def turnover_currency(text: str, amount: Decimal | None) -> str:
    """The currency in capitals; nothing where there is no amount. Raises ValidationError."""
    if amount is None:
        return ""
    currency = text.strip().upper()
    validate_currency(currency)
    return currency


@lru_cache(maxsize=4096)  # cities, countries and industries come again and again
def value_of(model: type[models.Model], name: str, text: str) -> Any:
    """What is stored in a field for a text that is not empty. Raises ValidationError.

    Phone numbers, currencies, states and postal codes depend on other fields: here they are
    checked as text only.
    """
    field, text = _field(model, name), text.strip()
    _plain_text(field)(text)
    if name in _DEPENDENT:
        if name == "turnover_currency":  # as long as it is stored, if there is a turnover or not
            MaxLengthValidator(field.max_length)(text)
        return text
    if isinstance(field, models.BooleanField):
        return _yes_or_no(text)
    if name == "website" and _PLAIN_ADDRESS.match(text):
        return text
    if name in _COUNTRIES:
        return _country(text)  # not by the field: that walks through all countries
    value = _READERS.get(name, str)(text)
    if isinstance(field, models.TextField) and field.max_length:
        MaxLengthValidator(field.max_length)(value)
    return field.clean(value, None)


def label_of(model: type[models.Model], name: str) -> str:
    """What people call a field."""
    label = str(_field(model, name).verbose_name)
    return label[:1].upper() + label[1:]


@lru_cache(maxsize=128)
def _field(model: type[models.Model], name: str) -> "models.Field[Any, Any]":
    field = model._meta.get_field(name)  # noqa: SLF001 - Django's public way to a model's fields
    assert isinstance(field, models.Field)  # noqa: S101 - only fields are told
    return field


def _plain_text(field: "models.Field[Any, Any]") -> PlainText:
    return _several_lines if isinstance(field, models.TextField) else _one_line


def _country(text: str) -> str:
    found = countries.code_of(text)
    if not found:
        raise ValidationError(_("“%s” is no country. Use its name or its two letters.") % text[:80])
    return found


def _role(text: str) -> str:
    wanted = text.casefold()
    for role in CustomerRole:
        if wanted in {role.value, str(role.label).casefold()}:
            return role.value
    raise ValidationError(
        _("“%(typed)s” is no user type. Use one of %(types)s.")
        % {"typed": text[:80], "types": ", ".join(str(each.label) for each in CustomerRole)}
    )


def _yes_or_no(text: str) -> bool:
    try:
        return yes_or_no(text)
    except UnusableValueError as error:
        raise ValidationError(str(error)) from error


_DEPENDENT = frozenset(
    "contact_phone phone fax mobile billing_phone billing_fax turnover_currency".split()  # noqa: SIM905
)
_COUNTRIES = frozenset({"country", "billing_country"})
# Addresses to which nothing objects: the validators of box and model parse each three times.
_PLAIN_ADDRESS = re.compile(
    r"(?=.{1,200}\Z)https?://(?:[a-z0-9](?:[a-z0-9-]{0,30}[a-z0-9])?\.){1,4}[a-z]{2,30}"
    r"(?:/[A-Za-z0-9._~-]+)*/?\Z"
)
_READERS: dict[str, Callable[[str], Any]] = {
    "code": code,
    "domain": domains.plain,
    "website": _web_address.clean,
    "tags": tags.parse,
    "turnover": lambda text: turnover(_amount.clean(text)),
    "email": User.objects.normalize_email,
    "user_type": _role,
}
