"""Audit events about the keys that seal stored values."""

from __future__ import annotations

from portal.audit.names import EventName


class SealingEvent(EventName):
    """Events of a change of keys; no partner page lists them. They name keys by their ids only."""

    ROTATION_STARTED = "sealing_keys.rotation_started", "Change of sealing keys started"
    ROTATED = "sealing_keys.rotated", "Stored values sealed again with the newest key"
