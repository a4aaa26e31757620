"""What the database itself holds to: the log can only be added to, and so can decisions.

It gives each entry its number, its moment and its hash, so that nothing that asks it to store an
entry can say otherwise. Whoever owns the tables can still switch a trigger off: then the chain
tells (`verify_ledger`).
"""

from django.contrib.postgres.operations import TrigramExtension
from django.db import migrations

_CHAIN = """
CREATE FUNCTION moderation_ledger_chain() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    before record;
BEGIN
    -- One at a time, until the transaction ends: else two entries would follow the same one.
    PERFORM pg_advisory_xact_lock(hashtext('talk-london-ledger'));
    -- By its schema: nobody's temporary table of the same name is read instead.
    EXECUTE format('SELECT number, hash FROM %I.%I ORDER BY number DESC LIMIT 1',
                   TG_TABLE_SCHEMA, TG_TABLE_NAME) INTO before;
    NEW.number := coalesce(before.number, 0) + 1;
    NEW.at := clock_timestamp();
    NEW.previous_hash := coalesce(before.hash, repeat('0', 64));
    NEW.hash := encode(sha256(convert_to(concat_ws(E'\\x1f',
        NEW.previous_hash,
        NEW.number::text,
        to_char(NEW.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'),
        NEW.event,
        NEW.consultation,
        coalesce(NEW.case_number::text, ''),
        NEW.what,
        coalesce(NEW.guideline::text, ''),
        NEW.digest), 'UTF8')), 'hex');
    RETURN NEW;
END $$;

CREATE TRIGGER ledger_chain BEFORE INSERT ON moderation_ledgerentry
    FOR EACH ROW EXECUTE FUNCTION moderation_ledger_chain();
"""
_NO_CHAIN = """
DROP TRIGGER ledger_chain ON moderation_ledgerentry;
DROP FUNCTION moderation_ledger_chain();
"""

_REFUSED = """
CREATE FUNCTION moderation_append_only() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RAISE EXCEPTION '% can only be added to', TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege';
END $$;
"""
_TABLES = ("moderation_ledgerentry", "moderation_decision")
_APPEND_ONLY = _REFUSED + "".join(
    f"""
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON {table}
    FOR EACH ROW EXECUTE FUNCTION moderation_append_only();
CREATE TRIGGER never_emptied BEFORE TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION moderation_append_only();
"""
    for table in _TABLES
)
_NOT_APPEND_ONLY = (
    "".join(
        f"DROP TRIGGER append_only ON {table}; DROP TRIGGER never_emptied ON {table};"
        for table in _TABLES
    )
    + "DROP FUNCTION moderation_append_only();"
)


class Migration(migrations.Migration):
    dependencies = [("moderation", "0002_cases")]

    operations = [
        TrigramExtension(),
        migrations.RunSQL(_CHAIN, _NO_CHAIN),
        migrations.RunSQL(_APPEND_ONLY, _NOT_APPEND_ONLY),
    ]
