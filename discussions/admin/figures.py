"""How a consultation goes, in pictures and tables."""

from itertools import chain
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from discussions import charts, london
from discussions.admin import archives
from discussions.admin.rooms import VIEW, Room, page
from discussions.exchange.cells import CSV_TYPE, csv_lines
from discussions.exchange.exporting import at_one_moment
from discussions.exchange.figures_table import COLUMNS, staff_rows
from discussions.figures import Agreement, Figures, OverTime, figures
from discussions.models import Comment, Consultation
from discussions.moderation_load import Load, load
from discussions.reach import FAR_BELOW, ROUNDED_TO, STEP, Reach, reach
from discussions.templatetags.talk import day
from moderation.timeline import Phase


@require_safe
def show_figures(request: HttpRequest, consultation: Consultation) -> HttpResponse:
    found, heard, moderation = _counted(consultation)
    context = {
        "title": _("Figures"),
        "is_open": consultation.phase(found.moment) is Phase.OPEN,
        "found": found,
        "unit": _UNITS[found.over_time.unit],
        "over_time": _over_time(found.over_time),
        "by_discussion": charts.bars(
            _("Comments in each discussion"),
            [(each.title, each.comments) for each in found.discussions],
        ),
        "by_prompt": charts.bars(
            _("Answers to each question"), [(each.title, each.comments) for each in found.prompts]
        ),
        "replies": _replies(found),
        "standing_out": _standing_out(found.agreement),
        "heard": heard,
        "boroughs": charts.bars(
            _("Members who responded, for every 10,000 residents"),
            [(each.name, each.per_10_000 or 0) for each in heard.shown],
            "{:.2f}",
        ),
        "step": STEP,
        "rounded_to": ROUNDED_TO,
        "far_below": round(FAR_BELOW * 100),
        "source": london.SOURCE,
        "load": moderation,
        "load_over_time": _load_over_time(moderation),
        "load_rows": list(zip(moderation.days, moderation.opened, moderation.decided, strict=True)),
    }
    return page(request, consultation, "figures", context)


@require_safe
def figures_csv(request: HttpRequest, consultation: Consultation) -> HttpResponseBase:
    rows = chain([COLUMNS], staff_rows(*_counted(consultation)))
    response = StreamingHttpResponse(csv_lines(rows), content_type=CSV_TYPE)
    name = f"{consultation.slug}-figures-{timezone.localdate():%Y-%m-%d}.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


_UNITS = {"day": gettext_lazy("day"), "week": gettext_lazy("week"), "month": gettext_lazy("month")}


def _counted(consultation: Consultation) -> tuple[Figures, Reach, Load]:
    with at_one_moment():
        moment = timezone.now()
        found = figures(consultation, moment)
        moderation = load(consultation, found.over_time, moment)
    return found, reach(consultation, moment), moderation


def _over_time(found: OverTime) -> charts.Lines:
    return charts.lines(
        _("Comments and people over time"),
        [day(each.starts_on) for each in found.stretches],
        [
            (_("Comments"), [each.comments for each in found.stretches]),
            (_("People"), [each.people for each in found.stretches]),
        ],
    )


def _load_over_time(found: Load) -> charts.Lines:
    return charts.lines(
        _("Moderation over time"),
        [day(each) for each in found.days],
        [(_("Cases opened"), found.opened), (_("Decisions"), found.decided)],
    )


def _replies(found: Figures) -> charts.Bars:
    replies = found.replies
    rows = [
        (_("Comments that began a thread"), replies.threads),
        (_("Of them, with a reply"), replies.answered),
        (_("Replies"), replies.replies),
        (_("Of them, by hosts"), replies.by_hosts),
    ]
    return charts.bars(_("Comments and replies"), rows)


def _standing_out(agreement: Agreement) -> list[dict[str, Any]]:
    kinds: list[tuple[str, list[Comment]]] = [
        (_("Most agreed with"), agreement.most_agreed),
        (_("Most disagreed with"), agreement.most_disagreed),
        (_("Most divided: many agree and many disagree"), agreement.most_divided),
    ]
    return [
        {
            "title": title,
            "comments": comments,
            "chart": charts.bars(title, [(each.body, _number(kind, each)) for each in comments]),
        }
        for kind, (title, comments) in enumerate(kinds)
        if comments
    ]


def _number(kind: int, comment: Comment) -> int:
    if kind == 2:
        return min(comment.agree_count, comment.disagree_count)
    return (comment.agree_count, comment.disagree_count)[kind]


ROOMS = (
    Room("figures/", "figures", show_figures, VIEW, gettext_lazy("Figures")),
    Room("figures/figures.csv", "figures_csv", figures_csv, VIEW),
    *archives.ROOMS,
)
