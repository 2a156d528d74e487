"""How long before its end people hear of a secret that a newer one replaces, and how its end is written."""

from datetime import UTC, datetime, timedelta

import pytest

from registrations.domain.rotation import client_secret_expires_at, next_reminder

END = datetime(2026, 11, 30, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("grace", "hours_before", "reminded_before"),
    [
        ("7d", 7 * 24, 24),
        ("7d", 25, 24),
        ("7d", 24, 4),
        ("7d", 4, None),
        ("24h", 24, 4),
        ("24h", 5, 4),
        ("24h", 4, None),
        ("24h", 0, None),
    ],
)
def test_a_reminder_comes_a_day_and_four_hours_before_where_the_grace_is_longer(
    grace, hours_before, reminded_before
):
    expected = None if reminded_before is None else END - timedelta(hours=reminded_before)
    assert next_reminder(END, grace, after=END - timedelta(hours=hours_before)) == expected


def test_the_end_is_in_seconds_and_zero_for_a_secret_without_one():
    assert client_secret_expires_at(datetime(1970, 1, 2, tzinfo=UTC)) == 86_400
    assert client_secret_expires_at(None) == 0
