"""Every page of a reseller's host: which door leads to it, what it needs, which records it names.

A page that is not listed here fails the tests.
"""

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.roles import StaffPermission as Staff
from customers import bulk_plans
from customers.models import Customer
from customers.roles import CustomerPermission as Company
from tests.isolation.world import World

Ids = Callable[[World], dict[str, Any]]


class Door(Enum):
    """Who gets in at all."""

    OPEN = auto()  # everybody, logged in or not
    OWN = auto()  # whoever is logged in: about themselves
    CONSOLE = auto()  # staff whose role holds the permission
    COMPANY = auto()  # people of the customer whose role holds the permission


@dataclass(frozen=True)
class Page:
    """One row of the table."""

    door: Door
    permission: Staff | Company | None = None
    ids: Ids = field(default=lambda _world: {})
    # A body that would change something if the sender had the right; None: the page takes no POST.
    post: Callable[[World], dict[str, Any]] | None = None
    # The record is the owner's own: the rest of the team finds nothing there.
    is_own: bool = False


def customer(world: World) -> dict[str, Any]:
    return {"customer_id": world.customer.pk}


def a_section(world: World) -> dict[str, Any]:
    return {"customer_id": world.customer.pk, "section": "organization"}


def a_merge(world: World) -> dict[str, Any]:
    return {"into": world.other_customer.code, "confirmed": "1"}


def person(world: World) -> dict[str, Any]:
    return {"customer_id": world.customer.pk, "person_id": world.person.pk}


def invited(world: World) -> dict[str, Any]:
    return {"customer_id": world.customer.pk, "person_id": world.invited.pk}


def guide_page(_world: World) -> dict[str, Any]:
    return {"name": "customers"}


def contact(world: World) -> dict[str, Any]:
    return {"customer_id": world.customer.pk, "contact_id": world.contact.pk}


def run(world: World) -> dict[str, Any]:
    return {"customer_id": world.customer.pk, "run_id": world.run.pk}


def a_file(_world: World) -> dict[str, Any]:
    return {"what": "customers", "file": SimpleUploadedFile("a.csv", b"Code,City\nA,B\n")}


def source(world: World) -> dict[str, Any]:
    return {"import_id": world.source.pk}


def bulk_run(world: World) -> dict[str, Any]:
    return {"run_id": world.bulk.pk}


def a_selection(world: World) -> dict[str, Any]:
    return {"what": "suspend", "ids": [world.customer.pk]}


def a_confirmed_selection(world: World) -> dict[str, Any]:
    plan = bulk_plans.plan_of(Customer.objects.filter(pk=world.customer.pk), "suspend")
    return {**a_selection(world), "plan": plan.mark}


def export(world: World) -> dict[str, Any]:
    return {"export_id": world.export.pk}


def stored_export(world: World) -> dict[str, Any]:
    return {"export_id": world.stored_export.pk}


def a_sheet(_world: World) -> dict[str, Any]:
    return {"format": "xlsx", "columns": "all"}


def group(world: World) -> dict[str, Any]:
    return {"customer_id": world.customer.pk, "group_id": world.group.pk}


def purchase_order(world: World) -> dict[str, Any]:
    return {"customer_id": world.customer.pk, "order_id": world.purchase_order.pk}


def provider(world: World) -> dict[str, Any]:
    return {"customer_id": world.customer.pk, "provider": world.provider.provider}


def a_provider(world: World) -> dict[str, Any]:
    return {"is_enabled": "on", "version": world.provider.version}


def account(world: World) -> dict[str, Any]:
    return {"customer_id": world.customer.pk, "account_id": world.account.pk}


def linked_account(world: World) -> dict[str, Any]:
    return {"customer_id": world.customer.pk, "account_id": world.linked_account.pk}


def suspended_account(world: World) -> dict[str, Any]:
    return {"customer_id": world.customer.pk, "account_id": world.suspended_account.pk}


def an_account(world: World) -> dict[str, Any]:
    told = {"name": "Taken over", "account_id": "999988887777", "version": world.account.version}
    return {**told, "root_email": "mallory@example.com", "group": world.group.pk}


