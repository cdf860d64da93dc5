"""What each action reads like on a timeline. The app that records an action describes it here,
once."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db.models import Field
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from audit.models import AuditEntry

Sentence = str | Promise

_sentences: dict[str, Sentence] = {}


class UndescribedActionError(LookupError):
    """An action is recorded that nobody described: on a timeline it could not be read."""


@dataclass(frozen=True)
class Change:
    """One field of an entry, as a person reads it."""

    label: str
    old: str
    new: str

    def __str__(self) -> str:
        if not self.old:
            return _("%(label)s: %(new)s") % {"label": self.label, "new": self.new}
        words = {"label": self.label, "old": self.old, "new": self.new or _("empty")}
        return _("%(label)s: %(old)s → %(new)s") % words


def describe(sentences: Mapping[str, Sentence]) -> None:
    """Say how actions read: `{"customer.created": gettext_lazy("created the customer {subject}")}`.

    The sentence goes on after the actor's name; `{subject}` is the only thing that it may hold.
    Called while the app that records the action is loaded.
    """
    for action, words in sentences.items():
        if str(_sentences.setdefault(action, words)) != str(words):
            raise ValueError(f"{action} is described already, in other words.")


def described() -> Mapping[str, Sentence]:
    """Every action with its sentence."""
    return dict(_sentences)


def require_described(action: str) -> None:
    """Refuse an action without a sentence. Raises UndescribedActionError."""
    if action not in _sentences:
        raise UndescribedActionError(f"Describe {action} with audit.sentences.describe first.")


def sentence(entry: AuditEntry) -> str:
    """The whole sentence, such as "Dana created the customer Acme"."""
    # Entries outlive the code that wrote them: an action that is gone keeps its bare name.
    words = str(_sentences.get(entry.action, entry.action))
    deed = words.replace("{subject}", entry.subject_name)
    return _("%(actor)s %(deed)s") % {"actor": entry.actor_name or _("The portal"), "deed": deed}


def changes(entry: AuditEntry) -> list[Change]:
    """What the entry changed, field by field, with the labels that forms show."""
    fields = _fields_of(entry.subject_type)
    return [
        Change(
            entry.labels.get(name) or _label(name, fields),
            shown(old, fields.get(name)),
            shown(new, fields.get(name)),
        )
        for name, (old, new) in entry.changes.items()
    ]


def _fields_of(subject_type: str) -> dict[str, Any]:
    try:
        model = apps.get_model(subject_type)
    except (LookupError, ValueError):
        return {}
    return {field.name: field for field in model._meta.get_fields() if isinstance(field, Field)}  # noqa: SLF001 - Django's public way to a model's fields


def _label(name: str, fields: Mapping[str, Any]) -> str:
    label = str(fields[name].verbose_name) if name in fields else name.replace("_", " ")
    return str(capfirst(label))


def shown(value: object, field: Any | None = None) -> str:
    """A value as the trail keeps it in the words of people. `field`: the model's, if it is one."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    choices = dict(field.flatchoices) if field is not None else {}
    return str(choices.get(value, value))
