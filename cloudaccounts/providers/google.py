"""Google Cloud, sold through the Partner Sales Console: done by hand, with ids that are checked.

Where the formats come from:

- project id: 6 to 30 small letters, digits and hyphens, begins with a letter, does not end with a
  hyphen (https://cloud.google.com/resource-manager/reference/rest/v1/projects). Old projects of a
  domain carry it in front: `example.com:my-project`.
- project number and organization id: int64 numbers that Google assigns
  (https://cloud.google.com/resource-manager/reference/rest/v1/organizations).
- billing account id: `012345-567890-ABCDEF`
  (https://cloud.google.com/billing/docs/reference/rest/v1/billingAccounts).
"""

import re

from django.utils.translation import gettext_lazy as _

from cloudaccounts.providers import manual
from cloudaccounts.providers.contract import IdKind, Provider
from cloudaccounts.providers.results import Access, AccessOrder, Link

_PROJECT = re.compile(r"(?:[a-z0-9-]+(?:\.[a-z0-9-]+)+:)?[a-z][a-z0-9-]{4,28}[a-z0-9]", re.ASCII)
_BILLING_ACCOUNT = re.compile(r"[0-9A-F]{6}-[0-9A-F]{6}-[0-9A-F]{6}")
_NUMBER = re.compile(r"[1-9][0-9]{5,18}")
_LARGEST = 2**63 - 1
_BILLING = "https://console.cloud.google.com/billing"
_SALES_CONSOLE = "https://www.channelservices.cloud.google.com/"


def read_project(typed: str) -> str | None:
    """A project's id. Capitals are no mistake worth a refusal."""
    found = typed.removeprefix("projects/").lower()
    return found if _PROJECT.fullmatch(found) else None


def read_project_number(typed: str) -> str | None:
    """A project's number."""
    return _number(typed.removeprefix("projects/"))


def read_organization(typed: str) -> str | None:
    """An organization's id."""
    return _number(typed.removeprefix("organizations/"))


def read_billing_account(typed: str) -> str | None:
    """A billing account's id, in capitals."""
    found = typed.removeprefix("billingAccounts/").upper()
    return found if _BILLING_ACCOUNT.fullmatch(found) else None


def _number(typed: str) -> str | None:
    return typed if _NUMBER.fullmatch(typed) and int(typed) <= _LARGEST else None


def describe_access(_order: AccessOrder) -> Access:
    """The customer moves their projects under the reseller's billing account."""
    return Access(
        steps=(
            _("Cloud Ops creates the customer in the Partner Sales Console, with their domain."),
            _("Cloud Ops makes a billing subaccount for the customer, and notes its ID here."),
            _("Grant the customer's administrator the role Billing Account User on it."),
            _("The administrator links each project to this billing account under Billing."),
            _("Note the IDs of the projects here."),
        ),
        links=(
            Link(_("Partner Sales Console"), _SALES_CONSOLE),
            Link(_("Billing in the Google Cloud console"), _BILLING),
        ),
    )


GOOGLE = Provider(
    name="google",
    label=_("Google Cloud"),
    id_kinds=(
        IdKind(
            "project",
            _("Project ID"),
            "acme-shop-4711",
            _("Enter a project ID: 6 to 30 letters, digits and hyphens, beginning with a letter."),
            read_project,
        ),
        IdKind(
            "project_number",
            _("Project number"),
            "415104041262",
            _("Enter a project number: digits only, as shown beside the project ID."),
            read_project_number,
        ),
        IdKind(
            "billing_account",
            _("Billing account ID"),
            "012345-567890-ABCDEF",
            _("Enter a billing account ID such as 012345-567890-ABCDEF."),
            read_billing_account,
        ),
        IdKind(
            "organization",
            _("Organization ID"),
            "721234567890",
            _("Enter an organization ID: digits only."),
            read_organization,
        ),
    ),
    is_manual=True,
    client="cloudaccounts.providers.manual.ByHand",
    describe_access=describe_access,
    explain=manual.explain,
    clean_name=manual.clean_name,
)
