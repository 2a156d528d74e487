"""The type of an outbox webhook."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils import timezone

from portal.outbox.kinds import Ids, Recipient
from portal.outbox.models import Delivery
from portal.webhooks.sending import post, signed_headers


@dataclass(frozen=True)
class Webhook:
    """A kind of webhook: which target it is for, and what it says, read when it is sent."""

    name: str
    target: Callable[[Ids], str]
    data: Callable[[Ids], Mapping[str, Any]]

    def recipients(self, ids: Ids, /) -> list[Recipient]:
        """Its target, unless none is configured any more."""
        target = self.target(ids)
        return [Recipient(None, target=target)] if target in settings.PORTAL_WEBHOOKS else []

    def send(self, delivery: Delivery) -> None:
        """Send it with the same id each time, signed anew at the time of the attempt."""
        message, target = delivery.message, settings.PORTAL_WEBHOOKS[delivery.target]
        payload = {
            "type": self.name,
            "timestamp": message.created_at.isoformat(),
            "data": self.data(message.ids),
        }
        body = json.dumps(payload).encode()
        now = int(timezone.now().timestamp())
        post(target.url, body, signed_headers(target.keys, str(message.uuid), now, body))
