from django.apps import AppConfig


class ModerationConfig(AppConfig):
    name = "moderation"

    def ready(self) -> None:
        from accounts import mail
        from moderation import letters, overdue

        letters.register_letters()
        mail.register(overdue.OVERDUE, overdue.overdue_letter)
