"""Pages about a customer's groups."""

import re
import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.roles import StaffRole
from audit.models import AuditEntry
from customers.flows import groups as flows
from customers.flows.groups import GroupDetails
from customers.models import Customer, Group
from customers.tags import Tags
from resellers.models import Reseller
from tests.console.staff import NASTY, ROLES, log_in
from tests.factories.accounts import StaffMemberFactory
from tests.factories.customers import CustomerFactory, GroupFactory
from tests.harness.clients import HostClient

FILLED = {
    "name": "Robotics",
    "attributes": "cost centre = 4711\r\nowner = Anna",
    "tags": "EU-West, production",
}


def page_of(name: str, group_or_customer: Group | Customer) -> str:
    if isinstance(group_or_customer, Group):
        args = [group_or_customer.customer_id, group_or_customer.pk]
    else:
        args = [group_or_customer.pk]
    return reverse(f"console:groups:{name}", "config.urls_reseller", args=args)


@pytest.fixture
def owner_client(alpha: Reseller, alpha_client: HostClient) -> HostClient:
    log_in(alpha_client, StaffRole.OWNER)
    return alpha_client


@pytest.fixture
def customer(alpha: Reseller) -> Customer:
    made: Customer = CustomerFactory()
    return made


def names_of(page: str) -> list[str]:
    return re.findall(r'<th scope="row".*?<a [^>]*>(.*?)</a>', page, re.DOTALL)


class TestWhoMayDoWhat:
    @pytest.mark.parametrize("role", ROLES)
    @pytest.mark.parametrize("name", ["list", "detail", "add", "edit", "archive"])
    def test_everybody_sees_and_editors_change(
        self, alpha: Reseller, alpha_client: HostClient, role: str, name: str
    ) -> None:
        group = GroupFactory()
        log_in(alpha_client, role)
        about = group.customer if name in {"list", "add"} else group

        response = alpha_client.get(page_of(name, about))

        sees = role != StaffRole.VIEWER or name in {"list", "detail"}
        assert response.status_code == (200 if sees else 403)

    def test_the_viewer_is_offered_nothing_to_change(
        self, alpha: Reseller, alpha_client: HostClient
    ) -> None:
        group = GroupFactory()
        archived = GroupFactory(customer=group.customer, archived=True)
        log_in(alpha_client, StaffRole.VIEWER)

        pages = [
            alpha_client.get(page_of("list", group.customer)),
            alpha_client.get(page_of("detail", group)),
            alpha_client.get(page_of("detail", archived)),
        ]

        for page in pages:
            for way in ("/add/", "/edit/", "/archive/", "/restore/"):
                assert f"groups{way}" not in page.content.decode()
                assert f"{group.pk}{way}" not in page.content.decode()
                assert f"{archived.pk}{way}" not in page.content.decode()

    @pytest.mark.parametrize("name", ["add", "edit", "archive", "restore"])
    def test_a_weaker_role_changes_nothing(
        self, alpha: Reseller, alpha_client: HostClient, name: str
    ) -> None:
        group = GroupFactory(name="Old", archived=name == "restore")
        log_in(alpha_client, StaffRole.VIEWER)
        about = group.customer if name == "add" else group

        response = alpha_client.post(page_of(name, about), {**FILLED, "version": 1})

        assert response.status_code == 403
        before = group.is_archived
        group.refresh_from_db()
        assert (group.name, group.is_archived, Group.objects.count()) == ("Old", before, 1)


