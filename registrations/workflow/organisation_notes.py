"""The verb of the internal notes about an organisation, which only the desk reads."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.utils import timezone

from portal.accounts.models import Organisation, User
from portal.audit import events
from portal.refusals import NotAllowed
from registrations import permissions
from registrations.events import RegistrationEvent
from registrations.models import OrganisationNote
from registrations.workflow import desk
from registrations.workflow.locking import read
from registrations.workflow.verbs import one_transaction

_SECOND_PRESS = timedelta(minutes=1)


@one_transaction()
def write(organisation_uuid: UUID, *, by: User, text: str) -> OrganisationNote:
    """Write an internal note about an organisation, whatever state its clients are in.

    The same words within a minute are a second press and add nothing. Raises ``NotAllowed`` for everybody but
    reviewers who do not belong to the organisation, ``NotFound`` where there is none, and ``Conflict``
    without a text.
    """
    if not permissions.may_review(by):
        raise NotAllowed
    # Two presses at once come one after the other.
    organisation = read(Organisation.objects.select_for_update(of=("self",)), uuid=organisation_uuid)
    if not permissions.can_note(by, organisation):
        raise NotAllowed("Only reviewers who do not belong to the organisation can write notes about it.")
    now = timezone.now()
    written = OrganisationNote(
        organisation=organisation, author=by, text=desk.require_text(text, desk.NO_TEXT), written_at=now
    )
    same = OrganisationNote.objects.filter(organisation=organisation, author=by, text=written.text)
    if said := same.filter(written_at__gt=now - _SECOND_PRESS).first():
        return said
    written.save(force_insert=True)
    events.record(
        RegistrationEvent.ORGANISATION_NOTED,
        by=by,
        stream=organisation.uuid,
        objects=[written.audit_name],
    )
    return written
