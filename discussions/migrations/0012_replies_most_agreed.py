"""The replies most agreed with, found quickly among many; built while others go on writing."""

from django.db import migrations, models

_AWAY = "DROP INDEX CONCURRENTLY IF EXISTS comment_reply_most_agreed"
_MAKE = """
CREATE INDEX CONCURRENTLY comment_reply_most_agreed
    ON discussions_comment (discussion_id, agree_count DESC, id DESC)
 WHERE agree_count > 0 AND parent_id IS NOT NULL
"""
_INDEX = models.Index(
    condition=models.Q(("agree_count__gt", 0), ("parent__isnull", False)),
    fields=["discussion", "-agree_count", "-id"],
    name="comment_reply_most_agreed",
)


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("discussions", "0011_news_from_files")]

    operations = [
        migrations.RunSQL("SET statement_timeout = 0", migrations.RunSQL.noop),
        # One that was broken off leaves an index that is not valid.
        migrations.RunSQL(_AWAY, migrations.RunSQL.noop),
        migrations.RunSQL(_MAKE, _AWAY, state_operations=[migrations.AddIndex("comment", _INDEX)]),
        migrations.RunSQL("RESET statement_timeout", migrations.RunSQL.noop),
    ]
