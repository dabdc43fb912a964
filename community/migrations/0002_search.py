from typing import Any

from django.db import migrations

from community import search_index


def install(apps: Any, schema_editor: Any) -> None:
    search_index.install(schema_editor.connection)


def remove(apps: Any, schema_editor: Any) -> None:
    search_index.remove(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("community", "0001_initial"), ("accounts", "0001_initial")]
    operations = [migrations.RunPython(install, remove)]
