"""What people and beat do besides opening pages: each way into a flow, and every task."""

import datetime as dt
import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager
from http import HTTPStatus
from typing import Any
from unittest.mock import patch
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone

from accounts import tasks as accounts
from accounts.flows import people
from accounts.models import OneTimeLink, Session, User
from accounts.roles import StaffRole
from approvals import tasks as approvals
from approvals.flows import drafts
from approvals.models import ApprovalRequest
from cloudaccounts import checking
from cloudaccounts.models import CloudAccount
from cloudaccounts.providers.aws.cloud import AwsCloud
from cloudaccounts.providers.results import AccessCheck, AccessOutcome
from cloudaccounts.tasks import access as roles
from customers import bulk_plans, custom_search
from customers import tasks as customers
from customers.flows import bulk, exports
from customers.models import BulkRun, Customer, CustomField
from customers.tags import Tags
from jobs import files
from jobs import tasks as jobs
from jobs.models import StoredFile
from notifications import tasks as notifications
from notifications.models import OutgoingMail
from operations import tasks as operations
from resellers import tasks as resellers
from resellers.current import today
from tests.console.exporting import ask, content, rows
from tests.customers.importing import CONTACTS, outcomes, take_over
from tests.factories.accounts import PASSWORD, UserFactory, hashed_password
from tests.factories.approvals import ApprovalRequestFactory
from tests.factories.cloudaccounts import CloudAccountFactory
from tests.factories.customers import CustomerFactory, PurchaseOrderFactory
from tests.factories.notifications import OutgoingMailFactory
from tests.harness.clients import HostClient
from tests.isolation.cloud_errands import CLOUD_TASKS
from tests.isolation.visitors import PlatformWorld, come_in, named
from tests.isolation.world import World

NEW = "a-new-Passw0rd-here"
TWICE = {"password1": NEW, "password2": NEW}
SIGNUP = {
    "company": "Nordic Acme GmbH",
    "country": "DE",
    "contact_name": "Anna Schmidt",
    "email": "anna@acme.example",
    "licence": "on",
    **TWICE,
}


def send(client: HostClient, name: str, body: dict[str, Any], **kwargs: Any) -> None:
    """Post to a page of a reseller's host; a form that is shown again did nothing."""
    path = reverse(name, urlconf="config.urls_reseller", kwargs=kwargs)
    assert client.post(path, body).status_code == HTTPStatus.FOUND, name


def sign_up(client: HostClient, _world: World) -> None:
    for _again in range(2):
        send(client, "portal:signup:form", SIGNUP)


def sign_up_as_somebody(client: HostClient, world: World) -> None:
    send(client, "portal:signup:form", {**SIGNUP, "email": world.person.email})


def ask_for_the_link_again(client: HostClient, _world: World) -> None:
    email = ApprovalRequestFactory.create(draft=True).requester.email
    send(client, "portal:signup:resend", {"email": email})


def validate(client: HostClient, world: World) -> None:
    send(client, "portal:signup:validate", {}, **named("portal:signup:validate", world))


def accept_an_invitation(client: HostClient, world: World) -> None:
    page = "portal:entrance:invitation"
    send(client, page, {"full_name": "Dana", **TWICE}, **named(page, world))


def log_in(client: HostClient, world: World) -> None:
    User.objects.filter(pk=world.person.pk).update(password=hashed_password())
    send(client, "account_login", {"login": world.person.email, "password": PASSWORD})
    send(client, "account_logout", {})


def fail_to_log_in(client: HostClient, world: World) -> None:
    for email in (world.person.email, "nobody@example.com"):
        path = reverse("account_login", urlconf="config.urls_reseller")
        response = client.post(path, {"login": email, "password": "wrong"})
        assert response.status_code == HTTPStatus.OK


def forget_a_password(client: HostClient, world: World) -> None:
    for email in (world.person.email, "nobody@example.com"):
        send(client, "account_reset_password", {"email": email})
    page = "account_reset_password_from_key"
    path = reverse(page, urlconf="config.urls_reseller", kwargs=named(page, world))
    assert client.post(client.get(path)["Location"], TWICE).status_code == HTTPStatus.FOUND


def change_a_password(client: HostClient, world: World) -> None:
    world.person.password = hashed_password()
    world.person.save(update_fields=["password"])
    come_in(client, world.person)
    send(client, "account_change_password", {"oldpassword": PASSWORD, **TWICE})


def log_out_everywhere_else(client: HostClient, world: World) -> None:
    for _browser in range(3):
        client.cookies.clear()
        come_in(client, world.person)
    here = client.session.session_key
    other = Session.objects.filter(user=world.person).exclude(pk=here)[0]
    send(client, "account_end_session", {}, handle=other.handle)
    send(client, "account_end_other_sessions", {})
    assert [each.pk for each in Session.objects.filter(user=world.person)] == [here]