def a_role(world: World) -> dict[str, Any]:
    return {"role_arn": f"{world.account.role_arn}2", "version": world.account.version}


def a_move(world: World) -> dict[str, Any]:
    return {"customer": world.other_customer.code, "version": world.linked_account.version}


def request(world: World) -> dict[str, Any]:
    return {"request_id": world.request.pk}


def account_request(world: World) -> dict[str, Any]:
    return {"request_id": world.account_request.pk}


def questioned_request(world: World) -> dict[str, Any]:
    return {"request_id": world.questioned_request.pk}


def unlinking_request(world: World) -> dict[str, Any]:
    return {"request_id": world.unlinking_request.pk}


def own_request(world: World) -> dict[str, Any]:
    return {"customer_id": world.customer.pk, "request_id": world.account_request.pk}


def own_question(world: World) -> dict[str, Any]:
    return {"customer_id": world.customer.pk, "request_id": world.questioned_request.pk}


def asked_account(world: World) -> dict[str, Any]:
    return {"account_id": world.linked_account.pk}


def a_request(_world: World) -> dict[str, Any]:
    return {"reason": "x", "submission": uuid.uuid4()}


def a_new_account(world: World) -> dict[str, Any]:
    told = {"provider": "aws", "name": "Taken over", "root_email": "mallory@example.com"}
    return {**told, **a_request(world)}


def a_decision(world: World) -> dict[str, Any]:
    return {"version": world.account_request.version}


def a_ticked_request(world: World) -> dict[str, Any]:
    return {"what": "decline", "ids": [world.account_request.pk]}


def a_confirmed_decline(world: World) -> dict[str, Any]:
    return {"what": "decline", "rows": [f"{world.account_request.pk}:1"], "reason": "credit"}


def mail(world: World) -> dict[str, Any]:
    return {"mail_id": world.mail.pk}


def member(world: World) -> dict[str, Any]:
    return {"person_id": world.member.pk}


def custom_field(world: World) -> dict[str, Any]:
    return {"field_id": world.field.pk}


def retired_field(world: World) -> dict[str, Any]:
    return {"field_id": world.retired_field.pk}


def a_custom_field(world: World) -> dict[str, Any]:
    return {
        "applies_to": "customer",
        "label": "Mallory's",
        "kind": "text",
        "version": world.field.version,
    }


def saved_view(world: World) -> dict[str, Any]:
    return {"view_id": world.view.pk}


def a_view(_world: World) -> dict[str, Any]:
    return {"name": "Mallory's", "is_shared": "on", "version": "1"}


def nothing(_world: World) -> dict[str, Any]:
    return {}


def a_customer(world: World) -> dict[str, Any]:
    return {
        "organization_name": "Taken Over Ltd",
        "code": "TAKEN",
        "contact_name": "Mallory",
        "contact_email": "mallory@example.com",
        "version": world.customer.version,
    }


def a_group(_world: World) -> dict[str, Any]:
    return {"name": "Taken over", "tags": "taken", "version": 1}


def a_purchase_order(_world: World) -> dict[str, Any]:
    return {
        "name": "Taken over",
        "status": "active",
        "annual_value": "1",
        "currency": "EUR",
        "version": 1,
    }


def an_approval(world: World) -> dict[str, Any]:
    return {**a_customer(world), "version": world.request.version}


def a_refusal(world: World) -> dict[str, Any]:
    return {"reason": "other", "message": "No", "version": world.request.version}


def a_person(_world: World) -> dict[str, Any]:
    return {
        "full_name": "Mallory",
        "email": "mallory@example.com",
        "role": "administrator",
        "status": "pending_email_validation",
    }


def a_contact(world: World) -> dict[str, Any]:
    return {
        "first_name": "Mallory",
        "last_name": "Taker",
        "email": "mallory@example.com",
        "user_type": "administrator",
        "version": world.contact.version,
    }


def a_tick(world: World) -> dict[str, Any]:
    return {"contact": world.contact.pk, "key": world.nobody.pk}


def a_place_for_bills(world: World) -> dict[str, Any]:
    return {
        "exports_bill": "on",
        "bill_owner_id": world.linked_account.account_id,
        "bill_bucket": "taken-over",
        "bill_region": "eu-central-1",
        "version": 1,
    }


