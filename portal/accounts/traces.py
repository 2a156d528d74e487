"""What says who a person is: the rows that are erased with them, table by table.

People are not deleted: what they did stays under their pseudonym, so rows that only refer to the account
stay.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.apps import apps
from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db.models import CharField, Count, Field, JSONField, Model, Q, QuerySet, TextField
from django.db.models.functions import Cast
from django.utils.module_loading import import_string

from portal.accounts.models import Invitation, JoinRequest, StaffRequest, User
from portal.outbox.models import Delivery, OutboxMessage
from portal.sessions.models import StoredSession

NO_ADDRESS: Final = "erased@deleted.invalid"
"""Stands where a row has to have an address."""
FAREWELL: Final = "account_deleted"
"""The email that says that the account is deleted: it is sent after that, and goes a day later."""


@dataclass(frozen=True)
class Whom:
    """Somebody to erase: an address, and the account that has it, if one has."""

    address: str
    name: str = ""
    person: User | None = None

    @property
    def people(self) -> list[int]:
        """The key of the account, if there is one, for ``__in``."""
        return [self.person.pk] if self.person else []

    @property
    def texts(self) -> list[str]:
        """What would still say who it is: address and name, as they are and as JSON writes them."""
        plain = [text for text in (self.address, self.name) if text]
        return list(dict.fromkeys([*plain, *(json.dumps(text)[1:-1] for text in plain)]))


@dataclass(frozen=True)
class Trace:
    """Rows that say who somebody is; ``words`` name them where they are counted.

    ``erase`` takes the rows and the person; by default it deletes the rows.
    """

    words: str
    rows: Callable[[Whom], QuerySet[Any]]
    erase: Callable[[QuerySet[Any], Whom], object] = lambda rows, whom: rows.delete()


def of_person(words: str, model: type[Model], column: str) -> Trace:
    """The rows whose column is the person."""
    return Trace(words, lambda whom: model._default_manager.filter(**{f"{column}__in": whom.people}))


def _about_account(whom: Whom) -> Q:
    accounts = ContentType.objects.get_for_model(User)
    about = Q(content_type=accounts, object_id__in=[str(pk) for pk in whom.people])
    return about | Q(user__in=whom.people)


TRACES: Final = (
    of_person("sessions", StoredSession, "user"),
    of_person("second factors", Authenticator, "user"),
    of_person("accounts at the sign-in provider", SocialAccount, "user"),
    of_person("email addresses", EmailAddress, "user"),
    Trace("invitations for the address", lambda whom: Invitation.objects.filter(address=whom.address)),
    Trace(
        "invitations that they sent",
        lambda whom: Invitation.objects.filter(invited_by__in=whom.people),
        lambda rows, whom: rows.update(invited_by=None),
    ),
    of_person("requests to join", JoinRequest, "person"),
    Trace(
        "requests of staff to invite the address",
        lambda whom: StaffRequest.objects.filter(address=whom.address),
        lambda rows, whom: rows.update(address=NO_ADDRESS),
    ),
    Trace("entries of the desk’s own history", lambda whom: LogEntry.objects.filter(_about_account(whom))),
    Trace(
        "emails to them",
        lambda whom: Delivery.objects.exclude(message__kind=FAREWELL).filter(
            Q(recipient__in=whom.people) | Q(address=whom.address)
        ),
    ),
    Trace(
        "emails that hold the address",
        lambda whom: OutboxMessage.objects.filter(ids__address=whom.address).exclude(kind=FAREWELL),
    ),
)


def every_trace() -> tuple[Trace, ...]:
    """These, and those that the setting ``ACCOUNTS_TRACES`` names: the portal knows no registration."""
    others: tuple[Trace, ...] = import_string(settings.ACCOUNTS_TRACES)
    return (*TRACES, *others)


def counted(whom: Whom) -> dict[str, int]:
    """How many rows of each trace there are; none of those without any."""
    found = {trace.words: trace.rows(whom).count() for trace in every_trace()}
    return {words: number for words, number in found.items() if number}


def erase_traces(whom: Whom) -> None:
    """Erase all traces, as a part of a verb."""
    for trace in every_trace():
        trace.erase(trace.rows(whom), whom)


def left(whom: Whom) -> dict[str, int]:
    """Where the address or the name still is, by table and column, with the number of rows.

    It reads every text of every table, one statement a table. Sealed, signed and compressed texts cannot be
    searched: those of the person are among the traces.
    """
    found: dict[str, int] = {}
    for model in apps.get_models():
        columns = [field.name for field in _texts_of(model)]
        rows = model._base_manager.annotate(**{f"{name}_text": Cast(name, TextField()) for name in columns})
        holding = {name: Count("pk", filter=_holds(f"{name}_text", whom)) for name in columns}
        if holding:
            counts = rows.aggregate(**{f"{name}_rows": count for name, count in holding.items()})
            found |= {f"{model._meta.label}.{name}": counts[f"{name}_rows"] for name in columns}
    return {where: number for where, number in found.items() if number}


def _texts_of(model: type[Model]) -> Iterator[Field[Any, Any]]:
    for field in model._meta.concrete_fields:
        if isinstance(field, CharField | TextField | JSONField) and not field.is_relation:
            yield field


def _holds(column: str, whom: Whom) -> Q:
    condition = Q()
    for text in whom.texts:
        condition |= Q(**{f"{column}__icontains": text})
    return condition
