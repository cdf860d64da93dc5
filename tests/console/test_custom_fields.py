"""Settings: the definitions of custom fields."""

import re
from http import HTTPStatus
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.roles import StaffRole
from audit.models import AuditEntry
from customers.models import CustomField
from resellers.models import Reseller
from tests.console.staff import NASTY, log_in
from tests.factories.customers import CustomerFactory, CustomFieldFactory
from tests.harness.clients import HostClient

Target = CustomField.Target
NEW = {"applies_to": "customer", "label": "Cost centre", "kind": "text", "in_reports": "on"}


def page_of(name: str, field: CustomField | None = None) -> str:
    args = [field.pk] if field else []
    return reverse(f"console:custom_fields:{name}", "config.urls_reseller", args=args)


def rows_of(page: str) -> list[str]:
    return re.findall(r'<th scope="row"><a [^>]*>(.*?)</a>', page)


@pytest.fixture
def owner_client(alpha: Reseller, alpha_client: HostClient) -> HostClient:
    log_in(alpha_client, StaffRole.OWNER)
    return alpha_client


def resend(response: Any) -> dict[str, Any]:
    """What a browser sends back of the form that is shown."""
    form = response.context["form"]
    shown = {name: form[name].value() for name in form.fields if not form.fields[name].disabled}
    return {name: value for name, value in shown.items() if value not in (None, False)}


class TestList:
    def test_shows_live_fields_in_order_and_retired_ones_below(
        self, owner_client: HostClient
    ) -> None:
        CustomFieldFactory(label="Second <b>", position=2, required=True)
        CustomFieldFactory(label="First", position=1, searchable=True, in_reports=False)
        CustomFieldFactory(label="Old", retired=True)
        CustomFieldFactory(label="Account's", applies_to=Target.CLOUD_ACCOUNT)

        page = owner_client.get(page_of("list")).content.decode()

        assert rows_of(page) == ["First", "Second &lt;b&gt;"]
        assert "Restore Old" in page
        assert "Account&#x27;s" not in page
        for words in ("found by the search", "not in reports", "required"):
            assert words in page

    def test_has_a_tab_for_cloud_accounts(self, owner_client: HostClient) -> None:
        CustomFieldFactory(label="Ours")
        CustomFieldFactory(label="Theirs", applies_to=Target.CLOUD_ACCOUNT)

        page = owner_client.get(page_of("list"), {"for": "cloud_account"}).content.decode()

        assert rows_of(page) == ["Theirs"]

    @pytest.mark.parametrize("text", NASTY.values(), ids=NASTY)
    def test_nonsense_in_the_address_means_customers(
        self, owner_client: HostClient, text: str
    ) -> None:
        CustomFieldFactory(label="Ours")

        assert rows_of(owner_client.get(page_of("list"), {"for": text}).content.decode()) == [
            "Ours"
        ]

    def test_says_when_there_is_no_room(self, owner_client: HostClient) -> None:
        CustomFieldFactory.create_batch(50)

        page = owner_client.get(page_of("list")).content.decode()

        assert "There are 50 fields" in page
        assert page_of("create") not in page

    def test_a_longer_list_costs_no_more_queries(self, owner_client: HostClient) -> None:
        def queries() -> int:
            with CaptureQueriesContext(connection) as captured:
                owner_client.get(page_of("list"))
            return len(captured)

        CustomFieldFactory()
        queries()  # what is read once per process
        short = queries()
        CustomFieldFactory.create_batch(20)
        CustomFieldFactory.create_batch(20, retired=True)

        assert queries() == short


