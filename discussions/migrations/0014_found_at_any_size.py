"""What finds a few among a million comments, built while others go on writing."""

import django.db.models.deletion
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import migrations, models
from django.db.migrations.operations.base import Operation
from django.db.models import Case, F, Func, Q, TextField, Value, When
from django.db.models.functions import Cast

_SCOPE, _KIND = 1 << 35, 1 << 32
_PLACES = (
    ("discussion", 0, 512),
    ("discussion", _KIND, 16384),
    ("discussion", 2 * _KIND, 262144),
    ("prompt", 3 * _KIND, 512),
    ("prompt", 4 * _KIND, 16384),
    ("prompt", 5 * _KIND, 262144),
)


def _sql(*places: tuple[str, int, int]) -> str:
    words = (
        f"' ' || ({scope}_id * {_SCOPE} + {kind} + id / {size})::text"
        for scope, kind, size in places
    )
    return f"array_to_tsvector(ARRAY[{', '.join(words)}])"


def _joined(*parts: F | Func | Value | Case) -> Func:
    field = SearchVectorField()
    return Func(*parts, arg_joiner=" || ", template="(%(expressions)s)", output_field=field)


def _vector(*places: tuple[str, int, int]) -> Func:
    words = (
        _joined(Value(" "), Cast(F(scope) * _SCOPE + kind + F("id") / size, TextField()))
        for scope, kind, size in places
    )
    return Func(
        *words,
        template="array_to_tsvector(ARRAY[%(expressions)s])",
        output_field=SearchVectorField(),
    )


_WORDS = (
    f"search_vector || CASE WHEN prompt_id IS NULL THEN {_sql(*_PLACES[:3])}"
    f" ELSE {_sql(*_PLACES)} END"
)
_STATE = _joined(
    F("search_vector"),
    Case(When(prompt=None, then=_vector(*_PLACES[:3])), default=_vector(*_PLACES)),
)


def _index(state: models.Index, definition: str, model: str = "comment") -> list[Operation]:
    away = f"DROP INDEX CONCURRENTLY IF EXISTS {state.name}"
    make = f"CREATE INDEX CONCURRENTLY {state.name} ON discussions_{model} {definition}"
    return [
        # One that was broken off leaves an index that is not valid.
        migrations.RunSQL(away, migrations.RunSQL.noop),
        migrations.RunSQL(make, away, state_operations=[migrations.AddIndex(model, state)]),
    ]


def _to_prompt(name: str, *fields: str) -> list[Operation]:
    columns = (f"{field[1:]} DESC" if field.startswith("-") else field for field in fields)
    state = models.Index(fields=["prompt", *fields], name=name, condition=Q(prompt__isnull=False))
    return _index(state, f"(prompt_id, {', '.join(columns)}) WHERE prompt_id IS NOT NULL")


def _no_more(name: str, definition: str) -> Operation:
    return migrations.RunSQL(
        f"DROP INDEX CONCURRENTLY IF EXISTS {name}",
        f"CREATE INDEX CONCURRENTLY {name} ON discussions_comment {definition}",
        state_operations=[migrations.RemoveIndex("comment", name)],
    )


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("discussions", "0013_reasons_of_taking")]

    operations = [
        migrations.RunSQL("SET statement_timeout = 0", "RESET statement_timeout"),
        *_index(
            models.Index(fields=["discussion", "-id"], name="comment_latest"),
            "(discussion_id, id DESC)",
        ),
        *_index(
            models.Index(
                fields=["discussion", "path"], name="comment_top", condition=Q(parent=None)
            ),
            "(discussion_id, path) WHERE parent_id IS NULL",
        ),
        *_to_prompt("comment_to_prompt", "path"),
        *_to_prompt("comment_to_prompt_replies", "-reply_count", "-id"),
        *_to_prompt("comment_to_prompt_agreed", "-agree_count", "-id"),
        *_index(
            GinIndex(_STATE, name="comment_found", fastupdate=False),
            f"USING gin (({_WORDS})) WITH (fastupdate = off)",
        ),
        *_index(
            models.Index(
                fields=["consultation"], name="participant_host", condition=~Q(organisation="")
            ),
            "(consultation_id) WHERE organisation <> ''",
            "participant",
        ),
        _no_more("comment_newest", "(discussion_id, id DESC) WHERE parent_id IS NULL"),
        _no_more(
            "comment_of_prompt", "(discussion_id, prompt_id, id DESC) WHERE parent_id IS NULL"
        ),
        _no_more("comment_search", "USING gin (search_vector)"),
        # Others of their indexes begin with these columns.
        migrations.AlterField(
            "comment",
            "discussion",
            models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="comments",
                to="discussions.discussion",
            ),
        ),
        migrations.AlterField(
            "comment",
            "prompt",
            models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="comments",
                to="discussions.prompt",
            ),
        ),
        migrations.RunSQL("RESET statement_timeout", "SET statement_timeout = 0"),
    ]
