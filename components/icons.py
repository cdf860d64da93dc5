"""Icons as inline SVG: fit for the strict content policy, coloured by the text around them."""

import re
from functools import cache
from pathlib import Path

from django.conf import settings
from django.utils.safestring import SafeString, mark_safe

FOLDER = Path(settings.BASE_DIR) / "static" / "vendor" / "tabler-icons" / "3.51.0"
_NAME = re.compile(r"[a-z0-9-]+")
_INSIDE = re.compile(r"<svg[^>]*>(.*)</svg>", re.DOTALL)
_FRAME = (
    '<svg class="icon" width="20" height="20" viewBox="0 0 24 24" fill="none" '
    'stroke="currentColor" stroke-width="1.75" stroke-linecap="round" stroke-linejoin="round" '
    'aria-hidden="true" focusable="false">{}</svg>'
)
_GROUND = '<path stroke="none" d="M0 0h24v24H0z" fill="none" />'


@cache
def svg(name: str) -> SafeString:
    """The icon's markup. An unknown name is a mistake of ours and fails loudly."""
    if not _NAME.fullmatch(name):
        raise ValueError(f"{name!r} is no icon's name.")
    path = FOLDER / f"{name}.svg"
    if not path.is_file():
        raise LookupError(f"No icon {name!r}: add it to script/icons.txt and run script/vendor.")
    inside = _INSIDE.search(path.read_text())
    if inside is None:
        raise ValueError(f"{path.name} holds no drawing.")
    shapes = " ".join(inside[1].replace(_GROUND, "").split())
    return mark_safe(_FRAME.format(shapes))  # noqa: S308 - a file of ours, chosen by a checked name
