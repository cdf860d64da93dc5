"""Short names for custom fields and choices, proposed from labels: `Größe (m²)` → groesse_m2."""

import re
import unicodedata
from collections.abc import Collection

from customers.codes import spell_out
from customers.models.custom_fields import LONGEST_KEY

PLAIN = re.compile(r"[a-z][a-z0-9_]*")
# Names that exports, imports and addresses use for something else already.
OTHERS = frozenset(
    """
    account accounts address billing billing_address card city cloud_account company contact
    contacts country cursor customer customer_id domain email external_id group groups id key
    label mobile name note notes office_address owner page per person phone pk provider
    purchase_order q reseller role root_email search sort state status street subscription tag
    tags tax type user users value version view zip
    """.split()  # noqa: SIM905 - seventy quotes would hide the words
)
_HIGHEST = 1_000


def is_reserved(key: str, own_columns: Collection[str]) -> bool:
    """Whether the key means something else already."""
    return key in OTHERS or key in own_columns


def propose(label: str, *, taken: Collection[str], fallback: str) -> str:
    """A plain key for the label that is not among those taken."""
    words = re.findall(r"[a-z0-9]+", spell_out(unicodedata.normalize("NFKC", label)).lower())
    base = "_".join(words)
    if not PLAIN.fullmatch(base):
        base = f"{fallback}_{base}".rstrip("_")
    base = base[:LONGEST_KEY].rstrip("_")
    numbered = (_with_suffix(base, number) for number in range(2, _HIGHEST))
    return next(key for key in [base, *numbered] if key not in taken)


def _with_suffix(base: str, number: int) -> str:
    suffix = f"_{number}"
    return base[: LONGEST_KEY - len(suffix)].rstrip("_") + suffix
