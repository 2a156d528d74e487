"""After the reveal the secret is in the browser and nowhere else.

The search itself is tried on a canary, in every disguise and in every channel.
"""

import logging
import secrets as system_random
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.admin.models import CHANGE, LogEntry
from django.core import mail
from django.core.cache import cache
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from portal.accounts.emails import EMAILS as ACCOUNT_EMAILS
from portal.audit import events
from portal.outbox.worker import run_once
from portal.sessions.models import StoredSession
from portal.sessions.store import SessionStore
from registrations.api.tally import TALLY
from registrations.emails import EMAILS
from registrations.workflow import secrets
from tests.api.calling import a_token, bearer, verify
from tests.support import people
from tests.support.leaks import disguises, holds
from tests.support.people import sign_in
from tests.support.registrations import approved, revealed


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def log(caplog):
    """Everything that anybody logs, SQL and its parameters included."""
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.DEBUG, logger="django.db.backends")
    connection.force_debug_cursor = True
    yield caplog
    connection.force_debug_cursor = False


def dump():
    """Every row of every table, as bytes."""
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            for row in cursor.fetchall():
                yield from (
                    bytes(cell) if isinstance(cell, memoryview) else str(cell).encode() for cell in row
                )


def database_files():
    """What SQLite wrote: the file and its write-ahead log."""
    if connection.vendor == "sqlite":
        name = str(connection.settings_dict["NAME"])
        for path in (Path(name), Path(name + "-wal")):
            if path.exists():
                yield path.read_bytes()


def channels(log):
    """Everything that is kept, sent or written, by name."""
    return {
        "dump": b"\n".join(dump()),
        "database files": b"\n".join(database_files()),
        "log": "\n".join(f"{record.getMessage()} {record.__dict__}" for record in log.records).encode(),
        "mail": b"\n".join(message.message().as_bytes() for message in mail.outbox),
        "session": str(
            [SessionStore().decode(row.session_data) for row in StoredSession.objects.all()]
        ).encode(),
        "media": b"\n".join(path.read_bytes() for path in Path(settings.MEDIA_ROOT).rglob("*.*")),
    }


def send_emails():
    run_once(ACCOUNT_EMAILS | EMAILS, [secrets.lapse_due])


def whole_journey():
    """Two clients approved, revealed and looked at again; answers with the secrets in clear."""
    partner, reviewer = people.partner(), people.reviewer()
    client, desk = sign_in(Client(), partner), sign_in(Client(), reviewer)
    plain = []
    for _ in range(2):
        registration = approved(partner, reviewer)
        secret = registration.secrets.get()
        address = f"/registrations/{registration.uuid}/secrets/{secret.uuid}/reveal/"
        page = client.post(address)
        plain.append(page.text.split("data-secret")[1].split(">")[1].split("<")[0].strip())
        client.post(address)
        for look in ("", "credentials/"):
            assert client.get(f"/registrations/{registration.uuid}/{look}").status_code == 200
        assert desk.get(f"/admin/registrations/registration/{registration.uuid}/review/").status_code == 200
    secrets.rotate(registration.uuid, by=partner, grace="now", signed_in_at=timezone.now())
    send_emails()
    return plain


@pytest.mark.django_db(transaction=True)
def test_no_channel_holds_a_secret(log):
    plain = whole_journey()
    assert [len(secret) for secret in plain] == [64, 64]
    assert mail.outbox
    for name, blob in channels(log).items():
        for secret in plain:
            assert not holds(secret, blob), name


CANARY = system_random.token_hex(32)


def plant_in_dump():
    with transaction.atomic():
        events.record("canary", by=None, stream=people.partner().pseudonym, detail={"x": CANARY})


def plant_in_admin_history():
    user = people.lead()
    LogEntry.objects.create(user=user, action_flag=CHANGE, object_repr=CANARY, change_message="")


def plant_in_log():
    logging.getLogger("anything").debug("seen %s", CANARY)


def plant_in_sql():
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s", [CANARY])


def plant_in_mail():
    mail.send_mail("Hello", f"Your secret: {CANARY}", "a@portal.example", ["b@client.example"])


def plant_in_session():
    client = sign_in(Client(), people.partner())
    session = client.session
    session["seen"] = CANARY
    session.save()


def plant_in_media():
    (Path(settings.MEDIA_ROOT) / "x.txt").write_text(CANARY)


def plant_in_cache():
    cache.set("seen", {"secret": CANARY})


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("plant", "channel"),
    [
        (plant_in_dump, "dump"),
        (plant_in_admin_history, "dump"),
        (plant_in_cache, "dump"),
        (plant_in_session, "dump"),
        (plant_in_session, "session"),
        (plant_in_log, "log"),
        (plant_in_sql, "log"),
        (plant_in_mail, "mail"),
        (plant_in_media, "media"),
    ],
)
def test_a_canary_is_found_in_each_channel(log, plant, channel):
    assert not holds(CANARY, channels(log)[channel])
    plant()
    assert holds(CANARY, channels(log)[channel])


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "sqlite", reason="the server's files are not ours to read")
def test_a_canary_is_found_in_the_database_files(log):
    plant_in_admin_history()
    assert holds(CANARY, channels(log)["database files"])


@pytest.mark.parametrize("name", disguises(CANARY))
def test_the_search_sees_through_each_disguise(name):
    assert holds(CANARY, b"before " + disguises(CANARY)[name] + b" after")
    assert not holds("0" * 64, b"before " + disguises(CANARY)[name] + b" after")


@pytest.mark.django_db
def test_a_secret_that_an_authorization_server_presented_is_nowhere(client, log):
    (registration, text), token = revealed(people.partner(), people.reviewer()), a_token()
    address = f"/api/v1/clients/{registration.client_id}/verify-secret"
    said = [verify(client, token, registration, text)]
    for kind in ("application/json", "text/plain", "application/x-www-form-urlencoded"):
        body = f'{{"client_secret": ["{text}"]}}'
        said.append(client.post(address, body, content_type=kind, headers=bearer(token)))
    said.append(client.post(f"{address}/", {"client_secret": text}, headers=bearer(token)))
    assert [answer.status_code for answer in said] == [200, 400, 415, 415, 404]
    TALLY.book()
    assert not any(holds(text, answer.content) for answer in said)
    for secret in (text, token):
        assert [name for name, kept in channels(log).items() if holds(secret, kept)] == []
