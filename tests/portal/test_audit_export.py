"""The audit log is exported as it grows: every event, in the order of the seals, whatever happens."""

import json
import socket
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from portal.audit.export import export_due
from portal.audit.models import AuditExport, Event, EventSeal
from portal.audit.seals import seal_due
from tests.support.sealed_log import event, sealed_log

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def file(settings, tmp_path):
    path = tmp_path / "audit.log"
    settings.PORTAL_AUDIT_SINK = f"file:{path}"
    return path


def lines_of(path):
    return [json.loads(line) for line in path.read_text().splitlines()]


def places(path):
    return [(line["seal"], line["position"]) for line in lines_of(path)]


def export_all():
    written = 0
    while done := export_due():
        written += done
    return written


def test_without_a_sink_nothing_is_exported():
    sealed_log(seals=1)
    assert export_due() == 0
    assert not AuditExport.objects.exists()


def test_every_event_is_exported_once_in_the_order_of_the_seals(file):
    sealed_log(seals=12, each=3)
    assert export_all() == 36
    assert places(file) == [(seal, place) for seal in range(1, 13) for place in (1, 2, 3)]
    assert {line["uuid"] for line in lines_of(file)} == set(
        map(str, Event.objects.values_list("uuid", flat=True))
    )
    assert export_all() == 0


def test_a_line_says_everything_about_the_event(file):
    sealed_log(seals=1, each=1)
    export_due()
    (line,), stored = lines_of(file), Event.objects.get()
    columns = {field.name for field in Event._meta.concrete_fields} - {"id"}
    assert set(line) == {"seal", "position", "epoch", "mac", *columns}
    assert (line["detail"], line["stream"], line["mac"]) == (
        stored.detail,
        str(stored.stream),
        stored.sealed.mac,
    )


def test_an_event_that_is_committed_late_is_exported_too(file):
    late = event(timezone.now())
    late.pk = 10
    other = event(timezone.now())
    other.pk = 11
    other.save(force_insert=True)
    seal_due()
    assert export_due() == 1
    late.save(force_insert=True)
    seal_due()
    assert export_due() == 1
    assert [line["uuid"] for line in lines_of(file)] == [str(other.uuid), str(late.uuid)]


def test_what_is_not_sealed_yet_waits(file):
    event(timezone.now()).save()
    assert export_due() == 0
    assert not file.exists()


def test_a_file_that_was_rotated_away_is_made_anew(file):
    sealed_log(seals=1, each=1)
    export_due()
    file.rename(file.with_suffix(".1"))
    event(timezone.now()).save()
    seal_due()
    export_due()
    assert places(file.with_suffix(".1")) == [(1, 1)]
    assert places(file) == [(EventSeal.objects.newest().sequence, 1)]


def test_a_sink_that_fails_is_an_alert_and_holds_up_nothing(file, caplog):
    file.mkdir()
    sealed_log(seals=2, each=1)
    assert export_due() == 0
    assert export_due() == 0
    (record,) = [one for one in caplog.records if one.levelname == "ERROR"]
    assert "audit_log_not_exported" in str(record.msg)
    assert str(file) not in str(record.msg)
    event(timezone.now()).save()
    assert seal_due() == 1


def test_after_a_failure_the_export_goes_on_where_it_was(file):
    file.mkdir()
    sealed_log(seals=2, each=1)
    export_due()
    file.rmdir()
    with time_machine.travel(timezone.now() + timedelta(minutes=2), tick=True):
        assert export_all() == 2
    assert places(file) == [(1, 1), (2, 1)]


def test_another_worker_does_not_export_at_the_same_time(file, settings):
    sealed_log(seals=1, each=1)
    AuditExport.objects.create(
        sink=settings.PORTAL_AUDIT_SINK, held_until=timezone.now() + timedelta(seconds=30)
    )
    assert export_due() == 0
    assert not file.exists()


def test_the_worker_ends_between_two_seals(file):
    sealed_log(seals=3, each=1)
    asked = iter([False, True])
    assert export_due(lambda: next(asked)) == 1
    assert export_all() == 2
    assert places(file) == [(1, 1), (2, 1), (3, 1)]


def test_standard_output_takes_the_lines(settings, capsys):
    settings.PORTAL_AUDIT_SINK = "stdout"
    sealed_log(seals=1, each=2)
    assert export_due() == 2
    assert [json.loads(line)["position"] for line in capsys.readouterr().out.splitlines()] == [1, 2]


def test_syslog_takes_each_line_as_a_message_of_rfc_5424(settings, tmp_path):
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as server:
        server.bind(str(tmp_path / "log"))
        server.settimeout(5)
        settings.PORTAL_AUDIT_SINK = f"syslog:{tmp_path / 'log'}"
        sealed_log(seals=1, each=1)
        assert export_due() == 1
        header, _, line = server.recv(65536).decode().partition(" - audit - ")
    assert header.startswith("<86>1 ")
    assert json.loads(line)["seal"] == 1


def test_a_syslog_socket_that_is_not_there_is_an_alert(settings, tmp_path, caplog):
    settings.PORTAL_AUDIT_SINK = f"syslog:{tmp_path / 'log'}"
    sealed_log(seals=1, each=1)
    assert export_due() == 0
    assert "audit_log_not_exported" in caplog.text
