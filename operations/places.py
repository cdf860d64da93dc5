"""Acting at a reseller from the platform's host."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.urls import get_urlconf, set_urlconf
from django_tenants.utils import tenant_context

from resellers.models import Reseller


@contextmanager
def at(reseller: Reseller) -> Iterator[None]:
    """In the reseller's schema, and with the map of its host: mails hold addresses of pages that
    the platform's host does not have.
    """
    before = get_urlconf()
    set_urlconf(None)  # the map of resellers' hosts is the usual one
    try:
        with tenant_context(reseller):
            yield
    finally:
        set_urlconf(before)
