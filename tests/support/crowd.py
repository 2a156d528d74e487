"""Fills a database with registrations, made by the database itself in a few statements."""

from django.db import connection

from registrations.models import Registration, Revision
from tests.support.people import organisation
from tests.support.registrations import again, submitted

STATES = """
    CASE WHEN {n} % 1000 < 3 THEN 'under_review' WHEN {n} % 1000 < 6 THEN 'sent_back'
         WHEN {n} % 1000 < 9 THEN 'rejected' WHEN {n} % 1000 < 12 THEN 'withdrawn' ELSE 'approved' END
"""
"""How many of a thousand are in which state."""


def fill(count, by, reviewer):
    """Create ``count`` registrations across a hundred organisations, with one revision each."""
    first = submitted(by)
    homes = [organisation(f"Company {number:03}").pk for number in range(100)]
    with connection.cursor() as cursor:
        _registrations(cursor, count, again(first), homes)
        _revisions(cursor, first.revisions.get(), reviewer)
        _redirect_uris(cursor)
        _secrets(cursor, reviewer)
        _marks(cursor)
        _analyze(cursor)
    assert Registration.objects.count() == Revision.objects.count() == count + 1


def _analyze(cursor):
    """From all rows: what the planner takes from a sample changes from run to run."""
    if connection.vendor == "postgresql":
        cursor.execute("SET LOCAL default_statistics_target = 1000")
    cursor.execute("ANALYZE")


def _insert(cursor, table, columns, values, source):
    cursor.execute(f"INSERT INTO {table} ({', '.join(columns)}) SELECT {', '.join(values)} {source}")


def _columns(model):
    return [field.column for field in model._meta.concrete_fields if field.column != "id"]


def _registrations(cursor, count, model, homes):
    """Insert copies of the model registration."""
    live = "(n % 1000 >= 12)"
    apart = {
        "uuid": "gen_random_uuid()",
        "organisation_id": f"{homes[0]} + (n % {len(homes)})",
        "status": f"CASE WHEN {live} THEN 'active' ELSE 'pending' END",
        "environment": f"CASE WHEN {live} THEN 'staging' END",
        "client_id": f"CASE WHEN {live} THEN gen_random_uuid() END",
        "activated_at": f"CASE WHEN {live} THEN now() END",
        "version": "n",
        "revision_count": "1",
        "created_at": "now() - n * interval '1 minute'",
    }
    columns = _columns(Registration)
    values = [apart.get(column, f"m.{column}") for column in columns]
    source = f"FROM generate_series(1, {count}) AS n, registrations_registration AS m WHERE m.id = {model.pk}"
    _insert(cursor, "registrations_registration", columns, values, source)


def _revisions(cursor, model, reviewer):
    """Insert copies of the model revision, with values of their own where the copies have to differ."""
    status = STATES.format(n="r.version")
    decided = f"({status}) <> 'under_review'"
    apart = {
        "uuid": "gen_random_uuid()",
        "registration_id": "r.id",
        "status": status,
        "client_name": "md5(r.version::text)",
        "name_skeleton": "md5(r.version::text)",
        "name_start": "'32.' || left(md5(r.version::text), 10)",
        "name_middle": "'32.' || substr(md5(r.version::text), 11, 11)",
        "name_end": "'32.' || right(md5(r.version::text), 11)",
        "client_uri": "'https://www.' || md5(r.version::text) || '.example/'",
        "submitted_at": "now() - r.version * interval '1 minute'",
        "decided_at": f"CASE WHEN {decided} THEN now() - (r.version - 300) * interval '1 minute' END",
        "decided_by_id": f"CASE WHEN {decided} THEN {reviewer.pk} END",
    }
    columns = _columns(Revision)
    values = [apart.get(column, f"m.{column}") for column in columns]
    source = (
        "FROM registrations_registration AS r, registrations_revision AS m "
        f"WHERE m.id = {model.pk} AND r.id <> m.registration_id"
    )
    _insert(cursor, "registrations_revision", columns, values, source)


def _redirect_uris(cursor):
    host = "md5('host' || id) || '.example'"
    columns = ["revision_id", "position", "uri", "host"]
    values = ["id", "1", f"'https://' || {host} || '/callback'", host]
    _insert(cursor, "registrations_redirecturi", columns, values, "FROM registrations_revision")


def _secrets(cursor, reviewer):
    """Each live client has a secret that works."""
    columns = ["uuid", "status", "verifier", "hint", "issued_at", "reveal_until", "revealed_at"]
    columns += ["issued_by_id", "revealed_by_id", "registration_id"]
    values = ["gen_random_uuid()", "'active'", "md5(id::text) || md5('x' || id)", "left(md5(id::text), 4)"]
    values += [
        "now() - interval '1 day'",
        "now()",
        "now() - interval '1 hour'",
        reviewer.pk,
        reviewer.pk,
        "id",
    ]
    live = "FROM registrations_registration WHERE status = 'active'"
    _insert(cursor, "registrations_clientsecret", columns, map(str, values), live)


def _marks(cursor):
    columns = ["revision_id", "kinds", "risk", "booked_at", "again_at"]
    values = ["id", """'["write_scope"]'""", "1 + id % 500", "now()", "now() + interval '1 day'"]
    waiting = "status = 'under_review' AND id NOT IN (SELECT revision_id FROM registrations_reviewmarks)"
    _insert(
        cursor, "registrations_reviewmarks", columns, values, f"FROM registrations_revision WHERE {waiting}"
    )
