from http import HTTPStatus
from types import SimpleNamespace

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from components import branding, context, navigation
from components.navigation import Entry
from components.views import Branding, SetTheme

HOST = "nordwind.localhost"


def reseller(**values: str) -> SimpleNamespace:
    return SimpleNamespace(schema_name="nordwind", name="Nordwind", brand_color="#0a7d5a", **values)


def request(path: str = "/", **cookies: str) -> HttpRequest:
    made = RequestFactory().get(path, headers={"host": HOST})
    made.COOKIES.update(cookies)
    return made


def style_sheet(asked: HttpRequest, *, version: str) -> HttpResponse:
    response = Branding.as_view()(asked, version=version)
    assert isinstance(response, HttpResponse)
    return response


@pytest.mark.parametrize(
    ("asked", "target"),
    [
        ("/console/?q=a", "/console/?q=a"),
        (f"http://{HOST}/portal/", f"http://{HOST}/portal/"),
        ("https://evil.example/", "/"),
        ("//evil.example/", "/"),
        ("/\\evil.example", "/"),
        ("javascript:alert(1)", "/"),
        ("nowhere", "/"),  # neither an address nor the name of a page
        ("console:home", "/"),
        ("{urn:a", "/"),
        ("/a\x00b", "/a%00b"),
        ("", "/"),
    ],
)
def test_choosing_a_theme_never_leads_to_another_site(asked: str, target: str) -> None:
    made = RequestFactory().post(
        "/theme/", {"theme": "dark", "next": asked}, headers={"host": HOST}
    )

    response = SetTheme.as_view()(made)

    assert response.status_code == HTTPStatus.FOUND
    assert response["Location"] == target
    assert response.cookies["theme"].value == "dark"


def test_a_theme_that_does_not_exist_is_not_remembered() -> None:
    made = RequestFactory().post("/theme/", {"theme": "<script>"}, headers={"host": HOST})

    assert "theme" not in SetTheme.as_view()(made).cookies


def test_reading_never_changes_the_theme() -> None:
    assert SetTheme.as_view()(request()).status_code == HTTPStatus.METHOD_NOT_ALLOWED


@pytest.mark.parametrize(
    ("cookie", "theme"), [("dark", "dark"), ("light", "light"), ("x\x00", "auto")]
)
def test_the_theme_comes_from_the_cookie(cookie: str, theme: str) -> None:
    assert context.current_theme(request(theme=cookie)) == theme


def test_the_style_sheet_of_the_current_colour_may_be_kept_for_ever() -> None:
    asked = request()
    asked.tenant = reseller()  # type: ignore[attr-defined]

    response = style_sheet(asked, version=branding.version("#0a7d5a"))

    assert "immutable" in response["Cache-Control"]
    assert response["Content-Type"].startswith("text/css")
    assert branding.palette("#0a7d5a").light.hex in response.content.decode()


def test_the_style_sheet_under_an_old_address_is_current_but_not_kept() -> None:
    asked = request()
    asked.tenant = reseller()  # type: ignore[attr-defined]

    response = style_sheet(asked, version="old")

    assert response["Cache-Control"] == "no-store"
    assert branding.palette("#0a7d5a").light.hex in response.content.decode()


def test_a_colour_that_is_none_never_reaches_the_style_sheet() -> None:
    asked = request()
    asked.tenant = SimpleNamespace(  # type: ignore[attr-defined]
        schema_name="n", name="N", brand_color="red}body{display:none"
    )

    page = style_sheet(asked, version="x").content.decode()

    assert "display" not in page


@pytest.mark.parametrize("tenant", [None, SimpleNamespace(schema_name="public", name="Platform")])
def test_the_platforms_host_has_no_reseller(
    tenant: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(context, "connection", SimpleNamespace(tenant=None))
    asked = request()
    asked.tenant = tenant  # type: ignore[attr-defined]

    assert context.current_reseller(asked) is None


def test_the_inbox_is_linked_only_where_there_is_one(settings: object) -> None:
    settings.INBOX_DIRECTORY = None  # type: ignore[attr-defined]
    assert context.inbox_url() == ""

    settings.INBOX_DIRECTORY = "/somewhere"  # type: ignore[attr-defined]
    settings.PUBLIC_SCHEME, settings.PUBLIC_PORT = "http", 8000  # type: ignore[attr-defined]
    settings.PLATFORM_HOST = "platform.localhost"  # type: ignore[attr-defined]
    assert context.inbox_url() == "http://platform.localhost:8000/inbox/"


@pytest.fixture
def menu(monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(navigation, "_menus", {})
    monkeypatch.setattr(navigation, "reverse", lambda name, **_kwargs: f"/{name}/")
    navigation.register(
        "test",
        Entry("Customers", "users", "home/customers", permission="see", count=lambda _r: 3),
        Entry("Home", "home", "home", exact=True, position=1),
    )
    return "test"


def test_entries_without_their_permission_are_not_shown(menu: str) -> None:
    asked = request("/home/")

    assert [link.entry.label for link in navigation.links(asked, menu)] == ["Home"]

    navigation.grant(asked, {"see"})
    assert [link.entry.label for link in navigation.links(asked, menu)] == ["Home", "Customers"]


def test_the_entry_of_the_page_is_current_and_counts_what_waits(menu: str) -> None:
    asked = request("/home/customers/7/")
    navigation.grant(asked, {"see"})

    home, customers = navigation.links(asked, menu)

    assert (home.is_current, customers.is_current, customers.count) == (False, True, 3)


def test_registering_twice_changes_nothing(menu: str) -> None:
    navigation.register(menu, Entry("Home", "home", "home", exact=True, position=1))

    assert len(navigation.links(request(), menu)) == 1