def come_back_after_a_suspension(client: HostClient, world: World) -> None:
    owner = world.staff[StaffRole.OWNER]
    people.suspend(world.person, by=owner, reason="x")
    people.suspend(world.member.user, by=owner, reason="x")
    come_in(client, owner)
    ids = {"customer_id": world.customer.pk, "person_id": world.person.pk}
    send(client, "console:people:reactivate", {}, **ids)
    send(client, "console:team:reactivate", {}, person_id=world.member.pk)


def suspend_all_that_a_filter_finds(client: HostClient, world: World) -> None:
    come_in(client, world.staff[StaffRole.OWNER])
    body: dict[str, Any] = {"what": "suspend", "scope": "matching"}
    CustomerFactory.create_batch(120, tags=["to suspend"])
    confirm = reverse("console:bulk:confirm", urlconf="config.urls_reseller")
    address = f"{confirm}?{urlencode({'tag': 'to suspend'})}"
    page: Any = client.post(address, body)
    form = page.context["form"]
    told = {"plan": form["plan"].value(), "key": form["key"].value()}
    assert client.post(form.action, {**body, **told}).status_code == HTTPStatus.FOUND
    run = BulkRun.objects.get(pk=told["key"])
    assert (run.done, run.skipped) == (120, 0)


def look_for_a_request_that_was_deleted(client: HostClient, world: World) -> None:
    come_in(client, world.staff[StaffRole.OWNER])
    ids = {"request_id": world.request.pk}
    send(client, "console:requests:delete", {"version": world.request.version}, **ids)
    path = reverse("console:requests:detail", urlconf="config.urls_reseller", kwargs=ids)
    assert client.get(path).status_code == HTTPStatus.CONFLICT


def export_a_customer(client: HostClient, world: World) -> None:
    """Streamed, and chosen by ticks."""
    come_in(client, world.staff[StaffRole.OWNER])
    key = str(world.customer.pk)
    for query, chosen in (({"q": key}, {}), ({}, {"scope": "selected", "ids": [key]})):
        table = rows(content(client, ask(client, query, columns="all", **chosen)))
        assert len(table) == 1 + 1, query


ERRANDS: dict[str, Callable[[HostClient, World], None]] = {
    each.__name__: each
    for each in (
        sign_up,
        sign_up_as_somebody,
        ask_for_the_link_again,
        validate,
        accept_an_invitation,
        log_in,
        fail_to_log_in,
        forget_a_password,
        change_a_password,
        log_out_everywhere_else,
        come_back_after_a_suspension,
        suspend_all_that_a_filter_finds,
        look_for_a_request_that_was_deleted,
        export_a_customer,
    )
}


def tidy_drafts() -> None:
    old = timezone.now() - drafts.KEPT_FOR - dt.timedelta(days=1)
    draft = ApprovalRequestFactory.create(draft=True)
    ApprovalRequest.objects.filter(pk=draft.pk).update(created_at=old)
    approvals.discard_drafts()
    assert not ApprovalRequest.objects.filter(pk=draft.pk).exists()
    assert not OneTimeLink.objects.filter(user=draft.requester_id).exists()


def forget_sessions() -> None:
    past = timezone.now() - dt.timedelta(seconds=1)
    over = Session.objects.create(session_key="x", began_at=past, seen_at=past, expire_date=past)
    accounts.forget_sessions()
    assert not Session.objects.filter(pk=over.pk).exists()


def send_a_mail() -> None:
    mail = OutgoingMailFactory.create()
    notifications.send_mail(mail_id=str(mail.pk))
    mail.refresh_from_db()
    assert mail.state == "sent"


def renew_search_texts() -> None:
    known = CustomField.objects.filter(key="cost_centre")
    known.update(searchable=True, search_lags_since=timezone.now())
    customers.renew_search()
    assert not custom_search.is_due()
    # The crowd's search texts were written for a field that nobody defined.
    first = Customer.objects.filter(code="CROWD-1")
    assert not first.exclude(custom_search="").exists()


def send_some_mails() -> None:
    mails = OutgoingMailFactory.create_batch(2)
    notifications.send_mails(mail_ids=[str(mail.pk) for mail in mails])
    sent = OutgoingMail.objects.filter(pk__in=[mail.pk for mail in mails], state="sent")
    assert sent.count() == len(mails)


def let_an_order_expire() -> None:
    order = PurchaseOrderFactory.create(expires_on=today() - dt.timedelta(days=1))
    customers.expire_purchase_orders()
    order.refresh_from_db()
    assert order.status == "expired"


def import_some_rows() -> None:
    """Customers, changed and new ones, and contacts of theirs."""
    known = Customer.objects.get(code="CROWD-7")
    head = "Code,Name,Contact name,E-mail,Industry"
    rows = [
        "CROWD-7,,,,Energy",
        "ERRAND,Nordic Steel Errand,Anna,a@errand.example,",
        f",{known.organization_name},,{known.contact_email},",
        ",Without Code,Ben,b@errand.example,",
    ]
    source = take_over("\n".join([head, *rows]))
    assert outcomes(source) == ["changed", "added", "refused", "added"]
    contacts = take_over("Code,E-mail,First name,Last name\nCROWD-9,c@d.example,A,B\n", CONTACTS)
    assert outcomes(contacts) == ["added"]


