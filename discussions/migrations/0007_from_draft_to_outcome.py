"""What an admin runs: news, followers, outcomes, files, voices from elsewhere, second persons."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import discussions.models.links
import discussions.rich_text


class Migration(migrations.Migration):
    dependencies = [
        ("discussions", "0006_moderated_comments"),
        ("moderation", "0005_timeline"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Announcement",
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
                            ("opened", "It is open"),
                            ("closed", "It is closed"),
                            ("dates", "Its dates changed"),
                            ("update", "There is news"),
                            ("outcome", "The outcome is published"),
                        ],
                        max_length=10,
                        verbose_name="what",
                    ),
                ),
                ("key", models.CharField(max_length=40)),
                ("at", models.DateTimeField(verbose_name="when")),
                (
                    "told_at",
                    models.DateTimeField(
                        help_text="When a mail to every follower was queued.", null=True
                    ),
                ),
            ],
            options={
                "ordering": ["-pk"],
            },
        ),
        migrations.CreateModel(
            name="Citation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="ConsultationImage",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "alt",
                    models.CharField(
                        help_text="For people who cannot see it.",
                        max_length=300,
                        verbose_name="what the picture shows",
                    ),
                ),
                ("content", models.BinaryField(help_text="WebP.")),
                ("width", models.PositiveSmallIntegerField()),
                ("height", models.PositiveSmallIntegerField()),
                ("digest", models.CharField(help_text="SHA-256 of the content.", max_length=64)),
            ],
            options={
                "verbose_name": "picture",
                "verbose_name_plural": "pictures",
            },
        ),
        migrations.CreateModel(
            name="ExportFile",
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
                            ("comments", "Comments"),
                            ("people", "People who took part"),
                            ("record", "Part of a frozen record"),
                            ("archive", "Archive"),
                        ],
                        max_length=10,
                        verbose_name="what",
                    ),
                ),
                (
                    "form",
                    models.CharField(
                        choices=[
                            ("csv", "CSV"),
                            ("xlsx", "XLSX"),
                            ("json", "JSON"),
                            ("zip", "ZIP"),
                        ],
                        max_length=4,
                        verbose_name="as",
                    ),
                ),
                (
                    "scope",
                    models.CharField(
                        choices=[("public", "As readers see it"), ("full", "In full")], max_length=6
                    ),
                ),
                ("name", models.CharField(max_length=120, verbose_name="file")),
                (
                    "reason",
                    models.CharField(
                        blank=True,
                        help_text="What it is needed for.",
                        max_length=500,
                        verbose_name="reason",
                    ),
                ),
                ("asked_at", models.DateTimeField(verbose_name="asked")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting"),
                            ("making", "Being made"),
                            ("ready", "Ready"),
                            ("failed", "Could not be made"),
                            ("gone", "No longer kept"),
                        ],
                        default="waiting",
                        max_length=10,
                    ),
                ),
                ("rows_done", models.PositiveIntegerField(default=0)),
                ("rows_total", models.PositiveIntegerField(default=0)),
                ("made_at", models.DateTimeField(null=True, verbose_name="made")),
                ("expires_at", models.DateTimeField(null=True, verbose_name="kept until")),
                ("size", models.PositiveBigIntegerField(default=0, verbose_name="bytes")),
                ("sha256", models.CharField(blank=True, max_length=64)),
            ],
            options={
                "verbose_name": "download",
                "verbose_name_plural": "downloads",
                "ordering": ["-pk"],
            },
        ),
        migrations.CreateModel(
            name="FilePart",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                ("content", models.BinaryField()),
            ],
        ),
        migrations.CreateModel(
            name="FileTaken",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "ordering": ["-pk"],
            },
        ),
        migrations.CreateModel(
            name="Follower",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("since", models.DateTimeField(auto_now_add=True)),
            ],
        ),
        migrations.CreateModel(
            name="Proposal",
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
                            ("reopen", "Open again"),
                            ("erase_comment", "Erase the words of a comment for good"),
                            ("erase_draft", "Erase a draft for good"),
                        ],
                        max_length=20,
                        verbose_name="what",
                    ),
                ),
                (
                    "about",
                    models.CharField(
                        help_text="What it was called when this was asked for.",
                        max_length=250,
                        verbose_name="about",
                    ),
                ),
                (
                    "closes_at",
                    models.DateTimeField(null=True, verbose_name="closes, if opened again"),
                ),
                ("reason", models.CharField(max_length=500, verbose_name="reason")),
                ("asked_at", models.DateTimeField(verbose_name="asked")),
                (
                    "answer",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("confirmed", "Confirmed"),
                            ("declined", "Declined"),
                            ("taken_back", "Taken back"),
                        ],
                        max_length=10,
                        verbose_name="answer",
                    ),
                ),
                ("answered_at", models.DateTimeField(null=True, verbose_name="answered")),
            ],
            options={
                "verbose_name": "request for a second person",
                "verbose_name_plural": "requests for a second person",
                "ordering": ["-pk"],
            },
        ),
        migrations.CreateModel(
            name="Record",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "closed_at",
                    models.DateTimeField(
                        help_text="The closing that it is of.", verbose_name="closed"
                    ),
                ),
                ("made_at", models.DateTimeField(null=True, verbose_name="made")),
                (
                    "manifest",
                    models.TextField(
                        blank=True, help_text="Lines as sha256sum writes and checks them."
                    ),
                ),
                ("manifest_sha256", models.CharField(blank=True, max_length=64)),
            ],
            options={
                "verbose_name": "frozen record",
                "verbose_name_plural": "frozen records",
                "ordering": ["-closed_at"],
            },
        ),
        migrations.CreateModel(
            name="Source",
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
                            ("meeting", "Said at a meeting"),
                            ("phone", "Said on the phone"),
                            ("paper", "Written on paper"),
                            ("email", "Sent by email"),
                            ("elsewhere", "From elsewhere"),
                        ],
                        max_length=10,
                        verbose_name="how it was said",
                    ),
                ),
                (
                    "place",
                    models.CharField(
                        blank=True,
                        help_text="As readers see it: “Brixton Library”. Never anybody’s name or address.",
                        max_length=120,
                        verbose_name="where",
                    ),
                ),
                ("on", models.DateField(blank=True, null=True, verbose_name="when")),
            ],
            options={
                "verbose_name": "source",
                "verbose_name_plural": "sources",
                "ordering": ["-pk"],
            },
        ),
        migrations.CreateModel(
            name="Update",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("title", models.CharField(max_length=200, verbose_name="title")),
                ("text", discussions.rich_text.RichTextField(verbose_name="text")),
                (
                    "published_at",
                    models.DateTimeField(editable=False, null=True, verbose_name="published"),
                ),
            ],
            options={
                "verbose_name": "update",
                "verbose_name_plural": "updates",
                "ordering": ["-published_at", "-pk"],
            },
        ),
        migrations.AlterModelOptions(
            name="consultation",
            options={
                "ordering": ["-opens_at", "-pk"],
                "permissions": [
                    ("run_consultation", "Can publish, open, close and answer consultations"),
                    ("download_in_full", "Can download what readers do not see"),
                ],
            },
        ),
        migrations.AddField(
            model_name="comment",
            name="official_at",
            field=models.DateTimeField(
                help_text="Of a host's answer: since when it is the official one, and pinned.",
                null=True,
            ),
        ),
        migrations.AddField(
            model_name="consultation",
            name="answer_due_on",
            field=models.DateField(
                blank=True,
                help_text="Empty: 12 weeks after it closes.",
                null=True,
                verbose_name="answer due",
            ),
        ),
        migrations.AddField(
            model_name="consultation",
            name="archived_at",
            field=models.DateTimeField(editable=False, null=True, verbose_name="archived"),
        ),
        migrations.AddField(
            model_name="consultation",
            name="host_promise",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                help_text="Such as “MOPAC answers on Tuesdays and Thursdays”. The page keeps count.",
                max_length=200,
                verbose_name="what hosts promise",
            ),
        ),
        migrations.AddField(
            model_name="consultation",
            name="information",
            field=discussions.rich_text.RichTextField(
                blank=True,
                db_default="",
                default="",
                help_text="Facts, plans and links, in plain words.",
                verbose_name="what people need to know",
            ),
        ),
        migrations.AddField(
            model_name="consultation",
            name="other_ways",
            field=models.TextField(
                blank=True,
                db_default="",
                default="",
                help_text="By phone, on paper, at a meeting: for people who will not do it here.",
                verbose_name="other ways to respond",
            ),
        ),
        migrations.AddField(
            model_name="consultation",
            name="why_now",
            field=models.TextField(
                blank=True,
                db_default="",
                default="",
                help_text="What is decided, when, and what people’s answers can still change.",
                verbose_name="why now",
            ),
        ),
        migrations.AddField(
            model_name="outcomepoint",
            name="decision_title",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                help_text="Such as “Mayoral Decision MD3123”.",
                max_length=200,
                verbose_name="decision",
            ),
        ),
        migrations.AddField(
            model_name="outcomepoint",
            name="decision_url",
            field=discussions.models.links.LinkField(
                blank=True, db_default="", default="", verbose_name="where the decision can be read"
            ),
        ),
        migrations.AddField(
            model_name="participant",
            name="asked_to_follow",
            field=models.BooleanField(
                db_default=False,
                default=False,
                editable=False,
                help_text="Whether they want mails about the consultation: everyone is asked once.",
            ),
        ),
        migrations.AddField(
            model_name="timelineevent",
            name="link",
            field=discussions.models.links.LinkField(
                blank=True, db_default="", default="", verbose_name="link"
            ),
        ),
        migrations.AlterField(
            model_name="consultation",
            name="summary",
            field=models.TextField(
                blank=True,
                help_text="What you ask, in two or three sentences. Shown on top, and in lists.",
                verbose_name="the question",
            ),
        ),
        migrations.AddConstraint(
            model_name="consultation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("archived_at", None), ("outcome_published_at__isnull", False), _connector="OR"
                ),
                name="consultation_archived_with_outcome",
                violation_error_message="Publish the outcome before you archive it.",
            ),
        ),
        migrations.AddField(
            model_name="announcement",
            name="change",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, to="moderation.datechange"
            ),
        ),
        migrations.AddField(
            model_name="announcement",
            name="consultation",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="announcements",
                to="discussions.consultation",
            ),
        ),
        migrations.AddField(
            model_name="citation",
            name="comment",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="citations",
                to="discussions.comment",
            ),
        ),
        migrations.AddField(
            model_name="citation",
            name="point",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="citations",
                to="discussions.outcomepoint",
            ),
        ),
        migrations.AddField(
            model_name="outcomepoint",
            name="cites",
            field=models.ManyToManyField(
                blank=True,
                related_name="cited_in",
                through="discussions.Citation",
                to="discussions.comment",
            ),
        ),
        migrations.AddField(
            model_name="consultationimage",
            name="consultation",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="image",
                to="discussions.consultation",
            ),
        ),
        migrations.AddField(
            model_name="exportfile",
            name="asked_by",
            field=models.ForeignKey(
                help_text="Nobody: it was made by itself.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="export_files",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="exportfile",
            name="consultation",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="files",
                to="discussions.consultation",
            ),
        ),
        migrations.AddField(
            model_name="filepart",
            name="file",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="parts",
                to="discussions.exportfile",
            ),
        ),
        migrations.AddField(
            model_name="filetaken",
            name="by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="filetaken",
            name="file",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="taken",
                to="discussions.exportfile",
            ),
        ),
        migrations.AddField(
            model_name="follower",
            name="consultation",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="followers",
                to="discussions.consultation",
            ),
        ),
        migrations.AddField(
            model_name="follower",
            name="member",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="follows",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="proposal",
            name="answered_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="answered_proposals",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="proposal",
            name="asked_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="proposals",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="proposal",
            name="comment",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="proposals",
                to="discussions.comment",
            ),
        ),
        migrations.AddField(
            model_name="proposal",
            name="consultation",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="proposals",
                to="discussions.consultation",
            ),
        ),
        migrations.AddField(
            model_name="record",
            name="consultation",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="records",
                to="discussions.consultation",
            ),
        ),
        migrations.AddField(
            model_name="exportfile",
            name="record",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="files",
                to="discussions.record",
            ),
        ),
        migrations.AddField(
            model_name="source",
            name="consultation",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="sources",
                to="discussions.consultation",
            ),
        ),
        migrations.AddField(
            model_name="comment",
            name="source",
            field=models.ForeignKey(
                db_index=False,
                help_text="Where it was said, if not here.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="comments",
                to="discussions.source",
            ),
        ),
        migrations.AddField(
            model_name="update",
            name="by",
            field=models.ForeignKey(
                editable=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="updates",
                to=settings.AUTH_USER_MODEL,
                verbose_name="by",
            ),
        ),
        migrations.AddField(
            model_name="update",
            name="consultation",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="updates",
                to="discussions.consultation",
            ),
        ),
        migrations.AddField(
            model_name="announcement",
            name="update",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, to="discussions.update"
            ),
        ),
        migrations.AddConstraint(
            model_name="citation",
            constraint=models.UniqueConstraint(
                fields=("point", "comment"), name="citation_once_per_point"
            ),
        ),
        migrations.AddConstraint(
            model_name="consultationimage",
            constraint=models.CheckConstraint(
                condition=models.Q(("alt", ""), _negated=True), name="image_says_what_it_shows"
            ),
        ),
        migrations.AddConstraint(
            model_name="filepart",
            constraint=models.UniqueConstraint(fields=("file", "number"), name="file_part_once"),
        ),
        migrations.AddConstraint(
            model_name="follower",
            constraint=models.UniqueConstraint(
                fields=("consultation", "member"), name="follower_once_per_consultation"
            ),
        ),
        migrations.AddConstraint(
            model_name="proposal",
            constraint=models.UniqueConstraint(
                condition=models.Q(("answer", "")),
                fields=("kind", "consultation", "comment"),
                name="proposal_waits_once",
                nulls_distinct=False,
            ),
        ),
        migrations.AddConstraint(
            model_name="proposal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("answer", "confirmed"), _negated=True),
                    models.Q(("answered_by", models.F("asked_by")), _negated=True),
                    _connector="OR",
                ),
                name="proposal_confirmed_by_another",
            ),
        ),
        migrations.AddConstraint(
            model_name="proposal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("answer", ""), ("answered_at", None), ("answered_by", None)),
                    models.Q(
                        models.Q(("answer", ""), _negated=True),
                        ("answered_at__isnull", False),
                        ("answered_by__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="proposal_answered_by_somebody",
            ),
        ),
        migrations.AddConstraint(
            model_name="record",
            constraint=models.UniqueConstraint(
                fields=("consultation", "closed_at"), name="record_once_per_closing"
            ),
        ),
        migrations.AddConstraint(
            model_name="exportfile",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("scope", "public"),
                    ("record__isnull", False),
                    models.Q(("reason", ""), _negated=True),
                    _connector="OR",
                ),
                name="export_in_full_has_a_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="source",
            constraint=models.UniqueConstraint(
                fields=("consultation", "kind", "place", "on"),
                name="source_once",
                nulls_distinct=False,
            ),
        ),
        migrations.AddConstraint(
            model_name="announcement",
            constraint=models.UniqueConstraint(
                fields=("consultation", "kind", "key"), name="announcement_once"
            ),
        ),
    ]
