"""The pages of the reseller's own team."""

import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.flows import staff
from accounts.models import OneTimeLink, StaffMember, User
from accounts.roles import StaffRole
from audit.models import AuditEntry
from notifications.models import OutgoingMail
from resellers.models import Reseller
from tests.factories.accounts import StaffMemberFactory, UserFactory
from tests.harness.clients import HostClient

LIST, INVITE = "/console/team/", "/console/team/invite/"
ROBIN = {"full_name": "Robin", "email": "robin@example.com", "role": "admin"}


def url(name: str, member: StaffMember) -> str:
    return reverse(f"console:team:{name}", args=[member.pk])


@pytest.fixture
def owner(alpha: Reseller) -> StaffMember:
    member: StaffMember = StaffMemberFactory.create(owner=True)
    return member


@pytest.fixture
def colleague(alpha: Reseller) -> StaffMember:
    member: StaffMember = StaffMemberFactory.create(
        support=True, user__full_name="Charlie Colleague"
    )
    return member


@pytest.fixture
def browser(alpha_client: HostClient, owner: StaffMember) -> HostClient:
    """The owner's browser."""
    alpha_client.force_login(owner.user)
    return alpha_client


def test_the_list_shows_everybody_with_role_status_and_invitation(
    browser: HostClient, owner: StaffMember, colleague: StaffMember
) -> None:
    invited = staff.invite_staff("r@example.com", full_name="Robin", role="viewer", by=owner.user)

    text = browser.get(LIST).content.decode()

    for member in (owner, colleague, invited):
        assert url("detail", member) in text
        assert member.user.email in text
        assert member.get_role_display() in text
    assert "Pending Email Validation" in text
    assert "invitation until" in text
    assert "3 people" in text


def test_a_longer_list_takes_no_more_queries(browser: HostClient) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            browser.get(LIST)
        return len(captured)

    StaffMemberFactory.create_batch(2)
    few = queries()
    StaffMemberFactory.create_batch(20)

    assert queries() == few
    assert few <= 12


@pytest.mark.parametrize("query", ["?q=charlie", "?q=COLLEAGUE%20char", "?sort=role", "?q=%00"])
def test_the_list_is_searched_and_sorted(
    browser: HostClient, colleague: StaffMember, query: str
) -> None:
    assert "Charlie Colleague" in browser.get(LIST + query).content.decode()


def test_a_search_leaves_the_others_out(browser: HostClient, colleague: StaffMember) -> None:
    StaffMemberFactory.create(user__full_name="Zoe Zander")

    assert "Zoe Zander" not in browser.get(f"{LIST}?q=charlie").content.decode()


def test_a_colleague_is_invited(browser: HostClient, owner: StaffMember) -> None:
    response = browser.post(INVITE, ROBIN)

    assert response.headers["Location"] == LIST
    member = StaffMember.objects.get(user__email="robin@example.com")
    assert member.role == StaffRole.ADMIN
    assert OutgoingMail.objects.get().kind == "staff_invitation"
    assert AuditEntry.objects.filter(subject_id=member.pk, actor_id=owner.pk).count() == 3


BAD = [
    ({"email": ""}, "required"),
    ({"email": "no address"}, "valid email"),
    ({"email": "a\x00@example.com"}, "control character"),
    ({"email": "x" * 260 + "@example.com"}, "at most 254"),
    ({"full_name": ""}, "required"),
    ({"full_name": "x" * 121}, "at most 120"),
    ({"full_name": "\u202enibor"}, "direction of text"),
    ({"role": ""}, "required"),
    ({"role": "emperor"}, "Select a valid choice"),
]


@pytest.mark.parametrize(("typed", "why"), BAD)
def test_what_is_wrong_stands_beside_the_field(
    browser: HostClient, typed: dict[str, str], why: str
) -> None:
    response = browser.post(INVITE, {**ROBIN, **typed})

    assert response.status_code == 200
    assert why in response.content.decode()
    assert StaffMember.objects.count() == 1
    assert not OutgoingMail.objects.exists()


@pytest.mark.parametrize("name", ["<b>Robin</b>", "{{ secret_link }}", "🦄", "O'Hara"])
def test_odd_names_are_names(browser: HostClient, name: str) -> None:
    browser.post(INVITE, {**ROBIN, "full_name": name})

    assert User.objects.get(email="robin@example.com").full_name == name
    assert "<b>Robin" not in browser.get(LIST).content.decode()
    assert name in OutgoingMail.objects.get().text_body


def test_a_known_e_mail_is_refused_beside_the_field(browser: HostClient) -> None:
    UserFactory.create(email="robin@example.com")

    response = browser.post(INVITE, ROBIN)

    assert "Somebody with this e-mail exists already." in response.content.decode()
    assert StaffMember.objects.count() == 1


def test_no_form_makes_a_platform_operator(browser: HostClient, colleague: StaffMember) -> None:
    power = {"is_staff": "on", "is_superuser": "on", "status": "active"}

    browser.post(INVITE, {**ROBIN, **power})
    browser.post(url("role", colleague), {"role": "viewer", **power})

    assert not User.objects.filter(is_staff=True).exists()
    assert not User.objects.filter(is_superuser=True).exists()
    assert not User.objects.get(email="robin@example.com").is_active


def test_an_invitation_is_sent_again(browser: HostClient, owner: StaffMember) -> None:
    member = staff.invite_staff("r@example.com", full_name="R", role="viewer", by=owner.user)

    response = browser.post(url("resend", member))

    assert response.headers["Location"] == url("detail", member)
    assert OutgoingMail.objects.filter(kind="staff_invitation").count() == 2
    assert OneTimeLink.objects.live().count() == 1