class TestCreate:
    def test_makes_it_and_leads_back_to_its_list(self, owner_client: HostClient) -> None:
        data = {
            **NEW,
            "applies_to": "cloud_account",
            "kind": "choice",
            "choices": "Gold\r\n\r\n Tin ",
        }

        response = owner_client.post(page_of("create"), data, follow=True)

        field = CustomField.objects.get()
        assert (field.key, field.required, field.in_reports) == ("cost_centre", False, True)
        assert [each.label for each in field.options] == ["Gold", "Tin"]
        assert response.redirect_chain[0][0].endswith("?for=cloud_account")
        page = response.content.decode()
        assert "The field “Cost centre” was created." in page
        assert rows_of(page) == ["Cost centre"]

    def test_begins_with_the_target_of_the_list(self, owner_client: HostClient) -> None:
        response = owner_client.get(page_of("create"), {"for": "cloud_account"})

        assert response.context["form"]["applies_to"].value() == "cloud_account"
        assert response.context["form"]["in_reports"].value() is True

    def test_a_double_click_makes_one(self, owner_client: HostClient) -> None:
        form = owner_client.get(page_of("create")).context["form"]
        data = {**NEW, "id": form["id"].value()}

        answers = [owner_client.post(page_of("create"), data).status_code for _ in range(2)]

        assert answers == [302, 302]
        assert CustomField.objects.count() == 1
        assert AuditEntry.objects.count() == 1

    @pytest.mark.parametrize(
        ("changes", "field", "sentence"),
        [
            ({"label": ""}, "label", "required"),
            ({"label": "x" * 81}, "label", "at most 80"),
            ({"label": "taken"}, "label", "Another field has this label"),
            ({"key": "code"}, "key", "portal itself"),
            ({"key": "ÜÄ"}, "key", "small letters"),
            ({"kind": "colour"}, "kind", "valid choice"),
            ({"applies_to": "planet"}, "applies_to", "valid choice"),
            ({"kind": "choice"}, "choices", "at least one"),
            ({"kind": "choice", "choices": "a\nb\n" * 5_000}, "choices", "at most 100"),
            ({"kind": "choice", "choices": "x" * 100}, "choices", "too long"),
            ({"kind": "choice", "choices": "a\u202eb"}, "choices", "direction"),
            ({"kind": "choice", "choices": "a\tb"}, "choices", "control character"),
            ({"kind": "choice", "choices": "x\n" * 150_000}, "choices", "at most 200000"),
            ({"choices": "Gold"}, "choices", "kind “Choice”"),
            ({"kind": "date", "searchable": "on"}, "searchable", "Only text"),
        ],
    )
    def test_says_beside_the_field_what_is_wrong(
        self, owner_client: HostClient, changes: dict[str, str], field: str, sentence: str
    ) -> None:
        CustomFieldFactory(label="Taken")

        response = owner_client.post(page_of("create"), {**NEW, **changes})

        assert response.status_code == HTTPStatus.OK
        errors = response.context["form"].errors
        assert list(errors) == [field]
        assert sentence in " ".join(errors[field])
        assert CustomField.objects.count() == 1
        assert not AuditEntry.objects.exists()

    @pytest.mark.parametrize("text", NASTY.values(), ids=NASTY)
    @pytest.mark.parametrize("name", ["label", "key", "help_text", "choices", "id", "kind"])
    def test_takes_or_refuses_whatever_is_typed(
        self, owner_client: HostClient, name: str, text: str
    ) -> None:
        data = {**NEW, "kind": "choice", "choices": "Gold", name: text}

        response = owner_client.post(page_of("create"), data, follow=True)

        assert response.status_code == HTTPStatus.OK
        assert CustomField.objects.exists() == bool(response.redirect_chain)
        assert "<script>alert" not in response.content.decode()
        assert owner_client.get(page_of("list")).status_code == HTTPStatus.OK


