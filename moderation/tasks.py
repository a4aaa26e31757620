"""Jobs of the worker about moderation."""

from django.utils import timezone
from procrastinate.contrib.django import app

from moderation import overdue


@app.periodic(cron="*/10 * * * *")
@app.task(name="tell_of_overdue_cases", queueing_lock="tell_of_overdue_cases")
def tell_of_overdue_cases(timestamp: int) -> None:
    overdue.tell_of_overdue(timezone.now())
