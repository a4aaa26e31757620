"""The real consultation that the format was made for, where its file is at hand."""

import json
from pathlib import Path

import pytest

from discussions.exchange.exporting import Scope
from discussions.exchange.importing import import_consultation
from discussions.exchange.schema import read_file
from discussions.models import (
    Comment,
    Discussion,
)
from tests.exchange.comparing import assert_changes_nothing, without_defaults
from tests.exchange.files import exported

_REAL = Path(__file__).resolve().parents[3] / "shared" / "data" / "police-and-crime-plan.json"
pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not _REAL.exists(), reason="the real file is not here"),
]


def test_the_real_consultation_is_brought_in_whole() -> None:
    content = json.loads(_REAL.read_bytes())
    report = import_consultation(read_file(_REAL.read_bytes()))
    found = Discussion.objects.with_surroundings().get(consultation=report.consultation)
    assert found.comment_count == 13
    assert (len(found.prompt_rows), len(found.host_rows)) == (4, 3)
    parents = [each["parent"] for each in content["consultation"]["discussions"][0]["comments"]]
    nested = Comment.objects.filter(discussion=found, parent__isnull=False).count()
    assert nested == sum(each is not None for each in parents) > 0
    assert (found.consultation.respondents, found.consultation.responses) == (1_622, 1_622)
    assert_changes_nothing(content)


@pytest.mark.parametrize("scope", Scope)
def test_the_real_consultation_goes_out_as_it_came_in(scope: Scope) -> None:
    content = json.loads(_REAL.read_bytes())
    import_consultation(read_file(_REAL.read_bytes()))
    del content["note"]
    assert without_defaults(exported("police-and-crime-plan", scope)) == without_defaults(content)
