"""Credentials behind a link that opens once. Who has the link needs no account here."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.generic import View

from accounts.models import User
from accounts.sessions import address_of
from cloudaccounts.flows import secrets
from cloudaccounts.flows.secrets import CannotOpenError

GONE = 410


@method_decorator(never_cache, name="dispatch")
class OpenCredentials(View):
    """Opening the link shows a button and changes nothing, because mail scanners open links, too.
    The button shows the credentials, once.
    """

    http_method_names = ["get", "head", "post"]

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        try:
            link = secrets.find(token)
        except CannotOpenError as error:
            return self.over(error)
        return render(request, "portal/credentials/closed.html", {"link": link})

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        person = request.user if isinstance(request.user, User) else None
        try:
            link = secrets.find(token)
            text = secrets.open_link(token, by=person, address=address_of(request))
        except CannotOpenError as error:
            return self.over(error)
        return render(request, "portal/credentials/opened.html", {"link": link, "text": text})

    def over(self, error: CannotOpenError) -> HttpResponse:
        """The page for links that were opened, withdrawn, or came too late."""
        context = {"why": str(error)}
        return render(self.request, "portal/credentials/over.html", context, status=GONE)
