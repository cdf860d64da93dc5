"""Exporting the list of customers: as it is looked at, at once or in the background."""

import uuid
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.generic import FormView, TemplateView

from accounts.roles import StaffPermission
from components.bulk import IDS, MATCHING, SCOPE, SELECTED
from components.lists import bounded_count
from console.exports import texts
from console.exports.reading import Table, table_of
from console.forms.exports import ALL, SHOWN, ExportForm
from console.lists.customer_looks import EVERYTHING
from console.lists.exports import ExportListing
from console.timeline import timeline_of
from console.views.base import ConsolePage
from console.views.list_views import LookPage, list_url
from customers.flows import exports as flows
from customers.flows.exports import Order
from customers.models import Export
from jobs import files
from jobs.models import Job, StoredFile

MOST_STREAMED = 50_000  # rows; whoever waits longer waits for a worker
_TYPES = {
    Export.Format.CSV: "text/csv; charset=utf-8",
    Export.Format.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


class ExportCustomers(LookPage, FormView[ExportForm]):
    """Asks how, and exports. A POST without a format asks, too: ticked customers come like that."""

    permission = StaffPermission.EXPORT_CUSTOMERS
    template_name = "console/exports/new.html"
    form_class = ExportForm

    def get_form(self, form_class: type[ExportForm] | None = None) -> ExportForm:
        kwargs = {**self.get_form_kwargs(), "cancel_url": self.cancel_url}
        if not self.is_asked:
            kwargs.update(data=None, files=None)
        form = (form_class or self.get_form_class())(**kwargs)
        form.action = f"?{self.listing.saved_query}"
        return form

    def get_initial(self) -> dict[str, Any]:
        used = Export.objects.filter(made_by=self.user, format=Export.Format.CSV).first()
        return {
            "format": Export.Format.CSV,
            "columns": SHOWN,
            "delimiter": used.delimiter if used else Export.Delimiter.COMMA,
            "scope": SELECTED if self.ids else MATCHING,
            "ids": self.ids,
            "key": uuid.uuid4(),
        }

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        if self.ids:
            words = ngettext(
                "%(count)s ticked customer", "%(count)s ticked customers", len(self.ids)
            )
            count = words % {"count": len(self.ids)}
        else:
            count = self.listing.result_count
        more = {"listing": self.listing, "count": count, "ids": self.ids}
        return super().get_context_data(cancel_url=self.cancel_url, **more, **kwargs)

    def post(self, *args: Any, **kwargs: Any) -> HttpResponse:
        # A filter that is not understood would let more through than was asked for: the page says
        # so, and its form leads to the address without it.
        if not self.is_asked or self.listing.notices:
            return self.render_to_response(self.get_context_data())
        return super().post(*args, **kwargs)

    def form_valid(self, form: ExportForm) -> HttpResponseBase:  # type: ignore[override]
        order = self.order(form)
        table = table_of(self.listing, order.columns, order.chosen)
        rows = bounded_count(table.customers, MOST_STREAMED)
        if order.format == Export.Format.CSV and rows <= MOST_STREAMED:
            return _streamed(flows.note_stream(order, rows=rows, by=self.user), table)
        key = form.cleaned_data["key"]
        export = flows.start(order, rows=rows, by=self.user, key=key)
        return redirect("console:exports:detail", export.pk)

    def order(self, form: ExportForm) -> Order:
        """What the form and the list's address ask for."""
        told = form.cleaned_data
        return Order(
            format=told["format"],
            delimiter=told["delimiter"] or Export.Delimiter.COMMA,
            columns=None if told["columns"] == ALL else list(self.look.columns),
            parameters=self.listing.told,
            chosen=form.chosen,
            told=self.in_words(form.chosen),
        )

    @property
    def is_asked(self) -> bool:
        """Whether the form itself was sent."""
        return self.request.method == "POST" and "format" in self.request.POST

    @property
    def ids(self) -> list[str]:
        is_selected = self.request.POST.get(SCOPE) == SELECTED
        return self.request.POST.getlist(IDS) if is_selected else []

    @property
    def cancel_url(self) -> str:
        return list_url(self.request.GET.urlencode())

    def in_words(self, chosen: list[uuid.UUID] | None) -> str:
        listing = self.listing
        if chosen is not None:
            words = ngettext("%(count)s ticked customer", "%(count)s ticked customers", len(chosen))
            return words % {"count": len(chosen)}
        view = listing.view
        parts = [f"{_('View')}: {view.label}"] if view else []
        if listing.search_text:
            parts.append(f"{_('Search')}: {listing.search_text}")
        return " · ".join([*parts, *(chip.text for chip in listing.chips)])


class ExportList(ConsolePage, TemplateView):
    permission = StaffPermission.EXPORT_CUSTOMERS
    template_name = "console/exports/list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        own = Export.objects.filter(made_by=self.user).select_related("job", "file")
        return super().get_context_data(listing=ExportListing(self.request.GET, own), **kwargs)


class ExportPage(ConsolePage):
    """A page about one export, named by `export_id` in the URL. Others' own are not there."""

    permission = StaffPermission.EXPORT_CUSTOMERS
    export: Export

    def load(self) -> None:
        own = Export.objects.filter(made_by=self.user).select_related("job", "file")
        self.export = get_object_or_404(own, pk=self.kwargs["export_id"])


class ExportDetail(ExportPage, TemplateView):
    """How far it is while it is under way; then the file, as long as it is kept."""

    template_name = "console/exports/detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        job = self.export.job
        is_ready = bool(job and job.state == Job.State.DONE and self.export.file)
        return super().get_context_data(
            export=self.export,
            job=job,
            is_ready=is_ready,
            again=urlencode({"view": EVERYTHING, **self.export.parameters}),
            entries=timeline_of(self.export.pk),
            **kwargs,
        )


class Cancel(ExportPage):
    http_method_names = ["post"]

    def post(self, *_args: Any, **_kwargs: Any) -> HttpResponse:
        flows.cancel(self.export)
        return redirect("console:exports:detail", self.export.pk)


class Download(ExportPage):
    http_method_names = ["get"]

    def get(self, *_args: Any, **_kwargs: Any) -> StreamingHttpResponse:
        job, file = self.export.job, self.export.file
        if file is None or job is None or job.state != Job.State.DONE:
            raise Http404
        response = _attached(self.export, _copied(file))
        response["Content-Length"] = str(file.size)
        return response


def _copied(file: StoredFile) -> Iterator[bytes]:
    """The content from this machine's disk: once the first byte is sent, no database is needed."""
    with files.copy(file) as content:
        yield from iter(lambda: content.read(files.PART), b"")


def _streamed(export: Export, table: Table) -> StreamingHttpResponse:
    """The cursor is opened here, in the reseller's schema, before the first byte is sent."""
    pieces = texts.parts(table, export.delimiter)
    return _attached(export, (piece for _done, piece in pieces))


def _attached(export: Export, content: Iterator[bytes]) -> StreamingHttpResponse:
    name = content_disposition_header(True, export.file_name)  # noqa: FBT003 - Django's signature
    headers = {"Content-Disposition": name or "", "Cache-Control": "no-store"}
    kind = _TYPES[Export.Format(export.format)]
    return StreamingHttpResponse(content, content_type=kind, headers=headers)
