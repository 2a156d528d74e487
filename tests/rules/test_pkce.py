"""When partners are reminded of a PKCE exception that ends (rule P-04)."""

from datetime import date

import pytest

from registrations.rules.pkce import next_reminder


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
