"""Where a draft goes when it is handed in: to the reviewers, or into effect at once."""

from __future__ import annotations

from dataclasses import dataclass

from registrations.models import Registration, Revision
from registrations.rules import rereview
from registrations.rules.lifecycle import REGISTRATION
from registrations.rules.metadata import Metadata
from registrations.rules.rereview import Route, Way
from registrations.workflow.errors import AnnouncedOtherwise


@dataclass(frozen=True, slots=True)
class Announced:
    """What the page said would happen: the way, and the number of the live revision that the draft
    was compared with, 0 where there was none. What it did not say is None."""

    way: str | None = None
    live_version: int | None = None

    def check(self, route: Route, live: Revision | None) -> None:
        """Raises ``AnnouncedOtherwise`` where something else would happen now."""
        if self.live_version is not None and self.live_version != (live.number if live else 0):
            raise AnnouncedOtherwise("Another revision is live by now, so this was not submitted.")
        if self.way is None or self.way == route.way:
            return
        if route.applies:
            raise AnnouncedOtherwise("By now this would take effect at once, so it was not submitted.")
        raise AnnouncedOtherwise("By now this needs a review, so it did not take effect.")


def route_of(
    registration: Registration,
    live: Revision | None,
    wanted: Metadata,
    *,
    asks: bool,
    answers: bool,
    is_excepted: bool,
) -> Route:
    """The way of the record ``wanted``.

    ``asks`` is whether a question to a reviewer has no answer yet, ``answers`` whether one of theirs
    is answered, ``is_excepted`` whether a PKCE exception runs today.
    """
    if live is None:
        return rereview.route(None, wanted)
    return rereview.route(
        live.metadata(),
        wanted,
        is_excepted=is_excepted,
        asks=asks,
        answers=answers,
        is_suspended=registration.stage not in REGISTRATION.sources(Way.APPLY),
    )
