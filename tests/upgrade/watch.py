"""What waits for a lock inside PostgreSQL, and how long statements take beside a migration."""

import threading
import time
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field

import psycopg

LOOK = 0.05
PAUSE = 0.01
WAITING = """
    SELECT application_name, extract(epoch FROM clock_timestamp() - waitstart)::float, left(query, 150)
    FROM pg_locks JOIN pg_stat_activity USING (pid)
    WHERE NOT granted AND datname = current_database()
      AND NOT (application_name = 'migrate' AND locktype = 'virtualxid')
"""
"""What builds an index beside writers waits for old transactions as well, and is in nobody's way."""

COLUMNS = """
    SELECT column_name FROM information_schema.columns
    WHERE table_name = 'registrations_revision' AND column_name <> 'id'
"""
APART = {
    "uuid": "gen_random_uuid()",
    "number": "1 + (random() * 1e9)::int",
    "status": "'withdrawn'",
    "decided_at": "now()",
    "decided_by_id": "submitted_by_id",
}
"""What tells a new version from the one that it copies."""


@contextmanager
def lock_waits(database):
    """Yields the longest wait of each session and statement that waited, in seconds."""
    seen, stop = {}, threading.Event()

    def look():
        with psycopg.connect(database, autocommit=True) as session:
            while not stop.wait(LOOK):
                rows = session.execute(WAITING).fetchall()
                for who, seconds, query in rows:
                    seen[who, query] = max(seconds or 0.0, seen.get((who, query), 0.0))

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield seen
    finally:
        stop.set()
        thread.join()


@dataclass
class Statements:
    """Seconds that statements took, by kind, and what went wrong."""

    seconds: dict
    errors: Counter = field(default_factory=Counter)

    def findings(self, patience):
        slow = [(kind, max(took)) for kind, took in self.seconds.items() if max(took, default=0) > patience]
        return [f"a statement ({kind}) took {worst:.1f} s" for kind, worst in slow] + [
            f"a statement ({kind}) failed {n} times: {why}" for (kind, why), n in self.errors.items()
        ]


@contextmanager
def statements(database, rows):
    """Reads, changes and copies the first so many versions, with the columns that are there now."""
    with psycopg.connect(database) as session:
        known = [row[0] for row in session.execute(COLUMNS).fetchall()]
    values = ", ".join(APART.get(column, column) for column in known)
    kinds = {
        "read": "SELECT * FROM registrations_revision WHERE id = %s",
        "change": "UPDATE registrations_revision SET note = note WHERE id = %s",
        "insert": f"INSERT INTO registrations_revision ({', '.join(known)}) "
        f"SELECT {values} FROM registrations_revision WHERE id = %s",
    }
    made, stop = Statements({kind: [] for kind in kinds}), threading.Event()

    def repeat(kind, sql):
        with psycopg.connect(database, autocommit=True, prepare_threshold=None) as session:
            n = 0
            while not stop.wait(PAUSE):
                n += 1
                began = time.monotonic()
                try:
                    session.execute(sql, [1 + n * 7919 % rows])
                except psycopg.Error as error:
                    made.errors[kind, str(error).splitlines()[0]] += 1
                made.seconds[kind].append(time.monotonic() - began)

    threads = [threading.Thread(target=repeat, args=item) for item in kinds.items()]
    for thread in threads:
        thread.start()
    try:
        yield made
    finally:
        stop.set()
        for thread in threads:
            thread.join()
