"""Checks the log of moderation: that nobody has changed, added or taken away an entry."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from moderation.ledger import first_broken
from moderation.models import LedgerEntry


class Command(BaseCommand):
    help = "Check the chain of the log of moderation; name the first entry that is broken."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--expect",
            metavar="NUMBER:HASH",
            help="an entry that was written down elsewhere: it has to be there still",
        )

    def handle(self, **options: Any) -> None:
        broken = first_broken()
        expected = options.get("expect")
        if broken is None and expected:
            number, _colon, hash_then = expected.partition(":")
            if not LedgerEntry.objects.filter(number=number, hash=hash_then).exists():
                raise CommandError(f"Entry {number} of the log is not the one that was there.")
        if broken is not None:
            raise CommandError(f"Entry {broken.number} of the log is broken. {broken.why}")
        newest = LedgerEntry.objects.order_by("number").last()
        if newest is None:
            self.stdout.write("The log is empty.")
            return
        self.stdout.write(
            f"All {newest.number} entries of the log are as they were written.\n"
            f"The newest has the hash {newest.hash}."
        )
