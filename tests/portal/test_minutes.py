"""What a web process does once a minute."""

from django.db import OperationalError

from portal.server.minutes import run


def test_what_fails_keeps_nothing_else_from_being_done(caplog):
    done = []

    def away():
        raise OperationalError("The database is away.")

    run([away, lambda: done.append("other")])
    assert done == ["other"]
    assert [record.levelname for record in caplog.records] == ["ERROR"]
    assert "minute_failed" in str(caplog.records[0].msg)
