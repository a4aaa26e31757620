import os

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, re_path

from tests.load.floors.plain.models import Comment

_DISCUSSION = int(os.environ["LOAD_DISCUSSION"])


def comments(request: HttpRequest) -> HttpResponse:
    newest = Comment.objects.filter(discussion_id=_DISCUSSION, parent_id=None)
    page = newest.select_related("author").order_by("-pk")[:20]
    return render(request, "plain.html", {"comments": page})


def one(_request: HttpRequest, pk: int) -> HttpResponse:
    return HttpResponse(str(pk))


urlpatterns = [path("comments/<int:pk>/", one, name="comment"), re_path("", comments)]