class TestList:
    def test_shows_names_tags_and_attributes_of_this_customer(
        self, owner_client: HostClient, customer: Customer
    ) -> None:
        many = {f"key{number}": f"value{number}" for number in range(5)}
        GroupFactory(customer=customer, name="A <b>", tags=["eu"], attributes=many)
        GroupFactory(name="Somebody else's")

        page = owner_client.get(page_of("list", customer)).content.decode()

        assert names_of(page) == ["A &lt;b&gt;"]
        assert '<span class="tag">eu</span>' in page
        assert "value2" in page
        assert "value3" not in page
        assert "1 group" in page
        assert "Somebody" not in page

    def test_archived_ones_stand_in_a_view_of_their_own(
        self, owner_client: HostClient, customer: Customer
    ) -> None:
        GroupFactory(customer=customer, name="Here")
        GroupFactory(customer=customer, name="Gone", archived=True)

        current = owner_client.get(page_of("list", customer)).content.decode()
        archived = owner_client.get(page_of("list", customer), {"view": "archived"})

        assert names_of(current) == ["Here"]
        assert names_of(archived.content.decode()) == ["Gone"]

    def test_finds_what_is_searched(self, owner_client: HostClient, customer: Customer) -> None:
        GroupFactory(customer=customer, name="Sales", tags=["eu"])
        GroupFactory(customer=customer, name="Web")

        page = owner_client.get(page_of("list", customer), {"q": "EU"}).content.decode()

        assert names_of(page) == ["Sales"]

    @pytest.mark.parametrize("text", NASTY.values(), ids=NASTY)
    @pytest.mark.parametrize("name", ["q", "view", "sort", "cursor"])
    def test_nonsense_in_the_address_is_ignored(
        self, owner_client: HostClient, customer: Customer, name: str, text: str
    ) -> None:
        GroupFactory(customer=customer)

        assert owner_client.get(page_of("list", customer), {name: text}).status_code == 200

    def test_an_empty_list_offers_the_first_group(
        self, owner_client: HostClient, customer: Customer
    ) -> None:
        page = owner_client.get(page_of("list", customer)).content.decode()

        assert "No groups yet" in page
        assert "Add the first group" in page

    def test_a_longer_list_costs_no_more_queries(
        self, owner_client: HostClient, customer: Customer
    ) -> None:
        def queries() -> int:
            with CaptureQueriesContext(connection) as captured:
                owner_client.get(page_of("list", customer))
            return len(captured)

        GroupFactory(customer=customer, tags=["a"], attributes={"a": "b"})
        queries()
        short = queries()
        for _ in range(30):
            GroupFactory(customer=customer, tags=["a"], attributes={"a": "b"})

        assert queries() == short
        assert short <= 12

    def test_the_customers_menu_leads_here(
        self, owner_client: HostClient, customer: Customer
    ) -> None:
        detail = reverse("console:customers:detail", "config.urls_reseller", args=[customer.pk])

        assert page_of("list", customer) in owner_client.get(detail).content.decode()


