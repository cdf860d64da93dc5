"""Countries as people name them."""

from functools import lru_cache

from django.utils.translation import get_language
from django_countries import countries


def code_of(typed: str) -> str:
    """The code (ISO 3166 alpha-2) for a code, or for a name in the language that is in use; nothing
    for what is no country."""
    return _codes(get_language()).get(typed.strip().casefold(), "")


@lru_cache(maxsize=32)
def _codes(_language: str | None) -> dict[str, str]:
    named = {str(name).casefold(): code for code, name in countries}
    return {**named, **{code.casefold(): code for code in countries.countries}}
