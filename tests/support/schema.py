"""A database's schema, in a form that makes two databases comparable."""

POSTGRESQL = """
    SELECT concat_ws(' ', 'column', table_name, column_name, data_type, character_maximum_length,
                     is_nullable, column_default, identity_generation)
    FROM information_schema.columns WHERE table_schema = 'public'
    UNION ALL
    SELECT concat_ws(' ', 'constraint', conrelid::regclass, conname, convalidated, pg_get_constraintdef(oid))
    FROM pg_constraint WHERE connamespace = 'public'::regnamespace
    UNION ALL
    SELECT concat_ws(' ', 'index', indisvalid, pg_get_indexdef(indexrelid))
    FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid WHERE relnamespace = 'public'::regnamespace
    UNION ALL
    SELECT concat_ws(' ', 'trigger', pg_get_triggerdef(oid)) FROM pg_trigger WHERE NOT tgisinternal
"""
SQLITE = "SELECT type || ' ' || tbl_name || ' ' || sql FROM sqlite_master WHERE sql IS NOT NULL"


def described(execute, vendor):
    """One line for each column, constraint, index and trigger; the order of columns does not matter.

    ``execute`` runs a statement and returns its rows.
    """
    rows = [row[0] for row in execute(POSTGRESQL if vendor == "postgresql" else SQLITE)]
    if vendor == "postgresql":
        return sorted(rows)
    return sorted(line for row in rows for line in _parts(row))


def _parts(row):
    """An SQLite table as one line for each of its columns and constraints."""
    if not row.startswith("table"):
        return [row]
    head, body = row.split("(", 1)
    parts, depth = [""], 0
    for mark in body.rstrip(")"):
        depth += (mark == "(") - (mark == ")")
        if mark == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += mark
    return [f"{head.replace('CREATE TABLE ', '')}{part.strip()}" for part in parts]


def of(connection):
    """The schema of one of Django's connections."""

    def execute(sql):
        with connection.cursor() as cursor:
            cursor.execute(sql)
            return cursor.fetchall()

    return described(execute, connection.vendor)
