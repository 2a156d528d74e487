"""Verbs about what a reviewer has typed on a review page: keep it, and use what a button has sent.

It is nobody else's business, so it leaves no event.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta
from hashlib import sha256
from typing import Final

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from portal.accounts.models import User
from portal.outbox.worker import Stopped, never
from portal.refusals import Conflict
from registrations.domain.lifecycle import RegistrationStatus
from registrations.models import Registration, ReviewDraft, Revision
from registrations.workflow.due_rows import BATCH
from registrations.workflow.locking import lock_for_reviewer
from registrations.workflow.verbs import verb

IDLE: Final = timedelta(days=90)
"""After which a draft is deleted where nothing is under review; what was typed can be copied until then."""
_NO_TEXTS: Final = frozenset({"pkce_expires_on"})
"""Fields that hold one value: of two, the later counts."""


@verb(lock=lock_for_reviewer, statuses=frozenset(RegistrationStatus))
def keep(
    registration: Registration,
    *,
    by: User,
    seen_version: int,
    seen_draft: int,
    texts: Mapping[str, str],
    choices: Mapping[str, Sequence[str]],
    only: str = "",
) -> ReviewDraft | None:
    """Keep what ``by`` has typed and chosen on the page, in place of what was kept before.

    ``seen_draft`` is the version of what the page was filled with, 0 for nothing. Where another tab has kept
    something since, both texts of a field are kept, except a text that was sent from there. ``only`` names
    the one box that a page has: everything else stays as it was kept. Returns what is kept, None where
    nothing ever was: an empty draft stays, so that no version comes twice. Raises ``Conflict`` where nothing
    was submitted yet.
    """
    kept = _of(registration, by)
    typed = {name: text for name, text in texts.items() if text.strip() and (not only or name == only)}
    if kept.version != seen_draft:
        new = {name: text for name, text in typed.items() if kept.used.get(name) != _use(seen_version, text)}
        typed = _joined(kept.texts, new)
    elif only:
        typed = {**{name: text for name, text in kept.texts.items() if name != only}, **typed}
    if only and kept.version:
        seen_version, choices = kept.seen_version, kept.choices
    if not typed and not choices and not kept.version:
        return None
    kept.texts, kept.choices, kept.seen_version = dict(typed), dict(choices), seen_version
    return _store(kept)


@verb(lock=lock_for_reviewer, statuses=frozenset(RegistrationStatus))
def use(
    registration: Registration,
    *,
    by: User,
    seen_version: int,
    texts: Mapping[str, str],
    choices: Collection[str] = (),
) -> ReviewDraft | None:
    """Keep no longer what a button has sent: the ``texts`` and the ``choices`` of these names.

    A box into which ``by`` has typed something else since keeps that. What was used is remembered, so that
    another tab, which still has it, does not bring it back. Returns what is kept, None where nothing was.
    Raises ``Conflict`` as :func:`keep`.
    """
    kept = _of(registration, by)
    if not kept.version:
        return None
    kept.texts = {name: text for name, text in kept.texts.items() if texts.get(name) != text}
    kept.choices = {name: chosen for name, chosen in kept.choices.items() if name not in choices}
    kept.used |= {name: _use(seen_version, text) for name, text in texts.items() if text.strip()}
    return _store(kept)


def forget_due(_stopped: Stopped = never) -> int:
    """Delete drafts that nobody comes back to, and return how many: a job of the worker.

    Those of people who can no longer sign in, and those that nobody touched for :data:`IDLE` where nothing
    is under review. A decision deletes no draft: a colleague may have typed something worth copying.
    """
    waiting = Revision.objects.under_review().filter(registration=OuterRef("registration"))
    is_idle = Q(kept_at__lte=timezone.now() - IDLE) & ~Q(Exists(waiting))
    due = ReviewDraft.objects.filter(is_idle | Q(reviewer__is_active=False)).order_by("pk")
    return ReviewDraft.objects.filter(pk__in=list(due.values_list("pk", flat=True)[:BATCH])).delete()[0]


def _of(registration: Registration, by: User) -> ReviewDraft:
    """What is kept; an empty draft that is not stored yet, with version 0, where nothing is."""
    if registration.revision_count == 0:
        raise Conflict("Nothing was submitted yet.")
    found = ReviewDraft.objects.filter(registration=registration, reviewer=by).first()
    return found or ReviewDraft(
        registration=registration, reviewer=by, version=0, seen_version=1, texts={}, choices={}, used={}
    )


def _store(draft: ReviewDraft) -> ReviewDraft:
    draft.version, draft.kept_at = draft.version + 1, timezone.now()
    draft.save()
    return draft


def _use(seen_version: int, text: str) -> str:
    """What is remembered of a text that was used on the page of a revision."""
    return f"{seen_version}:{sha256(text.encode()).hexdigest()[:32]}"


def _joined(kept: Mapping[str, str], typed: Mapping[str, str]) -> dict[str, str]:
    """The texts of two tabs; where both have another one for a field, one below the other."""
    found = {**kept, **typed}
    for name in kept.keys() & typed.keys():
        if kept[name] not in typed[name] and name not in _NO_TEXTS:
            found[name] = f"{kept[name]}\n\n{typed[name]}"
    return found
