"""Uses up limits."""

from portal.limits import spend


def use_up(limit, key):
    for _ in range(limit.allowed):
        spend(limit, key)
