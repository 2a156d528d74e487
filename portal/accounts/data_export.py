"""What the portal keeps about a person, for themselves to download."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import Q

from portal.accounts.events import AccountEvent
from portal.accounts.models import User
from portal.audit.events import record
from portal.audit.models import Event


@transaction.atomic
def export_data(*, by: User) -> dict[str, Any]:
    """The person, their memberships, and the events by them or about them, the export among them.

    Events name people by pseudonyms; the export says which one is the person's own.
    """
    pseudonym = str(by.pseudonym)
    record(AccountEvent.DATA_EXPORTED, by=by, stream=by.pseudonym)
    memberships = by.memberships.select_related("organisation").order_by("pk")
    events = Event.objects.filter(Q(actor=pseudonym) | Q(stream=by.pseudonym)).order_by("-at", "-pk")
    return {
        "person": {
            "email": by.email,
            "name": by.full_name,
            "pseudonym": pseudonym,
            "created": by.date_joined,
            "last_sign_in": by.last_login,
            "is_staff": by.is_staff,
            "notifications": by.notifications,
        },
        "memberships": [
            {"organisation": one.organisation.name, "role": one.role, "since": one.joined_at}
            for one in memberships
        ],
        "events": list(events.values("at", "verb", "outcome", "actor", "stream", "moved", "detail")),
    }
