"""What a migration must not do, because the previous release goes on serving while it runs."""

from django.db.migrations import operations as plain
from django.db.migrations.operations.base import OperationCategory
from django.db.models import NOT_PROVIDED

from portal.online_migrations import AddCheck, BuildIndex, ReplaceCheck

CONTRACTING = (
    plain.RemoveField,
    plain.RenameField,
    plain.DeleteModel,
    plain.RenameModel,
    plain.AlterModelTable,
)
ONLINE = (AddCheck, BuildIndex, ReplaceCheck)


def faults(migration, before):
    """One sentence for each operation that breaks the rules; ``before`` is the project's state."""
    state, found = before.clone(), []
    known = {model for label, model in before.models if label == migration.app_label}
    for operation in _flat(migration.operations):
        model = getattr(operation, "model_name", getattr(operation, "name", "")).lower()
        if model in known:
            found += _faults_of(operation, migration, state)
        operation.state_forwards(migration.app_label, state)
    return found + _mixture(migration)


def _flat(operations):
    for operation in operations:
        if isinstance(operation, plain.SeparateDatabaseAndState):
            yield from _flat([*operation.database_operations, *operation.state_operations])
        else:
            yield operation


def _faults_of(operation, migration, state):
    what = operation.describe()
    if isinstance(operation, plain.RenameField) and _keeps_its_column(operation, state, migration):
        return []
    if isinstance(operation, CONTRACTING):
        return [f"{what}: the previous release still uses it."]
    if isinstance(operation, plain.AddField) and _must_be_given(operation.field):
        return [f"{what}: the previous release cannot insert, since it has no db_default."]
    if isinstance(operation, plain.AlterField):
        old = state.models[migration.app_label, operation.model_name_lower].fields[operation.name]
        return [f"{what}: {why}" for why in _changes(operation.name, old, operation.field)]
    is_plain = isinstance(operation, plain.AddIndex | plain.AddConstraint)
    if is_plain and not isinstance(operation, ONLINE):
        return [f"{what}: reads the whole table under a lock; use BuildIndex or AddCheck."]
    if isinstance(operation, ONLINE) and migration.atomic:
        return [f"{what}: needs atomic = False."]
    return []


def _keeps_its_column(operation, state, migration):
    """Only the code has another name for it: ``db_column`` was set before."""
    fields = state.models[migration.app_label, operation.model_name_lower].fields
    return fields[operation.old_name].db_column is not None


def _column(name, field):
    return field.db_column or name


def _must_be_given(field):
    return not field.many_to_many and not field.null and field.db_default is NOT_PROVIDED


def _changes(name, old, new):
    if old.null and _must_be_given(new):
        yield "the previous release may leave it empty."
    if _column(name, old) != _column(name, new):
        yield "the previous release uses the old column."
    if old.get_internal_type() != new.get_internal_type():
        yield "writes the whole table anew under a lock; add a column instead."
    if (new.db_index or new.unique) and not (old.db_index or old.unique):
        yield "reads the whole table under a lock; use BuildIndex."


def _mixture(migration):
    """Rows changed in the transaction that holds a table: everybody waits for the last row."""
    categories = [operation.category for operation in migration.operations]
    schema = any(one not in (OperationCategory.PYTHON, OperationCategory.SQL) for one in categories)
    if migration.atomic and schema and OperationCategory.PYTHON in categories:
        return ["RunPython and changes of tables in one transaction; use atomic = False or two migrations."]
    return []
