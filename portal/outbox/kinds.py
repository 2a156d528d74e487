"""What the worker has to know of a kind of message, whether it is an email or a webhook."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Protocol, Self

from portal.outbox.models import Delivery

Ids = Mapping[str, Any]


@dataclass(frozen=True)
class Recipient:
    """A user, an address without an account, or the target of a webhook. Its repr hides the address."""

    user_id: int | None
    address: str | None = field(default=None, repr=False)
    target: str = ""

    def as_stored(self) -> Self:
        """Without the address if they have an account, whose address is read when sending."""
        return self if self.user_id is None else replace(self, address=None)


class Kind(Protocol):
    """A kind of message: who receives it, and how it is sent, both worked out when it is sent."""

    def recipients(self, ids: Ids, /) -> list[Recipient]:
        """Who should receive the message about the rows ``ids`` now."""
        ...

    def send(self, delivery: Delivery) -> None:
        """Send it, recognisably the same each time. Raises whatever prevents that."""
        ...


class NotAccepted(Exception):  # noqa: N818 - the fault is on the other side
    """The other side answered, but does not accept the message.

    Its text is never quoted from there: it may be stored, logged and shown.
    """
