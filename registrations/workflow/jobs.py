"""The scheduled jobs, in the order in which the worker runs them."""

from __future__ import annotations

from portal import limits, security_txt
from portal.accounts import guessing, invitations
from portal.accounts.models import fill_name_skeletons
from portal.kept_forms import keeping
from portal.sessions import ending
from registrations.workflow import (
    api_tokens,
    contacts,
    feed,
    marks,
    pkce,
    preflight,
    review_drafts,
    secrets,
    served,
    snoozing,
    strangers_summary,
    submission_emails,
    wrong_secrets,
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
    wrong_secrets.forget_old,
    submission_emails.digest_due,
    guessing.summarise_due,
    fill_name_skeletons,
    review_drafts.forget_due,
    snoozing.forget_due,
    invitations.forget_ended,
    keeping.forget_expired,
    ending.forget_ended,
    limits.forget_past_windows,
    guessing.forget_past_windows,
    security_txt.warn_due,
)
