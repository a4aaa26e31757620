"""Indexes of few comments among many, built while others go on writing."""

from django.db import migrations, models
from django.db.migrations.operations.base import Operation


def _index(name: str, columns: str, where: str, state: models.Index) -> list[Operation]:
    away = f"DROP INDEX CONCURRENTLY IF EXISTS {name}"
    make = f"CREATE INDEX CONCURRENTLY {name} ON discussions_comment ({columns}) WHERE {where}"
    return [
        # One that was broken off leaves an index that is not valid.
        migrations.RunSQL(away, migrations.RunSQL.noop),
        migrations.RunSQL(make, away, state_operations=[migrations.AddIndex("comment", state)]),
    ]


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("discussions", "0007_from_draft_to_outcome")]

    operations = [
        migrations.RunSQL("SET statement_timeout = 0", migrations.RunSQL.noop),
        *_index(
            "comment_official",
            "discussion_id, path",
            "official_at IS NOT NULL",
            models.Index(
                condition=models.Q(("official_at__isnull", False)),
                fields=["discussion", "path"],
                name="comment_official",
            ),
        ),
        *_index(
            "comment_source",
            "source_id",
            "source_id IS NOT NULL",
            models.Index(
                condition=models.Q(("source__isnull", False)),
                fields=["source"],
                name="comment_source",
            ),
        ),
        migrations.RunSQL("RESET statement_timeout", migrations.RunSQL.noop),
    ]
