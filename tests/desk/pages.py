"""Addresses of the desk, and what its pages send."""

QUEUE = "/admin/registrations/registration/"
NOTE = "The terms are a page of another company."


def review_path(registration):
    return f"{QUEUE}{registration.uuid}/review/"


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
