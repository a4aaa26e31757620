"""Members who have responded to a consultation and said where they live."""

from accounts.about_you import store_answers
from accounts.models import Member
from discussions.models import Consultation, Participant


def answering(consultation: Consultation, boroughs: dict[str, int], start: int = 0) -> list[Member]:
    """So many respondents who said each."""
    said = [borough for borough, number in boroughs.items() for _each in range(number)]
    names = [f"Member {start + number}" for number in range(len(said))]
    Member.objects.bulk_create(
        Member(email=f"{name.replace(' ', '.')}@people.example", display_name=name)
        for name in names
    )
    by_name = {each.display_name: each for each in Member.objects.filter(display_name__in=names)}
    members = [by_name[name] for name in names]
    for member, borough in zip(members, said, strict=True):
        store_answers(member, {"borough": borough})
        Participant.objects.create(consultation=consultation, member=member, contributions=1)
    return members
