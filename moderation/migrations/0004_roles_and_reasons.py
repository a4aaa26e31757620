"""The roles that moderate, as groups, and reasons that are ready to use."""

from typing import Any

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

_MODERATOR = {
    ("accounts", "namechange"): ("view",),
    ("discussions", "comment"): ("view",),
    ("discussions", "consultation"): ("view",),
    ("discussions", "discussion"): ("view",),
    ("discussions", "participant"): ("view",),
    ("moderation", "appeal"): ("view",),
    ("moderation", "case"): ("view", "decide"),
    ("moderation", "decision"): ("view",),
    ("moderation", "ledgerentry"): ("view",),
    ("moderation", "livecase"): ("add", "change", "view"),
    ("moderation", "reasontemplate"): ("view",),
    ("moderation", "report"): ("view",),
    ("moderation", "sanction"): ("view",),
}
_SENIOR = {
    ("accounts", "member"): ("view",),
    ("moderation", "appeal"): ("decide",),
    ("moderation", "case"): ("open_sealed_original",),
    ("moderation", "reasontemplate"): ("add", "change"),
    ("moderation", "sanction"): ("add", "change"),
}
_NAMES = {
    ("case", "decide"): "Can decide cases",
    ("appeal", "decide"): "Can decide appeals",
    ("case", "open_sealed_original"): "Can open a sealed original",
}
_GROUPS = {"Moderator": (_MODERATOR,), "Senior moderator": (_MODERATOR, _SENIOR)}

_REASONS = (
    (
        1,
        "Insult",
        "Your comment insults somebody. Please say what you think of what they do or say.",
    ),
    (
        2,
        "Hate",
        "Your comment attacks people for who they are. Everyone must be safe to take part.",
    ),
    (2, "Threat", "Your comment threatens somebody, or wishes them harm."),
    (
        3,
        "Personal details",
        (
            "Your comment had details in it by which somebody could be found. Everyone can read what is "
            "posted here, so we hid them."
        ),
    ),
    (
        4,
        "An incident",
        (
            "Your comment tells of something that the police need to hear, and nobody here can send "
            "help. Please call 101, or 999 in an emergency. Our support page lists people who listen."
        ),
    ),
    (
        5,
        "A live court case",
        (
            "Your comment is about a court case that is not over. What people write could spoil a fair "
            "trial."
        ),
    ),
    (6, "Off the question", "Your comment is about something else than this discussion asks."),
    (7, "Posted before", "The same text was posted here before. Once is enough to be heard."),
    (7, "Advertising", "Your comment advertises something."),
    (8, "Posing as somebody", "Your comment speaks for somebody that you are not."),
    (9, "Party politics", "In an election period we may not show what could help or harm a party."),
)


def make_groups(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    group_model = apps.get_model("auth", "Group")
    for name, parts in _GROUPS.items():
        group, _new = group_model.objects.get_or_create(name=name)
        for part in parts:
            for (app_label, model), verbs in part.items():
                for verb in verbs:
                    group.permissions.add(_permission(apps, app_label, model, verb))


def _permission(apps: Apps, app_label: str, model: str, verb: str) -> Any:  # noqa: ANN401 - a historical model
    """Django makes permissions after all migrations, and then takes those that are there."""
    content_type, _new = apps.get_model("contenttypes", "ContentType").objects.get_or_create(
        app_label=app_label, model=model
    )
    codename = verb if "_" in verb else f"{verb}_{model}"
    permission, _new = apps.get_model("auth", "Permission").objects.get_or_create(
        content_type=content_type,
        codename=codename,
        defaults={"name": _NAMES.get((model, verb), f"Can {verb} {model}")},
    )
    return permission


def make_reasons(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    model = apps.get_model("moderation", "ReasonTemplate")
    model.objects.bulk_create(
        model(guideline=guideline, title=title, text=text) for guideline, title, text in _REASONS
    )


class Migration(migrations.Migration):
    dependencies = [
        ("moderation", "0003_append_only_log"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [
        migrations.RunPython(make_groups, migrations.RunPython.noop),
        migrations.RunPython(make_reasons, migrations.RunPython.noop),
    ]
