"""Actions at the same moment, each with a database connection of its own."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from django.db import connections


def at_once(*actions):
    """Start all actions together; returns what each returned or raised."""
    line = Barrier(len(actions))

    def run(action):
        try:
            line.wait(timeout=60)
            return action()
        except Exception as error:
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(actions)) as pool:
        return list(pool.map(run, actions))
