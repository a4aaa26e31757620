"""Answers to the equality questions, apart from the account that gave them."""

from django.db import models


class AboutYou(models.Model):
    """What somebody chose to say about themselves. Nothing here names a member.

    `owner` is a keyed hash of the member's id (accounts.about_you): without the key, which is not
    in the database, no row can be tied to a person.
    """

    owner = models.CharField(max_length=64, primary_key=True)
    consented_on = models.DateField()
    answers = models.JSONField(default=dict)

    def __str__(self) -> str:
        return "Answers about somebody"
