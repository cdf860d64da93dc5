"""Every error that AWS answers to what we ask, as a sentence and a next step.

Keys are AWS's own codes, with its reason behind a slash where it gives one
(https://docs.aws.amazon.com/organizations/latest/APIReference/CommonErrors.html and the pages of
InviteAccountToOrganization, CreateAccount and AssumeRole); what never reached AWS stands under
`Client.…`. Why the making of an account failed stands in `failures`.
"""

import datetime as dt

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from cloudaccounts.providers.aws.constraints import CONSTRAINTS
from cloudaccounts.providers.aws.failures import FAILURES
from cloudaccounts.providers.aws.own_advice import BUCKETS, CONNECTIONS
from cloudaccounts.providers.results import AccessOutcome
from cloudaccounts.providers.troubles import Advice, Kind, Trouble

_WAIT = _("Nothing to do: it is tried again by itself.")
_ASK_OPERATORS = _("Tell the operators of this platform; they find the cause in its log.")
_CHECK_RIGHTS = _(
    "Cloud Ops: check the policies of the connected account's role, and service control policies."
)
_NOT_AUTHORIZED = Advice(
    Kind.PERSON, _("AWS does not allow the connected account to do this."), _CHECK_RIGHTS
)
_SLOWER = Advice(Kind.LATER, _("AWS asks us to slow down."), _WAIT)
_AWS_IS_ILL = Advice(Kind.LATER, _("AWS has a trouble of its own."), _WAIT)
_BAD_CREDENTIALS = Advice(
    Kind.OURS,
    _("AWS does not accept the credentials of the connected account."),
    _("Operators: renew the access key or the role of this installation."),
)
_TOO_OLD = Advice(Kind.LATER, _("The credentials had just ended."), _WAIT)
_NOT_SENT = Advice(Kind.LATER, _("AWS could not be reached."), _WAIT)
_MALFORMED = Advice(
    Kind.OURS, _("What we sent is not in a form that AWS understands."), _ASK_OPERATORS
)
_EMAIL = Advice(
    Kind.PERSON, _("AWS does not accept the e-mail address."), _("Correct the root e-mail.")
)
_ACCOUNT_ID = Advice(
    Kind.PERSON, _("AWS does not know an account of this ID."), _("Correct the account ID.")
)
_LENGTH = Advice(
    Kind.PERSON,
    _("The name or the root e-mail is too long or too short for AWS."),
    _("Choose a name of up to 50 characters, and an e-mail of 6 to 64."),
)

