"""Operators and their own kind."""

from functools import partial
from http import HTTPStatus
from typing import Any

import pytest
from django_tenants.postgresql_backend.base import FakeTenant

from accounts.models import User
from audit.models import AuditEntry
from operations.flows import operators as flows
from operations.models import Operator
from tests.factories.accounts import PASSWORD, UserFactory
from tests.harness.clients import HostClient
from tests.operations.test_access import address
from tests.races import overlap

pytestmark = pytest.mark.django_db

ADD = "operations_operator_add"
CHANGE = "operations_operator_change"
TYPED = {
    "email": "New@Example.com",
    "full_name": "Nora New",
    "password1": "a long enough one 9",
    "password2": "a long enough one 9",
}


def actions(user: User) -> list[tuple[str, str]]:
    entries = AuditEntry.objects.about(user.pk).order_by("at", "id")
    return list(entries.values_list("action", "actor_name"))


@pytest.fixture
def colleague(operator: User) -> User:
    user: User = UserFactory(
        email="carl@example.com",
        full_name="Carl",
        is_staff=True,
        is_superuser=True,
        with_password=True,
    )
    return user


def test_an_operator_adds_another_one_who_can_log_in(
    admin: HostClient, platform_client: HostClient
) -> None:
    response = admin.post(address(ADD), TYPED)

    added = Operator.objects.get(email="new@example.com")
    assert response.status_code == HTTPStatus.FOUND
    assert (added.full_name, added.status, added.is_superuser) == ("Nora New", "active", True)
    assert actions(added) == [("operator.added", "Olivia")]
    platform_client.logout()
    response = platform_client.post(
        "/account/login/", {"login": "new@example.com", "password": TYPED["password1"]}, follow=True
    )
    assert response.redirect_chain[-1][0] == "/admin/"


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("email", "", "This field is required."),
        ("email", "nobody", "Enter a valid email address."),
        ("email", "OLIVIA@example.com", "Somebody with this e-mail exists already."),
        ("email", "a\x00@example.com", "Null characters are not allowed."),
        ("full_name", "x" * 121, "at most 120 characters"),
        ("full_name", "a\u202eb", "invisible character"),
        ("password1", "", "This field is required."),
        ("password2", "another one 99", "password fields didn’t match"),
    ],
)
def test_a_mistake_is_named_beside_its_field(
    field: str, value: str, sentence: str, admin: HostClient
) -> None:
    response = admin.post(address(ADD), {**TYPED, field: value})

    errors = response.context["adminform"].form.errors
    assert response.status_code == HTTPStatus.OK
    assert sentence in " ".join(errors[field])
    assert Operator.objects.count() == 1


@pytest.mark.parametrize("password", ["short", "1234567890123", "password1234", "nora new 1"])
def test_a_weak_password_is_refused(password: str, admin: HostClient) -> None:
    typed = {**TYPED, "email": "nora.new@example.com"}

    admin.post(address(ADD), {**typed, "password1": password, "password2": password})

    assert Operator.objects.count() == 1


def test_only_the_name_can_be_changed_and_nobody_is_given_other_rights(
    admin: HostClient, colleague: User
) -> None:
    admin.post(
        address(CHANGE, colleague.pk),
        {
            "full_name": "Carla",
            "email": "stolen@example.com",
            "status": "suspended",
            "is_superuser": "",
            "password": "x",
        },
    )

    before = colleague
    after = User.objects.get(pk=colleague.pk)
    assert after.full_name == "Carla"
    assert (after.email, after.status, after.is_superuser, after.password) == (
        before.email,
        before.status,
        before.is_superuser,
        before.password,
    )
    assert actions(colleague) == [("operator.renamed", "Olivia")]


def test_suspending_and_reactivating(admin: HostClient, colleague: User) -> None:
    theirs = HostClient("localhost")
    theirs.force_login(colleague)
    assert theirs.get("/admin/").status_code == HTTPStatus.OK

    admin.post(address("operations_operator_suspend", colleague.pk))
    assert User.objects.get(pk=colleague.pk).is_active is False
    assert theirs.get("/admin/").status_code == HTTPStatus.FOUND

    admin.post(address("operations_operator_reactivate", colleague.pk))
    assert User.objects.get(pk=colleague.pk).is_active is True
    assert actions(colleague) == [
        ("operator.suspended", "Olivia"),
        ("operator.reactivated", "Olivia"),
    ]


