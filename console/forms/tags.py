"""Tags as people type them: separated by commas, with those in use offered to click."""

from collections.abc import Iterable
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from customers import tags

LONGEST_TEXT = tags.MOST * (tags.LONGEST + 2)


class TagsInput(forms.TextInput):
    """A text box, and below it the tags in use. portal/tags.js makes buttons of them."""

    template_name = "components/tags_input.html"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.suggested: list[str] = []

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        return {**super().get_context(name, value, attrs), "suggested": self.suggested}


class TagsField(forms.CharField):
    """Text that is a list of tags."""

    widget = TagsInput

    def __init__(self, **kwargs: Any) -> None:
        options = {
            "label": _("Tags"),
            "required": False,
            "help_text": _("Separated by commas, for example: production, eu-west."),
            "max_length": LONGEST_TEXT,
        }
        super().__init__(**{**options, **kwargs})

    @property
    def box(self) -> TagsInput:
        """The widget of this form's own copy of the field."""
        return cast("TagsInput", self.widget)

    def suggest(self, words: Iterable[str]) -> None:
        """Offer these."""
        self.box.suggested = list(words)

    def clean(self, value: Any) -> Any:
        """The tags, normalised."""
        return tags.parse(super().clean(value))

    def prepare_value(self, value: Any) -> Any:
        """Stored tags as text; what was typed as it is."""
        return str(tags.Tags(value)) if isinstance(value, list) else value
