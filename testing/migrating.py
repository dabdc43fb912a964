"""Whether old code can serve on after a migration, until its processes are replaced."""

from collections.abc import Iterator

from django.db.migrations import Migration, operations
from django.db.migrations.state import ProjectState
from django.db.models import Field, ManyToManyField
from django.db.models.fields import NOT_PROVIDED

TAKE_AWAY = (operations.RemoveField, operations.DeleteModel, operations.RenameField, operations.RenameModel)
REFUSE = (operations.AddConstraint, operations.AlterUniqueTogether)
NO_MATTER = {
    "choices",
    "verbose_name",
    "help_text",
    "blank",
    "validators",
    "default",
    "db_default",
    "db_index",
}


def breaks_old_code(migration: Migration, state: ProjectState) -> Iterator[str]:
    """In words, each operation after which old code would fail. `state`: before it; it is changed."""
    made = set[str]()
    for operation in migration.operations:
        before = state.clone()
        operation.state_forwards(migration.app_label, state)
        if isinstance(operation, operations.CreateModel):
            made.add(operation.name_lower)
        if getattr(operation, "model_name_lower", "") in made:
            continue  # old code does not know the table
        said = operation.describe()
        if isinstance(operation, TAKE_AWAY):
            yield f"{said}: it is still asked for"
        elif isinstance(operation, REFUSE):
            yield f"{said}: old code may write what it refuses"
        elif isinstance(operation, operations.AddField) and not _may_be_left_out(operation.field):
            yield f"{said}: old code writes rows without it, and it has no db_default"
        elif isinstance(operation, operations.AlterField):
            model = before.models[migration.app_label, operation.model_name_lower]
            if not _is_as_wide(model.fields[operation.name_lower], operation.field):
                yield f"{said}: it takes less than before, or something else"


def _may_be_left_out(field: "Field[object, object]") -> bool:
    return field.null or field.db_default is not NOT_PROVIDED or isinstance(field, ManyToManyField)


def _is_as_wide(old: "Field[object, object]", new: "Field[object, object]") -> bool:
    if type(old) is not type(new):
        return False
    (*_kind, before), (*_kind, after) = old.deconstruct()[1:], new.deconstruct()[1:]
    changed = {name for name in {*before, *after} if before.get(name) != after.get(name)} - NO_MATTER
    if new.null:
        changed.discard("null")
    if (new.max_length or 0) >= (old.max_length or 0):
        changed.discard("max_length")
    return not changed
