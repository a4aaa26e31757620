import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import moderation.models.cases
import moderation.models.decisions


class Migration(migrations.Migration):
    dependencies = [
        ("discussions", "0006_moderated_comments"),
        ("moderation", "0001_limits"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ReasonTemplate",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("title", models.CharField(max_length=80, verbose_name="title")),
                (
                    "guideline",
                    models.PositiveSmallIntegerField(
                        blank=True, null=True, verbose_name="guideline"
                    ),
                ),
                ("text", models.TextField(max_length=2000, verbose_name="reason, for the author")),
                ("position", models.PositiveSmallIntegerField(default=0, verbose_name="position")),
            ],
            options={
                "verbose_name": "reason, ready to use",
                "verbose_name_plural": "reasons, ready to use",
                "ordering": ["guideline", "position", "pk"],
            },
        ),
        migrations.CreateModel(
            name="Case",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[("waiting", "Waiting"), ("decided", "Decided")],
                        default="waiting",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                (
                    "severity",
                    models.PositiveSmallIntegerField(
                        choices=[(1, "Somebody’s safety"), (2, "Serious"), (3, "Other")],
                        default=3,
                        verbose_name="severity",
                    ),
                ),
                (
                    "raised_by",
                    models.CharField(
                        choices=[
                            ("reader", "a reader"),
                            ("check", "an automatic check"),
                            ("staff", "a moderator"),
                            ("mode", "the discussion, which shows comments after a check"),
                        ],
                        max_length=10,
                        verbose_name="raised by",
                    ),
                ),
                (
                    "opened_at",
                    models.DateTimeField(help_text="Since when it waits.", verbose_name="opened"),
                ),
                ("due_at", models.DateTimeField(verbose_name="due")),
                ("decided_at", models.DateTimeField(null=True, verbose_name="decided")),
                ("claimed_at", models.DateTimeField(null=True, verbose_name="claimed")),
                (
                    "revision",
                    models.PositiveIntegerField(
                        default=0,
                        help_text="Rises with each decision and each change of the text: what was read is stale.",
                    ),
                ),
                (
                    "claimed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="claimed_cases",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="claimed by",
                    ),
                ),
                (
                    "comment",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="case",
                        to="discussions.comment",
                    ),
                ),
                (
                    "consultation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="cases",
                        to="discussions.consultation",
                    ),
                ),
            ],
            options={
                "verbose_name": "case",
                "verbose_name_plural": "cases",
                "ordering": ["severity", "opened_at", "pk"],
                "permissions": [
                    ("decide_case", "Can decide cases"),
                    ("open_sealed_original", "Can open a sealed original"),
                ],
            },
        ),
        migrations.CreateModel(
            name="CaseFinding",
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
                            ("phone", "a phone number"),
                            ("email", "an email address"),
                            ("address", "an address"),
                            ("national_insurance", "a National Insurance number"),
                            ("nhs_number", "an NHS number"),
                            ("card", "a card number"),
                            ("number_plate", "a number plate"),
                            ("collar_number", "an officer’s shoulder number"),
                            ("incident", "a crime, or somebody in danger"),
                            ("live_case", "a live court case"),
                            ("threat", "a threat"),
                            ("slur", "a word that attacks people for who they are"),
                            ("repeated", "a text that was posted before"),
                        ],
                        max_length=20,
                    ),
                ),
                ("start", models.PositiveSmallIntegerField()),
                ("end", models.PositiveSmallIntegerField()),
                ("tier", models.PositiveSmallIntegerField(default=2)),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="findings",
                        to="moderation.case",
                    ),
                ),
            ],
            options={
                "ordering": ["start", "pk"],
            },
        ),
        migrations.CreateModel(
            name="LedgerEntry",
            fields=[
                (
                    "number",
                    models.BigIntegerField(
                        editable=False, primary_key=True, serialize=False, verbose_name="number"
                    ),
                ),
                ("at", models.DateTimeField(editable=False, verbose_name="when")),
                (
                    "event",
                    models.CharField(
                        choices=[
                            ("opened", "Case opened"),
                            ("reported", "Reported"),
                            ("decided", "Decided"),
                            ("appealed", "Appealed"),
                            ("appeal_decided", "Appeal decided"),
                            ("sanctioned", "Member limited"),
                            ("sanction_ended", "Limit ended"),
                            ("original_opened", "Sealed original opened"),
                        ],
                        max_length=20,
                        verbose_name="event",
                    ),
                ),
                (
                    "consultation",
                    models.CharField(blank=True, max_length=50, verbose_name="consultation"),
                ),
                ("case_number", models.BigIntegerField(null=True, verbose_name="case")),
                (
                    "what",
                    models.CharField(
                        blank=True,
                        help_text="The decision, the kind of limit, the outcome of an appeal, or who raised it.",
                        max_length=20,
                        verbose_name="what",
                    ),
                ),
                (
                    "guideline",
                    models.PositiveSmallIntegerField(null=True, verbose_name="guideline"),
                ),
                (
                    "digest",
                    models.CharField(
                        blank=True,
                        help_text="Of a decision's own row: shows that nobody changed that either.",
                        max_length=64,
                    ),
                ),
                ("previous_hash", models.CharField(editable=False, max_length=64)),
                ("hash", models.CharField(editable=False, max_length=64)),
            ],
            options={
                "verbose_name": "entry of the log",
                "verbose_name_plural": "log",
                "ordering": ["number"],
                "indexes": [
                    models.Index(fields=["consultation", "event"], name="ledger_figures"),
                    models.Index(fields=["case_number"], name="ledger_case"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Decision",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "verb",
                    models.CharField(
                        choices=[
                            ("approve", "Approve"),
                            ("keep", "Keep"),
                            ("mask", "Hide the marked words"),
                            ("hide", "Hide"),
                            ("restore", "Restore"),
                        ],
                        max_length=10,
                        verbose_name="decision",
                    ),
                ),
                (
                    "guideline",
                    models.PositiveSmallIntegerField(
                        blank=True, null=True, verbose_name="guideline"
                    ),
                ),
                ("guidelines_version", models.CharField(max_length=20)),
                (
                    "raised_by",
                    models.CharField(
                        choices=[
                            ("reader", "a reader"),
                            ("check", "an automatic check"),
                            ("staff", "a moderator"),
                            ("mode", "the discussion, which shows comments after a check"),
                        ],
                        max_length=10,
                        verbose_name="raised by",
                    ),
                ),
                (
                    "reason",
                    models.TextField(
                        blank=True, max_length=2000, verbose_name="reason, for the author"
                    ),
                ),
                (
                    "note",
                    models.TextField(blank=True, max_length=2000, verbose_name="internal note"),
                ),
                (
                    "salt",
                    models.CharField(
                        default=moderation.models.decisions.new_salt, editable=False, max_length=32
                    ),
                ),
                ("status_before", models.CharField(max_length=10)),
                ("status_after", models.CharField(max_length=10)),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="decisions",
                        to="moderation.case",
                    ),
                ),
                (
                    "moderator",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="decisions",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="moderator",
                    ),
                ),
                (
                    "entry",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="decision",
                        to="moderation.ledgerentry",
                    ),
                ),
            ],
            options={
                "verbose_name": "decision",
                "verbose_name_plural": "decisions",
                "ordering": ["-pk"],
            },
        ),
        migrations.CreateModel(
            name="LiveCase",
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
                        help_text="As people write it: of a person, a place or an operation.",
                        max_length=80,
                        verbose_name="name",
                    ),
                ),
                ("starts_on", models.DateField(verbose_name="from")),
                ("ends_on", models.DateField(blank=True, null=True, verbose_name="until")),
                ("note", models.CharField(blank=True, max_length=300, verbose_name="note")),
            ],
            options={
                "verbose_name": "live court case",
                "verbose_name_plural": "live court cases",
                "ordering": ["name"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ends_on", None),
                            ("ends_on__gte", models.F("starts_on")),
                            _connector="OR",
                        ),
                        name="live_case_ends_after_it_starts",
                        violation_error_message="It ends on the day it starts, or later.",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Remit",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "is_everywhere",
                    models.BooleanField(default=False, verbose_name="all consultations"),
                ),
                (
                    "consultations",
                    models.ManyToManyField(
                        blank=True,
                        related_name="remits",
                        to="discussions.consultation",
                        verbose_name="consultations",
                    ),
                ),
                (
                    "moderator",
                    models.OneToOneField(
                        limit_choices_to={"is_staff": True},
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="remit",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="moderator",
                    ),
                ),
            ],
            options={
                "verbose_name": "remit",
                "verbose_name_plural": "remits",
            },
        ),
        migrations.CreateModel(
            name="Report",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "reference",
                    models.CharField(
                        default=moderation.models.cases.new_reference,
                        editable=False,
                        max_length=14,
                        unique=True,
                        verbose_name="reference",
                    ),
                ),
                ("form_key", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "guideline",
                    models.PositiveSmallIntegerField(null=True, verbose_name="guideline"),
                ),
                ("is_illegal", models.BooleanField(default=False, verbose_name="against the law")),
                (
                    "explanation",
                    models.TextField(blank=True, max_length=1000, verbose_name="in their words"),
                ),
                ("reported_at", models.DateTimeField(verbose_name="reported")),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="reports",
                        to="moderation.case",
                    ),
                ),
                (
                    "decision",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reports",
                        to="moderation.decision",
                        verbose_name="answered by",
                    ),
                ),
                (
                    "reporter",
                    models.ForeignKey(
                        help_text="None: signed out, or has left.",
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="reports",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="by",
                    ),
                ),
            ],
            options={
                "verbose_name": "report",
                "verbose_name_plural": "reports",
                "ordering": ["reported_at", "pk"],
            },
        ),
        migrations.CreateModel(
            name="Sanction",
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
                            ("warning", "Warn"),
                            ("slowed", "Slow down"),
                            ("suspension", "Suspend"),
                        ],
                        max_length=10,
                        verbose_name="what",
                    ),
                ),
                ("guideline", models.PositiveSmallIntegerField(verbose_name="guideline")),
                ("guidelines_version", models.CharField(max_length=20)),
                (
                    "reason",
                    models.TextField(max_length=2000, verbose_name="reason, for the member"),
                ),
                (
                    "note",
                    models.TextField(blank=True, max_length=2000, verbose_name="internal note"),
                ),
                ("starts_at", models.DateTimeField(verbose_name="from")),
                (
                    "ends_at",
                    models.DateTimeField(
                        help_text="None: a warning.", null=True, verbose_name="until"
                    ),
                ),
                ("ended_at", models.DateTimeField(null=True, verbose_name="ended early")),
                (
                    "end_reason",
                    models.TextField(
                        blank=True,
                        max_length=2000,
                        verbose_name="why it ended early, for the member",
                    ),
                ),
                (
                    "end_note",
                    models.TextField(
                        blank=True, max_length=2000, verbose_name="internal note on that"
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="sanctions",
                        to="moderation.case",
                    ),
                ),
                (
                    "ended_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "member",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="sanctions",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="member",
                    ),
                ),
                (
                    "moderator",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="sanctions_given",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="moderator",
                    ),
                ),
            ],
            options={
                "verbose_name": "sanction",
                "verbose_name_plural": "sanctions",
                "ordering": ["-starts_at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="Appeal",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "words",
                    models.TextField(blank=True, max_length=2000, verbose_name="in their words"),
                ),
                ("made_at", models.DateTimeField(verbose_name="made")),
                ("due_at", models.DateTimeField(verbose_name="due")),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("upheld", "It stays as it was"),
                            ("overturned", "It was changed"),
                        ],
                        max_length=10,
                        verbose_name="outcome",
                    ),
                ),
                (
                    "answer",
                    models.TextField(
                        blank=True, max_length=2000, verbose_name="answer, for whoever appealed"
                    ),
                ),
                (
                    "note",
                    models.TextField(blank=True, max_length=2000, verbose_name="internal note"),
                ),
                ("decided_at", models.DateTimeField(null=True, verbose_name="decided")),
                (
                    "appellant",
                    models.ForeignKey(
                        help_text="None: signed out, or has left.",
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="appeals",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="by",
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "decision",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="appeals",
                        to="moderation.decision",
                    ),
                ),
                (
                    "new_decision",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="overturning",
                        to="moderation.decision",
                    ),
                ),
                (
                    "report",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="appeal",
                        to="moderation.report",
                    ),
                ),
                (
                    "sanction",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="appeal",
                        to="moderation.sanction",
                    ),
                ),
            ],
            options={
                "verbose_name": "appeal",
                "verbose_name_plural": "appeals",
                "ordering": ["due_at", "pk"],
                "permissions": [("decide_appeal", "Can decide appeals")],
            },
        ),
        migrations.CreateModel(
            name="SealedOriginal",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "sealed",
                    models.TextField(
                        blank=True,
                        help_text="Text and earlier texts, by accounts.sealing. Empty: its author has left.",
                    ),
                ),
                (
                    "decision",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="sealed_original",
                        to="moderation.decision",
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                condition=models.Q(("state", "waiting")),
                fields=["severity", "opened_at", "id"],
                name="case_queue",
            ),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                condition=models.Q(("state", "waiting")),
                fields=["consultation", "severity", "opened_at", "id"],
                name="case_queue_of_consultation",
            ),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                condition=models.Q(("state", "waiting")), fields=["due_at"], name="case_due"
            ),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                condition=models.Q(("decided_at__isnull", False)),
                fields=["-decided_at"],
                name="case_decided",
            ),
        ),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state", "waiting"), ("decided_at__isnull", False), _connector="OR"
                ),
                name="case_decided_at_a_moment",
            ),
        ),
        migrations.AddConstraint(
            model_name="casefinding",
            constraint=models.CheckConstraint(
                condition=models.Q(("end__gte", models.F("start"))), name="finding_has_a_span"
            ),
        ),
        migrations.AddConstraint(
            model_name="decision",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("verb__in", ["hide", "mask"]), _negated=True),
                    models.Q(("guideline__isnull", False), models.Q(("reason", ""), _negated=True)),
                    _connector="OR",
                ),
                name="decision_that_hides_has_guideline_and_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="report",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("is_illegal", True), ("guideline__isnull", False), _connector="OR"
                ),
                name="report_says_what_is_wrong",
            ),
        ),
        migrations.AddConstraint(
            model_name="report",
            constraint=models.UniqueConstraint(
                condition=models.Q(("decision", None), ("reporter__isnull", False)),
                fields=("case", "reporter"),
                name="report_once_per_member_while_it_waits",
            ),
        ),
        migrations.AddConstraint(
            model_name="sanction",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("ends_at", None), ("kind", "warning")),
                    models.Q(
                        models.Q(("kind", "warning"), _negated=True),
                        ("ends_at__gt", models.F("starts_at")),
                    ),
                    _connector="OR",
                ),
                name="sanction_ends",
            ),
        ),
        migrations.AddConstraint(
            model_name="sanction",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason", ""), _negated=True), name="sanction_has_a_reason"
            ),
        ),
        migrations.AddIndex(
            model_name="appeal",
            index=models.Index(
                condition=models.Q(("outcome", "")), fields=["due_at", "id"], name="appeal_queue"
            ),
        ),
        migrations.AddConstraint(
            model_name="appeal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("decision__isnull", False), ("sanction", None)),
                    models.Q(("decision", None), ("report", None), ("sanction__isnull", False)),
                    _connector="OR",
                ),
                name="appeal_is_about_one_thing",
            ),
        ),
        migrations.AddConstraint(
            model_name="appeal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("decided_at", None), ("decided_by", None), ("outcome", "")),
                    models.Q(
                        models.Q(("outcome", ""), _negated=True),
                        models.Q(("answer", ""), _negated=True),
                        ("decided_at__isnull", False),
                        ("decided_by__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="appeal_decided_in_words",
            ),
        ),
        migrations.AddConstraint(
            model_name="appeal",
            constraint=models.UniqueConstraint(
                condition=models.Q(("report", None)),
                fields=("decision",),
                name="appeal_once_by_the_author",
            ),
        ),
    ]
