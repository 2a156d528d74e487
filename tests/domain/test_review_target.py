from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registrations.domain.review_target import after_working_days, is_within_working_days

MONDAY = datetime(2026, 11, 23, 10, 30, tzinfo=UTC)


def on(day, hour=10, minute=30):
    """So many days after that Monday."""
    return MONDAY.replace(hour=hour, minute=minute) + timedelta(days=day)


@pytest.mark.parametrize(
    ("start", "days", "end"),
    [
        (on(0), 0, on(0)),
        (on(0), 2, on(2)),
        (on(2), 2, on(4)),
        (on(3), 2, on(7)),
        (on(4), 1, on(7)),
        (on(4), 2, on(8)),
        (on(4, 23, 59), 2, on(8, 23, 59)),
        (on(5), 2, on(9, 0, 0)),
        (on(6, 23, 59), 2, on(9, 0, 0)),
        (on(5), 0, on(7, 0, 0)),
        (on(0), 5, on(7)),
        (on(4), 10, on(18)),
        (on(6), 7, on(16, 0, 0)),
    ],
)
def test_weekends_do_not_count(start, days, end):
    assert after_working_days(start, days) == end


@given(st.integers(0, 60 * 24 * 365), st.integers(0, 300))
def test_it_is_as_if_one_counted_the_days(minutes, days):
    start = MONDAY + timedelta(minutes=minutes)
    moment = after_working_days(start, 0)
    for _ in range(days):
        moment += timedelta(days=1)
        while moment.weekday() > 4:
            moment += timedelta(days=1)
    assert after_working_days(start, days) == moment


@pytest.mark.parametrize(
    ("end", "is_within"),
    [(on(4), True), (on(6), True), (on(8), True), (on(8, 10, 31), False), (on(9), False)],
)
def test_an_answer_is_in_time_until_the_end_of_the_last_working_day(end, is_within):
    assert is_within_working_days(on(4), end, 2) is is_within
