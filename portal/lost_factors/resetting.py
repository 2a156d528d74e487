"""The verbs about a lost second factor: report it, agree to take it off the account, refuse."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from portal.accounts.events import AccountEvent
from portal.accounts.models import Membership, Role, User
from portal.accounts.recent_sign_in import require_recent_sign_in
from portal.accounts.sessions import end_sessions
from portal.audit.events import record
from portal.lost_factors.models import WAIT, FactorReset
from portal.outbox.queue import enqueue
from portal.refusals import Conflict, NotFound

BACK = ("/accounts/lost-factors/", "Back to the requests")


@transaction.atomic
def report(user: User) -> None:
    """Ask for the person's second factor to be taken off. They have typed their password.

    One request waits at a time; a new one takes its place only where others have to answer by now.
    """
    now = timezone.now()
    person = User.objects.select_for_update(of=("self",)).get(pk=user.pk)
    needs_two = not person.is_staff and not admins_beside(person).exists()
    waiting = FactorReset.objects.open().filter(user=person).first()
    if waiting and waiting.needs_two == needs_two:
        return
    if waiting:
        FactorReset.objects.filter(pk=waiting.pk).update(refused_at=now, refused_by=person)
    asked = FactorReset.objects.create(
        user=person, needs_two=needs_two, requested_at=now, not_before=now + WAIT if needs_two else now
    )
    _record(AccountEvent.FACTOR_LOST, asked, by=person)
    enqueue("lost_factor_reported", reset=asked.pk)


@transaction.atomic
def agree(uuid: UUID, *, by: User, reason: str, signed_in_at: datetime | None) -> bool:
    """Agree to a request; whether the second factor is taken off now, or a second person has to agree.

    Raises NotFound for people who may not decide, ReauthenticationNeeded, and Conflict where a colleague
    has to agree or the wait is not over.
    """
    require_recent_sign_in(signed_in_at)
    asked, now = _locked(uuid, by=by), timezone.now()
    if asked.first_by_id is None:
        asked.first_by, asked.first_reason = by, reason
        is_agreed = not asked.needs_two
    elif asked.first_by_id == by.pk:
        raise Conflict("You have agreed. A second member of staff has to agree as well.", way_out=BACK)
    elif now < asked.not_before:
        raise Conflict(f"Not before {asked.not_before:%-d %B %Y, %H:%M} UTC.", way_out=BACK)
    else:
        asked.second_by, asked.second_reason, is_agreed = by, reason, True
    asked.done_at = now if is_agreed else None
    asked.save()
    _record(AccountEvent.FACTOR_RESET if is_agreed else AccountEvent.FACTOR_RESET_AGREED, asked, by=by)
    if is_agreed:
        Authenticator.objects.filter(user=asked.user_id).delete()
        end_sessions(asked.user, why="factor", by=by)
        enqueue("lost_factor_reset", reset=asked.pk)
    return is_agreed


@transaction.atomic
def refuse(uuid: UUID, *, by: User) -> None:
    """Refuse a request, or take back one's own. Raises NotFound for everybody else."""
    asked = _locked(uuid, by=by, is_own_too=True)
    asked.refused_at, asked.refused_by = timezone.now(), by
    asked.save()
    _record(AccountEvent.FACTOR_RESET_REFUSED, asked, by=by)
    enqueue("lost_factor_refused", reset=asked.pk)


def admins_beside(person: User) -> QuerySet[User]:
    """The active admins of the person's organisations, without themselves."""
    homes = person.memberships.values("organisation")
    admins = Membership.objects.filter(organisation__in=homes, role=Role.ADMIN)
    return User.objects.filter(pk__in=admins.values("user"), is_active=True).exclude(pk=person.pk)


def deciders(asked: FactorReset) -> QuerySet[User]:
    """Who may agree: superusers about staff and about people with no admin beside them, else those admins."""
    if asked.needs_two or asked.user.is_staff:
        return User.objects.superusers().exclude(pk=asked.user_id)
    return admins_beside(asked.user)


def open_requests(person: User) -> list[FactorReset]:
    """The requests that this person may decide on."""
    asked = FactorReset.objects.open().exclude(user=person).select_related("user", "first_by")
    if not person.is_staff:
        homes = Membership.objects.filter(user=person, role=Role.ADMIN).values("organisation")
        asked = asked.filter(user__memberships__organisation__in=homes).distinct()
    return [one for one in asked.order_by("pk") if deciders(one).filter(pk=person.pk).exists()]


def _locked(uuid: UUID, *, by: User, is_own_too: bool = False) -> FactorReset:
    rows = FactorReset.objects.open().select_for_update(of=("self",)).select_related("user")
    asked = rows.filter(uuid=uuid).first()
    if asked is None:
        raise NotFound
    if deciders(asked).filter(pk=by.pk).exists() or (is_own_too and asked.user_id == by.pk):
        return asked
    raise NotFound


def _record(event: AccountEvent, asked: FactorReset, *, by: User) -> None:
    detail = {"needs_two": asked.needs_two}
    record(event, by=by, stream=asked.user.pseudonym, objects=[f"factor_reset:{asked.uuid}"], detail=detail)
