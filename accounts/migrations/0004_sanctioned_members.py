from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_names_and_cache"),
    ]

    operations = [
        migrations.AddField(
            model_name="member",
            name="slowed_until",
            field=models.DateTimeField(
                editable=False,
                help_text="Posts once an hour.",
                null=True,
                verbose_name="slowed down until",
            ),
        ),
        migrations.AddField(
            model_name="member",
            name="suspended_until",
            field=models.DateTimeField(
                editable=False,
                help_text="Reads, but does not write.",
                null=True,
                verbose_name="suspended until",
            ),
        ),
    ]
