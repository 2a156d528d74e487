"""Browsers in which somebody has signed in before, told by a cookie that is hard to come by.

The cookie holds an entry for each of the last accounts: a random name, and a keyed hash of that name, the
account and its stored password. So it names nobody, fits this account alone, and ends when the password does.
It opens nothing: it only decides what a wrong password is counted for.
"""

from __future__ import annotations

import secrets
from typing import Final

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare

from portal.accounts.models import User
from portal.keyed_hashes import keyed_hash

SALT: Final = "portal.accounts.known_devices"
LASTS: Final = 180 * 24 * 60 * 60
"""Seconds since the last sign-in."""
MOST_ACCOUNTS: Final = 5
"""The accounts that one browser remembers: colleagues may share it."""


def device_of(request: HttpRequest, person: User | None) -> str:
    """The name that this browser has for the account; empty where its owner has not signed in here."""
    for entry in _entries(request):
        if _is_of(entry, person):
            return entry[0]
    return ""


def remember(request: HttpRequest, response: HttpResponse, person: User) -> None:
    """Know this browser from now on, under a new name.

    The failures of its former name stay counted there, so that a copy of the cookie gains nothing.
    """
    name = secrets.token_urlsafe(16)
    others = [entry for entry in _entries(request) if not _is_of(entry, person)]
    entries = [(name, _mark(name, person)), *others][:MOST_ACCOUNTS]
    response.set_cookie(
        settings.KNOWN_DEVICES_COOKIE_NAME,
        signing.dumps(entries, salt=SALT),
        max_age=LASTS,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def _entries(request: HttpRequest) -> list[tuple[str, str]]:
    """What the cookie holds; nothing if it is missing, forged or too old."""
    try:
        stored = signing.loads(
            request.COOKIES.get(settings.KNOWN_DEVICES_COOKIE_NAME, ""), salt=SALT, max_age=LASTS
        )
    except signing.BadSignature:
        return []
    return [(name, mark) for name, mark in stored]


def _is_of(entry: tuple[str, str], person: User | None) -> bool:
    name, mark = entry
    return constant_time_compare(mark, _mark(name, person))


def _mark(name: str, person: User | None) -> str:
    """The hash of a device and an account. That of nobody takes as long, and is in no cookie."""
    account = f"{person.pk} {person.password}" if person else ""
    return keyed_hash(f"{name} {account}", purpose=SALT)
