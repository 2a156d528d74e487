"""Pages that show the emails a developer's portal saved to a folder. Not available in production."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default as modern
from pathlib import Path

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

BETWEEN_EMAILS = b"\n" + b"-" * 79 + b"\n"
"""The line that Django's file backend writes after each email."""
LINK = re.compile(r"https?://[^\s<>\"']+")


@dataclass(frozen=True)
class KeptEmail:
    """One saved email; ``name`` is its file and its position in that file."""

    name: str
    subject: str
    to: str
    sent_at: datetime | None
    text: str
    links: tuple[str, ...]


@require_safe
def mailbox(request: HttpRequest) -> HttpResponse:
    """List all saved emails, newest first."""
    return render(request, "dev/mailbox.html", {"emails": kept_emails()})


@require_safe
def email(request: HttpRequest, name: str) -> HttpResponse:
    """Show the text and links of one email, but not its HTML part, which may carry styles."""
    for kept in kept_emails():
        if kept.name == name:
            return render(request, "dev/email.html", {"email": kept})
    raise Http404


def kept_emails() -> list[KeptEmail]:
    """The emails in EMAIL_FILE_PATH, newest first; none if EMAIL_URL names no folder."""
    folder = getattr(settings, "EMAIL_FILE_PATH", None)
    kept = Path(folder).glob("*.log") if folder else ()
    files = sorted(kept, key=lambda file: file.stat().st_mtime_ns, reverse=True)
    return [kept for file in files for kept in reversed(_read(file))]


def _read(file: Path) -> list[KeptEmail]:
    parts = [part for part in file.read_bytes().split(BETWEEN_EMAILS) if part.strip()]
    return [_kept(f"{file.stem}.{place}", part) for place, part in enumerate(parts)]


def _kept(name: str, raw: bytes) -> KeptEmail:
    message = message_from_bytes(raw, policy=modern)
    body = message.get_body(("plain",)) if isinstance(message, EmailMessage) else None
    text = body.get_content() if body else ""
    links = tuple(dict.fromkeys(LINK.findall(text)))
    sent_at = message["Date"].datetime if message["Date"] else None
    return KeptEmail(name, message["Subject"] or "", message["To"] or "", sent_at, text, links)
