"""Emails from the desk to the people on it. No partner gets any of them."""

from __future__ import annotations

from typing import Final

from django.core.mail import EmailMultiAlternatives
from django.urls import reverse

from portal.outbox.emails import Email, Ids, Recipient, absolute, render
from registrations import permissions
from registrations.models import DailyDigest, SubmissionEmails
from registrations.models.submission_emails import who_chose

MOST_LISTED: Final = 50
"""The most submissions that a digest names; it counts the others."""


def digest(ids: Ids, recipient: Recipient) -> EmailMultiAlternatives:
    """What was submitted since the reader's last digest and still waits, with a link to the queue."""
    waiting = _digest(ids).submissions()
    listed = list(waiting.select_related("registration__organisation")[:MOST_LISTED])
    count = len(listed) if len(listed) < MOST_LISTED else waiting.count()
    context = {
        "listed": listed,
        "first": listed[0],
        "count": count,
        "others": count - 1,
        "not_listed": count - len(listed),
        "link": absolute(reverse("admin:registrations_registration_changelist")),
    }
    return render("digest", context, recipient.address or "")


def reader_of_digest(ids: Ids) -> list[Recipient]:
    """The person, if they still review and want digests, and anything in it still waits."""
    found = _digest(ids)
    readers = permissions.reviewers().filter(who_chose(SubmissionEmails.DAILY), pk=found.person_id)
    return [Recipient(found.person_id)] if readers.exists() and found.submissions().exists() else []


def _digest(ids: Ids) -> DailyDigest:
    return DailyDigest.objects.get(pk=ids["digest_id"])


EMAILS = (Email("digest", reader_of_digest, digest),)
