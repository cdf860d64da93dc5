"""What a phone number may look like."""

from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

validate_phone = RegexValidator(
    r"^[0-9+()./\s\-]*(?:(?:x|ext\.?|#)\s*[0-9]+)?\Z",
    _("Enter a phone number such as +49 30 901820, with digits, spaces and + ( ) - . / only."),
)
