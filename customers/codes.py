"""Short codes for customers, proposed from names: `Müller Straßenbau GmbH` becomes `MUELLER`."""

import re
import secrets
import unicodedata
from collections.abc import Collection, Iterator, Sequence

from customers.models import Customer

LONGEST = 20  # as the column
COMFORTABLE = 12  # a code is for reading aloud and typing
FALLBACK = "CUSTOMER"  # for names without a letter that ASCII knows
NUMBERED = range(2, 100)

# Letters that do not fall apart into a base letter and a mark, and those that German spells out.
SPELLED_OUT = str.maketrans(
    {
        "Ä": "AE",
        "Ö": "OE",
        "Ü": "UE",
        "ẞ": "SS",
        "Æ": "AE",
        "Œ": "OE",
        "Ø": "O",
        "Ł": "L",
        "Đ": "D",
        "Ð": "D",
        "Þ": "TH",
        "&": " ",
    }
)
LEGAL_FORMS = frozenset(
    """
    AB AG AS APS BV BVBA CO CORP CORPORATION EG EK EV GBR GESELLSCHAFT GMBH INC INCORPORATED KFT
    KG KGAA LIMITED LLC LLP LTD MBH NV OHG OY PLC PTE PTY PVT SA SARL SAS SE SL SLU SNC SPA SRL
    SRO UG ULC
    """.split()  # noqa: SIM905 - sixty quotes would hide the words
)


def propose(organization_name: str) -> str:
    """A code that no other customer has now.

    Somebody may still take it first: the constraint decides.
    """
    return propose_several([organization_name], taken=())[0]


def propose_several(organization_names: Sequence[str], *, taken: Collection[str]) -> list[str]:
    """A code for each name: no other customer has it now, nor is it in `taken`. One query."""
    bases = [_base(name) for name in organization_names]
    candidates = {each for base in bases for each in (base, *_numbered(base))}
    known = Customer.objects.filter(code__in=candidates)
    used = set(known.values_list("code", flat=True))
    proposed = []
    for base in bases:
        free = (each for each in (base, *_numbered(base)) if each not in used and each not in taken)
        code = next(free, None) or _with_suffix(base, secrets.token_hex(4).upper())
        used.add(code)
        proposed.append(code)
    return proposed


def _base(organization_name: str) -> str:
    words = _words(organization_name)
    telling = [word for word in words if word not in LEGAL_FORMS] or words
    code = ""
    for word in telling:
        longer = f"{code}-{word}" if code else word
        if len(longer) > COMFORTABLE:
            break
        code = longer
    return code or "".join(telling[:1])[:COMFORTABLE] or FALLBACK


def spell_out(text: str) -> str:
    """The text in capital letters that ASCII knows; what it does not know falls away."""
    spelled = unicodedata.normalize("NFC", text).upper().translate(SPELLED_OUT)
    return unicodedata.normalize("NFKD", spelled).encode("ascii", "ignore").decode().upper()


def _words(text: str) -> list[str]:
    # Dots and apostrophes join what they stand between: S.p.A. is one word, and so is O'Neill.
    return re.findall(r"[A-Z0-9]+", re.sub(r"[.'’`]", "", spell_out(text)))


def _numbered(base: str) -> Iterator[str]:
    return (_with_suffix(base, str(number)) for number in NUMBERED)


def _with_suffix(base: str, suffix: str) -> str:
    return f"{base[: LONGEST - len(suffix) - 1]}-{suffix}"
