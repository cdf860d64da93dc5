"""Words for pages about connections and places for bills: what to create, where a check stands."""

from dataclasses import dataclass

from django.conf import settings
from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cloudaccounts import probes
from cloudaccounts.access_words import KINDS
from cloudaccounts.models import Connection, ConnectionRecord, CustomerProvider
from cloudaccounts.models.checks import CheckState
from cloudaccounts.probing import BILL_PLACE, CONNECTION, Fields
from cloudaccounts.providers.aws import access
from cloudaccounts.providers.aws.ids import RoleArn
from cloudaccounts.providers.registry import provider
from cloudaccounts.providers.results import Access, Document
from cloudaccounts.providers.troubles import Kind

Text = str | Promise
_AGAIN = _("Check again in a few minutes.")


@dataclass(frozen=True)
class CheckWords:
    """The state, its kind, and for a check that failed what was found and what to do."""

    label: Text
    kind: str
    is_waiting: bool = False
    sentence: Text = ""
    next_step: Text = ""
    code: str = ""  # with the request ID, what the provider's support asks for
    request_id: str = ""


def connection_words(record: ConnectionRecord) -> CheckWords:
    """Where the check of a connection stands."""
    return _words(record, CONNECTION, record.provider)


def bill_place_words(record: CustomerProvider) -> CheckWords:
    """Where the check of a place for bills stands."""
    return _words(record, BILL_PLACE, record.provider)


def connection_access(record: Connection) -> Access | None:
    """The role that the reseller makes in their management account; None where this installation
    has not said whom to let in.
    """
    if not settings.AWS_PRINCIPAL:
        return None
    arn, principal = RoleArn.parse(record.role_arn), settings.AWS_PRINCIPAL
    trust = access.as_text(access.trust_policy(record.external_id, principal))
    commands = access.organization_commands(record.external_id, principal, arn.name)
    policy = access.as_text(access.organization_policy())
    return Access(
        steps=(
            _("Log in to your management account as an administrator."),
            _("Create the role, with these policies or with these commands."),
            _("Have the connection checked."),
        ),
        documents=(
            Document("trust", _("Trust policy"), trust, "json"),
            Document("permissions", _("Permissions"), policy, "json"),
            Document("commands", _("Commands for AWS CloudShell"), commands, "shell"),
        ),
    )


def bucket_policy(record: CustomerProvider) -> Document | None:
    """What the owner of the bucket pastes; None where nothing is to be put, or nobody could."""
    writer = probes.writing_record(record.provider) if record.exports_bill else None
    if writer is None:
        return None
    text = access.as_text(access.bucket_policy(probes.place_of(record), writer.account_id))
    return Document("bucket", _("Bucket policy"), text, "json")


def _words(record: models.Model, fields: Fields, name: str) -> CheckWords:
    state = CheckState(getattr(record, fields.state))
    code, request_id = getattr(record, fields.trouble_code), getattr(record, fields.request_id)
    if state != CheckState.FAILED:
        return CheckWords(state.label, KINDS[state], state == CheckState.CHECKING)
    told = provider(name).explain(code, request_id)
    # What is tried again by itself elsewhere is here for the person who asked.
    step = _AGAIN if told.kind is Kind.LATER else told.next_step
    words = {"sentence": told.sentence, "next_step": step, "code": code, "request_id": request_id}
    return CheckWords(state.label, KINDS[state], **words)