def tag_some_customers() -> None:
    """As many as take several chunks."""
    chosen = Customer.objects.filter(code__in=[f"CROWD-{number}" for number in range(1, 100)])
    order = bulk.Order(
        "add_tags", bulk_plans.plan_of(chosen, "add_tags").mark, tags=Tags(["errand"])
    )
    run = bulk.start(order, chosen, by=UserFactory.create(), key=uuid.uuid4())
    assert run.done == 99


def export_a_sheet() -> None:
    """Of one customer, in all columns."""
    known = Customer.objects.get(code="CROWD-7")
    order = exports.Order(format="xlsx", parameters={"q": str(known.pk)}, told="One")
    export = exports.start(order, rows=1, by=UserFactory.create())
    assert export.job_id
    jobs.run(job_id=str(export.job_id))
    export.refresh_from_db()
    assert export.rows == 1


def work_in_the_background() -> None:
    import_some_rows()
    tag_some_customers()
    export_a_sheet()


def aws_says_yes() -> AbstractContextManager[object]:
    """Nobody is asked: what is read here are the statements to the database."""
    return patch.object(AwsCloud, "check_access", lambda *_asked: AccessCheck(AccessOutcome.OK))


def check_a_role() -> None:
    account = CloudAccountFactory.create(checking=True)
    with aws_says_yes():
        roles.check_access(account_id=str(account.pk))
    account.refresh_from_db()
    assert account.access_state == "ok"


def look_at_roles_again() -> None:
    """At the first few of those that nobody looked at for a week."""
    began = timezone.now()
    due = CloudAccount.objects.to_check(before=began - checking.EVERY)
    first = list(due.values_list("pk", flat=True)[: checking.MOST_PER_ROUND])
    with aws_says_yes():
        roles.recheck_some_roles()
    seen = CloudAccount.objects.filter(pk__in=first, access_checked_at__gte=began)
    assert seen.count() == len(first) == checking.MOST_PER_ROUND


def delete_a_file() -> None:
    old = files.write("old.csv", [b"a,b"], keep=dt.timedelta(days=-1))
    jobs.delete_old_files()
    assert not StoredFile.objects.filter(pk=old.pk).exists()


# Every task of the product, by its name. Those of the platform find their own way to the resellers.
TASKS: dict[str, Callable[[], None]] = {
    "accounts.forget_sessions": forget_sessions,
    "accounts.sweep_sessions": accounts.sweep_sessions,
    "approvals.discard_drafts": tidy_drafts,
    "approvals.sweep_drafts": approvals.sweep_drafts,
    "cloudaccounts.check_access": check_a_role,
    "cloudaccounts.recheck_roles": roles.recheck_roles,
    "cloudaccounts.recheck_some_roles": look_at_roles_again,
    "cloudaccounts.sweep_checks": roles.sweep_checks,
    **CLOUD_TASKS,
    "customers.expire_purchase_orders": let_an_order_expire,
    "customers.renew_search": renew_search_texts,
    "customers.sweep_purchase_orders": customers.sweep_purchase_orders,
    "customers.sweep_search": customers.sweep_search,
    "jobs.delete_old_files": delete_a_file,
    "jobs.run": work_in_the_background,
    "jobs.sweep": jobs.sweep,
    "notifications.send_mail": send_a_mail,
    "notifications.send_mails": send_some_mails,
    "notifications.sweep": notifications.sweep,
    "operations.gather_figures": operations.gather_figures,
    "resellers.sweep_unfinished": resellers.sweep_unfinished,
}
NOT_RUN = {
    "resellers.provision": "works on the reseller's row and on an empty schema",
}


def operate(client: HostClient, world: PlatformWorld) -> None:
    """What operators do, one after the other."""
    come_in(client, world.operator)
    colleague = UserFactory.create(is_staff=True)
    reseller, operator = "admin:resellers_reseller_", "admin:operations_operator_"
    for name, ids, body in (
        (f"{reseller}suspend", {"reseller_id": world.reseller.pk}, {"reason": "x"}),
        (f"{reseller}resume", {"reseller_id": world.reseller.pk}, {}),
        (f"{reseller}retry", {"reseller_id": world.reseller.pk}, {}),
        (f"{operator}suspend", {"operator_id": colleague.pk}, {}),
        (f"{operator}reactivate", {"operator_id": colleague.pk}, {}),
        (
            f"{operator}password",
            {"operator_id": colleague.pk},
            {"new_password1": NEW, "new_password2": NEW},
        ),
        (f"{operator}change", {"object_id": colleague.pk}, {"full_name": "Olivia"}),
        (f"{operator}add", {}, {"email": "new@example.com", "full_name": "N", **TWICE}),
    ):
        path = reverse(name, urlconf="config.urls_platform", kwargs=ids)
        assert client.post(path, body).status_code == HTTPStatus.FOUND, name
