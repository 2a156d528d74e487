"""Comments for tests, made with the desk's verbs."""

from registrations.models import Thread
from registrations.workflow import comments, review

ASK = "Which of your <products> is this?"


def asked(registration, by, text=ASK, field="client_name", seen_version=1):
    """Write a comment that waits for an answer; returns the thread that it opens."""
    said = comments.comment(registration.uuid, by=by, seen_version=seen_version, text=text, field=field)
    return Thread.objects.get(pk=said.thread_id)


def sent_back(registration, by, note="", seen_version=1):
    review.request_changes(registration.uuid, by=by, seen_version=seen_version, note=note)
    return registration
