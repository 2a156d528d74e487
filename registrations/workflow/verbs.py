"""The decorator of every verb: it opens one transaction, locks the registration and records refusals."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Collection
from functools import wraps
from typing import Concatenate, ParamSpec, Protocol, TypeVar
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from portal.accounts.models import User
from portal.audit import events
from portal.audit.models import Outcome
from portal.refusals import NotFound, Refusal
from portal.sealing import SealingKeyProblem
from registrations import permissions
from registrations.domain.lifecycle import RegistrationStatus
from registrations.events import RegistrationEvent
from registrations.models import Registration, StrangersTries
from registrations.workflow.refusals import RulesBroken

P = ParamSpec("P")
T = TypeVar("T")


class Lock(Protocol):
    """Locks the registration for ``by``, or raises the refusal that this person gets."""

    def __call__(self, uuid: UUID, *, by: User, statuses: Collection[RegistrationStatus]) -> Registration: ...


def one_transaction() -> transaction.Atomic:
    """The transaction that commits all changes of a verb or job with its event and its emails."""
    return transaction.atomic(durable=True)


def verb(
    *,
    lock: Lock,
    statuses: Collection[RegistrationStatus],
    refused: RegistrationEvent | None = None,
    about: str = "",
    last: Callable[[Registration], None] | None = None,
) -> Callable[[Callable[Concatenate[Registration, P], T]], Callable[Concatenate[UUID, P], T]]:
    """Declare a verb: callers pass the UUID of the registration, the function gets it locked.

    ``lock`` checks who may call it, and ``statuses`` in which states of the registration. An attempt that
    is refused or fails leaves the event ``refused``, or none where that is not given; ``about`` is the
    object in that event, with arguments of the call in braces. What somebody typed wrongly is no such
    attempt. ``last`` is called in the same transaction when everything else is done. Every verb takes ``by``,
    the person who calls it, as a keyword.
    """

    def declare(work: Callable[Concatenate[Registration, P], T]) -> Callable[Concatenate[UUID, P], T]:
        signature = inspect.signature(work)
        registration, *others = signature.parameters.values()
        uuid_first = [registration.replace(name="uuid", annotation="UUID"), *others]
        signature = signature.replace(parameters=uuid_first)

        @wraps(work)
        def called(uuid: UUID, *args: P.args, **kwargs: P.kwargs) -> T:
            given = signature.bind(uuid, *args, **kwargs).arguments
            try:
                with one_transaction():
                    locked = lock(uuid, by=given["by"], statuses=statuses)
                    answer = work(locked, *args, **kwargs)
                    if last:
                        last(locked)
                    return answer
            except (Refusal, SealingKeyProblem) as problem:
                if refused and not isinstance(problem, RulesBroken):
                    _record_refusal(refused, problem, by=given["by"], uuid=uuid, about=about.format(**given))
                raise

        called.__signature__ = signature  # type: ignore[attr-defined]  # the stubs leave it out
        return called

    return declare


def _record_refusal(
    event: RegistrationEvent, problem: Refusal | SealingKeyProblem, *, by: User, uuid: UUID, about: str
) -> None:
    """Record the refusal, unless there is no such registration to record it with.

    What strangers try is only counted.
    """
    registration = Registration.objects.filter(uuid=uuid).first()
    if registration is None:
        return
    if permissions.is_stranger(by, registration):
        _count_strangers_try(registration)
        return
    events.record_refusal(
        event,
        by=by,
        stream=uuid,
        outcome=Outcome.REFUSED if isinstance(problem, Refusal) else Outcome.FAILED,
        objects=[about] if about else [],
        detail={"why": "not_found" if isinstance(problem, NotFound) else type(problem).__name__},
    )


def _count_strangers_try(registration: Registration) -> None:
    """Count one try, in a transaction of its own.

    An event for each would push the history of a client out of sight.
    """
    hour = timezone.now().replace(minute=0, second=0, microsecond=0)
    counted = StrangersTries.objects.filter(registration=registration, hour=hour)
    with transaction.atomic(durable=True):
        if counted.update(tries=F("tries") + 1):
            return
        try:
            with transaction.atomic():
                StrangersTries.objects.create(registration=registration, hour=hour, tries=1)
        except IntegrityError:  # another one was first
            counted.update(tries=F("tries") + 1)
