"""What must hold after every test that moves something, whatever its outcome."""

from portal.audit.models import Event
from portal.outbox.models import OutboxMessage
from registrations.models import ClientSecret, PkceException, Registration

MOVES = {
    "revision.submitted": "submitted",
    "message.sent": "message",
    "revision.approved": "approved",
    "revision.applied": "applied",
    "revision.restricted": "restricted",
    "revision.changes_requested": "changes_requested",
    "revision.rejected": "rejected",
    "secret.revealed": "secret_revealed",
    "secret.lapsed": "secret_lapsed",
    "secret.rotated": "secret_issued",
    "secret.reminded": "secret_ending",
    "pkce.lapsed": "pkce_lapsed",
    "pkce.reminded": "pkce_ending",
    "registration.suspended": "suspended",
    "registration.reinstated": "reinstated",
    "registration.closed": "closed",
}
SEVERAL = {
    "secret_revoked": ["secret.revoked", "secret.replaced", "secret.revoked_at_desk"],
    "secret_voided": ["secret.voided", "secret.voided_for_key"],
}
"""Emails that several events have."""


def check_invariants():
    for registration in Registration.objects.all():
        _has_one_live_revision_exactly_when_live(registration)
        _has_a_secret_exactly_when_it_has_a_client_id(registration)
    _sealed_and_revealed_exclude_each_other()
    _every_email_has_its_event()
    _exceptions_have_their_revision()
    _every_end_of_a_secret_has_its_email()
    _every_expiry_has_its_email()


def _has_one_live_revision_exactly_when_live(registration):
    approved = registration.revisions.filter(status="approved").count()
    live = registration.status in ("active", "suspended")
    assert approved == (1 if live else approved if registration.status == "closed" else 0)
    assert (registration.client_id is not None) or not live
    assert registration.revisions.filter(status="under_review").count() <= 1
    assert registration.revision_count == registration.revisions.count()


def _has_a_secret_exactly_when_it_has_a_client_id(registration):
    assert registration.secrets.exists() == (registration.client_id is not None)


def _sealed_and_revealed_exclude_each_other():
    for secret in ClientSecret.objects.all():
        assert (secret.sealed_secret is None) or (secret.revealed_at is None)


def _every_email_has_its_event():
    done = Event.objects.filter(outcome="done")
    for verb, kind in MOVES.items():
        events, emails = done.filter(verb=verb).count(), OutboxMessage.objects.filter(kind=kind).count()
        assert events == emails, f"{events} × {verb}, but {emails} emails"


def _every_end_of_a_secret_has_its_email():
    for kind, verbs in SEVERAL.items():
        ended = Event.objects.filter(verb__in=verbs, outcome="done").count()
        assert ended == OutboxMessage.objects.filter(kind=kind).count()


def _every_expiry_has_its_email():
    """Whether a job recorded it or a verb that came first, in its own event."""
    expired = ClientSecret.objects.filter(status="expired").count()
    assert expired == OutboxMessage.objects.filter(kind="secret_expired").count()


def _exceptions_have_their_revision():
    for exception in PkceException.objects.exclude(status__in=["withdrawn", "refused"]):
        assert exception.revision.registration_id == exception.registration_id