class TestAdd:
    def test_makes_the_group_and_shows_it(
        self, owner_client: HostClient, customer: Customer
    ) -> None:
        response = owner_client.post(page_of("add", customer), FILLED, follow=True)

        group = Group.objects.get()
        assert group.customer_id == customer.pk
        assert group.attributes == {"cost centre": "4711", "owner": "Anna"}
        assert group.tags == ["eu-west", "production"]
        page = response.content.decode()
        for text in ("The group Robotics was added.", "cost centre", "4711", "eu-west"):
            assert text in page
        assert response.redirect_chain[0][0] == page_of("detail", group)

    @pytest.mark.parametrize(
        ("field", "typed", "sentences"),
        [
            ("name", "", ["This field is required."]),
            ("name", "x" * 101, ["at most 100"]),
            ("name", "a\u202eb", ["direction"]),
            ("attributes", "a\nb = 1\n= 2", ["Line 1: “=” is missing", "Line 3: The key before"]),
            ("attributes", "\n\na = 1\nA = 2", ["Line 4: The key “A” stands in line 3 already"]),
            ("attributes", "a = \x00", ["control character"]),
            ("tags", "good, -bad, a<b", ["“-bad” must begin", "“a&lt;b” may hold"]),
            ("tags", "x" * 41, ["longer than 40"]),
        ],
    )
    def test_says_beside_the_field_what_is_wrong_and_keeps_what_was_typed(
        self,
        owner_client: HostClient,
        customer: Customer,
        field: str,
        typed: str,
        sentences: list[str],
    ) -> None:
        response = owner_client.post(page_of("add", customer), {**FILLED, field: typed})

        assert response.status_code == 200
        form = response.context["form"]
        assert list(form.errors) == [field]
        page = response.content.decode()
        for sentence in sentences:
            assert page.count(sentence) >= 2, "in the summary and beside the field"
        assert form[field].value() == typed
        assert not Group.objects.exists()
        assert not AuditEntry.objects.exists()

    @pytest.mark.parametrize("text", NASTY.values(), ids=NASTY)
    @pytest.mark.parametrize("field", FILLED)
    def test_takes_or_refuses_whatever_is_typed(
        self, owner_client: HostClient, customer: Customer, field: str, text: str
    ) -> None:
        response = owner_client.post(page_of("add", customer), {**FILLED, field: text})

        if response.status_code == 302:
            assert Group.objects.count() == 1
        else:
            assert response.status_code == 200
            assert list(response.context["form"].errors) == [field]
            assert "<script>alert" not in response.content.decode()
            assert not Group.objects.exists()

    def test_spaces_do_not_make_another_name(
        self, owner_client: HostClient, customer: Customer
    ) -> None:
        GroupFactory(customer=customer, name="Two words")

        response = owner_client.post(page_of("add", customer), {"name": "  two   WORDS "})

        assert response.context["form"].errors == {
            "name": ["This customer has a group with this name already."]
        }
        assert Group.objects.count() == 1

    def test_a_double_click_makes_one_group(
        self, owner_client: HostClient, customer: Customer
    ) -> None:
        key = owner_client.get(page_of("add", customer)).context["form"]["key"].value()

        responses = [
            owner_client.post(page_of("add", customer), {**FILLED, "key": str(key)})
            for _ in range(2)
        ]

        assert [response.status_code for response in responses] == [302, 302]
        assert str(Group.objects.get().pk) == str(key)

    @pytest.mark.parametrize("key", ["x", "\x00", "1" * 200])
    def test_a_tampered_key_is_told(
        self, owner_client: HostClient, customer: Customer, key: str
    ) -> None:
        response = owner_client.post(page_of("add", customer), {**FILLED, "key": key})

        assert list(response.context["form"].errors) == ["key"]
        assert not Group.objects.exists()

    def test_tags_in_use_are_offered_also_those_of_other_customers(
        self, owner_client: HostClient, customer: Customer
    ) -> None:
        GroupFactory(tags=["eu-west", "production"])

        page = owner_client.get(page_of("add", customer)).content.decode()

        assert re.findall(r'data-tag="([^"]*)"', page) == ["eu-west", "production"]

    def test_an_unknown_customer_is_not_found(self, owner_client: HostClient) -> None:
        unknown = reverse("console:groups:add", "config.urls_reseller", args=[uuid.uuid4()])

        assert owner_client.post(unknown, FILLED).status_code == 404


