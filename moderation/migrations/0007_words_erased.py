"""The log knows one more thing that happens. Nothing changes in the database."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("moderation", "0006_dates_only_added")]

    operations = [
        migrations.AlterField(
            model_name="ledgerentry",
            name="event",
            field=models.CharField(
                choices=[
                    ("opened", "Case opened"),
                    ("reported", "Reported"),
                    ("decided", "Decided"),
                    ("appealed", "Appealed"),
                    ("appeal_decided", "Appeal decided"),
                    ("sanctioned", "Member limited"),
                    ("sanction_ended", "Limit ended"),
                    ("original_opened", "Sealed original opened"),
                    ("erased", "Words erased for good"),
                ],
                max_length=20,
                verbose_name="event",
            ),
        ),
    ]
