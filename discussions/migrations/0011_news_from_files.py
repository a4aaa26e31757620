"""News that a file brought was written by nobody here."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("discussions", "0010_frozen_records"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name="update",
            name="by",
            field=models.ForeignKey(
                editable=False,
                help_text="Nobody: a file brought it.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="updates",
                to=settings.AUTH_USER_MODEL,
                verbose_name="by",
            ),
        ),
    ]
