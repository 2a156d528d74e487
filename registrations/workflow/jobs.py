"""The scheduled jobs, in the order in which the worker runs them."""

from __future__ import annotations

from portal import security_txt
from portal.accounts import guessing
from portal.accounts.models import fill_name_skeletons
from portal.audit import export, seals
from portal.kept_forms import keeping
from registrations.workflow import (
    api_tokens,
    contacts,
    feed,
    marks,
    pkce,
    preflight,
    purging,
    secrets,
    served,
    snoozing,
    strangers_summary,
    submission_emails,
)

JOBS = (
    secrets.lapse_due,
    secrets.settle_due,
    secrets.expire_due,
    secrets.remind_due,
    pkce.lapse_due,
    pkce.remind_due,
    api_tokens.remind_due,
    feed.assign_due,
    served.alert_due,
    preflight.check_due,
    contacts.send_due,
    marks.book_due,
    strangers_summary.summarise_due,
    submission_emails.digest_due,
    guessing.summarise_due,
    fill_name_skeletons,
    snoozing.forget_due,
    keeping.forget_expired,
    purging.purge_due,
    security_txt.warn_due,
    seals.seal_due,  # after those that record events
    export.export_due,
)
