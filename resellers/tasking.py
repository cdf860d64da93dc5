"""Work that beat starts once for all resellers."""

from collections.abc import Callable

from django_tenants.utils import tenant_context

from resellers.models import Reseller


def for_each_in_service(function: Callable[[], object]) -> None:
    """Call the function in the schema of each reseller that is ready and not suspended."""
    for reseller in Reseller.objects.in_service():
        with tenant_context(reseller):
            function()
