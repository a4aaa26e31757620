"""Writes a consultation to a file, for exchange or for analysts."""

import os
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from django.core.management.base import BaseCommand, CommandError

from discussions.exchange.exporting import Scope
from discussions.exchange.writing import write_comments
from discussions.models import Consultation


class Command(BaseCommand):
    help = "Write a consultation as JSON, CSV or XLSX to standard output or to a file."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("slug")
        parser.add_argument("--format", choices=["json", "csv", "xlsx"], default="json")
        parser.add_argument(
            "--scope",
            choices=[scope.value for scope in Scope],
            default=Scope.PUBLIC.value,
            help="public: what every reader sees; full: hidden, held and withdrawn texts too",
        )
        parser.add_argument("--output", type=Path, help="the file to write; standard output if not")

    def handle(self, *, slug: str, output: Path | None, **options: Any) -> None:
        consultation = Consultation.objects.filter(slug=slug).first()
        if consultation is None:
            raise CommandError(f"There is no consultation {slug}.")
        form, scope = options["format"], Scope(options["scope"])
        if output is None:
            write_comments(consultation, form, scope, sys.stdout.buffer)
            return
        try:
            with _written_whole(output) as out:
                write_comments(consultation, form, scope, out)
        except OSError as error:
            raise CommandError(f"{output} cannot be written: {error.strerror}.") from error


@contextmanager
def _written_whole(path: Path) -> Iterator[BinaryIO]:
    """The file appears when it is complete; until then, an earlier one stays as it was."""
    if path.exists() and not path.is_file():  # a device or a pipe
        with path.open("wb") as out:
            yield out
        return
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with unfinished.open("wb") as out:
            yield out
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
