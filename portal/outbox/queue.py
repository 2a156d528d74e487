"""Order a letter."""

from django.db import connection

from portal.outbox.models import OutboxMessage


def enqueue(letter: str, **ids: int | str) -> OutboxMessage:
    """Order ``letter`` about the rows ``ids``, in the transaction of the change that it tells of.

    Raises RuntimeError outside a transaction. Tokens and secrets are never among the ids, and an
    address only where there is no account.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("A letter is ordered in the transaction of the change that it tells of.")
    return OutboxMessage.objects.create(letter=letter, ids=ids)
