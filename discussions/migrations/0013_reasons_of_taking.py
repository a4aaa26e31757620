"""Why somebody took a file of a frozen record."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("discussions", "0012_replies_most_agreed")]

    operations = [
        migrations.AddField(
            model_name="filetaken",
            name="reason",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                help_text="Of a frozen record: what it is needed for.",
                max_length=500,
                verbose_name="reason",
            ),
        ),
    ]
