"""Emails from the desk to the people on it. No partner gets any of them."""

from __future__ import annotations

from typing import Final

from django.core.mail import EmailMultiAlternatives
from django.urls import reverse
from django.utils import timezone

from portal.accounts.models import User
from portal.outbox.emails import Email, Ids, Recipient, absolute, render
from registrations import permissions
from registrations.emails.base import compose
from registrations.emails.review import REVIEW_PAGE
from registrations.models import ApiToken, DailyDigest, DeskNote, Mention, Revision, SubmissionEmails
from registrations.models.submission_emails import who_chose
from registrations.rules.record_fields import LABELS

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


def handed_over(ids: Ids, recipient: Recipient) -> EmailMultiAlternatives:
    """A colleague handed over their review: who, and what they wrote about it."""
    revision, note = _revision(ids), DeskNote.objects.filter(pk=ids.get("note_id", 0)).first()
    context = {"by": User.objects.get(pk=ids["by_id"]).get_full_name(), "text": note.text if note else ""}
    return _about(revision, "handed_over", recipient, **context)


def new_claimant(ids: Ids) -> list[Recipient]:
    """Who took the review over, while it is still theirs and they may decide on it."""
    revision = _revision(ids)
    if revision.claimed_by_id != ids["to_id"]:
        return []
    return [
        Recipient(one.pk) for one in permissions.reviewers_of(revision.registration).filter(pk=ids["to_id"])
    ]


def mentioned(ids: Ids, recipient: Recipient) -> EmailMultiAlternatives:
    """A colleague mentions the reader in a desk note: the note, with a link to it."""
    note = _note(ids)
    return _about(
        note.revision,
        "mentioned",
        recipient,
        by=note.author.get_full_name(),
        text=note.text,
        about=LABELS.get(note.field, ""),
        place=f"#comments-{note.field or 'whole'}",
    )


def readers_mentioned(ids: Ids) -> list[Recipient]:
    """Those mentioned in the note who may see the desk and have not marked it as seen."""
    waiting = Mention.objects.unseen().filter(note=ids["note_id"])
    readers = permissions.desk_readers().filter(pk__in=waiting.values("person"))
    return [Recipient(pk) for pk in readers.values_list("pk", flat=True)]


def token_ending(ids: Ids, recipient: Recipient) -> EmailMultiAlternatives:
    """A token of an authorization server ends soon: which, when, and what to do."""
    page = absolute(reverse("admin:registrations_apitoken_changelist"))
    return render(
        "token_ending",
        {"token": ApiToken.objects.get(pk=ids["token_id"]), "link": page},
        recipient.address or "",
    )


def readers_of_token(ids: Ids) -> list[Recipient]:
    """Everybody who can replace the token, while it still has to be replaced."""
    if not ApiToken.objects.ending(timezone.now()).filter(pk=ids["token_id"]).exists():
        return []
    return [Recipient(pk) for pk in permissions.token_managers().values_list("pk", flat=True)]


def _note(ids: Ids) -> DeskNote:
    about = ("author", "revision__registration__organisation")
    return DeskNote.objects.select_related(*about).get(pk=ids["note_id"])


def _revision(ids: Ids) -> Revision:
    return Revision.objects.select_related("registration__organisation").get(pk=ids["revision_id"])


def _about(
    revision: Revision, template: str, recipient: Recipient, *, place: str = "", **context: object
) -> EmailMultiAlternatives:
    """The email leads to the review page, to the ``place`` on it."""
    page = absolute(reverse(REVIEW_PAGE, args=[revision.registration.uuid]))
    context |= {"number": revision.number, "link": f"{page}{place}"}
    return compose(template, recipient, revision.registration, revision, page=REVIEW_PAGE, **context)


def _digest(ids: Ids) -> DailyDigest:
    return DailyDigest.objects.get(pk=ids["digest_id"])


EMAILS = (
    Email("digest", reader_of_digest, digest),
    Email("handed_over", new_claimant, handed_over),
    Email("mentioned", readers_mentioned, mentioned),
    Email("token_ending", readers_of_token, token_ending),
)
