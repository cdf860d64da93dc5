"""What staff say about a thing that is done with many customers."""

import uuid
from collections.abc import Iterable
from typing import Any, cast

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from components.forms import PortalForm
from console.forms.lifecycle import LONGEST_REASON
from console.forms.tags import TagsField
from customers.flows.bulk import Order
from customers.models import BulkRun
from customers.tags import Tags

Action = BulkRun.Action


class Ids(forms.Field):
    """Whatever was ticked, as it was sent: the selection tells what of it is not found."""

    widget = forms.MultipleHiddenInput


class BulkForm(PortalForm):
    """Says that it is meant so. Carries the selection, the plan that was shown, and a key."""

    guard = False

    what = forms.ChoiceField(choices=Action, widget=forms.HiddenInput)
    scope = forms.CharField(required=False, widget=forms.HiddenInput)
    ids = Ids(required=False)
    plan = forms.CharField(required=False, widget=forms.HiddenInput)
    key = forms.UUIDField(required=False, initial=uuid.uuid4, widget=forms.HiddenInput)

    def show(self, plan: str) -> None:
        """Put in the plan that the page shows, whatever another page showed before."""
        self.initial["plan"] = plan
        if self.is_bound:
            told = cast("QueryDict", self.data).copy()
            told["plan"] = plan
            self.data = told

    def order(self, **selected: Any) -> Order:
        """What the flow takes. Only after `is_valid`."""
        typed = self.cleaned_data
        return Order(
            action=typed["what"],
            plan=typed["plan"],
            tags=typed.get("tags") or Tags(),
            reason=typed.get("reason") or "",
            **selected,
        )


class ArchiveManyForm(BulkForm):
    """Asks why."""

    submit_kind = "danger"

    reason = forms.CharField(
        label=_("Reason"),
        required=False,
        max_length=LONGEST_REASON,
        help_text=_("Stands on the timeline of each customer."),
    )


class SuspendManyForm(ArchiveManyForm):
    """Asks why."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].help_text = _("The customers' people read it when they log in.")


class TagManyForm(BulkForm):
    """Asks which tags."""

    tags = TagsField(required=True)

    def suggest(self, words: Iterable[str]) -> None:
        """Offer these below the box."""
        cast("TagsField", self.fields["tags"]).suggest(words)

    def clean_tags(self) -> Tags:
        """At least one: commas alone are none."""
        typed: Tags = self.cleaned_data["tags"]
        if not typed:
            raise forms.ValidationError(_("Type at least one tag."))
        return typed


FORMS: dict[str, type[BulkForm]] = {
    Action.ADD_TAGS: TagManyForm,
    Action.REMOVE_TAGS: TagManyForm,
    Action.SUSPEND: SuspendManyForm,
    Action.REACTIVATE: BulkForm,
    Action.ARCHIVE: ArchiveManyForm,
    Action.RESTORE: BulkForm,
}
