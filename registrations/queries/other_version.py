"""The stored draft, for a page that holds other text and was shown before it was saved."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from portal.accounts.models import User
from registrations.domain.differences import Change, difference, difference_of_override_requests
from registrations.domain.draft_data import DraftData, metadata_of, override_requests_of
from registrations.models import Draft, Logo, Registration
from registrations.queries.comments import answers_of
from registrations.rules.free_text import with_plain_line_ends


@dataclass(frozen=True)
class OtherVersion:
    """What is stored instead of the page's text.

    ``saved_by`` names nobody: it is the reader or a colleague. ``differences`` lead from what is stored to
    what the page holds; they are empty if only blanks differ.
    """

    version: int
    saved_at: datetime
    saved_by: str
    differences: Sequence[Change]

    @classmethod
    def of(
        cls, registration: Registration, typed: DraftData, *, logo: Logo | None, reader: User
    ) -> OtherVersion | None:
        """Compare the stored draft with what was typed; None if there is no draft. One statement."""
        draft = Draft.objects.filter(registration=registration).first()
        if draft is None:
            return None
        changes = [
            *difference(draft.metadata(), metadata_of(typed, logo_digest=logo.digest if logo else None)),
            *difference_of_override_requests(override_requests_of(draft.data), override_requests_of(typed)),
            *_difference_of_answers(draft.data, typed),
        ]
        who = "You" if draft.updated_by_id == reader.pk else "A colleague"
        return cls(draft.version, draft.updated_at, who, changes)

    def as_json(self) -> dict[str, Any]:
        """The version as the answer to an automatic save has it."""
        return {
            "draft_version": self.version,
            "saved_at": self.saved_at.isoformat(),
            "saved_by": self.saved_by,
            "differences": [
                {"field": one.field, "label": one.label, "theirs": one.old, "yours": one.new}
                for one in self.differences
            ],
        }


def _difference_of_answers(old: DraftData, new: DraftData) -> list[Change]:
    before, after = (tuple(map(with_plain_line_ends, answers_of(data).values())) for data in (old, new))
    return [Change("answers", "Your answers to Pleo", before, after)] if before != after else []
