"""The front page: who the reseller is, what it sells, and the way in."""

import pytest

from resellers.models import Reseller
from tests.factories.accounts import StaffMemberFactory, UserFactory
from tests.harness.clients import HostClient


def test_a_stranger_reads_what_is_sold_and_finds_the_way_in(
    alpha_client: HostClient, alpha: Reseller
) -> None:
    page = alpha_client.get("/").content.decode()

    assert "Cloud services from Alpha Cloud" in page
    assert "Amazon Web Services" in page
    assert "Microsoft Azure" not in page
    assert 'href="/signup/"' in page
    assert 'href="/account/login/"' in page
    assert "Go to your pages" not in page


@pytest.mark.parametrize("factory", [UserFactory, StaffMemberFactory])
def test_who_is_logged_in_finds_their_own_place(
    alpha_client: HostClient, alpha: Reseller, factory: type
) -> None:
    made = factory()
    alpha_client.force_login(getattr(made, "user", made))

    page = alpha_client.get("/").content.decode()

    assert "Go to your pages" in page
    assert 'href="/signup/"' not in page


def test_costs_a_stranger_no_query_about_people(
    alpha_client: HostClient, alpha: Reseller, django_assert_max_num_queries: object
) -> None:
    alpha_client.get("/")

    with django_assert_max_num_queries(2):  # type: ignore[operator]
        assert alpha_client.get("/").status_code == 200
