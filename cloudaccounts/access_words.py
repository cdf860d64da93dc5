"""Where the check of an account's role stands, in words for pages."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cloudaccounts.models import CloudAccount
from cloudaccounts.models.checks import CheckState
from cloudaccounts.providers import registry
from cloudaccounts.providers.results import AccessOutcome

Text = str | Promise

# As components.statuses draws them.
KINDS = {
    CheckState.NOT_CHECKED: "neutral",
    CheckState.CHECKING: "waiting",
    CheckState.OK: "success",
    CheckState.FAILED: "danger",
}


@dataclass(frozen=True)
class AccessWords:
    """The state, its kind, and for a check that ended what was found and what to do."""

    label: Text
    kind: str
    sentence: Text = ""
    next_step: Text = ""
    code: str = ""  # with the request ID, what the provider's support asks for
    request_id: str = ""


def access_words(account: CloudAccount) -> AccessWords:
    """What to say about the role of this account."""
    state = CheckState(account.access_state)
    kind = KINDS[state]
    if state in {CheckState.NOT_CHECKED, CheckState.CHECKING}:
        return AccessWords(state.label, kind)
    label = _("Role broken") if account.access_broken_since else state.label
    code, request_id = account.access_trouble_code, account.access_request_id
    if code:
        told = registry.provider(account.provider).explain(code, request_id)
        return AccessWords(label, kind, told.sentence, told.next_step, code, request_id)
    outcome = AccessOutcome(account.access_outcome)
    return AccessWords(label, kind, outcome.sentence, outcome.next_step)
