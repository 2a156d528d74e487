"""What to look at first on the review page, and the submitter's email domain."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final, NamedTuple
from uuid import UUID

from django.urls import reverse

from registrations.domain import sites
from registrations.domain.restriction import brought_back
from registrations.domain.signals import Mark, MarkKind, Severity, Value
from registrations.domain.sites import Mail
from registrations.models import Revision
from registrations.queries.similar_names import SimilarClient

_MAIL_WORDS: Final[Mapping[Mail, str]] = {
    Mail.SAME_SITE: "The same domain as the client URI.",
    Mail.FREE: "An email service that anyone can use: it says nothing about the client.",
    Mail.OTHER: "Not the domain of the client URI.",
}


class MailDomain(NamedTuple):
    """The domain of the submitter's email address, and whether they verified that address."""

    kind: Mail
    domain: str
    is_verified: bool

    @classmethod
    def of(cls, revision: Revision) -> MailDomain | None:
        """The domain of whoever submitted the revision, of which the page has read whether it is verified;
        None where nobody did."""
        person = revision.submitted_by
        if person is None:
            return None
        kind = sites.mail_of(person.email, revision.client_uri)
        return cls(kind, sites.domain_of(person.email), bool(vars(revision)["is_verified"]))

    @property
    def words(self) -> str:
        return _MAIL_WORDS[self.kind]


class ShownValue(NamedTuple):
    """What a mark points at, with the page about it and, of a similar client, its logo."""

    text: str
    about: str
    url: str
    similar: SimilarClient | None


class ShownMark(NamedTuple):
    """A mark as the page shows it; ``target`` is the id of the part of the page that shows more, if any."""

    mark: Mark
    values: Sequence[ShownValue]

    @property
    def is_note(self) -> bool:
        return self.mark.severity is Severity.NOTE

    @property
    def is_grave(self) -> bool:
        return self.mark.severity is Severity.GRAVE

    @property
    def target(self) -> str:
        return self.mark.kind.about.part


def shown_marks(marks: Iterable[Mark], similar: Iterable[SimilarClient]) -> list[ShownMark]:
    """The marks with links, and the similar clients that two of them are about."""
    by_key = {client.key: client for client in similar}
    return [ShownMark(mark, [_shown(mark, value, by_key) for value in mark.values]) for mark in marks]


def _shown(mark: Mark, value: Value, similar: Mapping[UUID, SimilarClient]) -> ShownValue:
    url = ""
    if value.client:
        url = reverse("admin:registrations_registration_review", args=[value.client])
    elif value.organisation:
        url = reverse("admin:registrations_registration_organisation", args=[value.organisation])
    of_name = mark.kind in (MarkKind.TWIN_NAME, MarkKind.NEAR_NAME) and value.client
    return ShownValue(value.text, value.about, url, similar.get(of_name) if of_name else None)


class TakenAway(NamedTuple):
    """What the partner took away from the live client with ``restriction``, and would get back."""

    restriction: Revision
    values: tuple[str, ...]


def taken_away_since(shown: Revision, revisions: Iterable[Revision]) -> list[TakenAway]:
    """What was taken away after the shown revision was submitted, and its approval would bring back.

    The newest first. Revisions with a higher number than one under review are restrictions, each of the one
    before: no statement where there is none, else three.
    """
    restrictions = sorted((row for row in revisions if row.number > shown.number), key=lambda row: row.number)
    before = restrictions[0].replaced() if restrictions else None
    found = []
    for restriction in restrictions:
        if before is not None:
            values = brought_back(before.metadata(), restriction.metadata(), shown.metadata())
            found += [TakenAway(restriction, values)] if values else []
        before = restriction
    return found[::-1]
