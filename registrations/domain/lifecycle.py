"""Every life cycle of the record, as tables: a move that is not listed does not exist.

registration  pending ─first approval→ active ⇄ suspended      pending|active|suspended ─close→ closed
              adopt → active           a client that is older than the portal
              close withdraws what is under review, discards the draft, revokes all secrets and ends the
              exception
              while suspended, drafting, submitting and restricting work; nothing is approved, applied or
              revealed
draft         at most one per registration · save · discard (closes a registration that was never submitted)
              submit → revision n+1; the draft is locked while that is under review
              approve and apply delete it
revision      under_review ─approve→ approved ─(a newer one approved)→ superseded
              under_review ─request_changes→ sent_back
              under_review ─reject→ rejected
              under_review ─withdraw→ withdrawn
              (the last three unlock the draft: edit and submit again makes revision n+1, or discard)
              draft ─apply→ approved   only for changes that need no review (domain.rereview), and not while
              suspended; decided_how = rules, by = the partner
              live ─restrict→ approved   with redirect URIs or scopes taken away (domain.restriction), also
              while suspended and while another is under review, which stays; never the last one;
              decided_how = rules, by = the partner
              adopt → approved         version 1 of a client that is older than the portal; decided_how =
              adopted, by nobody
              at most one under_review and one approved per registration; live is the approved version, not
              the highest number
secret        adopt → active, or retiring with an end
              sealed ─reveal→ active ─rotate with grace→ retiring ─time→ expired
              sealed ─reveal_until passes→ lapsed
              active|retiring ─rotate now→ revoked
              retiring ─successor lapsed or revoked unrevealed→ active
              sealed|active|retiring ─revoke→ revoked
              wiped on reveal, lapse and revoke; at most one sealed or active, and one retiring
pkce          requested ─grant→ granted ─revision approved→ in_force ─time→ lapsed
              requested ─refuse→ refused
              granted|refused ─grant or refuse→ granted|refused   a correction, while its revision is under
              review; the log and the table of corrected decisions keep what was said first
              requested|granted ─revision withdrawn, rejected or sent back→ withdrawn
              in_force ─revoke→ revoked
              in_force ─later revision approved without it, or close→ ended
              in_force ─newer one takes force→ superseded
              covers the redirect URIs and scopes of the revision that requested it; a later revision that
              adds others requests its renewal, or drops it
contact       unconfirmed ─confirm→ confirmed
              unconfirmed|confirmed ─refuse→ refused   *not me*: no email from the organisation any more
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Generic, TypeVar


class RegistrationStatus(StrEnum):
    PENDING = "pending"
    ACTIVE = "active"
    SUSPENDED = "suspended"
    CLOSED = "closed"


class RevisionStatus(StrEnum):
    UNDER_REVIEW = "under_review"
    APPROVED = "approved"
    SUPERSEDED = "superseded"
    SENT_BACK = "sent_back"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


class DecidedHow(StrEnum):
    """Who decides on a revision: a person, the re-review table when it is submitted, or nobody where the
    client is older than the portal."""

    PERSON = "person"
    RULES = "rules"
    ADOPTED = "adopted"


class SecretStatus(StrEnum):
    SEALED = "sealed"
    ACTIVE = "active"
    RETIRING = "retiring"
    EXPIRED = "expired"
    LAPSED = "lapsed"
    REVOKED = "revoked"


class PkceStatus(StrEnum):
    REQUESTED = "requested"
    GRANTED = "granted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    IN_FORCE = "in_force"
    LAPSED = "lapsed"
    REVOKED = "revoked"
    ENDED = "ended"
    SUPERSEDED = "superseded"


class ContactStatus(StrEnum):
    UNCONFIRMED = "unconfirmed"
    CONFIRMED = "confirmed"
    REFUSED = "refused"


class IllegalMove(ValueError):  # noqa: N818 - a refused move, not a program error
    """The life cycle has no such move from the current state."""

    def __init__(self, life: str, state: str, move: str) -> None:
        super().__init__(f"A {life} that is {state} does not {move}.")
        self.life, self.state, self.move = life, state, move


State = TypeVar("State", bound=StrEnum)


@dataclass(frozen=True)
class Life(Generic[State]):
    """One life cycle: the state in which a row begins, and the state that each move leads to."""

    name: str
    states: type[State]
    starts: Mapping[str, State]
    moves: Mapping[tuple[State, str], State]

    def after(self, state: State, move: str) -> State:
        """The state that ``move`` leads to; raises :class:`IllegalMove` where there is none."""
        try:
            return self.moves[state, move]
        except KeyError:
            raise IllegalMove(self.name, state, move) from None

    def sources(self, move: str) -> frozenset[State]:
        """The states from which ``move`` is possible."""
        return frozenset(state for state, name in self.moves if name == move)

    def final_states(self) -> frozenset[State]:
        """The states that no move leaves."""
        return frozenset(self.moves.values()) - {state for state, _ in self.moves}


R, V, S, P, C = RegistrationStatus, RevisionStatus, SecretStatus, PkceStatus, ContactStatus

REGISTRATION: Final = Life(
    "registration",
    R,
    {"start": R.PENDING, "adopt": R.ACTIVE},
    {
        (R.PENDING, "approve"): R.ACTIVE,
        (R.ACTIVE, "approve"): R.ACTIVE,
        (R.ACTIVE, "apply"): R.ACTIVE,
        (R.ACTIVE, "restrict"): R.ACTIVE,
        (R.SUSPENDED, "restrict"): R.SUSPENDED,
        (R.ACTIVE, "suspend"): R.SUSPENDED,
        (R.SUSPENDED, "reinstate"): R.ACTIVE,
        (R.PENDING, "close"): R.CLOSED,
        (R.ACTIVE, "close"): R.CLOSED,
        (R.SUSPENDED, "close"): R.CLOSED,
    },
)

REVISION: Final = Life(
    "revision",
    V,
    {"submit": V.UNDER_REVIEW, "apply": V.APPROVED, "restrict": V.APPROVED, "adopt": V.APPROVED},
    {
        (V.UNDER_REVIEW, "approve"): V.APPROVED,
        (V.UNDER_REVIEW, "request_changes"): V.SENT_BACK,
        (V.UNDER_REVIEW, "reject"): V.REJECTED,
        (V.UNDER_REVIEW, "withdraw"): V.WITHDRAWN,
        (V.APPROVED, "supersede"): V.SUPERSEDED,
    },
)

SECRET: Final = Life(
    "secret",
    S,
    {"issue": S.SEALED, "adopt": S.ACTIVE, "adopt_ending": S.RETIRING},
    {
        (S.SEALED, "reveal"): S.ACTIVE,
        (S.SEALED, "lapse"): S.LAPSED,
        (S.SEALED, "revoke"): S.REVOKED,
        (S.ACTIVE, "retire"): S.RETIRING,
        (S.ACTIVE, "revoke"): S.REVOKED,
        (S.RETIRING, "expire"): S.EXPIRED,
        (S.RETIRING, "restore"): S.ACTIVE,
        (S.RETIRING, "revoke"): S.REVOKED,
    },
)

PKCE: Final = Life(
    "PKCE exception",
    P,
    {"request": P.REQUESTED},
    {
        (P.REQUESTED, "grant"): P.GRANTED,
        (P.REQUESTED, "refuse"): P.REFUSED,
        (P.GRANTED, "grant"): P.GRANTED,
        (P.GRANTED, "refuse"): P.REFUSED,
        (P.REFUSED, "grant"): P.GRANTED,
        (P.REFUSED, "refuse"): P.REFUSED,
        (P.REQUESTED, "withdraw"): P.WITHDRAWN,
        (P.GRANTED, "withdraw"): P.WITHDRAWN,
        (P.GRANTED, "take_force"): P.IN_FORCE,
        (P.IN_FORCE, "lapse"): P.LAPSED,
        (P.IN_FORCE, "revoke"): P.REVOKED,
        (P.IN_FORCE, "end"): P.ENDED,
        (P.IN_FORCE, "supersede"): P.SUPERSEDED,
    },
)

CONTACT: Final = Life(
    "contact",
    C,
    {"name": C.UNCONFIRMED},
    {
        (C.UNCONFIRMED, "confirm"): C.CONFIRMED,
        (C.UNCONFIRMED, "refuse"): C.REFUSED,
        (C.CONFIRMED, "refuse"): C.REFUSED,
    },
)

DECISIONS: Final = ("approve", "request_changes", "reject")
"""The decisions of a reviewer on a revision; withdrawing is up to the partner."""

STOPPING: Final = ("suspend", "reinstate", "close")
"""What staff do with a client as a whole."""

REVIEWED: Final = frozenset({V.APPROVED, V.SUPERSEDED, V.SENT_BACK, V.REJECTED})
"""Statuses of a revision that a reviewer approved, sent back or rejected."""

WERE_LIVE: Final = frozenset({V.APPROVED, V.SUPERSEDED})
"""Statuses of a revision with which the client works, or did."""

UNLOCKS_DRAFT: Final = frozenset({V.SENT_BACK, V.REJECTED, V.WITHDRAWN})

LIVE_STATUSES: Final = frozenset({R.ACTIVE, R.SUSPENDED})
"""Statuses of a registration that has a client id and one approved revision."""

OPEN_STATUSES: Final = frozenset({R.PENDING, R.ACTIVE, R.SUSPENDED})
"""Statuses in which a draft may be written and submitted."""

USABLE_SECRETS: Final = frozenset({S.ACTIVE, S.RETIRING})
"""Secrets that authenticate the client."""


LACKS_SECRET: Final = frozenset(
    {"no_secret", "no_secret_under_review", "unrevealed", "unrevealed_under_review"}
)
"""Keys of the statuses in which a client is active, but no secret works."""


def shown_status(
    registration: RegistrationStatus,
    newest: RevisionStatus | None,
    *,
    under_review: bool,
    has_secret: bool,
    has_sealed: bool = False,
) -> tuple[str, str]:
    """Key and label of the status that pages show.

    ``newest`` is the status of the revision with the highest number, ``under_review`` whether one is waiting
    for a decision, ``has_secret`` whether a secret works, ``has_sealed`` whether one can be revealed.
    """
    if registration is R.CLOSED:
        return "closed", "Closed"
    if registration is R.SUSPENDED:
        return "suspended", "Suspended"
    if registration is R.ACTIVE:
        words = "Live with a change under review" if under_review else "Live"
        unrevealed, none = ("unrevealed", ", secret not revealed yet"), ("no_secret", ", no working secret")
        key, more = ("live", "") if has_secret else unrevealed if has_sealed else none
        return f"{key}_under_review" if under_review else key, f"{words}{more}"
    if under_review:
        return "under_review", "Under review"
    if newest is V.SENT_BACK:
        return "changes_requested", "Changes requested"
    if newest is V.REJECTED:
        return "rejected", "Rejected"
    return "draft", "Draft"


def stopping_moves(stage: RegistrationStatus) -> frozenset[str]:
    """Those of :data:`STOPPING` that are possible in this status."""
    return frozenset(move for move in STOPPING if stage in REGISTRATION.sources(move))


def desk_status(
    registration: RegistrationStatus, newest: RevisionStatus, *, has_secret: bool
) -> tuple[str, str]:
    """Key and label of the status that reviewers see; ``newest`` is the status of the newest submission.

    What was withdrawn is a draft to its partner, but reviewers see no drafts.
    """
    is_waiting = newest is V.UNDER_REVIEW
    key, words = shown_status(registration, newest, under_review=is_waiting, has_secret=has_secret)
    return ("withdrawn", "Withdrawn") if key == "draft" else (key, words)
