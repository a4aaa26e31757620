"""Brings in a consultation from a file of the exchange format."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from discussions.exchange.importing import import_consultation
from discussions.exchange.schema import MalformedFileError, read_file


class Command(BaseCommand):
    help = "Bring in a consultation from a JSON file; doing so again changes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *, file: Path, **_options: Any) -> None:
        try:
            source = file.read_bytes()
        except OSError as error:
            raise CommandError(f"{file} cannot be read: {error.strerror}.") from error
        try:
            report = import_consultation(read_file(source))
        except MalformedFileError as error:
            raise CommandError(f"{file} is refused; nothing was changed.\n{error}") from error
        self.stdout.write(
            f"{report.consultation.title}: {report.comments_added} comments added,"
            f" {report.comments_here} were here already."
            f" See {report.consultation.get_absolute_url()}"
        )
