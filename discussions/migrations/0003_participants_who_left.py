from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("discussions", "0002_enforced_by_the_database"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="participant",
            name="has_left",
            field=models.BooleanField(
                default=False,
                db_default=False,
                editable=False,
                help_text="Closed their account: nothing tells any more who they were.",
                verbose_name="former member",
            ),
        ),
    ]
