import pytest

from components import branding
from components.branding import contrast

READABLE = 4.5


@pytest.mark.parametrize(
    "colour",
    [
        "#000000",
        "#ffffff",
        "#ffff00",
        "#0a7d5a",
        "#ff0000",
        "#808080",
        "#00ffff",
        "#123456",
        "#fefefe",
    ],
)
def test_every_colour_becomes_readable_in_both_themes(colour: str) -> None:
    palette = branding.palette(colour)

    assert contrast(palette.light.colour, branding.WHITE) >= READABLE
    assert contrast(palette.dark.colour, branding.DARK_SURFACE) >= READABLE
    assert contrast(palette.light.text_on_it, palette.light.colour) >= READABLE
    assert contrast(palette.dark.text_on_it, palette.dark.colour) >= READABLE


def test_a_readable_colour_stays_as_it_is() -> None:
    assert branding.palette("#0559a8").light.hex == "#0559a8"


@pytest.mark.parametrize(
    "nonsense", ["", "red", "#12345", "#1234567", "#12345g", "}body{display:none", "#12345\n"]
)
def test_nonsense_gives_the_products_own_colour(nonsense: str) -> None:
    assert branding.palette(nonsense) == branding.palette(branding.DEFAULT_COLOUR)


def test_the_version_changes_with_the_colour_only() -> None:
    assert branding.version("#0a7d5a") == branding.version("#0A7D5A")
    assert branding.version("#0a7d5a") != branding.version("#0a7d5b")


def test_contrast_of_black_on_white_is_the_largest() -> None:
    assert contrast((0, 0, 0), (255, 255, 255)) == pytest.approx(21)
    assert contrast((7, 7, 7), (7, 7, 7)) == pytest.approx(1)
