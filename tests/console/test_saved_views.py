"""Saved views and chosen columns of the list of customers."""

import re
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django_tenants.utils import tenant_context

from accounts.models import User
from accounts.roles import StaffRole
from audit.models import AuditEntry
from customers.flows import list_views as flows
from customers.flows.list_views import CannotSaveViewError, Look
from customers.models import Customer, ListPreference, SavedView
from resellers.models import Reseller
from tests.console.staff import NASTY
from tests.factories.accounts import StaffMemberFactory
from tests.factories.customers import CustomerFactory, CustomFieldFactory
from tests.harness.clients import HostClient

LIST = reverse("console:customers:list", "config.urls_reseller")
GERMAN = Look(parameters={"country": "DE", "sort": "-created_at"})


def page_of(name: str, *args: object) -> str:
    return reverse(f"console:list_views:{name}", "config.urls_reseller", args=args)


def come(client: Client, role: str) -> User:
    user: User = StaffMemberFactory(role=role).user
    client.force_login(user)
    return user


def rows_of(page: str) -> list[str]:
    return re.findall(r'<th scope="row".*?<a [^>]*>(.*?)</a>', page, re.DOTALL)


def headers_of(page: str) -> list[str]:
    head = page[page.index("<thead>") : page.index("</thead>")]
    return [
        re.sub(r"<.*?>", "", each).strip() for each in re.findall(r"<th .*?</th>", head, re.DOTALL)
    ]


def tabs_of(page: str) -> dict[str, str]:
    row = page[page.index('id="list-tabs"') : page.index('class="list-bar"')]
    return {name: unescape(url) for url, name in re.findall(r'href="(.*?)"[^>]*>(.*?)<', row)}


def current_tab(page: str) -> str:
    found = re.search(r'aria-current="page">([^<]*)</a></li>', page[page.index("list-tabs") :])
    return found[1] if found else ""


@pytest.fixture
def owner(alpha: Reseller, alpha_client: HostClient) -> User:
    return come(alpha_client, StaffRole.OWNER)


@pytest.fixture
def viewer(alpha: Reseller, alpha_client: HostClient) -> User:
    return come(alpha_client, StaffRole.VIEWER)


@pytest.fixture(autouse=True)
def _customers(alpha: Reseller) -> None:
    CustomerFactory(organization_name="Acme", country="DE")
    CustomerFactory(organization_name="Bolt", country="FR")


