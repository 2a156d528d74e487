"""The webhooks about clients, for the authorization server of their environment.

Each says only which client has changed: the server then reads the client from the API.
"""

from __future__ import annotations

from typing import Any, Final

from django.conf import settings

from portal.outbox import queue
from portal.outbox.kinds import Ids
from portal.webhooks.kinds import Webhook
from registrations.models import Registration
from registrations.queries.client_records import in_json

UPDATED: Final = "client.updated"
SUSPENDED: Final = "client.suspended"
CLOSED: Final = "client.closed"
SECRET_CHANGED: Final = "secret.changed"  # noqa: S105 — the name of a kind


def enqueue(kind: str, registration: Registration) -> None:
    """Queue a webhook of this kind about the client, in the transaction of the change.

    Nothing is queued for a client that never was live, which no server knows, nor where the environment has
    no target. Raises KeyError for a kind that does not exist, RuntimeError outside a transaction.
    """
    webhook = WEBHOOKS[kind]
    if registration.client_id is not None and registration.environment in settings.PORTAL_WEBHOOKS:
        queue.enqueue(webhook.name, registration_id=registration.pk)


def _registration(ids: Ids) -> Registration:
    return Registration.objects.get(pk=ids["registration_id"])


def _target(ids: Ids) -> str:
    return _registration(ids).environment or ""


def _data(ids: Ids) -> dict[str, Any]:
    """Ids and the number of the live version, as they are now."""
    registration = _registration(ids)
    return {
        "client_id": str(registration.client_id),
        "environment": registration.environment,
        "version": registration.revisions.live().values_list("number", flat=True).first(),
        "updated_at": in_json(registration.record_updated_at),
    }


WEBHOOKS: Final = {
    name: Webhook(name, _target, _data) for name in (UPDATED, SUSPENDED, CLOSED, SECRET_CHANGED)
}
"""The webhooks by name, for the worker; messages that wait in the outbox are stored with these names."""
