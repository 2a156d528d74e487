"""What a PKCE exception covers, when it can end, and when partners are reminded of it (P-04, P-08, P-09)."""

from dataclasses import replace
from datetime import date

import pytest

from registrations.rules import metadata
from registrations.rules.pkce import RunningException, end_after, next_reminder, wished_end
from tests.rules.test_metadata import EXAMPLE, WORLD


@pytest.mark.parametrize(
    ("after", "day"),
    [
        (date(2026, 11, 30), date(2026, 12, 1)),
        (date(2026, 12, 1), date(2026, 12, 24)),
        (date(2026, 12, 24), None),
    ],
)
def test_the_days_of_the_reminders(after, day):
    assert next_reminder(date(2026, 12, 31), after=after) == day


@pytest.mark.parametrize(
    ("today", "months", "end"),
    [
        (date(2026, 11, 30), 3, date(2027, 2, 28)),
        (date(2026, 8, 31), 6, date(2027, 2, 28)),
        (date(2026, 11, 23), 12, date(2027, 11, 23)),
        (date(2026, 12, 1), 1, date(2027, 1, 1)),
        (date(2027, 3, 1), 12, date(2028, 3, 1)),
        (date(2028, 2, 29), 12, date(2029, 2, 28)),
    ],
)
def test_months_end_on_the_same_day_or_on_the_last_of_a_shorter_month(today, months, end):
    assert end_after(months, today=today) == end


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", None),
        ("2026-12-01", None),
        ("2027-11-30", None),
        ("2026-11-30", "after today"),
        ("2025-12-01", "after today"),
        ("2027-12-01", "at most twelve months"),
        ("20270331", "for example 2027-03-31"),
        ("2027-W13-3", "for example 2027-03-31"),
        ("2027-03-31T00:00", "for example 2027-03-31"),
        ("31.3.2027", "for example 2027-03-31"),
        ("2027-02-30", "for example 2027-03-31"),
        ("\u0662\u0660\u0662\u0667-03-31", "for example 2027-03-31"),
    ],
)
def test_a_wished_end_is_a_day_on_which_an_exception_can_end(text, words):
    found = wished_end(text, today=date(2026, 11, 30))
    assert (words in found.message) if words else found is None


ADDED = "https://client.example/added"
EXCEPTED = replace(
    EXAMPLE,
    pkce_support="exception_requested",
    pkce_justification="Our payment terminals cannot compute a SHA-256 digest.",
    pkce_controls="One fixed address.",
    redirect_uris=(*EXAMPLE.redirect_uris, ADDED),
)
RUNNING = RunningException(
    justification=EXCEPTED.pkce_justification,
    controls=EXCEPTED.pkce_controls,
    redirect_uris=frozenset(EXAMPLE.redirect_uris),
    scopes=frozenset(EXAMPLE.scope),
)


@pytest.mark.parametrize(
    ("changed", "is_found"),
    [
        ({}, True),
        ({"redirect_uris": EXAMPLE.redirect_uris}, False),
        ({"pkce_renewal": True}, False),
        ({"pkce_justification": "Our new payment terminals cannot compute a digest either."}, False),
        ({"pkce_controls": "Two fixed addresses."}, False),
        ({"pkce_wished_end": "2027-03-31"}, False),
    ],
)
def test_what_is_added_needs_an_exception_of_its_own_or_a_renewal(changed, is_found):
    context = replace(WORLD, exception=RUNNING, today=date(2026, 11, 30))
    found = metadata.check(replace(EXCEPTED, **changed), context)
    assert [finding.rule for finding in found] == (["P-08"] if is_found else [])
    assert all(ADDED in finding.message for finding in found)
