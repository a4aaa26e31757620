import os

import django
from django.core.handlers.wsgi import WSGIHandler, WSGIRequest
from django.http.request import parse_header_parameters  # type: ignore[attr-defined]

from talk_london.kept_pages import KeptPages

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "talk_london.settings")


class Utf8Request(WSGIRequest):
    """Pages and forms are UTF-8, whatever a request says of its charset: some names break Django
    before any middleware could answer."""

    def _set_content_type_params(self, meta: dict[str, str]) -> None:
        content_type, parameters = parse_header_parameters(meta.get("CONTENT_TYPE", ""))
        self.content_type = content_type
        self.content_params = {key: each for key, each in parameters.items() if key != "charset"}


class Utf8Handler(WSGIHandler):
    request_class = Utf8Request


django.setup(set_prefix=False)
django_alone = Utf8Handler()
application = KeptPages(django_alone)
