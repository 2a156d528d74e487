"""The requested scopes: which of them a reviewer grants, and the second person for restricted ones."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from django import forms

from portal.accounts.models import User
from registrations.domain.lifecycle import DecidedHow, RevisionStatus
from registrations.models import RequestedScope, Revision, Scope, ScopeConfirmation
from registrations.workflow.scopes import SecondPerson, second_person


class GrantedField(forms.Field):
    """The names of the ticked scopes; None if the page had no scopes to tick.

    None grants all that was requested, but what was refused before. A page with scopes also posts an empty
    value, so that no tick at all differs from None.
    """

    widget = forms.SelectMultiple

    def clean(self, value: Any) -> frozenset[str] | None:
        return frozenset(filter(None, value)) if value else None


class ScopeChoice(NamedTuple):
    """One scope as the reviewer sees it.

    ``answer`` is empty while it is under review, ``refused`` where it does not stand refused: by this or,
    while it is asked for again, by an earlier decision.
    """

    scope: Scope
    reason: str
    ticked: bool
    answer: str
    refused: RequestedScope | None

    @property
    def is_asked_again(self) -> bool:
        return self.refused is not None and not self.answer

    @property
    def shows_reason(self) -> bool:
        return bool(self.reason or self.scope.is_reasoned)

    @property
    def reason_words(self) -> str:
        """The partner's reason; submissions from before one was asked for have none."""
        if not self.reason:
            return "No reason: it was submitted before reasons were required."
        return f"“{self.reason}”"

    @property
    def is_notable(self) -> bool:
        """Whether the page shows it apart: the partner gave a reason for it, or it was refused."""
        return bool(self.shows_reason or self.refused)


_ANSWERS: Final = {None: "", True: "Granted", False: "Refused"}


@dataclass(frozen=True)
class RequestedScopes:
    """Every scope of a revision.

    ``confirmations`` are those of a second person that count for it, or were made on it once it is decided;
    ``second_person`` is None then.
    """

    choices: Sequence[ScopeChoice]
    confirmations: Sequence[ScopeConfirmation]
    second_person: SecondPerson | None

    @property
    def agreed_to(self) -> list[Scope]:
        """The scopes that an end user would be asked to agree to."""
        return [one.scope for one in self.choices if one.answer != "Refused"]

    @property
    def notable(self) -> list[ScopeChoice]:
        return [one for one in self.choices if one.is_notable]

    @property
    def restricted(self) -> list[str]:
        return [one.scope.name for one in self.choices if one.scope.is_restricted]

    @property
    def lacking(self) -> list[str]:
        """The restricted scopes that nobody has confirmed."""
        return sorted(self.second_person.lacking) if self.second_person else []

    @property
    def granted_before(self) -> list[str]:
        """The restricted scopes that two people have granted before, for the same reason."""
        return sorted(self.second_person.granted) if self.second_person else []

    def need_somebody_besides(self, user: User) -> bool:
        """Whether only this person has confirmed some of the restricted scopes."""
        if self.second_person is None or self.second_person.lacking:
            return False
        return bool(self.second_person.lacking_besides(user))


def refused_scopes(revisions: Iterable[Revision]) -> dict[str, RequestedScope]:
    """The scopes that stand refused: by the last reviewer who decided on each.

    No statement where the scopes of the revisions were read before.
    """
    decided: dict[str, RequestedScope] = {}
    for revision in sorted(revisions, key=lambda row: row.number):
        if revision.decided_how == DecidedHow.PERSON:
            children = revision.requested_scopes.all()
            decided |= {child.scope_id: child for child in children if child.granted is not None}
    return {name: child for name, child in decided.items() if not child.granted}


def requested_scopes(
    revision: Revision, ticked: Collection[str] | None, *, refused: Mapping[str, RequestedScope]
) -> RequestedScopes:
    """The scopes of the revision, ticked unless ``ticked`` says otherwise or they stand ``refused``.

    Once the revision is decided, the page shows whichever confirmation there is.
    """
    choices = [
        ScopeChoice(
            child.scope,
            child.reason,
            child.scope_id not in refused if ticked is None else child.scope_id in ticked,
            _ANSWERS[child.granted],
            None if child.granted else refused.get(child.scope_id),
        )
        for child in revision.requested_scopes.all()
    ]
    if not any(one.scope.is_restricted for one in choices):
        return RequestedScopes(choices, [], None)
    if revision.stage is RevisionStatus.UNDER_REVIEW:
        said = second_person(revision)
        return RequestedScopes(choices, [one for one, names in said.confirmed if names - said.granted], said)
    given = revision.scope_confirmations.select_related("confirmed_by", "revision")
    return RequestedScopes(choices, list(given.order_by("confirmed_at", "pk")), None)
