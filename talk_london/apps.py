from django.apps import AppConfig


class TalkLondonConfig(AppConfig):
    name = "talk_london"
