"""Runs a management command again and again, each time in a child that dies where it is told; for tests only.

Each line on standard input is a number: the child ends with SIGKILL in place of that statement, where COMMIT
counts as one. The line that is answered has the child's wait status and 0, or the number of statements where
it came to its end.
"""

import os
import sys
from pathlib import Path

import django
from django.core.management import CommandError, call_command
from django.db import connection, connections

from tests.support.mortal_server import Countdown


def run(command, dies_at):
    """The statements that the command took; it may refuse at the end."""
    countdown = Countdown(dies_at)
    commit = connection._commit

    def commit_or_die():
        countdown.step()
        commit()

    connection._commit = commit_or_die
    with connection.execute_wrapper(countdown), Path(os.devnull).open("w") as nowhere:
        try:
            call_command(*command, stdout=nowhere, stderr=nowhere)
        except CommandError:
            return 0
    return countdown.seen


def serve(*command):
    django.setup()
    connections.close_all()
    for line in sys.stdin:
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            os.write(writing, str(run(command, int(line))).encode())
            os._exit(0)
        os.close(writing)
        _, status = os.waitpid(child, 0)
        seen = os.read(reading, 16).decode() or "0"
        os.close(reading)
        sys.stdout.write(f"{status} {seen}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    serve(*sys.argv[1:])
