"""Clients of other organisations whose names look like a revision's (rule N-10), for the desk alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.db.models import Case, Exists, F, OuterRef, Q, Value, When
from django.utils import timezone

from portal.accounts.models import Organisation
from registrations.domain.lifecycle import OPEN_STATUSES, RegistrationStatus, RevisionStatus, desk_status
from registrations.domain.signals import SimilarName
from registrations.domain.similar_names import Look, compare
from registrations.models import ClientSecret, Registration, Revision
from registrations.queries.answers import Picture, picture_of

MOST: Final = 10
MOST_COMPARED: Final = 300
"""How many names are compared letter by letter, those that look the same first."""

V = RevisionStatus
_TELLING: Final[Mapping[RevisionStatus, int]] = {
    V.WITHDRAWN: 0,
    V.SENT_BACK: 1,
    V.APPROVED: 2,
    V.UNDER_REVIEW: 3,
}
"""Which of two versions of a client tells more: a name that is asked for, more than the live one, also beside
a restriction of that."""
_IN_USE = Q(status__in=[V.UNDER_REVIEW, V.APPROVED])
_LEFT_OPEN = Q(
    status__in=[V.SENT_BACK, V.WITHDRAWN],
    registration__status=RegistrationStatus.PENDING,
    number=F("registration__revision_count"),
)
"""What its partner took back or has to change: the last that they submitted, where nothing is live."""


@dataclass(frozen=True)
class SimilarClient:
    """A client with such a name now: live, under review, with its partner, or withdrawn."""

    look: Look
    revision: Revision
    status: str

    @property
    def name(self) -> str:
        return self.revision.client_name

    @property
    def environment(self) -> str:
        return self.revision.environment

    @property
    def registration(self) -> Registration:
        return self.revision.registration

    @property
    def organisation(self) -> Organisation:
        return self.registration.organisation

    @property
    def picture(self) -> Picture | None:
        return picture_of(self.revision.logo)

    @property
    def key(self) -> UUID:
        return self.registration.uuid

    @property
    def as_evidence(self) -> SimilarName:
        state = f"{self.environment}, {self.status[:1].lower()}{self.status[1:]}"
        return SimilarName(self.look, self.name, self.organisation.name, state, self.key)


def similar_clients(revision: Revision) -> list[SimilarClient]:
    """At most ten such clients, those that look the same first, then the oldest: one statement."""
    return similar_to_each([revision])[revision.pk]


def similar_to_each(revisions: Sequence[Revision]) -> dict[int, list[SimilarClient]]:
    """The similar clients of each revision, by its primary key: one statement for all of them.

    Where very many names resemble some of them, one for each more, so that none is left out for another's.
    """
    found = _resembling(revisions) if revisions else []
    if len(found) > MOST_COMPARED and len(revisions) > 1:
        return {one.pk: similar_clients(one) for one in revisions}
    return {one.pk: _similar_among(found[:MOST_COMPARED], one) for one in revisions}


def _resembling(revisions: Sequence[Revision]) -> list[Revision]:
    """Revisions of others whose names may look like one of these, one more than are compared."""
    names = {one.name_skeleton for one in revisions}
    homes = {one.registration.organisation_id for one in revisions}
    is_same = Case(When(name_skeleton__in=names, then=Value(0)), default=Value(1))
    working = ClientSecret.objects.filter(registration=OuterRef("registration")).working_at(timezone.now())
    rows = Revision.objects.that_may_resemble(*names)
    rows = rows.filter(_IN_USE | _LEFT_OPEN, registration__status__in=sorted(OPEN_STATUSES))
    if len(homes) == 1:
        rows = rows.exclude(registration__organisation__in=homes)
    rows = rows.select_related("registration__organisation", "logo").annotate(has_secret=Exists(working))
    return list(rows.order_by(is_same, "registration_id")[: MOST_COMPARED + 1])


def _similar_among(found: Sequence[Revision], revision: Revision) -> list[SimilarClient]:
    """The clients among these that are similar to the revision's, told by their most telling version."""
    telling: dict[int, SimilarClient] = {}
    for row in found:
        if row.registration.organisation_id == revision.registration.organisation_id:
            continue
        before, look = telling.get(row.registration_id), compare(revision.name_skeleton, row.name_skeleton)
        if look and (before is None or _TELLING[before.revision.stage] < _TELLING[row.stage]):
            _, words = desk_status(row.registration.stage, row.stage, has_secret=vars(row)["has_secret"])
            telling[row.registration_id] = SimilarClient(look, row, words)
    return sorted(telling.values(), key=lambda one: (one.look, one.revision.registration_id))[:MOST]
