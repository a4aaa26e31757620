from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.demo import NotLocalError
from discussions import demo


class Command(BaseCommand):
    help = "Load the demo where it is missing. On a local machine only."

    def handle(self, **_options: Any) -> None:
        try:
            demo.load(self.stdout.write)
        except NotLocalError as error:
            raise CommandError(str(error)) from error
