import json
import logging
import sys

import pytest
import structlog
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.core.management import call_command
from django.db import DatabaseError, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from portal.observability import formatter, is_no_file, logging_config, readiness_checks
from tests.support import people

pytestmark = pytest.mark.urls("tests.portal.urls")


@pytest.fixture
def lines(caplog):
    """What was logged up to now, as it is written in production."""
    caplog.set_level(logging.DEBUG)
    written = formatter(readable=False)
    return lambda: [written.format(record) for record in caplog.records]


def request_line(lines):
    (line,) = [json.loads(line) for line in lines() if json.loads(line)["event"] == "request"]
    return line


def test_one_line_tells_of_a_request_without_path_or_query(client, lines):
    client.get("/t/plain/email-token/?next=query-token")
    line = request_line(lines)
    assert (line["method"], line["route"], line["status"]) == ("GET", "plain", 200)
    assert line["duration_ms"] >= 0
    assert line["actor"] is None
    assert "token" not in "".join(lines())


@pytest.mark.django_db
def test_a_person_is_named_by_pseudonym(client, lines):
    user = people.person("someone@client.example")
    people.sign_in(client, user)
    client.get("/t/forbidden/")
    assert request_line(lines)["actor"] == str(user.pseudonym)
    assert "someone@" not in "".join(lines())


@pytest.mark.parametrize(
    ("given", "kept"),
    [("abc-123", True), ("x" * 64, True), ("x" * 65, False), ("a b", False), ("a\n", False), ("é", False)],
)
def test_only_a_well_formed_request_id_is_kept(client, lines, given, kept):
    response = client.get("/t/plain/x/", headers={"X-Request-ID": given})
    assert (response["X-Request-ID"] == given) is kept
    assert request_line(lines)["request_id"] == response["X-Request-ID"]


def test_a_fault_is_logged_by_class_and_place_alone(client, lines):
    client.raise_request_exception = False
    assert client.get("/t/crashing/").status_code == 500
    (fault,) = [json.loads(line) for line in lines() if json.loads(line)["level"] == "error"]
    assert fault["exception"] == "RuntimeError"
    assert "crashing" in fault["frames"][-1]
    assert "stranger@" not in "".join(lines())


@pytest.mark.parametrize("path", ["/missing/email-token/", "/missing/email-token-é/", "/email-token%00/"])
def test_djangos_own_lines_do_not_show_the_path(client, lines, path):
    assert client.get(path).status_code in (400, 404)
    assert any("(no route)" in json.loads(line)["event"] for line in lines())
    assert "email-token" not in "".join(lines())


@pytest.mark.parametrize("readable", [True, False])
@pytest.mark.parametrize(
    "forged", ["a\nb", "a\r\nb", "a\u2028b", "a\x1b[2Kb", "a\x85b", "a\u202eb", "a\ud800b"]
)
def test_no_value_begins_a_line_of_its_own(readable, forged):
    ours = logging.LogRecord("portal", logging.INFO, "", 0, {"event": forged, "value": forged}, None, None)
    ours._logger, ours._name = logging.getLogger("portal"), "info"
    foreign = logging.LogRecord("django", logging.INFO, "", 0, "said %s", (forged,), None)
    for record in (ours, foreign):
        assert formatter(readable=readable).format(record).isprintable()


def test_an_exception_logged_while_handled_has_a_name(lines):
    try:
        raise ValueError("secret words")
    except ValueError:
        structlog.get_logger("portal.test").exception("failed")
        logging.getLogger("portal.test").exception("failed")
        for line in lines():
            assert json.loads(line)["exception"] == "ValueError"
            assert "secret words" not in line
    assert sys.exc_info() == (None, None, None)


@pytest.mark.parametrize(("level", "traced"), [(logging.WARNING, False), (logging.ERROR, True)])
def test_a_developer_reads_where_faults_happened_and_of_refusals_only_that(level, traced):
    try:
        raise PermissionDenied
    except PermissionDenied:
        record = logging.LogRecord("django.request", level, "", 0, "Forbidden", (), sys.exc_info())
    assert ("Traceback" in formatter(readable=True).format(record)) is traced