def some_credentials(_world: World) -> dict[str, Any]:
    return {"email": "mallory@example.com", "text": "taken over"}


def secret_link(world: World) -> dict[str, Any]:
    return {**linked_account(world), "link_id": world.secret_link.pk}


PASSWORDS = {"password1": "a-new-Passw0rd-here", "password2": "a-new-Passw0rd-here"}

PAGES: dict[str, Page] = {
    # the storefront and the entrance
    "set_theme": Page(Door.OPEN, post=lambda _: {"theme": "dark", "next": "/"}),
    "branding": Page(Door.OPEN, ids=lambda _: {"version": "none"}),
    "portal:storefront": Page(Door.OPEN),
    "portal:signup:form": Page(Door.OPEN, post=nothing),
    "portal:signup:done": Page(Door.OPEN),
    "portal:signup:licence": Page(Door.OPEN),
    "portal:signup:resend": Page(Door.OPEN, post=nothing),
    "portal:signup:validated": Page(Door.OPEN),
    "portal:signup:validate": Page(Door.OPEN, ids=lambda _: {"token": "unknown"}, post=nothing),
    "portal:entrance:invitation": Page(
        Door.OPEN, ids=lambda _: {"token": "unknown"}, post=lambda _: PASSWORDS
    ),
    "portal:credentials:open": Page(Door.OPEN, ids=lambda _: {"token": "unknown"}, post=nothing),
    "account_login": Page(Door.OPEN, post=nothing),
    "account_logout": Page(Door.OPEN, post=nothing),
    "account_signup": Page(Door.OPEN),
    "account_inactive": Page(Door.OPEN),
    "account_reset_password": Page(Door.OPEN, post=nothing),
    "account_reset_password_done": Page(Door.OPEN),
    "account_reset_password_from_key": Page(
        Door.OPEN, ids=lambda _: {"uidb36": "1", "key": "unknown"}, post=lambda _: PASSWORDS
    ),
    "account_reset_password_from_key_done": Page(Door.OPEN),
    "mfa_authenticate": Page(Door.OPEN, post=nothing),
    "mfa_login_webauthn": Page(Door.OPEN, post=nothing),
    # a person's own account
    "account_reauthenticate": Page(Door.OWN, post=nothing),
    "account_sessions": Page(Door.OWN),
    "account_end_session": Page(
        Door.OWN, ids=lambda _: {"handle": "00000000-0000-4000-8000-000000000000"}, post=nothing
    ),
    "account_end_other_sessions": Page(Door.OWN, post=nothing),
    "account_change_password": Page(Door.OWN, post=nothing),
    "account_set_password": Page(Door.OWN, post=nothing),
    "mfa_index": Page(Door.OWN),
    "mfa_reauthenticate": Page(Door.OWN, post=nothing),
    "mfa_activate_totp": Page(Door.OWN, post=nothing),
    "mfa_deactivate_totp": Page(Door.OWN, post=nothing),
    "mfa_view_recovery_codes": Page(Door.OWN),
    "mfa_generate_recovery_codes": Page(Door.OWN, post=nothing),
    "mfa_download_recovery_codes": Page(Door.OWN, post=nothing),
    "mfa_list_webauthn": Page(Door.OWN),
    "mfa_add_webauthn": Page(Door.OWN, post=nothing),
    "mfa_reauthenticate_webauthn": Page(Door.OWN, post=nothing),
    "mfa_edit_webauthn": Page(Door.OWN, ids=lambda _: {"pk": 1}, post=nothing),
    "mfa_remove_webauthn": Page(Door.OWN, ids=lambda _: {"pk": 1}, post=nothing),
    "after_login": Page(Door.OWN),
    "portal:home": Page(Door.OWN),
    # the customer portal
    "portal:company:overview": Page(Door.COMPANY, Company.VIEW_COMPANY, customer),
    "portal:cloud_accounts:list": Page(Door.COMPANY, Company.VIEW_ACCOUNTS, customer),
    "portal:cloud_accounts:choose": Page(Door.COMPANY, Company.REQUEST_ACCOUNTS, customer),
    "portal:cloud_accounts:add": Page(Door.COMPANY, Company.REQUEST_ACCOUNTS, provider, an_account),
    "portal:cloud_accounts:detail": Page(Door.COMPANY, Company.VIEW_ACCOUNTS, linked_account),
    "portal:cloud_accounts:access": Page(Door.COMPANY, Company.REQUEST_ACCOUNTS, account, a_role),
    "portal:cloud_accounts:check": Page(Door.COMPANY, Company.REQUEST_ACCOUNTS, account, nothing),
    "portal:people:list": Page(Door.COMPANY, Company.VIEW_PEOPLE, customer),
    "portal:people:add": Page(Door.COMPANY, Company.MANAGE_PEOPLE, customer, a_person),
    "portal:people:detail": Page(Door.COMPANY, Company.VIEW_PEOPLE, person),
    "portal:people:invite": Page(Door.COMPANY, Company.MANAGE_PEOPLE, invited, nothing),
    "portal:people:role": Page(
        Door.COMPANY, Company.MANAGE_PEOPLE, person, lambda _: {"role": "administrator"}
    ),
    "portal:people:suspend": Page(
        Door.COMPANY, Company.MANAGE_PEOPLE, person, lambda _: {"reason": "x"}
    ),
    "portal:people:reactivate": Page(Door.COMPANY, Company.MANAGE_PEOPLE, person, nothing),
    "portal:people:reset": Page(Door.COMPANY, Company.MANAGE_PEOPLE, person, nothing),
    "portal:people:remove": Page(Door.COMPANY, Company.MANAGE_PEOPLE, person, nothing),
    "portal:requests:list": Page(Door.COMPANY, Company.REQUEST_ACCOUNTS, customer),
    "portal:requests:new_account": Page(
        Door.COMPANY, Company.REQUEST_ACCOUNTS, customer, a_new_account
    ),
    "portal:requests:ask": Page(Door.COMPANY, Company.REQUEST_ACCOUNTS, linked_account, a_request),
    "portal:requests:detail": Page(Door.COMPANY, Company.REQUEST_ACCOUNTS, own_request),
    "portal:requests:answer": Page(
        Door.COMPANY, Company.REQUEST_ACCOUNTS, own_question, lambda _: {"text": "x"}
    ),
    "portal:requests:withdraw": Page(Door.COMPANY, Company.REQUEST_ACCOUNTS, own_request, nothing),
    # the console
    "console:home": Page(Door.CONSOLE, Staff.VIEW_CONSOLE),
    "console:search": Page(Door.CONSOLE, Staff.VIEW_CONSOLE),
    "console:customers:list": Page(Door.CONSOLE, Staff.VIEW_CUSTOMERS),
    "console:customers:create": Page(Door.CONSOLE, Staff.EDIT_CUSTOMERS, post=a_customer),
    "console:customers:propose_code": Page(Door.CONSOLE, Staff.EDIT_CUSTOMERS),
    "console:customers:detail": Page(Door.CONSOLE, Staff.VIEW_CUSTOMERS, customer),
    "console:customers:edit": Page(Door.CONSOLE, Staff.EDIT_CUSTOMERS, a_section, a_customer),
    "console:customers:quick": Page(Door.CONSOLE, Staff.EDIT_CUSTOMERS, post=a_customer),
    "console:customers:suspend": Page(Door.CONSOLE, Staff.EDIT_CUSTOMERS, customer, nothing),
    "console:customers:reactivate": Page(Door.CONSOLE, Staff.EDIT_CUSTOMERS, customer, nothing),
    "console:customers:archive": Page(Door.CONSOLE, Staff.EDIT_CUSTOMERS, customer, nothing),
    "console:customers:restore": Page(Door.CONSOLE, Staff.EDIT_CUSTOMERS, customer, nothing),
    "console:customers:merge": Page(Door.CONSOLE, Staff.EDIT_CUSTOMERS, customer, a_merge),
    "console:customers:timeline": Page(Door.CONSOLE, Staff.VIEW_CUSTOMERS, customer),
    "console:list_views:list": Page(Door.CONSOLE, Staff.VIEW_CUSTOMERS),
    "console:list_views:save": Page(Door.CONSOLE, Staff.VIEW_CUSTOMERS, post=a_view),
    "console:list_views:columns": Page(
        Door.CONSOLE, Staff.VIEW_CUSTOMERS, post=lambda _: {"show.city": "on"}
    ),
    "console:list_views:begin": Page(
        Door.CONSOLE, Staff.VIEW_CUSTOMERS, post=lambda w: {"view": w.view.pk}
    ),
    "console:list_views:edit": Page(Door.CONSOLE, Staff.VIEW_CUSTOMERS, saved_view, a_view),
    "console:list_views:replace": Page(Door.CONSOLE, Staff.VIEW_CUSTOMERS, saved_view, a_view),
    "console:list_views:delete": Page(Door.CONSOLE, Staff.VIEW_CUSTOMERS, saved_view, nothing),
    "console:bulk:confirm": Page(Door.CONSOLE, Staff.EDIT_CUSTOMERS, post=a_selection),
    "console:bulk:start": Page(Door.CONSOLE, Staff.EDIT_CUSTOMERS, post=a_confirmed_selection),
    "console:bulk:list": Page(Door.CONSOLE, Staff.EDIT_CUSTOMERS),
    "console:bulk:detail": Page(Door.CONSOLE, Staff.EDIT_CUSTOMERS, bulk_run),
    "console:bulk:cancel": Page(Door.CONSOLE, Staff.EDIT_CUSTOMERS, bulk_run, nothing),
    "console:bulk:go_on": Page(Door.CONSOLE, Staff.EDIT_CUSTOMERS, bulk_run, nothing),
    "console:imports:list": Page(Door.CONSOLE, Staff.EDIT_CUSTOMERS),
    "console:imports:upload": Page(Door.CONSOLE, Staff.EDIT_CUSTOMERS, post=a_file),
    "console:imports:template": Page(Door.CONSOLE, Staff.EDIT_CUSTOMERS),
    "console:imports:detail": Page(Door.CONSOLE, Staff.EDIT_CUSTOMERS, source),
    "console:imports:columns": Page(
        Door.CONSOLE, Staff.EDIT_CUSTOMERS, source, lambda _: {"column_1": "code"}
    ),
    "console:imports:start": Page(Door.CONSOLE, Staff.EDIT_CUSTOMERS, source, nothing),
    "console:imports:cancel": Page(Door.CONSOLE, Staff.EDIT_CUSTOMERS, source, nothing),
    "console:imports:refused": Page(Door.CONSOLE, Staff.EDIT_CUSTOMERS, source),
    "console:exports:new": Page(Door.CONSOLE, Staff.EXPORT_CUSTOMERS, post=a_sheet),
    "console:exports:list": Page(Door.CONSOLE, Staff.EXPORT_CUSTOMERS),
    "console:exports:detail": Page(Door.CONSOLE, Staff.EXPORT_CUSTOMERS, export, is_own=True),
    "console:exports:cancel": Page(
        Door.CONSOLE, Staff.EXPORT_CUSTOMERS, export, nothing, is_own=True
    ),
    "console:exports:file": Page(Door.CONSOLE, Staff.EXPORT_CUSTOMERS, stored_export, is_own=True),
    "console:people:list": Page(Door.CONSOLE, Staff.VIEW_CUSTOMERS, customer),
    "console:people:add": Page(Door.CONSOLE, Staff.MANAGE_PEOPLE, customer, a_person),
    "console:people:detail": Page(Door.CONSOLE, Staff.VIEW_CUSTOMERS, person),
    "console:people:invite": Page(Door.CONSOLE, Staff.MANAGE_PEOPLE, invited, nothing),
    "console:people:suspend": Page(
        Door.CONSOLE, Staff.MANAGE_PEOPLE, person, lambda _: {"reason": "x"}
    ),
    "console:people:reactivate": Page(Door.CONSOLE, Staff.MANAGE_PEOPLE, person, nothing),
    "console:people:role": Page(
        Door.CONSOLE, Staff.MANAGE_PEOPLE, person, lambda _: {"role": "administrator"}
    ),
    "console:people:status": Page(
        Door.CONSOLE, Staff.MANAGE_PEOPLE, invited, lambda _: {"status": "active"}
    ),
    "console:people:password": Page(Door.CONSOLE, Staff.MANAGE_PEOPLE, person, lambda _: PASSWORDS),
    "console:people:reset": Page(Door.CONSOLE, Staff.MANAGE_PEOPLE, person, nothing),
    "console:people:remove": Page(Door.CONSOLE, Staff.MANAGE_PEOPLE, person, nothing),
    "console:help:contents": Page(Door.CONSOLE, Staff.VIEW_CONSOLE),
    "console:help:page": Page(Door.CONSOLE, Staff.VIEW_CONSOLE, guide_page),
    "console:contacts:list": Page(Door.CONSOLE, Staff.VIEW_CUSTOMERS, customer),
    "console:contacts:add": Page(Door.CONSOLE, Staff.EDIT_CUSTOMERS, customer, a_contact),
    "console:contacts:detail": Page(Door.CONSOLE, Staff.VIEW_CUSTOMERS, contact),
    "console:contacts:edit": Page(Door.CONSOLE, Staff.EDIT_CUSTOMERS, contact, a_contact),
    "console:contacts:primary": Page(Door.CONSOLE, Staff.EDIT_CUSTOMERS, contact, nothing),
    "console:contacts:remove": Page(Door.CONSOLE, Staff.EDIT_CUSTOMERS, contact, nothing),
    "console:contacts:accounts": Page(Door.CONSOLE, Staff.MANAGE_PEOPLE, customer, a_tick),
    "console:contacts:make_accounts": Page(Door.CONSOLE, Staff.MANAGE_PEOPLE, customer, a_tick),
    "console:contacts:accounts_made": Page(Door.CONSOLE, Staff.MANAGE_PEOPLE, run),
    "console:groups:list": Page(Door.CONSOLE, Staff.VIEW_CUSTOMERS, customer),
    "console:groups:add": Page(Door.CONSOLE, Staff.EDIT_CUSTOMERS, customer, a_group),
    "console:groups:detail": Page(Door.CONSOLE, Staff.VIEW_CUSTOMERS, group),
    "console:groups:edit": Page(Door.CONSOLE, Staff.EDIT_CUSTOMERS, group, a_group),
    "console:groups:archive": Page(Door.CONSOLE, Staff.EDIT_CUSTOMERS, group, nothing),
    "console:groups:restore": Page(Door.CONSOLE, Staff.EDIT_CUSTOMERS, group, nothing),
    "console:orders:list": Page(Door.CONSOLE, Staff.VIEW_CUSTOMERS),
    "console:purchase_orders:list": Page(Door.CONSOLE, Staff.VIEW_CUSTOMERS, customer),
    "console:purchase_orders:add": Page(
        Door.CONSOLE, Staff.EDIT_CUSTOMERS, customer, a_purchase_order
    ),
    "console:purchase_orders:detail": Page(Door.CONSOLE, Staff.VIEW_CUSTOMERS, purchase_order),
    "console:purchase_orders:edit": Page(
        Door.CONSOLE, Staff.EDIT_CUSTOMERS, purchase_order, a_purchase_order
    ),
    "console:purchase_orders:archive": Page(
        Door.CONSOLE, Staff.EDIT_CUSTOMERS, purchase_order, nothing
    ),
    "console:purchase_orders:restore": Page(
        Door.CONSOLE, Staff.EDIT_CUSTOMERS, purchase_order, nothing
    ),
    "console:cloud_providers:list": Page(Door.CONSOLE, Staff.VIEW_CUSTOMERS, customer),
    "console:cloud_providers:edit": Page(Door.CONSOLE, Staff.MANAGE_ACCOUNTS, provider, a_provider),
    "console:bill_places:edit": Page(
        Door.CONSOLE, Staff.MANAGE_ACCOUNTS, customer, a_place_for_bills
    ),
    "console:bill_places:check": Page(Door.CONSOLE, Staff.MANAGE_ACCOUNTS, customer, nothing),
    "console:credentials:list": Page(Door.CONSOLE, Staff.DECIDE_REQUESTS, linked_account),
    "console:credentials:send": Page(
        Door.CONSOLE, Staff.DECIDE_REQUESTS, linked_account, some_credentials
    ),
    "console:credentials:revoke": Page(Door.CONSOLE, Staff.DECIDE_REQUESTS, secret_link, nothing),
    "console:connections:detail": Page(Door.CONSOLE, Staff.MANAGE_SETTINGS),
    "console:connections:edit": Page(
        Door.CONSOLE, Staff.MANAGE_SETTINGS, post=lambda _: {"account_id": "1" * 12, "version": 1}
    ),
    "console:connections:check": Page(Door.CONSOLE, Staff.MANAGE_SETTINGS, post=nothing),
    "console:connections:disconnect": Page(Door.CONSOLE, Staff.MANAGE_SETTINGS, post=nothing),
    "console:accounts:list": Page(Door.CONSOLE, Staff.VIEW_CUSTOMERS),
    "console:cloud_accounts:list": Page(Door.CONSOLE, Staff.VIEW_CUSTOMERS, customer),
    "console:cloud_accounts:choose": Page(Door.CONSOLE, Staff.MANAGE_ACCOUNTS, customer),
    "console:cloud_accounts:add": Page(Door.CONSOLE, Staff.MANAGE_ACCOUNTS, provider, an_account),
    "console:cloud_accounts:detail": Page(Door.CONSOLE, Staff.VIEW_CUSTOMERS, linked_account),
    "console:cloud_accounts:edit": Page(Door.CONSOLE, Staff.MANAGE_ACCOUNTS, account, an_account),
    "console:cloud_accounts:fields": Page(
        Door.CONSOLE,
        Staff.MANAGE_ACCOUNTS,
        account,
        lambda w: {"field.owner": "Mallory", "version": w.account.version},
    ),
    "console:cloud_accounts:access": Page(Door.CONSOLE, Staff.MANAGE_ACCOUNTS, account, a_role),
    "console:cloud_accounts:check": Page(Door.CONSOLE, Staff.MANAGE_ACCOUNTS, account, nothing),
    "console:cloud_accounts:discard": Page(Door.CONSOLE, Staff.MANAGE_ACCOUNTS, account, nothing),
    "console:cloud_accounts:suspend": Page(
        Door.CONSOLE, Staff.MANAGE_ACCOUNTS, linked_account, lambda _: {"reason": "x"}
    ),
    "console:cloud_accounts:reactivate": Page(
        Door.CONSOLE, Staff.MANAGE_ACCOUNTS, suspended_account, nothing
    ),
    "console:cloud_accounts:move": Page(
        Door.CONSOLE, Staff.MANAGE_ACCOUNTS, linked_account, a_move
    ),
    "console:requests:list": Page(Door.CONSOLE, Staff.VIEW_REQUESTS),
    "console:requests:detail": Page(Door.CONSOLE, Staff.VIEW_REQUESTS, request),
    "console:requests:approve": Page(Door.CONSOLE, Staff.DECIDE_REQUESTS, request, an_approval),
    "console:requests:decline": Page(Door.CONSOLE, Staff.DECIDE_REQUESTS, request, a_refusal),
    "console:requests:delete": Page(
        Door.CONSOLE, Staff.DECIDE_REQUESTS, request, lambda w: {"version": w.request.version}
    ),
    "console:requests:bulk": Page(Door.CONSOLE, Staff.DECIDE_REQUESTS, post=a_ticked_request),
    "console:requests:bulk_decide": Page(
        Door.CONSOLE, Staff.DECIDE_REQUESTS, post=a_confirmed_decline
    ),
    "console:requests:ask": Page(Door.CONSOLE, Staff.MANAGE_ACCOUNTS, asked_account, a_request),
    "console:requests:new_account": Page(
        Door.CONSOLE, Staff.MANAGE_ACCOUNTS, customer, a_new_account
    ),
    "console:requests:account": Page(Door.CONSOLE, Staff.VIEW_REQUESTS, account_request),
    "console:requests:forward": Page(
        Door.CONSOLE, Staff.DECIDE_REQUESTS, account_request, a_decision
    ),
    "console:requests:here": Page(Door.CONSOLE, Staff.DECIDE_REQUESTS, account_request, a_decision),
    "console:requests:refuse": Page(
        Door.CONSOLE, Staff.DECIDE_REQUESTS, account_request, a_refusal
    ),
    "console:requests:question": Page(
        Door.CONSOLE,
        Staff.DECIDE_REQUESTS,
        account_request,
        lambda _: {"text": "x", "version": 1},
    ),
    "console:requests:answer": Page(
        Door.CONSOLE, Staff.MANAGE_ACCOUNTS, questioned_request, lambda _: {"text": "x"}
    ),
    "console:requests:withdraw": Page(
        Door.CONSOLE, Staff.MANAGE_ACCOUNTS, account_request, nothing
    ),
    "console:requests:finish": Page(
        Door.CONSOLE, Staff.DECIDE_REQUESTS, unlinking_request, lambda _: {"version": 1}
    ),
    "console:requests:give_up": Page(
        Door.CONSOLE,
        Staff.DECIDE_REQUESTS,
        unlinking_request,
        lambda _: {"note": "x", "version": 1},
    ),
    "console:mails:detail": Page(Door.CONSOLE, Staff.VIEW_CUSTOMERS, mail),
    "console:mails:html": Page(Door.CONSOLE, Staff.VIEW_CUSTOMERS, mail),
    "console:mails:resend": Page(Door.CONSOLE, Staff.MANAGE_PEOPLE, mail, nothing),
    "console:settings:home": Page(Door.CONSOLE, Staff.MANAGE_SETTINGS),
    "console:settings:mail": Page(
        Door.CONSOLE, Staff.MANAGE_SETTINGS, post=lambda _: {"approvals_email": "m@example.com"}
    ),
    "console:settings:security": Page(
        Door.CONSOLE, Staff.MANAGE_SETTINGS, post=lambda _: {"second_factor_for": "everybody"}
    ),
    "console:customer_fields:detail": Page(Door.CONSOLE, Staff.VIEW_CUSTOMERS, customer),
    "console:customer_fields:edit": Page(
        Door.CONSOLE,
        Staff.EDIT_CUSTOMERS,
        customer,
        lambda w: {"field.cost_centre": "Mallory", "version": w.customer.version},
    ),
    "console:custom_fields:list": Page(Door.CONSOLE, Staff.MANAGE_SETTINGS),
    "console:custom_fields:create": Page(Door.CONSOLE, Staff.MANAGE_SETTINGS, post=a_custom_field),
    "console:custom_fields:edit": Page(
        Door.CONSOLE, Staff.MANAGE_SETTINGS, custom_field, a_custom_field
    ),
    "console:custom_fields:retire": Page(
        Door.CONSOLE, Staff.MANAGE_SETTINGS, custom_field, nothing
    ),
    "console:custom_fields:restore": Page(
        Door.CONSOLE, Staff.MANAGE_SETTINGS, retired_field, nothing
    ),
    "console:custom_fields:move": Page(
        Door.CONSOLE, Staff.MANAGE_SETTINGS, custom_field, lambda _: {"to": "1"}
    ),
    "console:team:list": Page(Door.CONSOLE, Staff.VIEW_TEAM),
    "console:team:invite": Page(
        Door.CONSOLE,
        Staff.MANAGE_TEAM,
        post=lambda _: {"email": "mallory@example.com", "full_name": "Mallory", "role": "viewer"},
    ),
    "console:team:detail": Page(Door.CONSOLE, Staff.VIEW_TEAM, member),
    "console:team:resend": Page(Door.CONSOLE, Staff.MANAGE_TEAM, member, nothing),
    "console:team:role": Page(
        Door.CONSOLE, Staff.MANAGE_TEAM, member, lambda _: {"role": "support"}
    ),
    "console:team:suspend": Page(
        Door.CONSOLE, Staff.MANAGE_TEAM, member, lambda _: {"reason": "x"}
    ),
    "console:team:reactivate": Page(Door.CONSOLE, Staff.MANAGE_TEAM, member, nothing),
}
