"""How much one request may bring: Django limits the fields of a form, but not its files."""

from typing import IO, Any

from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict

# Well past four pictures of the allowed size: beyond this nothing is read, so nothing can be explained.
REQUEST_BYTES = 64 * 1024 * 1024


class UploadLimit(FileUploadHandler):
    """The first of FILE_UPLOAD_HANDLERS; what it lets through goes on to the next ones."""

    def handle_raw_input(
        self,
        input_data: IO[bytes],
        META: dict[str, str],  # noqa: N803 - Django calls it by this name
        content_length: int,
        boundary: str,
        encoding: str | None = None,
    ) -> "tuple[QueryDict, MultiValueDict[str, UploadedFile[Any]]] | None":
        if content_length > REQUEST_BYTES:
            raise RequestDataTooBig("The files of this request are too large.")
        return None

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        return raw_data

    def file_complete(self, file_size: int) -> None:
        return None
