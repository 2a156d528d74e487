"""Where logos are kept: one file for each digest, written once (rule L-11)."""

from __future__ import annotations

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile

from registrations import logo_process
from registrations.models import Logo
from registrations.rules import logos
from registrations.rules.findings import Finding
from registrations.rules.logos import AcceptedLogo


def accept(upload: UploadedFile) -> AcceptedLogo | list[Finding]:
    """What rules L-01 to L-10 say of the file; no more of it is read than they allow (L-03)."""
    return logo_process.accept(upload.read(logos.MAX_BYTES + 1))


def keep(accepted: AcceptedLogo) -> Logo:
    """The row of the picture, whose file is in place before the row is."""
    logo = Logo(digest=accepted.digest, width=accepted.width, height=accepted.height, size=len(accepted.png))
    _write_once(logo.path, accepted.png)
    columns = {"width": logo.width, "height": logo.height, "size": logo.size}
    return Logo.objects.get_or_create(digest=logo.digest, defaults=columns)[0]


def read(digest: str) -> bytes:
    """The PNG. Raises FileNotFoundError."""
    with default_storage.open(Logo(digest=digest).path) as file:
        return file.read()


def _write_once(path: str, png: bytes) -> None:
    """Of two writers at once the storage gives the second another name, which is not needed."""
    if default_storage.exists(path):
        return
    written = default_storage.save(path, ContentFile(png))
    if written != path:
        default_storage.delete(written)
