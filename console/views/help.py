"""The guide inside of the product."""

from typing import Any

from django.http import Http404
from django.views.generic import TemplateView

from accounts.roles import StaffPermission
from components import guide
from console.views.base import ConsolePage


class HelpContents(ConsolePage, TemplateView):
    template_name = "console/help/contents.html"
    permission = StaffPermission.VIEW_CONSOLE

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(pages=guide.pages().values(), **kwargs)


class HelpPage(ConsolePage, TemplateView):
    template_name = "console/help/page.html"
    permission = StaffPermission.VIEW_CONSOLE

    def load(self) -> None:
        try:
            self.page = guide.pages()[self.kwargs["name"]]
        except KeyError:
            raise Http404 from None

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(page=self.page, **kwargs)
