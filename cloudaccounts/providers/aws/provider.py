"""Amazon Web Services, as far as it can be known without asking it."""

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from cloudaccounts.providers.aws import access, advice, ids
from cloudaccounts.providers.contract import IdKind, Provider
from cloudaccounts.providers.results import Access, AccessOrder, Document, Link

_INVITATIONS = "https://console.aws.amazon.com/organizations/v2/home/invitations"


def describe_access(order: AccessOrder) -> Access:
    """The role that a customer creates, in three ways. Raises ValueError for impossible values."""
    values = (order.external_id, order.principal)
    named = (*values, order.role_name)
    return Access(
        steps=(
            _("Log in to the AWS account that is to be linked, as an administrator."),
            _("Create the role in one of the ways shown here. Each makes the same role."),
            _("Copy the role's ARN and paste it below."),
        ),
        documents=(
            Document(
                "trust", _("Trust policy"), access.as_text(access.trust_policy(*values)), "json"
            ),
            Document(
                "permissions", _("Permissions"), access.as_text(access.read_only_policy()), "json"
            ),
            Document(
                "commands", _("Commands for AWS CloudShell"), access.cli_commands(*named), "shell"
            ),
            Document(
                "template",
                _("CloudFormation template"),
                access.as_text(access.template(*named)),
                "json",
            ),
        ),
        links=_links(order),
    )


def _links(order: AccessOrder) -> tuple[Link, ...]:
    """The link needs the template on S3; an installation that has none there offers none."""
    if not settings.AWS_ROLE_TEMPLATE_URL:
        return ()
    url = access.quick_create_link(
        settings.AWS_ROLE_TEMPLATE_URL,
        external_id=order.external_id,
        principal=order.principal,
        role_name=order.role_name,
    )
    return (Link(_("Create the role in the AWS console"), url),)


AWS = Provider(
    name="aws",
    label=_("Amazon Web Services"),
    id_kinds=(
        IdKind(
            "account",
            _("Account ID"),
            "123456789012",
            # https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-identifiers.html
            _("Enter the AWS account ID: 12 digits."),
            ids.read_account_id,
        ),
    ),
    is_manual=False,
    client="cloudaccounts.providers.aws.cloud.AwsCloud",
    describe_access=describe_access,
    explain=advice.explain,
    clean_name=ids.clean_name,
    invitations_url=_INVITATIONS,
)
