"""Amounts of money as people type them: exact, and never read as another number than was meant."""

import re
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from formats.currencies import MOST_DIGITS

_NUMBER = re.compile(r"[0-9]+(?:\.[0-9]+)?")
_SEPARATED = re.compile(r"[0-9]+(?:[.,'’\s][0-9]+)+")
_USUAL_DIGITS = 2
_GROUP = 3  # digits between thousands separators


def parse(typed: str, *, whole_digits: int) -> Decimal:
    """The number in a text of digits with at most one point. Raises ValidationError.

    Commas and spaces are refused with a suggestion: 1,250 is one thing to an American and another
    to a German.
    """
    text = typed.strip()
    if text.startswith(("-", "−")):
        raise ValidationError(_("An amount cannot be negative."), code="negative")
    if not _NUMBER.fullmatch(text):
        raise ValidationError(_suggestion(text), code="invalid")
    whole, _point, behind = text.partition(".")
    if len(whole.lstrip("0")) > whole_digits:
        raise ValidationError(
            _("Enter at most %(digits)s digits before the decimal point.")
            % {"digits": whole_digits},
            code="too_large",
        )
    if len(behind) > MOST_DIGITS:
        raise ValidationError(
            _("Enter at most %(digits)s digits behind the decimal point.")
            % {"digits": MOST_DIGITS},
            code="too_fine",
        )
    return Decimal(text).quantize(Decimal(1).scaleb(-MOST_DIGITS))


def shown(amount: Decimal) -> str:
    """As one would type it: 12500.50, without digits that say nothing."""
    digits = max(_USUAL_DIGITS, -int(amount.normalize().as_tuple().exponent))
    return f"{amount:.{digits}f}"


class AmountField(forms.CharField):
    """Text that is an amount. Typed text stays in the box as it was typed."""

    widget = forms.TextInput(attrs={"inputmode": "decimal"})

    def __init__(self, *, whole_digits: int, **kwargs: Any) -> None:
        super().__init__(max_length=60, **kwargs)
        self.whole_digits = whole_digits

    def clean(self, value: Any) -> Any:
        """The Decimal; nothing where nothing was typed and nothing has to be."""
        text = super().clean(value)
        return parse(text, whole_digits=self.whole_digits) if text else None

    def prepare_value(self, value: Any) -> Any:
        """A stored amount as text; what was typed as it is."""
        return shown(value) if isinstance(value, Decimal) else value


def _suggestion(text: str) -> str:
    if not _SEPARATED.fullmatch(text):
        return _("Enter a number such as 12500.50.")
    *groups, last = re.split(r"[.,'’\s]", text)
    together, pointed = "".join([*groups, last]), f"{''.join(groups)}.{last}"
    marks = re.sub(r"[0-9]", "", text)
    if len(last) != _GROUP or len(set(marks)) > 1:
        words = {"number": pointed}
        return _("Write %(number)s: without thousands separators, a point before decimals.") % words
    if len(groups) > 1:
        words = {"number": together}
        return _("Write %(number)s: without thousands separators.") % words
    words = {"together": together, "pointed": pointed}
    return _("Write %(together)s or %(pointed)s, whichever you mean.") % words
