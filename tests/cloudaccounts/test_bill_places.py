"""A customer's bucket for detailed bills: theirs, and proven by writing into it."""

from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import User
from audit.models import AuditEntry
from cloudaccounts import probes, probing
from cloudaccounts.connecting import bill_place_words, bucket_policy
from cloudaccounts.flows import bill_places as flows
from cloudaccounts.flows.bill_places import BillPlace, CannotSaveBillPlaceError
from cloudaccounts.models import CloudAccount, CustomerProvider
from cloudaccounts.models.checks import CheckState
from cloudaccounts.tasks import bills as tasks
from customers.models import Customer
from customers.staleness import StaleError
from demo.aws.server import StandIn
from demo.aws.world import MANAGEMENT
from resellers.clouds import Cloud
from resellers.models import Reseller
from tests.cloudaccounts.errands import calls, connect_platform, play
from tests.factories.accounts import StaffMemberFactory
from tests.factories.cloudaccounts import CloudAccountFactory, CustomerProviderFactory
from tests.factories.customers import CustomerFactory

OWNER, BUCKET, REGION = "111122223333", "bills-of-acme", "eu-central-1"
pytestmark = pytest.mark.usefixtures("alpha")


@pytest.fixture
def dana() -> User:
    user: User = StaffMemberFactory().user
    return user


@pytest.fixture
def customer(alpha: Reseller) -> Customer:
    """With one linked account, which may own the bucket."""
    account: CloudAccount = CloudAccountFactory(linked=True, account_id=OWNER)
    return account.customer


def place(**more: Any) -> BillPlace:
    usual = {
        "exports_bill": True,
        "bill_owner_id": OWNER,
        "bill_bucket": BUCKET,
        "bill_prefix": "cloud",
        "bill_region": REGION,
    }
    return BillPlace(**{**usual, **more})


def checked(customer: Customer, by: User) -> CustomerProvider:
    """As it is after a worker has asked."""
    record = flows.order_bill_check(customer, by=by)
    tasks.check_bill_place(provider_id=str(record.pk))
    return CustomerProvider.objects.get()


def test_a_place_is_kept_tidied_and_recorded(customer: Customer, dana: User) -> None:
    flows.set_bill_place(customer, place(bill_prefix=" /cloud/bills "), version=0, by=dana)

    stored = CustomerProvider.objects.get()
    assert (stored.bill_bucket, stored.bill_prefix) == (BUCKET, "cloud/bills/")
    assert (stored.bill_check, stored.version, stored.is_enabled) == ("not_checked", 1, False)
    entry = AuditEntry.objects.get()
    assert entry.action == "provider.bill_place_changed"
    assert customer.pk in entry.about


def test_a_changed_place_is_unchecked(customer: Customer, dana: User) -> None:
    CustomerProviderFactory(
        customer=customer, exporting=True, bill_check="ok", bill_checked_at=timezone.now()
    )

    stored = flows.set_bill_place(customer, place(), version=1, by=dana)

    assert (stored.bill_check, stored.bill_checked_at, stored.version) == ("not_checked", None, 2)


def test_an_older_page_does_not_undo_what_somebody_else_saved(
    customer: Customer, dana: User
) -> None:
    flows.set_bill_place(customer, place(), version=0, by=dana)

    with pytest.raises(StaleError):
        flows.set_bill_place(customer, place(bill_bucket="another-one"), version=0, by=dana)

    assert CustomerProvider.objects.get().bill_bucket == BUCKET


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"bill_bucket": ""}, "bill_bucket"),
        ({"bill_bucket": "ab"}, "bill_bucket"),
        ({"bill_bucket": "Bills"}, "bill_bucket"),
        ({"bill_bucket": "a..b"}, "bill_bucket"),
        ({"bill_bucket": "-ab"}, "bill_bucket"),
        ({"bill_bucket": "192.168.0.1"}, "bill_bucket"),
        ({"bill_bucket": "arn:aws:s3:::x"}, "bill_bucket"),
        ({"bill_bucket": "a/../b"}, "bill_bucket"),
        ({"bill_bucket": "x" * 64}, "bill_bucket"),
        ({"bill_prefix": "../x"}, "bill_prefix"),
        ({"bill_prefix": "a//b"}, "bill_prefix"),
        ({"bill_prefix": "ä"}, "bill_prefix"),
        ({"bill_prefix": "x" * 200}, "bill_prefix"),
        ({"bill_region": ""}, "bill_region"),
        ({"bill_region": "eu-central-1.evil.example/"}, "bill_region"),
        ({"bill_region": "cn-north-1"}, "bill_region"),
        ({"bill_owner_id": ""}, "bill_owner_id"),
        ({"bill_owner_id": "999988887777"}, "bill_owner_id"),
    ],
)
def test_what_is_no_place_is_refused_beside_the_field(
    customer: Customer, dana: User, wrong: dict[str, str], field: str
) -> None:
    with pytest.raises(CannotSaveBillPlaceError) as refused:
        flows.set_bill_place(customer, place(**wrong), version=0, by=dana)

    assert refused.value.field == field
    assert not CustomerProvider.objects.exists()
    assert not AuditEntry.objects.exists()