def test_who_is_in_already_gets_no_other_invitation(
    browser: HostClient, colleague: StaffMember
) -> None:
    colleague.user.set_password("a password 123")
    colleague.user.save(update_fields=["password"])

    response = browser.post(url("resend", colleague), follow=True)

    assert "no link is needed" in response.content.decode()
    assert not OutgoingMail.objects.exists()


def test_a_role_is_changed(browser: HostClient, colleague: StaffMember) -> None:
    assert browser.get(url("role", colleague)).status_code == 200

    browser.post(url("role", colleague), {"role": "billing"})

    colleague.refresh_from_db()
    assert colleague.role == StaffRole.BILLING
    assert (
        "changed the role of Charlie Colleague"
        in browser.get(url("detail", colleague)).content.decode()
    )


def test_a_colleague_is_suspended_and_comes_back(
    browser: HostClient, colleague: StaffMember
) -> None:
    assert browser.get(url("suspend", colleague)).status_code == 200
    browser.post(url("suspend", colleague), {"reason": "On leave"})

    colleague.user.refresh_from_db()
    assert colleague.user.status == User.Status.SUSPENDED
    assert AuditEntry.objects.get(action="user.suspended").note == "On leave"
    assert OutgoingMail.objects.get().kind == "account_suspended"

    assert browser.get(url("reactivate", colleague)).status_code == 200
    browser.post(url("reactivate", colleague))

    colleague.user.refresh_from_db()
    assert colleague.user.status == User.Status.ACTIVE


def test_a_refusal_is_read_on_the_page(browser: HostClient, owner: StaffMember) -> None:
    for name, data, why in (
        ("suspend", {"reason": ""}, "You cannot suspend yourself."),
        ("role", {"role": "admin"}, "The last active owner must stay an owner."),
    ):
        response = browser.post(url(name, owner), data)
        assert why in response.content.decode()
    response = browser.post(url("reactivate", owner), follow=True)
    assert "not suspended" in response.content.decode()

    owner.refresh_from_db()
    assert (owner.role, owner.user.status) == (StaffRole.OWNER, User.Status.ACTIVE)


def test_opening_a_page_changes_nothing(browser: HostClient, colleague: StaffMember) -> None:
    before = AuditEntry.objects.count()

    for name in ("detail", "role", "suspend", "reactivate"):
        browser.get(url(name, colleague))
    assert browser.get(url("resend", colleague)).status_code == 405

    colleague.refresh_from_db()
    assert (colleague.role, colleague.user.status) == (StaffRole.SUPPORT, User.Status.ACTIVE)
    assert AuditEntry.objects.count() == before
    assert not OutgoingMail.objects.exists()


ACTIONS = ["role", "suspend", "reactivate", "resend"]


@pytest.mark.parametrize("role", ["billing", "support", "viewer"])
def test_who_does_not_manage_the_team_only_looks(
    alpha_client: HostClient, owner: StaffMember, colleague: StaffMember, role: str
) -> None:
    alpha_client.force_login(StaffMemberFactory.create(role=role).user)

    assert alpha_client.get(LIST).status_code == 200
    page = alpha_client.get(url("detail", colleague)).content.decode()
    assert url("suspend", colleague) not in page
    assert alpha_client.get(INVITE).status_code == 403
    assert alpha_client.post(INVITE, ROBIN).status_code == 403
    for name in ACTIONS:
        assert alpha_client.post(url(name, colleague), {"role": "owner"}).status_code == 403

    colleague.refresh_from_db()
    assert (colleague.role, colleague.user.status) == (StaffRole.SUPPORT, User.Status.ACTIVE)


def test_an_admin_is_offered_no_owner_and_makes_none(
    alpha_client: HostClient, owner: StaffMember, colleague: StaffMember
) -> None:
    alpha_client.force_login(StaffMemberFactory.create(admin=True).user)

    assert 'value="owner"' not in alpha_client.get(INVITE).content.decode()
    response = alpha_client.post(INVITE, {**ROBIN, "role": "owner"})
    assert "Select a valid choice" in response.content.decode()
    alpha_client.post(url("role", colleague), {"role": "owner"})
    alpha_client.post(url("role", owner), {"role": "viewer"})
    alpha_client.post(url("suspend", owner), {"reason": ""})

    assert [member.pk for member in StaffMember.objects.owners()] == [owner.pk]
    owner.user.refresh_from_db()
    assert owner.user.is_active


def test_customers_people_and_strangers_find_no_team(
    alpha_client: HostClient, colleague: StaffMember
) -> None:
    pages = [LIST, INVITE, url("detail", colleague)]

    for page in pages:
        assert alpha_client.get(page).headers["Location"].startswith("/account/login/")
    alpha_client.force_login(UserFactory.create())
    for page in pages:
        assert alpha_client.get(page).status_code == 404


@pytest.mark.parametrize("name", ["detail", *ACTIONS])
def test_who_is_no_colleague_is_not_found(browser: HostClient, name: str) -> None:
    customers_person = UserFactory.create()

    for key in (uuid.uuid4(), customers_person.pk):
        target = reverse(f"console:team:{name}", args=[key])
        assert browser.post(target, {"role": "viewer"}).status_code in {404, 405}
        assert browser.get(target).status_code in {404, 405}

    customers_person.refresh_from_db()
    assert customers_person.is_active
