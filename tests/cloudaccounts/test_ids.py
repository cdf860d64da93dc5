"""Ids of every provider: what is taken, how it is stored, what is refused."""

import re

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from cloudaccounts.providers.aws import ids
from cloudaccounts.providers.registry import PROVIDERS, choices, provider

GUID = "3f2504e0-4f89-41d3-9a0c-0305e82c3301"


@pytest.mark.parametrize(
    ("name", "kind", "typed", "stored"),
    [
        ("aws", "", "123456789012", "123456789012"),
        ("aws", "account", " 1234-5678-9012 ", "123456789012"),
        ("aws", "", "0012 3456 7890", "001234567890"),
        ("azure", "", GUID.upper(), GUID),
        ("azure", "tenant", "{" + GUID + "}", GUID),
        ("azure", "customer", GUID.replace("-", ""), GUID),
        ("google", "", "Acme-Shop-4711", "acme-shop-4711"),
        ("google", "project", "example.com:acme-shop", "example.com:acme-shop"),
        ("google", "project", "projects/acme-shop", "acme-shop"),
        ("google", "project_number", "415104041262", "415104041262"),
        ("google", "billing_account", "012345-567890-abcdef", "012345-567890-ABCDEF"),
        (
            "google",
            "billing_account",
            "billingAccounts/012345-567890-ABCDEF",
            "012345-567890-ABCDEF",
        ),
        ("google", "organization", "organizations/721234567890", "721234567890"),
    ],
)
def test_an_id_is_stored_in_one_form(name: str, kind: str, typed: str, stored: str) -> None:
    assert provider(name).clean_account_id(typed, kind=kind) == stored
    assert provider(name).clean_account_id(stored, kind=kind) == stored


@pytest.mark.parametrize(
    ("name", "kind", "typed"),
    [
        ("aws", "", ""),
        ("aws", "", "12345678901"),
        ("aws", "", "1234567890123"),
        ("aws", "", "12345678901a"),
        ("aws", "", "1234-5678 9012"),
        ("aws", "", "1-2-3-4-5-6-7-8-9-0-1-2"),
        ("aws", "", "١٢٣٤٥٦٧٨٩٠١٢"),
        ("aws", "", "123456789012\n123456789012"),
        ("azure", "", "00000000-0000-0000-0000-000000000000"),
        ("azure", "", GUID[:-1]),
        ("azure", "", GUID + "0"),
        ("azure", "", "g" + GUID[1:]),
        ("azure", "", "3f2504-e04f8941d39a0c0305e82c3301"),
        ("azure", "", "{" + GUID),
        ("google", "", "acme"),
        ("google", "", "4acme-shop"),
        ("google", "", "acme-shop-"),
        ("google", "", "acme_shop"),
        ("google", "", "a" * 31),
        ("google", "project_number", "0415104041262"),
        ("google", "project_number", str(2**63)),
        ("google", "project_number", "acme-shop"),
        ("google", "billing_account", "012345-567890-ABCDEG"),
        ("google", "billing_account", "012345567890ABCDEF"),
        ("google", "organization", "72x"),
    ],
)
def test_what_is_no_id_is_refused_with_a_sentence(name: str, kind: str, typed: str) -> None:
    with pytest.raises(ValidationError) as refused:
        provider(name).clean_account_id(typed, kind=kind)

    assert refused.value.messages[0].startswith("Enter ")
    assert refused.value.code == "invalid"


def test_each_kind_takes_its_own_example() -> None:
    kinds = [(each, kind) for each in PROVIDERS.values() for kind in each.id_kinds]

    assert len(kinds) == 8
    for each, kind in kinds:
        assert each.clean_account_id(kind.example, kind=kind.name) == kind.example


def test_an_unknown_provider_or_kind_is_an_error_of_the_caller() -> None:
    with pytest.raises(KeyError):
        provider("ibm")
    with pytest.raises(KeyError):
        provider("aws").clean_account_id("123456789012", kind="tenant")


