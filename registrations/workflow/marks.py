"""Keeps the stored marks of versions under review true: verbs book them anew, and the worker once more.

A verb books the versions that its change can concern: those of the same organisation, and those of others
with a similar name or one of its redirect hosts. That comes last in its transaction and locks the marks in
one order, so that no two verbs wait for each other. A verb cannot see what another one commits at the same
time, so the worker books them again when both are over.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import islice
from typing import Final
from uuid import UUID

from django.db.models import Case, Prefetch, Q, Value, When
from django.utils import timezone

from portal.outbox.worker import Stopped, never
from registrations.domain.lifecycle import RevisionStatus
from registrations.domain.signals import Mark, risk_of
from registrations.domain.sites import is_shared
from registrations.models import RedirectUri, Registration, RequestedScope, ReviewMarks, Revision, Scope
from registrations.queries.organisation_history import OrganisationHistory
from registrations.queries.signals import OrganisationPast, past_of, signals_of
from registrations.queries.similar_names import similar_to_each
from registrations.rules.data.local_names import LOOPBACK_HOSTS
from registrations.workflow.due_rows import BATCH, run_for_each

MOST_AT_ONCE: Final = 20
"""How many versions a verb books itself; it leaves the others to the worker."""
MOST_CONCERNED: Final = 1000
"""How many versions a verb locks."""
SETTLED: Final = timedelta(seconds=30)
"""When every verb that ran at the same time is over."""
ANEW: Final = timedelta(days=1)


def book_marks(registration: Registration) -> None:
    """Book the marks of every version under review that a change of the registration can concern: part of the
    verbs that change what marks rest on."""
    now = timezone.now()
    concerned = _concerned(registration)
    is_stored = Q(revision__in=concerned) | Q(revision__registration=registration)
    stored = ReviewMarks.objects.filter(is_stored).order_by("pk").select_for_update(of=("self",))
    locked = {row.revision_id: row.pk for row in stored.only("revision_id")}
    if over := [pk for revision, pk in locked.items() if revision not in concerned]:
        ReviewMarks.objects.filter(pk__in=over).delete()
    own = [client for client in concerned.values() if client == registration.pk]
    clients = dict.fromkeys([*own, *(concerned[one] for one in locked if one in concerned)])
    first, later = list(clients)[:MOST_AT_ONCE], list(clients)[MOST_AT_ONCE:]
    _store(first, now=now, again_at=now + SETTLED)
    if later:
        ReviewMarks.objects.filter(revision__registration__in=later).look_again(now)


def book_due(stopped: Stopped = never) -> int:
    """Book the marks that are due again, and those that no verb has booked: a job of the worker."""
    due = Q(marks=None) | Q(marks__again_at__lte=timezone.now())
    rows = Revision.objects.under_review().filter(due).order_by("submitted_at", "pk")
    return run_for_each(rows.values_list("registration__uuid", "uuid")[:BATCH], _book_one, stopped)


def look_again_at_scope(scope: Scope) -> None:
    """Have the worker book the marks of what asks for a scope whose tier may have changed.

    It locks them first, in the order in which verbs do.
    """
    asked = ReviewMarks.objects.filter(revision__requested_scopes__scope=scope).order_by("pk")
    locked = list(asked.select_for_update(of=("self",)).values_list("pk", flat=True))
    ReviewMarks.objects.filter(pk__in=locked).look_again(timezone.now())


def _book_one(registration: Registration, uuid: UUID) -> bool:
    if not registration.revisions.under_review().filter(uuid=uuid).exists():
        return False
    now = timezone.now()
    _store([registration.pk], now=now, again_at=now + ANEW)
    return True


def _concerned(registration: Registration) -> dict[int, int]:
    """The versions under review that may have other marks now, each with its registration: two statements.

    Its own comes first, then those of its organisation and then those of others, in each the one that waits
    longest. A verb locks :data:`MOST_CONCERNED` of them at most, so that it stays quick whatever others have
    submitted; the worker books those beyond with the rest, within :data:`ANEW`.
    """
    versions = Revision.objects.filter(registration=registration).order_by()
    pairs = set(versions.values_list("name_skeleton", "redirect_uris__host"))
    names = {name for name, _ in pairs}
    hosts = {host for _, host in pairs if host and host not in LOOPBACK_HOSTS and not is_shared(host)}
    waiting = Revision.objects.under_review().order_by()
    own = Case(When(registration=registration.pk, then=Value(0)), default=Value(1))
    siblings = waiting.filter(registration__organisation=registration.organisation_id).annotate(far=own)
    alike = waiting.that_may_resemble(*names).annotate(far=Value(2))
    there = RedirectUri.objects.filter(host__in=hosts, revision__in=waiting).order_by()
    users = there.annotate(far=Value(2)).values_list("far", "revision_id", "revision__registration_id")
    columns = ("far", "pk", "registration_id")
    near = siblings.values_list(*columns).union(alike.values_list(*columns), users).order_by("far", "pk")
    found: dict[int, int] = {}
    for _, revision, client in near[: 2 * MOST_CONCERNED]:  # a sibling may be in it twice
        found.setdefault(revision, client)
    return dict(islice(found.items(), MOST_CONCERNED))


def _store(registrations: Collection[int], *, now: datetime, again_at: datetime) -> None:
    """Compute the marks of what is under review of these registrations, and store them."""
    rows = [
        ReviewMarks(
            revision=revision,
            kinds=[mark.kind.value for mark in marks],
            risk=risk_of(mark.kind for mark in marks),
            booked_at=now,
            again_at=again_at,
        )
        for revision, marks in computed(registrations)
    ]
    columns = ["kinds", "risk", "booked_at", "again_at"]
    ReviewMarks.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["revision"], update_fields=columns
    )


def computed(registrations: Collection[int]) -> Iterator[tuple[Revision, Sequence[Mark]]]:
    """What is under review of these registrations, with its marks as they are now.

    Five statements for all, two for each organisation and one for each version.
    """
    rows = Revision.objects.under_review() | Revision.objects.live()
    rows = rows.filter(registration__in=registrations).select_related(
        "submitted_by", "registration__organisation"
    )
    scopes = Prefetch("requested_scopes", RequestedScope.objects.select_related("scope"))
    found = list(rows.prefetch_related("redirect_uris", scopes, "preflights") if registrations else ())
    live = {row.registration_id: row for row in found if row.stage is RevisionStatus.APPROVED}
    waiting = [row for row in found if row.stage is RevisionStatus.UNDER_REVIEW]
    similar, pasts = similar_to_each(waiting), dict[int, OrganisationPast]()
    for row in waiting:
        home = row.registration.organisation
        past = pasts[home.pk] = pasts.get(home.pk) or past_of(OrganisationHistory(home))
        yield row, signals_of(row, live.get(row.registration_id), similar=similar[row.pk], past=past)