class TestEdit:
    def test_saves_and_shows_what_happened(self, owner_client: HostClient) -> None:
        field = CustomFieldFactory(choice=True, label="Tier")
        form = owner_client.get(page_of("edit", field))
        data = {
            **resend(form),
            "label": "Support tier",
            "choice.gold": "Golden",
            "choices": "Tin 2",
        }

        response = owner_client.post(page_of("edit", field), data)

        assert response["Location"] == page_of("list")
        field.refresh_from_db()
        assert field.label == "Support tier"
        assert [each.label for each in field.options] == ["Golden", "Silver", "Tin", "Tin 2"]
        page = owner_client.get(page_of("edit", field)).content.decode()
        assert "Label: Tier → Support tier" in page
        assert "Choice “Gold”: Gold → Golden" in page

    def test_sent_back_as_it_is_shown_changes_nothing(self, owner_client: HostClient) -> None:
        field = CustomFieldFactory(choice=True)

        data = resend(owner_client.get(page_of("edit", field)))
        owner_client.post(page_of("edit", field), data)

        field.refresh_from_db()
        assert field.version == 1
        assert not AuditEntry.objects.exists()

    def test_key_and_kind_are_fixed_once_values_are_kept(self, owner_client: HostClient) -> None:
        field = CustomFieldFactory(key="cost")
        CustomerFactory(custom_values={"cost": "1"})

        form = owner_client.get(page_of("edit", field)).context["form"]
        data = {"label": "New", "key": "other", "kind": "number", "version": 1}
        owner_client.post(page_of("edit", field), data)

        assert [form.fields[name].disabled for name in ("key", "kind", "label")] == [
            True,
            True,
            False,
        ]
        field.refresh_from_db()
        assert (field.label, field.key, field.kind) == ("New", "cost", "text")

    def test_a_choice_in_use_is_not_removed(self, owner_client: HostClient) -> None:
        field = CustomFieldFactory(choice=True, key="tier")
        CustomerFactory(custom_values={"tier": "gold"})
        data = resend(owner_client.get(page_of("edit", field)))

        response = owner_client.post(page_of("edit", field), {**data, "state.gold": "removed"})

        assert "“Gold” is in use" in response.context["form"].errors["state.gold"][0]
        field.refresh_from_db()
        assert field.version == 1

    def test_words_for_a_choice_that_is_gone_are_not_dropped_silently(
        self, owner_client: HostClient
    ) -> None:
        field = CustomFieldFactory(choice=True)
        data = {**resend(owner_client.get(page_of("edit", field))), "choice.platinum": "Renamed"}

        response = owner_client.post(page_of("edit", field), data)

        assert "A choice was removed meanwhile" in response.content.decode()

    def test_a_stale_edit_shows_all_three_and_saves_on_the_second_click(
        self, owner_client: HostClient
    ) -> None:
        field = CustomFieldFactory(choice=True, label="Tier", help_text="")
        mine = resend(owner_client.get(page_of("edit", field)))
        theirs = {**mine, "label": "Level", "choice.gold": "Golden", "choices": "Platinum"}
        owner_client.post(page_of("edit", field), theirs)

        stale = owner_client.post(
            page_of("edit", field), {**mine, "label": "Grade", "help_text": "Mine"}
        )

        assert stale.status_code == HTTPStatus.CONFLICT
        page = stale.content.decode()
        rows = re.findall(r"<tr>(.*?)</tr>", page, re.DOTALL)
        label = next(row for row in rows if ">Label<" in row)
        assert [text in label for text in ("Tier", "Level", "Grade")] == [True] * 3
        gold = next(row for row in rows if "Choice “Golden”" in row)
        assert "not changed by you" in gold
        saved = owner_client.post(page_of("edit", field), resend(stale))
        assert saved.status_code == HTTPStatus.FOUND, saved.context["form"].errors
        field.refresh_from_db()
        assert (field.label, field.help_text) == ("Grade", "Mine")
        assert [each.label for each in field.options] == ["Golden", "Silver", "Tin", "Platinum"]

    @pytest.mark.parametrize("version", ["", "x", "0", "-1", "9" * 40, "\x00"])
    def test_a_tampered_version_saves_nothing(self, owner_client: HostClient, version: str) -> None:
        field = CustomFieldFactory(label="Tier")

        response = owner_client.post(page_of("edit", field), {**NEW, "version": version})

        assert response.status_code in {HTTPStatus.OK, HTTPStatus.CONFLICT}
        field.refresh_from_db()
        assert field.label == "Tier"

    @pytest.mark.parametrize("text", NASTY.values(), ids=NASTY)
    @pytest.mark.parametrize("name", ["label", "choice.gold", "state.gold", "choices"])
    def test_takes_or_refuses_whatever_is_typed(
        self, owner_client: HostClient, name: str, text: str
    ) -> None:
        field = CustomFieldFactory(choice=True)
        data = {**resend(owner_client.get(page_of("edit", field))), name: text}

        response = owner_client.post(page_of("edit", field), data, follow=True)

        assert response.status_code == HTTPStatus.OK
        assert "<script>alert" not in response.content.decode()
        field.refresh_from_db()
        assert response.redirect_chain or field.version == 1


