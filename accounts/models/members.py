"""Who a member is."""

from collections.abc import Iterable
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models, transaction
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from accounts.models.names import NameInUse

DISPLAY_NAME_LENGTH = 40


class MemberManager(BaseUserManager["Member"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "Member":
        member = self.model(email=self.normalize_email(email).lower(), **fields)
        member.set_password(password)
        member.save(using=self._db)
        return member

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "Member":
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)


class Member(AbstractBaseUser, PermissionsMixin):
    """A person with an account: an email that is never shown and a name that they choose."""

    email = models.EmailField(_("email address"), unique=True)
    display_name = models.CharField(_("display name"), max_length=DISPLAY_NAME_LENGTH)
    is_staff = models.BooleanField(_("staff"), default=False)
    is_active = models.BooleanField(_("active"), default=True)
    joined_at = models.DateTimeField(_("joined"), auto_now_add=True)
    declared_16_or_over = models.BooleanField(_("declared to be 16 or over"), default=False)
    wants_reply_mails = models.BooleanField(
        _("gets a mail for each reply"), default=True, db_default=True
    )
    wants_cited_mails = models.BooleanField(
        _("gets a mail when an answer rests on what they said"), default=True, db_default=True
    )

    suspended_until = models.DateTimeField(
        _("suspended until"), null=True, editable=False, help_text=_("Reads, but does not write.")
    )
    slowed_until = models.DateTimeField(
        _("slowed down until"), null=True, editable=False, help_text=_("Posts once an hour.")
    )

    objects: ClassVar[MemberManager] = MemberManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["display_name"]

    class Meta:
        verbose_name = _("member")
        verbose_name_plural = _("members")
        constraints = [
            models.UniqueConstraint(
                Lower("display_name"),
                name="member_display_name_unique",
                violation_error_message=_("Somebody already uses this name. Choose another one."),
            ),
            models.UniqueConstraint(Lower("email"), name="member_email_unique"),
        ]

    def __str__(self) -> str:
        return self.display_name

    def save(self, *args: Any, update_fields: Iterable[str] | None = None, **options: Any) -> None:
        """Raises NameTakenError if the display name passes for that of somebody else."""
        with transaction.atomic():
            super().save(*args, update_fields=update_fields, **options)
            if update_fields is None or "display_name" in update_fields:
                NameInUse.objects.claim(self.display_name, self)

    def get_full_name(self) -> str:
        return self.display_name

    def get_short_name(self) -> str:
        return self.display_name
