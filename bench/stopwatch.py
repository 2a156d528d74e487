"""Measures how long functions take with as little noise from other programs as possible."""

from time import process_time_ns

ROUNDS = 25


def microseconds(*works, calls, rounds=ROUNDS, clock=process_time_ns):
    """For each function in ``works``, the least time of one call in any round, in µs; by default CPU time.

    The functions take turns in each round, so that a temporary slowdown of the machine affects all.
    """
    least = [_took(work, calls, clock) for work in works]
    for _ in range(rounds):
        least = [min(best, _took(work, calls, clock)) for best, work in zip(least, works, strict=True)]
    return [best / calls / 1000 for best in least]


def _took(work, calls, clock):
    start = clock()
    for _ in range(calls):
        work()
    return clock() - start
