"""What the database itself holds to, whatever the application does.

A comment posted through a form is committed before its discussion closes, or not at all: a
deferred trigger looks at the clock when the transaction commits. Comments from elsewhere (imports)
carry no form key and are not bound to the window. A path ends with its comment's own id.
"""

from django.db import migrations

_WINDOW = """
CREATE FUNCTION discussions_comment_window_open() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    is_open boolean;
BEGIN
    SELECT c.published_at IS NOT NULL
           AND clock_timestamp() >= greatest(d.opens_at, c.opens_at)
           AND clock_timestamp() < least(d.closes_at, c.closes_at)
           AND NEW.posted_at < least(d.closes_at, c.closes_at)
      INTO is_open
      FROM discussions_discussion d
      JOIN discussions_consultation c ON c.id = d.consultation_id
     WHERE d.id = NEW.discussion_id;
    IF NOT coalesce(is_open, false) THEN
        RAISE EXCEPTION 'the discussion is not open'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'comment_window_open_at_commit';
    END IF;
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER comment_window_open_at_commit
    AFTER INSERT ON discussions_comment
    DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (NEW.form_key IS NOT NULL)
    EXECUTE FUNCTION discussions_comment_window_open();
"""

_NO_WINDOW = """
DROP TRIGGER comment_window_open_at_commit ON discussions_comment;
DROP FUNCTION discussions_comment_window_open();
"""

_PATH = """
ALTER TABLE discussions_comment ADD CONSTRAINT comment_path_ends_with_id
    CHECK (cardinality(path) > 0 AND path[cardinality(path)] = id);
"""

_NO_PATH = "ALTER TABLE discussions_comment DROP CONSTRAINT comment_path_ends_with_id;"


class Migration(migrations.Migration):
    dependencies = [("discussions", "0001_consultations_and_comments")]

    operations = [
        migrations.RunSQL(_WINDOW, _NO_WINDOW),
        migrations.RunSQL(_PATH, _NO_PATH),
    ]
