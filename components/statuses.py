"""The kinds of states that badges and timelines know, each with a shape of its own."""

from django.utils.html import format_html
from django.utils.safestring import SafeString

from components import icons

SHAPES = {
    "success": "circle-check",
    "waiting": "clock",
    "warning": "alert-triangle",
    "danger": "circle-x",
    "info": "info-circle",
    "neutral": "circle-dashed",
    "off": "ban",
}


def badge(text: str, kind: str) -> SafeString:
    """A state in words with its shape, for the rows of lists: no template is made for it."""
    shape = icons.svg(SHAPES[kind])
    return format_html('<span class="status-badge status-{}">{}{}</span>', kind, shape, text)
