"""A reseller's colour in mails: text on it must be readable (WCAG 2.2, 4.5 to 1)."""

import re

DEFAULT = "#0559a8"
LIGHT, DARK = "#ffffff", "#000000"

# sRGB is a straight line for the darkest values.
_LINEAR_UNTIL = 0.04045

_HEX = re.compile(r"#[0-9a-fA-F]{6}")


def brand_colour(wanted: str) -> str:
    """The colour itself, or the portal's own where it is not one."""
    return wanted.lower() if _HEX.fullmatch(wanted) else DEFAULT


def text_on(colour: str) -> str:
    """White or black, whichever can be read better on `colour`. One of them always has 4.5 to 1."""
    return LIGHT if contrast(colour, LIGHT) >= contrast(colour, DARK) else DARK


def contrast(one: str, other: str) -> float:
    """WCAG contrast ratio, 1 to 21."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(int(colour[at : at + 2], 16) / 255) for at in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return part / 12.92 if part <= _LINEAR_UNTIL else ((part + 0.055) / 1.055) ** 2.4
