"""A migration runs while code of before it serves on: it adds, and takes away only in a later release."""

from pathlib import Path

import pytest
from django.conf import settings
from django.db import models
from django.db.migrations import Migration, operations
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ModelState, ProjectState

from testing.migrating import breaks_old_code

BEFORE_THE_FIRST_RELEASE = {
    ("notifications", "0002_event_key_once"), ("notifications", "0010_summary_indexes"),
    ("notifications", "0015_job_runs"), ("notifications", "0022_mailing_indexes"),
    ("notifications", "0028_incoming_mail_goes_with_its_person"), ("reputation", "0002_entries_of_a_day"),
    ("reputation", "0003_a_smaller_index_of_reversals"),
}  # fmt: skip


def test_no_migration_breaks_the_code_of_before_it() -> None:
    graph, state, broken = MigrationLoader(None).graph, ProjectState(), {}
    for key in graph._generate_plan(graph.leaf_nodes(), at_end=True):
        words = list(breaks_old_code(graph.nodes[key], state))
        if words and is_ours(key[0]):
            broken[key] = words
    assert {key: words for key, words in broken.items() if key not in BEFORE_THE_FIRST_RELEASE} == {}
    assert broken.keys() == BEFORE_THE_FIRST_RELEASE


def is_ours(label: str) -> bool:
    return (Path(settings.BASE_DIR) / label).is_dir()


ADDED = models.CharField(max_length=9)


@pytest.mark.parametrize(
    ("operation", "complaints"),
    [
        (operations.AddField("post", "added", ADDED), 1),
        (operations.AddField("post", "added", models.CharField(max_length=9, default="")), 1),
        (operations.AddField("post", "added", models.CharField(max_length=9, default="", db_default="")), 0),
        (operations.AddField("post", "added", models.IntegerField(null=True)), 0),
        (operations.AlterField("post", "title", models.CharField(max_length=5)), 1),
        (operations.AlterField("post", "title", models.CharField(max_length=30, verbose_name="Title")), 0),
        (operations.AlterField("post", "title", models.CharField(max_length=20, null=True)), 0),
        (operations.AlterField("post", "title", models.TextField()), 1),
        (operations.RemoveField("post", "title"), 1),
        (operations.RenameField("post", "title", "name"), 1),
        (operations.DeleteModel("post"), 1),
        (operations.AddIndex("post", models.Index(fields=["title"], name="post_title")), 0),
        (operations.AddConstraint("post", models.UniqueConstraint(fields=["title"], name="post_once")), 1),
    ],
    ids=lambda value: value.describe() if hasattr(value, "describe") else "",
)
def test_what_breaks_old_code_is_found(operation: operations.base.Operation, complaints: int) -> None:
    fields = [("id", models.AutoField(primary_key=True)), ("title", models.CharField(max_length=20))]
    state = ProjectState({("blog", "post"): ModelState("blog", "Post", fields)})
    migration = type("Migration", (Migration,), {"operations": [operation]})("0002", "blog")
    assert len(list(breaks_old_code(migration, state))) == complaints
