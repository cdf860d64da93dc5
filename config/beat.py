"""What beat starts, and how often. Each finds what was left behind; none is needed in time."""

from typing import Any

MINUTE, HOUR = 60.0, 3600.0  # seconds

_EVERY = {
    # The mails whose wake-up call was lost or whose next attempt is due.
    "notifications.sweep": 0.5 * MINUTE,
    # What is under way at cloud providers: next turns, lost wake-up calls, reminders.
    "cloudaccounts.sweep_errands": 0.5 * MINUTE,
    # Checks of connections and of places for bills whose message or worker was lost.
    "cloudaccounts.sweep_connection_checks": MINUTE,
    "cloudaccounts.sweep_bill_checks": MINUTE,
    # Erases the credentials that nobody opened in time.
    "cloudaccounts.erase_credentials": HOUR,
    # The background jobs whose wake-up call was lost or whose worker was.
    "jobs.sweep": 0.5 * MINUTE,
    # Deletes what was uploaded or made for download when its time is over.
    "jobs.delete_old_files": HOUR,
    # The resellers that a dead worker left half-made.
    "resellers.sweep_unfinished": MINUTE,
    # What waits at all resellers, for /metrics.
    "operations.gather_figures": MINUTE,
    # Erases the sessions that are over.
    "accounts.sweep_sessions": HOUR,
    # Erases the sign-ups whose e-mail nobody validated.
    "approvals.sweep_drafts": HOUR,
    # The resellers whose customers' search texts lag behind a custom field.
    "customers.sweep_search": 5 * MINUTE,
    # Sets purchase orders to Expired whose last day has passed where their reseller is.
    "customers.sweep_purchase_orders": HOUR,
    # The checks of customers' roles that a lost worker or a broker that was away left behind.
    "cloudaccounts.sweep_checks": MINUTE,
    # Looks again at some of the roles that nobody looked at for a week.
    "cloudaccounts.recheck_roles": 5 * MINUTE,
}

# A sweep that nobody ran in time is void: the next one comes.
SCHEDULE: dict[str, dict[str, Any]] = {
    name: {"task": name, "schedule": seconds, "options": {"expires": seconds * 5 / 6}}
    for name, seconds in _EVERY.items()
}
