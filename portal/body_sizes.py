"""How long the body of a request may be: more for a signed-in person on a page that takes a file."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from django.conf import settings
from django.contrib.auth import get_user
from django.contrib.sessions.middleware import SessionMiddleware
from django.core.files.uploadedfile import InMemoryUploadedFile
from django.core.files.uploadhandler import MemoryFileUploadHandler
from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, resolve

LONGEST_WITH_FILE: Final = 12 * 1024 * 1024
"""Enough for a picture as it comes from a camera, so that the page can say that it is too large."""


def takes_a_file(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Let signed-in people post a form of up to LONGEST_WITH_FILE bytes to this view."""
    view.takes_a_file = True  # type: ignore[attr-defined]
    return view


def is_too_long(request: HttpRequest, length: int) -> bool:
    """Whether the request may not have a body of ``length`` bytes; may read the session, never the body."""
    if length <= settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
        return False
    return length > LONGEST_WITH_FILE or not (is_form_with_file(request) and _is_signed_in(request))


def is_form_with_file(request: HttpRequest) -> bool:
    """Whether the request posts a form that may have files, to a view that takes them."""
    if request.method != "POST" or request.content_type != "multipart/form-data":
        return False
    try:
        return getattr(resolve(request.path_info).func, "takes_a_file", False)
    except Resolver404:
        return False


class FirstBytesHandler(MemoryFileUploadHandler):
    """Keeps the first FILE_UPLOAD_MAX_MEMORY_SIZE bytes of each file in memory, and drops what follows.

    No file needs room on the disk. The size of the file is the one that was sent.
    """

    def handle_raw_input(self, *args: object, **options: object) -> None:
        self.activated = True  # however long the whole body is

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        room = settings.FILE_UPLOAD_MAX_MEMORY_SIZE - self.file.tell()
        self.file.write(raw_data[:room])

    def file_complete(self, file_size: int) -> InMemoryUploadedFile:
        self.file.seek(0)
        return InMemoryUploadedFile(
            file=self.file,
            field_name=self.field_name,
            name=self.file_name,
            content_type=self.content_type,
            size=file_size,
            charset=self.charset,
            content_type_extra=self.content_type_extra,
        )


def _is_signed_in(request: HttpRequest) -> bool:
    """Asks before the middleware does, which sets the session again."""
    key = request.COOKIES.get(settings.SESSION_COOKIE_NAME, "")
    if not key.isalnum():
        return False
    SessionMiddleware(lambda _: HttpResponse()).process_request(request)
    return get_user(request).is_authenticated
