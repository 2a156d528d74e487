"""Where to report a vulnerability (RFC 9116)."""

from datetime import date

import pytest
from django.test import Client

from portal import security_txt
from tests.support import people

ADDRESS = "/.well-known/security.txt"


@pytest.fixture
def contacts(settings):
    settings.PORTAL_SECURITY_CONTACT = ["mailto:security@portal.example", "https://portal.example/report"]
    settings.PORTAL_SECURITY_EXPIRES = date(2026, 5, 31)


@pytest.fixture
def alerts(caplog):
    """What the log says of the last day, as an error."""
    security_txt._warn.cache_clear()
    return lambda: [
        record.msg["days_left"]
        for record in caplog.records
        if record.levelname == "ERROR" and "security_txt_expires" in str(record.msg)
    ]


def test_it_names_the_contacts_in_their_order_and_until_when(contacts):
    answer = Client().get(ADDRESS)
    assert answer.status_code == 200
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    assert answer.text.splitlines() == [
        "Contact: mailto:security@portal.example",
        "Contact: https://portal.example/report",
        "Expires: 2026-05-31T23:59:59Z",
        "Preferred-Languages: en",
        "Canonical: https://testserver/.well-known/security.txt",
    ]


def test_it_carries_the_headers_of_every_answer_and_no_cookie(contacts):
    answer = Client().get(ADDRESS)
    assert "default-src 'none'" in answer["Content-Security-Policy"]
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["X-Frame-Options"] == "DENY"
    assert not answer.cookies


def test_it_is_read_only(contacts):
    assert Client().head(ADDRESS).status_code == 200
    assert Client().post(ADDRESS).status_code == 405


@pytest.mark.django_db
def test_without_a_contact_there_is_none():
    assert Client().get(ADDRESS).status_code == 404


@pytest.mark.django_db
def test_staff_without_a_second_factor_read_it_as_everybody_does(contacts, client):
    people.sign_in(client, people.reviewer(), second_factor=False)
    assert client.get(ADDRESS).status_code == 200


@pytest.mark.parametrize(
    ("today", "expected"),
    [("2026-04-30", []), ("2026-05-01", [30]), ("2026-05-31", [0]), ("2026-06-02", [-2])],
)
def test_the_log_says_that_the_last_day_is_near_or_past(today, expected, contacts, alerts, time_machine):
    time_machine.move_to(f"{today} 12:00Z")
    security_txt.warn_due()
    assert alerts() == expected


def test_the_log_says_it_once_a_day(contacts, alerts, time_machine):
    for moment in ("2026-05-20 00:00Z", "2026-05-20 23:59Z", "2026-05-21 00:01Z"):
        time_machine.move_to(moment)
        security_txt.warn_due()
    assert alerts() == [11, 10]


def test_without_a_contact_the_log_says_nothing(alerts):
    security_txt.warn_due()
    assert alerts() == []
