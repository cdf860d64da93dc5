"""The door to the reseller whose schema is in use."""

from typing import Any

import pytest
from django_tenants.utils import schema_context

from resellers.current import NoResellerError, absolute_url, current_reseller
from resellers.models import Reseller
from tests.resellers.questions import questions

pytestmark = pytest.mark.django_db


def test_in_a_request_or_a_task_it_costs_nothing(alpha: Reseller) -> None:
    with questions(0):
        assert current_reseller() is alpha


def test_where_only_a_schemas_name_is_known_it_is_asked_for_once(public: Any) -> None:
    with schema_context("bravo"):
        with questions(1):
            assert current_reseller().name == "Bravo Cloud"
            assert current_reseller().name == "Bravo Cloud"
        with schema_context("alpha"):
            assert current_reseller().name == "Alpha Cloud"
        assert current_reseller().name == "Bravo Cloud"


def test_the_platform_has_none(public: Any) -> None:
    with pytest.raises(NoResellerError):
        current_reseller()


@pytest.mark.parametrize(
    ("port", "scheme", "address"),
    [
        (0, "https", "https://alpha.localhost/console/"),
        (8000, "http", "http://alpha.localhost:8000/console/"),
    ],
)
def test_addresses_lead_to_the_current_reseller(
    port: int, scheme: str, address: str, alpha: Reseller, settings: Any
) -> None:
    settings.PUBLIC_PORT, settings.PUBLIC_SCHEME = port, scheme

    assert absolute_url("/console/") == address
    assert absolute_url("/x/", host="bravo.localhost").partition("://")[2].startswith("bravo.")


def test_addresses_of_the_platform_lead_to_its_own_host(public: Any, settings: Any) -> None:
    settings.PUBLIC_PORT, settings.PLATFORM_HOST = 0, "platform.example.com"

    assert absolute_url("/admin/") == f"{settings.PUBLIC_SCHEME}://platform.example.com/admin/"
