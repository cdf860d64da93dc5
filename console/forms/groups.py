"""What staff type about a customer's groups."""

import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from components.forms import PortalForm, Text
from console.forms.editing import VersionedForm
from console.forms.tags import TagsField
from customers import attributes
from customers.flows.groups import GroupDetails
from customers.models import Group

LONGEST_TEXT = attributes.MOST * (attributes.LONGEST_KEY + attributes.LONGEST_VALUE + 4)


class AttributesField(forms.CharField):
    """Lines of key = value. What is wrong is told line by line."""

    widget = forms.Textarea(attrs={"rows": 6, "spellcheck": "false"})

    def __init__(self, **kwargs: Any) -> None:
        # Not stripped: an empty first line is a line, and the sentences count lines.
        super().__init__(strip=False, **kwargs)

    def clean(self, value: Any) -> Any:
        """The attributes, in the order of the alphabet."""
        return attributes.parse(super().clean(value))

    def prepare_value(self, value: Any) -> Any:
        """Stored attributes as lines; what was typed as it is."""
        return str(attributes.Attributes(value)) if isinstance(value, dict) else value


class GroupForm(PortalForm):
    """A group's name, attributes and tags."""

    submit_label: Text = _("Add group")

    name = forms.CharField(
        label=_("Name"),
        max_length=100,
        help_text=_("For example a department, a project or an environment."),
    )
    attributes = AttributesField(
        label=_("Attributes"),
        required=False,
        max_length=LONGEST_TEXT,
        help_text=_("One on each line, as key = value. For example: cost centre = 4711."),
    )
    tags = TagsField()

    def __init__(self, *args: Any, suggested: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["tags"]
        assert isinstance(field, TagsField)  # noqa: S101 - for the type checker
        field.suggest(suggested)
        for each in self.fields.values():
            each.widget.attrs["autocomplete"] = "off"

    def clean_name(self) -> str:
        """With single spaces: two names must not differ by what nobody sees."""
        return " ".join(str(self.cleaned_data["name"]).split())

    @property
    def details(self) -> GroupDetails:
        """What the flow takes. Only after `is_valid`."""
        told = self.cleaned_data
        return GroupDetails(name=told["name"], attributes=told["attributes"], tags=told["tags"])


class AddGroupForm(GroupForm):
    """With a key of its own: sent twice, the form makes one group."""

    key = forms.UUIDField(required=False, initial=uuid.uuid4, widget=forms.HiddenInput)


class EditGroupForm(VersionedForm, GroupForm):
    submit_label: Text = _("Save group")

    def __init__(self, *args: Any, instance: Group, initial: dict[str, Any], **kwargs: Any) -> None:
        stored = {
            "name": instance.name,
            "attributes": instance.attributes,
            "tags": instance.tags,
        }
        super().__init__(*args, initial={**stored, **initial}, **kwargs)
