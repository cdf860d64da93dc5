"""A bound on what anybody can upload, before it is kept anywhere."""

from typing import Any

from django.conf import settings
from django.core.files.uploadhandler import FileUploadHandler, SkipFile


class BoundedUploadHandler(FileUploadHandler):
    """Stands before Django's handlers: a file beyond UPLOAD_MAX_BYTES is read to its end and thrown
    away. The form then finds no file; `is_upload_too_large` knows why."""

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self._received = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:  # noqa: ARG002 - Django's signature
        self._received += len(raw_data)
        if self._received > settings.UPLOAD_MAX_BYTES:
            raise SkipFile
        return raw_data

    def file_complete(self, file_size: int) -> None:
        """The next handler has it."""
