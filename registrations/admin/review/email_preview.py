"""A preview of the email that a decision would send, for the reviewer alone."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Final, NamedTuple

from django.utils import timezone

from registrations import emails
from registrations.domain.lifecycle import PkceStatus
from registrations.models import PkceException, Revision
from registrations.models.secret import REVEAL_WINDOW
from registrations.workflow.scopes import granted_unasked

NOT_YET: Final = "(made by the approval)"
"""Shown instead of the client identifier until there is one."""


class Preview(NamedTuple):
    """The email that the partner would get.

    ``readers`` are the names of its recipients; ``is_first`` is whether this is the first approval,
    which creates what the email names.
    """

    subject: str
    body: str
    readers: Sequence[str]
    is_first: bool


def preview_of(
    decision: str,
    revision: Revision,
    *,
    note: str,
    granted: Collection[str] | None = None,
    refused_because: str = "",
) -> Preview:
    """Compose the email as the worker does; two queries besides those of the email.

    Of what an approval would make, the email names what can be known beforehand.
    """
    registration = revision.registration
    is_live = registration.client_id is not None
    made: Mapping[str, object] = {}
    if decision == "approve":
        asked = revision.scopes()
        chosen = granted_unasked(revision) if granted is None else granted
        made = {
            "client_id": registration.client_id or NOT_YET,
            "granted": [scope for scope in asked if scope in chosen],
            "refused": [scope for scope in asked if scope not in chosen],
            "refused_because": refused_because,
            "reveal_until": emails.reveal_until(registration) if is_live else timezone.now() + REVEAL_WINDOW,
            "exception": PkceException.objects.filter(revision=revision, status=PkceStatus.GRANTED).first(),
        }
    email = emails.preview(decision, revision, note=note, **made)
    readers = emails.partners_of(revision)
    if decision == "approve":
        readers = emails.with_contacts(readers, registration, revision)
    elif decision == "reject":
        readers = emails.with_contacts(readers, registration)
    return Preview(
        str(email.subject),
        str(email.body),
        emails.names_of(readers),
        is_first=decision == "approve" and not is_live,
    )
