"""Named hooks that higher apps fill in their `AppConfig.ready`.

A seed runs inside a new reseller's schema, in the transaction that makes the reseller ready: what
it writes is there together with the host, or not at all. It may run again after a failure, so it
must be idempotent.
"""

from collections.abc import Callable

from resellers.models import Reseller

Seed = Callable[[Reseller], object]

_seeds: dict[str, Seed] = {}


def register_seed(name: str, function: Seed) -> None:
    """Have `function` fill each new schema. Seeds run in the order of their registration.

    Raises ValueError when another function has the name.
    """
    if _seeds.setdefault(name, function) is not function:
        raise ValueError(f"Another seed is named {name!r}.")


def run_seeds(reseller: Reseller) -> None:
    """Call every seed. The connection stands in the reseller's schema, inside a transaction."""
    for seed in _seeds.values():
        seed(reseller)