def test_providers_are_offered_by_name_and_label() -> None:
    assert choices() == [
        ("aws", "Amazon Web Services"),
        ("azure", "Microsoft Azure"),
        ("google", "Google Cloud"),
    ]
    assert [name for name, each in PROVIDERS.items() if each.is_manual] == ["azure", "google"]


@given(st.text())
def test_whatever_is_typed_is_an_aws_id_of_twelve_ascii_digits_or_refused(typed: str) -> None:
    found = ids.read_account_id(typed)

    assert found is None or (ids.is_account_id(found) and found.isascii())


@given(st.from_regex(r"[0-9]{4}-?[0-9]{4}-?[0-9]{4}", fullmatch=True))
def test_hyphens_between_all_groups_or_none(typed: str) -> None:
    expected = typed.replace("-", "") if typed.count("-") != 1 else None

    assert ids.read_account_id(typed) == expected


@given(st.text(max_size=200))
def test_no_text_passes_for_a_role_unless_it_names_exactly_one(typed: str) -> None:
    for text in (typed, f"arn:aws:iam::123456789012:role/{typed}"):
        try:
            arn = ids.RoleArn.parse(text)
        except ValueError:
            continue
        assert str(arn) == text
        assert re.fullmatch(r"[A-Za-z0-9_+=,.@/-]+", f"{arn.path}{arn.name}")


@pytest.mark.parametrize(
    "hostile",
    [
        "*",
        "arn:aws:iam::*:role/ResellerPortal",
        "arn:aws:iam::123456789012:role/*",
        "arn:aws:iam::123456789012:user/admin",
        "arn:aws:iam::123456789012:root",
        "arn:aws:sts::123456789012:assumed-role/Admin/x",
        "arn:aws-cn:iam::123456789012:role/ResellerPortal",
        "arn:aws-us-gov:iam::123456789012:role/ResellerPortal",
        "arn:aws:iam::123456789012:role/a arn:aws:iam::999999999999:role/b",
        "arn:aws:iam::123456789012:role/Portal\n",
        "arn:aws:iam::12345678901२:role/Portal",
        "arn:aws:iam::123456789012:role/Pörtal",
        "arn:aws:iam::123456789012:role//Portal",
        "arn:aws:iam::123456789012:role/" + "p" * 65,
        "ARN:AWS:IAM::123456789012:ROLE/PORTAL",
        " arn:aws:iam::123456789012:role/Portal",
    ],
)
def test_a_hostile_arn_is_none(hostile: str) -> None:
    with pytest.raises(ValueError, match="Not the ARN"):
        ids.RoleArn.parse(hostile)


def test_a_role_may_lie_in_a_path() -> None:
    arn = ids.RoleArn.parse("arn:aws:iam::123456789012:role/teams/cloud/Portal")

    assert (arn.account_id, arn.path, arn.name) == ("123456789012", "teams/cloud/", "Portal")


def test_external_ids_are_random_and_of_awss_alphabet() -> None:
    made = {ids.new_external_id() for _ in range(200)}

    assert len(made) == 200
    assert {len(each) for each in made} == {40}  # hexadecimal: 160 bits
    for each in made:
        assert ids.require_external_id(each) == each


@pytest.mark.parametrize("name", ["", "x" * 51, "Müller", "a\x7f"])
def test_the_name_of_a_new_aws_account_is_short_ascii(name: str) -> None:
    with pytest.raises(ValidationError):
        provider("aws").clean_name(name)


def test_a_name_is_stored_with_single_spaces() -> None:
    assert provider("aws").clean_name("  Acme \t Shop ") == "Acme Shop"
    assert provider("azure").clean_name(" Müller  & Söhne ") == "Müller & Söhne"
    with pytest.raises(ValidationError):
        provider("google").clean_name("x" * 101)
