"""Fills a discussion with made-up comments, for measuring."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from discussions.generating import generate
from discussions.models import Discussion


class Command(BaseCommand):
    help = "Add made-up comments to a discussion, given as consultation/discussion."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("discussion", help="consultation/discussion, by their slugs")
        parser.add_argument("--count", type=int, required=True)
        parser.add_argument("--seed", type=int, default=1, help="the same seed, the same comments")

    def handle(self, *, discussion: str, count: int, seed: int, **_options: Any) -> None:
        consultation, _slash, slug = discussion.partition("/")
        found = Discussion.objects.filter(consultation__slug=consultation, slug=slug).first()
        if found is None:
            raise CommandError(f"There is no discussion {discussion}.")
        if not 0 < count <= 5_000_000:
            raise CommandError("Give a count from 1 to 5,000,000.")
        generate(found, count, seed)
        self.stdout.write(f"{count:,} comments added to {found.title}")
