from django.apps import AppConfig


class DiscussionsConfig(AppConfig):
    name = "discussions"

    def ready(self) -> None:
        from accounts import mail
        from discussions import announcement_letters, cited_mails, following, reply_mails
        from discussions.announcing import ANNOUNCEMENT

        mail.register(reply_mails.REPLY, reply_mails.reply_letter)
        mail.register(ANNOUNCEMENT, announcement_letters.announcement_letter)
        mail.register(cited_mails.CITED, cited_mails.cited_letter)
        mail.register_switch(reply_mails.REPLY, reply_mails.SWITCH)
        mail.register_switch(following.NEWS, following.SWITCH)
        mail.register_switch(cited_mails.SWITCHED_BY, cited_mails.SWITCH)
