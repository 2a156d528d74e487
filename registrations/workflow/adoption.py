"""The verb of the command ``adopt_clients``: take over a client that is older than the portal.

Such a client works already, so nothing is asked of it that it does not meet: what the rules find is stored as
evidence. The partner's next change is checked and reviewed as any other.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from django.db import DataError, IntegrityError, transaction
from django.utils import timezone

from portal.accounts.actions import organisation_named
from portal.accounts.models import Organisation
from portal.audit import events
from portal.refusals import Conflict
from registrations.domain.adoption import KnownSecret, LineRefused, OlderClient, Problem
from registrations.domain.differences import difference
from registrations.domain.lifecycle import REGISTRATION, REVISION, SECRET, DecidedHow
from registrations.events import RegistrationEvent
from registrations.models import ClientSecret, Registration, Revision, Scope, SubjectType
from registrations.models.catalogue import Offer, offered
from registrations.models.revision import rule_context
from registrations.rules import overrides
from registrations.rules.findings import quote, rejections
from registrations.rules.metadata import RULES_VERSION, Metadata
from registrations.workflow import feed
from registrations.workflow.marks import book_marks
from registrations.workflow.verbs import one_transaction

_NOT_OF_THE_CLIENT: Final = frozenset({"confidential", "logo"})
"""Fields of the record that no line can hold, so they make no difference to it."""


@dataclass(frozen=True)
class Catalogue:
    """The scopes and subject types that there are, offered or not; read once for many clients."""

    offer: Offer
    scopes: frozenset[str]
    subject_types: frozenset[str]

    @classmethod
    def read(cls) -> Catalogue:
        """Read it: three statements."""
        scopes = Scope.objects.values_list("name", flat=True)
        subject_types = SubjectType.objects.values_list("code", flat=True)
        return cls(offered(), frozenset(scopes), frozenset(subject_types))

    def lacks(self, record: Metadata) -> Iterator[Problem]:
        """What the record names and the catalogue does not have."""
        unknown = [name for name in record.scope if name not in self.scopes]
        if unknown:
            names = ", ".join(map(quote, unknown))
            yield Problem("scope", f"Not in the catalogue: {names}. Add it there first.")
        preference = record.subject_type_preference
        if preference and preference not in self.subject_types:
            reason = f"Not in the catalogue: {quote(preference)}. Add it there first."
            yield Problem("subject_type_preference", reason)


@dataclass(frozen=True)
class Adoption:
    """What :func:`adopt` did: ``rejected_by`` are the rules that the line does not meet.

    A client that ``was_there`` stays as it is; ``differs_in`` are the members in which it differs.
    ``looks_like`` are other organisations whose names look like the new one's.
    """

    was_there: bool = False
    differs_in: Sequence[str] = ()
    rejected_by: Sequence[str] = ()
    new_organisation: bool = False
    looks_like: Sequence[str] = ()


def adopt(older: OlderClient, catalogue: Catalogue, *, dry_run: bool = False) -> Adoption:
    """Take over the client, active, with its client id and secrets, in one transaction.

    A client whose id is there already is left alone. ``dry_run`` does the same and takes it back. Raises
    ``LineRefused`` where a constraint or the catalogue does not allow it.
    """
    there = Registration.objects.filter(client_id=older.client_id).select_related("organisation").first()
    if there:
        return Adoption(was_there=True, differs_in=list(_differences(there, older)))
    if problems := [*catalogue.lacks(older.record), *_known_secrets(older)]:
        raise LineRefused(problems)
    try:
        with one_transaction():
            organisation, is_new = organisation_named(older.organisation)
            looks_like = [str(one) for one in organisation.looking_alike()] if is_new else []
            rejected_by = _store(older, organisation, catalogue, now=timezone.now())
            transaction.set_rollback(dry_run)
    except Conflict as conflict:
        raise LineRefused([Problem("organisation", conflict.reason)]) from None
    except (IntegrityError, DataError) as error:
        raise LineRefused([Problem("", f"The database refuses it: {_refused_by(error)}.")]) from None
    return Adoption(rejected_by=rejected_by, new_organisation=is_new, looks_like=looks_like)


def _store(
    older: OlderClient, organisation: Organisation, catalogue: Catalogue, *, now: datetime
) -> list[str]:
    """Store the client as its first version; returns the rules that reject something of it."""
    record = older.record
    registration = Registration.objects.create(
        organisation=organisation,
        status=REGISTRATION.starts["adopt"],
        environment=record.environment,
        client_id=older.client_id,
        activated_at=older.active_since or now,
        adopted_at=now,
        version=1,
        revision_count=1,
    )
    found = overrides.check(record, rule_context(catalogue.offer, record.client_name, organisation.pk))
    revision = Revision.of_record(
        record,
        registration=registration,
        number=1,
        status=REVISION.starts["adopt"],
        decided_how=DecidedHow.ADOPTED,
        submitted_at=now,
        decided_at=now,
        rules_version=RULES_VERSION,
        findings=[finding.as_json() for finding in found],
    )
    revision.insert(granted=dict.fromkeys(record.scope, True))
    # the one that goes on comes last: an old secret is older than the one that replaces it
    secrets = [_store_secret(registration, secret, now=now) for secret in reversed(older.secrets)]
    rejected_by = sorted({one.rule for one in rejections(found) if one.field not in _NOT_OF_THE_CLIENT})
    events.record(
        RegistrationEvent.REGISTRATION_ADOPTED,
        by=None,
        stream=registration.uuid,
        objects=[f"client:{older.client_id}", revision.audit_name, *secrets],
        detail={"rejected_by": rejected_by},
    )
    feed.mark(registration)
    book_marks(registration)
    return rejected_by


def _store_secret(registration: Registration, known: KnownSecret, *, now: datetime) -> str:
    """Store what is known of a secret; returns its name in events."""
    secret = ClientSecret.objects.create(
        registration=registration,
        adopted=True,
        status=SECRET.starts["adopt_ending" if known.expires_at else "adopt"],
        verifier=known.verifier,
        issued_at=now,
        expires_at=known.expires_at,
    )
    return secret.audit_name


def _known_secrets(older: OlderClient) -> Iterator[Problem]:
    """Secrets that another client has."""
    verifiers = [secret.verifier for secret in older.secrets]
    for secret in ClientSecret.objects.filter(verifier__in=verifiers).select_related("registration"):
        yield Problem("client_secrets", f"The client {secret.registration.client_id} has this secret.")


def _differences(there: Registration, older: OlderClient) -> Iterator[str]:
    """The members in which the client of the portal differs from its line."""
    live = there.revisions.live().get()
    wanted = replace(older.record, scope_reasons=live.scope_reasons())
    changed = (change.field for change in difference(live.metadata(), wanted))
    yield from (field for field in changed if field not in _NOT_OF_THE_CLIENT)
    works = there.secrets.working_at(timezone.now()).values_list("verifier", flat=True)
    if set(works) != {secret.verifier for secret in older.secrets}:
        yield "client_secrets"
    if not there.organisation.is_called(older.organisation):
        yield "organisation"
    if there.status != REGISTRATION.starts["adopt"]:
        yield "registration_status"


def _refused_by(error: Exception) -> str:
    """The name of the constraint. Nothing else of the database's message: that may quote the whole row."""
    diagnosis = getattr(error.__cause__, "diag", None)
    if diagnosis is None:
        return str(error)  # SQLite names the constraint or the column alone
    return str(diagnosis.constraint_name or diagnosis.message_primary)
