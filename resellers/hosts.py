"""Which reseller a host leads to.

Answers are kept in the process for a few seconds. So a request needs no question of its own, and a
suspension, a resumption or a new host acts everywhere after at most that time, without another
server to ask.
"""

import copy
import time

from resellers.models import Domain, Reseller

SECONDS_TO_KEEP = 5.0
# Hosts come from outside: whoever tries many of them must not fill the memory.
MOST_KEPT = 10_000

_kept: dict[str, tuple[float, Reseller | None]] = {}


def find(host: str) -> Reseller | None:
    """The ready reseller of a host in lower case, suspended or not. Runs in the public schema.

    Each caller gets an object of its own: what one request changes on it, another must not see.
    """
    now = time.monotonic()
    until, reseller = _kept.get(host, (0.0, None))
    if until <= now:
        reseller = _look_up(host)
        if len(_kept) >= MOST_KEPT:
            _kept.clear()
        _kept[host] = (now + SECONDS_TO_KEEP, reseller)
    return copy.copy(reseller)


def forget() -> None:
    """Ask again from now on. Only this process: the others do so by themselves."""
    _kept.clear()


def _look_up(host: str) -> Reseller | None:
    domains = Domain.objects.select_related("tenant")
    domain = domains.filter(domain=host, tenant__state=Reseller.State.READY).first()
    return domain.tenant if domain else None
