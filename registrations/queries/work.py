"""What waits for one member of staff: what they claimed, their second looks, the snoozes that ended, and
what nobody has claimed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from django.db.models import Case, Exists, OuterRef, Q, QuerySet, TextField, Value, When
from django.db.models.expressions import NegatedExpression
from django.db.models.functions import Cast, Concat
from django.utils import timezone

from portal.accounts.models import User, in_own_organisation, is_biased
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
    return _longest_wait_first(looked_at.exclude(in_own_organisation(person, "registration__organisation")))


def due_snoozes(person: User) -> QuerySet[Snooze]:
    """What the person snoozed until today or an earlier day and nobody has decided since."""
    due = Snooze.objects.of(person).due_on(timezone.now().date())
    return due.order_by("until", "pk").select_related("revision__registration__organisation")


def oldest_unclaimed(person: User) -> QuerySet[Revision]:
    """The reviews that nobody has claimed and the person can go on with, the longest wait first."""
    reasons = reasons_to_skip(person, second_looks(person))
    flags = {name: when(reason) for name, reason in reasons.items()}
    free = Revision.objects.under_review().filter(claimed_by=None).alias(**flags)
    return _longest_wait_first(free.filter(**dict.fromkeys(flags, False)))


def reasons_to_skip(person: User, looks: SecondLooks, *, of: str = "") -> Mapping[str, Q]:
    """Why a reviewer is not led to a revision under review, by a word for the reason, the firmest first.

    ``of`` is the prefix of the revision in the query, such as ``newest__``.
    """
    asleep = Snooze.objects.of(person).asleep_on(timezone.now().date())
    undecided = Q(**{f"{of}pkce_exception__status": PkceStatus.REQUESTED})
    return {
        "own": in_own_organisation(person, f"{of}registration__organisation")
        | Q(**{f"{of}submitted_by": person}),
        # in place of a negation, which would join the revisions of the registration again
        "claimed": Q(**{f"{of}claimed_by__lt": person.pk}) | Q(**{f"{of}claimed_by__gt": person.pk}),
        "confirmed": Q(**{f"{of}pk__in": looks.confirmed - looks.mine}),
        "pkce": Q(pk__in=[]) if person.has_perm(permissions.DECIDE_PKCE) else undecided,
        "snoozed": Q(**{f"{of}pk__in": asleep.values("revision")}),
    }


class SecondLooks(NamedTuple):
    """The revisions under review that wait for a second person, by primary key, and those of them that one
    member of staff can approve."""

    confirmed: frozenset[int]
    mine: frozenset[int]


def second_looks(person: User) -> SecondLooks:
    """What :func:`confirmed_once` and :func:`second_look` find, in one statement that nests little."""
    own = in_own_organisation(person, "registration__organisation")
    mine = Q(_all_confirmed(besides=person)) & ~own & ~Q(submitted_by=person)
    rows = confirmed_once().annotate(is_mine=when(mine)).values_list("pk", "is_mine")
    found = dict(rows.order_by())
    return SecondLooks(frozenset(found), frozenset(pk for pk, is_mine in found.items() if is_mine))


def when(condition: Q) -> Case:
    """Whether the condition holds, as a column that is never null."""
    return Case(When(condition, then=Value(True)), default=Value(False))


def confirmed_once(*, besides: User | None = None) -> QuerySet[Revision]:
    """The revisions under review whose restricted scopes are all confirmed, so that a second person can
    approve them; ``besides`` is somebody whose own confirmations do not count.

    It says of many revisions what ``workflow.scopes.second_person`` says of one.
    """
    waiting = Revision.objects.under_review().filter(Exists(_unsettled()))
    return waiting.filter(_all_confirmed(besides=besides))


def _unsettled() -> QuerySet[RequestedScope]:
    """The restricted scopes of a revision, the outer row, that two people did not grant before."""
    asked = RequestedScope.objects.filter(revision=OuterRef("pk"), scope__tier=Tier.RESTRICTED)
    return asked.filter(~Exists(_confirmations(granted=True)))


def _all_confirmed(*, besides: User | None) -> NegatedExpression:
    """Whether reviewers of the registration confirmed all unsettled scopes of a revision, the outer row."""
    by = permissions.reviewers().order_by()
    if besides is not None:
        by = by.exclude(pk=besides.pk)
    belongs = is_biased(OuterRef("confirmed_by"), OuterRef("revision__registration__organisation"))
    confirmed = _confirmations().filter(~belongs, confirmed_by__in=by.values("pk"))
    return ~Exists(_unsettled().filter(~Exists(confirmed)))


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
