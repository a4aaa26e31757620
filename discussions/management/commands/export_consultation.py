"""Writes a consultation to a file, for exchange or for analysts."""

import io
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any, BinaryIO

from django.core.management.base import BaseCommand, CommandError

from discussions.exchange.exporting import Scope, write_csv, write_json, write_xlsx
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

    def handle(self, *, slug: str, output: Path | None, **options: Any) -> None:  # noqa: ANN401 - Django's options
        consultation = Consultation.objects.filter(slug=slug).first()
        if consultation is None:
            raise CommandError(f"There is no consultation {slug}.")
        buffer = io.BytesIO()
        _write(consultation, options["format"], Scope(options["scope"]), buffer)
        if output is None:
            sys.stdout.buffer.write(buffer.getvalue())
            return
        try:
            output.write_bytes(buffer.getvalue())
        except OSError as error:
            raise CommandError(f"{output} cannot be written: {error.strerror}.") from error


def _write(consultation: Consultation, form: str, scope: Scope, out: BinaryIO) -> None:
    if form == "xlsx":
        write_xlsx(consultation, scope, out)
        return
    text = io.TextIOWrapper(out, encoding="utf-8", newline="" if form == "csv" else "\n")
    (write_csv if form == "csv" else write_json)(consultation, scope, text)
    text.detach()
