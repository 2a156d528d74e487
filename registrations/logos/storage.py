"""Storage of logos: one file for each digest, whose bytes never change (rule L-11).

A file gets its name, the SHA-256 of its bytes, once all of it is on the disk. Each read compares the two,
and so does each write before it leaves a file in place, so a damaged file is noticed.
"""

from __future__ import annotations

import os
import secrets
from dataclasses import asdict
from pathlib import Path

import structlog
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile

from registrations.logos import decoding
from registrations.models import Logo
from registrations.rules import logos
from registrations.rules.findings import Finding
from registrations.rules.logos import AcceptedLogo

log = structlog.stdlib.get_logger("registrations.logos.storage")


def accept(upload: UploadedFile) -> AcceptedLogo | list[Finding]:
    """Check the uploaded file by rules L-01 to L-09; reads no more of it than they allow (L-03)."""
    return decoding.accept(upload.read(logos.MAX_BYTES + 1))


def keep(accepted: AcceptedLogo) -> Logo:
    """Store the picture and return its row; the files are on the disk before the row exists.

    Raises OSError where the disk is full, read-only or missing; then there is no row either.
    """
    columns = {**asdict(accepted.traits), **write_smaller(accepted), "size": len(accepted.png)}
    _write(accepted.png)
    return Logo.objects.get_or_create(digest=accepted.digest, defaults=columns)[0]


def write_smaller(accepted: AcceptedLogo) -> dict[str, str]:
    """Write the smaller squares; returns the columns that name them. Raises OSError."""
    _write(*accepted.smaller.values())
    return {f"digest_{side}": logos.digest_of(png) for side, png in accepted.smaller.items()}


def read(digest: str) -> bytes:
    """Return the PNG with that digest.

    Raises FileNotFoundError, also for a file that is damaged or unreadable: that one is logged.
    """
    try:
        png = Path(settings.MEDIA_ROOT, "logos", f"{digest}.png").read_bytes()
    except FileNotFoundError:
        raise
    except OSError as error:
        log.error("logo_unreadable", digest=digest, error=type(error).__name__)
        raise FileNotFoundError(digest) from error
    if logos.digest_of(png) != digest:
        log.error("logo_damaged", digest=digest, size=len(png))
        raise FileNotFoundError(digest)
    return png


def _write(*pngs: bytes) -> None:
    """Write the pictures, over any other content under their names.

    Raises OSError, and then leaves nothing of the file that failed. Each is written under a temporary name,
    then renamed. Of two writers at once, the second writes the same bytes. What a killed writer leaves has a
    name that nobody asks for.
    """
    folder = Path(settings.MEDIA_ROOT, "logos")
    if not folder.is_dir():
        folder.mkdir(parents=True, exist_ok=True)
        _flush(folder.parent)
    for png in pngs:
        path = folder / f"{logos.digest_of(png)}.png"
        if path.exists() and path.read_bytes() == png:
            continue
        unfinished = path.with_suffix(f".{secrets.token_hex(8)}.part")
        try:
            with unfinished.open("xb") as file:
                file.write(png)
                file.flush()
                os.fsync(file.fileno())
            unfinished.replace(path)
        finally:
            unfinished.unlink(missing_ok=True)  # unless it was renamed
    _flush(folder)


def _flush(folder: Path) -> None:
    """Write the folder's list of names to the disk, which flushing the files does not do."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