@pytest.mark.parametrize("readable", [True, False])
def test_a_traceback_shows_no_local_variable(readable):
    secret = "-".join(["value", "of", "a", "variable"])
    try:
        raise LookupError
    except LookupError:
        record = logging.LogRecord("portal", logging.ERROR, "", 0, "It failed.", (), sys.exc_info())
    assert secret not in formatter(readable=readable).format(record)


@pytest.mark.parametrize(
    ("route", "status", "kept"),
    [("(no route)", 200, False), ("(no route)", 304, False), ("(no route)", 404, True), ("home", 200, True)],
)
def test_a_developer_reads_of_pages_and_not_of_every_file(route, status, kept):
    said = {"event": "request", "route": route, "status": status}
    record = logging.LogRecord("portal.request", logging.INFO, "", 0, said, None, None)
    assert is_no_file(record) is kept


def test_an_unknown_level_stops_the_boot():
    with pytest.raises(ImproperlyConfigured, match="LOG_LEVEL"):
        logging_config(level="LOUD", readable=False)


@pytest.mark.parametrize("name", ["django.db.backends", "urllib3", "gunicorn.error", "redis.client"])
def test_lines_with_parameters_in_them_stay_off_at_debug(name):
    assert not logging.getLogger(name).isEnabledFor(logging.DEBUG)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("path", "level"),
    [("/livez", "debug"), ("/readyz", "debug"), ("/t/plain/x/", "info"), ("/t/none/", "info")],
)
def test_a_probe_that_is_content_leaves_no_line_at_info(client, lines, path, level):
    client.get(path)
    assert request_line(lines)["level"] == level


@pytest.mark.django_db
def test_a_probe_that_fails_leaves_a_line(client, lines, monkeypatch):
    monkeypatch.setitem(readiness_checks, "sealing_key", lambda: False)
    client.get("/readyz")
    line = request_line(lines)
    assert (line["route"], line["status"], line["level"]) == ("readyz", 503, "info")


def test_livez_asks_nothing_of_the_database(client):
    assert client.get("/livez").status_code == 200


@pytest.mark.django_db
def test_readyz_is_content_with_a_migrated_database(client):
    response = client.get("/readyz")
    assert (response.status_code, response.json()["failed"]) == (200, [])


def _fails():
    raise DatabaseError("password in here")


@pytest.mark.django_db
@pytest.mark.parametrize("check", [lambda: False, _fails])
def test_readyz_names_what_failed_and_no_more(client, monkeypatch, check):
    monkeypatch.setitem(readiness_checks, "sealing_key", check)
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json() == {"ready": False, "failed": ["sealing_key"]}


@pytest.mark.django_db
def test_readyz_sees_a_migration_that_is_missing(client):
    MigrationRecorder(connection).record_unapplied("portal", "0001_counters")
    assert client.get("/readyz").json()["failed"] == ["migrations"]


@pytest.mark.django_db
def test_readyz_is_content_with_a_database_that_is_ahead(client):
    """The next release has migrated, or was rolled back to this one."""
    MigrationRecorder(connection).record_applied("registrations", "9999_of_the_next_release")
    assert client.get("/readyz").status_code == 200


@pytest.mark.django_db(transaction=True)
def test_readyz_waits_for_the_newest_migration(client):
    newest = ("registrations", sorted(name for app, name in of_this_release() if app == "registrations")[-2])
    try:
        call_command("migrate", *newest, verbosity=0)
        assert client.get("/readyz").json()["failed"] == ["migrations"]
    finally:
        call_command("migrate", verbosity=0)
    assert client.get("/readyz").status_code == 200


@pytest.mark.django_db
def test_a_probe_reads_no_migration_from_disk_and_asks_for_them_once(
    client, monkeypatch, django_assert_num_queries
):
    client.get("/readyz")
    monkeypatch.setattr(MigrationLoader, "load_disk", lambda self: pytest.fail("read from disk"))
    with django_assert_num_queries(1) as asked:
        assert readiness_checks["migrations"]()
    assert "django_migrations" in asked[0]["sql"]


def of_this_release():
    return MigrationLoader(None).disk_migrations


def test_a_host_that_is_refused_is_not_quoted(client, lines):
    client.get("/accounts/login/", HTTP_HOST="someone@client.example")
    (line,) = [json.loads(line) for line in lines() if "DisallowedHost" in line]
    assert line["event"] == "DisallowedHost"
    assert not any("client.example" in line for line in lines())
