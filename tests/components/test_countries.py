import pytest
from django import forms
from django.test import override_settings
from django.test.html import parse_html
from django.utils import translation
from django_countries import countries

from components.countries import CountrySelect, country_field, country_name


class OneCountry(forms.Form):
    country = country_field(empty_label="All <countries>", css="form-select")


class AsDjangoMakesIt(forms.Form):
    country = forms.ChoiceField(
        label="Country",
        choices=lambda: [("", "All <countries>"), *countries],
        widget=forms.Select(attrs={"class": "form-select"}),
    )


@pytest.mark.parametrize("chosen", ["", None, "AT", "US"])
def test_the_box_is_what_django_would_make(chosen: str | None) -> None:
    ours = str(OneCountry(initial={"country": chosen})["country"])
    theirs = str(AsDjangoMakesIt(initial={"country": chosen})["country"])

    assert parse_html(ours) == parse_html(theirs)
    assert "All &lt;countries&gt;" in ours


@pytest.mark.parametrize("chosen", ["XX", '"><script>', 7])
def test_what_is_no_country_chooses_nothing(chosen: object) -> None:
    box = CountrySelect().render("country", chosen)

    assert box == CountrySelect().render("country", "")
    assert '<option value="" selected>' in box


@pytest.mark.parametrize(("typed", "is_valid"), [("AT", True), ("XX", False), ("", False)])
def test_only_countries_are_accepted(typed: str, is_valid: bool) -> None:
    assert OneCountry({"country": typed}).is_valid() is is_valid


@override_settings(LANGUAGES=[("en", "English"), ("de", "Deutsch")])
def test_each_language_has_names_and_an_order_of_its_own() -> None:
    with translation.override("de"):
        german, name = str(CountrySelect().render("country", "")), country_name("AT")
    english = str(CountrySelect().render("country", ""))

    assert (name, country_name("AT"), country_name("XX")) == ("Österreich", "Austria", "")
    assert german.index("Österreich") > german.index("Norwegen")
    assert english.index("Austria") < english.index("Norway")
