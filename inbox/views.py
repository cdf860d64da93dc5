"""The pages of the local inbox. They exist only where mails are kept in a folder."""

from itertools import islice
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.views.generic import TemplateView
from django.views.generic.base import View

from components.frames import mail_document
from inbox import store

SHOWN = 100


class InboxPage(View):
    """A page of a demo installation; elsewhere there is nothing at its address."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if settings.IS_PRODUCTION or not settings.INBOX_DIRECTORY:
            raise Http404
        return super().dispatch(request, *args, **kwargs)


class LetterPage(InboxPage):
    """A page about one mail, named by `letter_id` in the URL."""

    letter: store.Letter

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if settings.INBOX_DIRECTORY:
            try:
                self.letter = store.letter(kwargs["letter_id"])
            except store.LetterNotFoundError as error:
                raise Http404 from error
        return super().dispatch(request, *args, **kwargs)


class LetterList(InboxPage, TemplateView):
    """The newest mails, all or those to one recipient."""

    template_name = "inbox/list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        to = self.request.GET.get("to", "")
        letters = list(islice(store.letters(to=to), SHOWN))
        return super().get_context_data(letters=letters, to=to, **kwargs)


class ReadLetter(LetterPage, TemplateView):
    """One mail: who, what, the text with its links, and the look."""

    template_name = "inbox/detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(letter=self.letter, **kwargs)


class LetterDocument(LetterPage):
    """The HTML part alone, for the frame on the mail's page."""

    http_method_names = ["get", "head"]

    def get(self, _request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        return mail_document(self.letter.html, links_work=True)
