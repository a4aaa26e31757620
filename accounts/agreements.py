"""Which guidelines and terms hold now, and who has accepted them."""

from accounts.models import Agreement, Member

Document = Agreement.Document

# Raised when the words on the page change in substance.
CURRENT_VERSIONS: dict[Document, str] = {Document.GUIDELINES: "1", Document.TERMS: "1"}


def current() -> str:
    """The versions that a form was shown with, to come back with it: "guidelines 1, terms 1"."""
    return ", ".join(f"{document} {version}" for document, version in CURRENT_VERSIONS.items())


def record_agreement(member: Member) -> None:
    """The member accepted what holds now, and was shown it (see forms.JoinForm)."""
    Agreement.objects.bulk_create(
        [
            Agreement(member=member, document=document, version=version)
            for document, version in CURRENT_VERSIONS.items()
        ],
        ignore_conflicts=True,
    )
