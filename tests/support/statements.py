"""Counts the SQL statements of a page, without those that every request needs."""

import re
from contextlib import contextmanager

from django.db import connection
from django.test.utils import CaptureQueriesContext

LEFT_OUT = re.compile(
    r"^(BEGIN|COMMIT|SAVEPOINT|RELEASE|ROLLBACK)"
    r'|"(django_session|portal_sessions_storedsession)"'
    r'|FROM "accounts_user" WHERE "accounts_user"."id"'
    r'|FROM "accounts_membership" INNER JOIN "accounts_organisation" .*"user_id" = \S+ ORDER BY'
    r"|portal_limitcounter"
)


class Statements(list):
    """The SQL that counts; filled when the block ends."""


@contextmanager
def statements():
    """Record the statements of a block: ``with statements() as made:``.

    Afterwards ``len(made)`` is the number to compare with the budget.
    """
    made = Statements()
    with CaptureQueriesContext(connection) as captured:
        yield made
    made.extend(query["sql"] for query in captured if not LEFT_OUT.search(query["sql"]))
