"""The demo: alive at the first start, the same after the second, impossible in production."""

from typing import Any

import pytest
from django.contrib.auth.hashers import check_password
from django_tenants.utils import tenant_context

from accounts.models import User
from approvals.models import ApprovalRequest
from audit.models import AuditEntry
from cloudaccounts.models import CloudAccount
from config.environment import Mode
from customers.models import Customer, SavedView
from demo import loading, logins
from demo.alpenblick import ALPENBLICK
from demo.northwind import NORTHWIND
from demo.world import PASSWORD, RESELLERS
from resellers.models import Reseller

pytestmark = pytest.mark.django_db(transaction=True)


def rows(reseller: Reseller) -> tuple[int, ...]:
    with tenant_context(reseller):
        models: tuple[Any, ...] = (User, Customer, CloudAccount, ApprovalRequest, AuditEntry)
        return tuple(model.objects.count() for model in models)


def test_two_resellers_come_to_life_once() -> None:
    assert loading.load() == [NORTHWIND.name, ALPENBLICK.name]
    resellers = list(Reseller.objects.filter(is_demo=True))
    before = [rows(each) for each in resellers]

    assert loading.load() == []
    assert [rows(each) for each in resellers] == before

    for reseller in resellers:
        with tenant_context(reseller):
            assert set(User.objects.values_list("status", flat=True)) == set(User.Status)
            assert ApprovalRequest.objects.pending().exists()
            assert SavedView.objects.shared().count() == 2
            assert Customer.objects.exclude(tags=[]).exists()
            statuses = set(ApprovalRequest.objects.values_list("status", flat=True))
            assert {"pending", "declined"} <= statuses
            assert {"draft", "linked"} <= set(CloudAccount.objects.values_list("status", flat=True))
            world = next(each for each in RESELLERS if each.host == reseller.host)
            owner = User.objects.get(email=world.team_email("owner"))
            assert check_password(PASSWORD, owner.password)


def test_a_demo_that_was_cut_short_begins_anew() -> None:
    loading.load()
    reseller = Reseller.objects.get(host=NORTHWIND.host)
    Reseller.objects.filter(pk=reseller.pk).update(state=Reseller.State.CREATING)

    assert loading.load() == [NORTHWIND.name]
    assert Reseller.objects.get(host=NORTHWIND.host).pk != reseller.pk


def test_production_takes_no_demo(settings: Any) -> None:
    settings.MODE = Mode.PRODUCTION

    with pytest.raises(loading.NotADemoError):
        loading.load()

    assert not Reseller.objects.filter(is_demo=True).exists()


def test_the_log_ins_name_everybody_who_can_come_in() -> None:
    printed = "\n".join(logins.lines())

    for world in RESELLERS:
        assert world.host in printed
        for role in world.team:
            assert world.team_email(role) in printed
