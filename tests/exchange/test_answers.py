"""News, decisions and the comments an answer rests on, from a file and back into one."""

from typing import Any

import pytest

from accounts.models import Mail
from discussions.exchange.exporting import Scope
from discussions.exchange.schema import MalformedFileError
from discussions.models import Announcement, Citation, Comment, Update
from tests.exchange.comparing import bring_in, writes
from tests.exchange.files import SLUG, a_file, exported

pytestmark = pytest.mark.django_db

_POINT = {
    "heard": "Too dark.",
    "answer": "More lamps.",
    "verdict": "will",
    "decision_title": "Decision 7",
    "decision_url": "https://decisions.example/7",
    "cites": ["streets/c2", "streets/c1"],
}
_NEWS = {"title": "Lamps", "text": "<p>They come.</p>", "published_at": "2025-01-20T09:00:00Z"}


def answered(**point: Any) -> dict[str, Any]:
    content = a_file()
    content["consultation"]["outcome"]["points"] = [_POINT | point]
    content["consultation"]["updates"] = [_NEWS]
    return content


def test_they_come_back_as_they_went_in_and_again_changes_nothing() -> None:
    bring_in(answered())
    cited = [each.comment.reference for each in Citation.objects.order_by("pk")]
    assert cited == ["c2", "c1"]
    found = exported(SLUG, Scope.PUBLIC)["consultation"]
    assert found["outcome"]["points"] == [_POINT]
    assert found["updates"] == [_NEWS]
    assert writes(lambda: bring_in(answered())) == []
    assert not Announcement.objects.exists()
    assert not Mail.objects.exists()


def test_a_file_that_does_not_speak_of_them_leaves_them() -> None:
    bring_in(answered())
    silent = answered(cites=None)
    del silent["consultation"]["updates"]
    bring_in(silent)
    assert (Citation.objects.count(), Update.objects.count()) == (2, 1)


def test_a_correction_is_taken_in() -> None:
    bring_in(answered())
    corrected = answered(cites=["streets/c3"])
    corrected["consultation"]["updates"] = [_NEWS | {"text": "<p>They came.</p><script></script>"}]
    bring_in(corrected)
    assert [each.comment.reference for each in Citation.objects.all()] == ["c3"]
    assert Update.objects.get().text == "<p>They came.</p>"


@pytest.mark.parametrize("scope", Scope)
def test_a7_what_was_hidden_since_is_named_in_no_file(scope: Scope) -> None:
    bring_in(answered())
    Comment.objects.filter(reference="c2").update(status=Comment.Status.HIDDEN)
    point = exported(SLUG, scope)["consultation"]["outcome"]["points"][0]
    assert point["cites"] == ["streets/c1"]


@pytest.mark.parametrize(
    ("point", "fault"),
    [
        ({"cites": ["streets/c9"]}, "points[0].cites[0]: There is no such comment."),
        ({"cites": ["c1"]}, "points[0].cites[0]: There is no such comment."),
        ({"decision_url": "javascript:alert(1)"}, "points[0].decision_url: Not a valid URL."),
    ],
)
def test_what_is_wrong_is_named(point: dict[str, Any], fault: str) -> None:
    with pytest.raises(MalformedFileError) as refused:
        bring_in(answered(**point))
    assert f"consultation.outcome.{fault}" in str(refused.value)