class TestSaving:
    def test_keeps_what_the_list_shows(self, alpha_client: HostClient, viewer: User) -> None:
        page = page_of("save") + "?country=DE&sort=-created_at&q=ac&per=25&cursor=x&nonsense=1"

        shown = alpha_client.get(page).content.decode()
        response: Any = alpha_client.post(page, {"name": "  My   Germans "})

        view = SavedView.objects.get()
        assert "Country: Germany" in shown
        assert response["Location"] == f"{LIST}?saved={view.pk}"
        assert (view.name, view.owner, view.is_shared) == ("My Germans", viewer, False)
        assert view.parameters == {"country": "DE", "sort": "-created_at", "q": "ac"}
        assert view.columns is None

    def test_twice_saves_one(self, alpha_client: HostClient, viewer: User) -> None:
        key = alpha_client.get(page_of("save")).context["form"]["key"].value()

        for _again in range(2):
            body = {"name": "Mine", "key": str(key)}
            assert alpha_client.post(page_of("save"), body).status_code == 302

        assert SavedView.objects.count() == 1

    def test_another_persons_key_makes_a_view_of_ones_own(self, viewer: User) -> None:
        theirs = flows.save("Theirs", GERMAN, by=StaffMemberFactory().user)

        mine = flows.save("Mine", GERMAN, by=viewer, key=theirs.pk)

        assert mine.pk != theirs.pk

    def test_shares_only_where_the_role_allows(
        self, alpha_client: HostClient, viewer: User
    ) -> None:
        page = alpha_client.get(page_of("save")).content.decode()
        alpha_client.post(page_of("save"), {"name": "Mine", "is_shared": "on"})

        assert "Shared with the team" not in page
        assert SavedView.objects.get().is_shared is False

    def test_a_shared_one_is_told_on_the_trail(self, alpha_client: HostClient, owner: User) -> None:
        alpha_client.post(page_of("save"), {"name": "Ours", "is_shared": "on"})

        entry = AuditEntry.objects.get()
        assert (entry.action, entry.subject_name, entry.actor_id) == (
            flows.SHARED,
            "Ours",
            owner.pk,
        )

    def test_a_name_stands_once_for_each_person_and_once_shared(self, owner: User) -> None:
        flows.save("Mine", GERMAN, by=owner)
        flows.save("Mine", GERMAN, by=owner, is_shared=True)
        flows.save("Mine", GERMAN, by=StaffMemberFactory().user)

        for is_shared in (False, True):
            with pytest.raises(CannotSaveViewError, match="this name already"):
                flows.save("MINE", GERMAN, by=owner, is_shared=is_shared)

    def test_a_taken_name_is_told_beside_its_box(
        self, alpha_client: HostClient, owner: User
    ) -> None:
        flows.save("Mine", GERMAN, by=owner)

        page = alpha_client.post(page_of("save"), {"name": "mine"})

        assert "There is a view with this name already." in page.content.decode()
        assert SavedView.objects.count() == 1

    def test_there_is_an_end(self, owner: User, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(flows, "MOST_OWN", 2)
        for number in range(2):
            flows.save(f"View {number}", GERMAN, by=owner)

        with pytest.raises(CannotSaveViewError, match="There are 2 such views"):
            flows.save("One more", GERMAN, by=owner)
        flows.save("Shared", GERMAN, by=owner, is_shared=True)

    @pytest.mark.parametrize("text", NASTY.values(), ids=NASTY)
    def test_any_name_is_taken_or_refused(
        self, alpha_client: HostClient, owner: User, text: str
    ) -> None:
        response = alpha_client.post(page_of("save"), {"name": text})

        assert response.status_code in {200, 302}
        assert alpha_client.get(LIST).status_code == 200


class TestList:
    def test_a_view_is_a_tab_that_shows_what_was_saved(
        self, alpha_client: HostClient, viewer: User
    ) -> None:
        flows.save("My Germans", GERMAN, by=viewer)

        url = tabs_of(alpha_client.get(LIST).content.decode())["My Germans"]
        page = alpha_client.get(LIST + url).content.decode()

        assert rows_of(page) == ["Acme"]
        assert current_tab(page) == "My Germans"
        assert "Save changes" not in page
        assert 'aria-sort="descending"' in page

    def test_its_bare_address_shows_the_same(self, alpha_client: HostClient, viewer: User) -> None:
        view = flows.save("My Germans", GERMAN, by=viewer)

        page = alpha_client.get(f"{LIST}?saved={view.pk}").content.decode()

        assert rows_of(page) == ["Acme"]
        assert "Save changes" not in page

    def test_what_was_changed_can_be_saved(self, alpha_client: HostClient, viewer: User) -> None:
        view = flows.save("My Germans", GERMAN, by=viewer)
        page = alpha_client.get(f"{LIST}?saved={view.pk}").content.decode()
        chip = re.search(r'class="chip"><span>Country: Germany</span><a href="(.*?)"', page)
        assert chip

        changed = alpha_client.get(LIST + unescape(chip[1])).content.decode()

        assert rows_of(changed) == ["Bolt", "Acme"]
        assert current_tab(changed) == "My Germans"
        form = re.search(r'action="(.*?replace.*?)".*?name="version" value="(\d)"', changed)
        assert form
        response: Any = alpha_client.post(unescape(form[1]), {"version": form[2]})
        assert response["Location"] == f"{LIST}?saved={view.pk}"
        view.refresh_from_db()
        assert (view.parameters, view.version) == ({"sort": "-created_at"}, 2)

    def test_the_last_filter_of_a_view_can_be_taken_away(
        self, alpha_client: HostClient, viewer: User
    ) -> None:
        view = flows.save("My Germans", Look(parameters={"country": "DE"}), by=viewer)
        page = alpha_client.get(f"{LIST}?saved={view.pk}").content.decode()
        chip = re.search(r'class="chip".*?<a href="(.*?)"', page)
        assert chip

        assert rows_of(alpha_client.get(LIST + unescape(chip[1])).content.decode()) == [
            "Acme",
            "Bolt",
        ]

    def test_a_slower_change_is_refused(self, alpha_client: HostClient, viewer: User) -> None:
        view = flows.save("My Germans", GERMAN, by=viewer)
        flows.replace(view, Look(parameters={"country": "FR"}), version=1, by=viewer)

        page = alpha_client.post(
            page_of("replace", view.pk) + f"?saved={view.pk}&tag=x", {"version": "1"}, follow=True
        )

        assert "Somebody else changed the view" in page.content.decode()
        view.refresh_from_db()
        assert view.parameters == {"country": "FR"}

    @pytest.mark.parametrize("saved", [*NASTY.values(), "5f0c1c3e-0000-0000-0000-000000000000"])
    def test_an_unknown_view_is_told(
        self, alpha_client: HostClient, viewer: User, saved: str
    ) -> None:
        page = alpha_client.get(LIST, {"saved": saved}).content.decode()

        assert rows_of(page) == ["Acme", "Bolt"]
        assert ("does not exist any more" in page) is bool(saved)

    def test_what_is_gone_since_is_told_and_narrows_nothing(
        self, alpha_client: HostClient, viewer: User
    ) -> None:
        field = CustomFieldFactory(key="tier", label="Tier", choice=True)
        told = {"field.tier": "gold", "country": "XX", "sort": "shoe-size", "view": "lost"}
        view = flows.save("Old", Look(parameters=told, columns=["field.tier", "code"]), by=viewer)
        field.delete()

        page = alpha_client.get(f"{LIST}?saved={view.pk}").content.decode()

        assert rows_of(page) == ["Acme", "Bolt"]
        assert headers_of(page) == ["Organization", "Code"]
        for sentence in (
            "“field.tier”, which is not kept any more",
            "“Country” was not used",
            "cannot be sorted that way",
            "The view in the address does not exist",
        ):
            assert sentence in page

    def test_a_list_can_begin_with_a_view(self, alpha_client: HostClient, viewer: User) -> None:
        view = flows.save("My Germans", GERMAN, by=viewer)

        alpha_client.post(page_of("begin"), {"view": str(view.pk)})

        page = alpha_client.get(LIST).content.decode()
        assert (rows_of(page), current_tab(page)) == (["Acme"], "My Germans")
        everything = alpha_client.get(LIST + tabs_of(page)["All"]).content.decode()
        assert (rows_of(everything), current_tab(everything)) == (["Acme", "Bolt"], "All")
        sort = re.search(r'class="sort-link" href="(.*?)"', everything)
        assert sort
        assert parse_qs(urlsplit(unescape(sort[1])).query)["view"] == ["all"]

    def test_a_deleted_beginning_is_no_beginning(
        self, alpha_client: HostClient, viewer: User
    ) -> None:
        view = flows.save("My Germans", GERMAN, by=viewer)
        flows.begin_with(view, by=viewer)

        alpha_client.post(page_of("delete", view.pk))

        assert rows_of(alpha_client.get(LIST).content.decode()) == ["Acme", "Bolt"]
        assert ListPreference.objects.get().default_view is None

    def test_another_persons_view_is_no_beginning(
        self, alpha_client: HostClient, viewer: User
    ) -> None:
        theirs = flows.save("Theirs", GERMAN, by=StaffMemberFactory().user)

        alpha_client.post(page_of("begin"), {"view": str(theirs.pk)})

        assert ListPreference.objects.get().default_view is None


class TestWhoMay:
    @pytest.mark.parametrize("method", ["get", "post"])
    @pytest.mark.parametrize("name", ["edit", "replace", "delete"])
    def test_another_persons_own_view_is_not_found(
        self, alpha_client: HostClient, owner: User, name: str, method: str
    ) -> None:
        theirs = flows.save("Theirs", GERMAN, by=StaffMemberFactory().user)

        response = getattr(alpha_client, method)(page_of(name, theirs.pk), {"name": "Taken"})

        assert response.status_code == 404
        theirs.refresh_from_db()
        assert (theirs.name, theirs.version) == ("Theirs", 1)

    def test_nobody_sees_the_name_of_anothers_own_view(
        self, alpha_client: HostClient, owner: User
    ) -> None:
        theirs = flows.save("Zebra", GERMAN, by=StaffMemberFactory().user)

        for page in (LIST, f"{LIST}?saved={theirs.pk}", page_of("list")):
            assert "Zebra" not in alpha_client.get(page).content.decode()

    @pytest.mark.parametrize("name", ["edit", "replace", "delete"])
    def test_a_shared_view_is_changed_by_who_manages_settings(
        self, alpha_client: HostClient, viewer: User, name: str
    ) -> None:
        view = flows.save("Ours", GERMAN, by=StaffMemberFactory(owner=True).user, is_shared=True)

        response = alpha_client.post(page_of(name, view.pk) + "?country=FR", {"name": "Taken"})

        assert response.status_code == 403
        view.refresh_from_db()
        assert (view.name, view.parameters["country"]) == ("Ours", "DE")

    def test_whoever_may_only_look_is_offered_no_change(
        self, alpha_client: HostClient, viewer: User
    ) -> None:
        view = flows.save("Ours", GERMAN, by=StaffMemberFactory(owner=True).user, is_shared=True)

        page = alpha_client.get(f"{LIST}?saved={view.pk}&country=FR").content.decode()
        edit = alpha_client.get(page_of("edit", view.pk)).content.decode()

        assert current_tab(page) == "Ours"
        assert "Save changes" not in page
        assert "Whoever manages settings can change it" in edit
        assert 'name="name"' not in edit

    def test_a_colleague_who_manages_settings_may(
        self, alpha_client: HostClient, owner: User
    ) -> None:
        view = flows.save("Ours", GERMAN, by=StaffMemberFactory(owner=True).user, is_shared=True)

        alpha_client.post(page_of("edit", view.pk), {"name": "Everybody's", "is_shared": "on"})

        view.refresh_from_db()
        assert view.name == "Everybody's"
        assert view.owner != owner

    def test_whoever_withdraws_a_view_keeps_it(self, alpha_client: HostClient, owner: User) -> None:
        view = flows.save("Ours", GERMAN, by=StaffMemberFactory(owner=True).user, is_shared=True)

        alpha_client.post(page_of("edit", view.pk), {"name": "Mine"})

        view.refresh_from_db()
        assert (view.name, view.is_shared, view.owner) == ("Mine", False, owner)

    def test_another_resellers_views_are_not_found(
        self, alpha_client: HostClient, owner: User, bravo: Reseller
    ) -> None:
        with tenant_context(bravo):
            foreign = flows.save(
                "Theirs", GERMAN, by=StaffMemberFactory(owner=True).user, is_shared=True
            )

        assert alpha_client.get(page_of("edit", foreign.pk)).status_code == 404
        page = alpha_client.get(f"{LIST}?saved={foreign.pk}").content.decode()
        assert "does not exist any more" in page
        assert "Theirs" not in page


class TestColumns:
    def test_shows_what_is_ticked_in_its_order(
        self, alpha_client: HostClient, viewer: User
    ) -> None:
        CustomFieldFactory(key="tier", label="Tier", choice=True)
        Customer.objects.filter(organization_name="Acme").update(
            custom_values={"tier": "gold"}, tags=["media"], city="Köln"
        )
        body = {
            "show.field.tier": "on",
            "place.field.tier": "2",
            "show.city": "on",
            "place.city": "1",
            "show.status": "on",
            "place.country": "1",
        }

        response: Any = alpha_client.post(page_of("columns") + "?country=DE", body)

        assert response["Location"] == f"{LIST}?country=DE"
        page = alpha_client.get(response["Location"]).content.decode()
        assert headers_of(page) == ["Organization", "City", "Tier", "Status"]
        assert all(text in page for text in ("Köln", "Gold", "Active"))

    def test_nothing_else_is_read(self, alpha_client: HostClient, viewer: User) -> None:
        def read() -> str:
            with CaptureQueriesContext(connection) as captured:
                alpha_client.get(LIST)
            return next(each["sql"] for each in captured if '"organization_name"' in each["sql"])

        usual = read()
        flows.choose_columns(["city"], by=viewer)
        chosen = read()

        wide = ("custom_values", "contact_email", "counted", "search_text", "notes")
        assert [name in usual for name in wide] == [False, True, True, False, False]
        assert [name in chosen for name in wide] == [False] * 5
        assert '"city"' in chosen

    def test_are_everybodys_own(self, alpha_client: HostClient, viewer: User) -> None:
        flows.choose_columns(["city"], by=StaffMemberFactory().user)

        assert "City" not in headers_of(alpha_client.get(LIST).content.decode())

    def test_lead_back_to_the_usual_ones(self, alpha_client: HostClient, viewer: User) -> None:
        flows.choose_columns(["city"], by=viewer)

        alpha_client.post(page_of("columns"), {"usual": "1"})

        assert "People" in headers_of(alpha_client.get(LIST).content.decode())

    def test_may_be_none_at_all(self, alpha_client: HostClient, viewer: User) -> None:
        alpha_client.post(page_of("columns"), {})

        assert headers_of(alpha_client.get(LIST).content.decode()) == ["Organization"]

    @pytest.mark.parametrize("text", [*NASTY.values(), "0", "-1", "1000"])
    def test_a_place_that_is_none_is_told(
        self, alpha_client: HostClient, viewer: User, text: str
    ) -> None:
        page = alpha_client.post(page_of("columns"), {"show.city": "on", "place.city": text})

        assert page.status_code == (200 if text else 302)

    def test_too_many_are_refused(
        self, alpha_client: HostClient, viewer: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("console.forms.list_views.MOST_COLUMNS", 1)

        page = alpha_client.post(page_of("columns"), {"show.city": "on", "show.code": "on"})

        assert "Choose at most 1 columns" in page.content.decode()
        assert not ListPreference.objects.exists()

    def test_of_a_view_go_before_ones_own(self, alpha_client: HostClient, viewer: User) -> None:
        flows.choose_columns(["city"], by=viewer)
        alpha_client.post(page_of("save"), {"name": "Kept", "keeps_columns": "on"})
        view = SavedView.objects.get()
        flows.choose_columns(["domain"], by=viewer)

        page = alpha_client.get(f"{LIST}?saved={view.pk}").content.decode()
        assert headers_of(page) == ["Organization", "City"]
        address = page_of("columns") + f"?saved={view.pk}"
        assert "Keep in the view Kept" in alpha_client.get(address).content.decode()
        alpha_client.post(address, {"show.code": "on", "view": "1"})

        page = alpha_client.get(f"{LIST}?saved={view.pk}").content.decode()
        assert headers_of(page) == ["Organization", "Code"]
        assert headers_of(alpha_client.get(LIST).content.decode()) == ["Organization", "Domain"]

    def test_of_a_shared_view_are_not_everybodys_to_change(
        self, alpha_client: HostClient, viewer: User
    ) -> None:
        look = Look(parameters={}, columns=["city"])
        view = flows.save("Ours", look, by=StaffMemberFactory(owner=True).user, is_shared=True)

        body = {"show.code": "on", "view": "1"}
        response = alpha_client.post(page_of("columns") + f"?saved={view.pk}", body)

        assert response.status_code == 403
        view.refresh_from_db()
        assert view.columns == ["city"]
