"""A reseller's colour, made readable: pure arithmetic on hex colours, after WCAG 2.2."""

import hashlib
import re
from dataclasses import dataclass

Rgb = tuple[int, int, int]

HEX_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
DEFAULT_COLOUR = "#0559a8"
WANTED_CONTRAST = 4.7  # WCAG asks for 4.5; the rest is for the grey behind some cards
LINEAR_BELOW = 0.04045  # of the sRGB curve
TINT = 0.1  # the current entry of a menu stands on a tenth of its own colour
BLACK: Rgb = (0, 0, 0)
WHITE: Rgb = (255, 255, 255)
INK: Rgb = (11, 20, 34)
DARK_SURFACE: Rgb = (38, 38, 38)


@dataclass(frozen=True)
class Tone:
    """One theme's pair: the colour itself and the text that stands on it."""

    colour: Rgb
    text_on_it: Rgb

    @property
    def hex(self) -> str:
        return to_hex(self.colour)

    @property
    def triple(self) -> str:
        return ",".join(str(part) for part in self.colour)

    @property
    def text_hex(self) -> str:
        return to_hex(self.text_on_it)


@dataclass(frozen=True)
class Palette:
    light: Tone
    dark: Tone


def palette(colour: str) -> Palette:
    """Tones of `colour` that can be read in both themes. Nonsense gives the product's own blue."""
    rgb = parse(colour)
    light = shift(rgb, towards=BLACK, surface=WHITE)
    dark = shift(rgb, towards=WHITE, surface=DARK_SURFACE)
    return Palette(light=Tone(light, readable_on(light)), dark=Tone(dark, readable_on(dark)))


def version(colour: str) -> str:
    """Names the style sheet of a colour in its address, so that browsers may keep it for ever."""
    tones = palette(colour)
    return hashlib.sha256(f"2 {tones.light.hex} {tones.dark.hex}".encode()).hexdigest()[:12]


def parse(colour: str) -> Rgb:
    if not HEX_COLOUR.fullmatch(colour or ""):
        colour = DEFAULT_COLOUR
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def to_hex(rgb: Rgb) -> str:
    return "#{:02x}{:02x}{:02x}".format(*rgb)


def contrast(one: Rgb, other: Rgb) -> float:
    """WCAG contrast ratio, 1 to 21."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def luminance(rgb: Rgb) -> float:
    """WCAG relative luminance, 0 to 1."""
    red, green, blue = (_linear(part / 255) for part in rgb)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def shift(rgb: Rgb, *, towards: Rgb, surface: Rgb) -> Rgb:
    """Mix `towards` into the colour in steps of 4 % until it can be read on the tinted surface."""
    for step in range(26):
        mixed = _mix(rgb, towards, step / 25)
        if contrast(mixed, _mix(surface, mixed, TINT)) >= WANTED_CONTRAST:
            return mixed
    return towards


def readable_on(rgb: Rgb) -> Rgb:
    return WHITE if contrast(rgb, WHITE) >= contrast(rgb, INK) else INK


def _mix(rgb: Rgb, other: Rgb, share: float) -> Rgb:
    red, green, blue = (
        round(own * (1 - share) + far * share) for own, far in zip(rgb, other, strict=True)
    )
    return red, green, blue


def _linear(part: float) -> float:
    return part / 12.92 if part <= LINEAR_BELOW else ((part + 0.055) / 1.055) ** 2.4
