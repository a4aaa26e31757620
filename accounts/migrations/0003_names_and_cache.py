"""The names that are in use already, and the table that all processes share as their cache."""

from django.apps.registry import Apps
from django.core.management import call_command
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from accounts.folding import fold


def claim_names(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Of two members whose names pass for each other the earlier one has it; both go on."""
    members = apps.get_model("accounts", "Member").objects.order_by("pk")
    names_in_use = apps.get_model("accounts", "NameInUse").objects
    for pk, name in members.values_list("pk", "display_name").iterator():
        names_in_use.get_or_create(folded=fold(name), defaults={"member_id": pk})


def make_cache_table(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    call_command("createcachetable", database=schema_editor.connection.alias, verbosity=0)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_members_and_what_they_keep")]

    operations = [
        migrations.RunPython(claim_names, migrations.RunPython.noop),
        migrations.RunPython(make_cache_table, migrations.RunPython.noop),
    ]
