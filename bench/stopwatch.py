"""CPU time of functions, as little disturbed by other programs as can be."""

import time

ROUNDS = 25


def microseconds(*works, calls, rounds=ROUNDS):
    """For each of ``works`` the least CPU time of one call in any round, in µs.

    They take turns in each round, so that a machine that is slow for a while is slow for all.
    """
    least = [_took(work, calls) for work in works]
    for _ in range(rounds):
        least = [min(best, _took(work, calls)) for best, work in zip(least, works, strict=True)]
    return [best / calls / 1000 for best in least]


def _took(work, calls):
    start = time.process_time_ns()
    for _ in range(calls):
        work()
    return time.process_time_ns() - start