class TestEdit:
    def test_begins_with_what_is_stored(self, owner_client: HostClient) -> None:
        group = GroupFactory(name="Sales", attributes={"b": "2", "a": "1"}, tags=["eu", "web"])

        form = owner_client.get(page_of("edit", group)).context["form"]

        assert form["name"].value() == "Sales"
        assert form["attributes"].value() == "a = 1\nb = 2"
        assert form["tags"].value() == "eu, web"
        assert form["version"].value() == 1

    def test_saves_and_goes_back(self, owner_client: HostClient) -> None:
        group = GroupFactory(tags=["old"])

        response = owner_client.post(page_of("edit", group), {**FILLED, "version": 1})

        assert response["Location"] == page_of("detail", group)
        group.refresh_from_db()
        assert (group.name, group.tags, group.version) == (
            "Robotics",
            ["eu-west", "production"],
            2,
        )

    def test_everything_but_the_name_can_be_emptied(self, owner_client: HostClient) -> None:
        group = GroupFactory(tags=["old"], attributes={"a": "1"})

        data = {"name": "New", "attributes": "", "tags": "", "version": 1}
        owner_client.post(page_of("edit", group), data)

        group.refresh_from_db()
        assert (group.tags, group.attributes) == ([], {})

    def test_saving_the_page_unchanged_changes_nothing(self, owner_client: HostClient) -> None:
        group = GroupFactory(tags=["eu", "web"], attributes={"b": "2", "a": "1"})
        form = owner_client.get(page_of("edit", group)).context["form"]

        owner_client.post(
            page_of("edit", group), {name: form[name].value() for name in form.fields}
        )

        group.refresh_from_db()
        assert group.version == 1
        assert not AuditEntry.objects.exists()

    def test_a_stale_edit_shows_all_three_and_saves_on_the_second_click(
        self, owner_client: HostClient
    ) -> None:
        robin = StaffMemberFactory(user__full_name="Robin").user
        group = GroupFactory(name="Sales", tags=["old"], attributes={"a": "1"})
        theirs = GroupDetails(name="Theirs", tags=Tags(["theirs"]))
        flows.edit(group, theirs, version=1, by=robin)

        data = {"name": "Sales", "tags": "Mine", "attributes": "a = 1", "version": 1}
        response = owner_client.post(page_of("edit", group), data)

        assert response.status_code == 409
        group.refresh_from_db()
        assert (group.name, group.tags) == ("Theirs", ["theirs"])
        page = response.content.decode()
        assert "Robin saved" in page
        rows = re.findall(r"<tr>(.*?)</tr>", page, re.DOTALL)
        tags = next(row for row in rows if ">Tags<" in row)
        assert [f"<td>{text}</td>" in tags for text in ("old", "theirs", "mine")] == [True] * 3
        assert "not changed by you" in next(row for row in rows if ">Name<" in row)

        form = response.context["form"]
        again = {name: form[name].value() for name in form.fields}
        saved = owner_client.post(page_of("edit", group), again)

        assert saved.status_code == 302
        group.refresh_from_db()
        assert (group.name, group.tags, group.attributes) == ("Theirs", ["mine"], {"a": "1"})
        assert group.version == 3

    @pytest.mark.parametrize("version", ["", "x", "0", "-1", "9" * 40, "\x00"])
    def test_a_tampered_version_saves_nothing(self, owner_client: HostClient, version: str) -> None:
        group = GroupFactory(name="Old")

        response = owner_client.post(page_of("edit", group), {**FILLED, "version": version})

        assert response.status_code in {200, 409}
        group.refresh_from_db()
        assert group.name == "Old"

    def test_a_group_that_was_archived_says_so(self, owner_client: HostClient) -> None:
        group = GroupFactory(name="Old", archived=True)

        response = owner_client.post(page_of("edit", group), {**FILLED, "version": 1})

        assert "This group was archived. Restore it first." in response.content.decode()


class TestArchive:
    def test_a_visit_only_asks(self, owner_client: HostClient) -> None:
        group = GroupFactory()

        page = owner_client.get(page_of("archive", group)).content.decode()

        assert f"Archive {group}?" in page
        group.refresh_from_db()
        assert not group.is_archived

    def test_there_and_back(self, owner_client: HostClient) -> None:
        group = GroupFactory()

        gone = owner_client.post(page_of("archive", group), follow=True).content.decode()
        back = owner_client.post(page_of("restore", group), follow=True).content.decode()

        assert f"The group {group} was archived." in gone
        assert page_of("restore", group) in gone
        assert page_of("edit", group) not in gone
        assert f"The group {group} was restored." in back
        group.refresh_from_db()
        assert not group.is_archived

    def test_restoring_is_not_done_by_a_visit(self, owner_client: HostClient) -> None:
        assert owner_client.get(page_of("restore", GroupFactory(archived=True))).status_code == 405

    def test_a_name_that_was_taken_meanwhile_is_told(self, owner_client: HostClient) -> None:
        group = GroupFactory(name="Sales", archived=True)
        GroupFactory(customer=group.customer, name="Sales")

        page = owner_client.post(page_of("restore", group), follow=True).content.decode()

        assert "This customer has a group with this name already." in page
        group.refresh_from_db()
        assert group.is_archived


def test_the_timelines_tell_who_did_what(alpha: Reseller, alpha_client: HostClient) -> None:
    alpha_client.force_login(StaffMemberFactory(owner=True, user__full_name="Dana").user)
    customer = CustomerFactory()
    alpha_client.post(page_of("add", customer), FILLED)
    group = Group.objects.get()
    data = {**FILLED, "attributes": "a = 1", "version": 1}
    alpha_client.post(page_of("edit", group), data)
    timeline = reverse("console:customers:timeline", "config.urls_reseller", args=[customer.pk])

    for address in (timeline, page_of("detail", group)):
        page = alpha_client.get(address).content.decode()
        assert "Dana added the group Robotics" in page
        assert "Dana edited the group Robotics" in page
        assert "Attributes: cost centre = 4711<br>owner = Anna → a = 1" in page
