"""What no text field accepts: characters that nobody means to type and that mislead readers."""

import re
import unicodedata

from django.core.exceptions import ValidationError
from django.utils.deconstruct import deconstructible
from django.utils.translation import gettext_lazy as _

# They turn the direction of the text that follows: a name can be made to read as another one.
DIRECTION_OVERRIDES = frozenset(
    chr(code)
    for first, last in ((0x202A, 0x202E), (0x2066, 0x2069))
    for code in range(first, last + 1)
)
# A NUL and half characters: no text of PostgreSQL holds them, it does not even compare with them.
_NOWHERE = re.compile("[\0\ud800-\udfff]")
LINE_CHARACTERS = frozenset("\n\r\t")


def can_be_found(text: str) -> bool:
    """Whether any record may hold the text: what none can hold must not even be looked for."""
    return not _NOWHERE.search(text)


@deconstructible
class PlainText:
    """Refuses control characters, half characters and direction overrides."""

    def __init__(self, *, multiline: bool = False) -> None:
        self.multiline = multiline

    def __call__(self, value: object) -> None:
        text = str(value)
        if text.isprintable():  # neither control characters nor overrides are; most texts are
            return
        allowed = LINE_CHARACTERS if self.multiline else frozenset[str]()
        if any(unicodedata.category(each) in {"Cc", "Cs"} and each not in allowed for each in text):
            raise ValidationError(
                _("This contains a control character that cannot be stored. Type the text again."),
                code="control_character",
            )
        if DIRECTION_OVERRIDES.intersection(text):
            raise ValidationError(
                _(
                    "This contains an invisible character that changes the direction of text. "
                    "Remove it."
                ),
                code="direction_override",
            )

    def __eq__(self, other: object) -> bool:
        return isinstance(other, PlainText) and other.multiline == self.multiline

    def __hash__(self) -> int:
        return hash(self.multiline)