@pytest.mark.parametrize(
    ("old", "action", "sentence"),
    [
        ("own", "suspend", "You cannot suspend yourself."),
        ("suspended", "suspend", "This operator is suspended already."),
        ("active", "reactivate", "This operator is not suspended."),
    ],
)
def test_a_refused_action_changes_nothing(
    old: str, action: str, sentence: str, admin: HostClient, operator: User
) -> None:
    other = UserFactory(is_staff=True, is_superuser=True, suspended=old == "suspended")
    target = operator if old == "own" else other
    before = User.objects.filter(pk=target.pk).values().get()

    response = admin.post(address(f"operations_operator_{action}", target.pk), follow=True)

    assert sentence in response.content.decode()
    assert User.objects.filter(pk=target.pk).values().get() == before
    assert actions(target) == []


@pytest.mark.parametrize("method", ["get", "post"])
def test_ones_own_password_is_changed_where_the_old_one_is_asked_for(
    admin: HostClient, method: str
) -> None:
    me = Operator.objects.get()
    before = me.password
    new = "another long one 7"

    response = getattr(admin, method)(
        address("operations_operator_password", me.pk), {"new_password1": new, "new_password2": new}
    )

    assert response.status_code == HTTPStatus.FOUND
    assert response["Location"] == "/account/password/change/"
    me.refresh_from_db()
    assert me.password == before
    assert admin.get("/admin/").status_code == HTTPStatus.OK


def test_a_new_password_ends_the_sessions(admin: HostClient, colleague: User) -> None:
    theirs = HostClient("localhost")
    theirs.force_login(colleague)
    url = address("operations_operator_password", colleague.pk)
    new = "another long one 7"

    wrong = admin.post(url, {"new_password1": new, "new_password2": "x"})
    assert "didn’t match" in wrong.content.decode()
    assert theirs.get("/admin/").status_code == HTTPStatus.OK

    admin.post(url, {"new_password1": new, "new_password2": new})

    after = User.objects.get(pk=colleague.pk)
    assert after.check_password(new)
    assert not after.check_password(PASSWORD)
    assert theirs.get("/admin/").status_code == HTTPStatus.FOUND
    assert actions(colleague) == [("operator.password_set", "Olivia")]


def test_people_who_are_no_operators_are_not_listed(admin: HostClient) -> None:
    person = UserFactory()

    response = admin.get(address(CHANGE, person.pk), follow=True)

    assert response.redirect_chain[-1][0] == "/admin/"
    assert not Operator.objects.filter(pk=person.pk).exists()


def test_nobody_deletes_an_operator(admin: HostClient, colleague: User) -> None:
    response = admin.post(address("operations_operator_delete", colleague.pk), {"post": "yes"})

    assert response.status_code == HTTPStatus.FORBIDDEN
    assert User.objects.filter(pk=colleague.pk).exists()


@pytest.mark.django_db(transaction=True)
def test_two_who_suspend_each_other_do_not_both_succeed(operator: User, colleague: User) -> None:
    public: Any = FakeTenant("public")

    first, second = overlap(
        public,
        partial(flows.suspend_operator, colleague, by=operator),
        partial(flows.suspend_operator, operator, by=colleague),
    )

    assert first.error is None
    assert isinstance(second.error, flows.CannotSuspendOperatorError)
    assert Operator.objects.filter(status="active").get() == operator


@pytest.mark.django_db(transaction=True)
def test_two_who_add_the_same_operator_add_one(operator: User) -> None:
    public: Any = FakeTenant("public")
    add = partial(
        flows.add_operator, "new@example.com", full_name="", password=PASSWORD, by=operator
    )

    first, second = overlap(public, add, add)

    assert first.error is None
    assert isinstance(second.error, flows.CannotAddOperatorError)
    assert Operator.objects.filter(email="new@example.com").count() == 1
