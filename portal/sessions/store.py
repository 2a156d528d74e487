"""The engine of the sessions: they end with their epoch and their age, whatever their data says."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.base import CreateError, SessionBase, UpdateError
from django.db import IntegrityError, transaction
from django.utils import timezone

from portal.epochs.models import Epoch
from portal.sessions import previous_release
from portal.sessions.ending import forget_ended
from portal.sessions.models import MINUTE, StoredSession, hashed
from portal.sessions.visitors import Visitor

EPOCH: Final = "_epoch"
"""Where the session holds the name of the epoch in which it began.

It is missing in the sessions of a release that knew no epochs: they began before the first restore.
"""


class SessionStore(SessionBase):
    """Sessions in ``StoredSession``, read with the epoch that runs in one statement.

    The name of this class is that of Django's: it is the salt of the data, which both releases have to read.
    """

    visitor: Callable[[], Visitor] | None = None
    """Says who sends the request; the middleware sets it."""

    def __init__(self, session_key: str | None = None) -> None:
        super().__init__(session_key)
        self._row: StoredSession | None = None

    def load(self) -> dict[str, Any]:
        """The session's data; empty, and without a key, where there is none or it has ended."""
        key = self.session_key or ""
        row = StoredSession.objects.judged().of_key(key).first()
        if row is None and previous_release.take_over(key, self._user_in):
            row = StoredSession.objects.judged().of_key(key).first()
        data: dict[str, Any] = {EPOCH: "", **(self.decode(row.session_data) if row else {})}
        if row is not None and row.has_ended(timezone.now(), of_staff=bool(row.of_staff)):
            self.delete(key)
            row = None
        if row is None or data[EPOCH] != str(row.epoch or ""):
            self._session_key = None
            return {}
        self._row = row
        self._note_use(row)
        return data

    @property
    def needs_second_factor(self) -> bool:
        """Whether an organisation of the person requires one; nobody's where the session was not read."""
        self._get_session()  # type: ignore[attr-defined]  # read at the first use
        return self._row is not None and self._row.of_strict_member

    def exists(self, session_key: str) -> bool:
        return StoredSession.objects.of_key(session_key).exists()

    def create(self) -> None:
        while True:
            self._session_key = self._get_new_session_key()  # type: ignore[attr-defined]  # left out by the stubs
            try:
                self.save(must_create=True)
            except CreateError:
                continue
            self.modified = True
            return

    def save(self, must_create: bool = False) -> None:
        """Store the session. One that was read stays in its epoch, and as old as it is for its person.

        Raises UpdateError where the session has ended meanwhile, CreateError where ``must_create`` meets one.
        """
        data = self._get_session(no_load=must_create)  # type: ignore[attr-defined]
        if self.session_key is None:
            self.create()
            return
        if EPOCH not in data:
            data = {**data, EPOCH: Epoch.objects.current()}
        row = self._as_row(self.session_key, data)
        with transaction.atomic():
            if must_create:
                self._insert(row)
            elif not self._update(row):
                raise UpdateError
        self._row = row

    def delete(self, session_key: str | None = None) -> None:
        key = session_key or self.session_key
        if key is not None:
            StoredSession.objects.of_key(key).delete()
            previous_release.end(key)

    def flush(self) -> None:
        super().flush()
        self._row = None

    @classmethod
    def clear_expired(cls) -> None:
        forget_ended()

    def _as_row(self, key: str, data: dict[str, Any]) -> StoredSession:
        now, before = timezone.now(), self._row
        user_id = int(data[SESSION_KEY]) if SESSION_KEY in data else None
        row = StoredSession(
            key_hash=hashed(key),
            user_id=user_id,
            session_data=self.encode(data),
            created_at=before.created_at if before and before.user_id == user_id else now,
            last_used_at=now,
        )
        known = before or StoredSession()
        row.browser, row.network = self.visitor() if self.visitor else (known.browser, known.network)
        return row

    def _insert(self, row: StoredSession) -> None:
        try:
            with transaction.atomic():
                row.save(force_insert=True)
        except IntegrityError:
            raise CreateError from None

    def _update(self, row: StoredSession) -> int:
        names = ("user_id", "session_data", "created_at", "last_used_at", "browser", "network")
        values = {name: getattr(row, name) for name in names}
        return StoredSession.objects.filter(pk=row.pk).update(**values)

    def _note_use(self, row: StoredSession) -> None:
        """Store that the session is used, unless that was done less than a minute ago."""
        now = timezone.now()
        if now - row.last_used_at < MINUTE and (row.browser or not self.visitor):
            return
        row.last_used_at = now
        if self.visitor:
            row.browser, row.network = self.visitor()
        values = {"last_used_at": now, "browser": row.browser, "network": row.network}
        StoredSession.objects.filter(pk=row.pk).update(**values)

    def _user_in(self, session_data: str) -> str | None:
        return self.decode(session_data).get(SESSION_KEY)
