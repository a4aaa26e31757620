"""Writing the archive of one consultation, page by page."""

import re
import zipfile
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import nh3
from django.contrib.staticfiles.storage import staticfiles_storage
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe

from accounts.mail.links import site_url
from discussions.archive.shelf import Folder, Shelf, Zip
from discussions.archive.threads import Layout, layout, pages
from discussions.events import Event, shown_changes, timeline
from discussions.exchange import figures_table
from discussions.exchange.cells import CsvTable
from discussions.exchange.exporting import Scope, at_one_moment, write_json
from discussions.exchange.tables import write_csv
from discussions.figures import figures
from discussions.models import (
    Comment,
    Consultation,
    ConsultationImage,
    Discussion,
    OutcomePoint,
    Update,
)
from discussions.outcome import shown_points
from discussions.rich_text import clean_html
from moderation import guidelines
from moderation.timeline import Phase

# Of the collected static files: the style sheet is a bundle (talk_london.static_files).
STYLE, FONT, ICON = "css/archive.css", "fonts/atkinson-hyperlegible-next.woff2", "img/icon.svg"
COMMENTS, CONTENT, FIGURES = "data/comments.csv", "data/consultation.json", "data/figures.csv"
PICTURE = "img/picture.webp"
_MOST_NEWS = 200
_OWN_LINK = re.compile(r'href="(/[^"]*)"')


class NotClosedError(Exception):
    """It can still change: only a published consultation that is closed is archived."""


@dataclass(frozen=True)
class _Archive:
    consultation: Consultation
    moment: datetime
    shelf: Shelf
    layouts: list[Layout]

    @property
    def address(self) -> str:
        """Of the consultation on the site."""
        return f"{site_url()}{self.consultation.get_absolute_url()}"

    def page(self, name: str, template: str, context: dict[str, Any]) -> None:
        """`root` leads from the page to the folder of the archive."""
        known = {
            "root": "../" * name.count("/"),
            "consultation": self.consultation,
            "made_at": self.moment,
            "moment": self.moment,
            "phase": Phase.CLOSED,
            "site": site_url(),
            "address": self.address,
        }
        self.shelf.add_text(name, render_to_string(f"archive/{template}.html", known | context))


def write_archive(consultation: Consultation, target: Path, moment: datetime | None = None) -> None:
    """To a ZIP file, if the target is named so; else into a folder. Raises NotClosedError."""
    moment = moment or timezone.now()
    if consultation.phase(moment) is not Phase.CLOSED:
        raise NotClosedError(consultation.slug)
    if target.suffix != ".zip":
        _write(consultation, Folder(target), moment)
        return
    with zipfile.ZipFile(target, "w") as out:
        _write(consultation, Zip(out, consultation.slug, moment), moment)


def _write(consultation: Consultation, shelf: Shelf, moment: datetime) -> None:
    with at_one_moment():
        consultation = Consultation.objects.with_surroundings().get(pk=consultation.pk)
        discussions = Discussion.objects.with_surroundings().filter(consultation=consultation)
        layouts = [layout(each) for each in discussions]
        archive = _Archive(consultation, moment, shelf, layouts)
        for name in (STYLE, FONT, ICON):
            with staticfiles_storage.open(name) as file:
                shelf.add(name, file.read())
        _write_front(archive)
        for each in layouts:
            _write_discussion(archive, each)
        version = guidelines_of(consultation)
        archive.page("guidelines.html", "guidelines", {"version": version, "text": _text(version)})
        _write_data(archive)
    archive.page("about.html", "about", {"version": version, "files": sorted(shelf.sums)})
    shelf.add_sums()


def guidelines_of(consultation: Consultation) -> str:
    """The version that held when it closed; the first, for what closed before there was one."""
    closed_on = timezone.localdate(consultation.closes_at)
    held = [number for number, since in guidelines.VERSIONS.items() if since <= closed_on]
    return max(held, key=int, default=min(guidelines.VERSIONS, key=int))


def _text(version: str) -> SafeString:
    """As it stands on the site, with links that lead there."""
    html = render_to_string(f"moderation/guidelines/{version}.html")
    return mark_safe(_OWN_LINK.sub(rf'href="{site_url()}\1"', html))  # noqa: S308 - our own


def _write_front(archive: _Archive) -> None:
    consultation, moment = archive.consultation, archive.moment
    image = ConsultationImage.objects.filter(consultation=consultation).first()
    if image is not None:
        archive.shelf.add(PICTURE, bytes(image.content))
    consultation.information = _standing(consultation.information, archive.address)
    context = {
        "image": image,
        "picture": PICTURE,
        "has_outcome": consultation.has_outcome(moment),
        "points": _points(archive) if consultation.has_outcome(moment) else [],
        "discussions": [(each.discussion, each.file(1)) for each in archive.layouts],
        "events": _events(archive),
        "date_changes": shown_changes(consultation.change_rows),
        "updates": _news(archive),
    }
    archive.page("index.html", "index", context)


def _points(archive: _Archive) -> list[tuple[OutcomePoint, list[tuple[Comment, str]]]]:
    """With the comments that each rests on, and where they stand here."""
    layouts = {each.discussion.pk: each for each in archive.layouts}
    return [
        (each.point, [(one, layouts[one.discussion_id].place_of(one)) for one in each.quoted])
        for each in shown_points(archive.consultation)
    ]


def _events(archive: _Archive) -> list[Event]:
    """Links to parts of the consultation's page lead to those parts of ours."""
    found = archive.consultation
    page = f"{found.get_absolute_url()}#"
    return [
        replace(event, link=event.link.replace(page, "#"))
        for event in timeline(
            found,
            found.event_rows,
            archive.moment,
            changes=found.change_rows,
            news=found.news_rows,
        )
    ]


def _news(archive: _Archive) -> list[Update]:
    found = archive.consultation.updates.filter(published_at__isnull=False)
    news = list(found.order_by("-published_at", "-pk")[:_MOST_NEWS])
    for each in news:
        each.text = _standing(each.text, archive.address)
    return news


def _write_discussion(archive: _Archive, found: Layout) -> None:
    for number, threads in pages(found):
        context = {
            "discussion": found.discussion,
            "prompts": found.discussion.prompt_rows,
            "hosts": found.discussion.host_rows,
            "threads": threads,
            "number": number,
            "pages": found.pages,
            "others": [(each, f"page-{each}.html") for each in range(1, found.pages + 1)],
            "before": f"page-{number - 1}.html" if number > 1 else "",
            "after": f"page-{number + 1}.html" if number < found.pages else "",
        }
        archive.page(found.file(number), "discussion", context)


def _write_data(archive: _Archive) -> None:
    with archive.shelf.text(COMMENTS, newline="") as out:
        write_csv(archive.consultation, Scope.PUBLIC, out)  # type: ignore[arg-type]
    with archive.shelf.text(CONTENT) as out:
        write_json(archive.consultation, Scope.PUBLIC, out)  # type: ignore[arg-type]
    with archive.shelf.text(FIGURES, newline="") as out:
        table = CsvTable(out)  # type: ignore[arg-type]
        table.row(figures_table.COLUMNS)
        for row in figures_table.public_rows(figures(archive.consultation, archive.moment)):
            table.row(row)


def _standing(source: str, address: str) -> SafeString:
    """Rich text whose links to this site name it: an archive stands elsewhere."""

    def named(tag: str, attribute: str, value: str) -> str:
        return urljoin(address, value) if (tag, attribute) == ("a", "href") else value

    safe = nh3.clean(clean_html(source), attribute_filter=named, link_rel="noopener")
    return mark_safe(safe)  # noqa: S308 - made safe here
