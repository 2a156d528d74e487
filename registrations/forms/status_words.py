"""What the states of the record are called on pages, and what they mean for the reader."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

from registrations.models.contact_confirmation import MOST_UNCONFIRMED
from registrations.rules.vocabulary import Environment, PkceSupport


class Words(NamedTuple):
    """A state in words: its name, what it means, and the next step."""

    label: str
    meaning: str
    next_step: str = ""


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
        "This is a draft. Only your organisation can see it.",
        "Finish the form, check your answers and submit.",
    ),
    "withdrawn": Words(
        "Draft",
        "The submission was withdrawn, so Pleo does not decide on it.",
        "Edit the registration and submit it again, or close it.",
    ),
    "under_review": Words(
        "Under review",
        "Your submission is waiting for Pleo’s decision. You cannot edit it in the meantime.",
        "Pleo decides on it and emails you.",
    ),
    "changes_requested": Words(
        "Changes requested",
        "Pleo reviewed your submission and asks you to change something. Its note or comments say what.",
        "Make the changes and submit again.",
    ),
    "rejected": Words(
        "Rejected",
        "Pleo rejected your submission. Its note or comments say why.",
        "Fix the problem and submit again, or close the registration.",
    ),
    "live": Words(
        "Live",
        "The client is registered and works.",
        "You have nothing to do. Pleo reviews most changes before they take effect.",
    ),
    "live_under_review": Words(
        "Live with a change under review",
        "The client keeps working as it is while your change is waiting for Pleo’s decision.",
        "Pleo decides on it and emails you.",
    ),
    "no_secret": Words(
        "Live, no working secret",
        "The client is registered, but none of its secrets works, so it cannot get or refresh tokens.",
        "A developer or an admin of your organisation can reveal or issue a secret.",
    ),
    "no_secret_under_review": Words(
        "Live with a change under review, no working secret",
        "Your change is waiting for Pleo’s decision. None of the client’s secrets works, so it cannot get or "
        "refresh tokens.",
        "Pleo decides on it and emails you.",
    ),
    "unrevealed": Words(
        "Live, secret not revealed yet",
        "The client is registered. It can get tokens once its secret is revealed and your server uses it.",
        "A developer or an admin of your organisation can reveal the secret.",
    ),
    "unrevealed_under_review": Words(
        "Live with a change under review, secret not revealed yet",
        "Your change is waiting for Pleo’s decision. The client can get tokens once its secret is revealed "
        "and your server uses it.",
        "Pleo decides on it and emails you.",
    ),
    "suspended": Words(
        "Suspended",
        "The client does not work until Pleo reinstates it. You can still change the registration.",
        "Submit a change that fixes the problem. Pleo then decides whether to reinstate the client.",
    ),
    "suspended_under_review": Words(
        "Suspended",
        "The client does not work until Pleo reinstates it. Your change is waiting for Pleo’s decision.",
        "Pleo decides on your change and on the suspension, and emails you.",
    ),
    "closed": Words(
        "Closed",
        "The registration has ended and cannot be changed.",
        "You have nothing to do. If you need a client again, start a new registration.",
    ),
}
"""By the key of the status that people are shown, or a narrower one where the next step is another."""

SECRET_WORDS: Final[Mapping[str, Words]] = {
    "sealed": Words("Ready to reveal", "Nobody has seen it yet. It can be shown once."),
    "active": Words("In use", "This secret works."),
    "retiring": Words("Being replaced", "It keeps working for a while next to the new secret."),
    "expired": Words("Expired", "A newer secret has replaced it."),
    "lapsed": Words("Lapsed", "It was destroyed: not revealed in time, or no longer safe to reveal."),
    "revoked": Words("Revoked", "It no longer works."),
}
"""By the state of a secret in its life cycle."""

CONTACT_WORDS: Final[Mapping[str, Words]] = {
    "confirmed": Words("Confirmed", "Gets emails about the client."),
    "unconfirmed": Words(
        "Not confirmed", "We sent a link. This address gets nothing else until somebody confirms by it."
    ),
    "refused": Words(
        "Not a contact", "The answer was “not me”, so this address gets nothing. Name another one."
    ),
    "waiting": Words(
        "Not confirmed",
        f"{MOST_UNCONFIRMED} contacts of your organisation have not confirmed yet, and we send no more in a "
        "day. We send this link later, by itself.",
    ),
    "unasked": Words("Not confirmed", "We send a link when the next version is submitted."),
}
"""By :attr:`registrations.queries.contacts.NamedContact.key`."""
