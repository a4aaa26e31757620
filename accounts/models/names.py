"""Which names are taken, and who was called what before."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.folding import fold


class NameTakenError(Exception):
    """Somebody else goes by this name, or by one that passes for it."""


class NameInUseManager(models.Manager["NameInUse"]):
    def claim(self, name: str, member: models.Model) -> None:
        """Have a name for a member, who keeps it also when they choose another one.

        Raises NameTakenError, also for the second of two who claim it at once.
        """
        folded = fold(name)
        self.bulk_create([NameInUse(folded=folded, member_id=member.pk)], ignore_conflicts=True)
        if not self.filter(folded=folded, member_id=member.pk).exists():
            raise NameTakenError(name)

    def reserve(self, name: str) -> None:
        """Nobody may take the name of somebody whose words came from elsewhere."""
        self.bulk_create([NameInUse(folded=fold(name))], ignore_conflicts=True)

    def is_a_members(self, name: str) -> bool:
        """Whether somebody with an account goes by it, or by one that it passes for."""
        return self.filter(folded=fold(name), member__isnull=False).exists()

    def is_taken(self, name: str, member: models.Model | None = None) -> bool:
        """Whether it is somebody else's than this member's."""
        others = self.filter(folded=fold(name))
        return others.exclude(member_id=member.pk).exists() if member else others.exists()


class NameInUse(models.Model):
    """A name, folded; of a member (each may have several) or from elsewhere."""

    folded = models.CharField(max_length=200, primary_key=True)
    member = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, related_name="names"
    )

    objects: ClassVar[NameInUseManager] = NameInUseManager()

    def __str__(self) -> str:
        return self.folded


class NameChange(models.Model):
    """For moderators: one person stays one person under another name."""

    member = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="name_changes"
    )
    place = models.CharField(
        _("where"), max_length=80, blank=True, help_text=_("A consultation; empty: everywhere.")
    )
    old_name = models.CharField(_("from"), max_length=40)
    new_name = models.CharField(_("to"), max_length=40)
    changed_at = models.DateTimeField(_("changed"), auto_now_add=True)

    class Meta:
        verbose_name = _("change of name")
        verbose_name_plural = _("changes of names")
        ordering = ["-changed_at"]

    def __str__(self) -> str:
        return f"{self.old_name} → {self.new_name}"
