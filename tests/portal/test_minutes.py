"""What a web process does once a minute."""

import pytest
from django.db import OperationalError

from portal.server.minutes import run


@pytest.mark.parametrize("error", [OperationalError("The database is away."), KeyError("a bug")])
def test_what_fails_keeps_nothing_else_from_being_done(caplog, error):
    done = []

    def away():
        raise error

    run([away, lambda: done.append("other")])
    assert done == ["other"]
    assert [record.levelname for record in caplog.records] == ["ERROR"]
    assert "minute_failed" in str(caplog.records[0].msg)
