"""What people may type about companies."""

from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

# Any spacing and any country's habits; an extension may follow. Possible numbers are not checked.
validate_phone = RegexValidator(
    r"^(?=(?:[^0-9]*[0-9]){3})[0-9+()./\s\-]+(?:(?:x|ext\.?|#)\s*[0-9]+)?\Z",
    _("Enter a phone number such as +49 30 901820: digits, spaces and + ( ) - . / only."),
)
