import uuid

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from portal.audit import triggers
from portal.audit.events import record, record_refusal
from portal.audit.models import Event
from tests.support import people

STREAM = uuid.UUID(int=7)


def event(verb="submit", **kwargs):
    with transaction.atomic():
        return record(verb, by=None, stream=STREAM, **kwargs)


@pytest.mark.django_db
def test_an_event_says_who_did_what_to_what():
    user = people.person("someone@client.example")
    with transaction.atomic():
        record("submit", by=user, stream=STREAM, objects=["revision:2"], detail={"seen_version": 7})
    written = Event.objects.get(stream=STREAM)
    assert (written.verb, written.outcome, written.actor) == ("submit", "done", str(user.pseudonym))
    assert (written.moved, written.detail) == (["revision:2"], {"seen_version": 7})


@pytest.mark.django_db
def test_no_column_holds_the_address():
    user = people.person("someone@client.example", full_name="Some One")
    record("submit", by=user, stream=STREAM)
    shown = str(Event.objects.values().get(stream=STREAM))
    assert "someone@" not in shown
    assert "Some One" not in shown


@pytest.mark.django_db
def test_where_no_person_acted_it_was_the_system():
    assert event().actor == "system"


@pytest.mark.django_db(transaction=True)
def test_an_event_outside_a_transaction_is_refused():
    with pytest.raises(RuntimeError):
        record("submit", by=None, stream=STREAM)
    assert not Event.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_an_event_goes_with_the_change_that_is_rolled_back():
    with transaction.atomic():
        record("submit", by=None, stream=STREAM)
        transaction.set_rollback(True)
    assert not Event.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_refusal_has_a_transaction_of_its_own():
    with transaction.atomic(), pytest.raises(RuntimeError):
        record_refusal("reveal", by=None, stream=STREAM)
    record_refusal("reveal", by=None, stream=STREAM, outcome="failed", detail={"reason": "sealing_key"})
    assert Event.objects.get().outcome == "failed"


@pytest.mark.django_db
def test_an_unknown_outcome_is_refused():
    with pytest.raises(ValueError):
        record_refusal("reveal", by=None, stream=STREAM, outcome="maybe")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("fields", "constraint"),
    [
        ({"outcome": "maybe"}, "event_outcome_known"),
        ({"verb": ""}, "event_has_verb"),
        ({"actor": ""}, "event_has_actor"),
    ],
)
def test_the_database_refuses_an_event_that_says_nothing(fields, constraint):
    whole = {"verb": "submit", "actor": "system", "stream": STREAM}
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Event.objects.create(**{**whole, **fields})
    Event.objects.create(**whole)


CHANGES = [
    "UPDATE audit_event SET verb = 'approve'",
    "UPDATE audit_event SET id = id + 1",
    "DELETE FROM audit_event",
    "DELETE FROM audit_event WHERE id > 0",
]


@pytest.mark.django_db
@pytest.mark.parametrize("statement", CHANGES)
def test_the_database_refuses_to_change_an_event(statement):
    event()
    refuses(statement)


@pytest.mark.postgres
@pytest.mark.django_db
def test_the_database_refuses_to_empty_the_log():
    event()
    refuses("TRUNCATE audit_event CASCADE")


@pytest.mark.django_db
def test_the_database_refuses_to_replace_an_event():
    written = event()
    columns = "id, uuid, at, verb, outcome, actor, stream, moved, detail"
    copied = columns.replace("verb", "'approve'", 1)
    replacing = "INSERT OR REPLACE" if connection.vendor == "sqlite" else "INSERT"
    conflict = "" if connection.vendor == "sqlite" else "ON CONFLICT (id) DO UPDATE SET verb = 'approve'"
    refuses(
        f"{replacing} INTO audit_event ({columns}) SELECT {copied} FROM audit_event WHERE true {conflict}"
    )
    written.refresh_from_db()
    assert written.verb == "submit"


@pytest.mark.django_db
@pytest.mark.parametrize(
    "change",
    [
        lambda written: Event.objects.update(verb="approve"),
        lambda written: Event.objects.all().delete(),
        lambda written: written.delete(),
        lambda written: written.save(),
    ],
)
def test_the_models_cannot_change_an_event_either(change):
    written = event()
    with pytest.raises(DatabaseError), transaction.atomic():
        change(written)
    assert Event.objects.get().verb == "submit"


def refuses(statement):
    with pytest.raises(DatabaseError, match="never"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert Event.objects.get().verb == "submit"


@pytest.mark.django_db
def test_after_all_migrations_the_triggers_are_there():
    assert trigger_names() == expected_names()


@pytest.mark.django_db
def test_triggers_can_be_lifted_and_put_back():
    triggers.remove(connection)
    assert trigger_names() == set()
    triggers.install(connection)
    triggers.install(connection)
    assert trigger_names() == expected_names()


def trigger_names():
    listing = {
        "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'audit_event'",
        "postgresql": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal"
        " AND tgrelid = 'audit_event'::regclass",
    }
    with connection.cursor() as cursor:
        cursor.execute(listing[connection.vendor])
        return {name for (name,) in cursor.fetchall()}


def expected_names():
    if connection.vendor == "postgresql":
        return {"audit_event_append_only"}
    return {"audit_event_no_update", "audit_event_no_delete", "audit_event_no_replace"}
