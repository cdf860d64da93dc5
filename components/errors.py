"""The lines of an error summary: the same words as beside the fields, each with the way there."""

from dataclasses import dataclass

from django.forms import BaseForm, BoundField


@dataclass(frozen=True)
class ErrorLine:
    message: str
    label: str = ""
    target: str = ""


def error_lines(form: BaseForm) -> list[ErrorLine]:
    if not form.is_bound:
        return []
    general = [ErrorLine(str(message)) for message in form.non_field_errors()]
    beside = [line for field in form if field.errors for line in _lines_of(field)]
    return general + beside


def _lines_of(field: BoundField) -> list[ErrorLine]:
    label = str(field.label or "")
    if field.is_hidden:
        return [ErrorLine(str(message), label) for message in field.errors]
    # A group of radios has no element of its own id: the wrapper that the form look prints has.
    target = field.id_for_label or f"div_{field.auto_id}"
    return [ErrorLine(str(message), label, target) for message in field.errors]
