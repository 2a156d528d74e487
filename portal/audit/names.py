"""What an event of the audit log is called: as it is stored, by the desk, and to a partner."""

from __future__ import annotations

from enum import StrEnum
from typing import Self, cast


class EventName(StrEnum):
    """The stored spelling of an event, with its wordings; each room lists its own in a subclass.

    ``desk`` is what staff read. ``partner`` is the sentence of the partner's timeline, in which
    ``{who}`` stands for the person; it is empty for what partners are not told.
    """

    desk: str
    partner: str

    @classmethod
    def spelled(cls, stored: str) -> Self:
        """The event with that spelling. Raises ``KeyError`` where there is none."""
        return cast(Self, cls._value2member_map_[stored])

    @property
    def deed(self) -> str:
        """What was done, without what it was done to: ``approved`` of ``revision.approved``."""
        return self.value.rpartition(".")[2]

    def __new__(cls, stored: str, desk: str, partner: str = "") -> Self:
        member = str.__new__(cls, stored)
        member._value_, member.desk, member.partner = stored, desk, partner
        return member
