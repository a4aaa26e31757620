"""Writes a closed consultation as static pages and open data."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from discussions.archive.writing import NotClosedError, write_archive
from discussions.models import Consultation


class Command(BaseCommand):
    help = "Write the archive of a closed consultation into a new folder or a ZIP file."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("slug")
        parser.add_argument(
            "--output", type=Path, required=True, help="a folder that is empty or new, or FILE.zip"
        )

    def handle(self, *, slug: str, output: Path, **_options: Any) -> None:
        consultation = Consultation.objects.filter(slug=slug).first()
        if consultation is None:
            raise CommandError(f"There is no consultation {slug}.")
        is_zip = output.suffix == ".zip"
        if not is_zip and output.exists() and (not output.is_dir() or any(output.iterdir())):
            raise CommandError(f"{output} is not an empty folder.")
        unfinished = output.with_name(f".{output.name}.unfinished.zip") if is_zip else output
        try:
            write_archive(consultation, unfinished)
            if is_zip:
                unfinished.replace(output)
        except NotClosedError as refusal:
            raise CommandError(f"{slug} is not closed: it can still change.") from refusal
        except OSError as error:
            raise CommandError(f"{output} cannot be written: {error.strerror}.") from error
        finally:
            if is_zip:
                unfinished.unlink(missing_ok=True)
        self.stdout.write(f"The archive of {consultation.title} is in {output}")
