"""Django with nothing in it: one view, no middleware."""

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse
from django.urls import re_path


def hello(_request: HttpRequest) -> HttpResponse:
    return HttpResponse("x", headers={"Content-Length": "1"})


urlpatterns = [re_path("", hello)]

settings.configure(
    SECRET_KEY="for-measuring-only", ROOT_URLCONF=__name__, ALLOWED_HOSTS=["*"], MIDDLEWARE=[]
)
application = get_wsgi_application()
