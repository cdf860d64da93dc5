"""The answers that a choice field offers: added, renamed, retired; removed while unused."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from audit import trail
from customers import custom_keys
from customers.custom_holders import is_chosen
from customers.models import Choice, CustomField

MOST = 100
Changed = dict[str, tuple[object, object]]


class CannotSaveFieldError(Exception):
    """The field cannot be like that. The message is fit to show, beside `field` if named."""

    def __init__(self, message: str, *, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field


class ChoiceState(models.TextChoices):
    """What becomes of a choice."""

    OFFERED = "offered", gettext_lazy("offered")
    RETIRED = "retired", gettext_lazy("retired")
    REMOVED = "removed", gettext_lazy("removed")


@dataclass(frozen=True)
class ChoiceChange:
    """What a choice shall be called, and what shall become of it."""

    label: str
    state: str = ChoiceState.OFFERED


@dataclass(frozen=True, kw_only=True)
class ChoiceChanges:
    """What people say about the choices of a field."""

    told: Mapping[str, ChoiceChange] = field(default_factory=dict)  # by key
    added: tuple[str, ...] = ()  # labels


def label_name(key: str) -> str:
    """What the label of a choice is called in forms and on the trail."""
    return f"choice.{key}"


def state_name(key: str) -> str:
    """What the state of a choice is called in forms and on the trail."""
    return f"state.{key}"


def state_of(choice: Choice) -> ChoiceState:
    return ChoiceState.RETIRED if choice.is_retired else ChoiceState.OFFERED


def change(known: CustomField, changes: ChoiceChanges) -> Changed:
    """Give the field its choices; it is not saved. Raises CannotSaveFieldError.

    Returns what changed, as the trail keeps it. A field of another kind loses its choices.
    """
    before = known.options
    if known.kind == CustomField.Kind.CHOICE:
        told = [_told(known, each, changes.told.get(each.key)) for each in before]
        kept = [each for each in told if each]
        _refuse_too_many(len(kept) + len(changes.added))
        known.options = with_added(kept, changes.added)
        _refuse_twins(known.options)
        if all(each.is_retired for each in known.options):
            raise CannotSaveFieldError(_("Offer at least one choice."), field="choices")
    elif changes.added:
        raise CannotSaveFieldError(
            _("Only a field of the kind “Choice” has choices."), field="choices"
        )
    else:
        known.options = ()
    return _differences(before, known.options)


def with_added(options: Iterable[Choice], labels: Iterable[str]) -> list[Choice]:
    """The choices with new ones behind them, each with a key of its own."""
    grown = list(options)
    for label in labels:
        taken = {each.key for each in grown}
        grown.append(Choice(custom_keys.propose(label, taken=taken, fallback="choice"), label))
    return grown


def _told(known: CustomField, choice: Choice, told: ChoiceChange | None) -> Choice | None:
    """The choice as it shall be; None when it is removed."""
    if told is None:
        return choice
    if told.state == ChoiceState.REMOVED:
        if is_chosen(known, choice.key):
            sentence = _("“%s” is in use. Retire it: what holds it stays readable.") % choice.label
            raise CannotSaveFieldError(sentence, field=state_name(choice.key))
        return None
    return replace(choice, label=told.label, is_retired=told.state == ChoiceState.RETIRED)


def _refuse_twins(options: Iterable[Choice]) -> None:
    """Two choices with one label could not be told apart, nor could an import."""
    seen: set[str] = set()
    for each in options:
        if each.label.casefold() in seen:
            raise CannotSaveFieldError(
                _("“%s” is there twice. Retired choices count, too: offer them again instead.")
                % each.label,
                field="choices",
            )
        seen.add(each.label.casefold())


def _refuse_too_many(number: int) -> None:
    if number > MOST:
        words = {"most": MOST, "number": number}
        sentence = _("A field has at most %(most)s choices; these would be %(number)s.") % words
        raise CannotSaveFieldError(sentence, field="choices")


def _differences(before: tuple[Choice, ...], after: tuple[Choice, ...]) -> Changed:
    was = {each.key: each for each in before}
    now = {each.key: each for each in after}
    changed: Changed = {}
    for key in [*was, *(key for key in now if key not in was)]:
        old, new = was.get(key), now.get(key)
        label = (old or now[key]).label
        if (old and old.label) != (new.label if new else label):
            name = trail.Named(label_name(key), _("Choice “%s”") % label)
            changed[name] = (old.label if old else None, now[key].label)
        states = (state_of(old) if old else ChoiceState.OFFERED), _state_after(new)
        if states[0] != states[1]:
            name = trail.Named(state_name(key), _("Choice “%s” is") % label)
            changed[name] = (states[0].value, states[1].value)
    return changed


def _state_after(choice: Choice | None) -> ChoiceState:
    return state_of(choice) if choice else ChoiceState.REMOVED
