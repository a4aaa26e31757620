"""What a moderator hid stands on the comment; the new index is built while others go on writing."""

from django.contrib.postgres.operations import AddConstraintNotValid, ValidateConstraint
from django.db import migrations, models

_INDEX = """
CREATE INDEX CONCURRENTLY comment_same_words
    ON discussions_comment (text_key) WHERE text_key IS NOT NULL
"""
_NO_INDEX = "DROP INDEX CONCURRENTLY IF EXISTS comment_same_words"


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("discussions", "0005_names_from_elsewhere"),
    ]

    operations = [
        migrations.AddField(
            model_name="comment",
            name="hidden_under",
            field=models.PositiveSmallIntegerField(
                help_text="The guideline under which it, or some of its words, are hidden.",
                null=True,
            ),
        ),
        migrations.AddField(
            model_name="comment",
            name="slow_until",
            field=models.DateTimeField(
                help_text="Of a thread, by its top: until then, replies are spaced out.", null=True
            ),
        ),
        migrations.AddField(
            model_name="comment",
            name="text_key",
            field=models.BigIntegerField(
                help_text="The same for the same words; none of a short text.", null=True
            ),
        ),
        migrations.AddField(
            model_name="discussion",
            name="mode",
            field=models.CharField(
                choices=[
                    ("publish_first", "Comments appear right away"),
                    ("hold_first", "Comments appear once a moderator has read them"),
                ],
                db_default="publish_first",
                default="publish_first",
                max_length=20,
                verbose_name="mode",
            ),
        ),
        migrations.AlterField(
            model_name="comment",
            name="reply_count",
            field=models.PositiveIntegerField(
                default=0, help_text="Replies at any depth that have a place in the thread."
            ),
        ),
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL("SET statement_timeout = 0", migrations.RunSQL.noop),
                # One that was broken off leaves an index that is not valid.
                migrations.RunSQL(_NO_INDEX, migrations.RunSQL.noop),
                migrations.RunSQL(_INDEX, _NO_INDEX),
                migrations.RunSQL("RESET statement_timeout", migrations.RunSQL.noop),
            ],
            state_operations=[
                migrations.AddIndex(
                    "comment",
                    models.Index(
                        condition=models.Q(("text_key__isnull", False)),
                        fields=["text_key"],
                        name="comment_same_words",
                    ),
                ),
            ],
        ),
        AddConstraintNotValid(
            model_name="comment",
            constraint=models.CheckConstraint(
                condition=models.Q(("slow_until", None), ("parent", None), _connector="OR"),
                name="comment_slow_at_its_top",
            ),
        ),
        ValidateConstraint("comment", "comment_slow_at_its_top"),
    ]
