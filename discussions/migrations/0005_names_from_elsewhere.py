"""Nobody may join under the name of somebody whose words came from elsewhere."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from accounts.folding import fold


def reserve_names(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    participants = apps.get_model("discussions", "Participant").objects.exclude(name="")
    names_in_use = apps.get_model("accounts", "NameInUse").objects
    for member, name in participants.values_list("member", "name").iterator():
        names_in_use.get_or_create(folded=fold(name), defaults={"member_id": member})


class Migration(migrations.Migration):
    dependencies = [
        ("discussions", "0004_many_former_members"),
        ("accounts", "0003_names_and_cache"),
    ]

    operations = [migrations.RunPython(reserve_names, migrations.RunPython.noop)]
