"""A bound on what anybody can upload, before it is kept anywhere."""

from typing import Any

from django.conf import settings
from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.http import HttpRequest

# A file that is somewhat too large is read and thrown away, so that its page can say so.
FRIENDLY = 8  # times the limit


class BoundedUploadHandler(FileUploadHandler):
    """Stands before Django's handlers, which would write every file to the disk.

    Where a page takes no files, and beyond UPLOAD_MAX_BYTES, a file is read to its end and thrown
    away. The form then finds none; `components.uploads.is_upload_too_large` knows why.
    """

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self._received = 0
        if self.request is None or not takes_files(self.request):
            raise SkipFile

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:  # noqa: ARG002 - Django's signature
        self._received += len(raw_data)
        if self._received > settings.UPLOAD_MAX_BYTES:
            raise SkipFile
        return raw_data

    def file_complete(self, file_size: int) -> None:
        """The next handler has it."""


def takes_files(request: HttpRequest) -> bool:
    """Whether the page takes files, and the sender may be somebody. The page decides who it is."""
    has_session = settings.SESSION_COOKIE_NAME in request.COOKIES
    return has_session and request.path_info in settings.UPLOAD_PATHS


def longest_body(request: HttpRequest) -> int:
    """How many bytes a request may have, files and all."""
    if takes_files(request):
        return int(settings.UPLOAD_MAX_BYTES) * FRIENDLY
    return int(settings.DATA_UPLOAD_MAX_MEMORY_SIZE)
