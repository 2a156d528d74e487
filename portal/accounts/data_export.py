"""What the portal keeps about a person, for themselves to download."""

from __future__ import annotations

from typing import Any

from allauth.socialaccount.models import SocialAccount
from django.db import transaction
from django.db.models import Q

from portal.accounts.events import AccountEvent
from portal.accounts.models import PastMembership, User
from portal.audit.events import record
from portal.audit.models import Event
from portal.sessions.models import StoredSession


@transaction.atomic
def export_data(*, by: User) -> dict[str, Any]:
    """The person, their memberships, sessions, and the events by them or about them, the export among them.

    Events name people by pseudonyms; the export says which one is the person's own.
    """
    pseudonym = str(by.pseudonym)
    record(AccountEvent.DATA_EXPORTED, by=by, stream=by.pseudonym)
    memberships = by.memberships.select_related("organisation").order_by("pk")
    past = PastMembership.objects.filter(person=by).select_related("organisation").order_by("pk")
    connected = SocialAccount.objects.filter(user=by).order_by("pk")
    sessions = StoredSession.objects.lasting().filter(user=by.pk).order_by("created_at")
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
        "sign_in_provider": list(connected.values("provider", "uid", "date_joined")),
        "memberships": [
            {"organisation": one.organisation.name, "role": one.role, "since": one.joined_at}
            for one in memberships
        ],
        "past_memberships": [
            {
                "organisation": one.organisation.name,
                "role": one.role,
                "since": one.joined_at,
                "until": one.ended_at,
            }
            for one in past
        ],
        "sessions": list(sessions.values("browser", "network", "created_at", "last_used_at")),
        "events": list(events.values("at", "verb", "outcome", "actor", "stream", "moved", "detail")),
    }
