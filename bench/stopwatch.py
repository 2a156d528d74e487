"""Measures the CPU time of functions with as little noise from other programs as possible."""

import time

ROUNDS = 25


def microseconds(*works, calls, rounds=ROUNDS):
    """For each function in ``works``, the least CPU time of one call in any round, in µs.

    The functions take turns in each round, so that a temporary slowdown of the machine affects all.
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
