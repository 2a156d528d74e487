"""Emails about a version: submitted, asked about, decided by a reviewer, or in effect without a review."""

from __future__ import annotations

from typing import Final, NamedTuple

from django.core.mail import EmailMultiAlternatives

from portal.outbox.emails import Email, Ids, Recipient
from registrations import permissions
from registrations.domain.differences import Change, difference
from registrations.domain.lifecycle import RevisionStatus
from registrations.domain.rereview import baseline
from registrations.emails.base import compose, members_of, with_contacts
from registrations.emails.secrets import CREDENTIALS, reveal_until
from registrations.models import Comment, PkceException, Revision, SubmissionEmails
from registrations.models.submission_emails import who_chose
from registrations.rules.record_fields import FIELDS, LABELS

REVIEW_PAGE: Final = "admin:registrations_registration_review"


class Decided(NamedTuple):
    """The email about a decision: its template, and the page that it links to."""

    template: str
    page: str


DECIDED: Final = {
    "approve": Decided("approved", CREDENTIALS),
    "request_changes": Decided("changes_requested", "registrations:edit"),
    "reject": Decided("rejected", "registrations:detail"),
}
"""By decision, for the emails and for their preview."""


class Remark(NamedTuple):
    """A comment as an email quotes it."""

    label: str
    text: str


def submitted(ids: Ids, recipient: Recipient) -> EmailMultiAlternatives:
    """Tells the partner that the reviewers have it, and a reviewer that it waits for a decision."""
    revision = _revision(ids)
    reader, reviewers = recipient.user_id, permissions.reviewers_of(revision.registration)
    if reader is not None and reviewers.filter(pk=reader).exists():
        return _about(revision, "submitted_desk", recipient, page=REVIEW_PAGE)
    return _about(revision, "submitted", recipient)


def changes_requested(ids: Ids, recipient: Recipient) -> EmailMultiAlternatives:
    """What the reviewer asks to change, with a link to the form."""
    revision = _revision(ids)
    return _about_decision("request_changes", revision, recipient, note=revision.note)


def rejected(ids: Ids, recipient: Recipient) -> EmailMultiAlternatives:
    """Why the reviewer rejected it."""
    revision = _revision(ids)
    return _about_decision("reject", revision, recipient, note=revision.note)


def approved(ids: Ids, recipient: Recipient) -> EmailMultiAlternatives:
    """The client is live: where its credentials are, and until when the secret can be revealed."""
    revision = _revision(ids)
    refused = revision.requested_scopes.filter(granted=False)
    return _about_decision(
        "approve",
        revision,
        recipient,
        note=revision.note,
        client_id=revision.registration.client_id,
        granted=revision.scopes(),
        refused=[child.scope_id for child in refused],
        refused_because=next((child.refused_because for child in refused), ""),
        reveal_until=reveal_until(revision.registration),
        exception=PkceException.objects.in_force().filter(revision=revision).first(),
    )


def preview(decision: str, revision: Revision, *, note: str, **made: object) -> EmailMultiAlternatives:
    """The email that the submitter would get about the decision with this note.

    ``made`` is what the email about an approval names besides. Nothing is stored or sent.
    """
    return _about_decision(decision, revision, Recipient(None, ""), note=note.strip(), **made)


def applied(ids: Ids, recipient: Recipient) -> EmailMultiAlternatives:
    """A change that needed no review is in effect: what changed, and who made it."""
    revision = _revision(ids)
    changes = _changes_in_effect(revision)
    return _about(revision, "applied", recipient, fields=[change.label for change in changes])


def restricted(ids: Ids, recipient: Recipient) -> EmailMultiAlternatives:
    """What was taken away from the live client, by whom, and whether a submission still asks for it."""
    revision = _revision(ids)
    taken = [entry for change in _changes_in_effect(revision) for entry in change.removed]
    waiting = revision.registration.revisions.under_review().first()
    asked = {*waiting.uris(), *waiting.scopes()} if waiting else set()
    again = [entry for entry in taken if entry in asked]
    return _about(revision, "restricted", recipient, taken=taken, again=again)


def message(ids: Ids, recipient: Recipient) -> EmailMultiAlternatives:
    """What the partner wrote about the version under review, with a link to the review."""
    sent = _message(ids)
    return _about(sent.revision, "message", recipient, page=REVIEW_PAGE, text=sent.text)


