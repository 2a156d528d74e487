"""The sessions of the release before this one, which are stored under their keys.

It serves beside this one during an upgrade and knows only its own table. Its sessions are taken over one by
one as they are used, and their rows stay until they lapse or are ended. The release after this one drops this
module: by then all of them have lapsed.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Final

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.utils import timezone

from portal.sessions.models import StoredSession, hashed

LASTING: Final = timedelta(hours=12)
"""How long that release keeps a session after it was saved."""


def take_over(key: str, user_of: Callable[[str], str | None]) -> bool:
    """Store the session of this key under its hash; False where that release has none.

    ``user_of`` reads the person's primary key out of the stored data. When it began is not known: at the
    latest when it was saved last.
    """
    found = Session.objects.filter(session_key=key, expire_date__gt=timezone.now()).first()
    if found is None:
        return False
    row = StoredSession(
        key_hash=hashed(key),
        user_id=int(user) if (user := user_of(found.session_data)) else None,
        session_data=found.session_data,
        created_at=found.expire_date - LASTING,
        last_used_at=timezone.now(),
    )
    StoredSession.objects.bulk_create([row], ignore_conflicts=True)  # two requests may come at once
    return True


def end(*keys: str) -> int:
    """Delete the sessions of these keys, and return how many there were."""
    return Session.objects.filter(session_key__in=keys).delete()[0]


def keys_of(user_pk: int) -> list[str]:
    """The keys of the person's sessions. The table has no column for people, so all of them are read."""
    rows = Session.objects.filter(expire_date__gt=timezone.now())
    return [row.session_key for row in rows.iterator() if row.get_decoded().get(SESSION_KEY) == str(user_pk)]
