"""The scheduled jobs, in the order in which the worker runs them."""

from __future__ import annotations

from portal import limits
from portal.outbox.worker import Stopped
from registrations.workflow import pkce, preflight, secrets


def forget_past_windows(stopped: Stopped) -> int:
    """Delete the counters of past limits: one statement, so there is no point to stop in between."""
    return limits.forget_past_windows()


JOBS = (
    secrets.lapse_due,
    pkce.lapse_due,
    pkce.remind_due,
    preflight.check_due,
    forget_past_windows,
)