def partners(ids: Ids) -> list[Recipient]:
    """The partner's people."""
    return partners_of(_revision(ids))


def partners_and_contacts(ids: Ids) -> list[Recipient]:
    """The partner's people, and the confirmed contacts of the client."""
    revision = _revision(ids)
    return with_contacts(partners_of(revision), revision.registration)


def partners_and_reviewers(ids: Ids) -> list[Recipient]:
    """The partner's people and, while there is something to decide, the reviewers who chose these emails."""
    revision = _revision(ids)
    readers = partners_of(revision)
    if revision.status == RevisionStatus.UNDER_REVIEW:
        reviewers = permissions.reviewers_of(revision.registration).filter(who_chose(SubmissionEmails.EACH))
        readers += [Recipient(pk) for pk in reviewers.values_list("pk", flat=True)]
    return readers


def claimant(ids: Ids) -> list[Recipient]:
    """The reviewer who has claimed the review. Where nobody has, the review page shows the message."""
    revision = _message(ids).revision
    reviewer = revision.claimed_by
    if reviewer is None or not permissions.can_review(reviewer, revision.registration):
        return []
    return [Recipient(reviewer.pk)]


def partners_of(revision: Revision) -> list[Recipient]:
    """Its submitter, if they still belong to the organisation, and the organisation's admins."""
    return members_of(revision.registration, revision.submitted_by_id)


def _changes_in_effect(revision: Revision) -> list[Change]:
    """What changed for the client when the version took effect without a review."""
    replaced = revision.replaced()
    if replaced is None:
        return []
    before, after = (baseline(one.metadata(), is_excepted=True) for one in (replaced, revision))
    return difference(before, after)


def _revision(ids: Ids) -> Revision:
    revisions = Revision.objects.select_related("registration__organisation", "submitted_by")
    return revisions.get(pk=ids["revision_id"])


def _message(ids: Ids) -> Comment:
    about = ("revision__registration__organisation", "revision__submitted_by", "revision__claimed_by")
    return Comment.objects.select_related(*about).get(pk=ids["comment_id"])


def _about(
    revision: Revision,
    template: str,
    recipient: Recipient,
    *,
    page: str = "registrations:detail",
    **context: object,
) -> EmailMultiAlternatives:
    context |= {"number": revision.number, "submitted_by": revision.submitter.get_full_name()}
    return compose(template, recipient, revision.registration, revision, page=page, **context)


def _about_decision(
    decision: str, revision: Revision, recipient: Recipient, **context: object
) -> EmailMultiAlternatives:
    template, page = DECIDED[decision]
    requests = revision.override_requests()
    given = revision.registration.overrides.in_environment(revision.environment)
    pairs = given.pairs() if requests else set()
    context |= {
        "remarks": _remarks(revision),
        "accepted": [request.value for request in requests if request.pair in pairs],
        "undecided": [request.value for request in requests if request.pair not in pairs],
        "exception_request": PkceException.objects.filter(revision=revision).first(),
    }
    return _about(revision, template, recipient, page=page, **context)


def _remarks(revision: Revision) -> list[Remark]:
    """The comments sent with the decision: on the whole registration first, then in the form's order.

    Before a decision, those that wait for one: ``sent_at`` and ``decided_at`` are both null then. What
    waits in a resolved thread is not sent.
    """
    sent = Comment.objects.filter(
        thread__registration=revision.registration, by_desk=True, sent_at=revision.decided_at
    )
    if revision.decided_at is None:
        sent = sent.filter(thread__resolved_at=None)
    fields = ("", *FIELDS)
    said = sorted(sent.select_related("thread"), key=lambda one: fields.index(one.thread.field))
    return [Remark(LABELS.get(one.thread.field, "The whole registration"), one.text) for one in said]


EMAILS = (
    Email("submitted", partners_and_reviewers, submitted),
    Email("message", claimant, message),
    Email("changes_requested", partners, changes_requested),
    Email("rejected", partners_and_contacts, rejected),
    Email("approved", partners_and_contacts, approved),
    Email("applied", partners_and_contacts, applied),
    Email("restricted", partners_and_contacts, restricted),
)
