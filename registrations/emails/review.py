"""Emails about registrations: who receives each, and what it says.

Each is queued with ids only and composed from the database when it is sent. No email contains a secret: the
one about an approval links to the page that reveals it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

from django.core.mail import EmailMultiAlternatives
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from portal.accounts.models import Membership, Role, User
from portal.outbox.emails import Email, Ids, Recipient, absolute, render
from registrations import permissions
from registrations.domain.differences import difference
from registrations.domain.lifecycle import PkceStatus, RevisionStatus, SecretStatus
from registrations.models import ClientSecret, Comment, PkceException, Registration, Revision
from registrations.rules.fields import FIELDS, LABELS

REVIEW_PAGE = "admin:registrations_registration_review"


def submitted(ids: Ids, recipient: Recipient) -> EmailMultiAlternatives:
    """Tells the partner that the reviewers have it, and a reviewer that it waits for a decision."""
    revision = _revision(ids)
    if _may_review(recipient, revision.registration):
        return _about(revision, "submitted_desk", recipient, link=link_to(REVIEW_PAGE, revision.registration))
    return _about(
        revision, "submitted", recipient, link=link_to("registrations:detail", revision.registration)
    )


def changes_requested(ids: Ids, recipient: Recipient) -> EmailMultiAlternatives:
    """What the reviewer asks to change, with a link to the form."""
    return _asks_for_changes(_revision(ids), recipient)


def rejected(ids: Ids, recipient: Recipient) -> EmailMultiAlternatives:
    """Why the reviewer rejected it."""
    return _says_why_not(_revision(ids), recipient)


def preview(decision: str, revision: Revision, *, note: str, **made: object) -> EmailMultiAlternatives:
    """The email that the submitter would get about the decision with this note.

    ``made`` is what the email about an approval names besides. Nothing is stored or sent.
    """
    undecided, revision.note = revision.note, note.strip()
    try:
        return _DECIDED[decision](revision, Recipient(None, revision.submitted_by.email), **made)
    finally:
        revision.note = undecided


def _asks_for_changes(revision: Revision, recipient: Recipient) -> EmailMultiAlternatives:
    return _about(
        revision,
        "changes_requested",
        recipient,
        note=revision.note,
        remarks=_remarks(revision),
        link=link_to("registrations:edit", revision.registration),
    )


def _says_why_not(revision: Revision, recipient: Recipient) -> EmailMultiAlternatives:
    return _about(
        revision,
        "rejected",
        recipient,
        note=revision.note,
        remarks=_remarks(revision),
        link=link_to("registrations:detail", revision.registration),
    )


def _says_yes(revision: Revision, recipient: Recipient, **made: object) -> EmailMultiAlternatives:
    return _about(
        revision,
        "approved",
        recipient,
        note=revision.note,
        remarks=_remarks(revision),
        accepted=_accepted(revision),
        link=link_to("registrations:credentials", revision.registration),
        **made,
    )


_DECIDED: dict[str, Callable[..., EmailMultiAlternatives]] = {
    "approve": _says_yes,
    "request_changes": _asks_for_changes,
    "reject": _says_why_not,
}


def approved(ids: Ids, recipient: Recipient) -> EmailMultiAlternatives:
    """The client is live: where its credentials are, and until when the secret can be revealed."""
    revision = _revision(ids)
    registration = revision.registration
    return _says_yes(
        revision,
        recipient,
        client_id=registration.client_id,
        granted=revision.scopes(),
        refused=revision.refused_scopes(),
        reveal_until=reveal_until(registration),
        exception=PkceException.objects.filter(revision=revision, status=PkceStatus.IN_FORCE).first(),
    )


def applied(ids: Ids, recipient: Recipient) -> EmailMultiAlternatives:
    """A change that needed no review is in effect: what changed, and who made it."""
    revision = _revision(ids)
    changes = difference(_replaced(revision).metadata(), revision.metadata())
    return _about(
        revision,
        "applied",
        recipient,
        fields=[change.label for change in changes],
        link=link_to("registrations:detail", revision.registration),
    )


def secret_revealed(ids: Ids, recipient: Recipient) -> EmailMultiAlternatives:
    """Who revealed the secret, and what to do if that was not intended."""
    secret = _secret(ids)
    return _about_secret(secret, "secret_revealed", recipient, by=secret.revealed_by, at=secret.revealed_at)


def secret_lapsed(ids: Ids, recipient: Recipient) -> EmailMultiAlternatives:
    """Nobody revealed the secret in time; how to get another."""
    return _about_secret(_secret(ids), "secret_lapsed", recipient)


# --- Recipients ----------------------------------------------------------------------------


def _partners_and_reviewers(ids: Ids) -> list[Recipient]:
    """The partner's people, and the reviewers only while there is something to decide."""
    revision = _revision(ids)
    partners = _partners(ids)
    if revision.status != RevisionStatus.UNDER_REVIEW:
        return partners
    staff = User.objects.filter(is_staff=True, is_active=True).order_by("pk")
    reviewers = (user for user in staff if permissions.can_review(user, revision.registration))
    return partners + [Recipient(user.pk) for user in reviewers]


