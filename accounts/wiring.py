"""What other apps are told about this one, once, when the project starts."""

from accounts import restoring
from accounts.flows import renewals, staff
from notifications import renewals as mail_renewals
from resellers import hooks as reseller_hooks


def connect() -> None:
    mail_renewals.register("staff_invitation", renewals.invite_again)
    mail_renewals.register("customer_invitation", renewals.invite_again)
    mail_renewals.register("password_reset", renewals.send_reset_again)
    mail_renewals.register("password_reset_offer", renewals.offer_reset_again)
    reseller_hooks.register_seed("owner", staff.seed_owner)
    reseller_hooks.register_after_restore("accounts", restoring.set_right)
