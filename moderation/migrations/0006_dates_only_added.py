"""Changes of dates are the readers' ledger: the database lets nobody change or withdraw one."""

from django.db import migrations

_APPEND_ONLY = """
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON moderation_datechange
    FOR EACH ROW EXECUTE FUNCTION moderation_append_only();
CREATE TRIGGER never_emptied BEFORE TRUNCATE ON moderation_datechange
    FOR EACH STATEMENT EXECUTE FUNCTION moderation_append_only();
"""
_NOT_APPEND_ONLY = """
DROP TRIGGER append_only ON moderation_datechange;
DROP TRIGGER never_emptied ON moderation_datechange;
"""


class Migration(migrations.Migration):
    dependencies = [("moderation", "0005_timeline")]

    operations = [migrations.RunSQL(_APPEND_ONLY, _NOT_APPEND_ONLY)]
