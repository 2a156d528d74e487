"""Verbs that end sessions for good: of oneself, and of somebody whose rights or password changed."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib.auth.models import Group, Permission
from django.db import transaction
from django.db.models import Q

from portal.accounts.events import AccountEvent
from portal.accounts.models import User
from portal.accounts.recent_sign_in import require_recent_sign_in
from portal.audit.events import record
from portal.refusals import NotFound
from portal.sessions import ending


@transaction.atomic
def sign_out_one(uuid: UUID, *, by: User, signed_in_at: datetime | None) -> None:
    """End one of the person's own sessions. Raises NotFound, and ReauthenticationNeeded."""
    require_recent_sign_in(signed_in_at)
    if not ending.end_one(by.pk, uuid):
        raise NotFound
    record(AccountEvent.SESSION_ENDED, by=by, stream=by.pseudonym, objects=[f"session:{uuid}"])


@transaction.atomic
def sign_out_everywhere(*, by: User, signed_in_at: datetime | None) -> None:
    """End all sessions of the person, this one too. Raises ReauthenticationNeeded."""
    require_recent_sign_in(signed_in_at)
    ended = ending.end_of(by.pk)
    record(AccountEvent.SESSIONS_ENDED, by=by, stream=by.pseudonym, detail={"why": "owner", "count": ended})


def end_sessions(user: User, *, why: str, by: User | None, keep: str | None = None) -> None:
    """End the person's sessions but the one with the key ``keep``, in the transaction of the change."""
    if ended := ending.end_of(user.pk, keep=keep):
        detail = {"why": why, "count": ended}
        record(AccountEvent.SESSIONS_ENDED, by=by, stream=user.pseudonym, detail=detail)


def end_sessions_after_loss(
    user: User, *, before: Mapping[str, Any], after: Mapping[str, Any], by: User | None
) -> None:
    """End the person's sessions if a right or a group that they had before is gone."""
    lost = [name for name in ("is_active", "is_staff", "is_superuser") if before[name] and not after[name]]
    if lost or set(before["groups"]) - set(after["groups"]):
        end_sessions(user, why="rights", by=by)


def end_sessions_after_group_shrank(group: Group, *, lost: Collection[int], by: User) -> None:
    """End the sessions of those in the group who had one of the permissions ``lost``, given by their keys,
    through it alone."""
    for person in group.user_set.filter(is_superuser=False).order_by("pk"):
        left = Permission.objects.filter(Q(group__user=person) | Q(user=person), pk__in=lost)
        if set(lost) - set(left.values_list("pk", flat=True)):
            end_sessions(person, why="rights", by=by)