def _partners(ids: Ids) -> list[Recipient]:
    return partners_of(_revision(ids))


def partners_of(revision: Revision) -> list[Recipient]:
    """Its submitter, if they still belong to the organisation, and the organisation's admins."""
    return members_of(revision.registration, revision.submitted_by_id)


def _partners_of_secret(ids: Ids) -> list[Recipient]:
    """The submitter, the admins, and the person who revealed it, so that they notice if it was not them."""
    secret = _secret(ids)
    return members_of(secret.registration, _live(secret).submitted_by_id, secret.revealed_by_id)


def members_of(registration: Registration, *people: int | None) -> list[Recipient]:
    """Those of the people who still belong to the organisation, and its admins."""
    named = Q(user_id__in=[person for person in people if person is not None])
    members = Membership.objects.filter(
        named | Q(role=Role.ADMIN), organisation=registration.organisation_id, user__is_active=True
    )
    return [Recipient(user_id) for user_id in members.order_by("user_id").values_list("user_id", flat=True)]


def _may_review(recipient: Recipient, registration: Registration) -> bool:
    if recipient.user_id is None:
        return False
    return permissions.can_review(User.objects.get(pk=recipient.user_id), registration)


class Remark(NamedTuple):
    """A comment as an email quotes it."""

    label: str
    text: str


# --- Content -------------------------------------------------------------------------------


def _revision(ids: Ids) -> Revision:
    return Revision.objects.select_related("registration__organisation", "submitted_by").get(
        pk=ids["revision_id"]
    )


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


def _accepted(revision: Revision) -> list[str]:
    """The values in the revision's override requests that a reviewer accepted."""
    pairs = set(revision.registration.overrides.values_list("rule", "value"))
    return [request.value for request in revision.override_requests() if request.pair in pairs]


def _replaced(revision: Revision) -> Revision:
    """The revision that was live before this one; those between the two never took effect."""
    were_live = revision.registration.revisions.filter(status=RevisionStatus.SUPERSEDED)
    return were_live.filter(number__lt=revision.number).latest("number")


def _secret(ids: Ids) -> ClientSecret:
    return ClientSecret.objects.select_related("registration__organisation", "revealed_by").get(
        pk=ids["secret_id"]
    )


def _live(secret: ClientSecret) -> Revision:
    """The live revision of the client; there is one, as secrets are issued from the first approval on."""
    return secret.registration.revisions.get(status=RevisionStatus.APPROVED)


def _about(
    revision: Revision, template: str, recipient: Recipient, **context: object
) -> EmailMultiAlternatives:
    names = {
        "client_name": revision.client_name,
        "organisation": revision.registration.organisation.name,
        "environment": revision.environment,
        "number": revision.number,
        "submitted_by": revision.submitted_by.get_full_name(),
    }
    return render(template, {**names, **context}, address_of(recipient))


def _about_secret(
    secret: ClientSecret, template: str, recipient: Recipient, **context: object
) -> EmailMultiAlternatives:
    registration = secret.registration
    names = {
        "client_name": _live(secret).client_name,
        "environment": registration.environment,
        "hint": secret.hint,
        "link": link_to("registrations:credentials", registration),
    }
    return render(template, {**names, **context}, address_of(recipient))


def address_of(recipient: Recipient) -> str:
    if recipient.address is None:
        raise ValueError("The outbox hands over the address when the email is sent.")
    return recipient.address


def reveal_until(registration: Registration) -> datetime | None:
    """When the secret that waits to be revealed lapses; None where none waits."""
    waiting = registration.secrets.filter(status=SecretStatus.SEALED, reveal_until__gt=timezone.now())
    return waiting.values_list("reveal_until", flat=True).first()


def link_to(page: str, registration: Registration) -> str:
    return absolute(reverse(page, args=[registration.uuid]))


EMAILS: dict[str, Email] = {
    email.name: email
    for email in (
        Email("submitted", _partners_and_reviewers, submitted),
        Email("changes_requested", _partners, changes_requested),
        Email("rejected", _partners, rejected),
        Email("approved", _partners, approved),
        Email("applied", _partners, applied),
        Email("secret_revealed", _partners_of_secret, secret_revealed),
        Email("secret_lapsed", _partners_of_secret, secret_lapsed),
    )
}
"""The emails of this module by name, for the worker."""
