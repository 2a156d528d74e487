"""The email that says that a draft, which nobody has changed for long, will be discarded."""

from __future__ import annotations

from django.core.mail import EmailMultiAlternatives
from django.db.models import QuerySet

from portal.outbox.emails import Email, Ids, Recipient
from registrations.emails.base import compose, known_version, members_of
from registrations.models import Draft


def draft_idle(ids: Ids, recipient: Recipient) -> EmailMultiAlternatives:
    """When the draft is discarded, what goes with it, and how to keep it."""
    draft = _drafts(ids).get()
    registration, version = draft.registration, known_version(draft.registration)
    typed = str(draft.data.get("client_name") or "Client without a name")
    return compose(
        "draft_idle",
        recipient,
        registration,
        version,
        kept_until=draft.kept_until,
        closes=version is None,
        is_live=registration.is_live,
        client_name=version.client_name if version else typed,
    )


def partners_of_idle(ids: Ids) -> list[Recipient]:
    """Whoever saved the draft last or started the registration, and the admins; nobody where it was saved
    or discarded since the email was queued."""
    draft = _drafts(ids).first()
    if draft is None or draft.reminded_at is None or draft.reminded_at < draft.updated_at:
        return []
    return members_of(draft.registration, draft.updated_by_id)


def _drafts(ids: Ids) -> QuerySet[Draft]:
    about = Draft.objects.select_related("registration__organisation")
    return about.filter(registration=ids["registration_id"])


EMAILS = (Email("draft_idle", partners_of_idle, draft_idle),)
