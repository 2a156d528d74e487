from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction

from portal.limits import Limit, TooManyRequests, client_address, forget_past_windows, spend
from portal.models import LimitCounter

THREE = Limit("three", allowed=3, seconds=60)
NOON = "2026-05-01T12:00:00Z"


def passes(limit=THREE, key="somebody"):
    try:
        spend(limit, key)
    except TooManyRequests:
        return False
    return True


@pytest.mark.django_db
def test_what_is_allowed_passes_and_the_next_does_not():
    assert [passes() for _ in range(5)] == [True, True, True, False, False]


@pytest.mark.django_db
def test_the_refusal_says_when_the_window_ends():
    with time_machine.travel(NOON, tick=False) as clock:
        for _ in range(3):
            spend(THREE, "somebody")
        clock.shift(45)
        with pytest.raises(TooManyRequests) as refusal:
            spend(THREE, "somebody")
    assert refusal.value.retry_after == 15


@pytest.mark.django_db
def test_a_new_window_begins_when_the_old_one_is_over():
    with time_machine.travel(NOON, tick=False) as clock:
        assert [passes() for _ in range(4)] == [True, True, True, False]
        clock.shift(59)
        assert not passes()
        clock.shift(1)
        assert [passes() for _ in range(4)] == [True, True, True, False]


@pytest.mark.django_db
def test_people_and_limits_do_not_share_a_counter():
    for _ in range(3):
        spend(THREE, "somebody")
    assert passes(key="somebody else")
    assert passes(limit=Limit("other", allowed=1, seconds=60))


@pytest.mark.django_db
def test_the_table_does_not_say_whose_counter_it_is():
    spend(THREE, "someone@client.example")
    assert "someone" not in str(LimitCounter.objects.values().get())


@pytest.mark.django_db
def test_only_past_windows_are_forgotten():
    with time_machine.travel(NOON, tick=False) as clock:
        spend(THREE, "early")
        clock.shift(30)
        spend(THREE, "late")
        clock.shift(30)
        assert forget_past_windows() == 1
        assert LimitCounter.objects.count() == 1


@pytest.mark.django_db
def test_the_database_refuses_a_counter_of_nothing():
    with pytest.raises(IntegrityError, match="limit_counter_spent_something"), transaction.atomic():
        LimitCounter.objects.create(key="k", spent=0, window_ends=1)


@pytest.mark.django_db(transaction=True)
def test_twenty_at_once_get_exactly_what_is_allowed():
    limit, together = Limit("seven", allowed=7, seconds=600), Barrier(20)

    def one(_):
        together.wait()
        try:
            return passes(limit)
        finally:
            connection.close()

    with ThreadPoolExecutor(20) as people:
        assert sum(people.map(one, range(20))) == 7


@pytest.mark.parametrize(
    ("proxies", "forwarded", "address"),
    [
        (0, "203.0.113.9", "192.0.2.1"),
        (1, "203.0.113.9", "203.0.113.9"),
        (1, "198.51.100.66, 203.0.113.9", "203.0.113.9"),
        (2, "198.51.100.66, 203.0.113.9, 10.0.0.1", "203.0.113.9"),
        (2, "203.0.113.9", "192.0.2.1"),
        (1, "", "192.0.2.1"),
        (1, "not an address", "192.0.2.1"),
        (1, "2001:db8::1", "2001:db8::1"),
    ],
)
def test_only_our_own_proxies_are_believed(rf, settings, proxies, forwarded, address):
    settings.TRUSTED_PROXY_COUNT = proxies
    request = rf.get("/", headers={"X-Forwarded-For": forwarded}, REMOTE_ADDR="192.0.2.1")
    assert client_address(request) == address
