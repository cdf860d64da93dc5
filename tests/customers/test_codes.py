"""Codes proposed from names."""

import re

import pytest

from customers import codes
from resellers.models import Reseller
from tests.factories.customers import CustomerFactory

PLAIN = re.compile(r"[A-Z0-9][A-Z0-9-]*")


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("Acme", "ACME"),
        ("Acme Cloud Services, Inc.", "ACME-CLOUD"),
        ("Müller Straßenbau GmbH", "MUELLER"),
        ("Straßenbau Süd GmbH & Co. KG", "STRASSENBAU"),
        ("Ærø Færge A/S", "AERO-FAERGE"),
        ("Société Générale d'Électricité S.A.", "SOCIETE"),
        ("Łódź Software sp. z o.o.", "LODZ"),
        ("O'Neill & Sons Ltd", "ONEILL-SONS"),
        ("3M", "3M"),
        ("GmbH", "GMBH"),
        ("Donaudampfschifffahrtselektrizitätenhauptbetriebswerk", "DONAUDAMPFSC"),
        ("株式会社日立製作所", "CUSTOMER"),
        ("日立 Cloud", "CLOUD"),
        ("💡💡", "CUSTOMER"),
        ("--- !!! ---", "CUSTOMER"),
        ("", "CUSTOMER"),
        ("{{ token }} <b>", "TOKEN-B"),
    ],
)
def test_a_name_becomes_a_short_code(alpha: Reseller, name: str, code: str) -> None:
    assert codes.propose(name) == code


def test_a_taken_code_gets_a_number(alpha: Reseller) -> None:
    CustomerFactory(code="ACME")
    CustomerFactory(code="ACME-2")

    assert codes.propose("Acme") == "ACME-3"


def test_a_gap_between_numbers_is_used(alpha: Reseller) -> None:
    CustomerFactory(code="ACME")
    CustomerFactory(code="ACME-3")

    assert codes.propose("Acme") == "ACME-2"


def test_when_all_numbers_are_taken_the_end_is_random(alpha: Reseller) -> None:
    CustomerFactory(code="CUSTOMER")
    for number in codes.NUMBERED:
        CustomerFactory(code=f"CUSTOMER-{number}")

    proposed = codes.propose("日本")

    assert re.fullmatch(r"CUSTOMER-[0-9A-F]{8}", proposed)


@pytest.mark.parametrize(
    "name", ["ß" * 200, "ﬀ" * 200, "a" * 200, "İ" * 200, "½ ² ①", "\u202eevil"]
)
def test_every_proposal_fits_the_column(alpha: Reseller, name: str) -> None:
    proposed = codes.propose(name)

    assert PLAIN.fullmatch(proposed)
    assert len(proposed) <= codes.LONGEST
