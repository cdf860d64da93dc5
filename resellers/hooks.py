"""Named hooks that higher apps fill in their `AppConfig.ready`.

What runs after a restore sets right, inside the restored schema, what must not simply go on where
the backup left it, and returns sentences about that for the operator.

A seed runs inside a new reseller's schema, in the transaction that makes the reseller ready: what
it writes is there together with the host, or not at all. It may run again after a failure, so it
must be idempotent.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from resellers.models import Reseller


@dataclass(frozen=True)
class Restoration:
    """A reseller whose rows were put back from a backup, in the transaction that makes it ready.

    `takes_over`: the original is gone, and this one goes on in its place. Else it is a copy, or the
    original has gone on since.
    """

    reseller: Reseller
    former_host: str
    takes_over: bool


Seed = Callable[[Reseller], object]
AfterRestore = Callable[[Restoration], Iterable[str]]

_seeds: dict[str, Seed] = {}
_after_restore: dict[str, AfterRestore] = {}


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


def register_after_restore(name: str, function: AfterRestore) -> None:
    """Have `function` set right what a restored schema holds.

    Raises ValueError when another function has the name.
    """
    if _after_restore.setdefault(name, function) is not function:
        raise ValueError(f"Another function is to run after a restore as {name!r}.")


def run_after_restore(restoration: Restoration) -> list[str]:
    """Call every function; what they tell. The connection stands in the restored schema."""
    return [each for function in _after_restore.values() for each in function(restoration)]
