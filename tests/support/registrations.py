"""Registrations for tests, made with the verbs that partners and reviewers use."""

from datetime import UTC, datetime, timedelta

from django.utils import timezone

from registrations.models import Logo, Registration
from registrations.workflow import drafting, pkce, review, secrets
from tests.support.people import home

REASON = "The client library of our bank cannot send a code verifier before spring."


def example_values(**changes):
    """The governing document's own example, as a draft holds it."""
    return {
        "client_name": "Example Client",
        "client_uri": "https://client.example/",
        "tos_uri": "https://client.example/legal/tos.html",
        "policy_uri": "https://client.example/legal/privacy.pdf",
        "contacts": ["name.surname@client.example"],
        "initiation_uri": "",
        "configuration_uri": "",
        "environment": "staging",
        "redirect_uris": ["https://client.example/callback"],
        "scope": ["test:test", "users:read", "users:write"],
        "pkce_support": "supported",
        "pkce_justification": "",
        "pkce_controls": "",
        "pkce_wished_end": "",
        "subject_type_preference": "",
        "confidential": True,
    } | changes


def with_exception(**changes):
    """The changes that make a draft request a PKCE exception."""
    return {"pkce_support": "exception_requested", "pkce_justification": REASON} | changes


def a_logo(digest, **changes):
    """A logo's row without its files, by default a square of 512 pixels."""
    names = {"digest": digest, "digest_128": digest, "digest_256": digest}
    columns = {**names, "width": 512, "height": 512, "size": 2000, "is_blank": False}
    return Logo.objects.create(**columns | changes)


def a_draft(by, *, logo=None, **changes):
    return drafting.start(home(by).uuid, by=by, data=example_values(**changes), logo=logo)


def submitted(by, **changes):
    registration = a_draft(by, **changes)
    drafting.submit(registration.uuid, by=by)
    return again(registration)


def approved(by, reviewer, **changes):
    registration = submitted(by, **changes)
    review.approve(registration.uuid, by=reviewer, seen_version=1, signed_in_at=timezone.now())
    return again(registration)


def applied(by, reviewer, **changes):
    """A live client with a change that took effect at once, as revision 2."""
    registration = approved(by, reviewer, **changes)
    change(registration, by, **changes, contacts=["other@client.example"])
    drafting.submit(registration.uuid, by=by)
    return again(registration)


def revealed(by, reviewer, **changes):
    """A live client whose secret was revealed: its registration, and the secret in clear text."""
    registration = approved(by, reviewer, **changes)
    return registration, reveal(registration, by)


def reveal(registration, by):
    secret = registration.secrets.get(status="sealed")
    shown = secrets.reveal(registration.uuid, secret.uuid, by=by, signed_in_at=timezone.now())
    return shown.secret.text()


def excepted(by, lead, *, days=90, granted=None, **changes):
    """A live client with a PKCE exception in force."""
    registration = submitted(by, pkce_support="exception_requested", pkce_justification=REASON, **changes)
    pkce.grant(
        registration.uuid, by=lead, seen_version=1, expires_on=in_days(days), signed_in_at=timezone.now()
    )
    review.approve(registration.uuid, by=lead, seen_version=1, granted=granted, signed_in_at=timezone.now())
    return again(registration)


def change(registration, by, **changes):
    """Save the draft with the changes; without a draft, one with the example's values."""
    draft = getattr(again(registration), "draft", None)
    version = draft.version if draft else 0
    logo = changes.pop("logo", draft.logo if draft else None)
    data = (draft.data if draft else example_values()) | changes
    drafting.save(registration.uuid, by=by, draft_version=version, data=data, logo=logo)
    return again(registration)


def again(registration):
    """The registration, read again from the database."""
    return Registration.objects.get(pk=registration.pk)


def in_days(days):
    return (datetime.now(UTC) + timedelta(days=days)).date()