TABLE: dict[str, Advice] = {
    # Who we are
    "AccessDenied": _NOT_AUTHORIZED,
    "AccessDenied/CONNECTION": Advice(
        Kind.PERSON,
        _("AWS does not let this installation take on the role of the connected account."),
        _("Cloud Ops: check that role's ARN, its external ID, and whom its trust policy names."),
    ),
    "AccessDenied/CUSTOMER_ROLE": Advice(
        Kind.PERSON, AccessOutcome.REFUSED.sentence, AccessOutcome.REFUSED.next_step
    ),
    "AccessDeniedException": _NOT_AUTHORIZED,
    "AccessDeniedForDependencyException": _NOT_AUTHORIZED,
    "UnauthorizedOperation": _NOT_AUTHORIZED,
    "InvalidClientTokenId": _BAD_CREDENTIALS,
    "UnrecognizedClientException": _BAD_CREDENTIALS,
    "SignatureDoesNotMatch": _BAD_CREDENTIALS,
    "InvalidSignatureException": _BAD_CREDENTIALS,
    "IncompleteSignature": _BAD_CREDENTIALS,
    "MissingAuthenticationToken": _BAD_CREDENTIALS,
    "OptInRequired": Advice(
        Kind.PERSON,
        _("The connected AWS account is not signed up for this service."),
        _("Cloud Ops: finish the sign-up of the management account in the AWS console."),
    ),
    "ExpiredToken": _TOO_OLD,
    "ExpiredTokenException": _TOO_OLD,
    "RequestExpired": Advice(
        Kind.OURS,
        _("AWS says that our clock is wrong."),
        _("Operators: set the time of the machine on which the workers run."),
    ),
    "RegionDisabledException": Advice(
        Kind.OURS,
        _("AWS STS is switched off in us-east-1 for the connected account."),
        _("Cloud Ops: switch it on under Account settings in IAM."),
    ),
    "PackedPolicyTooLarge": _MALFORMED,
    "MalformedPolicyDocument": _MALFORMED,
    # How much, and whether AWS is well
    "TooManyRequestsException": _SLOWER,
    "Throttling": _SLOWER,
    "ThrottlingException": _SLOWER,
    "ThrottledException": _SLOWER,
    "RequestLimitExceeded": _SLOWER,
    "SlowDown": _SLOWER,
    "ServiceException": _AWS_IS_ILL,
    "InternalFailure": _AWS_IS_ILL,
    "InternalError": _AWS_IS_ILL,
    "InternalServerError": _AWS_IS_ILL,
    "ServiceUnavailable": _AWS_IS_ILL,
    "ServiceUnavailableException": _AWS_IS_ILL,
    "ConcurrentModificationException": Advice(
        Kind.LATER, _("Somebody else is changing the AWS organization at this moment."), _WAIT
    ),
    "FinalizingOrganizationException": Advice(
        Kind.LATER,
        _("AWS is still setting up the organization, which takes up to an hour."),
        _WAIT,
    ),
    # The organization
    "AWSOrganizationsNotInUseException": Advice(
        Kind.PERSON,
        _("The connected AWS account is not part of an organization."),
        _("Cloud Ops: create an organization in it, or connect the management account of one."),
    ),
    "NotManagementAccount": Advice(
        Kind.PERSON,
        _("The connected AWS account is a member of its organization, not its management account."),
        _("Cloud Ops: connect the management account; only it may invite and create accounts."),
    ),
    "OtherConnectedAccount": Advice(
        Kind.PERSON,
        _("The credentials belong to another AWS account than the one that was typed."),
        _("Cloud Ops: correct the management account's ID, or the role."),
    ),
    "UnsupportedAPIEndpointException": _MALFORMED,
    # Invitations
    "AccountOwnerNotVerifiedException": Advice(
        Kind.PERSON,
        _("The e-mail address of the management account is not verified."),
        _("Cloud Ops: open the organization's settings in AWS and have the mail sent again."),
    ),
    "DuplicateHandshakeException": Advice(
        Kind.PERSON,
        _("An invitation to this account is open already."),
        _("Wait for the answer, or cancel the open invitation before you send another one."),
    ),
    "HandshakeNotFoundException": Advice(
        Kind.PERSON,
        _("AWS does not know this invitation; it forgets ended ones after 30 days."),
        _("Send a new invitation if the account is not linked."),
    ),
    "HandshakeAlreadyInStateException": Advice(
        Kind.PERSON, _("The invitation has been ended so already."), _("Look at its state.")
    ),
    "InvalidHandshakeTransitionException": Advice(
        Kind.PERSON, _("The invitation has ended in another way."), _("Look at its state.")
    ),
    "MasterCannotLeaveOrganizationException": Advice(
        Kind.PERSON,
        _("The account is the management account of another organization."),
        _("Its owner removes the members of that organization and deletes it, then accepts."),
    ),
    # Accounts
    "AccountNotFoundException": _ACCOUNT_ID,
    "CreateAccountStatusNotFoundException": Advice(
        Kind.PERSON,
        _("AWS does not know this request for an account; it forgets ended ones after 90 days."),
        _("Cloud Ops: look among the accounts of the organization for the e-mail address."),
    ),
    # What we sent
    "InvalidInputException": _MALFORMED,
    "InvalidInputException/INVALID_EMAIL_ADDRESS_TARGET": _EMAIL,
    "InvalidInputException/INVALID_PARTY_TYPE_TARGET": _ACCOUNT_ID,
    "InvalidInputException/INVALID_PATTERN_TARGET_ID": _ACCOUNT_ID,
    "InvalidInputException/INVALID_FULL_NAME_TARGET": Advice(
        Kind.PERSON, _("AWS does not accept the name of the account."), _("Choose another name.")
    ),
    "InvalidInputException/MAX_LENGTH_EXCEEDED": _LENGTH,
    "InvalidInputException/MIN_LENGTH_EXCEEDED": _LENGTH,
    "ValidationError": _MALFORMED,
    "ValidationException": _MALFORMED,
    "Client.ParamValidation": _MALFORMED,
    # What never reached AWS
    "Client.Connection": _NOT_SENT,
    "Client.Timeout": Advice(
        Kind.LATER, _("AWS did not answer in time; whether it acted is looked up first."), _WAIT
    ),
    "Client.Encryption": Advice(
        Kind.OURS,
        _("The encrypted connection to AWS could not be set up."),
        _("Operators: look at proxies and certificates between the workers and AWS."),
    ),
    "Client.NoCredentials": Advice(
        Kind.OURS,
        _("This installation has no AWS credentials."),
        _("Operators: give the workers a role or an access key (docs/operations.md)."),
    ),
    # What never came back to us
    "Portal.CheckLost": Advice(
        Kind.LATER, _("The check did not come to an end."), _("Check again.")
    ),
    **CONSTRAINTS,
    **CONNECTIONS,
    **BUCKETS,
}
_LATER = {
    **dict.fromkeys(["Client.Connection", "Client.Timeout"], dt.timedelta(seconds=30)),
    "FinalizingOrganizationException": dt.timedelta(minutes=15),
    "HandshakeConstraintViolationException/HANDSHAKE_RATE_LIMIT_EXCEEDED": dt.timedelta(hours=24),
    "ConstraintViolationException/HANDSHAKE_RATE_LIMIT_EXCEEDED": dt.timedelta(hours=24),
    "ConstraintViolationException/ACCOUNT_CREATION_RATE_LIMIT_EXCEEDED": dt.timedelta(hours=24),
}
_A_WHILE = dt.timedelta(minutes=1)


def explain(code: str, request_id: str = "", *, retry_after: dt.timedelta | None = None) -> Trouble:
    """What a code means. `retry_after` is AWS's own word on when to come again, if it gave one.

    A code that the table lacks is told as it is, with what AWS's support asks for.
    """
    advice = _found(code)
    is_later = advice.kind is Kind.LATER
    pause = (retry_after or _LATER.get(code, _A_WHILE)) if is_later else None
    return Trouble(code, advice.kind, advice.sentence, advice.next_step, request_id, pause)


def _found(code: str) -> Advice:
    plain = code.partition("/")[0]
    for table, name in ((TABLE, code), (FAILURES, code), (TABLE, plain)):
        if name in table:
            return table[name]
    return Advice(
        Kind.PERSON,
        format_lazy(_("AWS refused with an error that we do not know: {code}."), code=code),
        _("Cloud Ops: ask AWS Support, and give them the code and the request ID."),
    )
