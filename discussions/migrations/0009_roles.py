"""The roles that run consultations and read what they bring, as groups."""

from typing import Any

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

_MADE = ("add", "change", "view")
_ADMIN = {
    ("discussions", "comment"): ("view",),
    ("discussions", "consultation"): (*_MADE, "download_in_full", "run_consultation"),
    ("discussions", "consultationimage"): _MADE,
    ("discussions", "discussion"): _MADE,
    ("discussions", "exportfile"): ("view",),
    ("discussions", "outcomepoint"): _MADE,
    ("discussions", "participant"): _MADE,
    ("discussions", "prompt"): _MADE,
    ("discussions", "proposal"): ("view",),
    ("discussions", "record"): ("view",),
    ("discussions", "source"): _MADE,
    ("discussions", "timelineevent"): _MADE,
    ("discussions", "update"): _MADE,
    ("moderation", "datechange"): ("view",),
    ("moderation", "electionperiod"): _MADE,
}
_ANALYST = {
    ("discussions", "comment"): ("view",),
    ("discussions", "consultation"): ("view", "download_in_full"),
    ("discussions", "discussion"): ("view",),
}
_NAMES = {
    "download_in_full": "Can download what readers do not see",
    "run_consultation": "Can publish, open, close and answer consultations",
}
_GROUPS = {"Consultation admin": _ADMIN, "Analyst": _ANALYST}


def make_groups(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    group_model = apps.get_model("auth", "Group")
    for name, permissions in _GROUPS.items():
        group, _new = group_model.objects.get_or_create(name=name)
        for (app_label, model), verbs in permissions.items():
            for verb in verbs:
                group.permissions.add(_permission(apps, app_label, model, verb))


def _permission(apps: Apps, app_label: str, model: str, verb: str) -> Any:  # noqa: ANN401 - a historical model
    """Django makes permissions after all migrations, and then takes those that are there."""
    content_type, _new = apps.get_model("contenttypes", "ContentType").objects.get_or_create(
        app_label=app_label, model=model
    )
    codename = verb if verb in _NAMES else f"{verb}_{model}"
    permission, _new = apps.get_model("auth", "Permission").objects.get_or_create(
        content_type=content_type,
        codename=codename,
        defaults={"name": _NAMES.get(verb, f"Can {verb} {model}")},
    )
    return permission


class Migration(migrations.Migration):
    dependencies = [
        ("discussions", "0008_found_quickly"),
        ("moderation", "0006_dates_only_added"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [migrations.RunPython(make_groups, migrations.RunPython.noop)]
