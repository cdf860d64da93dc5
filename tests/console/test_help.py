"""Help: the guide inside of the product."""

import re
from http import HTTPStatus

import pytest
from django.urls import reverse

from accounts.models import StaffMember
from components import guide
from console import guide_parts as parts
from tests.factories.accounts import StaffMemberFactory
from tests.factories.customers import CustomerFactory
from tests.harness.clients import HostClient
from tests.isolation.pages import PAGES

URLCONF = "config.urls_reseller"


@pytest.fixture
def viewer(alpha_client: HostClient) -> HostClient:
    """Somebody who may only look: Help is for everybody."""
    member: StaffMember = StaffMemberFactory.create(viewer=True)
    alpha_client.force_login(member.user)
    return alpha_client


def url(name: str, *args: object) -> str:
    return reverse(f"console:{name}", urlconf=URLCONF, args=args)


@pytest.mark.parametrize("beginning", parts.PARTS)
def test_help_about_a_page_leads_to_a_part_that_exists(beginning: str) -> None:
    page, _, section = parts.PARTS[beginning].partition("#")

    assert any(name.startswith(beginning) for name in PAGES), "no page is called like that"
    assert section in guide.pages()[page].anchors


def test_the_longest_beginning_wins() -> None:
    assert parts.part_about("console:customers:merge") == "customers#merge-two-records"
    assert parts.part_about("console:customers:edit") == "customers#customer-information"
    assert parts.part_about("console:team:list") == ""


def test_every_page_of_the_staff_has_help(viewer: HostClient) -> None:
    contacts = url("contacts:list", CustomerFactory.create().pk)

    for address, wanted in (
        (url("home"), url("help:contents")),
        (contacts, url("help:page", "customers") + "#contacts"),
    ):
        page = viewer.get(address).content.decode()
        assert re.search(r'<a [^>]*href="([^"]*)"[^>]*aria-label="Help"', page)[1] == wanted  # type: ignore[index]


def test_the_contents_lead_to_every_section(viewer: HostClient) -> None:
    page = viewer.get(url("help:contents")).content.decode()

    for each in guide.pages().values():
        for section in each.sections:
            assert f'href="{url("help:page", each.name)}#{section.anchor}"' in page


def test_a_page_shows_its_text(viewer: HostClient) -> None:
    page = viewer.get(url("help:page", "customers")).content.decode()

    assert '<h2 id="merge-two-records">Merge two records</h2>' in page


def test_a_page_that_nobody_wrote_is_not_found(viewer: HostClient) -> None:
    assert viewer.get(url("help:page", "secrets")).status_code == HTTPStatus.NOT_FOUND
