"""Importing customers and contacts: upload, columns, trial run, import, what came of it."""

import uuid
from typing import IO, Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.generic import FormView, TemplateView

from accounts.roles import StaffPermission
from components.uploads import is_upload_too_large
from console.forms.imports import ColumnsForm, UploadForm
from console.lists.imports import ImportListing, ImportRowListing, rows_of
from console.views.base import ConsolePage
from customers.flows import imports as flows
from customers.flows.imports import CannotImportError
from customers.imports import downloads
from customers.models import Import, ImportRow
from jobs.models import Job


class ImportList(ConsolePage, TemplateView):
    permission = StaffPermission.EDIT_CUSTOMERS
    template_name = "console/imports/list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        imports = Import.objects.select_related("run", "uploaded_by")
        upload = reverse("console:imports:upload")
        listing = ImportListing(
            self.request.GET, imports, empty_url=upload, empty_label=_("Upload a file")
        )
        return super().get_context_data(listing=listing, **kwargs)


class Template(ConsolePage):
    """A CSV with every column that a file may have, the reseller's own fields among them."""

    permission = StaffPermission.EDIT_CUSTOMERS
    http_method_names = ["get"]

    def get(self, *_args: Any, **_kwargs: Any) -> FileResponse:
        what = self.request.GET.get("what", Import.What.CUSTOMERS)
        if what not in Import.What.values:
            raise Http404
        return _download(downloads.template(what), f"{what}.csv")


class Upload(ConsolePage, FormView[UploadForm]):
    permission = StaffPermission.EDIT_CUSTOMERS
    template_name = "console/imports/upload.html"
    form_class = UploadForm
    initial = {"what": Import.What.CUSTOMERS}

    def get_form_kwargs(self) -> dict[str, Any]:
        cancel = reverse("console:customers:list")
        return {**super().get_form_kwargs(), "cancel_url": cancel}

    def form_valid(self, form: UploadForm) -> HttpResponse:
        told = form.cleaned_data
        try:
            key = told["key"] or uuid.uuid4()
            source = flows.upload(told["what"], told["file"], by=self.user, key=key)
        except CannotImportError as error:
            form.add_error(error.field, str(error))
            return self.form_invalid(form)
        return redirect("console:imports:columns", source.pk)

    def form_invalid(self, form: UploadForm) -> HttpResponse:
        if is_upload_too_large(self.request):
            form.errors.pop("file", None)
            form.add_error("file", flows.too_large())
        return super().form_invalid(form)


class ImportPage(ConsolePage):
    """A page about one import, named by `import_id` in the URL."""

    permission = StaffPermission.EDIT_CUSTOMERS
    source: Import

    def load(self) -> None:
        imports = Import.objects.select_related("file", "trial", "run", "uploaded_by")
        self.source = get_object_or_404(imports, pk=self.kwargs["import_id"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(source=self.source, **kwargs)

    def back(self) -> HttpResponse:
        return redirect("console:imports:detail", self.source.pk)


class Columns(ImportPage, FormView[ColumnsForm]):
    """Which column is what. Saying so begins the trial run."""

    template_name = "console/imports/columns.html"
    form_class = ColumnsForm

    def get_form_kwargs(self) -> dict[str, Any]:
        columns = flows.columns_of(self.source.what)
        return {**super().get_form_kwargs(), "source": self.source, "columns": columns}

    def form_valid(self, form: ColumnsForm) -> HttpResponse:
        odd = form.cleaned_data["takes_odd_addresses"]
        try:
            flows.try_out(self.source, form.chosen, takes_odd_addresses=odd, by=self.user)
        except CannotImportError as error:
            form.add_error(None, str(error))
            return self.form_invalid(form)
        return self.back()


class ImportDetail(ImportPage, TemplateView):
    """How far it is while it is under way; then what becomes, or became, of each row."""

    template_name = "console/imports/detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        job = self.source.job
        counts = job.result if job else {}
        outcomes = [(each, counts.get(each.value, 0)) for each in ImportRow.Outcome]
        return super().get_context_data(
            job=job,
            is_tried=bool(job and not self.source.run and job.state == Job.State.DONE),
            outcomes=outcomes,
            odd=counts.get("odd", 0),
            refused=counts.get(ImportRow.Outcome.REFUSED.value, 0),
            to_do=sum(counts.get(each, 0) for each in ("added", "changed")),
            listing=ImportRowListing(self.request.GET, rows_of(self.source)),
            **kwargs,
        )


class Start(ImportPage):
    http_method_names = ["post"]

    def post(self, *_args: Any, **_kwargs: Any) -> HttpResponse:
        try:
            flows.start(self.source, by=self.user)
        except CannotImportError as error:
            messages.error(self.request, str(error))
        return self.back()


class Cancel(ImportPage):
    http_method_names = ["post"]

    def post(self, *_args: Any, **_kwargs: Any) -> HttpResponse:
        flows.cancel(self.source)
        return self.back()


class Refused(ImportPage):
    """The refused rows as they stand in the file, with reasons: to mend and upload again."""

    http_method_names = ["get"]

    def get(self, *_args: Any, **_kwargs: Any) -> FileResponse:
        return _download(downloads.refused(self.source), "refused.csv")


def _download(content: IO[bytes], name: str) -> FileResponse:
    kind = "text/csv; charset=utf-8"
    return FileResponse(content, as_attachment=True, filename=name, content_type=kind)