def test_the_bucket_of_another_customers_account_is_refused(customer: Customer, dana: User) -> None:
    foreign = CloudAccountFactory(linked=True, account_id="444455556666")

    with pytest.raises(CannotSaveBillPlaceError, match="linked AWS accounts"):
        flows.set_bill_place(customer, place(bill_owner_id=foreign.account_id), version=0, by=dana)


def test_the_database_refuses_an_export_without_a_place() -> None:
    with pytest.raises(IntegrityError, match="has_a_place"), transaction.atomic():
        CustomerProviderFactory(exporting=True, bill_owner_id="")


def test_an_archived_customer_is_left_alone(dana: User) -> None:
    customer = CustomerFactory(archived=True)

    with pytest.raises(CannotSaveBillPlaceError):
        flows.set_bill_place(customer, place(), version=0, by=dana)
    with pytest.raises(CannotSaveBillPlaceError):
        flows.order_bill_check(customer, by=dana)


def test_the_probe_is_written_and_deleted(aws: StandIn, customer: Customer, dana: User) -> None:
    connect_platform()
    play(aws, "bucket", account=OWNER, name=BUCKET, region=REGION)
    flows.set_bill_place(customer, place(), version=0, by=dana)

    record = checked(customer, dana)

    assert (record.bill_check, record.bill_trouble_code) == (CheckState.OK, "")
    assert (calls(aws, "PutObject"), calls(aws, "DeleteObject")) == (1, 1)
    assert aws.world.buckets[BUCKET].objects == {}


@pytest.mark.parametrize(
    ("bucket", "code"),
    [
        ({"name": "another-bucket"}, "NoSuchBucket"),
        ({"region": "us-east-1"}, "AuthorizationHeaderMalformed"),
        ({"policy": "closed"}, "AccessDenied/BUCKET"),
        ({"policy": "write-only"}, "AccessDenied/BUCKET_DELETE"),
        # It lets us in, and is none of this customer's.
        ({"account": "444455556666"}, "AccessDenied/BUCKET"),
    ],
)
def test_what_aws_refuses_is_told_with_a_next_step(
    aws: StandIn, customer: Customer, dana: User, bucket: dict[str, str], code: str
) -> None:
    connect_platform()
    play(aws, "bucket", **{"account": OWNER, "name": BUCKET, "region": REGION, **bucket})
    flows.set_bill_place(customer, place(), version=0, by=dana)

    record = checked(customer, dana)

    words = bill_place_words(record)
    assert (record.bill_check, record.bill_trouble_code) == (CheckState.FAILED, code)
    assert record.bill_request_id
    assert words.sentence
    assert words.next_step


def test_nothing_is_written_where_nobody_asked(
    aws: StandIn, customer: Customer, dana: User
) -> None:
    connect_platform()
    flows.set_bill_place(customer, place(), version=0, by=dana)

    tasks.check_bill_place(provider_id=str(CustomerProvider.objects.get().pk))

    assert aws.world.calls == []


def test_an_account_that_is_not_the_customers_any_more_gets_nothing(
    customer: Customer, dana: User
) -> None:
    flows.set_bill_place(customer, place(), version=0, by=dana)
    CloudAccount.objects.update(status="unlinked")

    with pytest.raises(CannotSaveBillPlaceError, match="not linked any more"):
        flows.order_bill_check(customer, by=dana)


def test_without_a_connection_the_check_waits_and_then_says_so(
    customer: Customer, dana: User
) -> None:
    flows.set_bill_place(customer, place(), version=0, by=dana)

    record = checked(customer, dana)

    assert (record.bill_check, record.bill_trouble_code) == ("checking", "ConnectionNotUsable")
    CustomerProvider.objects.update(bill_check_began_at=timezone.now() - probing.HANGS)
    probes.check_bill_place(CustomerProvider.objects.get())
    assert CustomerProvider.objects.get().bill_check == CheckState.FAILED


def test_the_sweep_finds_the_checks_that_were_lost(
    monkeypatch: pytest.MonkeyPatch, customer: Customer
) -> None:
    began = timezone.now() - probing.GRACE
    lost = CustomerProviderFactory(
        customer=customer, exporting=True, bill_check="checking", bill_check_began_at=began
    )
    CustomerProviderFactory(
        exporting=True, bill_check="checking", bill_check_began_at=timezone.now()
    )
    woken: list[str] = []
    monkeypatch.setattr(
        tasks.check_bill_place, "delay", lambda *, provider_id: woken.append(provider_id)
    )

    tasks.sweep_bill_checks()

    assert woken == [str(lost.pk)]


def test_the_owner_of_the_bucket_is_told_whom_to_let_in(customer: Customer, dana: User) -> None:
    record = flows.set_bill_place(customer, place(), version=0, by=dana)
    assert bucket_policy(record) is None  # nobody could write yet
    connect_platform()

    document = bucket_policy(record)

    assert document is not None
    assert f"arn:aws:iam::{MANAGEMENT}:root" in document.text
    assert f"arn:aws:s3:::{BUCKET}/cloud/*" in document.text


def test_a_customer_without_aws_has_nothing_stored(customer: Customer) -> None:
    found = flows.of_customer(customer)

    assert (found.provider, found.version, found.exports_bill) == (Cloud.AWS, 0, False)
    assert not CustomerProvider.objects.exists()
