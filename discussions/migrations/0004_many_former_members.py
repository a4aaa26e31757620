"""Former members have no name, and there may be many of them in a consultation.

The new index is built, and the new checks are validated, while others go on writing.
"""

from django.contrib.postgres.operations import AddConstraintNotValid, ValidateConstraint
from django.db import migrations, models

_COLUMNS = ("consultation", "name", "organisation")
_NAMED_ONCE = """
CREATE UNIQUE INDEX CONCURRENTLY participant_named_once_from_elsewhere
    ON discussions_participant (consultation_id, name, organisation)
    WHERE (NOT has_left AND member_id IS NULL)
"""
_NAMED_ONCE_BEFORE = """
CREATE UNIQUE INDEX CONCURRENTLY participant_once_per_name_from_elsewhere
    ON discussions_participant (consultation_id, name, organisation) WHERE member_id IS NULL
"""


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("discussions", "0003_participants_who_left")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL("SET statement_timeout = 0", migrations.RunSQL.noop),
                # One that was broken off leaves an index that is not valid.
                migrations.RunSQL(
                    "DROP INDEX CONCURRENTLY IF EXISTS participant_named_once_from_elsewhere",
                    migrations.RunSQL.noop,
                ),
                migrations.RunSQL(
                    _NAMED_ONCE,
                    "DROP INDEX CONCURRENTLY IF EXISTS participant_named_once_from_elsewhere",
                ),
                migrations.RunSQL(
                    "DROP INDEX CONCURRENTLY IF EXISTS participant_once_per_name_from_elsewhere",
                    _NAMED_ONCE_BEFORE,
                ),
                migrations.RunSQL("RESET statement_timeout", migrations.RunSQL.noop),
            ],
            state_operations=[
                migrations.RemoveConstraint(
                    "participant", "participant_once_per_name_from_elsewhere"
                ),
                migrations.AddConstraint(
                    "participant",
                    models.UniqueConstraint(
                        condition=models.Q(("has_left", False), ("member", None)),
                        fields=_COLUMNS,
                        name="participant_named_once_from_elsewhere",
                    ),
                ),
            ],
        ),
        migrations.RemoveConstraint("participant", "participant_has_a_name"),
        AddConstraintNotValid(
            "participant",
            models.CheckConstraint(
                condition=models.Q(
                    ("member__isnull", False),
                    models.Q(("name", ""), _negated=True),
                    ("has_left", True),
                    _connector="OR",
                ),
                name="participant_has_a_name",
            ),
        ),
        AddConstraintNotValid(
            "participant",
            models.CheckConstraint(
                condition=models.Q(
                    ("has_left", False), models.Q(("member", None), ("name", "")), _connector="OR"
                ),
                name="participant_who_left_is_nobody",
            ),
        ),
        ValidateConstraint("participant", "participant_has_a_name"),
        ValidateConstraint("participant", "participant_who_left_is_nobody"),
    ]
