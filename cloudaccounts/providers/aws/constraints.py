"""The limits and conditions that AWS Organizations names when it refuses.

Reasons of HandshakeConstraintViolationException and ConstraintViolationException that can meet
inviting and creating accounts; a limit that is not here is told with its code.
"""

from django.utils.translation import gettext_lazy as _

from cloudaccounts.providers.troubles import Advice, Kind

_WAIT_A_DAY = _("Nothing to do: it is tried again by itself after a day.")
_RAISE_LIMIT = _("Cloud Ops: ask AWS Support to raise the number of accounts, then try again.")
_NO_MORE_ACCOUNTS = Advice(
    Kind.PERSON, _("The AWS organization holds as many accounts as it may."), _RAISE_LIMIT
)
_INVITED_TOO_OFTEN = Advice(
    Kind.LATER, _("The AWS organization sent as many invitations today as it may."), _WAIT_A_DAY
)
_ASK_FOR_CARD = _("Its owner adds a valid payment method under Billing in AWS, then try again.")
_MANAGEMENT_CARD = Advice(
    Kind.PERSON,
    _("The management account has no valid payment method."),
    _("Cloud Ops: add one under Billing in the management account."),
)
_TRANSFER = Advice(
    Kind.PERSON,
    _("A transfer of billing stands in the way."),
    _("Cloud Ops: look under Billing transfer in the management account, and finish or end it."),
)
_HANDSHAKE = {
    "ACCOUNT_NUMBER_LIMIT_EXCEEDED": _NO_MORE_ACCOUNTS,
    "HANDSHAKE_RATE_LIMIT_EXCEEDED": _INVITED_TOO_OFTEN,
    "ALREADY_IN_AN_ORGANIZATION": Advice(
        Kind.PERSON,
        _("The account is part of another AWS organization."),
        _("Its owner leaves that organization first (AWS Organizations, Leave), then invite anew."),
    ),
    "ORGANIZATION_ALREADY_HAS_ALL_FEATURES": Advice(
        Kind.PERSON,
        _("The organization has all features already."),
        _("Nothing to do; tell Cloud Ops if the account is not linked."),
    ),
    "ORGANIZATION_IS_ALREADY_PENDING_ALL_FEATURES_MIGRATION": Advice(
        Kind.PERSON,
        _("The organization is about to switch on all features."),
        _("Cloud Ops: finish or cancel that change in AWS Organizations, then invite anew."),
    ),
    "INVITE_DISABLED_DURING_ENABLE_ALL_FEATURES": Advice(
        Kind.PERSON,
        _("AWS takes no invitations while the organization switches on all features."),
        _("Cloud Ops: finish or cancel that change in AWS Organizations, then invite anew."),
    ),
    "PAYMENT_INSTRUMENT_REQUIRED": Advice(
        Kind.PERSON, _("The invited account has no valid payment method."), _ASK_FOR_CARD
    ),
    "ORGANIZATION_FROM_DIFFERENT_SELLER_OF_RECORD": Advice(
        Kind.PERSON,
        _("AWS sells to the invited account through another company than to the organization."),
        _("Use a management account of the same AWS seller, or ask AWS Support to move it."),
    ),
    "ORGANIZATION_MEMBERSHIP_CHANGE_RATE_LIMIT_EXCEEDED": Advice(
        Kind.LATER,
        _("The account changed organizations too often within a short time."),
        _("Nothing to do: it is tried again by itself."),
    ),
    "MANAGEMENT_ACCOUNT_EMAIL_NOT_VERIFIED": Advice(
        Kind.PERSON,
        _("The e-mail address of the management account is not verified."),
        _("Cloud Ops: open the organization's settings in AWS and have the mail sent again."),
    ),
    "RESPONSIBILITY_TRANSFER_ALREADY_EXISTS": _TRANSFER,
    "SOURCE_AND_TARGET_CANNOT_MATCH": Advice(
        Kind.PERSON,
        _("The invited account is the one that invites."),
        _("Correct the account ID."),
    ),
    "UNUSED_PREPAYMENT_BALANCE": Advice(
        Kind.PERSON,
        _("The invited account still has money paid in advance."),
        _("Its owner uses it up or has AWS pay it back, then invite anew."),
    ),
    "LEGACY_PERMISSIONS_STILL_IN_USE": Advice(
        Kind.PERSON,
        _("The invited account still uses AWS's old permissions for billing."),
        _("Its owner moves them to the fine-grained ones under Billing in AWS, then invite anew."),
    ),
    "PAST_DUE_INVOICE": Advice(
        Kind.PERSON,
        _("The invited account has an invoice that is overdue."),
        _("Its owner pays it under Billing in AWS, then invite anew."),
    ),
    "TARGET_ACCOUNT_VALIDATION_FAILURE": Advice(
        Kind.PERSON,
        _("AWS could not confirm the invited account's own details."),
        _("Its owner completes name, address and phone under Account in AWS, then invite anew."),
    ),
}
_LIMITS = {
    "ACCOUNT_NUMBER_LIMIT_EXCEEDED": _NO_MORE_ACCOUNTS,
    "HANDSHAKE_RATE_LIMIT_EXCEEDED": _INVITED_TOO_OFTEN,
    "ACCOUNT_CREATION_RATE_LIMIT_EXCEEDED": Advice(
        Kind.LATER, _("The AWS organization made as many accounts today as it may."), _WAIT_A_DAY
    ),
    "ACCOUNT_CREATION_NOT_COMPLETE": Advice(
        Kind.PERSON,
        _("The sign-up of an account at AWS is not finished."),
        _("Its owner logs in to AWS and finishes the sign-up."),
    ),
    "MASTER_ACCOUNT_PAYMENT_INSTRUMENT_REQUIRED": _MANAGEMENT_CARD,
    "INVALID_PAYMENT_INSTRUMENT": _MANAGEMENT_CARD,
    "MEMBER_ACCOUNT_PAYMENT_INSTRUMENT_REQUIRED": Advice(
        Kind.PERSON, _("The account has no valid payment method."), _ASK_FOR_CARD
    ),
    "MASTER_ACCOUNT_ADDRESS_DOES_NOT_MATCH_MARKETPLACE": Advice(
        Kind.PERSON,
        _("The management account's country is not that of its AWS seller."),
        _("Cloud Ops: correct the address under Account in the management account."),
    ),
    "MASTER_ACCOUNT_MISSING_CONTACT_INFO": Advice(
        Kind.PERSON,
        _("The management account lacks an address or a phone number."),
        _("Cloud Ops: complete the contact information under Account in the management account."),
    ),
    "MASTER_ACCOUNT_MISSING_BUSINESS_LICENSE": Advice(
        Kind.PERSON,
        _("AWS wants to see the management account's business licence."),
        _("Cloud Ops: hand it in under Account in the management account."),
    ),
    "EMAIL_VERIFICATION_CODE_EXPIRED": Advice(
        Kind.PERSON,
        _("The code that AWS mailed has ended."),
        _("Cloud Ops: have AWS mail it again from the organization's settings."),
    ),
    "WAIT_PERIOD_ACTIVE": Advice(
        Kind.PERSON,
        _("The account is too new to leave its organization."),
        _("AWS says in its console from which day on it may leave; try again then."),
    ),
    "ORGANIZATION_NOT_IN_ALL_FEATURES_MODE": Advice(
        Kind.PERSON,
        _("The organization does not have all features switched on."),
        _("Cloud Ops: switch on all features in AWS Organizations."),
    ),
    "ACTIVE_RESPONSIBILITY_TRANSFER_PROCESS": _TRANSFER,
    "UNMET_BILLING_PREREQUISITE": _TRANSFER,
    "UNSUPPORTED_PRICING": _TRANSFER,
}
CONSTRAINTS: dict[str, Advice] = {
    "HandshakeConstraintViolationException": Advice(
        Kind.PERSON,
        _("AWS does not allow this invitation, for a reason that we do not know."),
        _("Cloud Ops: ask AWS Support, and give them the code and the request ID."),
    ),
    "ConstraintViolationException": Advice(
        Kind.PERSON,
        _("A limit of the AWS organization is reached."),
        _("Cloud Ops: ask AWS Support, and give them the code and the request ID."),
    ),
    **{f"HandshakeConstraintViolationException/{name}": it for name, it in _HANDSHAKE.items()},
    **{f"ConstraintViolationException/{name}": it for name, it in _LIMITS.items()},
}