class TestOrderAndRetirement:
    def test_moves_to_the_typed_place_or_by_a_button(self, owner_client: HostClient) -> None:
        fields = [CustomFieldFactory(label=letter) for letter in "ABC"]

        owner_client.post(page_of("move", fields[2]), {"to": "1"})
        order = rows_of(owner_client.get(page_of("list")).content.decode())
        # The box of the place is sent along with the button that was pressed.
        owner_client.post(page_of("move", fields[2]), {"to": ["1", "2"]})
        again = rows_of(owner_client.get(page_of("list")).content.decode())

        assert (order, again) == (["C", "A", "B"], ["A", "C", "B"])

    @pytest.mark.parametrize("typed", [*NASTY.values(), "0", "51", "1.5", "9" * 40])
    def test_a_place_that_is_none_moves_nothing(self, owner_client: HostClient, typed: str) -> None:
        first, second = CustomFieldFactory(label="A"), CustomFieldFactory(label="B")

        response = owner_client.post(page_of("move", second), {"to": typed}, follow=True)

        assert "Type a number from 1 to 50." in response.content.decode()
        assert list(CustomField.objects.live()) == [first, second]

    def test_retires_after_asking_and_restores(self, owner_client: HostClient) -> None:
        field = CustomFieldFactory(label="Tier")

        asked = owner_client.get(page_of("retire", field)).content.decode()
        retired = owner_client.post(page_of("retire", field), follow=True).content.decode()
        restored = owner_client.post(page_of("restore", field), follow=True).content.decode()

        assert "Retire Tier?" in asked
        assert "“Tier” was retired." in retired
        assert rows_of(retired) == []
        assert "was restored" in restored
        assert rows_of(restored) == ["Tier"]

    def test_says_why_it_cannot_be_restored(self, owner_client: HostClient) -> None:
        old = CustomFieldFactory(label="Tier", retired=True)
        CustomFieldFactory(label="Tier")

        response = owner_client.post(page_of("restore", old), follow=True)

        assert "Another field has this label." in response.content.decode()

    def test_a_retired_one_is_moved_nowhere(self, owner_client: HostClient) -> None:
        old = CustomFieldFactory(label="Tier", retired=True)

        response = owner_client.post(page_of("move", old), {"to": "1"}, follow=True)

        assert "restore it first" in response.content.decode()


def test_the_settings_lead_there(owner_client: HostClient) -> None:
    home = reverse("console:settings:home", "config.urls_reseller")

    assert page_of("list") in owner_client.get(home).content.decode()


@pytest.mark.parametrize("role", [StaffRole.BILLING, StaffRole.SUPPORT, StaffRole.VIEWER])
def test_a_weaker_role_changes_nothing(
    alpha: Reseller, alpha_client: HostClient, role: str
) -> None:
    field = CustomFieldFactory(label="Tier")
    log_in(alpha_client, role)
    posts = {"create": NEW, "edit": {**NEW, "version": 1}, "retire": {}, "move": {"to": "1"}}

    for name, data in posts.items():
        address = page_of(name, None if name == "create" else field)
        assert alpha_client.post(address, data).status_code == HTTPStatus.FORBIDDEN, name

    assert [each.label for each in CustomField.objects.live()] == ["Tier"]
    assert not AuditEntry.objects.exists()
