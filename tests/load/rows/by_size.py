"""Pages of discussions of every size, signed in: does the largest cost what the base does?"""

from collections.abc import Callable
from urllib.parse import urlencode

from tests.load import asking
from tests.load.data import READERS, Place
from tests.load.measuring import Load, Measure, Row, Sample, at_most, cpu_of, ratios, reading, told

_ENDS, _OTHERS = 1.2, 2.0
_FROM_THE_END = 10  # comments on the last page

# What stands behind the "?" of a discussion's address.
_Query = Callable[[Place], str]


def ends(load: Load) -> list[Row]:
    return _rows(load, _ENDS, {"first page": lambda _place: "", "last page": _last("newest")})


def sorts(load: Load) -> list[Row]:
    kinds: dict[str, _Query] = {
        "oldest first": lambda _place: "sort=oldest",
        "most replies": lambda _place: "sort=replies",
        "most agreed with": lambda _place: "sort=agreed",
        "oldest first, last page": _last("oldest"),
        "most replies, last page": _last("replies"),
        "most agreed with, last page": _last("agreed"),
        "a prompt": lambda place: f"prompt={place.prompt}",
    }
    return _rows(load, _OTHERS, kinds)


def searches(load: Load) -> list[Row]:
    from discussions.generating import COMMON_WORD, MIDDLING_WORD, RARE_WORD

    words = {
        "search: no comment has it": "xylophone",
        "search: 25 comments have it": RARE_WORD,
        "search: 1 in 60 has it": MIDDLING_WORD,
        "search: every second has it": COMMON_WORD,
        "search: two words of such": f"{COMMON_WORD} night",
        "search: a phrase of such": f'"night {COMMON_WORD} {COMMON_WORD}"',
    }
    return _rows(load, _OTHERS, {name: _search(text) for name, text in words.items()})


def _search(words: str) -> _Query:
    return lambda _place: urlencode({"q": words})


def _last(sort: str) -> _Query:
    """After a cursor near the end of this order."""

    def query(place: Place) -> str:
        from discussions.cursors import Cursor
        from discussions.models import Comment, Discussion

        as_of = Discussion.objects.values_list("last_comment_id", flat=True).get(pk=place.pk)
        backwards = {
            "newest": ["pk"],
            "oldest": ["-pk"],
            "replies": ["reply_count", "pk"],
            "agreed": ["agree_count", "pk"],
        }[sort]
        roots = Comment.objects.filter(discussion=place.pk, parent=None).order_by(*backwards)
        before = roots.only("pk", "reply_count", "agree_count")[_FROM_THE_END]
        ranks = {"replies": before.reply_count, "agreed": before.agree_count}
        cursor = Cursor(before.pk, ranks.get(sort, 0), as_of if sort == "replies" else 0)
        return urlencode({"sort": sort, "after": str(cursor)})

    return query


def _rows(load: Load, most: float, kinds: dict[str, _Query]) -> list[Row]:
    rows = []
    for kind, query in kinds.items():
        found = load.take_turns({f"{size}": _measure(load, size, query) for size in load.sizes})
        for size in load.sizes:
            load.keep_costs(kind, size, found[f"{size}"])
        rows += _beside_the_base(load, kind, most, found)
    return rows


def _measure(load: Load, size: int, query: _Query) -> Measure:
    place = load.data.read[size]
    path = f"{place.path}?{query(place)}".removesuffix("?")
    requests = [asking.get(path, session) for session in load.data.sessions[:READERS]]
    return reading(load.ours, requests, place.title)


def _beside_the_base(
    load: Load, kind: str, most: float, found: dict[str, list[Sample]]
) -> list[Row]:
    base, largest = load.base, load.sizes[-1]
    large = found[f"{largest}"]
    found_ratios = ratios(large, found[f"{base}"], lambda s: s.cpu_ms)
    what = f"{kind}: CPU at {largest:,} / at {base:,} comments"
    if largest == base:
        return [told(what, found_ratios, "×", cpu_of(large))]
    return [at_most(what, most, found_ratios, "×", cpu_of(large))]
