"""The clients of a partner as the list shows them: only the columns that it shows, in two statements."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final, NamedTuple, Self

from django.db.models import (
    DateField,
    DateTimeField,
    Exists,
    Expression,
    OuterRef,
    Q,
    Subquery,
    Value,
)
from django.db.models.functions import JSONObject
from django.utils import timezone

from portal.paging import parse_uuid
from registrations.domain.lifecycle import RegistrationStatus, RevisionStatus
from registrations.models import (
    ClientSecret,
    Comment,
    PkceException,
    RedirectUri,
    Registration,
    Revision,
    Thread,
)
from registrations.models.registration import RegistrationQuerySet
from registrations.models.revision import of_newest
from registrations.queries.overview import JsonArray
from registrations.rules.vocabulary import PkceSupport

R, V = RegistrationStatus, RevisionStatus
ENDS_SOON: Final = timedelta(days=30)
"""How long before its end a PKCE exception needs attention."""
_EXCEPTION: Final = PkceSupport.EXCEPTION_REQUESTED
_BEFORE_HOST: Final = r'://[^/"?#\\]*'
"""What comes before a part of a host, in the JSON of a list of addresses."""
_PORT: Final = re.compile(r"(?<=[^:]):[0-9]*\Z")


class MadeOnce(Expression):
    """A column whose SQL is made once: Django takes longer to make it than the database to run it."""

    def __init__(self, column: Exists | Subquery) -> None:
        super().__init__()
        self.column: Any = column
        self._made: dict[str, tuple[str, Sequence[Any]]] = {}

    def get_source_expressions(self) -> list[Any]:
        return [self.column]

    def set_source_expressions(self, exprs: Sequence[Any]) -> None:
        (self.column,) = exprs

    def copy(self) -> Self:
        """Copied to be changed, such as for another name of the table."""
        copied = super().copy()
        copied._made = {}
        return copied

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        if connection.vendor not in self._made:
            self._made[connection.vendor] = compiler.compile(self.column)
        sql, values = self._made[connection.vendor]
        return sql, [value() if callable(value) else value for value in values]


class AtExecution(Value):
    """The value that ``read`` returns when a statement runs, in a :class:`MadeOnce`."""

    def __init__(self, read: Callable[[], Any], output_field: Any) -> None:
        super().__init__(None, output_field=output_field)
        self.read = read

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        return "%s", [lambda: self.output_field.get_db_prep_value(self.read(), connection)]


class Waiting(NamedTuple):
    """What waits for the partner of a client.

    ``sealed_until`` is until when a secret can be revealed, ``excepted_until`` the last day of the PKCE
    exception, ``questions`` the uuid and the field of each open thread whose last comment is a reviewer's.
    """

    sealed_until: datetime | None
    excepted_until: date | None
    questions: Sequence[Mapping[str, str]]


def waiting_in(registration: Registration) -> Waiting:
    """What waits for the partner of a client that :func:`clients` read."""
    found = vars(registration)
    return Waiting(found["sealed_until"], found["excepted_until"], found["questions"] or [])


def clients() -> RegistrationQuerySet:
    """All registrations, with what the list shows of each; :func:`read_revisions` reads the rest.

    Leaves out drafts that were discarded before anything was submitted: nothing is left of them, not even a
    name.
    """
    return _CLIENTS.all()


def read_revisions(registrations: Sequence[Registration]) -> None:
    """Read what the list shows of their revisions: one statement.

    Reads those that tell the state by their keys, whatever number of versions a client has had.
    """
    keys = {vars(one)[name] for one in registrations for name in ("newest_revision", "live_revision")}
    telling: dict[int, list[Revision]] = {one.pk: [] for one in registrations}
    for revision in _REVISIONS.filter(pk__in=keys - {None}):
        telling[revision.registration_id].append(revision)
    for registration in registrations:
        vars(registration)["telling"] = telling[registration.pk]


def that_may_need_somebody(rows: RegistrationQuerySet) -> RegistrationQuerySet:
    """Leave out those of which it is certain that nothing waits for their partner."""
    soon = timezone.now().date() + ENDS_SOON
    is_editable = Q(newest_status=None) | ~Q(newest_status=V.UNDER_REVIEW)
    has_begun = Q(draft__isnull=False) | Q(status__in=[R.PENDING, R.SUSPENDED])
    is_asked = Q(questions__isnull=False) | Q(excepted_until__lte=soon)
    needed = Revision.objects.live().filter(registration=OuterRef("pk"), pkce_support=_EXCEPTION)
    lacks_exception = Q(Exists(needed), excepted_until=None)
    lacks_secret = Q(has_working_secret=False) | Q(sealed_until__isnull=False)
    is_waiting = is_editable & (has_begun | is_asked | lacks_exception)
    found = rows.alias(newest_status=of_newest("pk", "status")).exclude(status=R.CLOSED)
    return found.filter(is_waiting | (Q(status=R.ACTIVE) & lacks_secret))


def matching(term: str) -> Q:
    """The clients with ``term`` in a name or a redirect host of theirs, or with it as client id."""
    named = Revision.objects.filter(registration=OuterRef("pk"), client_name__icontains=term)
    found = Exists(named) | Q(draft__data__client_name__icontains=term)
    if host := _host_in(term):
        hosted = RedirectUri.objects.filter(revision__registration=OuterRef("pk"), host__contains=host)
        found |= Exists(hosted) | Q(draft__data__redirect_uris__iregex=rf"{_BEFORE_HOST}{re.escape(host)}")
    identifier = parse_uuid(term)
    return found | Q(client_id=identifier) if identifier else found


def in_environment(rows: RegistrationQuerySet, environment: str) -> RegistrationQuerySet:
    """Those of an environment: as approved, else as submitted, else as typed so far."""
    fixed, typed = Q(environment=environment), Q(revision_count=0, draft__data__environment=environment)
    submitted = Q(environment=None, newest_environment=environment)
    return rows.alias(newest_environment=of_newest("pk", "environment")).filter(fixed | submitted | typed)


def in_status(rows: RegistrationQuerySet, status: str) -> RegistrationQuerySet:
    """Those of a status of ``STATUSES``."""
    return rows.alias(newest_status=of_newest("pk", "status")).filter(STATUSES[status][1])


STATUSES: Final[Mapping[str, tuple[str, Q]]] = {
    "draft": ("Draft", Q(status=R.PENDING) & (Q(newest_status=None) | Q(newest_status=V.WITHDRAWN))),
    "under_review": ("Under review", Q(newest_status=V.UNDER_REVIEW)),
    "changes_requested": ("Changes requested", Q(status=R.PENDING, newest_status=V.SENT_BACK)),
    "rejected": ("Rejected", Q(status=R.PENDING, newest_status=V.REJECTED)),
    "live": ("Live", Q(status=R.ACTIVE, has_working_secret=True)),
    "no_secret": ("Live, no working secret", Q(status=R.ACTIVE, has_working_secret=False)),
    "suspended": ("Suspended", Q(status=R.SUSPENDED)),
    "closed": ("Closed", Q(status=R.CLOSED)),
}
"""What the list can be narrowed to, in words and as a condition. A live client with a change under review is
in both."""


def _host_in(term: str) -> str:
    """The host in a whole address, or in a part of one; empty where it has none, as a path alone."""
    return _PORT.sub("", term.lower().rpartition("://")[2].partition("/")[0])


def _built() -> RegistrationQuerySet:
    own: Any = {"registration": OuterRef("pk")}
    now: Any = AtExecution(timezone.now, DateTimeField())
    today: Any = AtExecution(lambda: timezone.now().date(), DateField())
    secrets = ClientSecret.objects.filter(**own).order_by()
    running = PkceException.objects.filter(**own).running_on(today).order_by()
    said = Comment.objects.filter(thread=OuterRef("pk"), sent_at__isnull=False).order_by("-pk")
    asking = Thread.objects.filter(Subquery(said.values("by_desk")[:1]), **own).unresolved().order_by()
    questions = asking.values("registration").annotate(all=JsonArray(JSONObject(uuid="uuid", field="field")))
    begun = Registration.objects.exclude(status=R.CLOSED, revision_count=0)
    columns = {
        "has_working_secret": Exists(secrets.working_at(now)),
        "sealed_until": Subquery(secrets.sealed().filter(reveal_until__gt=now).values("reveal_until")[:1]),
        "excepted_until": Subquery(running.values("expires_on")[:1]),
        "questions": Subquery(questions.values("all")),
        "newest_revision": of_newest("pk", "pk"),
        "live_revision": Subquery(Revision.objects.live().filter(**own).values("pk")[:1]),
    }
    annotated = begun.annotate(**{name: MadeOnce(column) for name, column in columns.items()})
    return annotated.select_related("draft__logo").only(
        *("uuid", "organisation_id", "status", "environment", "client_id", "revision_count"),
        *("created_at", "suspended_at", "closed_at", "draft__data", "draft__updated_at"),
        *("draft__logo__digest", "draft__logo__digest_128", "draft__logo__digest_256"),
    )


_CLIENTS: Final = _built()
"""Built once, since Django takes longer to build it than to run it."""
_REVISIONS: Final = (
    Revision.objects.select_related("logo")
    .order_by("-number")
    .only(
        *("registration_id", "number", "beside", "status", "environment", "client_name", "pkce_support"),
        *("submitted_at", "decided_at", "logo__digest", "logo__digest_128", "logo__digest_256"),
    )
)
