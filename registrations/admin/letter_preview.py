"""The letter of a decision before it is made, for the reviewer alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from portal.accounts.models import User
from registrations import letters
from registrations.models import Revision


class Preview(NamedTuple):
    """What the partner would get; ``readers`` are the names of those who would get it."""

    subject: str
    body: str
    readers: Sequence[str]


def preview_of(decision: str, revision: Revision, *, note: str) -> Preview:
    """Composed as the worker composes it. Two statements, besides those of the letter."""
    letter = letters.preview(decision, revision, note=note)
    reached = [reader.user_id for reader in letters.partners_of(revision) if reader.user_id is not None]
    readers = User.objects.filter(pk__in=reached).order_by("full_name", "email")
    return Preview(str(letter.subject), str(letter.body), [person.get_full_name() for person in readers])
