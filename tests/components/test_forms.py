from typing import Any

import pytest
from django import forms
from django.template import Context, Template

from components.errors import error_lines
from components.forms import LONGEST_LINE, PortalForm, country_field


class CustomerForm(PortalForm):
    submit_label = "Create customer"
    sections = (("Company {{ 7|add:7 }}", ("name", "kind")),)

    name = forms.CharField(label="Organization name", help_text="As on its invoices.")
    email = forms.EmailField(label="E-mail", required=False)
    notes = forms.CharField(label="Notes", widget=forms.Textarea, required=False)
    kind = forms.ChoiceField(
        label="Kind", widget=forms.RadioSelect, choices=[("a", "One")], required=False
    )
    country = country_field(required=False)


def render(form: forms.BaseForm) -> str:
    return Template("{% load components %}{% portal_form form %}").render(Context({"form": form}))


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("a\x00b", "Null characters"),
        ("a\x1bb", "control character"),
        ("a\x85b", "control character"),
        ("two\nlines", "control character"),
        ("\u202egnp.exe", "changes the direction"),
        ("a\u2066b", "changes the direction"),
        ("x" * (LONGEST_LINE + 1), "at most 200 characters"),
        ("", "required"),
    ],
)
def test_text_that_cannot_be_kept_is_refused_beside_its_field(typed: str, words: str) -> None:
    form = CustomerForm({"name": typed})

    assert any(words in str(error) for error in form.errors["name"])


@pytest.mark.parametrize(
    "typed", ["Ünal & Söhne", "日本語 🥨", "שלום", "<b>x</b>", "{{ token }}", "a\u200db", "\u200fא"]
)
def test_text_that_people_type_is_accepted(typed: str) -> None:
    form = CustomerForm({"name": typed})

    assert form.is_valid()
    assert form.cleaned_data["name"] == typed


def test_long_texts_may_have_lines_but_no_other_control_characters() -> None:
    assert CustomerForm({"name": "a", "notes": "one\r\n\ttwo"}).is_valid()
    assert "notes" in CustomerForm({"name": "a", "notes": "one\x07"}).errors


def test_boxes_do_not_cut_what_is_pasted_and_say_what_belongs_in_them() -> None:
    page = render(CustomerForm())

    assert "maxlength" not in page
    assert 'autocomplete="email"' in page
    assert 'autocomplete="country"' in page


def test_a_fresh_form_shows_no_problem() -> None:
    page = render(CustomerForm(cancel_url="/customers/"))

    assert "There is a problem" not in page
    assert "novalidate" in page
    assert "data-guard" in page
    assert "Create customer" in page
    assert 'href="/customers/"' in page


def test_a_refused_form_says_so_on_top_and_beside_the_field_and_keeps_the_input() -> None:
    form = CustomerForm({"name": "", "email": "anna@", "notes": "<i>kept</i>"})
    form.add_error(None, "Somebody else just changed this.")

    page = render(form)

    assert "There is a problem" in page
    assert 'href="#id_name"' in page
    assert page.count("Somebody else just changed this.") == 1
    assert page.count("This field is required.") == 2
    assert "data-dirty" in page
    assert 'value="anna@"' in page
    assert "&lt;i&gt;kept&lt;/i&gt;" in page


def test_a_legend_is_text_and_never_a_template() -> None:
    page = render(CustomerForm())

    assert "<legend>Company {{ 7|add:7 }}</legend>" in page
    assert "legend for=" not in page.replace("<legend class", "legend")


def test_error_lines_of_a_group_lead_to_the_group() -> None:
    form = CustomerForm({"name": "a", "kind": "z"})

    (line,) = error_lines(form)

    assert line.target == "div_id_kind"
    assert 'id="div_id_kind"' in render(form)


def test_an_unbound_form_has_no_error_lines() -> None:
    assert error_lines(CustomerForm()) == []


@pytest.mark.parametrize("kind", [forms.FileField, forms.DateField, forms.IntegerField])
def test_every_kind_of_field_can_be_printed(kind: Any) -> None:
    class OneField(PortalForm):
        value = kind(label="Value", help_text="Help")

    assert "Value" in render(OneField())
    assert "This field is required." in render(OneField({}))


def test_help_that_somebody_wrote_is_text_not_markup() -> None:
    """Crispy's own template trusts it. Where a reseller words the help of a field, nobody may."""

    class Asked(PortalForm):
        centre = forms.CharField(help_text="<b onclick=x>4711</b>")

    page = render(Asked())

    assert "&lt;b onclick=x&gt;4711&lt;/b&gt;" in page
    assert "<b onclick" not in page
