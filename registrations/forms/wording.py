"""What the states of the record are called on pages, and what they mean for the reader."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

from registrations.rules.vocabulary import Environment, PkceSupport


class Words(NamedTuple):
    """A state in words: its name, what it means, and who acts next."""

    label: str
    meaning: str
    turn: str = ""


ANSWER_WORDS: Final[Mapping[tuple[str, str], str]] = {
    ("environment", Environment.STAGING): "Staging",
    ("environment", Environment.PRODUCTION): "Production",
    ("pkce_support", PkceSupport.SUPPORTED): "Supported",
    ("pkce_support", PkceSupport.EXCEPTION_REQUESTED): "Not supported, needs an exception",
}
"""By field and stored value, where the label differs from the value."""

STATUS_WORDS: Final[Mapping[str, Words]] = {
    "draft": Words(
        "Draft",
        "Nothing is submitted at present. Only your organisation can see the draft.",
        "You: finish the form, check your answers and submit.",
    ),
    "under_review": Words(
        "Under review",
        "What you submitted waits for a decision of the reviewers. It cannot be edited meanwhile.",
        "The reviewers. We write to you as soon as there is a decision.",
    ),
    "changes_requested": Words(
        "Changes requested",
        "The reviewer has sent the registration back and says what has to change.",
        "You: make the changes and submit again.",
    ),
    "rejected": Words(
        "Rejected",
        "The reviewer has declined what you submitted, and says why.",
        "You: change what the reviewer names and submit again, or leave it.",
    ),
    "live": Words(
        "Live",
        "The client is registered, and what was approved is in force.",
        "Nobody has to do anything. Most changes you submit are reviewed before they take effect.",
    ),
    "live_under_review": Words(
        "Live with a change under review",
        "The client keeps working as it was approved while your change waits for a decision.",
        "The reviewers. We write to you as soon as there is a decision.",
    ),
    "suspended": Words(
        "Suspended",
        "The client is stopped for now. You can prepare changes and submit them.",
        "The reviewers. Their note or email says what it takes to continue.",
    ),
    "closed": Words(
        "Closed",
        "The registration has ended, and nothing about it can be changed.",
        "Nobody. Start a new registration if you need one again.",
    ),
}
"""By the key of the status that people are shown."""

SECRET_WORDS: Final[Mapping[str, Words]] = {
    "sealed": Words("Ready to reveal", "Nobody has seen it yet. It can be shown once."),
    "active": Words("In use", "It was revealed and works."),
    "retiring": Words("Being replaced", "It still works for a while beside its successor."),
    "expired": Words("Expired", "Its time beside its successor has passed."),
    "lapsed": Words("Lapsed", "It was not revealed in time and has been destroyed."),
    "revoked": Words("Revoked", "It no longer works."),
}
"""By the state of a secret in its life cycle."""
