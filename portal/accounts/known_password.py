"""Remember in a session that an account's password was typed there before its address is confirmed.

Anybody can open an account with somebody else's address, so a password stays valid only if the session
that confirms the address is also the one in which it was typed; docs/decisions/0007 explains why.
"""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.crypto import constant_time_compare

from portal.accounts.events import AccountEvent
from portal.accounts.models import User
from portal.audit.events import record

SESSION_KEY = "known_password"


def remember(request: HttpRequest, user: User | None) -> None:
    """Note in the session that ``user``'s password was just typed; None clears the note.

    The note is the keyed hash that Django keeps in a signed-in session, so it matches only this
    account's current password.
    """
    request.session[SESSION_KEY] = user.get_session_auth_hash() if user else ""


def is_known(request: HttpRequest, user: User) -> bool:
    """Whether ``user``'s current password was typed in this session."""
    noted = request.session.get(SESSION_KEY, "")
    return user.has_usable_password() and constant_time_compare(noted, user.get_session_auth_hash())


def end_password(user: User) -> None:
    """Make the password unusable until the account's owner chooses a new one, and record an event."""
    user.set_unusable_password()
    user.save(update_fields=["password"])
    record(AccountEvent.PASSWORD_ENDED, by=user, stream=user.pseudonym)
