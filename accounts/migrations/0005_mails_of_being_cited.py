from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_sanctioned_members"),
    ]

    operations = [
        migrations.AddField(
            model_name="member",
            name="wants_cited_mails",
            field=models.BooleanField(
                db_default=True,
                default=True,
                verbose_name="gets a mail when an answer rests on what they said",
            ),
        ),
    ]
