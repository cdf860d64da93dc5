"""Why AWS could not make an account: the values of CreateAccountStatus.FailureReason.

https://docs.aws.amazon.com/organizations/latest/APIReference/API_CreateAccountStatus.html
"""

from django.utils.translation import gettext_lazy as _

from cloudaccounts.providers.troubles import Advice, Kind

PREFIX = "CreateAccount/"
_AGAIN = _("Nothing to do: it is ordered again by itself.")
_VALIDATE = _(
    "Cloud Ops: hand in the business details that AWS asks for in the management account."
)
_CARD = _("Cloud Ops: add a valid payment method in the management account, then order it again.")
_REASONS = {
    "ACCOUNT_LIMIT_EXCEEDED": Advice(
        Kind.PERSON,
        _("The AWS organization holds as many accounts as it may."),
        _("Cloud Ops: ask AWS Support to raise the number of accounts, then order it again."),
    ),
    "EMAIL_ALREADY_EXISTS": Advice(
        Kind.PERSON,
        _("Another AWS account has this root e-mail already."),
        _("Choose an address that no AWS account uses, or link the account that has it."),
    ),
    "INVALID_ADDRESS": Advice(
        Kind.PERSON,
        _("AWS does not accept the management account's postal address."),
        _("Cloud Ops: correct it under Account in the management account."),
    ),
    "INVALID_EMAIL": Advice(
        Kind.PERSON, _("AWS does not accept the root e-mail."), _("Choose another address.")
    ),
    "CONCURRENT_ACCOUNT_MODIFICATION": Advice(
        Kind.LATER, _("AWS was making another account at the same time."), _AGAIN
    ),
    "INTERNAL_FAILURE": Advice(Kind.LATER, _("AWS had a trouble of its own."), _AGAIN),
    "GOVCLOUD_ACCOUNT_ALREADY_EXISTS": Advice(
        Kind.PERSON,
        _("An account in AWS GovCloud exists with these details."),
        _("Use the account that is there."),
    ),
    "MISSING_BUSINESS_VALIDATION": Advice(
        Kind.PERSON, _("AWS has not confirmed the management account's business."), _VALIDATE
    ),
    "FAILED_BUSINESS_VALIDATION": Advice(
        Kind.PERSON, _("AWS could not confirm the management account's business."), _VALIDATE
    ),
    "PENDING_BUSINESS_VALIDATION": Advice(
        Kind.PERSON,
        _("AWS is still confirming the management account's business."),
        _("Cloud Ops: order it again when AWS has mailed that it is done."),
    ),
    "UNKNOWN_BUSINESS_VALIDATION": Advice(
        Kind.PERSON,
        _("AWS does not say whether the management account's business is confirmed."),
        _("Cloud Ops: ask AWS Support."),
    ),
    "INVALID_IDENTITY_FOR_BUSINESS_VALIDATION": Advice(
        Kind.PERSON,
        _("AWS does not accept the identity that was given for the management account."),
        _VALIDATE,
    ),
    "MISSING_PAYMENT_INSTRUMENT": Advice(
        Kind.PERSON, _("The management account has no payment method."), _CARD
    ),
    "INVALID_PAYMENT_INSTRUMENT": Advice(
        Kind.PERSON, _("The management account's payment method is not valid."), _CARD
    ),
    "UPDATE_EXISTING_RESOURCE_POLICY_WITH_TAGS_NOT_SUPPORTED": Advice(
        Kind.PERSON,
        _("A resource policy of the organization stands in the way of the new account."),
        _("Cloud Ops: look at the resource policy under Settings in AWS Organizations."),
    ),
}
FAILURES: dict[str, Advice] = {f"{PREFIX}{name}": it for name, it in _REASONS.items()} | {
    # Made by the flow: AWS made the account, and somebody typed its ID meanwhile.
    f"{PREFIX}KNOWN_ALREADY": Advice(
        Kind.PERSON,
        _("The account was made, but its ID is known here as another cloud account already."),
        _("Discard the other one, or go on with it."),
    ),
    # Made by `creation`: AWS is busy with an account of the same name, and whose it is shows later.
    f"{PREFIX}SAME_NAME_IN_PROGRESS": Advice(
        Kind.LATER,
        _("AWS is making an account of this name; whether it is this one shows when it is done."),
        _("Nothing to do: it is looked at again by itself."),
    ),
}
