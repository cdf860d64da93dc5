"""What whoever asks for something about a cloud account types, in the console and in the portal."""

import uuid
from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from components.forms import PortalForm, Text

LONGEST_TEXT = 2000
Choices = Iterable[tuple[str, Text]]


def long_text(label: Any, *, required: bool = True, help_text: Any = "") -> forms.CharField:
    """A box for several lines."""
    widget = forms.Textarea(attrs={"rows": 4})
    return forms.CharField(
        label=label, required=required, max_length=LONGEST_TEXT, widget=widget, help_text=help_text
    )


class AskForm(PortalForm):
    """Why somebody asks. The number of the form makes sending it twice one request.

    Without `supports` nobody is asked for a support level.
    """

    support = forms.ChoiceField(label=_("Support level"), required=False)
    reason = long_text(
        _("Reason"), required=False, help_text=_("What whoever decides should know.")
    )
    submission = forms.UUIDField(initial=uuid.uuid4, widget=forms.HiddenInput)

    def __init__(self, *args: Any, label: Text = "", supports: Choices = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.submit_label = label or self.submit_label
        choose(self, "support", [("", _("As usual")), *supports])
        if not supports:
            del self.fields["support"]
            self.helper.layout = self.get_layout()


class NewAccountForm(AskForm):
    """An account that the provider is to make, at one of the `providers`."""

    provider = forms.ChoiceField(label=_("Cloud provider"))
    name = forms.CharField(
        label=_("Account name"),
        max_length=100,
        help_text=_("As it will be called at the provider."),
    )
    root_email = forms.EmailField(
        label=_("Root e-mail"),
        max_length=64,
        help_text=_("Becomes the account's owner. No other account there may have it."),
    )

    field_order = ("provider", "name", "root_email", "support", "reason", "submission")

    def __init__(self, *args: Any, providers: Choices, **kwargs: Any) -> None:
        super().__init__(*args, label=_("Ask for the account"), **kwargs)
        choose(self, "provider", providers)
        self.fields["root_email"].widget.attrs["autocomplete"] = "off"


class AnswerForm(PortalForm):
    """The answer to a question of the approvers."""

    submit_label: Text = _("Send answer")

    text = long_text(_("Your answer"))


def choose(form: forms.Form, name: str, choices: Choices) -> None:
    """Offer these in a field of the form."""
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)  # noqa: S101 - for the type checker
    field.choices = list(choices)
