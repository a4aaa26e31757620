"""Changes of dates, which readers see, and times in which City Hall keeps still."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("discussions", "0006_moderated_comments"),
        ("moderation", "0004_roles_and_reasons"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ElectionPeriod",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "name",
                    models.CharField(
                        help_text="As readers see it: “Mayor of London election”.",
                        max_length=120,
                        verbose_name="name",
                    ),
                ),
                (
                    "starts_at",
                    models.DateTimeField(help_text="London time.", verbose_name="starts"),
                ),
                ("ends_at", models.DateTimeField(help_text="London time.", verbose_name="ends")),
            ],
            options={
                "verbose_name": "election period",
                "verbose_name_plural": "election periods",
                "ordering": ["-starts_at"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("ends_at__gt", models.F("starts_at"))),
                        name="election_period_ends_after_it_starts",
                        violation_error_message="It ends after it starts.",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="DateChange",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("published", "Announced"),
                            ("moved", "Dates moved"),
                            ("opened", "Opened early"),
                            ("extended", "Extended"),
                            ("closed", "Closed early"),
                            ("reopened", "Opened again"),
                        ],
                        max_length=10,
                        verbose_name="change",
                    ),
                ),
                ("opens_before", models.DateTimeField(null=True)),
                ("closes_before", models.DateTimeField(null=True)),
                ("opens_after", models.DateTimeField(null=True)),
                ("closes_after", models.DateTimeField(null=True)),
                ("reason", models.CharField(max_length=500, verbose_name="reason, for readers")),
                (
                    "at",
                    models.DateTimeField(help_text="By the database's clock.", verbose_name="when"),
                ),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="date_changes",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "confirmed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="confirmed_date_changes",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "consultation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="date_changes",
                        to="discussions.consultation",
                    ),
                ),
                (
                    "discussion",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="date_changes",
                        to="discussions.discussion",
                    ),
                ),
            ],
            options={
                "verbose_name": "change of dates",
                "verbose_name_plural": "changes of dates",
                "ordering": ["-pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True),
                        name="date_change_has_a_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("confirmed_by", models.F("by")), _negated=True),
                        name="date_change_confirmed_by_another",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "reopened"), _negated=True),
                            ("confirmed_by__isnull", False),
                            _connector="OR",
                        ),
                        name="date_change_reopening_is_confirmed",
                    ),
                ],
            },
        ),
    ]
