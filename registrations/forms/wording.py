"""What the states of the record are called on pages, and what they mean for the reader."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

from registrations.preflight.verdicts import Verdict
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
        "Nothing is waiting for a review. Only your organisation can see the draft.",
        "Finish the form, check your answers and submit them.",
    ),
    "under_review": Words(
        "Under review",
        "What you submitted is waiting for Pleo’s decision. You cannot edit it in the meantime.",
        "Pleo decides. We email you as soon as there is a decision.",
    ),
    "changes_requested": Words(
        "Changes requested",
        "Pleo has sent the registration back and says what has to change.",
        "Make the changes and submit again.",
    ),
    "rejected": Words(
        "Rejected",
        "Pleo has rejected what you submitted and says why.",
        "Make the changes that Pleo asks for and submit again, or leave it.",
    ),
    "live": Words(
        "Live",
        "The client is registered and works as it was approved.",
        "You do not have to do anything. Pleo reviews most changes before they take effect.",
    ),
    "live_under_review": Words(
        "Live with a change under review",
        "The client keeps working as it was approved while your change is waiting for Pleo’s decision.",
        "Pleo decides. We email you as soon as there is a decision.",
    ),
    "suspended": Words(
        "Suspended",
        "The client is stopped for now. You can still make changes and submit them.",
        "See the note or email from Pleo: it says what has to happen before the client can continue.",
    ),
    "closed": Words(
        "Closed",
        "The registration has ended. You cannot change it any more.",
        "Nothing. If you need a client again, start a new registration.",
    ),
}
"""By the key of the status that people are shown."""

SECRET_WORDS: Final[Mapping[str, Words]] = {
    "sealed": Words("Ready to reveal", "Nobody has seen it yet. You can reveal it once."),
    "active": Words("In use", "It was revealed and works."),
    "retiring": Words("Being replaced", "It works for a while longer, alongside the new secret."),
    "expired": Words("Expired", "It was replaced, and the time to switch to the new secret is over."),
    "lapsed": Words("Lapsed", "It was not revealed in time, so it was deleted."),
    "revoked": Words("Revoked", "It no longer works."),
}
"""By the state of a secret in its life cycle."""

PREFLIGHT_WORDS: Final[Mapping[str, str]] = {
    Verdict.FAULT: "answered with an error, a redirect or a certificate that browsers refuse",
    Verdict.SILENT: "could not be opened from the internet",
    Verdict.NOT_PUBLIC: "could not be opened from the internet",
}
"""By verdict, worded for the partner.

Two have the same words, so as not to disclose what our own name servers know about a private name.
"""
