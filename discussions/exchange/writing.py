"""A consultation written in a form that was asked for, by its name: csv, xlsx or json."""

import io
from collections.abc import Callable
from typing import BinaryIO, TextIO

from discussions.exchange.exporting import PLAIN, Scope, Terms, write_json
from discussions.exchange.tables import write_csv, write_people_csv, write_people_xlsx, write_xlsx
from discussions.models import Consultation


def write_comments(
    consultation: Consultation, form: str, scope: Scope, out: BinaryIO, terms: Terms = PLAIN
) -> None:
    match form:
        case "xlsx":
            write_xlsx(consultation, scope, out, terms)
        case "csv":
            as_text(out, lambda text: write_csv(consultation, scope, text, terms))
        case "json":
            as_text(out, lambda text: write_json(consultation, scope, text, terms))
        case _:
            raise ValueError(form)


def write_people(
    consultation: Consultation, form: str, out: BinaryIO, terms: Terms = PLAIN
) -> None:
    match form:
        case "xlsx":
            write_people_xlsx(consultation, out, terms)
        case "csv":
            as_text(out, lambda text: write_people_csv(consultation, text, terms))
        case _:
            raise ValueError(form)


def as_text(out: BinaryIO, write: Callable[[TextIO], None]) -> None:
    """UTF-8, with lines that end as they were written."""
    text = io.TextIOWrapper(out, encoding="utf-8", newline="")
    write(text)
    text.detach()
