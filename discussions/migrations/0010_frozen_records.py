"""A frozen record stays as it was made: the database lets nobody change it, its files or its parts.

Until it is made it can be written; from the moment that `made_at` is set, nothing of it changes.
(Whoever owns the tables can still empty them whole, or switch a trigger off.)
"""

from django.db import migrations

# FOR SHARE: who would add to a record while it is being frozen waits, and is refused then.
_FUNCTIONS = """
CREATE FUNCTION discussions_frozen() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RAISE EXCEPTION 'a frozen record stays as it is' USING ERRCODE = 'insufficient_privilege';
END $$;

CREATE FUNCTION discussions_file_in_record() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    is_made boolean;
    named bigint;
BEGIN
    FOREACH named IN ARRAY ARRAY[CASE WHEN TG_OP <> 'INSERT' THEN OLD.record_id END,
                                 CASE WHEN TG_OP <> 'DELETE' THEN NEW.record_id END]
    LOOP
        EXECUTE format('SELECT made_at IS NOT NULL FROM %I.discussions_record WHERE id = $1
                        FOR SHARE', TG_TABLE_SCHEMA) INTO is_made USING named;
        IF is_made THEN
            RAISE EXCEPTION 'a frozen record stays as it is'
                USING ERRCODE = 'insufficient_privilege';
        END IF;
    END LOOP;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION discussions_part_in_record() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    is_made boolean;
    named bigint;
BEGIN
    FOREACH named IN ARRAY ARRAY[CASE WHEN TG_OP <> 'INSERT' THEN OLD.file_id END,
                                 CASE WHEN TG_OP <> 'DELETE' THEN NEW.file_id END]
    LOOP
        EXECUTE format('SELECT r.made_at IS NOT NULL FROM %1$I.discussions_record r
                          JOIN %1$I.discussions_exportfile f ON f.record_id = r.id
                         WHERE f.id = $1 FOR SHARE OF r', TG_TABLE_SCHEMA) INTO is_made USING named;
        IF is_made THEN
            RAISE EXCEPTION 'a frozen record stays as it is'
                USING ERRCODE = 'insufficient_privilege';
        END IF;
    END LOOP;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    RETURN NEW;
END $$;
"""
_NO_FUNCTIONS = """
DROP FUNCTION discussions_frozen();
DROP FUNCTION discussions_file_in_record();
DROP FUNCTION discussions_part_in_record();
"""
_TRIGGERS = """
CREATE TRIGGER frozen BEFORE UPDATE OR DELETE ON discussions_record
    FOR EACH ROW WHEN (OLD.made_at IS NOT NULL) EXECUTE FUNCTION discussions_frozen();
CREATE TRIGGER frozen BEFORE INSERT OR UPDATE OR DELETE ON discussions_exportfile
    FOR EACH ROW EXECUTE FUNCTION discussions_file_in_record();
CREATE TRIGGER frozen BEFORE INSERT OR UPDATE OR DELETE ON discussions_filepart
    FOR EACH ROW EXECUTE FUNCTION discussions_part_in_record();
"""
_NO_TRIGGERS = """
DROP TRIGGER frozen ON discussions_record;
DROP TRIGGER frozen ON discussions_exportfile;
DROP TRIGGER frozen ON discussions_filepart;
"""


class Migration(migrations.Migration):
    dependencies = [("discussions", "0009_roles")]

    operations = [
        migrations.RunSQL(_FUNCTIONS, _NO_FUNCTIONS),
        migrations.RunSQL(_TRIGGERS, _NO_TRIGGERS),
    ]
