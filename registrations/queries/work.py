"""What waits for one member of staff: what they claimed, their second looks, the snoozes that ended, and
what nobody has claimed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import Case, Exists, OuterRef, Q, QuerySet, TextField, Value, When
from django.db.models.functions import Cast, Concat
from django.utils import timezone

from portal.accounts.models import Membership, User
from registrations import permissions
from registrations.domain.lifecycle import DecidedHow, PkceStatus
from registrations.models import RequestedScope, Revision, ScopeConfirmation, Snooze
from registrations.rules.vocabulary import Tier


def claimed(person: User) -> QuerySet[Revision]:
    """The reviews that the person has claimed, the longest wait first."""
    return _longest_wait_first(Revision.objects.under_review().filter(claimed_by=person))


def second_look(person: User) -> QuerySet[Revision]:
    """The reviews whose restricted scopes somebody else confirmed, so that the person can approve them."""
    looked_at = confirmed_once(besides=person).exclude(submitted_by=person)
    own = Membership.objects.filter(user=person).values("organisation")
    return _longest_wait_first(looked_at.exclude(registration__organisation__in=own))


def due_snoozes(person: User) -> QuerySet[Snooze]:
    """What the person snoozed until today or an earlier day and nobody has decided since."""
    due = Snooze.objects.of(person).due_on(timezone.now().date())
    return due.order_by("until", "pk").select_related("revision__registration__organisation")


def oldest_unclaimed(person: User) -> QuerySet[Revision]:
    """The reviews that nobody has claimed and the person can go on with, the longest wait first."""
    flags = {name: when(reason) for name, reason in reasons_to_skip(person).items()}
    free = Revision.objects.under_review().filter(claimed_by=None).alias(**flags)
    return _longest_wait_first(free.filter(**dict.fromkeys(flags, False)))


def reasons_to_skip(person: User, *, of: str = "") -> Mapping[str, Q]:
    """Why a reviewer is not led to a revision under review, by a word for the reason, the firmest first.

    ``of`` is the prefix of the revision in the query, such as ``newest__``.
    """
    own = Membership.objects.filter(user=person).values("organisation")
    asleep = Snooze.objects.of(person).asleep_on(timezone.now().date())
    alone = confirmed_once().exclude(pk__in=confirmed_once(besides=person).values("pk"))
    undecided = Q(**{f"{of}pkce_exception__status": PkceStatus.REQUESTED})
    return {
        "own": Q(**{f"{of}registration__organisation__in": own}) | Q(**{f"{of}submitted_by": person}),
        # in place of a negation, which would join the revisions of the registration again
        "claimed": Q(**{f"{of}claimed_by__lt": person.pk}) | Q(**{f"{of}claimed_by__gt": person.pk}),
        "confirmed": Q(**{f"{of}pk__in": alone.values("pk")}),
        "pkce": Q(pk__in=[]) if person.has_perm(permissions.DECIDE_PKCE) else undecided,
        "snoozed": Q(**{f"{of}pk__in": asleep.values("revision")}),
    }


def when(condition: Q) -> Case:
    """Whether the condition holds, as a column that is never null."""
    return Case(When(condition, then=Value(True)), default=Value(False))


def confirmed_once(*, besides: User | None = None) -> QuerySet[Revision]:
    """The revisions under review whose restricted scopes are all confirmed, so that a second person can
    approve them; ``besides`` is somebody whose own confirmations do not count.

    It says of many revisions what ``workflow.scopes.second_person`` says of one.
    """
    by = permissions.reviewers().order_by()
    if besides is not None:
        by = by.exclude(pk=besides.pk)
    belongs = Membership.objects.filter(
        user=OuterRef("confirmed_by"), organisation=OuterRef("revision__registration__organisation")
    )
    confirmed = _confirmations().filter(~Exists(belongs), confirmed_by__in=by.values("pk"))
    unsettled = RequestedScope.objects.filter(revision=OuterRef("pk"), scope__tier=Tier.RESTRICTED)
    unsettled = unsettled.filter(~Exists(_confirmations(granted=True)))
    waiting = Revision.objects.under_review().filter(Exists(unsettled))
    return waiting.filter(~Exists(unsettled.filter(~Exists(confirmed))))


def _confirmations(**which: Any) -> QuerySet[ScopeConfirmation]:
    """The confirmations that are about a requested scope, the outer row: of the same registration, with the
    same reason of the partner, and after the last refusal. ``which`` narrows what was confirmed."""
    scope = OuterRef(OuterRef("scope"))
    said = RequestedScope.objects.filter(
        revision=OuterRef("revision"), scope=scope, reason=OuterRef(OuterRef("reason")), **which
    )
    refused_since = RequestedScope.objects.filter(
        revision__registration=OuterRef("revision__registration"),
        revision__number__gte=OuterRef("revision__number"),
        revision__decided_how=DecidedHow.PERSON,
        scope=scope,
        granted=False,
    )
    return ScopeConfirmation.objects.alias(names=Cast("scopes", TextField())).filter(
        Exists(said),
        ~Exists(refused_since),
        revision__registration=OuterRef("revision__registration"),
        names__contains=Concat(Value('"'), OuterRef("scope"), Value('"')),
    )


def _longest_wait_first(rows: QuerySet[Revision]) -> QuerySet[Revision]:
    return rows.order_by("submitted_at", "pk").select_related("registration__organisation")
