"""Phone numbers: typed as people do, stored as E.164, shown in the international form.

E.164 is ITU-T's form that any phone can dial: "+", country code, number, no spaces. An extension
follows as ";ext=" (RFC 3966).
"""

import re
from functools import lru_cache

import phonenumbers
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from phonenumbers import NumberParseException, PhoneNumber, PhoneNumberFormat

LONGEST = 40
LONGEST_TYPED = 60
# Also a constraint of each table that keeps one.
STORED = r"^(\+[1-9][0-9]{1,14}(;ext=[0-9]{1,7})?)?$"

_ALLOWED = re.compile(r"[0-9+()./\s\-]+(?:(?:;ext=|x|ext\.?|#)\s*[0-9]+)?\Z")

_DIALLED = re.compile(r"\+?[0-9()./\s\-]{4,40}\Z")


def parse(typed: str, country: str = "") -> str:
    """What is stored for a typed number; empty stays empty. Raises ValidationError.

    Without a country code of its own a number belongs to `country` (ISO 3166 alpha-2). Whether it
    is in use cannot be known: it is refused only where no number of this length can exist.
    """
    text = typed.strip()
    if not text:
        return ""
    if not _ALLOWED.match(text.lower()) or len(text) > LONGEST_TYPED:
        raise ValidationError(
            _("Enter a phone number such as +49 30 901820: digits, spaces and + ( ) - . / only."),
            code="invalid",
        )
    return _parsed(text, country)


@lru_cache(maxsize=1024)  # the people of a company share the number of its office
def _parsed(text: str, country: str) -> str:
    return _stored(_number(text, country))


def shown(stored: str) -> str:
    """The international form: +49 30 901820. What cannot be read is shown as it is."""
    try:
        number = phonenumbers.parse(stored, None)
    except NumberParseException:
        return stored
    return phonenumbers.format_number(number, PhoneNumberFormat.INTERNATIONAL)


def searched(typed: str) -> str:
    """The digits to look for in stored numbers; empty where what was typed is no number.

    0 and 00 in front belong to where one calls from, so they are not looked for.
    """
    if not _DIALLED.match(typed.strip()):
        return ""
    return re.sub(r"[^0-9]", "", typed.replace("(0)", "")).lstrip("0")


def _number(text: str, country: str) -> PhoneNumber:
    try:
        number = phonenumbers.parse(text, country or None)
    except NumberParseException as error:
        if error.error_type == NumberParseException.INVALID_COUNTRY_CODE:
            raise ValidationError(
                _("Begin the number with its country code, such as +49 for Germany."),
                code="no_country",
            ) from error
        raise ValidationError(_("This is no phone number."), code="invalid") from error
    if not phonenumbers.is_possible_number(number):
        raise ValidationError(
            _("No phone number of this country has this many digits."), code="impossible"
        )
    return number


def _stored(number: PhoneNumber) -> str:
    # No lone trunk zero of Italy is lost: E.164 keeps it.
    stored = phonenumbers.format_number(number, PhoneNumberFormat.E164)
    return f"{stored};ext={number.extension}" if number.extension else stored
