"""Editing a record that others may be editing, too."""

import copy
from http import HTTPStatus
from typing import Any, ClassVar

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import FormView

from console.forms.editing import VersionedForm
from console.views.base import CustomerPage
from customers.staleness import StaleError


class Editing(FormView[Any]):
    """One form over one versioned record. A page says what it edits and how.

    When somebody else was faster, it shows was / theirs / yours, and the form with this person's
    changes on top of theirs.
    """

    refusal: ClassVar[type[Exception]]  # what the flow raises; may name a `field`
    saved_sentence = gettext_lazy("The changes were saved.")

    @property
    def record(self) -> Any:
        """The record as stored."""
        raise NotImplementedError

    def save(self, form: Any) -> None:
        """Call the flow. Raises StaleError or the page's `refusal`."""
        raise NotImplementedError

    def get_form_kwargs(self) -> dict[str, Any]:
        kwargs = super().get_form_kwargs()
        # A copy: checking writes what was typed into the instance, the page shows what is stored.
        kwargs["instance"] = copy.copy(self.record)
        kwargs["initial"] = {**kwargs["initial"], "version": self.record.version}
        kwargs["cancel_url"] = self.get_success_url()
        return kwargs

    def form_valid(self, form: Any) -> HttpResponse:
        try:
            self.save(form)
        except StaleError as error:
            return self.show_what_changed(form, error)
        except self.refusal as error:
            # A field that came to be this moment has no box in this form yet.
            name = getattr(error, "field", None)
            form.add_error(name if name in form.fields else None, str(error))
            return self.form_invalid(form)
        messages.success(self.request, str(self.saved_sentence))
        return HttpResponseRedirect(self.get_success_url())

    def show_what_changed(self, form: VersionedForm, error: StaleError) -> HttpResponse:
        """Both versions side by side, and the form ready to put the person's own on top."""
        again = self.get_form_class()(**{**self.get_form_kwargs(), **form.on_top_of(error)})
        again.submit_label = _("Save mine on top")
        conflicts = form.conflicts_with(error)
        context = self.get_context_data(form=again, error=error, conflicts=conflicts)
        return self.render_to_response(context, status=HTTPStatus.CONFLICT)


class EditPage(Editing, CustomerPage):
    """The same over a record of a customer."""
