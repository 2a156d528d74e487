"""Whether a browser session knows the password of an account that it is not signed in to yet.

Anybody can open an account for anybody's address. The password counts only where one and the same
session typed it and confirmed the address; docs/decisions/0007 tells why.
"""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.crypto import constant_time_compare

from portal.accounts.events import AccountEvent
from portal.accounts.models import User
from portal.audit.events import record

SESSION_KEY = "known_password"


def remember(request: HttpRequest, user: User | None) -> None:
    """Notes that ``user``'s password was typed here just now; for nobody, forgets what was noted.

    The note is Django's keyed hash of the password's hash, as in the session of somebody signed in:
    another password, of this account or of another, does not match it.
    """
    request.session[SESSION_KEY] = user.get_session_auth_hash() if user else ""


def is_known(request: HttpRequest, user: User) -> bool:
    """Whether the password that ``user`` has now was typed in this session."""
    noted = request.session.get(SESSION_KEY, "")
    return user.has_usable_password() and constant_time_compare(noted, user.get_session_auth_hash())


def end_password(user: User) -> None:
    """From here on no password opens the account, until its owner chooses one. Leaves an event."""
    user.set_unusable_password()
    user.save(update_fields=["password"])
    record(AccountEvent.PASSWORD_ENDED, by=user, stream=user.pseudonym)
