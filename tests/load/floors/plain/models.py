from typing import Any, ClassVar

from django.db import models


class Author(models.Model):
    name = models.TextField()

    objects: ClassVar[Any]

    class Meta:
        app_label = "plain"
        managed = False
        db_table = "discussions_participant"

    def __str__(self) -> str:
        return self.name


class Comment(models.Model):
    discussion_id = models.BigIntegerField()
    author = models.ForeignKey(Author, on_delete=models.PROTECT)
    parent_id = models.BigIntegerField(null=True)
    body = models.TextField()
    posted_at = models.DateTimeField()
    agree_count = models.IntegerField()

    objects: ClassVar[Any]

    class Meta:
        app_label = "plain"
        managed = False
        db_table = "discussions_comment"

    def __str__(self) -> str:
        return self.body
