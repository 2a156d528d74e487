"""Whom a request waits on."""

from __future__ import annotations

from enum import StrEnum


class WaitingOn(StrEnum):
    """Who has to do something before a request goes on; a reviewer who snoozes it says so."""

    PARTNER = "partner"
    SECOND_PERSON = "second_person"
    PLEO = "pleo"
