"""What is said about each thing that can be done with many customers."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from customers.flows.lifecycle import UNDO
from customers.models import BulkRun

Action = BulkRun.Action
Text = str | Promise


@dataclass(frozen=True)
class Words:
    """`deed` is counted: "Suspend %(shown)s customers", plural by `number`."""

    deed: Text
    happens: Text
    undo: Text

    def counted(self, number: int) -> str:
        """What is done, with so many."""
        return str(self.deed % {"number": number, "shown": f"{number:,}"})


WORDS: dict[str, Words] = {
    Action.ADD_TAGS: Words(
        ngettext_lazy(
            "Add tags to %(shown)s customer", "Add tags to %(shown)s customers", "number"
        ),
        _(
            "The tags are added to those that each customer has. Who has them already is left as"
            " is."
        ),
        _("To undo it, select the customers again and remove the tags."),
    ),
    Action.REMOVE_TAGS: Words(
        ngettext_lazy(
            "Remove tags from %(shown)s customer",
            "Remove tags from %(shown)s customers",
            "number",
        ),
        _("The tags are taken away; all other tags stay. Who has none of them is left as is."),
        _("To undo it, select the customers again and add the tags."),
    ),
    Action.SUSPEND: Words(
        ngettext_lazy("Suspend %(shown)s customer", "Suspend %(shown)s customers", "number"),
        _(
            "Their people can no longer log in for them until you reactivate them. Who belongs to"
            " other customers, too, keeps those. Nothing is deleted."
        ),
        _("To undo it, select the customers again and reactivate them."),
    ),
    Action.REACTIVATE: Words(
        ngettext_lazy("Reactivate %(shown)s customer", "Reactivate %(shown)s customers", "number"),
        _("Their people can log in for them again."),
        _("To undo it, select the customers again and suspend them."),
    ),
    Action.ARCHIVE: Words(
        ngettext_lazy("Archive %(shown)s customer", "Archive %(shown)s customers", "number"),
        _(
            "They leave the lists, and their people can no longer log in for them. All that is"
            " known stays readable."
        ),
        format_lazy(
            _(
                "To undo it within {days} days, open the view “Archived”, select them and restore"
                " them."
            ),
            days=UNDO.days,
        ),
    ),
    Action.RESTORE: Words(
        ngettext_lazy("Restore %(shown)s customer", "Restore %(shown)s customers", "number"),
        _("They are again what they were before they were archived."),
        _("To undo it, select the customers again and archive them."),
    ),
}
