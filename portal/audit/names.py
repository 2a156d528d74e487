"""The base class of event names: the stored name, and the wordings for reviewers and partners."""

from __future__ import annotations

from enum import StrEnum
from typing import Self, cast


class EventName(StrEnum):
    """The stored name of an event, with its wordings; each app lists its events in a subclass.

    ``desk`` is the wording for staff. ``partner`` is the sentence in the partner's timeline, where
    ``{who}`` stands for the person; it is empty for events that partners do not see.
    """

    desk: str
    partner: str

    @classmethod
    def named(cls, stored: str) -> Self:
        """The event that is stored under this name. Raises ``KeyError`` where there is none."""
        return cast(Self, cls._value2member_map_[stored])

    def __new__(cls, stored: str, desk: str, partner: str = "") -> Self:
        member = str.__new__(cls, stored)
        member._value_, member.desk, member.partner = stored, desk, partner
        return member
