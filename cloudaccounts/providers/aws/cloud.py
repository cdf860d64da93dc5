"""What can be done at AWS, from one connected management account. Loads boto3: tasks only."""

from cloudaccounts.providers.aws import buckets, creation, invitations, roles
from cloudaccounts.providers.aws.advice import explain
from cloudaccounts.providers.aws.clients import Clients
from cloudaccounts.providers.aws.speaking import speaking
from cloudaccounts.providers.results import (
    AccessCheck,
    AccountOrder,
    BillPlace,
    Connection,
    Creation,
    Grant,
    Invitation,
    InvitationOrder,
)
from cloudaccounts.providers.troubles import CloudError


class AwsCloud:
    """AWS; see `contract.Cloud` for what the calls promise."""

    def __init__(self, connection: Connection) -> None:
        """Nothing is asked before the first call."""
        self._clients = Clients(connection)

    def check_connection(self) -> None:
        """Whether the connection is the management account that it is said to be.

        A role that has an external ID must not let us in without it. Raises CloudError.
        """
        self._clients.forget()  # what the role allowed an hour ago says nothing
        with speaking("GetCallerIdentity of the connection"):
            account = self._clients.sts().get_caller_identity()["Account"]
        with speaking("DescribeOrganization"):
            organization = self._clients.organizations().describe_organization()["Organization"]
        if account != self._clients.connection.account_id:
            raise CloudError(explain("OtherConnectedAccount"))
        if organization.get("MasterAccountId") != account:
            raise CloudError(explain("NotManagementAccount"))
        if roles.is_open_to_others(self._clients):
            raise CloudError(explain("ConnectionOpenToOthers"))

    def check_access(self, grant: Grant) -> AccessCheck:
        """Whether the customer's role lets us in, and only us."""
        return roles.check(self._clients, grant)

    def invite(self, order: InvitationOrder) -> Invitation:
        """Invite the account into the organization."""
        return invitations.invite(self._clients, order)

    def find_invitation(self, order: InvitationOrder) -> Invitation | None:
        """The handshake of exactly this order."""
        return invitations.find(self._clients, order)

    def has_account(self, account_id: str) -> bool:
        """Whether the account is a member of the organization."""
        return invitations.has_account(self._clients, account_id)

    def poll_invitation(self, reference: str) -> Invitation | None:
        """Where the handshake stands."""
        return invitations.poll(self._clients, reference)

    def cancel_invitation(self, reference: str) -> Invitation | None:
        """Cancel the handshake."""
        return invitations.cancel(self._clients, reference)

    def create_account(self, order: AccountOrder) -> Creation:
        """Make an account in the organization."""
        return creation.create(self._clients, order)

    def poll_creation(self, reference: str, order: AccountOrder) -> Creation | None:
        """Where the new account stands."""
        return creation.poll(self._clients, reference, order)

    def check_bill_place(self, place: BillPlace) -> None:
        """Write a small object into the bucket and delete it."""
        buckets.check(self._clients, place)
