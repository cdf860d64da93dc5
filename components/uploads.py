"""What forms with files need to know."""

from django.conf import settings
from django.http import HttpRequest


def is_upload_too_large(request: HttpRequest) -> bool:
    """Whether a file of this request was thrown away for its size: see config.uploads."""
    length = request.META.get("CONTENT_LENGTH") or "0"
    return length.isdecimal() and int(length) > settings.UPLOAD_MAX_BYTES
