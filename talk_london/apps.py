from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig as DjangosAdminConfig


class TalkLondonConfig(AppConfig):
    name = "talk_london"


class AdminConfig(DjangosAdminConfig):
    default_site = "talk_london.staff.StaffSite"
