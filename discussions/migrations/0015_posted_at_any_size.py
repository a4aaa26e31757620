"""Indexes for what each post asks about its author and its thread, built while others go on
writing. Each stands in for the one of its first column alone: a post fills as many as before.
"""

import django.db.models.deletion
from django.db import migrations, models
from django.db.migrations.operations.base import Operation


def _index(state: models.Index, definition: str) -> list[Operation]:
    away = f"DROP INDEX CONCURRENTLY IF EXISTS {state.name}"
    make = f"CREATE INDEX CONCURRENTLY {state.name} ON discussions_comment {definition}"
    return [
        # One that was broken off leaves an index that is not valid.
        migrations.RunSQL(away, migrations.RunSQL.noop),
        migrations.RunSQL(make, away, state_operations=[migrations.AddIndex("comment", state)]),
    ]


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("discussions", "0014_found_at_any_size")]

    operations = [
        migrations.RunSQL("SET statement_timeout = 0", "RESET statement_timeout"),
        *_index(
            models.Index(fields=["author", "-id"], name="comment_of_author"),
            "(author_id, id DESC)",
        ),
        *_index(
            models.Index(
                fields=["parent", "posted_at"],
                name="comment_answers",
                condition=models.Q(parent__isnull=False),
            ),
            "(parent_id, posted_at) WHERE parent_id IS NOT NULL",
        ),
        migrations.AlterField(
            "comment",
            "author",
            models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="comments",
                to="discussions.participant",
            ),
        ),
        migrations.AlterField(
            "comment",
            "parent",
            models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="replies",
                to="discussions.comment",
            ),
        ),
        migrations.RunSQL("RESET statement_timeout", "SET statement_timeout = 0"),
    ]
