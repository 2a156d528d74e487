"""Verb about what a reviewer has typed on a review page: keep it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.utils import timezone

from portal.accounts.models import User
from portal.refusals import Conflict
from registrations.domain.lifecycle import RegistrationStatus
from registrations.models import Registration, ReviewDraft
from registrations.workflow.locking import lock_for_reviewer
from registrations.workflow.verbs import verb


@verb(lock=lock_for_reviewer, statuses=frozenset(RegistrationStatus))
def keep(
    registration: Registration,
    *,
    by: User,
    seen_version: int,
    seen_draft: int,
    texts: Mapping[str, str],
    choices: Mapping[str, Sequence[str]],
) -> ReviewDraft | None:
    """Keep what ``by`` has typed and chosen on the page, in place of what was kept before.

    It is nobody else's business, so it leaves no event. ``seen_draft`` is the version of what the page was
    filled with, 0 for nothing. Where another tab has kept something since, both texts of a field are kept.
    Returns what is kept, None where nothing ever was: an empty draft stays, so that no version comes twice.
    Raises ``Conflict`` where nothing was submitted yet.
    """
    if registration.revision_count == 0:
        raise Conflict("Nothing was submitted yet.")
    drafts = ReviewDraft.objects.filter(registration=registration, reviewer=by)
    kept = drafts.first()
    version = kept.version if kept else 0
    texts = {name: text for name, text in texts.items() if text.strip()}
    if kept and version != seen_draft:
        texts = _joined(kept.texts, texts)
    if not texts and not choices and kept is None:
        return None
    values = {"texts": texts, "choices": choices, "seen_version": seen_version, "version": version + 1}
    kept_now = {**values, "kept_at": timezone.now()}
    return drafts.update_or_create(registration=registration, reviewer=by, defaults=kept_now)[0]


_NO_TEXTS = frozenset({"pkce_expires_on"})
"""Fields that hold one value: of two, the later counts."""


def _joined(kept: Mapping[str, str], typed: Mapping[str, str]) -> dict[str, str]:
    """The texts of two tabs; where both have another one for a field, one below the other."""
    found = {**kept, **typed}
    for name in kept.keys() & typed.keys():
        if kept[name] not in typed[name] and name not in _NO_TEXTS:
            found[name] = f"{kept[name]}\n\n{typed[name]}"
    return found
