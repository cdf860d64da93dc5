"""All trials, in the order of the report. A new one is a module with a `TRIAL` and a line here."""

from tests.faults import (
    beats,
    broker_down,
    broker_emptied,
    database_cut,
    database_restarted,
    decision_killed,
    hostile,
    mail_killed,
    reseller_killed,
    smtp,
    timing,
)
from tests.faults.contract import Trial

TRIALS: list[Trial] = [
    mail_killed.TRIAL,
    reseller_killed.TRIAL,
    smtp.TRIAL,
    broker_down.TRIAL,
    database_restarted.TRIAL,
    database_cut.TRIAL,
    decision_killed.TRIAL,
    broker_emptied.TRIAL,
    beats.TRIAL,
    timing.TRIAL,
    hostile.TRIAL,
]


def chosen(names: list[str]) -> list[Trial]:
    """The trials of these names in the order of the report; all of them without a name.

    Raises KeyError for a name that no trial has.
    """
    known = {trial.name: trial for trial in TRIALS}
    wanted = {known[name].name for name in names} or set(known)
    return [trial for trial in TRIALS if trial.name in wanted]
