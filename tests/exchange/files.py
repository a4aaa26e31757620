"""A file of the exchange format that has a bit of everything."""

import io
import json
from typing import Any

from discussions.exchange.exporting import Scope, write_json
from discussions.models import Consultation

SLUG = "our-plan"


def a_comment(reference: str, **fields: Any) -> dict[str, Any]:
    return {
        "id": reference,
        "author": "Ada",
        "posted_at": "2025-01-02T10:00:00Z",
        "body": "More light.",
        **fields,
    }


def a_file() -> dict[str, Any]:
    return {
        "format": "talk-london/consultation",
        "version": 1,
        "consultation": {
            "slug": SLUG,
            "title": "Our plan",
            "owner": "City Hall",
            "summary": "What we plan.\n\nAnd why.",
            "why_now": "The Mayor decides in May.",
            "information": "<h3>The plan</h3><p>It is <strong>short</strong>.</p>",
            "other_ways": "Call us, or write.",
            "host_promise": "We answer on Tuesdays.",
            "answer_due_on": "2025-04-30",
            "opens_at": "2025-01-01T00:00:00Z",
            "closes_at": "2025-02-01T00:00:00Z",
            "earlier_respondents": 100,
            "earlier_responses": 120,
            "timeline": [
                {
                    "title": "A draft",
                    "starts_on": "2024-11-01",
                    "ends_on": "2024-11-30",
                    "link": "https://www.london.gov.uk/draft",
                },
                {
                    "title": "Have your say",
                    "status": "happened",
                    "note": "Here. Londoners have responded 122 times",
                },
            ],
            "outcome": {
                "published_at": "2025-03-01T09:00:00Z",
                "introduction": "Thank you.",
                "points": [{"heard": "Too dark.", "answer": "More lamps.", "verdict": "will"}],
            },
            "discussions": [
                {
                    "slug": "streets",
                    "title": "Our streets",
                    "introduction": ["How are they?", "Tell us."],
                    "prompts": ["What works?", "What does not?"],
                    "hosts": [
                        {"name": "Hana", "organisation": "MOPAC"},
                        {"name": "Cal", "organisation": "Met Police"},
                    ],
                    "notice": "Be kind.",
                    "opens_at": "2025-01-02T00:00:00Z",
                    "closes_at": "2025-01-30T00:00:00Z",
                    "comments": [
                        a_comment("c1", parent=None, prompt=2, agree=3, disagree=1),
                        a_comment("c2", parent="c1", author="Ben", body="And benches.\n\nMany."),
                        a_comment("c3", parent="c2", author="Hana", organisation="MOPAC"),
                        a_comment("c4", author="Eve", status="hidden", body="Rude words.", agree=9),
                    ],
                }
            ],
        },
    }


def bytes_of(content: dict[str, Any]) -> bytes:
    return json.dumps(content, ensure_ascii=True).encode()


def exported(slug: str = SLUG, scope: Scope = Scope.FULL) -> dict[str, Any]:
    """What the export says, as it would be read again."""
    out = io.StringIO()
    write_json(Consultation.objects.get(slug=slug), scope, out)
    content: dict[str, Any] = json.loads(out.getvalue())
    return content
