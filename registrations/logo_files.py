"""Where logos are kept: one file for each digest, written once (rule L-11)."""

from __future__ import annotations

from dataclasses import asdict

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile

from registrations import logo_process
from registrations.models import Logo
from registrations.models.logo import path_of
from registrations.rules import logos
from registrations.rules.findings import Finding
from registrations.rules.logos import AcceptedLogo


def accept(upload: UploadedFile) -> AcceptedLogo | list[Finding]:
    """What rules L-01 to L-09 say of the file; no more of it is read than they allow (L-03)."""
    return logo_process.accept(upload.read(logos.MAX_BYTES + 1))


def keep(accepted: AcceptedLogo) -> Logo:
    """The row of the picture, whose files are in place before the row is."""
    columns = {**asdict(accepted.traits), **write_smaller(accepted), "size": len(accepted.png)}
    _write_once(path_of(accepted.digest), accepted.png)
    return Logo.objects.get_or_create(digest=accepted.digest, defaults=columns)[0]


def write_smaller(accepted: AcceptedLogo) -> dict[str, str]:
    """Put the smaller squares in place; the answer is the columns that name them."""
    for png in accepted.smaller.values():
        _write_once(path_of(logos.digest_of(png)), png)
    return {f"digest_{side}": logos.digest_of(png) for side, png in accepted.smaller.items()}


def read(digest: str) -> bytes:
    """The PNG. Raises FileNotFoundError."""
    with default_storage.open(path_of(digest)) as file:
        return file.read()


def _write_once(path: str, png: bytes) -> None:
    """Of two writers at once the storage gives the second another name, which is not needed."""
    if default_storage.exists(path):
        return
    written = default_storage.save(path, ContentFile(png))
    if written != path:
        default_storage.delete(written)
