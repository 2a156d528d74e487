"""Sessions that end when an epoch does, whatever is in their table."""

from __future__ import annotations

from typing import Any, Final

from django.contrib.sessions.backends import db
from django.contrib.sessions.base_session import AbstractBaseSession
from django.contrib.sessions.models import Session
from django.db.models import Subquery
from django.utils import timezone

from portal.epochs.models import Epoch

EPOCH: Final = "_epoch"
"""Where the session holds the name of the epoch in which it began.

It is missing in the sessions of a release that knew no epochs: they began before the first restore.
"""


class SessionStore(db.SessionStore):
    """Django's sessions in the database, bound to the epoch, which is read in the same statement.

    The name of this class is that of Django's: it is the salt of what is stored, so that both read it.
    """

    def load(self) -> dict[str, Any]:
        rows = self.model.objects.filter(session_key=self.session_key, expire_date__gt=timezone.now())
        row = rows.annotate(epoch=Subquery(Epoch.objects.newest_name())).first()
        data: dict[str, Any] = {EPOCH: "", **(self.decode(row.session_data) if row else {})}
        if row is None or data[EPOCH] != str(row.epoch or ""):
            self._session_key = None
            return {}
        return data

    def create_model_instance(self, data: dict[str, Any]) -> AbstractBaseSession:
        """The row to store. A session that was read stays in its epoch, whichever runs by now."""
        if EPOCH not in data:
            data = {**data, EPOCH: Epoch.objects.current()}
        return super().create_model_instance(data)


def end_all() -> int:
    """End every session, and return how many there were."""
    return Session.objects.all().delete()[0]
