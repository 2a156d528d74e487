"""Addresses of the desk, and what its pages send."""

from portal.audit.models import Event
from portal.outbox.models import OutboxMessage
from registrations.models import ClientSecret, PkceException, Registration, Revision

QUEUE = "/admin/registrations/registration/"
NOTE = "The terms are a page of another company."


def review_path(registration):
    return f"{QUEUE}{registration.uuid}/review/"


def history_path(registration):
    return f"{QUEUE}{registration.uuid}/history/"


def decide(client, registration, decision, *, note=NOTE, seen_version=1, **other):
    form = {"decision": decision, "note": note, "seen_version": seen_version, **other}
    return client.post(review_path(registration), form)


def decide_pkce(client, registration, decision, *, until="", seen_version=1, **other):
    form = {
        "pkce_decision": decision,
        "pkce_expires_on": str(until),
        "seen_version": seen_version,
        **other,
    }
    return client.post(review_path(registration), form)


def state(registration):
    """All that a decision could have moved."""
    return (
        list(Registration.objects.filter(pk=registration.pk).values()),
        list(Revision.objects.order_by("pk").values()),
        list(PkceException.objects.order_by("pk").values()),
        list(ClientSecret.objects.order_by("pk").values()),
        OutboxMessage.objects.count(),
        Event.objects.filter(outcome="done").count(),
    )
