"""The verb that closes an organisation. It is here, because clients that are not closed stand in its way."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import UUID

from portal.accounts.actions import lock_as_admin
from portal.accounts.closing import close_locked
from portal.accounts.models import Organisation, User
from portal.accounts.recent_sign_in import require_recent_sign_in
from portal.refusals import Conflict
from registrations.domain.lifecycle import OPEN_STATUSES
from registrations.models import Registration
from registrations.models.registration import RegistrationQuerySet
from registrations.workflow.verbs import one_transaction

CLIENTS_ARE_OPEN: Final = "Close its registrations first, and discard its drafts."


@one_transaction()
def close(organisation_uuid: UUID, *, by: User, signed_in_at: datetime | None) -> None:
    """Close the organisation for good, as one of its admins.

    All memberships end, and what is open of invitations and requests to join. Raises ``NotFound`` for
    everybody outside it, ``NotAllowed`` for a member who is no admin, ``ReauthenticationNeeded``, and
    ``Conflict`` while one of its registrations is not closed.
    """
    organisation = lock_as_admin(organisation_uuid, by=by)
    require_recent_sign_in(signed_in_at)
    if clients_in_the_way(organisation).exists():
        raise Conflict(CLIENTS_ARE_OPEN)
    close_locked(organisation, by=by)


def clients_in_the_way(organisation: Organisation) -> RegistrationQuerySet:
    """The registrations that are not closed, drafts too, the newest first."""
    return Registration.objects.filter(organisation=organisation, status__in=sorted(OPEN_STATUSES))
