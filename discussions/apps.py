from django.apps import AppConfig


class DiscussionsConfig(AppConfig):
    name = "discussions"

    def ready(self) -> None:
        from accounts import mail
        from discussions import following

        mail.register(following.REPLY, following.reply_letter)
